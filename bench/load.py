"""The shapes of load: so many a second, all at once, and as fast as it goes."""

import asyncio
import contextlib
import gc
import math
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final

from bench.driver import Driver, is_roster

CONNECTIONS: Final = 16
ACK_DEADLINE_S: Final = 3.0
"""Slack's: https://docs.slack.dev/interactivity/implementing-slash-commands/#responding_to_commands"""


@dataclass
class Outcome:
    """What became of many commands."""

    sent: int
    acks_s: list[float] = field(default_factory=list)
    answered: int = 0
    driver_late_s: float = 0.0

    @property
    def late(self) -> int:
        """How many were acknowledged too late, or not at all."""
        return self.sent - sum(seconds <= ACK_DEADLINE_S for seconds in self.acks_s)

    @property
    def unanswered(self) -> int:
        """How many got no roster."""
        return self.sent - self.answered


def percentile(numbers: Sequence[float], percent: float) -> float:
    """The number that so many percent are not above; 0 if there are no numbers."""
    ordered = sorted(numbers) or [0.0]
    return ordered[max(math.ceil(len(ordered) * percent / 100) - 1, 0)]


async def steadily(driver: Driver, port: int, *, per_second: float, seconds: float) -> Outcome:
    """Commands at an even rate, whether or not those before were answered. Time counts from each one's sending."""
    number = round(per_second * seconds)
    outcome = Outcome(number)
    commands: set[asyncio.Task[None]] = set()
    with _undisturbed():
        started = time.perf_counter()
        for n in range(number):
            due = started + n / per_second
            if (ahead := due - time.perf_counter()) > 0:
                await asyncio.sleep(ahead)
            outcome.driver_late_s = max(outcome.driver_late_s, time.perf_counter() - due)
            command = asyncio.create_task(_note(driver, port, outcome, deadline_s=10))
            commands.add(command)
            command.add_done_callback(commands.discard)  # a soak sends hundreds of thousands
        await asyncio.gather(*commands)
    return outcome


async def at_once(driver: Driver, port: int, number: int, *, deadline_s: float) -> Outcome:
    """So many commands in the same moment, each over a connection of its own."""
    outcome = Outcome(number)
    with _undisturbed():
        await asyncio.gather(*(_note(driver, port, outcome, deadline_s, keep=False) for _ in range(number)))
    return outcome


async def closed_loop(driver: Driver, port: int, seconds: float) -> float:
    """Commands a second that a bot answers, when each connection sends the next as soon as it can."""
    done = 0
    started = time.perf_counter()

    async def again_and_again() -> None:
        nonlocal done
        while time.perf_counter() - started < seconds:
            await driver.roster(port)
            done += 1

    with _undisturbed():
        await asyncio.gather(*(again_and_again() for _ in range(CONNECTIONS)))
        return done / (time.perf_counter() - started)


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Keep the driver's own garbage collection out of the figures."""
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


async def _note(driver: Driver, port: int, outcome: Outcome, deadline_s: float, *, keep: bool = True) -> None:
    """Send one command and note when it is acknowledged, and whether a roster comes."""
    with contextlib.suppress(OSError, TimeoutError):
        async with asyncio.timeout(deadline_s):
            ack = await driver.send(port, keep=keep)
            if ack.status == 200:
                outcome.acks_s.append(ack.seconds)
                answered = ack.is_roster or is_roster((await driver.awaiting(ack.number))[1])
                outcome.answered += answered
