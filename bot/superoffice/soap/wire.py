"""Connections that read a little at a time, and no more than one reply.

httpx reads whatever comes: heads without end ("100 Continue" is one), each made into an object while nothing else runs.
"""

from collections.abc import Iterable
from ssl import SSLContext
from typing import Any, Final

import httpcore

from bot.errors import Reason, Unexpected

HEAD_BYTES: Final = 32 * 1024
"""How much may come before the body: the head of the reply, and those of interim replies."""

_AT_ONCE: Final = 4 * 1024
"""How much of a head is read before others have their turn."""


class Wire(httpcore.AsyncNetworkStream):
    """A connection for one request. `expect` says how much may come after the head."""

    def __init__(self, stream: httpcore.AsyncNetworkStream) -> None:
        self._stream = stream
        self._at_once = _AT_ONCE
        self._left = self._most = HEAD_BYTES

    def expect(self, most: int) -> None:
        """Let the body come, and so many bytes at most."""
        self._at_once = self._left = self._most = most

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """What came. Raises `Unexpected` if that was too much."""
        data = await self._stream.read(min(max_bytes, self._at_once), timeout)
        self._left -= len(data)
        if self._left < 0:
            raise Unexpected(Reason.TOO_LARGE, f"over {self._most:,} bytes on the wire")
        return data

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Send this."""
        await self._stream.write(buffer, timeout)

    async def aclose(self) -> None:
        """Close it."""
        await self._stream.aclose()

    async def start_tls(
        self,
        ssl_context: SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """The same under TLS."""
        return Wire(await self._stream.start_tls(ssl_context, server_hostname, timeout))

    def get_extra_info(self, info: str) -> Any:
        """What httpcore wants to know of it."""
        return self._stream.get_extra_info(info)


class Network(httpcore.AsyncNetworkBackend):
    """Opens such connections: https://www.encode.io/httpcore/network-backends/."""

    def __init__(self, network: httpcore.AsyncNetworkBackend) -> None:
        self._network = network

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """A connection to this host."""
        return Wire(await self._network.connect_tcp(host, port, timeout, local_address, socket_options))

    async def sleep(self, seconds: float) -> None:
        """Wait."""
        await self._network.sleep(seconds)
