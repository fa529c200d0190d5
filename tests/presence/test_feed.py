"""Presence as it may be told: fresh, else old with its cause, else the cause alone."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.errors import SuperOfficeError
from bot.freshness import FreshValue
from bot.limits import Backoff
from bot.presence.feed import PresenceFeed
from bot.presence.reading import Fresh, Stale, Unavailable
from tests.kit.clock import NOW, FakeClock
from tests.kit.crowd import DOWN, FAILURES, TEAM, FakeSource, snapshot

LATER = replace(TEAM, taken_at=NOW + timedelta(minutes=9), agents=())
ONE_OF_EACH = {type(error): error for error in FAILURES}.values()


def feed(source: FakeSource, clock: FakeClock, *, fresh_s: float = 5, stale_s: float = 300) -> PresenceFeed:
    backoff = Backoff("presence", first_s=1, longest_s=30, clock=clock, chance=lambda: 0.0)
    return PresenceFeed(FreshValue(source.snapshot, fresh_s=fresh_s, clock=clock, backoff=backoff), stale_s=stale_s)


@pytest.mark.parametrize("error", ONE_OF_EACH, ids=lambda error: type(error).__name__)
async def test_an_old_roster_serves_with_its_cause_until_it_is_too_old(error: SuperOfficeError) -> None:
    """When SuperOffice fails, the last roster serves with its cause and age; from stale_s seconds only the cause."""
    source, clock = FakeSource(), FakeClock()
    presence = feed(source, clock, stale_s=300)
    await presence.current()
    source.says = error
    for seconds in (240, 59.9):
        clock.advance(seconds)
        assert await presence.current() == Stale(TEAM, error, age_s=clock.monotonic() - 1000)
    clock.advance(0.1)

    assert await presence.current() == Unavailable(error)


async def test_without_any_roster_the_cause_is_told() -> None:
    """Before the first answer, and where old rosters are not wanted, nothing is shown but the cause."""
    without_pauses = FreshValue(FakeSource(DOWN).snapshot, fresh_s=5, clock=FakeClock())
    assert await PresenceFeed(without_pauses, stale_s=300).current() == Unavailable(DOWN)

    source, clock = FakeSource(), FakeClock()
    never_old = feed(source, clock, fresh_s=0, stale_s=0)
    await never_old.current()
    source.says = DOWN
    assert await never_old.current() == Unavailable(DOWN)


async def test_a_pause_after_a_failure_is_kept_and_an_answer_ends_it() -> None:
    """Who asks during the pause is answered without a call; after it SuperOffice is asked and the label is gone."""
    source, clock = FakeSource(), FakeClock()
    presence = feed(source, clock)
    await presence.current()
    clock.advance(60)
    source.says = DOWN
    assert [await presence.current() for _ in range(5)] == [Stale(TEAM, DOWN, 60)] * 5
    assert source.calls == 2
    source.says = LATER
    assert await presence.current() == Stale(TEAM, DOWN, 60)
    clock.advance(1)

    assert await presence.current() == Fresh(LATER)


async def test_a_roster_without_topic_names_is_fresh_for_seconds_only() -> None:
    """Topic names are shown soon after they have come, however long a roster is called fresh."""
    nameless = replace(TEAM, names_known=False)
    source, clock = FakeSource(nameless), FakeClock()
    presence = feed(source, clock, fresh_s=3600)
    assert await presence.current() == Fresh(nameless)
    source.says = TEAM
    clock.advance(4.9)
    assert await presence.current() == Fresh(nameless)
    clock.advance(0.1)
    assert [await presence.current() for _ in range(3)] == [Fresh(TEAM)] * 3
    clock.advance(3599)
    assert await presence.current() == Fresh(TEAM)
    assert source.calls == 2


async def test_a_bug_of_ours_is_not_covered_by_an_old_roster() -> None:
    """Only SuperOffice's failures are answered with an old roster; a bug is seen."""
    source, clock = FakeSource(), FakeClock()
    presence = feed(source, clock)
    await presence.current()
    clock.advance(60)
    source.says = ZeroDivisionError()

    with pytest.raises(ZeroDivisionError):
        await presence.current()


async def test_nobody_is_an_answer_that_is_kept() -> None:
    """An empty roster is as good as any: it is kept, and serves when SuperOffice fails."""
    empty = snapshot()
    source, clock = FakeSource(empty), FakeClock()
    presence = feed(source, clock)
    await presence.current()
    source.says = DOWN
    assert await presence.current() == Fresh(empty)
    clock.advance(60)

    assert await presence.current() == Stale(empty, DOWN, 60)
