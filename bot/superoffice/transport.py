"""Opens NetServer's SOAP services with zeep; every trap of zeep is stepped over here, with its reason.

Tried with zeep 4.3.3 (https://docs.python-zeep.org/). A call here is one exchange: no ticket is renewed, nothing is
repeated, and the deadline is the caller's.
"""

import asyncio
import io
import ssl
import zlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from importlib import resources
from typing import Any, Final

import httpx
import zeep
from lxml import etree
from zeep.proxy import AsyncServiceProxy

from bot.errors import Reason, Unexpected
from bot.superoffice.envelope import EnvelopeGuard
from bot.superoffice.failures import from_httpx, from_zeep, is_soap, page

MAX_ANSWER_BYTES: Final = 10 * 1024 * 1024
"""The largest answer that is read, after decompression: about 25,000 agents."""

AGENTS: Final = ("Chat", "SoPrincipal", "MDO")
"""NetServer calls a service an agent; these are the ones that we open."""


@dataclass(frozen=True, slots=True)
class Secrets:
    """What a call shows to be let in. Empty is left out: a None in zeep's headers sends none and says nothing."""

    application_token: str = field(default="", repr=False)
    ticket: str = field(default="", repr=False)

    def headers(self) -> dict[str, Any]:
        """The SOAP headers of NetServer's contract.

        https://docs.superoffice.com/en/authentication/onsite/sosession/using-soap.html
        """
        headers: dict[str, Any] = {}
        if self.application_token:
            headers["ApplicationToken"] = self.application_token
        if self.ticket:
            headers["Credentials"] = {"Ticket": self.ticket}
        return headers


class NetServer:
    """One NetServer, spoken to in SOAP 1.1 at `base_url` (up to and including `Remote`).

    The contracts are read from the package when this is built, so serving never waits for them.
    """

    def __init__(self, http: httpx.AsyncClient, *, base_url: str, services: int) -> None:
        self._services = {
            agent: _Service(
                contract=_contract(agent, services),
                address=f"{base_url.rstrip('/')}/Services{services}/{agent}.svc",
                transport=_Transport(http),
            )
            for agent in AGENTS
        }

    async def call(self, agent: str, operation: str, secrets: Secrets, /, **arguments: object) -> Any:
        """The body of the reply, as zeep reads it, once NetServer has said that it succeeded.

        Raises `SuperOfficeError`; `TicketExpired` where the ticket was refused.
        """
        return await self._services[agent].call(operation, secrets, arguments)


@asynccontextmanager
async def open_netserver(*, base_url: str, services: int, timeout_s: float) -> AsyncIterator[NetServer]:
    """A NetServer with connections of its own. `timeout_s` bounds each single wait; callers bound the whole.

    Certificates are checked against the system's authorities, as aiohttp does for Slack, or against those in
    SSL_CERT_FILE. httpx by itself brings a list of its own, in which no company's own authority is.
    """
    limits = httpx.Limits(max_connections=10, max_keepalive_connections=2)
    authorities = ssl.create_default_context()
    async with httpx.AsyncClient(timeout=timeout_s, limits=limits, verify=authorities) as http:
        yield NetServer(http, base_url=base_url, services=services)


class _Service:
    def __init__(self, *, contract: bytes, address: str, transport: "_Transport") -> None:
        settings = zeep.Settings(
            strict=True,  # the lenient mode silently loses the fields and agents after an unknown element
            forbid_dtd=True,  # off by default
            forbid_entities=True,
            forbid_external=True,
            raw_response=True,  # hands the answer back unparsed, so that it can be parsed off the event loop
        )
        self._client = zeep.AsyncClient(
            io.BytesIO(contract), transport=transport, settings=settings, plugins=[EnvelopeGuard()]
        )
        (self._binding,) = self._client.wsdl.bindings.values()
        # Not `client.service`, which sends the ticket to whatever address a contract names, and not
        # `create_service()`, which returns a synchronous proxy even here.
        self._proxy = AsyncServiceProxy(self._client, self._binding, address=address)

    async def call(self, operation: str, secrets: Secrets, arguments: dict[str, object]) -> Any:
        answer = await self._proxy[operation](_soapheaders=secrets.headers(), **arguments)
        # About 50 µs an agent: too long to hold the event loop for.
        return await asyncio.to_thread(self._read, operation, answer)

    def _read(self, operation: str, answer: "_Answer") -> Any:
        with from_zeep():
            return self._binding.process_reply(self._client, self._binding.get(operation), answer)


@dataclass(frozen=True, slots=True)
class _Answer:
    """An HTTP answer as zeep wants it: the four names that it reads."""

    status_code: int
    content: bytes = field(repr=False)
    headers: dict[str, str] = field(repr=False)
    encoding: str = "utf-8"


class _Transport:
    """zeep's transport over httpx, with bounds: zeep's own has no cap on size, and rewrites the client's headers."""

    def __init__(self, http: httpx.AsyncClient) -> None:
        self._http = http

    async def post_xml(self, address: str, envelope: etree._Element, headers: dict[str, str]) -> _Answer:
        content = etree.tostring(envelope, xml_declaration=True, encoding="utf-8")
        headers = headers | {"Accept-Encoding": "gzip"}
        with from_httpx():
            # A redirect would carry the ticket to an address that nobody configured.
            request = self._http.stream("POST", address, content=content, headers=headers, follow_redirects=False)
            async with request as response:
                body = await _bounded_body(response) if is_soap(response.status_code, response.headers) else b""
        if not body:
            raise page(response.status_code, response.headers)
        return _Answer(response.status_code, body, {"Content-Type": "text/xml"})


async def _bounded_body(response: httpx.Response) -> bytes:
    """The body, inflated no further than the cap: httpx by itself inflates a bomb whole before we could look."""
    encoding = response.headers.get("content-encoding", "identity").strip().lower()
    if encoding not in {"identity", "gzip"}:
        raise Unexpected(Reason.UNREADABLE, f"content encoding {encoding[:20]!r}")
    inflate = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16) if encoding == "gzip" else None
    body = bytearray()
    async for chunk in response.aiter_raw():
        room = MAX_ANSWER_BYTES - len(body) + 1
        body += inflate.decompress(chunk, room) if inflate else chunk
        if len(body) > MAX_ANSWER_BYTES:
            raise Unexpected(Reason.TOO_LARGE, f"over {MAX_ANSWER_BYTES} bytes")
    if inflate and not inflate.eof:
        raise Unexpected(Reason.UNREADABLE, "compressed answer cut short")
    return bytes(body)


def _contract(agent: str, services: int) -> bytes:
    wsdl = resources.files("bot.superoffice") / "wsdl" / f"{agent}.wsdl"
    return wsdl.read_bytes().replace(b"Services86", b"Services%d" % services)
