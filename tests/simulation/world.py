"""A world without an outside: the bot as it is built, its neighbours, and a clock that runs as fast as they do.

All sockets are in memory. Time passes only while everybody waits, so that a minute of waiting costs nothing, and what
threads do is done at once. The loop of async-solipsism does that, and fails if all wait for what never comes. looptime
keeps real sockets and threads, whose timing would differ from run to run.
"""

import asyncio
import json
import logging
import os
from collections.abc import Coroutine
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final, TypeVar

import async_solipsism
import pytest

from bot.bootstrap.slack import DRAIN_S, open_bot
from bot.clock import Clock
from bot.settings import Settings
from bot.slack.outbox import Outbox
from bot.words import words_in
from bot.words.language import Language
from playground.slack import Delivery, Post, Refusal, Slack
from playground.slack_workspace import Person
from tests.kit import process
from tests.kit.clock import NOW
from tests.kit.stage import ASKER, GUEST, NORWEGIAN_READER, OTHER, STRANGER

T = TypeVar("T")

HIDDEN: Final = "U0HIDDEN1"
"""Somebody of whom Slack tells nothing."""

MEMBERS: Final = (ASKER, OTHER, NORWEGIAN_READER)
OTHERS: Final = (GUEST, STRANGER, HIDDEN)

ACK_S: Final = 2.5
"""How long an acknowledgement may take."""

ENDED_S: Final = 10.1
"""How long the end may take: 3 s for requests under way, 1 s for Slack's goodbye, 6 s for replies."""

SETTLED_S: Final = 300.0
"""After so long without a fault, nothing is under way any more."""

KNOWN_S: Final = 5.0
"""How long after a channel was shared names may still come: those on their way, after pauses that Slack asks for."""

_READ: Final = [words_in(each) for each in (Language.ENGLISH, Language.NORWEGIAN)]
_SLOW: Final = tuple(words.failures.slow() for words in _READ)
_EMPTY: Final = tuple(
    words.roster._(said)
    for words in _READ
    for said in ("Nobody is online", "Nobody was online.", "SuperOffice names no chat agents")
)
_LOST: Final = ("Slack did not take a reply", "A reply did not reach Slack")
_CUT_OFF: Final = ("The bot ended before",)


class _Turning(async_solipsism.selector.Selector):  # type: ignore[misc]  # it has no types
    """Each turn of the loop takes a microsecond: aiohttp sets a timer anew until its time is past, not only reached."""

    def select(self, timeout: float | None = None) -> list[Any]:
        """What is ready; if nothing is, the time at which the next timer ends."""
        self.clock.advance(self.clock.resolution)
        return super().select(0 if timeout is not None and timeout < self.clock.resolution else timeout)  # type: ignore[no-any-return]


class VirtualClock(Clock):
    """The loop's time. The time of day can jump."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self.jumped = timedelta()

    def now(self) -> datetime:
        """The time of day."""
        return NOW + timedelta(seconds=self._loop.time()) + self.jumped

    def monotonic(self) -> float:
        """Seconds since the world began."""
        return self._loop.time()


@dataclass(eq=False)
class Asked:
    """Something that is to be answered once, and how often Slack sent it: by its process, the deliveries."""

    at_s: float
    deliveries: list[tuple[int, Delivery]] = field(default_factory=list)

    @property
    def is_event(self) -> bool:
        """Whether it is an event that was sent, so that Slack may repeat it."""
        return bool(self.deliveries) and self.deliveries[0][1].kind == "events_api"

    def __str__(self) -> str:
        said = [
            (number, each.kind, each.user, each.ack_s, each.posts, each.refused) for number, each in self.deliveries
        ]
        return f"asked at {self.at_s:g}: {said}"

    def answers(self, births: list[int], posts: list[Post]) -> list[int]:
        """The process that gave each of its answers. A notice that the answer follows is none."""
        mine = {id(delivery) for _, delivery in self.deliveries}
        threads = {delivery.root for _, delivery in self.deliveries}
        given = [
            at
            for at, post in enumerate(posts)
            # Each event has a thread of its own, in which clicks are answered too.
            if (
                post.via.startswith("chat.") and post.thread_ts in threads
                if self.is_event
                else not post.via.startswith("chat.") and id(post.cause) in mine and not _is_notice(post)
            )
        ]
        return [sum(birth <= at for birth in births) for at in given]


class Watched(Slack):
    """A workspace that looks at each message in the moment in which it is shown."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__(clock=lambda: NOW.timestamp() + loop.time())
        self._loop = loop
        self.people[HIDDEN] = Person(HIDDEN, "Nemo", team="", is_hidden=True)
        self.channels["D" + HIDDEN[1:]] = type(self.channels["C0SUPPORT"])("D" + HIDDEN[1:], "dm", person=HIDDEN)
        self.shared_at: dict[str, float] = {"C0PARTNER": 0.0}
        self.names = tuple(agent.name for agent in process.office().agents)
        self.wrong: list[str] = []

    def take(self, *args: Any, **how: Any) -> Post | Refusal:
        """Show a message."""
        return self._look(super().take(*args, **how))

    def take_home(self, *args: Any) -> Post | Refusal:
        """Show a Home tab."""
        return self._look(super().take_home(*args))

    def _look(self, post: Post | Refusal) -> Post | Refusal:
        if isinstance(post, Refusal):
            return post
        shown = post.text + json.dumps(post.blocks, ensure_ascii=False)
        if any(said in shown for said in _EMPTY):
            self.wrong.append(f"an empty roster, though somebody is online: {shown}")
        if any(name in shown for name in self.names):
            asker = post.user or self._asker(post)
            if asker not in MEMBERS:
                self.wrong.append(f"names to {asker} over {post.via}")
            shared_at = self.shared_at.get(post.channel)
            if not post.ephemeral and shared_at is not None and (since_s := self._sent_s(post) - shared_at) > KNOWN_S:
                self.wrong.append(f"names over {post.via} in a channel that is shared since {since_s:g} s")
        return post

    def _asker(self, post: Post) -> str | None:
        if post.via.startswith("chat."):
            sent = (each for each in self.deliveries if each.kind == "events_api" and each.root == post.thread_ts)
            return next((each.user for each in sent), None)
        return post.cause.user if post.cause is not None else None

    def _sent_s(self, post: Post) -> float:
        """When it was sent, at the latest."""
        return self._loop.time() - (self.switches.response_url_latency_s if post.via == "response_url" else 0.0)


class World:
    """One bot after the other in one workspace, beside one SuperOffice. Nothing happens but in `run` and `wait`.

    If it is `narrow`, one reply is sent at a time, and one waits.
    """

    def __init__(self, *, narrow: bool = False) -> None:
        self._patch = pytest.MonkeyPatch()
        self._narrow = narrow
        if narrow:
            usual = Outbox.__init__.__kwdefaults__ or {}
            self._patch.setattr(Outbox.__init__, "__kwdefaults__", usual | {"at_once": 1, "waiting": 1})
        # These look at the system's sockets; there are none here. https://pypi.org/project/async-solipsism/
        self._patch.setattr("aiohappyeyeballs.start_connection", async_solipsism.aiohappyeyeballs_start_connection)
        self._patch.setattr("async_solipsism.selector.Selector", _Turning)
        self._patch.setenv("SSL_CERT_FILE", os.devnull)  # to read the real ones takes longer than a day here
        self._patch.setattr("httpcore._backends.anyio.is_socket_readable", lambda each: each._sock.read_ready())
        self._runner = asyncio.Runner(loop_factory=async_solipsism.EventLoop)
        self.loop = self._runner.get_loop()
        self.loop.set_exception_handler(lambda _, context: self.wrong.append(f"nobody caught {context}"))
        self.clock = VirtualClock(self.loop)
        self.slack = Watched(self.loop)
        self.wrong = self.slack.wrong
        self.superoffice = process.netserver()
        self.asked: list[Asked] = []
        self.births: list[int] = []
        self.slack_failed = False
        self.lost = 0
        self._absent: list[tuple[float, float]] = []
        self._ending_s: float | None = 0.0
        self._people: set[asyncio.Task[None]] = set()
        self._bot: asyncio.Task[None] | None = None
        self._log = _Told(self)
        logging.getLogger().addHandler(self._log)
        self.run(self._open())

    def run(self, coroutine: Coroutine[Any, Any, T]) -> T:
        """Let it happen."""
        return self._runner.run(coroutine)

    def wait(self, seconds: float) -> None:
        """Let time pass."""
        self.run(asyncio.sleep(seconds))

    async def _open(self) -> None:
        await self.slack.__aenter__()
        await self.superoffice.__aenter__()

    def jump(self, hours: int) -> None:
        """Set the machine's clock."""
        self.clock.jumped += timedelta(hours=hours)

    # The bot

    @property
    def is_up(self) -> bool:
        """Whether there is a bot that takes requests."""
        return self._bot is not None and self._ending_s is None

    def start(self) -> None:
        """Start a bot, unless one is there."""
        if self._bot is None:
            self.run(self._start())

    async def _start(self) -> None:
        texts = process.settings(self.superoffice, self.slack)
        for name in ("PRESENCE_FRESH_S", "SUPEROFFICE_TIMEOUT_S"):
            del texts[name]
        settings = Settings.read({name.lower(): text for name, text in texts.items()})
        ready = asyncio.Event()
        self.births.append(len(self.slack.posts))
        self._bot = asyncio.create_task(self._live(settings, ready))
        await ready.wait()
        assert self._ending_s is not None
        self._absent.append((self._ending_s, self.loop.time()))
        self._ending_s = None

    async def _live(self, settings: Settings, ready: asyncio.Event) -> None:
        with suppress(asyncio.CancelledError):
            async with open_bot(settings, self.clock):
                ready.set()
                await asyncio.Event().wait()
        ours = f"{process.PROJECT / 'bot'}/"  # a task says in which file it runs
        left = [each for each in asyncio.all_tasks() if ours in repr(each)]
        if left:
            self.wrong.append(f"left by the bot: {left}")
        self._bot = None
        assert self._ending_s is not None
        took_s = round(self.loop.time() - self._ending_s, 3)
        if took_s > ENDED_S:
            self.wrong.append(f"the end took {took_s:g} s")
        if took_s < DRAIN_S and self._log.cut_off:
            self.wrong.append(f"replies were cut off at an end of {took_s:g} s")
        self.lost += self._log.cut_off
        self._log.cut_off = 0

    def terminate(self) -> None:
        """Ask the bot to end, as SIGTERM does."""
        if self.is_up:
            assert self._bot is not None
            self._ending_s = self.loop.time()
            self._bot.cancel()
            self.wait(0)

    def end(self) -> None:
        """Ask the bot to end, and wait until it has."""
        self.terminate()
        for _ in range(100):
            if self._bot is None:
                return
            self.wait(0.5)
        assert self._bot is not None
        pytest.fail(f"the bot does not end: {self._bot.get_stack()}")

    # People

    def send(self, sending: Coroutine[Any, Any, Delivery], asked: Asked | None = None) -> None:
        """Have Slack send something; nobody waits for what comes of it."""

        async def send() -> None:
            if asked is not None and asked not in self.asked:
                self.asked.append(asked)
            task = self.loop.create_task(self._sent(sending, asked))
            self._people.add(task)
            task.add_done_callback(self._people.discard)
            await asyncio.sleep(0)

        self.run(send())

    async def _sent(self, sending: Coroutine[Any, Any, Delivery], asked: Asked | None) -> None:
        if self._bot is None:
            sending.close()  # nobody is there
            return
        began_s, number, births = self.loop.time(), len(self.slack.deliveries), len(self.births)
        try:
            connecting = self.loop.create_task(sending)
            await asyncio.sleep(0)
            if asked is not None and len(self.slack.deliveries) > number:
                asked.deliveries.append((births, self.slack.deliveries[number]))
            delivery = await connecting
        except TimeoutError:
            return  # there was no connection
        if self._narrow:
            return  # acknowledgements wait for a place too
        if delivery.ack_s is not None and delivery.ack_s > ACK_S:
            self.wrong.append(f"{delivery.kind} was acknowledged after {delivery.ack_s:g} s")
        if not delivery.acked and not self._was_absent(began_s, began_s + ACK_S):
            self.wrong.append(f"{delivery.kind} was not acknowledged, though the bot was there")

    def _was_absent(self, from_s: float, to_s: float) -> bool:
        absent = [*self._absent, *([(self._ending_s, float("inf"))] if self._ending_s is not None else [])]
        return any(begins <= to_s and from_s <= ends for begins, ends in absent)

    # What must be true

    def check(self) -> None:
        """What must be true at any time."""
        assert not self.wrong, self.wrong
        for asked in self.asked:
            answers = asked.answers(self.births, self.slack.posts)
            assert len(answers) == len(set(answers)), f"two answers of one process to {asked}"

    def close(self) -> None:
        """End all, and look at what is left."""
        try:
            self.heal()
            self.wait(SETTLED_S)
            self.end()
            self.check()
            missing = [
                f"by {by}: {asked}"
                for asked in self.asked
                for by in {number for number, delivery in asked.deliveries if delivery.acked}
                if by not in asked.answers(self.births, self.slack.posts)
            ]
            assert len(missing) <= self.lost, f"never answered: {missing}"
            self.run(self._close())
            assert not self.wrong, self.wrong
            assert not self._people
            assert [each for each in asyncio.all_tasks(self.loop) if not each.done()] == []
            timers = [each for each in self.loop._scheduled if not each.cancelled()]  # type: ignore[attr-defined]
            assert timers == [], timers
            sockets = list(self.loop._selector.get_map().values())  # type: ignore[attr-defined]
            assert sockets == []
        finally:
            logging.getLogger().removeHandler(self._log)
            self._runner.close()
            self._patch.undo()

    def heal(self) -> None:
        """End all faults."""
        self.superoffice.switches.clear()
        self.slack.switches.__init__()  # type: ignore[misc]  # as they were
        self.run(self.superoffice.come_back())

    async def _close(self) -> None:
        await self.slack.__aexit__()
        await self.superoffice.__aexit__()
        await asyncio.sleep(60)  # timers of what is closed run out; one that begins anew stays


class _Told(logging.Handler):
    """Reads the bot's log: of replies that were lost, and of what nobody expected."""

    def __init__(self, world: World) -> None:
        super().__init__(logging.WARNING)
        self._world = world
        self.cut_off = 0

    def emit(self, record: logging.LogRecord) -> None:
        """Read a line."""
        said = record.getMessage()
        if said.startswith(_CUT_OFF):
            self.cut_off += int(said.split()[4]) if "replies were begun" in said else 1
        elif said.startswith(_LOST) and self._world.slack_failed:
            self._world.lost += 1
        elif record.levelno >= logging.ERROR and not said.startswith("Slack refused the blocks"):
            self._world.wrong.append(f"{said} {record.exc_info}")


def _is_notice(post: Post) -> bool:
    return post.via == "ack" and any(slow in post.text for slow in _SLOW)
