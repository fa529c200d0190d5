"""The other stage: the bot as people run it, a process of its own that knows the stand-ins by its settings alone."""

import asyncio
import contextlib
import os
import re
import signal
import sys
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from playground.office import Office, PretendAgent
from playground.show import show
from playground.slack import Delivery, Post, Slack
from playground.superoffice import NetServer
from tests.kit.ports import unused_port
from tests.kit.stage import Mode

PROJECT: Final = Path(__file__).parents[2]
USERNAME, PASSWORD = "who", "demo-password"
PRESENCE, SIGN_IN = "GetChatPresence", "AuthenticateUsernamePassword"

READY_S: Final = 20.0
ENDED_S: Final = 12.0
ANSWERED_S: Final = 15.0
SAID_S: Final = 10.0
"""Limits for what hangs; nothing is meant to take so long."""

SLOW: Final = "One moment, please. The answer follows"
EVERYBODY: Final = "2 free · 1 busy · 1 away"
CANNOT_SAY: Final = "I can't say who is online."
STALE: Final = "This is from "
WENT, BACK = "SuperOffice: failed: ", "SuperOffice: working again after "
FAULTS: Final = ("Traceback", "Incident", "never awaited", "never retrieved")

_KEPT: Final = ("HOME", "LANG", "LD_LIBRARY_PATH", "PATH", "TMPDIR")


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


def netserver(crowd: Office | None = None) -> NetServer:
    """A NetServer that knows the bot's user."""
    return NetServer(crowd or office(), username=USERNAME, password=PASSWORD)


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
        "SUPEROFFICE_TIMEOUT_S": "3",
        "PRESENCE_FRESH_S": "0",
    }


@dataclass(frozen=True)
class Ended:
    """A process that has ended: its exit code, and what it wrote."""

    code: int | None
    out: str
    err: str


async def command(*words: str, environment: Mapping[str, str], cwd: Path, encoding: str = "utf-8") -> Ended:
    """Run one command of the bot to its end."""
    process = await start("bot", words, environment, cwd)
    async with asyncio.timeout(READY_S):
        out, err = await process.communicate()
    return Ended(process.returncode, out.decode(encoding), err.decode(encoding))


async def start(
    module: str,
    words: Sequence[str],
    environment: Mapping[str, str],
    cwd: Path,
    stdout: int = asyncio.subprocess.PIPE,
    before: str = "true",
) -> asyncio.subprocess.Process:
    """Start it with what a process needs of ours: no setting, no proxy, but where coverage keeps its data.

    `before` is what a shell does first, such as to set a limit.
    """
    kept = {name: value for name, value in os.environ.items() if name in _KEPT or name.startswith("COV")}
    ours = {"PYTHONPATH": str(PROJECT), "PYTHONIOENCODING": "utf-8", "COLUMNS": "400"}
    return await asyncio.create_subprocess_exec(
        *("sh", "-c", f'{before} && exec "$@"', "sh", sys.executable, "-m", module, *words),
        cwd=cwd,
        env=kept | ours | dict(environment),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=stdout,
        stderr=asyncio.subprocess.PIPE,
    )


class Log(list[str]):
    """A log that wakes those who wait for its next line."""

    def __init__(self) -> None:
        super().__init__()
        self._news = asyncio.Event()

    def append(self, line: str) -> None:
        """Take one more line."""
        super().append(line)
        self._news.set()
        self._news = asyncio.Event()

    async def says(self, words: str, *, since: int = 0, timeout_s: float = SAID_S) -> str:
        """Wait for a line with these words, after the first `since` ones."""
        try:
            async with asyncio.timeout(timeout_s):
                while not (found := self.lines(words, since=since)):
                    await self._news.wait()
        except TimeoutError:
            raise TimeoutError(f"{words!r} was not said within {timeout_s} s, but {self[since:]}") from None
        return found[0]

    def lines(self, words: str, *, since: int = 0) -> list[str]:
        """The lines with these words, after the first `since` ones."""
        return [line for line in self[since:] if words in line]


class Bot:
    """A bot that runs, the workspace that it serves, and its log.

    `may_fail`: a test kills it, or makes it report faults.
    """

    def __init__(self, process: asyncio.subprocess.Process, slack: Slack) -> None:
        self.log = Log()
        self.slack = slack
        self.pid = process.pid
        self.may_fail = False
        self.out = b""
        self._process = process
        self._reading: asyncio.Future[Any] = asyncio.gather(self._read(), self._read_out())

    # --- the process ---

    async def ready(self) -> None:
        """Wait until it serves Slack and has tried SuperOffice. Fails with its log if it ends before."""
        said: asyncio.Future[Any] = asyncio.create_task(self.log.says("Ready: answering Slack", timeout_s=READY_S))
        await asyncio.wait({said, self._reading}, return_when=asyncio.FIRST_COMPLETED)
        if not said.done():
            said.cancel()
            raise AssertionError("\n".join(["the bot is not ready", *self.log]))
        await said
        await self.log.says(" who is online: ")

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

    @property
    def peak_mib(self) -> float:
        """The most memory that it has had at one time, in MiB."""
        return self._status("VmHWM") / 1024

    @property
    def memory_mib(self) -> float:
        """The memory that it has now, in MiB."""
        return self._status("VmRSS") / 1024

    def _status(self, name: str) -> int:
        """A figure of `/proc/PID/status`, in KiB."""
        lines = Path(f"/proc/{self.pid}/status").read_text().splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith(f"{name}:"))

    @contextlib.contextmanager
    def unread(self) -> Iterator[None]:
        """Read nothing of its log inside the context, which is full, as if whoever collects it hung."""
        pipe = self._process._transport.get_pipe_transport(2)  # type: ignore[attr-defined]  # asyncio has no other way
        pipe.pause_reading()
        full = os.open(f"/proc/{self.pid}/fd/2", os.O_WRONLY | os.O_NONBLOCK)
        try:
            with contextlib.suppress(BlockingIOError):
                while True:
                    os.write(full, b"-" * 100 + b"\n")
            yield
        finally:
            os.close(full)
            pipe.resume_reading()

    async def ended(self, number: signal.Signals = signal.SIGTERM) -> int | None:
        """Ask it to stop, and return its exit code as soon as it has ended, whatever is still to be read."""
        self._process.send_signal(number)
        await until(lambda: self._process.returncode is not None, timeout_s=ENDED_S)
        return self._process.returncode

    async def _read(self) -> None:
        assert self._process.stderr is not None
        async for line in self._process.stderr:
            self.log.append(line.decode().rstrip())

    async def _read_out(self) -> None:
        assert self._process.stdout is not None
        self.out = await self._process.stdout.read()

    # --- what is asked of it ---

    async def ask(self, words: str = "") -> str:
        """One command, and its one answer as it is read."""
        delivery = await self.slack.command(words)
        post = await self.slack.until(lambda: next(iter(answers(delivery)), None), timeout_s=ANSWERED_S)
        return read(post)

    async def ask_until(self, found: Callable[[str], bool], *, timeout_s: float = SAID_S) -> list[str]:
        """Ask again and again, until an answer is found; every answer on the way, that one the last."""
        said: list[str] = []
        async with asyncio.timeout(timeout_s):
            while not (said and found(said[-1])):
                said.append(await self.ask())
        return said

    async def burst(self, words: str = "", *, commands: int = 4, mentions: int = 2) -> list[Delivery]:
        """Several questions at once, by command and by mention; returns when each is acknowledged."""
        asking = [self.slack.command(words) for _ in range(commands)]
        asking += [self.slack.mention(words) for _ in range(mentions)]
        return list(await asyncio.gather(*asking))

    async def answered(self, deliveries: Sequence[Delivery]) -> list[str]:
        """Each one's answer, as it is read. Fails unless each was acknowledged in time and has exactly one answer."""
        for delivery in deliveries:
            assert delivery.acked
            assert not delivery.late
            await self.slack.until(lambda each=delivery: answers(each), timeout_s=ANSWERED_S)  # type: ignore[misc]
        await self.settled()
        assert [len(answers(delivery)) for delivery in deliveries] == [1] * len(deliveries)
        assert [refusal.error for delivery in deliveries for refusal in delivery.refused] == []
        return [read(answers(delivery)[0]) for delivery in deliveries]

    async def is_well(self) -> None:
        """Fail unless it answers commands and mentions with a roster of this moment."""
        assert all(map(is_fresh, await self.answered(await self.burst())))

    async def settled(self) -> None:
        """Ask for help by message, and wait for it: what was to be sent before has then been sent."""
        await self.slack.post_after(await self.slack.direct_message("help"), timeout_s=ANSWERED_S)


def read(post: Post) -> str:
    """A post as its reader sees it, not wrapped."""
    return show(post.text, post.blocks, width=400)


def answers(delivery: Delivery) -> list[Post]:
    """What was said to a request, but for the notice that an answer follows."""
    return [post for post in delivery.posts if SLOW not in post.text]


def is_fresh(said: str) -> bool:
    """Whether an answer is a roster of this moment."""
    return " free · " in said and STALE not in said


async def until(found: Callable[[], object], *, timeout_s: float = SAID_S) -> None:
    """Wait for what no event tells of: look again and again, for so long at most."""
    async with asyncio.timeout(timeout_s):
        while not found():  # noqa: ASYNC110  # see above
            await asyncio.sleep(0.005)


@asynccontextmanager
async def running(
    superoffice: NetServer,
    slack: Slack,
    cwd: Path,
    mode: Mode = "socket",
    /,
    *,
    module: str = "bot",
    before: str = "true",
    **more: str,
) -> AsyncIterator[Bot]:
    """The bot, ready; `more` are other settings, and `before` is what a shell does first.

    At the end it must stop by itself with exit code 0, without a fault of its own, and have told its log no secret.
    """
    environment = settings(superoffice, slack, mode) | more
    environment = {name: value for name, value in environment.items() if value}
    if mode == "http":
        slack.events_url = f"http://127.0.0.1:{environment['PORT']}/slack/events"
    bot = Bot(await start(module, ("run",), environment, cwd, before=before), slack)
    try:
        await bot.ready()
        yield bot
        assert await bot.stop() == 0 or bot.may_fail, "\n".join(bot.log)
    finally:
        await bot.kill()
    log = "\n".join(bot.log)
    for secret in (slack.bot_token, slack.app_token, slack.signing_secret, PASSWORD, "7T:", "/response/"):
        assert secret not in log
    assert not re.search(r"ticket=(?!\[secret\])", log)
    assert bot.may_fail or not any(fault in log for fault in FAULTS), log


@dataclass
class Stage:
    """A bot that a module's tests share, between its two neighbours."""

    superoffice: NetServer
    slack: Slack
    bot: Bot

    async def acquaint(self, *users: str, channel: str = "C0SUPPORT") -> None:
        """Let the bot learn of these people and this channel, for which an answer waits only briefly."""
        for user in (*users, *users):
            await self.slack.command("", user=user, channel=channel)


@asynccontextmanager
async def staged(mode: Mode, cwd: Path, crowd: Office | None = None, **more: str) -> AsyncIterator[Stage]:
    """A bot with neighbours of its own, for a module or a test."""
    async with AsyncExitStack() as stack:
        superoffice = await stack.enter_async_context(netserver(crowd))
        slack = await stack.enter_async_context(Slack())
        bot = await stack.enter_async_context(running(superoffice, slack, cwd, mode, **more))
        yield Stage(superoffice, slack, bot)
