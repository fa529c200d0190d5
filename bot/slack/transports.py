"""How Slack's requests come in: Socket Mode, or HTTP. Both can stop taking requests and finish those under way."""

import asyncio
import logging
import re
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Final

from aiohttp import ClientSession, ClientTimeout, web
from aiojobs import Scheduler
from cachetools import TTLCache
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request
from slack_bolt.adapter.socket_mode.async_internals import run_async_bolt_app, send_async_response
from slack_bolt.async_app import AsyncApp
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.socket_mode.async_client import AsyncBaseSocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.web.async_client import AsyncWebClient

from bot.errors import ConfigError, SlackError
from bot.slack.identity import try_app_token

log = logging.getLogger(__name__)

EVENTS_PATH: Final = "/slack/events"
CONNECT_S: Final = 20.0
"""How long the first connection may take."""

PING_S: Final = 10.0

ACKS_S: Final = 3.0
"""How long requests under way are waited for at the end; each is acknowledged sooner than that."""

_STRANGERS_S: Final = 60
"""Requests that are not Slack's are told of in the log once in so long."""

BACKLOG: Final = 4_096
"""Connections that may wait to be accepted. A burst overflows the usual 128, and who is left out waits for seconds."""

_BODY_BYTES: Final = 1024 * 1024
_MESSAGES_WAITING: Final = 1_000


@asynccontextmanager
async def socket_mode(
    app: AsyncApp, client: AsyncWebClient, app_token: str, *, ping_s: float = PING_S
) -> AsyncIterator[Callable[[], bool]]:
    """Take requests over a WebSocket that we open, and look after every `ping_s`. Yields whether it is connected.

    Raises `SlackError` if Slack refuses the app token, or no connection comes about. slack_sdk connects again after
    later losses.
    https://docs.slack.dev/apis/events-api/using-socket-mode/
    """
    socket = SocketModeClient(app_token=app_token, web_client=client, ping_interval=ping_s)
    socket.message_queue = asyncio.Queue(_MESSAGES_WAITING)  # slack_sdk's own has no bound
    # slack_sdk's own session waits 5 minutes for a line that swallows the handshake.
    await socket.aiohttp_client_session.close()
    socket.aiohttp_client_session = ClientSession(timeout=ClientTimeout(total=CONNECT_S))
    requests = Scheduler(limit=None)
    taking = True

    async def answer(request: SocketModeRequest) -> None:
        started = time.time()
        response = await run_async_bolt_app(app, request)
        await send_async_response(socket, request, response, started)

    async def take(_socket: AsyncBaseSocketModeClient, request: SocketModeRequest) -> None:
        if taking:
            await (await requests.spawn(answer(request))).wait()

    def is_connected() -> bool:
        return socket.current_session is not None and not socket.current_session.closed

    async def renew_address() -> None:
        """Have slack_sdk ask for a new address when it cannot connect: it tries the old one, soon void, for ever."""
        while True:
            await asyncio.sleep(ping_s)
            if not is_connected():
                socket.wss_uri = None

    socket.socket_mode_request_listeners.append(take)
    renewing = asyncio.create_task(renew_address())
    try:
        # slack_sdk by itself would try a refused token again and again, without an end
        socket.wss_uri = await try_app_token(client, app_token)
        try:
            async with asyncio.timeout(CONNECT_S):
                await socket.connect()  # type: ignore[no-untyped-call]  # slack_sdk leaves it untyped
        except TimeoutError:
            raise SlackError("unreachable", "no WebSocket") from None
        yield is_connected
    finally:
        taking = False
        renewing.cancel()
        try:
            await requests.wait_and_close(timeout=ACKS_S)
        finally:
            await socket.close()  # type: ignore[no-untyped-call]  # likewise


@asynccontextmanager
async def serve_slack(app: AsyncApp, *, host: str, port: int) -> AsyncIterator[None]:
    """Take requests over HTTP at `/slack/events`. Raises `ConfigError` if the port is taken.

    https://docs.slack.dev/authentication/verifying-requests-from-slack/
    """
    strangers: TTLCache[int, bool] = TTLCache(1, _STRANGERS_S)

    async def slack_events(request: web.Request) -> web.Response:
        if not _may_be_signed(request.headers):
            return web.Response(status=401)
        try:
            answer = await app.async_dispatch(await to_bolt_request(request))
        except (AttributeError, LookupError, RecursionError, TypeError, ValueError):
            # Bolt reads the body before it checks who sent it, and stumbles where it is not as Slack's are. Errors of
            # listeners do not come this way.
            return web.Response(status=400)
        if answer.status == 401 and not strangers:
            strangers[401] = True
            log.warning(
                "A request had a wrong signature or time: if it is Slack's, check SLACK_SIGNING_SECRET and clock"
            )
        return await to_aiohttp_response(answer)

    async with _site([web.post(EVENTS_PATH, slack_events)], lambda: True, host, port):
        yield


def _may_be_signed(headers: Mapping[str, str]) -> bool:
    """Whether Bolt can check the signature: it expects a time in digits, and a signature in ASCII."""
    time_said, signature = headers.get("X-Slack-Request-Timestamp", ""), headers.get("X-Slack-Signature", "")
    return re.fullmatch("[0-9]{1,12}", time_said) is not None and signature.isascii()


@asynccontextmanager
async def serve_health(is_connected: Callable[[], bool], *, host: str, port: int) -> AsyncIterator[None]:
    """Tell whether the bot lives, for Socket Mode. Raises `ConfigError` if the port is taken."""
    async with _site([], is_connected, host, port):
        yield


@asynccontextmanager
async def _site(routes: list[web.RouteDef], is_ready: Callable[[], bool], host: str, port: int) -> AsyncIterator[None]:
    """A web server with these routes, `/healthz` (the process lives) and `/readyz` (it can answer)."""

    async def healthz(_request: web.Request) -> web.Response:
        return web.Response(text="ok\n")

    async def readyz(_request: web.Request) -> web.Response:
        ready = is_ready()
        return web.Response(text="ready\n" if ready else "not connected to Slack\n", status=200 if ready else 503)

    site = web.Application(client_max_size=_BODY_BYTES)
    site.add_routes([*routes, web.get("/healthz", healthz), web.get("/readyz", readyz)])
    runner = web.AppRunner(site, access_log=None, shutdown_timeout=ACKS_S)
    await runner.setup()
    try:
        try:
            await web.TCPSite(runner, host, port, backlog=BACKLOG).start()
        except OSError as error:
            raise ConfigError([f"HOST and PORT: cannot listen on {host}:{port}: {error.strerror}"]) from None
        yield
    finally:
        await runner.cleanup()
