"""NetServer's SOAP services, spoken to with zeep. The traps of zeep are avoided here, each with its reason.

A call here is one exchange: no ticket is renewed, and the deadline is the caller's.
Tried with zeep 4.3.3 (https://docs.python-zeep.org/).
"""

import asyncio
import io
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Final, TypeVar

import httpx
import zeep
from lxml import etree

from bot.errors import Reason, Refused, Unexpected, Unreachable
from bot.proxies import Proxy
from bot.superoffice.session import Session
from bot.superoffice.soap.characters import as_utf8, without_forbidden
from bot.superoffice.soap.contract import ReplyCheck, Schema, read_contract
from bot.superoffice.soap.cost import check_cost
from bot.superoffice.soap.envelope import body_of, refusal_in, reply_in
from bot.superoffice.soap.failures import from_zeep
from bot.superoffice.soap.refusals import refused
from bot.superoffice.soap.rows import SIGN_IN, Operation
from bot.superoffice.soap.transport import RawReply, Transport, open_http

T = TypeVar("T")

SERVICES: Final = ("Chat", "SoPrincipal", "MDO")
"""The services that the bot uses."""

_SETTINGS: Final = zeep.Settings(
    strict=True,
    forbid_dtd=True,  # off by default
    forbid_entities=True,
    forbid_external=True,
    raw_response=True,  # hands the reply back unparsed, so that it can be parsed off the event loop
)


class NetServer:
    """NetServer's services under one number, at whatever address a session says.

    The contracts are read from the package when this is built, so serving never waits for them.
    """

    def __init__(self, http: httpx.AsyncClient, *, services: int, proxy: Proxy | None = None) -> None:
        self._services = {
            service: _Service(service, services, Transport(http, proxy=proxy, is_sign_in=service == SIGN_IN.service))
            for service in SERVICES
        }

    async def call(
        self, operation: Operation[T], session: Session, /, *, application_token: str = "", **arguments: object
    ) -> T:
        """Ask once, and read the reply if NetServer says that it succeeded.

        Raises `SuperOfficeError`; `Refused` if NetServer itself refused the call.
        """
        try:
            raw = await self._services[operation.service].ask(operation.name, session, application_token, arguments)
        except Unreachable as error:
            if error.reason is Reason.WEB_SIGN_IN:  # by its status alone, NetServer's 401 cannot be told from IIS's
                raise Refused(error) from None
            raise
        # Thousands of agents would hold the event loop for longer than it takes to answer others.
        return await asyncio.to_thread(self.read, operation, raw)

    def read(self, operation: Operation[T], raw: RawReply) -> T:
        """Read a reply. Raises `SuperOfficeError`."""
        with from_zeep():
            return self._services[operation.service].read(operation, raw)


@asynccontextmanager
async def open_netserver(*, services: int, timeout_s: float, proxy: Proxy | None = None) -> AsyncIterator[NetServer]:
    """A NetServer with connections of its own. `timeout_s` bounds each single wait; callers bound the whole."""
    async with open_http(timeout_s=timeout_s, proxy=proxy) as http:
        yield NetServer(http, services=services, proxy=proxy)


@asynccontextmanager
async def deadline(seconds: float) -> AsyncIterator[None]:
    """An end to all that happens inside. An answer that drips in outlasts every timeout of a single read."""
    try:
        async with asyncio.timeout(seconds):
            yield
    except TimeoutError:
        raise Unreachable(Reason.TIMEOUT, f"{seconds:g} s") from None


class _Service:
    def __init__(self, service: str, services: int, transport: Transport) -> None:
        contract = read_contract(service, services)
        self._path = f"Services{services}/{service}.svc"
        self._client = zeep.AsyncClient(io.BytesIO(contract), transport=transport, settings=_SETTINGS)
        (self._binding,) = self._client.wsdl.bindings.values()
        schema = Schema(contract)
        self._checks = {
            name: ReplyCheck(schema, operation.output.body) for name, operation in self._binding.all().items()
        }

    async def ask(
        self, operation: str, session: Session, application_token: str, arguments: dict[str, object]
    ) -> RawReply:
        # zeep's proxies fix the address when they are made: `client.service` to whatever the WSDL names.
        address = {"address": f"{session.address.rstrip('/')}/{self._path}"}
        arguments = arguments | {"_soapheaders": _headers(session, application_token)}
        raw: RawReply = await self._binding.send_async(self._client, address, operation, (), arguments)
        return raw

    def read(self, operation: Operation[T], raw: RawReply) -> T:
        expected = self._binding.get(operation.name).output.body
        envelope = _parsed(raw.content)
        body = body_of(envelope)
        report = refusal_in(envelope, body, expected.qname.namespace, raw.status)
        if report is not None:
            raise refused(report, operation)
        reply = reply_in(body, expected.qname.text)
        if any(len(each) > operation.most for each in reply):
            raise Unexpected(Reason.TOO_LARGE, f"{operation.name}: over {operation.most:,} rows")
        self._checks[operation.name].check(reply)
        return operation.read(reply)


def _parsed(content: bytes) -> etree._Element:
    """The tree of a reply that is cheap to parse. zeep's own reader would trust whatever encoding it declares."""
    content = as_utf8(content)
    check_cost(content)
    try:
        return _parse(content)
    except etree.XMLSyntaxError:  # only then: a sound reply is not searched for what it rarely holds
        return _parse(without_forbidden(content))


def _parse(content: bytes) -> etree._Element:
    return etree.fromstring(content, etree.XMLParser(encoding="utf-8", remove_comments=True, resolve_entities=False))


def _headers(session: Session, application_token: str) -> dict[str, Any]:
    """The SOAP headers of NetServer's contract. What is empty is left out: zeep would send a None as nothing at all.

    https://docs.superoffice.com/en/authentication/onsite/sosession/using-soap.html
    """
    headers: dict[str, Any] = {}
    if application_token:
        headers["ApplicationToken"] = application_token
    if session.ticket:
        headers["Credentials"] = {"Ticket": session.ticket}
    return headers
