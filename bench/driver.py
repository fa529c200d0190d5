"""Plays Slack's part: signed commands over raw connections, the methods that are called, and the address of answers.

Raw, because the driver shares the machine: a command costs it a fifth of what an HTTP client would take.
"""

import asyncio
import itertools
import json
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode

from playground.slack_delivery import sign

LOOPBACK: Final = "127.0.0.1"

PEOPLE: Final = 200
"""Who ask in turn: a large support department."""

_COMMAND: Final = {
    "token": "bench",
    "team_id": "T0PRETEND",
    "team_domain": "pretend",
    "channel_id": "C0SUPPORT",
    "channel_name": "support",
    "user_name": "asker",
    "command": "/who-is-online",
    "api_app_id": "A0WHOAPP1",
    "is_enterprise_install": "false",
}

_SAID: Final[dict[str, dict[str, Any]]] = {
    "auth.test": {"url": "https://pretend.slack.com/", "team": "Pretend", "user": "who", "team_id": "T0PRETEND",
                  "user_id": "U0WHOBOT1", "bot_id": "B0WHOBOT1"},
    "users.info": {"user": {"team_id": "T0PRETEND", "is_restricted": False, "locale": "en-GB"}},
    "conversations.info": {"channel": {"is_ext_shared": False}},
}  # fmt: skip
"""What the Web API says: everybody is a member, and every channel the company's own."""


class DriverError(Exception):
    """A bot did not answer as it should."""


@dataclass(frozen=True, slots=True)
class Ack:
    """How a command was acknowledged: `sent_at` on the monotonic clock, `seconds` later, with this body."""

    number: int
    sent_at: float
    seconds: float
    status: int
    body: bytes

    @property
    def is_roster(self) -> bool:
        """Whether it carries a roster."""
        return self.status == 200 and is_roster(self.body)


class _Http(asyncio.Protocol):
    """One side of an HTTP connection. Hands over each message as head and body, once it is whole."""

    def __init__(self, take: Callable[["_Http", bytes, bytes], None]) -> None:
        self._take = take
        self._buffer = bytearray()
        self.transport: asyncio.Transport
        self.waiting: asyncio.Future[tuple[bytes, bytes]] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)  # noqa: S101  # for mypy: TCP has no other
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        while (end := self._buffer.find(b"\r\n\r\n") + 4) >= 4:
            head = bytes(self._buffer[:end]).lower()
            _, found, rest = head.partition(b"content-length:")
            whole = end + (int(rest.split(b"\r\n", 1)[0]) if found else 0)
            if len(self._buffer) < whole:
                return
            body = bytes(self._buffer[end:whole])
            del self._buffer[:whole]
            self._take(self, head, body)

    def connection_lost(self, exc: Exception | None) -> None:
        if self.waiting is not None and not self.waiting.done():
            self.waiting.set_exception(exc or ConnectionError("closed without an answer"))


class Driver:
    """Slack, as far as speed is concerned. Connections to a bot are used again if the bot keeps them."""

    def __init__(self, signing_secret: str) -> None:
        self._secret = signing_secret
        self._numbers = itertools.count(1)
        self._idle: dict[int, list[_Http]] = defaultdict(list)
        self._answers: dict[int, asyncio.Future[tuple[float, bytes]]] = {}
        self.response_port = 0

    async def send(self, port: int, *, keep: bool = True, text: str = "") -> Ack:
        """Send a command and wait for its acknowledgement. The time begins before a connection is opened, if one is.

        `keep`: use a connection that is there, and keep it. Raises OSError.
        """
        number = next(self._numbers)
        request = self._request(number, text)
        sent_at = time.perf_counter()
        line = await self._line(port, keep=keep)
        line.waiting = asyncio.get_running_loop().create_future()
        try:
            line.transport.write(request)
            head, body = await line.waiting
        except BaseException:
            line.transport.close()
            raise
        seconds = time.perf_counter() - sent_at
        if keep and head.startswith(b"http/1.1"):
            self._idle[port].append(line)
        else:
            line.transport.close()
        return Ack(number, sent_at, seconds, int(head.split(b" ", 2)[1]), body)

    async def roster(self, port: int) -> Ack:
        """Send a command whose acknowledgement must carry the roster. Raises DriverError."""
        ack = await self.send(port)
        if not ack.is_roster:
            raise DriverError(f"the acknowledgement carries no roster: {ack.status} {ack.body[:200]!r}")
        return ack

    def awaiting(self, number: int) -> asyncio.Future[tuple[float, bytes]]:
        """What will be posted to the response_url of this command, and when on the monotonic clock."""
        return self._answers.setdefault(number, asyncio.get_running_loop().create_future())

    @property
    def api_url(self) -> str:
        """Where the Web API is; a bot sends answers to no other place."""
        return f"http://{LOOPBACK}:{self.response_port}/api/"

    def take(self, line: _Http, head: bytes, body: bytes) -> None:
        """Answer a method of the Web API, or note what was posted to a response_url."""
        last = head.split(b" ", 2)[1].decode().partition("?")[0].rpartition("/")[2]
        said = b"ok"
        if last in _SAID:
            said = json.dumps({"ok": True, **_SAID[last]}).encode()
        elif not (answer := self.awaiting(int(last))).done():
            answer.set_result((time.perf_counter(), body))
        closes = b"connection: close" in head
        close = b"Connection: close\r\n" if closes else b""
        kind = b"Content-Type: application/json\r\n"
        line.transport.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n%b%b\r\n%b" % (len(said), kind, close, said))
        if closes:
            line.transport.close()

    def close(self) -> None:
        """Close the connections that were kept."""
        for line in itertools.chain(*self._idle.values()):
            line.transport.close()

    def _request(self, number: int, text: str) -> bytes:
        form = _COMMAND | {
            "text": text,
            "user_id": f"U{number % PEOPLE:08}",
            "response_url": f"http://{LOOPBACK}:{self.response_port}/{number}",
            "trigger_id": f"1.{number}",
        }
        body = urlencode(form).encode()
        timestamp = int(time.time())
        head = (
            f"POST /slack/events HTTP/1.1\r\nHost: {LOOPBACK}\r\nContent-Length: {len(body)}\r\n"
            "Content-Type: application/x-www-form-urlencoded\r\n"
            f"X-Slack-Request-Timestamp: {timestamp}\r\n"
            f"X-Slack-Signature: {sign(self._secret, timestamp, body)}\r\n\r\n"
        )
        return head.encode() + body

    async def _line(self, port: int, *, keep: bool) -> _Http:
        while keep and self._idle[port]:
            line = self._idle[port].pop()
            if not line.transport.is_closing():
                return line
        _, line = await asyncio.get_running_loop().create_connection(lambda: _Http(_give_to_waiting), LOOPBACK, port)
        return line


@asynccontextmanager
async def open_driver(signing_secret: str) -> AsyncIterator[Driver]:
    """A driver that listens for methods and answers."""
    driver = Driver(signing_secret)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: _Http(driver.take), LOOPBACK, 0, backlog=4096)
    driver.response_port = server.sockets[0].getsockname()[1]
    try:
        yield driver
    finally:
        server.close()
        driver.close()


def is_roster(body: bytes) -> bool:
    """Whether agents of the pretend office are named in it."""
    return b"Agent 0" in body


def _give_to_waiting(line: _Http, head: bytes, body: bytes) -> None:
    if line.waiting is not None and not line.waiting.done():
        line.waiting.set_result((head, body))
