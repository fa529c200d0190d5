"""What a reply's envelope says before its body is read.

NetServer reports its errors in SOAP headers, on HTTP 200, beside an empty body. A reader of the body alone takes an
outage for "nobody is online", so `Succeeded` must be exactly true first.
https://docs.superoffice.com/en/api/netserver/web-services/soap/index.html
"""

from collections.abc import Iterator
from typing import Final

from lxml import etree

from bot.errors import Reason, Unexpected
from bot.superoffice.soap.refusals import Problem, Report

_SOAP: Final = "{http://schemas.xmlsoap.org/soap/envelope/}"
_XSI_NIL: Final = "{http://www.w3.org/2001/XMLSchema-instance}nil"
_TRUE: Final = frozenset({"true", "1"})
_FALSE: Final = frozenset({"false", "0"})
_BLANK: Final = " \t\r\n"
"""XML's white space, which is less than Python's: https://www.w3.org/TR/xml/#NT-S."""

_LONGEST_TEXT: Final = 1000
"""How much of what an exception says is looked at, in characters."""


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


def refusal_in(envelope: etree._Element, body: etree._Element, namespace: str, status: int) -> Report | None:
    """What NetServer says if it refused the call; None if it said that it succeeded. `status` is HTTP's.

    Raises `Unexpected` where it said neither.
    """
    fault = body.find(f"{_SOAP}Fault")
    if fault is None:
        report = _not_succeeded(envelope, namespace)
        if report is not None or status == 200:
            return report
    code = "" if fault is None else fault.findtext("faultcode", "")
    return Report(fault=code.strip(_BLANK).rpartition(":")[2])


def _not_succeeded(envelope: etree._Element, namespace: str) -> Report | None:
    header = _only(envelope, f"{_SOAP}Header")
    succeeded = None if header is None else _only(header, f"{{{namespace}}}Succeeded")
    if succeeded is None or len(succeeded) or succeeded.get(_XSI_NIL, "").strip(_BLANK) in _TRUE:
        said = ""
    else:
        said = (succeeded.text or "").strip(_BLANK)
    if said in _TRUE:
        return None
    if header is None or said not in _FALSE:
        raise Unexpected(Reason.UNREADABLE, "NetServer did not say whether it succeeded")
    return Report(tuple(_problems(header.find(f"{{{namespace}}}ExceptionInfo"), f"{{{namespace}}}")))


def _problems(info: etree._Element | None, n: str) -> Iterator[Problem]:
    """An exception and those that it came from, the innermost last."""
    while info is not None and len(info):
        yield Problem(
            type=info.findtext(f"{n}ExceptionType", "").partition(",")[0].strip(),
            texts=tuple(info.findtext(f"{n}{text}", "")[:_LONGEST_TEXT] for text in ("Message", "FriendlyText")),
        )
        info = info.find(f"{n}InnerException")


def reply_in(body: etree._Element, name: str) -> etree._Element:
    """The reply of this name, which must be all that a Body holds. Raises `Unexpected` where it isn't."""
    if len(body) != 1 or body[0].tag != name:
        raise Unexpected(Reason.UNREADABLE, "the SOAP body is not the reply")
    return body[0]


def _only(parent: etree._Element, tag: str) -> etree._Element | None:
    """The child of this name. What is said twice may be said in two ways, so it counts as not said."""
    found = parent.findall(tag)
    if len(found) > 1:
        raise Unexpected(Reason.UNREADABLE, f"more than one {etree.QName(tag).localname}")
    return found[0] if found else None
