"""One value, kept fresh."""

import asyncio
import gc
from typing import Any

import pytest

from bot.presence.cache import FreshValue
from tests.fakes import Clock


class Fetch:
    """Gives 1, 2, 3 and so on, or raises its error; waits while its gate is not set, and tells when it is asked."""

    def __init__(self) -> None:
        self.calls = 0
        self.asked = asyncio.Event()
        self.error: Exception | None = None
        self.gate = asyncio.Event()
        self.gate.set()

    async def __call__(self) -> int:
        self.calls += 1
        self.asked.set()
        number = self.calls
        await self.gate.wait()
        if self.error is not None:
            raise self.error
        return number


def value(fetch: Fetch, clock: Clock | None = None, *, fresh_s: float = 5) -> FreshValue[int]:
    return FreshValue(fetch, fresh_s=fresh_s, monotonic=clock or Clock())


async def test_a_fresh_value_comes_from_memory() -> None:
    """A value is fetched again when it is fresh_s seconds old, and not before."""
    fetch, clock = Fetch(), Clock()
    kept = value(fetch, clock, fresh_s=5)

    assert await kept.get() == 1
    clock.advance(4.999)
    assert await kept.get() == 1
    clock.advance(0.001)
    assert await kept.get() == 2


async def test_a_value_that_is_never_fresh_is_always_fetched() -> None:
    """With fresh_s of 0 every get is a fetch."""
    kept = value(Fetch(), fresh_s=0)

    assert [await kept.get(), await kept.get()] == [1, 2]


async def test_age_begins_when_the_fetch_ends() -> None:
    """A value is as old as its answer, not as its question."""
    fetch, clock = Fetch(), Clock()
    fetch.gate.clear()
    kept = value(fetch, clock, fresh_s=5)
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(kept.get())
        await fetch.asked.wait()
        clock.advance(100)
        fetch.gate.set()

    assert kept.last(5) == 1


async def test_all_who_ask_share_one_flight() -> None:
    """However many ask while a fetch is under way, it is one fetch, and all get its value."""
    fetch = Fetch()
    fetch.gate.clear()
    kept = value(fetch)
    async with asyncio.TaskGroup() as tasks:
        waiting = [tasks.create_task(kept.get()) for _ in range(100)]
        await fetch.asked.wait()
        fetch.gate.set()

    assert {task.result() for task in waiting} == {1}
    assert fetch.calls == 1


@pytest.mark.parametrize("first", [True, False])
async def test_one_who_gives_up_cancels_nobody_else(first: bool) -> None:
    """A waiter that is cancelled, even the one that began the flight, takes the value from nobody."""
    fetch = Fetch()
    fetch.gate.clear()
    kept = value(fetch)
    waiting = [asyncio.create_task(kept.get()) for _ in range(3)]
    await fetch.asked.wait()
    impatient = waiting.pop(0 if first else 2)
    impatient.cancel()
    await asyncio.wait([impatient])
    fetch.gate.set()

    assert await asyncio.gather(*waiting) == [1, 1]
    assert impatient.cancelled()
    assert fetch.calls == 1


async def test_a_flight_that_all_have_left_still_lands() -> None:
    """A fetch that nobody waits for any more goes on, and its value is kept for the next."""
    fetch = Fetch()
    fetch.gate.clear()
    kept = value(fetch)
    only = asyncio.create_task(kept.get())
    await fetch.asked.wait()
    only.cancel()
    await asyncio.wait([only])
    fetch.gate.set()

    assert await kept.get() == 1
    assert fetch.calls == 1


async def test_a_failure_is_told_to_all_who_wait_and_kept_for_nobody() -> None:
    """A failure ends the flight for all of its waiters, and the next who asks fetches."""
    fetch = Fetch()
    fetch.gate.clear()
    fetch.error = OSError("down")
    kept = value(fetch)
    waiting = [asyncio.create_task(kept.get()) for _ in range(3)]
    await fetch.asked.wait()
    fetch.gate.set()

    assert await asyncio.gather(*waiting, return_exceptions=True) == [fetch.error] * 3
    assert fetch.calls == 1
    with pytest.raises(OSError, match="down"):
        await kept.get()
    fetch.error = None
    assert await kept.get() == 3


async def test_a_failure_leaves_the_last_good_value() -> None:
    """What was known before a failure is still known after it, at its own age."""
    fetch, clock = Fetch(), Clock()
    kept = value(fetch, clock, fresh_s=5)
    await kept.get()
    clock.advance(60)
    fetch.error = OSError("down")
    with pytest.raises(OSError, match="down"):
        await kept.get()

    assert kept.last(60.001) == 1
    assert kept.last(60) is None


async def test_there_is_no_last_value_before_the_first() -> None:
    """Before the first fetch nothing is known, however patient one is."""
    assert value(Fetch()).last(float("inf")) is None


async def test_a_failure_that_nobody_waits_for_is_not_reported_as_lost() -> None:
    """The failure of a flight that all have left is no noise in the log."""
    reports: list[dict[str, Any]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: reports.append(context))
    fetch = Fetch()
    fetch.gate.clear()
    fetch.error = OSError("down")
    kept = value(fetch)
    only = asyncio.create_task(kept.get())
    await fetch.asked.wait()
    only.cancel()
    await asyncio.wait([only])
    fetch.gate.set()
    await asyncio.wait(asyncio.all_tasks() - {asyncio.current_task()})  # sees that it ended, not how
    gc.collect()

    assert kept.last(5) is None
    assert reports == []


async def test_closing_ends_the_flight() -> None:
    """A fetch that is under way is cancelled, those who wait for it as well, and no task is left behind."""
    before = asyncio.all_tasks()
    fetch = Fetch()
    fetch.gate.clear()
    kept = value(fetch)
    waiting = [asyncio.create_task(kept.get()) for _ in range(3)]
    await fetch.asked.wait()
    await kept.close()
    await asyncio.wait(waiting)

    assert all(task.cancelled() for task in waiting)
    assert asyncio.all_tasks() == before
    assert kept.last(float("inf")) is None


async def test_closing_without_a_flight_is_nothing() -> None:
    """Closing can be done at any time, and twice."""
    kept = value(Fetch())
    await kept.get()
    await kept.close()
    await kept.close()

    assert kept.last(5) == 1
