"""NetServer's contracts, written in the WSDLs beside this file."""

from collections.abc import Mapping
from importlib import resources
from typing import Any, Final

from lxml import etree
from zeep.xsd import ComplexType

from bot.errors import Reason, Unexpected

_XS: Final = "{http://www.w3.org/2001/XMLSchema}"
_XSI_NIL: Final = "{http://www.w3.org/2001/XMLSchema-instance}nil"


def wsdl(agent: str, services: int) -> bytes:
    """The contract of a service. Services86, 87 and 88 differ in their number alone."""
    file = resources.files("bot.superoffice.soap") / "wsdl" / f"{agent}.wsdl"
    return file.read_bytes().replace(b"Services86", b"Services%d" % services)


class Types:
    """The types of a contract, as an XML Schema that replies are checked against."""

    def __init__(self, contract: bytes) -> None:
        schemas = {
            schema.attrib["targetNamespace"]: etree.tostring(schema)
            for schema in etree.fromstring(contract).iter(f"{_XS}schema")
        }
        parser = etree.XMLParser()
        parser.resolvers.add(_Within(schemas))
        self._schema = etree.fromstring(list(schemas.values())[-1], parser)  # the last one imports the others
        for imported in self._schema.iter(f"{_XS}import"):
            imported.set("schemaLocation", imported.attrib["namespace"])

    def check(self, reply: etree._Element, element: Any) -> None:
        """Check a reply against `element` of the contract, and drop what the contract does not name.

        Newer servers say more than the contract does. Raises `Unexpected` where the rest is not as the contract says.
        """
        # A schema for each check takes 0.1 ms. A shared one would mix up the errors of threads.
        schema = etree.XMLSchema(self._schema)
        if schema.validate(reply):
            return
        _prune(reply, element.type)
        if not schema.validate(reply):
            # lxml's message quotes the reply; the kind of the error doesn't.
            raise Unexpected(Reason.UNREADABLE, f"against the contract: {schema.error_log[0].type_name}")


class _Within(etree.Resolver):
    """Finds the schemas that import each other within one WSDL."""

    def __init__(self, schemas: Mapping[str, bytes]) -> None:
        self._schemas = schemas

    def resolve(self, system_url: str, public_id: str, context: Any) -> Any:  # noqa: ARG002  # lxml's signature
        return self.resolve_string(self._schemas[system_url], context)


def _prune(node: etree._Element, kind: Any) -> None:
    """Drop the elements and attributes that a type does not name, here and below. Values stay as they are."""
    nil = node.get(_XSI_NIL)
    node.attrib.clear()  # an xsi:type of the server's own is in no contract
    if nil is not None:
        node.set(_XSI_NIL, nil)
    if not isinstance(kind, ComplexType):
        return
    known = {element.qname.text: element.type for _, element in kind.elements}
    unknown = [child for child in node if child.tag not in known]
    for child in unknown:
        node.remove(child)
    if unknown and not len(node) and kind.name.startswith("ArrayOf"):
        # A list of something else is no empty list.
        raise Unexpected(Reason.UNREADABLE, f"{kind.name} holds nothing known")
    for child in node:
        _prune(child, known[child.tag])
