"""A SuperOffice that means harm, as a process: it answers soundly until it is told an attack, a word a line.

The first line out says where it is, each other one that an attack is on.
"""

import asyncio
import gzip
import sys
from collections.abc import Iterator
from contextlib import suppress
from itertools import chain, repeat
from typing import Final

from bench.driver import LOOPBACK
from playground.netserver_xml import Writer, presence_list, signed_in, topic_list
from playground.office import big_office

_CAP: Final = 10_400_000
_WRITER: Final = Writer(86, "http://127.0.0.1")
_HEAD: Final = b"HTTP/1.1 200 OK\r\nContent-Type: text/xml; charset=utf-8\r\n"
_CHUNKED: Final = b"Transfer-Encoding: chunked\r\n\r\n"
_MARKS: Final = "\u0337\u0301"


def attack(name: str) -> tuple[str, Iterator[bytes]]:
    """The operation that is answered by it, and what is sent, perhaps without end."""
    match name:
        case "attributes":
            many = "".join(f' a{n}=""' for n in range(100_000))
            return _rows(f"<ChatPresence{many}/>")
        case "elements":
            return _rows("<a/>" * (_CAP // 4))
        case "rows":
            return _rows("<ChatPresence><UserId>1</UserId></ChatPresence>" * 200_000)
        case "zalgo":
            return _rows(_named("Z" + _MARKS * 90) * 20_000)
        case "name":
            return _rows(_named("x" * 9_900_000))
        case "agents":
            return _sent("GetChatPresence", presence_list(big_office(25_000, 500).agents))
        case "topics":
            return _sent("GetSimpleList", topic_list({n: f"Z{_MARKS * 495} {n:05}" for n in range(1, 2_001)}))
        case "interim":
            return "GetChatPresence", repeat(b"HTTP/1.1 100\r\n\r\n" * 4_000)
        case "chunks":
            return "GetChatPresence", chain([_HEAD + _CHUNKED], repeat(b"1\r\nx\r\n" * 10_000))
    raise ValueError(name)


ATTACKS: Final = ("attributes", "elements", "rows", "zalgo", "name", "agents", "topics", "interim", "chunks")


def _named(name: str) -> str:
    return f"<ChatPresence><UserId>1</UserId><DisplayName>{name}</DisplayName><Present>true</Present></ChatPresence>"


def _rows(rows: str) -> tuple[str, Iterator[bytes]]:
    return _sent("GetChatPresence", f"<Response>{rows}</Response>")


def _sent(operation: str, inner: str) -> tuple[str, Iterator[bytes]]:
    packed = gzip.compress(_WRITER.reply(operation, inner).encode(), 6)
    head = _HEAD + b"Content-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(packed)
    return operation, iter([head + packed])


def _sound() -> dict[str, list[bytes]]:
    replies = {
        "GetSimpleList": topic_list({1: "Billing", 2: "Orders"}),
        "IsWithinOpeningHours": "<Response>true</Response>",
        "AuthenticateUsernamePassword": signed_in("who", "7T:bench=="),
        "GetChatPresence": presence_list(big_office(50, 2).agents),
    }
    return {operation: list(_sent(operation, inner)[1]) for operation, inner in replies.items()}


async def main() -> None:
    """Serve until the input ends."""
    says: dict[str, list[bytes] | Iterator[bytes]] = {**_sound()}

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError, asyncio.IncompleteReadError):
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
            await reader.readexactly(int(head.lower().partition("content-length:")[2].split()[0]))
            for piece in next(reply for operation, reply in says.items() if f'/{operation}"' in head):
                writer.write(piece)
                await writer.drain()
        writer.close()

    async with await asyncio.start_server(serve, LOOPBACK, 0) as server:
        _say(f"http://{LOOPBACK}:{server.sockets[0].getsockname()[1]}/SuperOffice/Remote")
        while word := (await asyncio.to_thread(sys.stdin.readline)).strip():
            operation, pieces = attack(word)
            says[operation] = pieces if word in {"interim", "chunks"} else list(pieces)
            _say("ready")


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    asyncio.run(main())
