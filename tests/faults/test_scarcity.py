"""Little is left of what the bot needs, or strangers take it: Slack is answered all the same."""

import asyncio
import signal
import socket
from collections.abc import AsyncIterator
from contextlib import ExitStack
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import pytest

from playground.slack import Slack
from playground.superoffice import NetServer
from tests.kit.process import Bot, running

HOST: Final = "127.0.0.1"
POST: Final = b"POST /slack/events HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\n"
PLAUSIBLE: Final = b"X-Slack-Request-Timestamp: %d\r\nX-Slack-Signature: v0=" + b"0" * 64 + b"\r\n"
"""The headers of a stranger who knows how Slack's look."""

MORE_MIB: Final = 100
MOST_LINES: Final = 3


def strangers(slack: Slack, stack: ExitStack, number: int) -> list[socket.socket]:
    """So many connections to the bot, which take what they can send at once."""
    port = urlsplit(str(slack.events_url)).port
    return [stack.enter_context(socket.create_connection((HOST, port))) for _ in range(number)]


async def send(stranger: socket.socket, sent: bytes) -> None:
    """Send as much as the other side takes for now, which may have closed the connection."""
    stranger.setblocking(False)
    loop = asyncio.get_running_loop()
    try:
        async with asyncio.timeout(0.5):
            await loop.sock_sendall(stranger, sent)
    except (TimeoutError, ConnectionError):
        pass


async def answered(slack: Slack, sent: bytes) -> bytes:
    """All that the bot answers until it closes the connection, or says nothing more for a moment."""
    reader, writer = await asyncio.open_connection(HOST, urlsplit(str(slack.events_url)).port)
    said = b""
    try:
        writer.write(sent)
        async with asyncio.timeout(1):
            while some := await reader.read(100_000):
                said += some
    except (TimeoutError, ConnectionError):
        pass
    finally:
        writer.close()
    return said


@pytest.fixture
def before() -> str:
    """What is taken from the bot before it starts."""
    return "ulimit -n 1024"


@pytest.fixture
async def bot(superoffice: NetServer, slack: Slack, tmp_path: Path, before: str) -> AsyncIterator[Bot]:
    """The bot over HTTP, which after the test has said little about it."""
    async with running(superoffice, slack, tmp_path, "http", before=before) as bot:
        await bot.is_well()
        mark = len(bot.log)
        yield bot
        assert len(bot.log.lines(" ", since=mark)) <= MOST_LINES, bot.log[mark:]


@pytest.mark.parametrize("before", ["ulimit -n 64"])
async def test_few_files_and_many_idle_connections(bot: Bot) -> None:
    """With 64 files and 200 connections that say nothing, or half a header, commands are answered in time."""
    with ExitStack() as stack:
        for number, each in enumerate(strangers(bot.slack, stack, 200)):
            if number % 2:
                await send(each, POST)
        await bot.is_well()
        assert bot.log.lines("Open connections: no more than 32 are taken")


HELD: Final = {
    # what a stranger sends, and holds open
    "large bodies": POST + b"Content-Length: 900000\r\n\r\n" + b"x" * 899_999,
    "bodies that may be Slack's": POST + PLAUSIBLE + b"Content-Length: 380000\r\n\r\n" + b"x" * 379_999,
    "chunks": POST + PLAUSIBLE + b"Transfer-Encoding: chunked\r\n\r\n" + (b"10000\r\n" + b"x" * 65536 + b"\r\n") * 5,
    "headers": POST + b"".join(b"X-%d: %b\r\n" % (number, b"x" * 4_000) for number in range(50)),
    "many requests": b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n" * 20_000,
}


@pytest.mark.parametrize("before", ["ulimit -n 1024 && ulimit -d 262144"])
@pytest.mark.parametrize("held", HELD)
async def test_little_memory_and_many_bodies(bot: Bot, held: str) -> None:
    """With 256 MB, and 300 strangers who begin and don't end, memory grows by 100 MB at most, and Slack is answered."""
    sent = HELD[held].replace(b"%d", b"%d" % int(bot.slack.clock()), 1)
    before_mib = bot.peak_mib
    with ExitStack() as stack:
        every = strangers(bot.slack, stack, 300)
        await asyncio.gather(*(send(each, sent) for each in every))
        await bot.is_well()
        assert bot.peak_mib - before_mib <= MORE_MIB


async def test_a_log_that_nobody_reads(bot: Bot) -> None:
    """While nobody reads the log and strangers fill it, commands are answered, and SIGTERM ends the process."""
    with bot.unread():
        await asyncio.gather(*(answered(bot.slack, b"nonsense\r\n\r\n") for _ in range(200)))
        await bot.is_well()
        assert await bot.ended() == 0


@pytest.mark.parametrize("before", ["trap '' HUP"])
async def test_nohup(bot: Bot) -> None:
    """A bot that was started to outlive its terminal does: SIGHUP is ignored where it was before."""
    bot._process.send_signal(signal.SIGHUP)
    await bot.is_well()


FRAMES: Final = {
    # what comes, and the status of the first answer to it; None while the rest is waited for
    "no HTTP": (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", 400),
    "a bad chunk": (POST + PLAUSIBLE + b"Transfer-Encoding: chunked\r\n\r\nxyz\r\n", 400),
    "a bad chunk after a refusal": (POST + b"Content-Length: 9999\r\nTransfer-Encoding: chunked\r\n\r\nxyz", 400),
    "two lengths": (POST + b"Content-Length: 1\r\nContent-Length: 2\r\n\r\nab", 400),
    "a length that is none": (POST + b"Content-Length: -1\r\n\r\n", 400),
    "more than its length": (POST + b"Content-Length: 3\r\n\r\nabcdefgh\r\n\r\n", 400),
    "a long line": (b"GET /" + b"x" * 100_000 + b" HTTP/1.1\r\n\r\n", 400),
    "a long header": (POST + b"X: " + b"x" * 100_000 + b"\r\n\r\n", 400),
    "many headers": (POST + b"X: x\r\n" * 10_000 + b"\r\n", 400),
    "one after the other": (b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n" * 1_000, 200),
    "another protocol": (
        b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: upgrade\r\nUpgrade: h2c\r\n\r\n",
        200,
    ),
    "a proxy's method": (b"CONNECT example.com:443 HTTP/1.1\r\nHost: x\r\n\r\n", 404),
    "half a body": (POST + PLAUSIBLE + b"Content-Length: 10\r\n\r\nabc", None),
}


async def test_a_peer_that_frames_wrongly(bot: Bot) -> None:
    """What is no proper request is refused without a traceback; all of it costs three lines of the log."""
    now = b"%d" % int(bot.slack.clock())
    said = await asyncio.gather(*(answered(bot.slack, sent.replace(b"%d", now, 1)) for sent, _ in FRAMES.values()))
    statuses = [int(each.split()[1]) if each else None for each in said]
    assert dict(zip(FRAMES, statuses, strict=True)) == {name: status for name, (_, status) in FRAMES.items()}
    await bot.is_well()
