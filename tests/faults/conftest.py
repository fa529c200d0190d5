"""The real bot as a process of its own, its neighbours broken on purpose, and the questions asked of it meanwhile."""

import asyncio
import re
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from playground.slack import Delivery, Post, Slack
from playground.superoffice import NetServer
from tests.e2e.conftest import PASSWORD, USERNAME, Mode, Process, office, read, running, settings

ANSWERED_S = 15.0
SAID_S = 5.0

WENT, BACK = "SuperOffice went: ", "SuperOffice is back, after "
SLOW = "SuperOffice is slow just now. The answer follows here."
EVERYBODY = "2 free · 1 busy · 1 away"
CANNOT_SAY = "I can't say who is online."
STALE = "This is from "


class Log(list[str]):
    """A log that wakes those who wait for its next line."""

    def __init__(self, lines: Sequence[str] = ()) -> None:
        super().__init__(lines)
        self._news = asyncio.Event()

    def append(self, line: str) -> None:
        """Take one more line."""
        super().append(line)
        self._news.set()
        self._news = asyncio.Event()

    async def says(self, words: str, *, since: int = 0, timeout_s: float = SAID_S) -> str:
        """Wait for a line with these words, among the lines after the first `since` ones."""
        try:
            async with asyncio.timeout(timeout_s):
                while True:
                    for line in self[since:]:
                        if words in line:
                            return line
                    await self._news.wait()
        except TimeoutError:
            raise TimeoutError(f"{words!r} was not said within {timeout_s} s, but {self[since:]}") from None

    def lines(self, words: str, *, since: int = 0) -> list[str]:
        """The lines with these words, after the first `since` ones."""
        return [line for line in self[since:] if words in line]


@dataclass(frozen=True)
class Bot:
    """A bot that runs, the workspace that it serves, and its log."""

    process: Process
    slack: Slack
    log: Log

    @property
    def pid(self) -> int:
        """Its process."""
        return self.process._process.pid

    @property
    def peak_mib(self) -> float:
        """The most memory that it has had at one time, in MiB."""
        return _status(self.pid, "VmHWM") / 1024

    @property
    def memory_mib(self) -> float:
        """The memory that it has now, in MiB."""
        return _status(self.pid, "VmRSS") / 1024

    async def burst(self, words: str = "", *, commands: int = 4, mentions: int = 2) -> list[Delivery]:
        """Several questions at once, by command and by mention; returns when each is acknowledged."""
        asking = [self.slack.command(words) for _ in range(commands)]
        asking += [self.slack.mention(words) for _ in range(mentions)]
        return list(await asyncio.gather(*asking))

    async def answered(self, deliveries: Sequence[Delivery], *, timeout_s: float = ANSWERED_S) -> list[str]:
        """Each one's answer, as it is read. Fails unless each was acknowledged in time and has exactly one answer."""
        for delivery in deliveries:
            assert delivery.acked
            assert not delivery.late
            await self.slack.until(lambda each=delivery: answers(each), timeout_s=timeout_s)  # type: ignore[misc]
        await self.settled()
        assert [len(answers(delivery)) for delivery in deliveries] == [1] * len(deliveries)
        assert [refusal.error for delivery in deliveries for refusal in delivery.refused] == []
        return [read(answers(delivery)[0]) for delivery in deliveries]

    async def ask(self, words: str = "") -> str:
        """One command, and its one answer as it is read."""
        delivery = await self.slack.command(words)
        post = await self.slack.until(lambda: next(iter(answers(delivery)), None), timeout_s=ANSWERED_S)
        return read(post)

    async def ask_until(self, found: Callable[[str], bool], *, timeout_s: float) -> list[str]:
        """Ask again and again, until an answer is found; every answer on the way, that one the last."""
        said: list[str] = []
        async with asyncio.timeout(timeout_s):
            while not (said and found(said[-1])):
                said.append(await self.ask())
        return said

    async def settled(self) -> None:
        """Ask for help by message, and wait for it: what was to be sent before has then been sent."""
        before = len(self.slack.posts)
        await self.slack.direct_message("help")
        await self.slack.until(
            lambda: any(post.channel == "D0ASKER01" for post in self.slack.posts[before:]), timeout_s=ANSWERED_S
        )

    def calm(self, since: int = 0) -> None:
        """Fail where the log has a fault of the bot's own."""
        for words in ("Traceback", "Incident", "never awaited", "never retrieved"):
            assert self.log.lines(words, since=since) == []


def answers(delivery: Delivery) -> list[Post]:
    """What was said to a request, but for the notice that an answer follows."""
    return [post for post in delivery.posts if SLOW not in post.text]


async def until(found: Callable[[], object], *, timeout_s: float = SAID_S) -> None:
    """Wait for what no event tells of: look again and again, for so long at most."""
    async with asyncio.timeout(timeout_s):
        while True:
            if found():
                return
            await asyncio.sleep(0.005)


def is_fresh(said: str) -> bool:
    """Whether an answer is a roster of this moment."""
    return EVERYBODY in said and STALE not in said


@asynccontextmanager
async def serving(
    superoffice: NetServer, slack: Slack, cwd: Path, mode: Mode = "socket", /, **more: str
) -> AsyncIterator[Bot]:
    """The bot, with calls of SuperOffice that end after a second; `more` are other settings.

    It must stop by itself at the end, and have told its log no secret.
    """
    environment = settings(superoffice, slack, mode) | {"SUPEROFFICE_TIMEOUT_S": "3"} | more
    async with running(environment, slack, cwd) as process:
        process.log = log = Log(process.log)
        yield Bot(process, slack, log)
    told = "\n".join(process.log)
    for secret in (slack.bot_token, slack.app_token, slack.signing_secret, PASSWORD, "7T:", "/response/"):
        assert secret not in told
    assert not re.search(r"ticket=(?!\[secret\])", told)


def _status(pid: int, name: str) -> int:
    """A figure of `/proc/PID/status`, in KiB."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith(f"{name}:"):
            return int(line.split()[1])
    raise LookupError(name)


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


def pytest_configure(config: pytest.Config) -> None:
    """Know the marker of the test that takes longer than all others together."""
    config.addinivalue_line("markers", "soak: watches the bot for a minute and more")
