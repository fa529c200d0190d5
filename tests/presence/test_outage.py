"""An outage of SuperOffice: how tries are spaced out, and what the log says."""

import logging

import pytest

from bot.errors import Reason, SuperOfficeError, Unexpected, Unreachable
from bot.presence.outage import Outage
from tests.fakes import Clock

DOWN = Unreachable(Reason.REFUSED)


def outage(clock: Clock, *, chance: float = 0.0) -> Outage:
    return Outage(monotonic=clock, chance=lambda: chance)


def may_try(outage: Outage) -> bool:
    try:
        outage.check()
    except SuperOfficeError:
        return False
    return True


def pauses(chance: float, count: int) -> list[float]:
    """How many seconds nobody may try after each of so many failures, to an eighth of a second."""
    clock = Clock()
    going = outage(clock, chance=chance)
    found = []
    for _ in range(count):
        going.failed(DOWN)
        began = clock()
        while not may_try(going):
            clock.advance(0.125)
        found.append(clock() - began)
    return found


def test_without_a_failure_anybody_may_try() -> None:
    """Where nothing has failed, nothing is paused."""
    assert may_try(outage(Clock()))


def test_pauses_double_up_to_half_a_minute() -> None:
    """After a failure nobody tries for a second, then 2, 4, 8 and 16, and never more than 30, with chance on top."""
    assert pauses(0.0, 8) == [1, 2, 4, 8, 16, 24, 24, 24]
    assert pauses(1.0, 8) == [1.25, 2.5, 5, 10, 20, 30, 30, 30]


def test_an_outage_may_last() -> None:
    """After thousands of failures the pause is what it was after ten."""
    clock = Clock()
    going = outage(clock, chance=1.0)
    for _ in range(2000):
        going.failed(DOWN)
    clock.advance(29)
    assert not may_try(going)
    clock.advance(1)

    assert may_try(going)


def test_a_pause_repeats_the_failure() -> None:
    """Who comes too early hears the failure that began the pause."""
    going = outage(Clock())
    going.failed(DOWN)

    with pytest.raises(Unreachable) as caught:
        going.check()
    assert caught.value is DOWN


def test_an_answer_ends_the_outage() -> None:
    """After an answer the next failure begins with the shortest pause."""
    clock = Clock()
    going = outage(clock)
    for _ in range(5):
        going.failed(DOWN)
        clock.advance(60)
    going.answered()
    assert may_try(going)
    going.failed(DOWN)
    clock.advance(0.999)
    assert not may_try(going)
    clock.advance(0.001)

    assert may_try(going)


@pytest.mark.parametrize(
    ("asked_s", "pause_s"), [(0, 1), (0.5, 1), (7, 7), (300, 300), (86400, 300), (float("inf"), 300)]
)
def test_a_server_that_asks_for_a_pause_gets_it(asked_s: float, pause_s: float) -> None:
    """Retry-After lengthens a pause, up to five minutes."""
    clock = Clock()
    going = outage(clock)
    going.failed(Unreachable(Reason.BUSY, retry_after_s=asked_s))
    clock.advance(pause_s - 0.25)
    assert not may_try(going)
    clock.advance(0.25)

    assert may_try(going)


def test_an_outage_is_logged_at_its_ends_and_when_its_reason_changes(caplog: pytest.LogCaptureFixture) -> None:
    """One line when SuperOffice goes, one for each new reason, one when it is back; none for each try."""
    caplog.set_level(logging.DEBUG)
    clock = Clock()
    going = outage(clock)
    for error in (DOWN, DOWN, DOWN, Unexpected(Reason.FAILED), Unexpected(Reason.FAILED)):
        going.failed(error)
        clock.advance(30)
    going.answered()
    going.answered()

    said = [record.getMessage() for record in caplog.records]
    assert len(said) == 3
    assert "refused the connection" in said[0]
    assert "error of its own" in said[1]
    assert "150 s" in said[2]
