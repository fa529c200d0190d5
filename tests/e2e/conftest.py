"""The stand-ins, and the bot as a process that knows them by its settings alone."""

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import AsyncIterator, Coroutine, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import pytest
from aiohttp.test_utils import unused_port

from playground.office import Office, PretendAgent
from playground.show import show
from playground.slack import Delivery, Post, Slack
from playground.superoffice import NetServer

Mode = Literal["socket", "http"]
MODES: tuple[Mode, ...] = ("socket", "http")

PROJECT = Path(__file__).parents[2]
USERNAME, PASSWORD = "who", "demo-password"
READY_S = 20.0
ENDED_S = 15.0
RECOVERED_S = 10.0

_KEPT = ("HOME", "LANG", "LD_LIBRARY_PATH", "PATH", "TMPDIR")


def office() -> Office:
    """Four agents and three topics."""
    return Office(
        agents=[
            PretendAgent(3, "Anna Berg", present=True, topics=(1, 2)),
            PretendAgent(4, "Ole Hansen", present=True, topics=(2,)),
            PretendAgent(5, "Bjørn Dahl", present=True, ongoing_chats=2, topics=(1,)),
            PretendAgent(6, "Nils Ek", topics=(3,)),
        ],
        topics={1: "Billing", 2: "Orders", 3: "Returns"},
    )


def read(post: Post) -> str:
    """A post as its reader sees it, not wrapped."""
    return show(post.text, post.blocks, width=400)


async def recovered(slack: Slack) -> Post:
    """Ask until the bot has a fresh roster: after a failure it leaves SuperOffice alone for about a second."""
    async with asyncio.timeout(RECOVERED_S):
        while True:
            [post] = (await slack.command("")).posts
            if "free" in read(post) and "⚠️" not in read(post):
                return post


def settings(superoffice: NetServer, slack: Slack, mode: Mode = "socket") -> dict[str, str]:
    """The settings that join the three; presence is asked for anew with each question."""
    way = {"SLACK_APP_TOKEN": slack.app_token}
    if mode == "http":
        way = {"SLACK_SIGNING_SECRET": slack.signing_secret, "HOST": "127.0.0.1", "PORT": str(unused_port())}
    return way | {
        "SLACK_BOT_TOKEN": slack.bot_token,
        "SLACK_API_URL": slack.api_url,
        "SUPEROFFICE_URL": superoffice.url,
        "SUPEROFFICE_USERNAME": USERNAME,
        "SUPEROFFICE_PASSWORD": PASSWORD,
        "PRESENCE_FRESH_S": "0",
    }


def clean_environment() -> dict[str, str]:
    """What a process needs of ours: no setting, no proxy, but where coverage keeps its data."""
    kept = {name: value for name, value in os.environ.items() if name in _KEPT or name.startswith("COV")}
    return kept | {"PYTHONPATH": str(PROJECT), "PYTHONIOENCODING": "utf-8", "COLUMNS": "400"}


@dataclass(frozen=True)
class Ended:
    """A process that has ended: its exit code, and what it wrote."""

    code: int | None
    out: str
    err: str


async def command(*words: str, environment: Mapping[str, str], cwd: Path) -> Ended:
    """Run one command of the bot to its end, in a folder without `.env`."""
    process = await _start(words, environment, cwd)
    async with asyncio.timeout(READY_S):
        out, err = await process.communicate()
    return Ended(process.returncode, out.decode(), err.decode())


class Process:
    """`run`, as a process; `log` grows while it runs."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.log: list[str] = []
        self._process = process
        self._ready = asyncio.Event()
        self._reading = asyncio.create_task(self._read())

    async def ready(self) -> None:
        """Wait until it says that it serves Slack. Fails with its log if it ends before."""
        ready = asyncio.create_task(self._ready.wait())
        await asyncio.wait({ready, self._reading}, timeout=READY_S, return_when=asyncio.FIRST_COMPLETED)
        ready.cancel()
        assert self._ready.is_set(), "\n".join(["the bot is not ready", *self.log])

    async def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        """Ask it to stop as an operator does, wait until it has ended, and return its exit code."""
        with contextlib.suppress(ProcessLookupError):
            self._process.send_signal(number)
        async with asyncio.timeout(ENDED_S):
            await self._reading
            return await self._process.wait()

    async def kill(self) -> None:
        """End it at once, if it has not ended yet."""
        with contextlib.suppress(ProcessLookupError):
            self._process.kill()
        await self._reading
        await self._process.wait()

    async def _read(self) -> None:
        assert self._process.stderr is not None
        async for line in self._process.stderr:
            self.log.append(line.decode().rstrip())
            if "Ready: answering Slack" in self.log[-1]:
                self._ready.set()


@asynccontextmanager
async def running(environment: Mapping[str, str], slack: Slack, cwd: Path) -> AsyncIterator[Process]:
    """The bot, ready; stopped at the end, with exit code 0."""
    if "SLACK_APP_TOKEN" not in environment:
        slack.events_url = f"http://127.0.0.1:{environment['PORT']}/slack/events"
    process = Process(await _start(("run",), environment, cwd))
    try:
        await process.ready()
        yield process
        assert await process.stop() == 0, "\n".join(process.log)
    finally:
        await process.kill()


async def _start(words: Sequence[str], environment: Mapping[str, str], cwd: Path) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", *words),
        cwd=cwd,
        env=clean_environment() | dict(environment),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,  # `run` writes nothing there
        stderr=asyncio.subprocess.PIPE,
    )


@dataclass
class Stage:
    """A bot that a module's tests share, seen by its two neighbours."""

    superoffice: NetServer
    slack: Slack

    async def settled(self) -> None:
        """Ask once more, and wait for the answer: what was asked before is then answered too."""
        await self.slack.post_after(await self.slack.direct_message("help"))

    async def acquaint(self, *users: str, channel: str = "C0SUPPORT") -> None:
        """Let the bot learn of these people and this channel, for which an answer waits but briefly."""
        for user in users:
            for _ in range(2):
                await self.slack.command("help", user=user, channel=channel)
                await self.slack.command("", user=user, channel=channel)

    async def answer(self, asking: Coroutine[Any, Any, Delivery]) -> Post:
        """What came first of a command, a message or a click."""
        return await self.slack.post_after(await asking)

    async def home(self, asking: Coroutine[Any, Any, Delivery], *, user: str = "U0ASKER01") -> Post:
        """A person's Home tab after they opened it or clicked there."""
        before = self.slack.homes.get(user)
        await asking

        def published() -> Post | None:
            home = self.slack.homes.get(user)
            return home if home is not before else None

        return await self.slack.until(published)


@asynccontextmanager
async def staged(mode: Mode, cwd: Path, crowd: Office | None = None, **more: str) -> AsyncIterator[Stage]:
    """One process for a module, with `more` settings; at its end it must stop by itself, and have had no fault."""
    async with NetServer(crowd or office(), username=USERNAME, password=PASSWORD) as superoffice, Slack() as slack:
        async with running(settings(superoffice, slack, mode) | more, slack, cwd) as bot:
            yield Stage(superoffice, slack)
        faults = [line for line in bot.log if "Traceback" in line or "Incident" in line]
        assert not faults, "\n".join(bot.log)


@pytest.fixture
async def superoffice() -> AsyncIterator[NetServer]:
    """A NetServer of its own for each test."""
    async with NetServer(office(), username=USERNAME, password=PASSWORD) as server:
        yield server


@pytest.fixture
async def slack() -> AsyncIterator[Slack]:
    """A workspace of its own for each test."""
    async with Slack() as slack:
        yield slack
