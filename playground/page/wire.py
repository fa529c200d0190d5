"""The wire log: what went between Slack, the bot and SuperOffice, with every secret masked."""

import itertools
import json
import re
import time
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from lxml import etree

from playground.page.meaning import explained, failure, parsed, what
from playground.watch import Exchange

Json = dict[str, Any]

MOST_ENTRIES = 200
MOST_CHARACTERS = 60_000  # of one body, as shown
MASK = "••••••••"
_HEADERS = ("Authorization", "Content-Type", "SOAPAction", "Retry-After", "X-Slack-Signature")
_SECRET_NAME = re.compile(r"(?i)token|ticket|password|secret|signature|authorization|credential")
# Secrets that are known by their looks, wherever they stand.
_SECRET_LOOK = re.compile(
    r"xox[a-z]-[\w-]+|xapp-[\w-]+|7T:[\w=-]+|v0=[0-9a-f]{64}|(?<=[?&]ticket=)[^&\"\s]+|(?<=/response/)[\w-]+"
)
_XML = etree.XMLParser(resolve_entities=False, no_network=True, remove_blank_text=True)


@dataclass(eq=False)
class Entry:
    """A line of the log: an exchange, or a note of what a person did behind the scenes."""

    id: int
    note: str = ""
    exchange: Exchange | None = None
    at: float = field(default_factory=time.time)


class WireLog:
    """The newest exchanges, as an observer of both stand-ins.

    `secrets` are masked wherever they stand; `changed` is called after each change; `name_of` names people.
    """

    def __init__(
        self, *, secrets: Iterable[str], changed: Callable[[], None], name_of: Callable[[str], str | None]
    ) -> None:
        self._entries: deque[Entry] = deque(maxlen=MOST_ENTRIES)
        self._ids = itertools.count(1)
        self._changed = changed
        self._name_of = name_of
        self._known = re.compile("|".join(re.escape(secret) for secret in secrets))

    def observe(self, exchange: Exchange) -> None:
        """Take an exchange when it begins, and again when it is over."""
        if exchange.took_s is None:
            self._entries.append(Entry(next(self._ids), exchange=exchange, at=exchange.at))
        self._changed()

    def note(self, text: str) -> None:
        """Write what happens beside the wire, between the exchanges."""
        self._entries.append(Entry(next(self._ids), note=text))
        self._changed()

    def clear(self) -> None:
        """Forget everything."""
        self._entries.clear()
        self._changed()

    def lines(self) -> dict[int, Json]:
        """Give every entry's line, by its id, oldest first."""
        return {entry.id: self._line(entry) for entry in self._entries}

    def detail(self, id_: int) -> Json | None:
        """Give an entry in full: headers that matter, and both bodies; None where it is forgotten."""
        exchange = next((entry.exchange for entry in self._entries if entry.id == id_), None)
        if exchange is None:
            return None
        kind = exchange.headers.get("Content-Type", "application/json")
        return {
            "headers": self._headers(exchange.headers),
            "request": self._body(exchange.request, kind),
            "answer": self._body(exchange.answer, exchange.content_type or "application/json"),
        }

    def _line(self, entry: Entry) -> Json:
        exchange = entry.exchange
        if exchange is None:
            return {"at": entry.at, "note": entry.note}
        return {
            "at": entry.at,
            "to": exchange.to,
            "what": what(exchange),
            "about": self._plain(explained(exchange, self._name_of)),
            "took_ms": None if exchange.took_s is None else round(exchange.took_s * 1000, 1),
            "status": exchange.status,
            "failed": failure(exchange),
        }

    # --- masks ---

    def _plain(self, text: str) -> str:
        return _SECRET_LOOK.sub(MASK, self._known.sub(MASK, text))

    def _headers(self, headers: Mapping[str, str]) -> dict[str, str]:
        shown = {name: headers[name] for name in _HEADERS if name in headers}
        return {name: MASK if _SECRET_NAME.search(name) else self._plain(said) for name, said in shown.items()}

    def _body(self, body: Any, content_type: str) -> Json:
        """A body for reading: `kind` is json, xml or text."""
        kind, text = self._readable(body, content_type)
        text = self._plain(text)
        if len(text) > MOST_CHARACTERS:
            text = f"{text[:MOST_CHARACTERS]}\n… and {len(text) - MOST_CHARACTERS} characters more"
        return {"kind": kind, "text": text}

    def _readable(self, body: Any, content_type: str) -> tuple[str, str]:
        if isinstance(body, bytes):
            text = body.decode(errors="replace")
            if "xml" in content_type or "html" in content_type:
                return "xml", _pretty_xml(body, text)
            body = parsed(text, content_type)
            if isinstance(body, str):
                return "text", body
        return "json", json.dumps(_masked(body), indent=2, ensure_ascii=False)


def _pretty_xml(body: bytes, text: str) -> str:
    """Indent it, and mask what its elements' names call secret; what is no XML stays as it is."""
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
