"""Ways to break a reply, each choosing by numbers that somebody else gives: hypothesis, a fuzzer, or chance."""

import copy
from collections.abc import Callable, Sequence
from typing import Final, TypeVar

from lxml import etree

from playground.netserver_xml import ARRAYS, SOAP11, SOAP12, XSI, Fault, Writer, namespace, presence_list, soap_fault
from playground.office import Office, awkward_office, demo_office
from tests.hostile.oracle import NIL

T = TypeVar("T")

Choose = Callable[[int], int]
"""A number from 0 to below the one given."""

NAMESPACES: Final = (namespace(86), namespace(87), SOAP11, SOAP12, ARRAYS, XSI, "urn:elsewhere", "")
NAMES: Final = (
    "Envelope", "Header", "Body", "Fault", "Succeeded", "ExceptionInfo", "GetChatPresenceResponse",
    "GetSimpleListResponse", "Response", "ChatPresence", "UserId", "DisplayName", "OngoingChats", "Present",
    "ChatTopics", "int", "TableRight", "FieldProperties", "ExtraInfo", "Mood",
)  # fmt: skip
TEXTS: Final = (
    "", " ", "true", "false", "True", "1", "0", " true ", "\u00a0true", "true\u2003", "yes", "2", "-1", "+3", "-+4",
    "+-4", "--4", "5 5", "1_0", "\u0665", "1e3", "0x10", "2147483647", "2147483648", "99999999999", "9" * 5_000, "NaN",
    "abc", "Anna Berg", "]]>", "<Present>true</Present>", "&lt;", "\u202eAnna", "x" * 70_000,
)  # fmt: skip
ATTRIBUTES: Final = (
    (NIL, "true"), (NIL, "1"), (NIL, " true "), (NIL, "false"), (NIL, "maybe"),
    (f"{{{XSI}}}type", "ChatPresence"), (f"{{{XSI}}}type", "x:int"), ("id", "i1"), ("href", "#i1"),
    (f"{{{SOAP11}}}mustUnderstand", "1"), (f"{{{SOAP11}}}encodingStyle", "urn:x"),
)  # fmt: skip


def seeds() -> list[bytes]:
    """Replies of a sound NetServer: nobody, one, some, and those that its faults write into the XML."""
    writer = Writer(86, "http://127.0.0.1:1/entity")
    offices = [Office([], {}), Office(demo_office().agents[:1], {}), awkward_office()]
    few = demo_office().agents[:3]
    sound = [writer.reply("GetChatPresence", presence_list(office.agents)) for office in offices]
    odd = [writer.reply("GetChatPresence", presence_list(few, fault), fault=fault) for fault in (None, *Fault)]
    fault = soap_fault("s:Client", "The request is not XML.")
    return [text.encode() for text in dict.fromkeys([*sound, *odd, fault])]


def broken_tree(answer: bytes, choose: Choose) -> bytes:
    """The answer with one thing in its tree changed; as it was, if it has no tree."""
    try:
        root = etree.fromstring(answer, etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False))
    except etree.XMLSyntaxError:
        return answer
    kind = choose(12)
    changed = _changed(root, _pick(_nodes(root), choose), kind, choose)
    return etree.tostring(changed, encoding=_pick(("utf-8", "utf-8", "utf-8", "utf-16", "iso-8859-1"), choose))


def broken_bytes(answer: bytes, choose: Choose) -> bytes:
    """The answer with some bytes flipped, cut off, left out, doubled or put in."""
    at = choose(len(answer) + 1)
    upto = at + choose(min(len(answer) - at, 40) + 1)
    match choose(5):
        case 0:
            return answer[:at] + bytes(byte ^ (1 << choose(8)) for byte in answer[at : at + 1]) + answer[at + 1 :]
        case 1:
            return answer[:at]
        case 2:
            return answer[:at] + answer[upto:]
        case 3:
            return answer[:at] + answer[at:upto] * 2 + answer[upto:]
        case _:
            return answer[:at] + _pick(_SPLINTERS, choose) + answer[at:]


_SPLINTERS: Final = (
    b"\0", b"\xff", b"\xed\xa0\x80", b"&#x7;", b"&#0;", b"&lol;", b"<", b">", b"</s:Body>", b"<!--", b"-->",
    b"<![CDATA[", b"]]>", b"<?x?>", b"<!DOCTYPE a>", b'<?xml version="1.1"?>', b' xmlns="urn:x"', b"\xef\xbb\xbf",
)  # fmt: skip


def _changed(root: etree._Element, node: etree._Element, kind: int, choose: Choose) -> etree._Element:
    """The root after one change at the node."""
    parent = node.getparent()
    match kind:
        case 0:  # another name
            node.tag = etree.QName(etree.QName(node).namespace, _pick(NAMES, choose)).text
        case 1:  # another namespace
            node.tag = etree.QName(_pick(NAMESPACES, choose) or None, etree.QName(node).localname).text
        case 2 if parent is not None:  # nothing
            parent.remove(node)
        case 3:  # twice, and perhaps with another text; an envelope in the envelope
            twin, place = copy.deepcopy(node), root if parent is None else parent
            place.insert(choose(len(place) + 1), twin)
            leaves = [each for each in _nodes(twin) if not len(each)]
            if leaves and choose(2):
                _pick(leaves, choose).text = _pick(TEXTS, choose)
        case 4:  # in another place
            below = set(node.iter())
            if elsewhere := [each for each in _nodes(root) if each not in below]:
                place = _pick(elsewhere, choose)
                place.insert(choose(len(place) + 1), node)
        case 5:  # its children in another order
            for child in list(node):
                node.insert(choose(len(node)), child)
        case 6:  # another text
            node.text = _pick(TEXTS, choose)
        case 7 if parent is not None:  # a text behind it
            node.tail = _pick(TEXTS, choose)
        case 8:  # an attribute
            node.set(*_pick(ATTRIBUTES, choose))
        case 9:  # something new in it, perhaps in the middle of its text
            new = _new(choose)
            new.tail = _pick(("", "false", "true", "7"), choose)
            if choose(2) and node.text:
                cut = choose(len(node.text) + 1)
                new.tail, node.text = node.text[cut:], node.text[:cut]
            node.insert(choose(len(node) + 1), new)
        case 10:  # wrapped
            around = etree.Element(etree.QName(_pick(NAMESPACES, choose) or None, _pick(NAMES, choose)))
            if parent is None:
                root = around
            else:
                parent.replace(node, around)
            around.append(node)
        case 11 if parent is not None:  # its children in its place
            at = parent.index(node)
            parent[at : at + 1] = list(node)
        case 11:
            root = next((child for child in _nodes(root) if child.getparent() is root), root)
    return root


def _new(choose: Choose) -> etree._Element:
    match choose(3):
        case 0:
            return etree.Comment("x")
        case 1:
            return etree.ProcessingInstruction("x", "y")
        case _:
            new = etree.Element(etree.QName(_pick(NAMESPACES, choose) or None, _pick(NAMES, choose)))
            new.text = _pick(TEXTS, choose)
            return new


def _nodes(below: etree._Element) -> list[etree._Element]:
    return [node for node in below.iter() if isinstance(node.tag, str)]


def _pick(things: Sequence[T], choose: Choose) -> T:
    return things[choose(len(things))]
