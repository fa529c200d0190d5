"""The wire log: what went between Slack, the bot and SuperOffice, with every secret masked."""

import itertools
import json
import re
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from typing import Any
from urllib.parse import parse_qsl

from lxml import etree

from playground.watch import Exchange

Json = dict[str, Any]

MOST_ENTRIES = 100
MOST_CHARACTERS = 60_000  # of one body, as shown
MASK = "••••••••"
_HEADERS = ("Authorization", "Content-Type", "SOAPAction", "Retry-After", "X-Slack-Signature")
_SECRET_NAME = re.compile(r"(?i)token|ticket|password|secret|signature|authorization|credential")
# Secrets that are known by their looks, wherever they are.
_SECRET_LOOK = re.compile(
    r"xox[a-z]-[\w-]+|xapp-[\w-]+|7T:[\w=-]+|v0=[0-9a-f]{64}|(?<=[?&]ticket=)[^&\"\s]+|(?<=/response/)[\w-]+"
)
_XML = etree.XMLParser(resolve_entities=False, no_network=True, remove_blank_text=True)


class WireLog:
    """The newest exchanges, as an observer of both stand-ins.

    `secrets` are masked wherever they are; `changed` is called after each change.
    """

    def __init__(self, *, secrets: Iterable[str], changed: Callable[[], None]) -> None:
        self._entries: deque[tuple[int, Exchange]] = deque(maxlen=MOST_ENTRIES)
        self._ids = itertools.count(1)
        self._changed = changed
        self._known = re.compile("|".join(re.escape(secret) for secret in secrets))

    def observe(self, exchange: Exchange) -> None:
        """Take an exchange when it begins, and again when it is over."""
        if exchange.took_s is None:
            self._entries.append((next(self._ids), exchange))
        self._changed()

    def lines(self) -> list[Json]:
        """Give every exchange's line, oldest first."""
        return [
            {
                "id": number,
                "at": exchange.at,
                "to": exchange.to,
                "what": self._plain(_what(exchange)),
                "took_ms": None if exchange.took_s is None else round(exchange.took_s * 1000, 1),
                "failed": _failure(exchange),
            }
            for number, exchange in self._entries
        ]

    def detail(self, number: int) -> Json | None:
        """Give an exchange in full, for reading: the headers that matter, and both bodies; None if it is forgotten."""
        exchange = dict(self._entries).get(number)
        if exchange is None:
            return None
        request = self._body(exchange.request, exchange.headers.get("Content-Type", ""))
        return {
            "request": self._headers(exchange.headers) + request,
            "answer": self._body(exchange.answer, exchange.content_type),
        }

    # --- masks ---

    def _plain(self, text: str) -> str:
        return _SECRET_LOOK.sub(MASK, self._known.sub(MASK, text))

    def _headers(self, headers: Mapping[str, str]) -> str:
        shown = {name: headers[name] for name in _HEADERS if name in headers}
        lines = [
            f"{name}: {MASK if _SECRET_NAME.search(name) else self._plain(said)}\n" for name, said in shown.items()
        ]
        return "".join([*lines, "\n"] if lines else [])

    def _body(self, body: Any, content_type: str) -> str:
        text = self._plain(_readable(body, content_type))
        more = len(text) - MOST_CHARACTERS
        return f"{text[:MOST_CHARACTERS]}\n… and {more} characters more" if more > 0 else text


def _readable(body: Any, content_type: str) -> str:
    if isinstance(body, bytes):
        text = body.decode(errors="replace")
        if "xml" in content_type or "html" in content_type:
            return _pretty_xml(body, text)
        body = _parsed(text, content_type)
        if isinstance(body, str):
            return body
    return json.dumps(_masked(body), indent=2, ensure_ascii=False)


def _pretty_xml(body: bytes, text: str) -> str:
    """Indent it, and mask what its elements' names call secret; what is not XML stays as it is."""
    try:
        root = etree.fromstring(body, _XML)
    except etree.XMLSyntaxError:
        return text
    for element in root.iter(etree.Element):
        if _SECRET_NAME.search(etree.QName(element).localname) and (element.text or "").strip():
            element.text = MASK
    return str(etree.tostring(root, pretty_print=True, encoding="unicode"))


def _masked(value: Any, name: str = "") -> Any:
    if isinstance(value, dict):
        return {key: _masked(each, key) for key, each in value.items()}
    if isinstance(value, list):
        return [_masked(each, name) for each in value]
    return MASK if isinstance(value, str) and value and _SECRET_NAME.search(name) else value


def _parsed(text: str, content_type: str) -> Any:
    """Read JSON, or a form whose values may be JSON; anything else stays text."""
    if "form" in content_type:
        return {name: _parsed(said, "json") if said[:1] in "[{" else said for name, said in parse_qsl(text)}
    try:
        return json.loads(text) if text else ""
    except ValueError:
        return text


# --- what an exchange is ---


def _what(exchange: Exchange) -> str:
    """Name the operation, the method, or what a person did."""
    if exchange.to == "superoffice":
        return exchange.headers.get("SOAPAction", exchange.path).strip('"').rpartition("/")[2]
    if exchange.to == "slack":
        return "response_url" if exchange.path.startswith("/response/") else exchange.path.rpartition("/")[2]
    match exchange.request:
        case {"command": str(command)}:
            return f"{command} {exchange.request.get('text', '')}".strip()
        case {"event": {"type": str(kind)}} | {"type": str(kind)}:
            return kind
        case _:
            return "request"


def _failure(exchange: Exchange) -> str:
    """Say what went wrong, as far as the wire tells; empty while it is under way, or well."""
    if exchange.took_s is None:
        return ""
    if exchange.status is None:
        return "no answer"
    if exchange.status != 200:
        return f"HTTP {exchange.status}"
    if exchange.to == "superoffice":
        if exchange.content_type == "text/html":
            return "a web page"
        return "" if re.search(rb"Succeeded[^>]*>\s*(true|1)", exchange.answer) else "refused"
    if exchange.to == "slack" and b'"ok": false' in exchange.answer:
        return str(json.loads(exchange.answer).get("error", "refused"))
    return ""
