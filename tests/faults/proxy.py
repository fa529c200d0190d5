"""A network cable with a hand on it: TCP between the bot and a stand-in, that can be cut, held and counted."""

import asyncio
import socket
import struct
from typing import Self
from urllib.parse import urlsplit


class Cable:
    """Passes on what comes to `port` to the server at `url`. Inside `async with`; the port stays the same.

    `refuse` drops each new connection; `hold` lets nothing through, as a black hole does. `cut_answer_to` resets
    once in place of the answer to a request with these bytes, which has arrived.
    """

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._far = (parts.hostname or "", parts.port or 0)
        self._path = parts.path
        self.port = 0
        self.connections = 0
        self.refuse = False
        self.cut_answer_to: bytes | None = None
        self._through = _open()
        self._lost: list[asyncio.Event] = []
        self._server: asyncio.Server | None = None
        self._ends: set[asyncio.StreamWriter] = set()
        self._news = asyncio.Event()

    @property
    def url(self) -> str:
        """The address in place of the server's own."""
        return f"http://127.0.0.1:{self.port}{self._path}"

    async def __aenter__(self) -> Self:
        await self.open()
        return self

    async def __aexit__(self, *_: object) -> None:
        self.close()
        self.release()
        for through in self._lost:
            through.set()

    async def open(self) -> None:
        """Listen, on the same port as before. Does nothing while it listens."""
        if self._server is None:
            self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)
            self.port = int(self._server.sockets[0].getsockname()[1])

    def close(self) -> None:
        """Stop listening: new connections are refused by the machine itself."""
        server, self._server = self._server, None
        if server is not None:
            server.close()

    def cut(self) -> None:
        """Reset every connection."""
        for end in list(self._ends):
            _reset(end)

    def hold(self) -> None:
        """Let nothing through any more, and say nothing."""
        self._through.clear()

    def lose(self) -> None:
        """Let new connections through again; what was open stays in the black hole, and is never told."""
        self._lost.append(self._through)
        self._through = _open()

    def release(self) -> None:
        """Let things through again; what was open then is reset, as by a router that has forgotten it."""
        self.cut()
        self._through.set()

    async def connected(self, count: int, *, timeout_s: float) -> None:
        """Wait until so many connections have been tried since the beginning."""
        async with asyncio.timeout(timeout_s):
            while self.connections < count:
                await self._news.wait()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        through = self._through
        self.connections += 1
        self._news.set()
        self._news = asyncio.Event()
        if self.refuse:
            _reset(writer)
            return
        try:
            far_reader, far_writer = await asyncio.open_connection(*self._far)
        except OSError:  # the server is gone, so the proxy hangs up
            _reset(writer)
            return
        ends = {writer, far_writer}
        doomed = asyncio.Event()
        self._ends |= ends
        try:
            async with asyncio.TaskGroup() as both:
                both.create_task(self._carry(reader, far_writer, through, doomed, answers=False))
                both.create_task(self._carry(far_reader, writer, through, doomed, answers=True))
        except* ConnectionError:
            pass
        finally:
            self._ends -= ends
            for end in ends:
                _reset(end)

    async def _carry(
        self,
        source: asyncio.StreamReader,
        sink: asyncio.StreamWriter,
        through: asyncio.Event,
        doomed: asyncio.Event,
        *,
        answers: bool,
    ) -> None:
        """Carry one direction: requests there, or answers back, which never come once `doomed` is set."""
        while data := await source.read(65_536):
            await through.wait()
            if answers and doomed.is_set():
                break
            if not answers and self.cut_answer_to is not None and self.cut_answer_to in data:
                self.cut_answer_to = None
                doomed.set()
            sink.write(data)
            await sink.drain()
        await through.wait()
        raise ConnectionResetError  # one side has gone, so the other goes too


def _open() -> asyncio.Event:
    event = asyncio.Event()
    event.set()
    return event


def _reset(end: asyncio.StreamWriter) -> None:
    connection = end.get_extra_info("socket")
    if connection is not None and connection.fileno() >= 0:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    end.transport.abort()
