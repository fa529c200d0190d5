"""NetServer's contracts, written in the WSDLs beside this file, and what they say about a reply."""

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from typing import Any, Final

from lxml import etree
from zeep.xsd import ComplexType

from bot.errors import Reason, Unexpected

_XS: Final = "{http://www.w3.org/2001/XMLSchema}"
_XSI: Final = "http://www.w3.org/2001/XMLSchema-instance"
_NIL: Final = f"{{{_XSI}}}nil"
_WITH_OTHERS: Final = etree.XPath(
    "descendant-or-self::*[count(@*) > count(@xsi:nil)]", namespaces={"xsi": _XSI}
)  # asked of libxml2, because to look at every element from Python takes as long as to read them all


def read_contract(service: str, services: int) -> bytes:
    """The contract of a service. Services86, 87 and 88 differ in their number alone."""
    file = resources.files("bot.superoffice.soap") / "wsdl" / f"{service}.wsdl"
    return file.read_bytes().replace(b"Services86", b"Services%d" % services)


class Schema:
    """The types of a contract, as an XML Schema.

    Replies are checked in several threads, so it is compiled once, here: libxml2 fails now and then where several
    threads compile.
    """

    def __init__(self, contract: bytes) -> None:
        schemas = {
            str(schema.attrib["targetNamespace"]): etree.tostring(schema)
            for schema in etree.fromstring(contract).iter(f"{_XS}schema")
        }
        parser = etree.XMLParser()
        parser.resolvers.add(_Within(schemas))
        schema = etree.fromstring(list(schemas.values())[-1], parser)  # the last one imports the others
        for imported in schema.iter(f"{_XS}import"):
            imported.set("schemaLocation", imported.attrib["namespace"])
        self._schema = etree.XMLSchema(schema)
        self._lock = threading.Lock()

    def check(self, reply: etree._Element) -> None:
        """See that a reply is as the contract says. Raises `Unexpected` where it isn't."""
        with self._lock:  # lxml keeps the errors in the schema
            if not self._schema.validate(reply):
                # lxml's message quotes the reply, the name of the rule does not.
                rule = self._schema.error_log[0].type_name
                raise Unexpected(Reason.UNREADABLE, f"against the contract: {rule}")


class _Within(etree.Resolver):
    """Finds the schemas that import each other within one WSDL."""

    def __init__(self, schemas: Mapping[str, bytes]) -> None:
        self._schemas = schemas

    def resolve(self, system_url: str | None, public_id: str | None, context: Any) -> Any:  # noqa: ARG002  # lxml's
        """The schema of a namespace."""
        return self.resolve_string(self._schemas[system_url or ""], context)


class ReplyCheck:
    """What the contract says about one kind of reply: `element` is zeep's, and `schema` has its types."""

    def __init__(self, schema: Schema, element: Any) -> None:
        self._schema = schema
        self._known = _Known.of(element.type)

    def check(self, reply: etree._Element) -> None:
        """Drop what the contract does not name, because newer servers say more, and check the rest.

        Raises `Unexpected` where it is not as the contract says.
        """
        _drop_attributes(reply)
        _drop_elements(reply, self._known)
        self._schema.check(reply)


@dataclass(frozen=True, slots=True)
class _Known:
    """A type that holds elements: by tag those that the contract names, with their types if those hold elements too."""

    name: str
    elements: Mapping[str, "_Known | None"]

    @classmethod
    def of(cls, kind: Any) -> "_Known":
        """What zeep knows of a complex type."""
        elements = {element.qname.text: element.type for _, element in kind.elements}
        return cls(
            str(kind.name),
            {tag: cls.of(below) if isinstance(below, ComplexType) else None for tag, below in elements.items()},
        )


def _drop_attributes(reply: etree._Element) -> None:
    """Drop all attributes but xsi:nil. An xsi:type of the server's own would be looked up, and not found."""
    for node in _WITH_OTHERS(reply):
        nil = node.get(_NIL)
        node.attrib.clear()  # one by one, each would be looked for among all
        if nil is not None:
            node.set(_NIL, nil)


def _drop_elements(node: etree._Element, known: _Known) -> None:
    dropped = False
    for child in list(node):
        tag = str(child.tag)
        if tag not in known.elements:
            node.remove(child)
            dropped = True
        elif (below := known.elements[tag]) is not None:
            _drop_elements(child, below)
    if dropped and node.get(_NIL, "").strip() in {"true", "1"}:
        raise Unexpected(Reason.UNREADABLE, f"{known.name} is nil and not empty")
    if dropped and not len(node) and known.name.startswith("ArrayOf"):
        raise Unexpected(Reason.UNREADABLE, f"{known.name} holds nothing known")  # which is no empty list
