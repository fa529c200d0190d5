"""The one web server: health checks, and Slack's route if its requests come over HTTP."""

from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from typing import Final

from aiohttp import web

from bot.errors import ConfigError

BACKLOG: Final = 4_096
"""Connections that may wait to be accepted. A burst overflows the usual 128, and those left out wait for seconds."""

BODY_BYTES: Final = 1024 * 1024
"""The largest body of a request that is read."""

CLOSING_S: Final = 3.0
"""How long the end waits for requests under way. Each should be acknowledged by then."""


@asynccontextmanager
async def serve(
    routes: Iterable[web.RouteDef], *, is_ready: Callable[[], bool], host: str, port: int
) -> AsyncIterator[None]:
    """Serve these routes, `/healthz` (the process is alive) and `/readyz` (`is_ready`: it can answer).

    Raises `ConfigError` if the port is taken.
    """

    async def healthz(_request: web.Request) -> web.Response:
        return web.Response(text="ok\n")

    async def readyz(_request: web.Request) -> web.Response:
        ready = is_ready()
        return web.Response(text="ready\n" if ready else "not connected to Slack\n", status=200 if ready else 503)

    application = web.Application(client_max_size=BODY_BYTES)
    application.add_routes([*routes, web.get("/healthz", healthz), web.get("/readyz", readyz)])
    runner = web.AppRunner(application, access_log=None, shutdown_timeout=CLOSING_S)
    await runner.setup()
    try:
        try:
            await web.TCPSite(runner, host, port, backlog=BACKLOG).start()
        except OSError as error:
            raise ConfigError([f"HOST and PORT: cannot listen on {host}:{port}: {error.strerror}"]) from None
        yield
    finally:
        await runner.cleanup()
