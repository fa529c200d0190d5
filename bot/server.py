"""The one web server: health checks, and Slack's route if its requests come over HTTP."""

import errno
import socket
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from typing import Final

from aiohttp import web

from bot.errors import ConfigError

BACKLOG: Final = 4_096
"""Connections that may wait to be accepted. A burst overflows the usual 128, and those left out wait for seconds."""

BODY_BYTES: Final = 1024 * 1024
"""The largest body of a request that is read."""

HEALTHY: Final = "ok\n"
"""What `/healthz` answers."""

CLOSING_S: Final = 3.0
"""How long the end waits for requests under way. Each should be acknowledged by then."""


def why_not(error: OSError) -> tuple[str, str]:
    """Why it is not possible to listen, and what to do."""
    if isinstance(error, socket.gaierror):
        return "this host name is not known", "write an IP address of this machine in HOST, such as 127.0.0.1"
    if error.errno == errno.EADDRINUSE:
        return "another program listens there", "set PORT to one that is free"
    if error.errno == errno.EADDRNOTAVAIL:
        return "that is no address of this machine", "write one of its own in HOST, such as 127.0.0.1"
    if error.errno == errno.EACCES:
        return "the system does not allow it", "set PORT to 1024 or more; lower ones are for the administrator"
    return error.strerror or "the system refuses it", "set HOST and PORT to an address and a port of this machine"


@asynccontextmanager
async def serve(
    routes: Iterable[web.RouteDef], *, is_ready: Callable[[], bool], host: str, port: int
) -> AsyncIterator[None]:
    """Serve these routes, `/healthz` (the process is alive) and `/readyz` (`is_ready`: it can answer).

    Raises `ConfigError` if the port is taken.
    """

    async def healthz(_request: web.Request) -> web.Response:
        return web.Response(text=HEALTHY)

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
            said, step = why_not(error)
            raise ConfigError([f"HOST and PORT: cannot listen on {host}, port {port}: {said}: {step}"]) from None
        yield
    finally:
        await runner.cleanup()
