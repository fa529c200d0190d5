"""Servers on loopback that misbehave, each in one way, and the settings that lead to them."""

import socket
import ssl
import threading
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import ExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from string import Formatter
from typing import Final, Self

from playground.slack import Slack
from playground.superoffice import NetServer
from tests.kit.ports import unused_port
from tests.kit.process import netserver, settings

PATIENCE_S: Final = 10.0


class Server:
    """Greets each connection, reads a request, and gives the answer to it; then, or at once if there is none, ends.

    `plain` is the answer to one that should begin TLS, and does not. A server that is `silent` never ends.
    """

    def __init__(
        self,
        answer: bytes | Callable[[bytes], bytes] = b"",
        *,
        greeting: bytes = b"",
        tls: ssl.SSLContext | None = None,
        plain: bytes = b"",
        silent: bool = False,
    ) -> None:
        self._answer = answer if callable(answer) else lambda _: answer
        self._greeting = greeting
        self._tls = tls
        self._plain = plain
        self._silent = silent
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listening.getsockname()[1])
        self.url = f"{'https' if tls else 'http'}://127.0.0.1:{self.port}"
        self.requests: list[bytes] = []
        self._ended = threading.Event()

    def __enter__(self) -> Self:
        threading.Thread(target=self._listen, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        with suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()

    def _listen(self) -> None:
        with suppress(OSError):
            while True:
                connection, _ = self._listening.accept()
                connection.settimeout(PATIENCE_S)
                threading.Thread(target=self._serve, args=[connection], daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with connection, suppress(OSError):
            connection.sendall(self._greeting)
            if self._tls is None:
                self._reply(connection, self._answer)
                _end(connection)
            elif self._plain and connection.recv(1, socket.MSG_PEEK) != b"\x16":
                self._reply(connection, lambda _: self._plain)
                _end(connection)
            else:
                secure = self._tls.wrap_socket(connection, server_side=True, do_handshake_on_connect=False)
                with secure:
                    with suppress(ssl.SSLError):
                        secure.do_handshake()
                        self._reply(secure, self._answer)
                    _end(secure)

    def _reply(self, connection: socket.socket, answer: Callable[[bytes], bytes]) -> None:
        request = _request(connection)
        self.requests.append(request)
        if self._silent:
            self._ended.wait()
        connection.sendall(answer(request))


def _end(connection: socket.socket) -> None:
    """Tell that there is no more, and give time to read: a close alone would throw away what is on its way."""
    connection.shutdown(socket.SHUT_WR)
    while connection.recv(65_536):
        pass


def _request(connection: socket.socket) -> bytes:
    """A whole request of HTTP, or what comes in place of one."""
    request = b""
    while data := connection.recv(65_536):
        request += data
        head, end, body = request.partition(b"\r\n\r\n")
        length = [int(line[15:]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
        if (end and len(body) >= sum(length)) or not request[:1].isupper():
            break
    return request


class Full:
    """A port whose queue is full: no connection to it ever opens."""

    def __enter__(self) -> Self:
        self._sockets = ExitStack()
        listening = self._sockets.enter_context(socket.socket())
        listening.bind(("127.0.0.1", 0))
        listening.listen(0)
        self.port = int(listening.getsockname()[1])
        self.url = f"http://127.0.0.1:{self.port}"
        for _ in range(3):
            waiting = self._sockets.enter_context(socket.socket())
            waiting.setblocking(False)
            waiting.connect_ex(("127.0.0.1", self.port))
        return self

    def __exit__(self, *_: object) -> None:
        self._sockets.close()


class Nobody:
    """A port at which nothing listens."""

    def __init__(self) -> None:
        self.port = unused_port()
        self.url = f"http://127.0.0.1:{self.port}"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        pass


Place = Server | Full | Nobody


@dataclass(frozen=True)
class World:
    """Where all is well but for one thing. `{name.url}` and `{name.port}` in a row's settings are that server's."""

    places: Mapping[str, Callable[[], Place]]
    superoffice: NetServer
    slack: Slack
    folder: Path

    def settings(self, different: Mapping[str, str | None], opened: ExitStack) -> dict[str, str]:
        """Good settings, but for those that are different."""
        good = settings(self.superoffice, self.slack)
        named = {
            field.partition(".")[0]
            for text in different.values()
            for _, field, _, _ in Formatter().parse(text or "")
            if field
        }
        places = {name: opened.enter_context(self.places[name]()) for name in named & self.places.keys()}
        changed = {
            name: text.format(**places, folder=self.folder, netserver=self.superoffice)
            for name, text in different.items()
            if text is not None
        }
        return {name: text for name, text in good.items() if name not in different} | changed


@asynccontextmanager
async def a_world(places: Mapping[str, Callable[[], Place]], folder: Path) -> AsyncIterator[World]:
    """The stand-ins, well, and these places beside them."""
    async with netserver() as superoffice, Slack() as slack:
        yield World(places, superoffice, slack, folder)
