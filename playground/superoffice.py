"""A NetServer on loopback: SuperOffice's SOAP services over real HTTP, with a switch for each fault.

It dispatches as strictly as WCF does and answers from an `Office`, in XML written by hand (`netserver_xml`).
"""

from __future__ import annotations

import asyncio
import re
import secrets
import socket
import ssl
import struct
import time
import zlib
from collections import Counter, deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from typing import Self

from aiohttp import web

from playground import netserver_xml as xml
from playground.netserver_xml import Asked, BadRequestError, Fault, Problem
from playground.office import Office, demo_office
from playground.watch import Observer, watched

__all__ = ["Call", "Fault", "NetServer", "Switches"]

_PATH = re.compile(r"/SuperOffice/Remote/Services(\d+)/(Chat|SoPrincipal|MDO)\.svc")
_ELSEWHERE = "/SuperOffice/elsewhere"
_ENTITY = "/SuperOffice/entity.txt"
# Comments after the end are still XML. One long blank would meet a limit of libxml2 before the reader's own.
_FILLER = b"<!--" + b" " * 65_529 + b"-->"
_GZIP_BOMB_BYTES = 60_000_000
_OVERSIZED_BYTES = 20_000_000
_DRIP_S = 0.05  # between two bytes of Fault.DRIP
_SHUTDOWN_S = 0.1  # for a client that reads nothing; everything else ends at once

# These come before NetServer looks at the ticket, because the proxy or the network answers.
_IN_FRONT = {
    fault
    for fault in Fault
    if fault.name.startswith(("HTML_", "SOUP_", "NOTHING_", "REDIRECT_"))
    or fault in (Fault.RESET, Fault.STALLED, Fault.SOAP_FAULT)
}
_NOT_AT_SIGN_IN = {Fault.TICKET_REFUSED, Fault.NO_RIGHT}
_PROBLEMS = {
    Fault.TICKET_REFUSED: xml.SESSION,
    Fault.NO_RIGHT: xml.SENTRY,
    Fault.APPLICATION_TOKEN_REFUSED: xml.APPLICATION_TOKEN,
    Fault.DATABASE: xml.DATABASE,
}


@dataclass(slots=True)
class Switches:
    """What fails, and how slow it is. Set the fields at any time; the next call sees them."""

    fault: Fault | None = None
    only: str | None = None  # the one operation that has the fault
    times: int | None = None  # how many calls have it; then all is well again
    latency_s: float = 0.0  # before every answer, of every operation
    retry_after_s: int = 7  # what every 429 asks for

    def clear(self) -> None:
        """End every fault and delay."""
        self.fault = self.only = self.times = None
        self.latency_s = 0.0

    def due(self, operation: str) -> Fault | None:
        """Return the fault that a call of this operation would have. Spends nothing."""
        if self.fault is None or self.times == 0 or self.only not in (None, operation):
            return None
        if self.fault in xml.PRESENCE_FAULTS and operation != "GetChatPresence":
            return None
        if self.fault in _NOT_AT_SIGN_IN and operation.startswith("Authenticate"):
            return None
        return self.fault

    def spend(self) -> None:
        """Count one call that had the fault."""
        if self.times is not None:
            self.times -= 1


@dataclass(slots=True)
class Call:
    """One request that came in. Never holds what it said, which may be secret."""

    operation: str  # "unknown" for anything that is no operation of the contract
    at: float  # in monotonic seconds
    status: int | None = None  # None: not answered yet, or the connection ended without an answer


class _HangUpError(Exception):
    """The connection ends here, without an answer or in the middle of one."""


class NetServer:
    """A NetServer on loopback. Listens inside `async with`; keeps its port when it goes down and comes back.

    Without an `application_token` it is an on-site installation, which ignores that header. Tickets end with
    `end_tickets`.
    """

    def __init__(
        self,
        office: Office | None = None,
        *,
        username: str = "who",
        password: str = "demo-password",
        application_token: str | None = None,
        services: int = 86,
        ssl_context: ssl.SSLContext | None = None,
    ) -> None:
        self.office = office or demo_office()
        self.switches = Switches()
        self.observer: Observer | None = None
        self.calls: deque[Call] = deque(maxlen=10_000)
        self.in_flight: Counter[str] = Counter()  # by operation
        self.max_in_flight: Counter[str] = Counter()
        self.redirect_followed = False
        self.external_entity_fetched = False
        self._username, self._password = username, password
        self._application_token = application_token
        self._services = services
        self._ssl = ssl_context
        self._tickets: set[str] = set()
        self._bombs: dict[str, bytes] = {}
        self._port = 0
        self._runner: web.ServerRunner | None = None
        self._closing = asyncio.Event()

    @property
    def is_up(self) -> bool:
        """Whether it takes connections."""
        return self._runner is not None

    @property
    def origin(self) -> str:
        """Scheme, host and port. The port is known once the server has been up."""
        return f"{'https' if self._ssl else 'http'}://127.0.0.1:{self._port}"

    @property
    def url(self) -> str:
        """The address up to and including `Remote`, as SUPEROFFICE_URL wants it."""
        return f"{self.origin}/SuperOffice/Remote"

    async def __aenter__(self) -> Self:
        await self.come_back()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.go_down()

    async def come_back(self) -> None:
        """Listen, on the same port as before. Does nothing while up."""
        if self._runner is not None:
            return
        self._closing = asyncio.Event()
        server = web.Server(self._handle, handler_cancellation=True, access_log=None)
        runner = web.ServerRunner(server, shutdown_timeout=_SHUTDOWN_S)
        await runner.setup()
        try:
            await web.TCPSite(runner, "127.0.0.1", self._port, ssl_context=self._ssl).start()
        except BaseException:
            await runner.cleanup()
            raise
        self._port = int(runner.addresses[0][1])
        self._runner = runner

    async def go_down(self) -> None:
        """Stop listening: connections are refused, and open ones end. Does nothing while down."""
        runner, self._runner = self._runner, None
        if runner is not None:
            self._closing.set()
            await runner.cleanup()

    def count(self, operation: str) -> int:
        """How many of the remembered calls were of this operation, answered or not."""
        return sum(call.operation == operation for call in self.calls)

    def issue_ticket(self) -> str:
        """Make a ticket that is good for calls."""
        ticket = f"7T:{secrets.token_urlsafe(24)}=="
        self._tickets.add(ticket)
        return ticket

    def end_tickets(self) -> None:
        """Refuse every ticket issued so far, as after a restart."""
        self._tickets.clear()

    # From here on: one request, from the connection inwards.

    async def _handle(self, request: web.BaseRequest) -> web.StreamResponse:
        call = Call("unknown", time.monotonic())
        self.calls.append(call)
        try:
            response = await watched(self.observer, "superoffice", request, partial(self._dispatch, request, call))
        except (_HangUpError, ConnectionError):
            if request.transport is not None:
                request.transport.abort()
            return web.Response()  # goes nowhere
        call.status = response.status
        return response

    async def _dispatch(self, request: web.BaseRequest, call: Call) -> web.StreamResponse:
        """Find the operation the way IIS and WCF do: by path, content type and action, in that order."""
        if request.path in (_ELSEWHERE, _ENTITY):
            return self._trap(request)
        path = _PATH.fullmatch(request.path)
        if path is None or int(path[1]) != self._services:
            return _page(404, "The resource you are looking for has been removed, or had its name changed.")
        if request.method == "GET":
            return _page(200, f"You have created a service. {path[2]} Service")
        if request.method != "POST":
            return _page(405, "The HTTP verb used to access this page is not allowed.")
        if request.content_type != "text/xml" or (request.charset or "utf-8").lower() != "utf-8":
            reason = "Cannot process the message because the content type was not 'text/xml; charset=utf-8'."
            return web.Response(status=415, reason=reason)
        namespace = xml.namespace(self._services)
        action = request.headers.get("SOAPAction", "")
        for operation, (agent, _) in xml.OPERATIONS.items():
            if agent == path[2] and action == f'"{namespace}/{agent}/{operation}"':
                call.operation = operation
                async with self._counted(operation):
                    return await self._read(request, call, namespace)
        text = "The message cannot be processed at the receiver, due to an Action mismatch."
        return _soap(xml.soap_fault("a:ActionNotSupported", text), status=500)

    async def _read(self, request: web.BaseRequest, call: Call, namespace: str) -> web.StreamResponse:
        try:
            asked = xml.read_request(await request.read(), namespace, call.operation)
        except BadRequestError as error:
            if error.code is None:
                return web.Response(status=400, reason="Bad Request")
            return _soap(xml.soap_fault(error.code, str(error)), status=500)
        if self.switches.latency_s:
            await self._wait(self.switches.latency_s)
        fault = self.switches.due(asked.operation)
        if fault in _IN_FRONT:
            self.switches.spend()
            return await self._in_front(request, fault)
        problem = self._refusal(asked)
        if problem is None and fault is not None:
            self.switches.spend()
            problem = _PROBLEMS.get(fault)
        text = self._answer(asked, problem, fault if problem is None else None)
        return await self._send(request, call, text, fault if problem is None else None)

    async def _in_front(self, request: web.BaseRequest, fault: Fault) -> web.StreamResponse:
        if fault is Fault.STALLED:
            await self._wait(None)
        if fault is Fault.RESET:
            _make_abort_a_reset(request)
            raise _HangUpError
        if fault is Fault.SOAP_FAULT:
            text = "The server was unable to process the request due to an internal error."
            return _soap(xml.soap_fault("a:InternalServiceFault", text), status=500)
        status = fault.status or 500
        headers = {"Retry-After": str(self.switches.retry_after_s)} if status == 429 else {}
        if fault.name.startswith("REDIRECT"):
            return web.Response(status=status, headers={"Location": _ELSEWHERE})
        if fault.name.startswith("NOTHING"):
            return web.Response(status=status, headers=headers)
        soup = fault.name.startswith("SOUP")
        return _page(status, "The gateway has something to say.", soup=soup, headers=headers)

    def _refusal(self, asked: Asked) -> Problem | None:
        if self._application_token is not None and asked.application_token != self._application_token:
            return xml.APPLICATION_TOKEN
        if asked.operation.startswith("Authenticate"):
            return None
        return None if asked.ticket in self._tickets else xml.SESSION

    def _answer(self, asked: Asked, problem: Problem | None, fault: Fault | None) -> str:
        """Write the reply, from what the office is at this moment."""
        inner, parameters = "", asked.parameters
        if problem is None:
            match asked.operation:
                case "GetChatPresence":
                    inner = xml.presence_list(self.office.agents, fault)
                case "IsWithinOpeningHours":
                    is_open = self.office.is_open(int(parameters.get("ChatTopicId") or 0))
                    inner = f"<Response>{'true' if is_open else 'false'}</Response>"
                case "AuthenticateUsernamePassword":
                    given = (parameters.get("UserName"), parameters.get("Password"))
                    right = given == (self._username, self._password)
                    inner = xml.signed_in(self._username, self.issue_ticket() if right else None)
                case _ if parameters.get("Name") == "chatchannel":
                    inner = xml.topic_list(self.office.topics)
                case _:
                    problem = xml.UNKNOWN_LIST
        writer = xml.Writer(self._services, f"{self.origin}{_ENTITY}")
        return writer.reply(asked.operation, inner, problem=problem, fault=fault)

    async def _send(self, request: web.BaseRequest, call: Call, text: str, fault: Fault | None) -> web.StreamResponse:
        """Send the reply: at once, or in the way of the fault."""
        data = text.encode()
        match fault:
            case Fault.GZIP_BOMB:
                if call.operation not in self._bombs:
                    self._bombs[call.operation] = await asyncio.to_thread(_gzip_bomb, data)
                return _soap(self._bombs[call.operation], headers={"Content-Encoding": "gzip"})
            case Fault.SOAP12_ENVELOPE:
                return _soap(data, content_type="application/soap+xml")
            case Fault.DRIP | Fault.OVERSIZED | Fault.TRUNCATED_HTTP:
                stream = web.StreamResponse(headers={"Content-Type": "text/xml; charset=utf-8"})
                if fault is not Fault.OVERSIZED:
                    stream.content_length = len(data)
                await stream.prepare(request)
                call.status = stream.status
                await self._stream(request, stream, data, fault)
                return stream
            case _:
                return _soap(data)

    async def _stream(self, request: web.BaseRequest, stream: web.StreamResponse, data: bytes, fault: Fault) -> None:
        if fault is Fault.DRIP:
            for byte in data:
                await stream.write(bytes([byte]))
                await self._wait(_DRIP_S)
        elif fault is Fault.OVERSIZED:
            await stream.write(data)
            for _ in range(_OVERSIZED_BYTES // len(_FILLER) + 1):
                await stream.write(_FILLER)
                if self._closing.is_set():
                    raise _HangUpError
        else:
            await stream.write(data[: len(data) // 2])
            if request.transport is not None:
                request.transport.close()  # unlike abort, this sends what was written

    def _trap(self, request: web.BaseRequest) -> web.Response:
        """Remember a request for an address that no client should follow."""
        if request.path == _ENTITY:
            self.external_entity_fetched = True
            return web.Response(text="fetched")
        self.redirect_followed = True
        return _page(200, "This is elsewhere.")

    async def _wait(self, seconds: float | None) -> None:
        """Sleep, or for ever; hang up when the server goes down meanwhile."""
        try:
            async with asyncio.timeout(seconds):
                await self._closing.wait()
        except TimeoutError:
            return
        raise _HangUpError

    @asynccontextmanager
    async def _counted(self, operation: str) -> AsyncIterator[None]:
        self.in_flight[operation] += 1
        self.max_in_flight[operation] = max(self.max_in_flight[operation], self.in_flight[operation])
        try:
            yield
        finally:
            self.in_flight[operation] -= 1


def _soap(
    body: str | bytes, *, status: int = 200, content_type: str = "text/xml", headers: dict[str, str] | None = None
) -> web.Response:
    data = body.encode() if isinstance(body, str) else body
    return web.Response(body=data, status=status, content_type=content_type, charset="utf-8", headers=headers)


def _page(status: int, text: str, *, soup: bool = False, headers: dict[str, str] | None = None) -> web.Response:
    title = f"{status} - SuperOffice"
    if soup:
        page = f"<!DOCTYPE html><html><title>{title}</title><br><body><p>{text}<p>&nbsp;<a href=/x?a&b>Back"
    else:
        page = (
            f'<html xmlns="http://www.w3.org/1999/xhtml"><head><title>{title}</title></head>'
            f"<body><h1>{title}</h1><p>{text}</p></body></html>"
        )
    return web.Response(text=page, status=status, content_type="text/html", headers=headers)


def _make_abort_a_reset(request: web.BaseRequest) -> None:
    """Have the kernel send RST instead of FIN when the connection is closed."""
    connection = request.transport.get_extra_info("socket") if request.transport else None
    if connection is not None:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def _gzip_bomb(data: bytes) -> bytes:
    packer = zlib.compressobj(level=1, wbits=31)
    chunks = [packer.compress(data)]
    chunks += [packer.compress(_FILLER) for _ in range(_GZIP_BOMB_BYTES // len(_FILLER) + 1)]
    return b"".join([*chunks, packer.flush()])
