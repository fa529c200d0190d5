"""The shapes of load: one at a time, so many a second, all at once, and as fast as it goes."""

import asyncio
import contextlib
import gc
import math
import re
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from bench.driver import LOOPBACK, Ack, Driver, is_roster
from bench.processes import output_of

CONNECTIONS: Final = 16
ACK_DEADLINE_S: Final = 3.0
"""Slack's: https://docs.slack.dev/interactivity/implementing-slash-commands/#responding_to_commands"""

_WRK_TIME: Final = 30.0


@dataclass
class Outcome:
    """What became of many commands."""

    sent: int
    acks_s: list[float] = field(default_factory=list)
    answered: int = 0
    failed: int = 0
    driver_late_s: float = 0.0

    @property
    def late(self) -> int:
        """How many were acknowledged too late, or not at all."""
        return self.sent - sum(seconds <= ACK_DEADLINE_S for seconds in self.acks_s)


def percentile(numbers: Sequence[float], percent: float) -> float:
    """The number that so many percent are not above."""
    ordered = sorted(numbers)
    return ordered[max(math.ceil(len(ordered) * percent / 100) - 1, 0)]


@contextmanager
def undisturbed() -> Iterator[None]:
    """Keep the driver's own garbage collection out of the figures."""
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


async def steadily(driver: Driver, port: int, *, per_second: float, seconds: float) -> Outcome:
    """Commands at an even rate, whether or not those before were answered. Time counts from each one's sending."""
    number = round(per_second * seconds)
    outcome = Outcome(number)
    commands: list[asyncio.Task[None]] = []
    with undisturbed():
        started = time.perf_counter()
        for n in range(number):
            due = started + n / per_second
            if (ahead := due - time.perf_counter()) > 0:
                await asyncio.sleep(ahead)
            outcome.driver_late_s = max(outcome.driver_late_s, time.perf_counter() - due)
            commands.append(asyncio.create_task(_note(driver, port, outcome, deadline_s=10)))
            if len(commands) >= 1000:  # a soak sends hundreds of thousands
                commands = [command for command in commands if not command.done()]
        await asyncio.gather(*commands)
    return outcome


async def at_once(driver: Driver, port: int, number: int, *, deadline_s: float) -> Outcome:
    """So many commands in the same moment, each over a connection of its own."""
    outcome = Outcome(number)
    with undisturbed():
        await asyncio.gather(*(_note(driver, port, outcome, deadline_s, keep=False) for _ in range(number)))
    return outcome


async def closed_loop(driver: Driver, port: int, seconds: float, folder: Path, wrk: str | None) -> float:
    """Commands a second that a bot acknowledges, when each connection sends the next as soon as it can."""
    if wrk is None:
        return await _own_closed_loop(driver, port, seconds)
    request = driver.request()
    lines = ['wrk.method = "POST"', f"wrk.body = [==[{request.body.decode()}]==]"]
    lines += [f'wrk.headers["{name}"] = "{value}"' for name, value in request.headers.items()]
    script = folder / "command.lua"
    script.write_text("\n".join(lines))
    out, _ = await output_of(
        *(wrk, "-t1", f"-c{CONNECTIONS}", f"-d{math.ceil(seconds)}s", "-s", str(script)),
        f"http://{LOOPBACK}:{port}{request.path}",
        environment={},
        folder=folder,
        timeout_s=seconds + _WRK_TIME,
        under_test=False,
    )
    found = re.search(r"Requests/sec:\s*([\d.]+)", out)
    if found is None or "Non-2xx" in out:
        raise RuntimeError(f"wrk was not answered well:\n{out}")
    return float(found[1])


async def _own_closed_loop(driver: Driver, port: int, seconds: float) -> float:
    done = 0
    started = time.perf_counter()

    async def again_and_again() -> None:
        nonlocal done
        while time.perf_counter() - started < seconds:
            await driver.roster(port)
            done += 1

    with undisturbed():
        await asyncio.gather(*(again_and_again() for _ in range(CONNECTIONS)))
        return done / (time.perf_counter() - started)


async def _note(driver: Driver, port: int, outcome: Outcome, deadline_s: float, *, keep: bool = True) -> None:
    """Send one command and note what becomes of it: acknowledged when, and answered with a roster or not."""
    try:
        async with asyncio.timeout(deadline_s):
            ack = await driver.send(port, keep=keep)
            if ack.status == 200:
                outcome.acks_s.append(ack.seconds)
                answered = await _is_answered(driver, ack)
                outcome.answered += answered
    except (OSError, TimeoutError):
        outcome.failed += 1


async def _is_answered(driver: Driver, ack: Ack) -> bool:
    if is_roster(ack.body):
        return True
    with contextlib.suppress(TimeoutError):
        _, body = await driver.awaiting(ack.number)
        return is_roster(body)
    return False
