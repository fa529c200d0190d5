"""The one web server: its health, its bounds, and what it does not show."""

import asyncio
import socket

import aiohttp
import pytest

from bot.clock import Clock
from bot.server import BACKLOG, serve
from tests.kit.ports import unused_port
from tests.kit.stage import HOST

BURST = 500
"""More connections at once than a server takes by default, and as many as this process may open."""


async def get(port: int, path: str) -> tuple[int, str]:
    async with aiohttp.ClientSession() as session, session.get(f"http://{HOST}:{port}{path}") as response:
        return response.status, await response.text()


@pytest.fixture
def port() -> int:
    """A port that nothing listens on."""
    return unused_port()


async def test_health(port: int) -> None:
    """The process is alive while it serves; it is ready only while it can answer."""
    is_ready = True
    async with serve({}, clock=Clock(), is_ready=lambda: is_ready, host=HOST, port=port):
        assert await get(port, "/readyz") == (200, "ready\n")
        is_ready = False
        assert await get(port, "/readyz") == (503, "not connected to Slack\n")
        assert await get(port, "/healthz") == (200, "ok\n")


async def test_nothing_else_is_there(port: int) -> None:
    """Without Slack's route, as in Socket Mode, the port tells of health alone: what comes there is not signed."""
    async with serve({}, clock=Clock(), is_ready=lambda: True, host=HOST, port=port):
        assert [(await get(port, path))[0] for path in ("/", "/slack/events")] == [404, 404]


async def test_a_burst_of_connections_waits_to_be_accepted(port: int) -> None:
    """Far more connections than 128 wait while the bot is too busy to accept them, and each is answered.

    This process connects without letting the server's turn come, so that all have to wait.
    """
    assert BACKLOG > BURST
    async with serve({}, clock=Clock(), is_ready=lambda: True, host=HOST, port=port):
        burst = [socket.create_connection((HOST, port), timeout=1) for _ in range(BURST)]
        try:
            burst[-1].setblocking(False)
            burst[-1].sendall(b"GET /healthz HTTP/1.0\r\n\r\n")
            assert (await asyncio.get_running_loop().sock_recv(burst[-1], 100)).startswith(b"HTTP/1.0 200")
        finally:
            for each in burst:
                each.close()
