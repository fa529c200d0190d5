"""What is checked in a reply's envelope before zeep reads its body.

NetServer reports its errors in SOAP headers, on HTTP 200, beside an empty body. A reader of the body alone takes an
outage for "nobody is online", so `Succeeded` must be exactly true first.
https://docs.superoffice.com/en/api/netserver/web-services/soap/index.html
"""

import re
from typing import Any, Final

import zeep
from lxml import etree
from zeep.xsd import Boolean, ComplexType, Int, String

from bot.errors import Denied, Reason, SuperOfficeError, TicketExpired, Unexpected

_SOAP: Final = "{http://schemas.xmlsoap.org/soap/envelope/}"
_XSI: Final = "{http://www.w3.org/2001/XMLSchema-instance}"
_TRUE: Final = frozenset({"true", "1"})
_FALSE: Final = frozenset({"false", "0"})
_BLANK: Final = " \t\r\n"
"""XML's white space, which is less than Python's: https://www.w3.org/TR/xml/#NT-S."""


class EnvelopeGuard(zeep.Plugin):  # type: ignore[misc]  # zeep ships no types
    """Lets zeep see a body only where SuperOffice said that it succeeded, and only what the contract names in it."""

    def ingress(
        self, envelope: etree._Element, http_headers: dict[str, str], operation: Any
    ) -> tuple[etree._Element, dict[str, str]]:
        """Called by zeep with each parsed reply. Raises `SuperOfficeError`; leaves SOAP faults to zeep."""
        if envelope.tag != f"{_SOAP}Envelope":
            raise Unexpected(Reason.UNREADABLE, "not a SOAP 1.1 envelope")
        body = _only(envelope, f"{_SOAP}Body")
        if body is None:
            raise Unexpected(Reason.UNREADABLE, "no SOAP body")
        if body.find(f"{_SOAP}Fault") is None:
            namespace = etree.QName(operation.output.body.qname).namespace
            _check_succeeded(envelope, f"{{{namespace}}}")
            _check_body(body, operation.output.body)
        return envelope, http_headers


def _check_succeeded(envelope: etree._Element, namespace: str) -> None:
    header = _only(envelope, f"{_SOAP}Header")
    succeeded = None if header is None else _only(header, f"{namespace}Succeeded")
    said = "" if succeeded is None or len(succeeded) or _is_nil(succeeded) else _text(succeeded)
    if said in _TRUE:
        return
    if header is None or said not in _FALSE:
        raise Unexpected(Reason.UNREADABLE, "NetServer did not say whether it succeeded")
    raise _reported(header, namespace)


def _reported(header: etree._Element, namespace: str) -> SuperOfficeError:
    """The error that an `ExceptionInfo` stands for: by its type, and by its message where the type leaves that open."""
    info = header.find(f"{namespace}ExceptionInfo")
    kind = "" if info is None else (info.findtext(f"{namespace}ExceptionType") or "").strip()
    message = "" if info is None else (info.findtext(f"{namespace}Message") or "").lower()
    name = kind.rpartition(".")[2]
    # A database that is down speaks of tickets and authentication too; it must not look like a wrong password.
    clue = name.lower() if kind.startswith("System.") or "Db" in name else f"{name.lower()} {message}"
    detail = name[:60] if name.isidentifier() else ""
    if re.search(r"application ?token", clue):
        return Denied(Reason.APPLICATION_TOKEN, detail)
    if re.search(r"sentry|access ?denied", clue):
        return Denied(Reason.NO_RIGHT, detail)
    if re.search(r"sosession|authenticat|\bticket\b", clue):
        return TicketExpired(Reason.TICKET_ENDED, detail)
    return Unexpected(Reason.FAILED, detail)


def _check_body(body: etree._Element, element: Any) -> None:
    reply = body.find(element.qname.text)
    if reply is None or len(body) != 1:
        raise Unexpected(Reason.UNREADABLE, "the SOAP body is not the reply")
    for _, part in element.type.elements:
        if _is_array(part.type):
            _check_array(reply.find(part.qname.text))
    _keep_the_contract(reply, element.type)


def _check_array(array: etree._Element | None) -> None:
    """An array must be there, be it empty: zeep makes None of "nobody" and of "nothing said" alike."""
    if array is None or _is_nil(array):
        raise Unexpected(Reason.UNREADABLE, "the reply says nothing")


def _keep_the_contract(node: etree._Element, kind: Any) -> None:
    """Drop what the contract does not name, and refuse values that it does not allow.

    Newer servers add elements; zeep's strict mode would refuse the whole reply for one. A number that is none
    becomes None in zeep, which would make a busy agent free.
    """
    node.attrib.pop(f"{_XSI}type", None)  # a type of the server's own would be looked up, and not found
    if _is_nil(node):
        node.text = None  # zeep would take the white space for a name
        node.set(f"{_XSI}nil", "true")  # the one way of saying it that zeep hears
        return
    if not isinstance(kind, ComplexType):
        _check_value(node, kind)
        return
    known = {element.qname.text: element.type for _, element in kind.elements}
    dropped = False
    for child in list(node):
        if child.tag in known:
            _keep_the_contract(child, known[child.tag])
        else:
            node.remove(child)
            dropped = True
    if dropped and _is_array(kind) and not len(node):
        # A list of something else is not to be taken for an empty list.
        raise Unexpected(Reason.UNREADABLE, f"{etree.QName(node).localname} holds nothing known")


def _check_value(node: etree._Element, kind: Any) -> None:
    name = etree.QName(node).localname
    if len(node):
        raise Unexpected(Reason.UNREADABLE, f"{name} holds elements")
    text = _text(node)
    valid = {String: True, Boolean: text in _TRUE | _FALSE, Int: _is_int(text)}
    if not valid[type(kind)]:
        raise Unexpected(Reason.UNREADABLE, f"{name} holds no {kind.name}")


def _is_array(kind: Any) -> bool:
    """Whether a type is a list of one kind of thing, as .NET names them."""
    return str(kind.name).startswith("ArrayOf")


def _only(parent: etree._Element, tag: str) -> etree._Element | None:
    """The child of this name. What is said twice may be said in two ways, so it counts as not said."""
    found = parent.findall(tag)
    if len(found) > 1:
        raise Unexpected(Reason.UNREADABLE, f"more than one {etree.QName(tag).localname}")
    return found[0] if found else None


def _is_nil(node: etree._Element) -> bool:
    """Whether a node says that it has no value. zeep reads on where a nil node holds something all the same."""
    if node.get(f"{_XSI}nil", "").strip(_BLANK) not in _TRUE:
        return False
    if len(node) or _text(node):
        raise Unexpected(Reason.UNREADABLE, f"{etree.QName(node).localname} is nil and not empty")
    return True


def _text(node: etree._Element) -> str:
    return (node.text or "").strip(_BLANK)


def _is_int(text: str) -> bool:
    return re.fullmatch(r"[+-]?[0-9]{1,10}", text) is not None and -(2**31) <= int(text) < 2**31
