"""Requests that come over a WebSocket which the bot opens: Socket Mode."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from typing import Any, Final

from aiohttp import ClientSession, ClientTimeout
from aiojobs import Scheduler
from slack_bolt.adapter.socket_mode.async_internals import run_async_bolt_app, send_async_response
from slack_bolt.async_app import AsyncApp
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.socket_mode.async_client import AsyncBaseSocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.web.async_client import AsyncWebClient

from bot.clock import Clock
from bot.errors import SlackError
from bot.limits import Bound
from bot.proxies import Proxies
from bot.slack.identity import try_app_token
from bot.slack.proxy import through

log = logging.getLogger(__name__)

CONNECT_S: Final = 20.0
"""How long a connection may take to open."""

PING_S: Final = 10.0
"""Seconds between pings."""

AT_ONCE: Final = 4_000
"""Requests under way at once. More are not acknowledged: Slack repeats events, and tells who typed a command."""

CLOSING_S: Final = 3.0
"""How long the end waits for requests under way. Each should be acknowledged by then."""

GOODBYE_S: Final = 1.0
"""How long the end waits for Slack to close the connection too."""


class SocketMode:
    """Takes Slack's requests while it is `connected`. slack_sdk connects again when the connection is lost.

    `connect_s`: how long a connection may take to open. `ping_s`: how often it is looked after, and opened again.
    Must be made inside a running event loop.
    https://docs.slack.dev/apis/events-api/using-socket-mode/
    """

    def __init__(
        self,
        app: AsyncApp,
        client: AsyncWebClient,
        app_token: str,
        *,
        proxies: Proxies,
        clock: Clock,
        at_once: int = AT_ONCE,
        connect_s: float = CONNECT_S,
        ping_s: float = PING_S,
    ) -> None:
        self._app = app
        self._client = client
        self._app_token = app_token
        self._proxies = proxies
        self._connect_s = connect_s
        self._ping_s = ping_s
        self._requests = Scheduler(limit=None)
        self._at_once = Bound("Requests under way", at_once, clock)
        self._is_taking = True
        self._socket = SocketModeClient(app_token=app_token, web_client=client, ping_interval=ping_s)
        self._socket.socket_mode_request_listeners.append(self._take)
        self._socket.message_listeners.append(self._see)

    def is_connected(self) -> bool:
        """Whether Slack can reach the bot now."""
        session = self._socket.current_session
        return session is not None and not session.closed

    @asynccontextmanager
    async def connected(self) -> AsyncIterator[None]:
        """Answer requests inside the context; at its end, take no more and finish those under way.

        Raises `SlackError` if Slack refuses the app token, or if there is no connection within `connect_s`.
        """
        # slack_sdk's own session waits 5 minutes for a handshake that never comes.
        await self._socket.aiohttp_client_session.close()
        self._socket.aiohttp_client_session = ClientSession(
            timeout=ClientTimeout(total=self._connect_s), middlewares=[through(self._proxies)]
        )
        renewing = asyncio.create_task(self._renew_address())
        try:
            # slack_sdk by itself would try a refused token again and again, without an end.
            self._socket.wss_uri = await try_app_token(self._client, self._app_token)
            await self._connect()
            yield
        finally:
            self._is_taking = False
            renewing.cancel()
            await asyncio.wait([renewing])
            try:
                await self._requests.wait_and_close(timeout=CLOSING_S)
            finally:
                await self._disconnect()

    async def _connect(self) -> None:
        # A task of its own: where asyncio.timeout and aiohttp's limit end together, aiohttp swallows the cancellation,
        # and slack_sdk would try again and again, without an end. Seen with aiohttp 3.14.
        connecting = asyncio.ensure_future(self._socket.connect())  # type: ignore[no-untyped-call]  # likewise
        try:
            done, _ = await asyncio.wait([connecting], timeout=self._connect_s)
        finally:
            connecting.cancel()
        if not done:
            raise SlackError("unreachable", "no WebSocket")
        await connecting

    async def _disconnect(self) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(GOODBYE_S):  # aiohttp by itself waits 10 s for Slack's goodbye
                await self._socket.close()  # type: ignore[no-untyped-call]  # slack_sdk leaves it untyped
                return
        await self._socket.close()  # type: ignore[no-untyped-call]  # the rest of it, which the time-out cut off

    async def _see(self, _socket: AsyncBaseSocketModeClient, message: Mapping[str, Any], _raw: str | None) -> None:
        """Tell of another bot, of which Slack's first greeting knows. At a later one, our own last one still counts."""
        if message.get("type") != "hello":
            return
        self._socket.message_listeners.remove(self._see)
        if (count := message.get("num_connections", 1)) > 1:
            log.warning("Slack counts %d connections of this app: another bot may run with the same tokens", count)

    async def _take(self, _socket: AsyncBaseSocketModeClient, request: SocketModeRequest) -> None:
        if self._is_taking and self._at_once.has_room(len(self._requests)):
            await (await self._requests.spawn(self._answer(request))).wait()

    async def _answer(self, request: SocketModeRequest) -> None:
        started = time.time()
        response = await run_async_bolt_app(self._app, request)
        await send_async_response(self._socket, request, response, started)

    async def _renew_address(self) -> None:
        """Have slack_sdk ask for a new address when it cannot connect.

        By itself it tries the old address again and again, which Slack has long forgotten.
        """
        while True:
            await asyncio.sleep(self._ping_s)
            if not self.is_connected():
                self._socket.wss_uri = None
