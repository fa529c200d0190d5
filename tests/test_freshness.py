"""Values that are asked for again after a while."""

import asyncio
import gc
from typing import Any

import pytest

from bot.errors import Unreachable
from bot.freshness import FreshValue, FreshValues, Kept, Overloaded
from bot.limits import Backoff
from tests.kit.clock import FakeClock
from tests.kit.crowd import DOWN


class Fetch:
    """Gives 1, 2, 3 and so on, or raises `error`. While `gate` is not set, it waits; `asked` is set by the first.

    `keys` are those that were asked for, and `most` is how many fetches ran side by side.
    """

    def __init__(self, *, waits: bool = False) -> None:
        self.keys: list[str] = []
        self.asked = asyncio.Event()
        self.error: Exception | None = None
        self.gate = asyncio.Event()
        if not waits:
            self.gate.set()
        self.most = self._running = 0

    @property
    def calls(self) -> int:
        return len(self.keys)

    async def __call__(self, key: str = "") -> int:
        self.keys.append(key)
        number = self.calls
        self.asked.set()
        self._running += 1
        self.most = max(self.most, self._running)
        try:
            await self.gate.wait()
        finally:
            self._running -= 1
        if self.error is not None:
            raise self.error
        return number


def value(
    fetch: Fetch, clock: FakeClock | None = None, *, fresh_s: float = 5, backoff: Backoff | None = None
) -> FreshValue[int]:
    return FreshValue(fetch, fresh_s=fresh_s, clock=clock or FakeClock(), backoff=backoff)


def values(
    fetch: Fetch, clock: FakeClock | None = None, *, size: int = 100, at_once: int = 100, waiting: int = 100
) -> FreshValues[str, int]:
    return FreshValues(fetch, fresh_s=5, size=size, at_once=at_once, waiting=waiting, clock=clock or FakeClock())


# One value


async def test_a_fresh_value_comes_from_memory() -> None:
    """A value is fetched again when it is fresh_s seconds old, and not before; at 0 every get is a fetch."""
    clock = FakeClock()
    kept, never_fresh = value(Fetch(), clock, fresh_s=5), value(Fetch(), fresh_s=0)

    assert await kept.get() == 1
    clock.advance(4.999)
    assert await kept.get() == 1
    clock.advance(0.001)
    assert await kept.get() == 2
    assert [await never_fresh.get(), await never_fresh.get()] == [1, 2]


async def test_age_begins_when_the_fetch_ends() -> None:
    """A value is as old as its answer, not as its question, and setting the time of day ages nothing."""
    fetch, clock = Fetch(waits=True), FakeClock()
    kept = value(fetch, clock)
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(kept.get())
        await fetch.asked.wait()
        clock.advance(100)
        fetch.gate.set()
    clock.jump(3600)
    clock.advance(2)

    assert kept.last() == Kept(1, age_s=2)


async def test_all_who_ask_share_one_fetch() -> None:
    """However many ask while a fetch is under way, it is one fetch, and all get its value."""
    fetch = Fetch(waits=True)
    kept = value(fetch)
    async with asyncio.TaskGroup() as tasks:
        waiting = [tasks.create_task(kept.get()) for _ in range(100)]
        await fetch.asked.wait()
        fetch.gate.set()

    assert {task.result() for task in waiting} == {1}
    assert fetch.calls == 1


@pytest.mark.parametrize("leaving", [[0], [2], [0, 1, 2]])
async def test_one_who_gives_up_cancels_nobody_else(leaving: list[int]) -> None:
    """A fetch goes on when callers give up, even the first or all of them, and its value is kept."""
    fetch = Fetch(waits=True)
    kept = value(fetch)
    waiting = [asyncio.create_task(kept.get()) for _ in range(3)]
    await fetch.asked.wait()
    for number in leaving:
        waiting[number].cancel()
    await asyncio.wait([waiting[number] for number in leaving])
    fetch.gate.set()

    assert [await task for number, task in enumerate(waiting) if number not in leaving] == [1] * (3 - len(leaving))
    assert all(waiting[number].cancelled() for number in leaving)
    assert await kept.get() == 1
    assert fetch.calls == 1


async def test_a_failure_is_raised_to_all_who_wait_and_kept_for_nobody() -> None:
    """A failure ends the fetch for all who wait; whoever asks next begins another."""
    fetch = Fetch(waits=True)
    fetch.error = OSError("down")
    kept = value(fetch)
    waiting = [asyncio.create_task(kept.get()) for _ in range(3)]
    await fetch.asked.wait()
    fetch.gate.set()

    assert await asyncio.gather(*waiting, return_exceptions=True) == [fetch.error] * 3
    assert fetch.calls == 1
    fetch.error = None
    assert await kept.get() == 2


async def test_a_failure_leaves_the_last_good_value() -> None:
    """The last good value outlives a failure and keeps its own age; before the first fetch there is none."""
    fetch, clock = Fetch(), FakeClock()
    kept = value(fetch, clock, fresh_s=5)
    assert kept.last() is None
    await kept.get()
    clock.advance(60)
    fetch.error = OSError("down")
    with pytest.raises(OSError, match="down"):
        await kept.get()

    assert kept.last(60.001) == Kept(1, age_s=60)
    assert kept.last(60) is None


async def test_a_failure_that_nobody_waits_for_is_not_reported_as_lost() -> None:
    """The failure of a fetch that all callers have left makes no noise in the log."""
    reports: list[dict[str, Any]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: reports.append(context))
    fetch = Fetch(waits=True)
    fetch.error = OSError("down")
    kept = value(fetch)
    only = asyncio.create_task(kept.get())
    await fetch.asked.wait()
    only.cancel()
    await asyncio.wait([only])
    fetch.gate.set()
    await asyncio.wait(asyncio.all_tasks() - {asyncio.current_task()})  # sees that it ended, not how
    gc.collect()

    assert kept.last() is None
    assert reports == []


@pytest.mark.parametrize("by_key", [False, True])
async def test_closing_ends_all_fetches(by_key: bool) -> None:
    """Closing cancels the fetches and those who wait, also for a key that was forgotten. It may be done at any time."""
    before = asyncio.all_tasks()
    fetch = Fetch(waits=True)
    one, many = value(fetch), values(fetch, size=1, at_once=1)
    kept = many if by_key else one
    await kept.close()
    waiting = [asyncio.create_task(many.get(key) if by_key else one.get()) for key in "abc"]
    await fetch.asked.wait()
    await kept.close()
    await asyncio.wait(waiting)
    await kept.close()

    assert all(task.cancelled() for task in waiting)
    assert asyncio.all_tasks() == before
    assert one.last() is None
    assert many.last("c") is None


async def test_with_a_backoff_a_failure_is_raised_again_without_a_fetch() -> None:
    """In the pause after a failure the same failure is raised and nothing is fetched, for any key; a success ends it.

    A bug of ours begins no pause, and is not hidden by one.
    """
    fetch, clock = Fetch(), FakeClock()
    backoff = Backoff("it", first_s=10, longest_s=100, clock=clock, chance=lambda: 0.0)
    kept = value(fetch, clock, backoff=backoff)
    of_keys = FreshValues(fetch, fresh_s=5, size=9, at_once=9, waiting=9, clock=clock, backoff=backoff)
    fetch.error = ZeroDivisionError()
    for _ in range(2):
        with pytest.raises(ZeroDivisionError):
            await kept.get()
    assert fetch.calls == 2
    fetch.error = DOWN
    for _ in range(5):
        with pytest.raises(Unreachable) as caught:
            await kept.get()
        assert caught.value is DOWN
        with pytest.raises(Unreachable):
            await of_keys.get("a")
    assert fetch.calls == 3

    clock.advance(10)
    fetch.error = None
    assert await kept.get() == 4
    clock.advance(5)
    fetch.error = DOWN
    with pytest.raises(Unreachable):
        await kept.get()
    clock.advance(10)
    backoff.begin()  # the first pause again, not the second


# A value for each key


async def test_each_key_has_its_own_value() -> None:
    """A key's value is shared, fresh and old by itself."""
    clock = FakeClock()
    kept = values(Fetch(), clock)
    assert await kept.get("a") == 1
    clock.advance(3)
    assert [await kept.get("b"), await kept.get("a")] == [2, 1]
    clock.advance(3)
    assert (kept.last("a"), kept.last("b", 3), kept.last("c")) == (Kept(1, age_s=6), None, None)
    assert [await kept.get("b"), await kept.get("a")] == [2, 3]


async def test_no_more_than_size_values_are_kept() -> None:
    """Beyond `size` keys the one that was used least recently is forgotten."""
    fetch = Fetch()
    kept = values(fetch, size=2)
    for key in ("a", "b", "a", "c"):
        await kept.get(key)

    assert [kept.last(key) is not None for key in "abc"] == [True, False, True]
    assert fetch.calls == 3


async def test_no_more_than_waiting_fetches_are_under_way() -> None:
    """Beyond `waiting` fetches a new one is refused at once, also when all ask in the same moment.

    At most `at_once` of those that are under way run side by side, and a failure gives its place back.
    """
    fetch = Fetch(waits=True)
    kept = values(fetch, at_once=2, waiting=5)
    waiting = [asyncio.create_task(kept.get(str(number))) for number in range(9)]
    await fetch.asked.wait()
    joined = asyncio.create_task(kept.get("4"))
    with pytest.raises(Overloaded):
        await kept.get("another")
    fetch.gate.set()
    results = await asyncio.gather(*waiting, return_exceptions=True)

    assert [isinstance(result, Overloaded) for result in results] == [False] * 5 + [True] * 4
    assert await joined == results[4]
    assert fetch.most == 2
    fetch.error = OSError("down")
    for key in "abcdef":
        with pytest.raises(OSError, match="down"):
            await kept.get(key)
    fetch.error = None
    assert await kept.get("another") == 12


async def test_who_is_refused_takes_no_place() -> None:
    """A key whose fetch is refused pushes no value out, and a value that is fresh is never refused."""
    fetch = Fetch()
    kept = values(fetch, size=2, waiting=1)
    await kept.get("a")
    fetch.gate.clear()
    fetch.asked.clear()
    busy = asyncio.create_task(kept.get("b"))
    await fetch.asked.wait()
    with pytest.raises(Overloaded):
        await kept.get("c")

    assert await kept.get("a") == 1
    fetch.gate.set()
    assert await busy == 2


async def test_what_is_forgotten_is_not_taken_from_a_fetch_that_began_before() -> None:
    """A key that is forgotten is fetched again: also by those who wait for a fetch of it, and whatever is kept."""
    fetch, clock = Fetch(), FakeClock()
    kept = values(fetch, clock)
    assert (await kept.get("a"), kept.fresh("a")) == (1, Kept(1, 0))
    clock.advance(5)
    assert kept.fresh("a") is None
    fetch.gate.clear()
    fetch.asked.clear()
    waiting = [asyncio.create_task(kept.get("a")) for _ in range(2)]
    await fetch.asked.wait()
    kept.forget("a")
    fetch.gate.set()

    assert await asyncio.gather(*waiting) == [3, 3]
    kept.forget("a")
    assert await kept.get("a") == 4


async def test_what_is_begun_is_not_begun_again() -> None:
    """Who begins a fetch and asks later shares it; a fresh value is not fetched, and a failure is for who asks."""
    one, many = Fetch(), Fetch()
    single, each = value(one), values(many, waiting=1)
    for _ in range(2):
        single.begin()
        each.begin("a")
        each.begin("b")  # for which there is no room while the first one is fetched
        assert (await single.get(), await each.get("a")) == (1, 1)
    assert (one.calls, await each.get("b")) == (1, 2)
    assert many.keys == ["a", "b"]

    failing = Fetch()
    failing.error = DOWN
    clock = FakeClock()
    later = value(failing, clock, backoff=Backoff("It", first_s=1, longest_s=1, clock=clock))
    for _ in range(2):
        later.begin()
        with pytest.raises(Unreachable):
            await later.get()
    assert failing.calls == 1
