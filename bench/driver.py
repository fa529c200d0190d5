"""Plays Slack's part: signed commands over raw connections, and the address that answers are sent to.

Raw, because the driver shares the machine: a command costs it a fifth of what an HTTP client would take.
"""

import asyncio
import itertools
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

from playground.slack_delivery import sign

LOOPBACK: Final = "127.0.0.1"
EVENTS_PATH: Final = "/slack/events"
COMMAND: Final = "/who-is-online"

PEOPLE: Final = 200
"""Who ask in turn: a large support department."""

_HEAD_ENDS: Final = b"\r\n\r\n"


class DriverError(Exception):
    """A bot did not answer as it should."""


def is_roster(body: bytes) -> bool:
    """Whether agents of the pretend office are named in it."""
    return b"Agent 0" in body


@dataclass(frozen=True, slots=True)
class Request:
    """A command, signed and ready to be sent. `number` is the one in its response_url."""

    number: int
    body: bytes
    headers: dict[str, str]
    path: str = EVENTS_PATH

    def to_bytes(self) -> bytes:
        """The request as it goes over the wire."""
        head = "".join(f"{name}: {value}\r\n" for name, value in self.headers.items())
        return (
            f"POST {self.path} HTTP/1.1\r\nHost: {LOOPBACK}\r\n{head}Content-Length: {len(self.body)}\r\n\r\n".encode()
            + self.body
        )


@dataclass(frozen=True, slots=True)
class Ack:
    """How a command was acknowledged: `sent_at` on the monotonic clock, `seconds` later, with this body."""

    number: int
    sent_at: float
    seconds: float
    status: int
    body: bytes


class _Http(asyncio.Protocol):
    """One side of an HTTP connection: hands over each message as head and body, as soon as it is whole."""

    def __init__(self, take: Callable[["_Http", bytes, bytes], None]) -> None:
        self._take = take
        self._buffer = bytearray()
        self._transport: asyncio.Transport | None = None
        self.waiting: asyncio.Future[tuple[bytes, bytes]] | None = None

    @property
    def is_open(self) -> bool:
        return self._transport is not None and not self._transport.is_closing()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)  # noqa: S101  # for mypy: TCP has no other
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        while (end := self._buffer.find(_HEAD_ENDS)) >= 0:
            head = bytes(self._buffer[:end]).lower()
            whole = end + len(_HEAD_ENDS) + _content_length(head)
            if len(self._buffer) < whole:
                return
            body = bytes(self._buffer[end + len(_HEAD_ENDS) : whole])
            del self._buffer[:whole]
            self._take(self, head, body)

    def connection_lost(self, exc: Exception | None) -> None:
        self._transport = None
        if self.waiting is not None and not self.waiting.done():
            self.waiting.set_exception(exc or ConnectionError("closed without an answer"))

    def write(self, data: bytes) -> None:
        if self._transport is not None:
            self._transport.write(data)

    def close(self) -> None:
        if self._transport is not None:
            self._transport.close()


class Driver:
    """Slack, as far as speed is concerned. Connections to a bot are kept and used again, where the bot keeps them."""

    def __init__(self, signing_secret: str) -> None:
        self._secret = signing_secret
        self._numbers = itertools.count(1)
        self._idle: dict[int, list[_Http]] = {}
        self._answers: dict[int, asyncio.Future[tuple[float, bytes]]] = {}
        self._response_port = 0

    def request(self, text: str = "") -> Request:
        """A new command, signed now."""
        number = next(self._numbers)
        body = urlencode(
            {
                "token": "bench",
                "team_id": "T0PRETEND",
                "team_domain": "pretend",
                "channel_id": "C0SUPPORT",
                "channel_name": "support",
                "user_id": f"U{number % PEOPLE:08}",
                "user_name": "asker",
                "command": COMMAND,
                "text": text,
                "api_app_id": "A0WHOAPP1",
                "is_enterprise_install": "false",
                "response_url": f"http://{LOOPBACK}:{self._response_port}/{number}",
                "trigger_id": f"1.{number}",
            }
        ).encode()
        timestamp = int(time.time())
        headers = {
            "Content-Type": "application/x-www-form-urlencoded",
            "X-Slack-Request-Timestamp": str(timestamp),
            "X-Slack-Signature": sign(self._secret, timestamp, body),
        }
        return Request(number, body, headers)

    async def send(self, port: int, request: Request | None = None, *, keep: bool = True) -> Ack:
        """Send a command and wait for its acknowledgement. The time begins before a connection is opened, if one is.

        `keep`: use a connection that is there, and keep it. Raises OSError.
        """
        request = request or self.request()
        data = request.to_bytes()
        sent_at = time.perf_counter()
        line = await self._line(port) if keep else await self._open(port)
        line.waiting = asyncio.get_running_loop().create_future()
        try:
            line.write(data)
            head, body = await line.waiting
        except BaseException:
            line.close()
            raise
        seconds = time.perf_counter() - sent_at
        status = int(head.split(b" ", 2)[1])
        if keep and b"http/1.1" in head[:8]:
            self._idle.setdefault(port, []).append(line)
        else:
            line.close()
        return Ack(request.number, sent_at, seconds, status, body)

    async def roster(self, port: int) -> Ack:
        """Send a command whose acknowledgement must carry the roster. Raises DriverError."""
        ack = await self.send(port)
        if ack.status != 200 or not is_roster(ack.body):
            raise DriverError(f"the acknowledgement carries no roster: {ack.status} {ack.body[:200]!r}")
        return ack

    def awaiting(self, number: int) -> asyncio.Future[tuple[float, bytes]]:
        """What will be posted to the response_url of this command, and when on the monotonic clock."""
        return self._answers.setdefault(number, asyncio.get_running_loop().create_future())

    async def _line(self, port: int) -> _Http:
        idle = self._idle.get(port, [])
        while idle:
            line = idle.pop()
            if line.is_open:
                return line
        return await self._open(port)

    async def _open(self, port: int) -> _Http:
        loop = asyncio.get_running_loop()
        _, line = await loop.create_connection(lambda: _Http(_give_to_waiting), LOOPBACK, port)
        return line

    def _take_answer(self, line: _Http, head: bytes, body: bytes) -> None:
        number = int(head.split(b" ", 2)[1].lstrip(b"/"))
        answer = self.awaiting(number)
        if not answer.done():
            answer.set_result((time.perf_counter(), body))
        closes = b"connection: close" in head
        line.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n%b\r\nok" % (b"Connection: close\r\n" if closes else b""))
        if closes:
            line.close()


@asynccontextmanager
async def open_driver(signing_secret: str) -> AsyncIterator[Driver]:
    """A driver whose response_url listens."""
    driver = Driver(signing_secret)
    server = await asyncio.get_running_loop().create_server(
        lambda: _Http(driver._take_answer),  # noqa: SLF001  # its other half
        LOOPBACK,
        0,
        backlog=4096,
    )
    driver._response_port = server.sockets[0].getsockname()[1]  # noqa: SLF001
    try:
        yield driver
    finally:
        server.close()
        for lines in driver._idle.values():  # noqa: SLF001
            for line in lines:
                line.close()


def _give_to_waiting(line: _Http, head: bytes, body: bytes) -> None:
    if line.waiting is not None and not line.waiting.done():
        line.waiting.set_result((head, body))


def _content_length(head: bytes) -> int:
    _, found, rest = head.partition(b"content-length:")
    return int(rest.split(b"\r\n", 1)[0]) if found else 0
