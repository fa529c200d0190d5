"""What a reply's envelope says before its body is read.

NetServer reports its errors in SOAP headers, on HTTP 200, beside an empty body. A reader of the body alone takes an
outage for "nobody is online", so `Succeeded` must be exactly true first.
https://docs.superoffice.com/en/api/netserver/web-services/soap/index.html
"""

import re
from typing import Final

from lxml import etree

from bot.errors import Denied, Reason, SuperOfficeError, TicketExpired, Unexpected

_SOAP: Final = "{http://schemas.xmlsoap.org/soap/envelope/}"
_XSI_NIL: Final = "{http://www.w3.org/2001/XMLSchema-instance}nil"
_TRUE: Final = frozenset({"true", "1"})
_FALSE: Final = frozenset({"false", "0"})
_BLANK: Final = " \t\r\n"
"""XML's white space, which is less than Python's: https://www.w3.org/TR/xml/#NT-S."""


def body_of(envelope: etree._Element) -> etree._Element:
    """The one Body of a SOAP 1.1 envelope. Raises `Unexpected` where it is something else."""
    if envelope.tag != f"{_SOAP}Envelope":
        raise Unexpected(Reason.UNREADABLE, "not a SOAP 1.1 envelope")
    # SOAP 1.1 forbids them, and one in the middle of a value would hide the value's end from us.
    if next(envelope.iter(etree.ProcessingInstruction), None) is not None:
        raise Unexpected(Reason.UNREADABLE, "a processing instruction in the envelope")
    body = _only(envelope, f"{_SOAP}Body")
    if body is None:
        raise Unexpected(Reason.UNREADABLE, "no SOAP body")
    return body


def is_fault(body: etree._Element) -> bool:
    """Whether a Body holds a SOAP fault, perhaps beside other things."""
    return body.find(f"{_SOAP}Fault") is not None


def check_succeeded(envelope: etree._Element, namespace: str) -> None:
    """See that NetServer said it succeeded. Raises the `SuperOfficeError` that it reports instead."""
    header = _only(envelope, f"{_SOAP}Header")
    succeeded = None if header is None else _only(header, f"{{{namespace}}}Succeeded")
    if succeeded is None or len(succeeded) or succeeded.get(_XSI_NIL, "").strip(_BLANK) in _TRUE:
        said = ""
    else:
        said = (succeeded.text or "").strip(_BLANK)
    if said in _TRUE:
        return
    if header is None or said not in _FALSE:
        raise Unexpected(Reason.UNREADABLE, "NetServer did not say whether it succeeded")
    raise _reported(header, namespace)


def reply_in(body: etree._Element, name: str) -> etree._Element:
    """The reply of this name, which must be all that a Body holds. Raises `Unexpected` where it isn't."""
    if [child.tag for child in body] != [name]:
        raise Unexpected(Reason.UNREADABLE, "the SOAP body is not the reply")
    return body[0]


def _reported(header: etree._Element, namespace: str) -> SuperOfficeError:
    """The error that an `ExceptionInfo` stands for: by its type, and by its message if the type leaves that open."""
    info = f"{{{namespace}}}ExceptionInfo"
    kind = header.findtext(f"{info}/{{{namespace}}}ExceptionType", "").strip()
    message = header.findtext(f"{info}/{{{namespace}}}Message", "").lower()
    name = kind.rpartition(".")[2]
    # A database that is down speaks of tickets and authentication too. It must not look like a wrong password.
    clue = name.lower() if kind.startswith("System.") or "Db" in name else f"{name.lower()} {message}"
    detail = name[:60] if name.isidentifier() else ""
    if re.search(r"application ?token", clue):
        return Denied(Reason.APPLICATION_TOKEN, detail)
    if re.search(r"sentry|access ?denied", clue):
        return Denied(Reason.NO_RIGHT, detail)
    if re.search(r"sosession|authenticat|\bticket\b", clue):
        return TicketExpired(Reason.TICKET_ENDED, detail)
    return Unexpected(Reason.FAILED, detail)


def _only(parent: etree._Element, tag: str) -> etree._Element | None:
    """The child of this name. What is said twice may be said in two ways, so it counts as not said."""
    found = parent.findall(tag)
    if len(found) > 1:
        raise Unexpected(Reason.UNREADABLE, f"more than one {etree.QName(tag).localname}")
    return found[0] if found else None
