"""A SuperOffice that means harm, as a process: it answers soundly until it is told an attack, a word a line.

The first line out says where it is, each other one that an attack is on.
"""

import asyncio
import gzip
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Final

from playground.netserver_xml import Writer, presence_list, signed_in, topic_list
from playground.office import big_office

CAP: Final = 10 * 1024 * 1024
"""About as large as a reply may be."""

_WRITER: Final = Writer(86, "http://127.0.0.1")
_HEAD: Final = b"HTTP/1.1 200 OK\r\nContent-Type: text/xml; charset=utf-8\r\n"
_WHOLE: Final = {
    "GetSimpleList": topic_list({1: "Billing", 2: "Orders"}),
    "IsWithinOpeningHours": "<Response>true</Response>",
    "AuthenticateUsernamePassword": signed_in("who", "7T:bench=="),
    "GetChatPresence": presence_list(big_office(50, 2).agents),
}


def replies() -> dict[str, tuple[str, Callable[[], Iterator[bytes]]]]:
    """The attacks: by name which operation's answer it is, and what is sent in its place."""
    return {
        "attributes": ("GetChatPresence", lambda: _presence(_with_attributes())),
        "elements": ("GetChatPresence", lambda: _presence("<a/>" * (CAP // 4 - 1_000))),
        "rows": ("GetChatPresence", lambda: _presence("<ChatPresence><UserId>1</UserId></ChatPresence>" * 200_000)),
        "zalgo": ("GetChatPresence", lambda: _presence(_named("Z" + "\u0337\u0301" * 90) * 20_000)),
        "name": ("GetChatPresence", lambda: _presence(_named("x\u0301" * (CAP // 3 - 1_000)))),
        "continue": ("GetChatPresence", lambda: _again(b"HTTP/1.1 100\r\n\r\n" * 4_000)),
        "headers": ("GetChatPresence", lambda: iter([_HEAD, b"a:\r\n" * 24_000, b"\r\n"])),
        "namespaces": ("GetChatPresence", lambda: _presence(_with_namespaces())),
        "spread": ("GetChatPresence", lambda: _presence(f"<ChatPresence {_SPREAD}><UserId {_SPREAD}/></ChatPresence>" * 4000)),
        "controls": ("GetChatPresence", lambda: _presence(_named("&#x1F;" * 150) * 9_000)),
        "control": ("GetChatPresence", lambda: _presence(_named("&#x1F;" + "\U0001f600" * 2_000_000))),
        "heavy": ("GetChatPresence", lambda: _sent("GetChatPresence", _heavy())),
        "marked topics": ("GetSimpleList", lambda: _sent("GetSimpleList", topic_list(_marked()))),
        "chunks": ("GetChatPresence", lambda: _again(b"1\r\nx\r\n" * 10_000, _HEAD + _CHUNKED)),
        "topics": ("GetSimpleList", lambda: _sent("GetSimpleList", topic_list(_topics()))),
    }


_CHUNKED: Final = b"Transfer-Encoding: chunked\r\n\r\n"


def _topics() -> dict[int, str]:
    return {n: f"Billing of department {n}, anagrams" for n in range(1, 5_001)}


def _with_attributes() -> str:
    return "<ChatPresence%s/>" % "".join(f' a{n}=""' for n in range(100_000))


_SPREAD: Final = " ".join(f'a{n}=""' for n in range(90))


def _heavy() -> str:
    return presence_list(big_office(25_000, 500).agents).replace("Agent", "Z" + "\u0337\u0301" * 30)


def _marked() -> dict[int, str]:
    return {n: "Z" + "\u0337\u0301" * 495 + str(n) for n in range(1, 2_001)}


def _with_namespaces() -> str:
    spaces = "".join(f' xmlns:a{n}="u:{n}"' for n in range(3_000))
    return f"<ChatPresence{spaces}>" + f"<b{spaces}/>" * 150 + "</ChatPresence>"


def _named(name: str) -> str:
    return f"<ChatPresence><UserId>1</UserId><DisplayName>{name}</DisplayName><Present>true</Present></ChatPresence>"


def _presence(rows: str) -> Iterator[bytes]:
    return _sent("GetChatPresence", f"<Response>{rows}</Response>")


def _sent(operation: str, inner: str) -> Iterator[bytes]:
    packed = gzip.compress(_WRITER.reply(operation, inner).encode(), 6)
    yield _HEAD + b"Content-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(packed) + packed


def _again(piece: bytes, head: bytes = b"") -> Iterator[bytes]:
    yield head
    while True:
        yield piece


async def main() -> None:
    """Serve until the input ends."""
    attacks = {name: (operation, make) for name, (operation, make) in replies().items()}
    under_attack, attack = "", _again

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError, asyncio.IncompleteReadError):
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
                length = int(head.partition("content-length:")[2].split()[0])
                action = head.partition("soapaction:")[2].split()[0].strip('"').rpartition("/")[2]
                await reader.readexactly(length)
                operation = next(each for each in _WHOLE if each.lower() == action)
                whole = _sent(operation, _WHOLE[operation])
                for piece in made[0] if operation == under_attack and isinstance(made[0], list) else (
                    attack() if operation == under_attack else whole
                ):
                    writer.write(piece)
                    await writer.drain()
        writer.close()

    made: list[list[bytes] | None] = [None]
    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    sys.stdout.write(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/SuperOffice/Remote\n")
    sys.stdout.flush()
    while word := (await asyncio.to_thread(sys.stdin.readline)).strip():
        under_attack, attack = attacks[word]
        endless = word in {"continue", "headers", "chunks"}
        made[0] = None if endless else list(attack())  # made before it is asked for
        sys.stdout.write("ready\n")
        sys.stdout.flush()
    server.close()


if __name__ == "__main__":
    asyncio.run(main())
