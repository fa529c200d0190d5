"""The one web server: health checks, and Slack's route if its requests come over HTTP."""

import asyncio
import errno
import socket
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from functools import partial
from typing import Final

from aiohttp import web

from bot.clock import Clock
from bot.connections import Connections
from bot.errors import ConfigError
from bot.limits import Seldom

Handler = Callable[[web.BaseRequest], Awaitable[web.Response]]
Routes = Mapping[str, tuple[str, Handler]]
"""By its path, the method that a route takes and what answers it."""

BACKLOG: Final = 4_096
"""Connections that may wait to be accepted. A burst overflows the usual 128, and those left out wait for seconds."""

MOST_CONNECTIONS: Final = 4_000
"""Connections that are open at once, if the process may open twice as many files; the rest is for all other things."""

RECEIVED_BYTES: Final = 32 * 1024
"""What the system keeps of a connection until it is read. It is all read at once, from many before one is answered."""

ACCEPT_PAUSE_S: Final = 0.1
"""The pause after a connection could not be accepted."""

HEALTHY: Final = "ok\n"
"""What `/healthz` answers."""

CLOSING_S: Final = 3.0
"""How long the end waits for requests under way. Each should be acknowledged by then."""


def why_not(error: OSError) -> tuple[str, str]:
    """Why it is not possible to listen, and what to do."""
    if isinstance(error, socket.gaierror):
        return "this host name is not known", "write an IP address of this machine in HOST, such as 127.0.0.1"
    if error.errno == errno.EADDRINUSE:
        return "another program, or another bot, listens there", "stop it, or set PORT to one that is free"
    if error.errno == errno.EADDRNOTAVAIL:
        return "that is no address of this machine", "write one of its own in HOST, such as 127.0.0.1"
    if error.errno == errno.EACCES:
        return "the system does not allow it", "set PORT to 1024 or more; lower ones are for the administrator"
    return error.strerror or "the system refuses it", "set HOST and PORT to an address and a port of this machine"


@asynccontextmanager
async def serve(
    routes: Routes, *, is_ready: Callable[[], bool], host: str, port: int, clock: Clock
) -> AsyncIterator[None]:
    """Serve these routes, `/healthz` (the process is alive) and `/readyz` (`is_ready`: it can answer).

    Raises `ConfigError` if the port is taken.
    """

    async def healthz(_request: web.BaseRequest) -> web.Response:
        return web.Response(text=HEALTHY)

    async def readyz(_request: web.BaseRequest) -> web.Response:
        ready = is_ready()
        return web.Response(text="ready\n" if ready else "not connected to Slack\n", status=200 if ready else 503)

    every = {"/healthz": ("GET", healthz), "/readyz": ("GET", readyz), **routes}
    connections = Connections(partial(_answer, every), most=_most_connections(), clock=clock)
    listeners = await _listen(host, port)
    accepting = [asyncio.create_task(_accept(each, connections, Seldom(clock))) for each in listeners]
    try:
        yield
    finally:
        for task in accepting:
            task.cancel()
        await asyncio.wait(accepting)
        for listener in listeners:
            listener.close()
        connections.pre_shutdown()
        await connections.shutdown(CLOSING_S)


async def _answer(routes: Routes, request: web.BaseRequest) -> web.Response:
    if request.path not in routes:
        return web.Response(status=404)
    method, handler = routes[request.path]
    if request.method not in {method, "HEAD" if method == "GET" else method}:
        return web.Response(status=405, headers={"Allow": method})
    return await handler(request)


def _most_connections() -> int:
    """Half of the files that the process may open. Windows has no such limit."""
    if sys.platform == "win32":
        return MOST_CONNECTIONS
    import resource

    files, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return MOST_CONNECTIONS if files == resource.RLIM_INFINITY else min(MOST_CONNECTIONS, files // 2)


async def _listen(host: str, port: int) -> list[socket.socket]:
    """Sockets that listen on each address of the host. Raises `ConfigError`."""
    listeners: list[socket.socket] = []
    try:
        found = await asyncio.get_running_loop().getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )
        for family, address in dict.fromkeys((family, address) for family, _, _, _, address in found):
            listeners.append(socket.create_server(address, family=family, backlog=BACKLOG))
            listeners[-1].setblocking(False)
            listeners[-1].setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVED_BYTES)  # connections inherit it
    except OSError as error:
        for listener in listeners:
            listener.close()
        said, step = why_not(error)
        raise ConfigError([f"HOST and PORT: cannot listen on {host}, port {port}: {said}: {step}"]) from None
    return listeners


async def _accept(listener: socket.socket, connections: Connections, seldom: Seldom) -> None:
    """Accept connections, one after the other, while there is room.

    asyncio's own server accepts as many as may wait before it looks at one, and without files left it writes a
    traceback for each that it can't accept. Seen with Python 3.11.
    """
    loop = asyncio.get_running_loop()
    while True:
        await connections.wait_for_room()
        try:
            accepted, _ = await loop.sock_accept(listener)
            await loop.connect_accepted_socket(connections, accepted)
        except OSError as error:
            seldom.warn("A connection cannot be accepted: %s", error.strerror)
            await asyncio.sleep(ACCEPT_PAUSE_S)
