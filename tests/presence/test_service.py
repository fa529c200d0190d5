"""Presence as people may see it: fresh, else stale and labelled, else the error."""

import asyncio
import dataclasses
from datetime import timedelta

import pytest

from bot.errors import Denied, Reason, SuperOfficeError, Unexpected, Unreachable
from bot.presence.service import PresenceService
from tests.fakes import NOW, Clock, FakeSource, a_snapshot, an_agent

EARLIER = a_snapshot(an_agent("Anna Berg"))
LATER = dataclasses.replace(a_snapshot(an_agent("Ole Hansen", user_id=4)), taken_at=NOW + timedelta(minutes=9))
ERRORS = [Unreachable(Reason.TIMEOUT), Denied(Reason.PASSWORD), Unexpected(Reason.FAILED)]


def service(source: FakeSource, clock: Clock, *, fresh_s: float = 5, stale_s: float = 300) -> PresenceService:
    return PresenceService(source, fresh_s=fresh_s, stale_s=stale_s, monotonic=clock, chance=lambda: 0.0)


async def test_a_young_roster_is_shown_without_asking_again() -> None:
    """SuperOffice is asked when the last answer is fresh_s seconds old, and not before."""
    source, clock = FakeSource(EARLIER, LATER), Clock()
    presence = service(source, clock)

    assert await presence.current() is EARLIER
    clock.advance(4.9)
    assert await presence.current() is EARLIER
    assert source.calls == 1
    clock.advance(0.1)
    assert await presence.current() is LATER


async def test_all_who_ask_at_once_share_one_call() -> None:
    """A hundred people who ask together cost SuperOffice one call."""
    source = FakeSource(EARLIER)
    source.gate.clear()
    presence = service(source, Clock())
    async with asyncio.TaskGroup() as tasks:
        waiting = [tasks.create_task(presence.current()) for _ in range(100)]
        await source.asked.wait()
        source.gate.set()

    assert {id(task.result()) for task in waiting} == {id(EARLIER)}
    assert source.calls == 1


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
async def test_an_old_roster_serves_with_the_cause_of_its_age(error: SuperOfficeError) -> None:
    """When SuperOffice fails, the last roster is shown as it was, dated as it was, and says why it is old."""
    source, clock = FakeSource(EARLIER, error), Clock()
    presence = service(source, clock)
    await presence.current()
    clock.advance(240)
    stale = await presence.current()

    assert stale.stale_because is error
    assert stale.age_s == 240
    assert dataclasses.replace(stale, stale_because=None, age_s=0.0) == EARLIER


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
async def test_a_roster_that_is_too_old_is_not_shown(error: SuperOfficeError) -> None:
    """From stale_s seconds of age on the error is told, and nothing else."""
    source, clock = FakeSource(EARLIER, error), Clock()
    presence = service(source, clock, stale_s=300)
    await presence.current()
    clock.advance(299.9)
    assert (await presence.current()).agents == EARLIER.agents
    clock.advance(0.1)

    with pytest.raises(SuperOfficeError) as caught:
        await presence.current()
    assert caught.value is error


async def test_a_failure_before_any_roster_is_told() -> None:
    """Where there was never an answer, there is nothing to show but the error."""
    error = Unreachable(Reason.REFUSED)

    with pytest.raises(Unreachable) as caught:
        await service(FakeSource(error), Clock()).current()
    assert caught.value is error


async def test_a_failure_is_never_kept() -> None:
    """Once the pause after a failure is over, who asks is answered by SuperOffice, and the label is gone."""
    source, clock = FakeSource(EARLIER, Unreachable(Reason.TIMEOUT), LATER), Clock()
    presence = service(source, clock)
    await presence.current()
    clock.advance(60)

    assert (await presence.current()).stale_because is not None
    clock.advance(2)
    assert await presence.current() is LATER
    assert source.calls == 3


async def test_serving_an_old_roster_makes_it_no_younger() -> None:
    """The age of a stale roster counts from SuperOffice's answer, however often it is shown."""
    source, clock = FakeSource(EARLIER, Unreachable(Reason.TIMEOUT)), Clock()
    presence = service(source, clock, stale_s=300)
    await presence.current()
    for _ in range(2):
        clock.advance(140)
        await presence.current()
    clock.advance(20)

    with pytest.raises(Unreachable):
        await presence.current()
    assert source.calls == 4


async def test_during_the_pause_after_a_failure_nobody_asks() -> None:
    """Who comes too early for another try is answered at once: with the old roster, or with the same error."""
    error = Unreachable(Reason.REFUSED)
    source, clock = FakeSource(EARLIER, error), Clock()
    with_memory = service(source, clock)
    await with_memory.current()
    clock.advance(60)
    stale = [await with_memory.current() for _ in range(5)]

    assert {id(snapshot.stale_because) for snapshot in stale} == {id(error)}
    assert source.calls == 2

    source = FakeSource(error)
    without = service(source, clock)
    for _ in range(5):
        with pytest.raises(Unreachable) as caught:
            await without.current()
        assert caught.value is error
    assert source.calls == 1


async def test_an_answer_ends_the_outage() -> None:
    """After an answer the first failure of the next outage is followed by the shortest pause again."""
    down = Unreachable(Reason.REFUSED)
    source, clock = FakeSource(down, down, down, down, LATER, down, EARLIER), Clock()
    presence = service(source, clock, fresh_s=0, stale_s=0)
    for _ in range(4):
        with pytest.raises(Unreachable):
            await presence.current()
        clock.advance(30)
    assert await presence.current() is LATER
    with pytest.raises(Unreachable):
        await presence.current()
    clock.advance(1)

    assert await presence.current() is EARLIER


async def test_an_error_that_is_told_again_does_not_grow() -> None:
    """However often the same failure is told during a pause, its traceback stays as long as it was."""
    presence = service(FakeSource(Unreachable(Reason.REFUSED)), Clock())
    lengths = set()
    for _ in range(5):
        with pytest.raises(Unreachable) as caught:
            await presence.current()
        lengths.add(len(caught.traceback))

    assert max(lengths) - min(lengths) <= 1


async def test_with_stale_s_of_0_nothing_old_is_shown() -> None:
    """Who wants no old rosters gets none."""
    source, clock = FakeSource(EARLIER, Unreachable(Reason.TIMEOUT)), Clock()
    presence = service(source, clock, fresh_s=0, stale_s=0)
    await presence.current()

    with pytest.raises(Unreachable):
        await presence.current()


async def test_a_mistake_of_ours_is_not_covered_by_an_old_roster() -> None:
    """Only SuperOffice's failures are answered with an old roster; a bug is seen."""
    source, clock = FakeSource(EARLIER, ZeroDivisionError()), Clock()
    presence = service(source, clock)
    await presence.current()
    clock.advance(60)

    with pytest.raises(ZeroDivisionError):
        await presence.current()


async def test_nobody_is_an_answer_that_is_kept() -> None:
    """An empty roster is as good as any: it is kept, and served when SuperOffice fails."""
    source, clock = FakeSource(a_snapshot(), Unreachable(Reason.TIMEOUT)), Clock()
    presence = service(source, clock)
    await presence.current()
    assert (await presence.current()).agents == ()
    assert source.calls == 1
    clock.advance(60)

    assert (await presence.current()).agents == ()


async def test_one_who_gives_up_takes_the_roster_from_nobody() -> None:
    """A person who leaves while SuperOffice is asked does not end the others' call."""
    source = FakeSource(EARLIER)
    source.gate.clear()
    presence = service(source, Clock())
    waiting = [asyncio.create_task(presence.current()) for _ in range(3)]
    await source.asked.wait()
    waiting[0].cancel()
    await asyncio.wait([waiting[0]])
    source.gate.set()

    assert await asyncio.gather(*waiting[1:]) == [EARLIER, EARLIER]
    assert source.calls == 1


async def test_closing_ends_the_call_under_way() -> None:
    """Nothing is left behind when the service closes."""
    before = asyncio.all_tasks()
    source = FakeSource(EARLIER)
    source.gate.clear()
    presence = service(source, Clock())
    waiting = asyncio.create_task(presence.current())
    await source.asked.wait()
    await presence.close()
    await asyncio.wait([waiting])

    assert waiting.cancelled()
    assert asyncio.all_tasks() == before
