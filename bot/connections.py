"""Connections to the web server, most of which may be a stranger's: their number, memory and time are bounded."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any, Final

from aiohttp import web
from aiohttp.http import HttpProcessingError

from bot.clock import Clock
from bot.limits import Bound, Seldom

log = logging.getLogger(__name__)

HEADERS_S: Final = 10.0
"""How long a new connection may take until the headers of its first request are there."""

IDLE_S: Final = 130.0
"""How long a connection waits for another request: longer than web servers in front of the bot keep theirs open."""

LINGER_S: Final = 1.0
"""How long the rest of a refused body is read and thrown away, so that the refusal is seen."""

STRANGERS_BYTES: Final = 16 * 1024 * 1024
"""What strangers' connections have sent and may still be in memory, all together."""

PATIENCE_S: Final = 0.1
"""Where there is no room for another connection, a stranger's is closed that had so long to send a request. What comes
from Slack comes through a web server with TLS that is near, all at once."""

KNOWN_PATIENCE_S: Final = 1.0
"""As above, for a connection that brought one of Slack's requests before, and may be about to bring another."""

HEADER_LINE_BYTES: Final = 4_096
HEADERS: Final = 64
"""The longest line of a header, and the most lines. Slack sends about ten; web servers in front of the bot add some."""

KNOWN: Final = web.RequestKey("known", bool)
"""Set in a request, by whoever is sure of its sender: its connection stays, whatever strangers do."""


class Connection(web.RequestHandler):
    """One connection. It is a stranger's, unless it has a request that is `KNOWN`."""

    def __init__(self, connections: "Connections", **options: Any) -> None:
        super().__init__(connections, **options)
        self._connections = connections
        self._since_s = 0.0
        self._headers_due: asyncio.TimerHandle | None = None
        self._patience_s = PATIENCE_S
        self.request: web.BaseRequest | None = None
        self.unread_bytes = 0

    @property
    def is_strangers(self) -> bool:
        """Whether nothing is known of who is at the other end."""
        return self.request is None or KNOWN not in self.request

    def may_go(self, now_s: float) -> bool:
        """Whether it can make room for another."""
        return self.is_strangers and now_s - self._since_s >= self._patience_s

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """It is open."""
        super().connection_made(transport)
        self._connections.open[self] = None
        self._since_s = self._loop.time()
        self._headers_due = self._loop.call_later(HEADERS_S, self.leave)

    def data_received(self, data: bytes) -> None:
        """Something came."""
        if not self.unread_bytes:
            self._since_s = self._loop.time()
        self.unread_bytes += len(data)
        self._connections.weigh(len(data))
        super().data_received(data)

    def connection_lost(self, exc: BaseException | None) -> None:
        """It is closed."""
        self.leave()
        super().connection_lost(exc)

    def begin(self, request: web.BaseRequest) -> None:
        """Note that the headers of a request are there."""
        self.request = request
        self._since_s = self._loop.time()
        if self._headers_due is not None:
            self._headers_due.cancel()

    def free(self) -> None:
        """Note that what was sent is no longer in memory."""
        self._connections.weigh(-self.unread_bytes)
        self.unread_bytes = 0

    def leave(self) -> None:
        """Close it. It counts no longer, though it is not closed at once."""
        self.free()
        self._connections.open.pop(self, None)
        if self._headers_due is not None:
            self._headers_due.cancel()
        if self.transport is not None:
            self.transport.abort()

    def end(self) -> None:
        """Note that the request is answered."""
        self.free()
        if not self.is_strangers:
            self._patience_s = KNOWN_PATIENCE_S
        self.request = None
        self._since_s = self._loop.time()


class Connections(web.Server):
    """The open connections: at most `most`, and among strangers' at most `STRANGERS_BYTES` of what they sent.

    aiohttp's own bounds are for each connection. `answer` answers a request.
    https://docs.aiohttp.org/en/stable/web_lowlevel.html
    """

    def __init__(
        self, answer: Callable[[web.BaseRequest], Awaitable[web.Response]], *, most: int, clock: Clock
    ) -> None:
        loop = asyncio.get_running_loop()
        super().__init__(
            self._handle,
            request_factory=partial(_Request, loop=loop),
            loop=loop,
        )
        self.open: dict[Connection, None] = {}
        self._answer = answer
        self._bytes = 0
        self._most = Bound("Open connections", most, clock)
        self._most_bytes = Bound("Bytes from strangers", STRANGERS_BYTES, clock)
        self._options = {
            "access_log": None,
            "auto_decompress": False,
            "keepalive_timeout": IDLE_S,
            "lingering_time": LINGER_S,
            "logger": _Mistakes(log, Seldom(clock)),
            "loop": loop,
            "max_field_size": HEADER_LINE_BYTES,
            "max_headers": HEADERS,
            "max_line_size": HEADER_LINE_BYTES,
        }

    def __call__(self) -> Connection:
        """A new connection's protocol."""
        return Connection(self, **self._options)

    async def wait_for_room(self) -> None:
        """Wait until there is room for one more connection. The oldest one of a stranger is closed for it."""
        while not self._most.has_room(len(self.open)):
            now_s = asyncio.get_running_loop().time()
            going = next((each for each in self.open if each.may_go(now_s)), None)
            if going is not None:
                going.leave()
            await asyncio.sleep(0 if going else PATIENCE_S / 10)

    def weigh(self, number: int) -> None:
        """Count bytes that came, or that are no longer in memory. If they are too many, the largest stranger goes."""
        self._bytes += number
        while number > 0 and not self._most_bytes.has_room(self._bytes):
            strangers = [each for each in self.open if each.is_strangers and each.unread_bytes]
            if not strangers:
                return
            max(strangers, key=lambda each: each.unread_bytes).leave()

    async def _handle(self, request: web.BaseRequest) -> web.Response:
        connection = request.protocol
        assert isinstance(connection, Connection)  # noqa: S101  # we made it
        connection.begin(request)
        try:
            return await self._answer(request)
        finally:
            connection.end()


class _Request(web.BaseRequest):
    async def _prepare_hook(self, response: web.StreamResponse) -> None:
        """Tell nobody what we run on. aiohttp adds this header to its own error pages too."""
        response.headers.popall("Server", None)


class _Mistakes(logging.LoggerAdapter[logging.Logger]):
    """aiohttp's log, in which a stranger's mistakes are a line now and then, and not a traceback each."""

    def __init__(self, logger: logging.Logger, seldom: Seldom) -> None:
        super().__init__(logger)
        self._seldom = seldom

    def exception(self, msg: object, *args: object, exc_info: Any = True, **more: Any) -> None:
        """Log an error; of one in what was sent, only its kind."""
        # aiohttp reads the rest of a refused body, and then finds the connection closed.
        is_closed = isinstance(exc_info, RuntimeError) and str(exc_info) == "Connection closed."
        if is_closed or isinstance(exc_info, HttpProcessingError | web.RequestPayloadError | ConnectionError):
            self._seldom.warn("A request cannot be read: %s", type(exc_info).__name__)
        else:
            super().exception(msg, *args, exc_info=exc_info, **more)
