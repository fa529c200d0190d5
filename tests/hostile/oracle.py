"""A second reading of GetChatPresence's reply, by hand: no zeep, no schema, and nothing of the product's."""

import re
import sys
import unicodedata
from dataclasses import dataclass

from lxml import etree

SOAP11 = "{http://schemas.xmlsoap.org/soap/envelope/}"
NETSERVER = "{http://www.superoffice.net/ws/crm/NetServer/Services86}"
ARRAYS = "{http://schemas.microsoft.com/2003/10/Serialization/Arrays}"
NIL = "{http://www.w3.org/2001/XMLSchema-instance}nil"

BLANK = " \t\r\n"
"""What XML calls white space, and no more: https://www.w3.org/TR/xml/#NT-S."""

_INT = re.compile(r"[+-]?[0-9]+")
_JOINERS = "\u200c\u200d"
_MARKS = "".join(filter(unicodedata.combining, map(chr, range(sys.maxunicode + 1))))
_BLANK_LETTERS = "\u115f\u1160\u2800\u3164\uffa0"


class NotSaid(Exception):
    """The answer does not say who is present, or says it in two ways."""


@dataclass(frozen=True)
class Said:
    """An agent, as the reply has them."""

    user_id: int
    name: str
    present: bool
    chats: int
    topics: tuple[int, ...]


def agents_said(answer: bytes) -> tuple[Said, ...]:
    """The agents of an answer. Raises `NotSaid` if it is not one that says who is present, and says it once."""
    array = _one(_reply(answer, "GetChatPresenceResponse"), f"{NETSERVER}Response")
    rows = [row for row in _elements(array) if row.tag == f"{NETSERVER}ChatPresence"]
    if _is_nil(array) or (_elements(array) and not rows):
        raise NotSaid("no list")
    agents = (_agent(row) for row in rows if not _is_nil(row))
    return tuple(agent for agent in agents if agent is not None)


def ticket_said(answer: bytes) -> str:
    """The ticket of an answer to a sign-in. Raises `NotSaid` if it does not say that it let us in, and say it once."""
    reply = _reply(answer, "AuthenticateResponse")
    if _value(_one(reply, f"{NETSERVER}AuthenticationSucceeded")) not in {"true", "1"}:
        raise NotSaid("not let in")
    credentials = _one(reply, f"{NETSERVER}Credentials")
    ticket = None if _is_nil(credentials) else _value(_one(credentials, f"{NETSERVER}Ticket"), blank="")
    if not ticket:
        raise NotSaid("no ticket")
    return ticket


def clean(name: str) -> str:
    """A name on one line, without the characters that hide, reorder or control; joiners within it stay.

    Empty, where nothing of it can be seen. Of what is longer than a thousand characters the beginning, and "…".
    """
    kept = (
        character
        for character in name[:1000]
        if character in _JOINERS or character.isspace() or unicodedata.category(character) not in {"Cc", "Cf", "Cs"}
    )
    few = re.sub(f"([{_MARKS}]{{30}})[{_MARKS}]+", r"\1", "".join(kept))
    line = " ".join(few.split()).strip(_JOINERS + " ")
    seen = (each for each in line if each not in _BLANK_LETTERS and unicodedata.category(each)[0] in "LNPS")
    return line + "…" * (len(name) > 1000) if any(seen) else ""


def _reply(answer: bytes, name: str) -> etree._Element:
    """The one reply in the one body of an envelope that says it succeeded."""
    try:
        root = _parsed(answer)
    except etree.XMLSyntaxError:
        try:
            root = _parsed(_without_forbidden(answer))
        except (etree.XMLSyntaxError, UnicodeError):
            raise NotSaid("no XML") from None
    if root.getroottree().docinfo.doctype or root.tag != f"{SOAP11}Envelope":
        raise NotSaid("no envelope")
    if _value(_one(_one(root, f"{SOAP11}Header"), f"{NETSERVER}Succeeded")) not in {"true", "1"}:
        raise NotSaid("no Succeeded")
    replies = _elements(_one(root, f"{SOAP11}Body"))
    if [reply.tag for reply in replies] != [NETSERVER + name] or _is_nil(replies[0]):
        raise NotSaid("no reply")
    return replies[0]


def _parsed(answer: bytes) -> etree._Element:
    return etree.fromstring(answer, etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False))


def _without_forbidden(answer: bytes) -> bytes:
    """The answer with U+0080, which `clean` drops, for each character that XML forbids, or reference to one."""
    encoding = "utf-16" if answer[:2] in {b"\xff\xfe", b"\xfe\xff"} else "utf-8"
    parts = re.split(r"(<!--.*?-->|<!\[CDATA\[.*?\]\]>)", answer.decode(encoding, "surrogatepass"), flags=re.DOTALL)
    parts[::2] = [re.sub(r"&#(x?)([0-9a-fA-F]{1,8});", _meant, part) for part in parts[::2]]
    whole = "".join(parts).encode("utf-16", "surrogatepass").decode("utf-16", "surrogatepass")
    return "".join("\x80" if _is_forbidden(each) else each for each in whole).encode(encoding)


def _meant(reference: re.Match[str]) -> str:
    try:
        character = chr(int(reference[2], 16 if reference[1] else 10))
    except (ValueError, OverflowError):
        return reference[0]
    return character if _is_forbidden(character) else reference[0]


def _is_forbidden(character: str) -> bool:
    return (
        (character < " " and character not in "\t\n\r")
        or unicodedata.category(character) == "Cs"
        or character in "\ufffe\uffff"
    )


def _agent(row: etree._Element) -> Said | None:
    user_id = _int(_field(row, "UserId"))
    name = _field(row, "DisplayName", blank="") or ""
    topics = _at_most_one(row, f"{NETSERVER}ChatTopics")
    ids = [] if topics is None or _is_nil(topics) else [_value(each) for each in topics if each.tag == f"{ARRAYS}int"]
    said = Said(
        user_id=user_id,
        name=clean(name) or f"Agent {user_id}",
        present=_boolean(_field(row, "Present")),
        chats=max(_int(_field(row, "OngoingChats")), 0),
        topics=tuple(sorted({topic for topic in (_int(each) for each in ids if each is not None) if topic > 0})),
    )
    return said if user_id or name or said.present else None


def _field(row: etree._Element, name: str, blank: str = BLANK) -> str | None:
    field = _at_most_one(row, NETSERVER + name)
    return None if field is None else _value(field, blank)


def _int(text: str | None) -> int:
    if text is None:
        return 0
    if not _INT.fullmatch(text) or len(text) > 20 or not -(2**31) <= int(text) < 2**31:
        raise NotSaid("no int")
    return int(text)


def _boolean(text: str | None) -> bool:
    if text not in {None, "true", "1", "false", "0"}:
        raise NotSaid("no boolean")
    return text in {"true", "1"}


def _value(node: etree._Element, blank: str = BLANK) -> str | None:
    """The text of a node that holds nothing else; None for nil. Comments and instructions are no text."""
    if _elements(node):
        raise NotSaid(f"elements in {node.tag!r}")
    if _is_nil(node):
        return None
    return "".join(map(str, node.xpath("text()"))).strip(blank)


def _is_nil(node: etree._Element) -> bool:
    if node.get(NIL, "").strip(BLANK) not in {"true", "1"}:
        return False
    if _elements(node) or "".join(map(str, node.xpath("text()"))).strip(BLANK):
        raise NotSaid(f"nil {node.tag!r} that is not empty")
    return True


def _elements(node: etree._Element) -> list[etree._Element]:
    return [child for child in node if isinstance(child.tag, str)]


def _at_most_one(node: etree._Element, tag: str) -> etree._Element | None:
    found = node.findall(tag)
    if len(found) > 1:
        raise NotSaid(f"more than one {tag}")
    return found[0] if found else None


def _one(node: etree._Element, tag: str) -> etree._Element:
    found = _at_most_one(node, tag)
    if found is None:
        raise NotSaid(f"no {tag}")
    return found
