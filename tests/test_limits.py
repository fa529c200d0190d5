"""Back-off: how tries of something that fails are spaced out, and what the log says."""

import logging

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.errors import Reason, SuperOfficeError, Unexpected, Unreachable
from bot.limits import JITTER, TOLD_AGAIN_S, Backoff, Bound
from tests.kit.clock import FakeClock
from tests.kit.crowd import DOWN


def test_what_happens_often_is_told_now_and_then(caplog: pytest.LogCaptureFixture) -> None:
    """A bound that is reached is told at once, and then at most once a minute, with how often."""
    clock = FakeClock()
    bound = Bound("Replies that wait", 2_000, clock)
    assert bound.has_room(1_999)
    assert not any(bound.has_room(2_000) for _ in range(3))
    clock.advance(TOLD_AGAIN_S - 1)
    bound.note(2_000)
    assert caplog.messages == ["Replies that wait: no more than 2,000 are taken"]

    clock.advance(1)
    bound.note(1_999)
    bound.note(2_000)
    assert caplog.messages[1:] == ["Replies that wait: no more than 2,000 are taken (4 times since this was last said)"]


def backoff(clock: FakeClock, *, chance: float = 0.0, first_s: float = 1, longest_s: float = 30) -> Backoff:
    return Backoff("presence", first_s=first_s, longest_s=longest_s, clock=clock, chance=lambda: chance)


def may_try(tries: Backoff) -> bool:
    try:
        tries.begin()
    except SuperOfficeError:
        return False
    return True


def test_a_pause_can_be_ended() -> None:
    """A pause that lost its reason ends at once, and the next is short again; one that the server asked for is kept."""
    clock = FakeClock()
    tries = backoff(clock, first_s=10, longest_s=60)
    tries.hasten()  # nothing failed yet
    for _ in range(3):
        tries.failed(DOWN)
    tries.hasten()
    assert may_try(tries)
    tries.failed(DOWN)
    clock.advance(10)
    assert may_try(tries)
    tries.failed(Unreachable(Reason.BUSY, retry_after_s=30))
    tries.hasten()
    assert not may_try(tries)
    clock.advance(30)
    assert may_try(tries)


@given(st.floats(0.01, 1000), st.floats(1, 10_000), st.floats(0, 1), st.integers(0, 20))
@example(first_s=1, times=24, chance=0.0, failures=3)
@example(first_s=1, times=24, chance=1.0, failures=200)
def test_pauses_double_up_to_the_longest(first_s: float, times: float, chance: float, failures: int) -> None:
    """Pauses double up to the longest, and chance makes each up to a quarter longer; a success begins anew."""
    clock, longest_s = FakeClock(), first_s * times * (1 + JITTER)
    tries = backoff(clock, chance=chance, first_s=first_s, longest_s=longest_s)
    tries.failed(DOWN)
    tries.succeeded(clock.monotonic())
    assert may_try(tries)
    for _ in range(failures + 1):
        tries.failed(DOWN)
    pause_s = min(first_s * 2**failures, first_s * times) * (1 + JITTER * chance)
    clock.advance(pause_s * 0.999)
    assert not may_try(tries)
    clock.advance(pause_s * 0.002)
    assert may_try(tries)


def test_a_pause_repeats_the_failure() -> None:
    """Who comes too early after a failure gets that failure again, and its traceback does not grow by that."""
    tries = backoff(FakeClock())
    assert may_try(tries)
    tries.failed(DOWN)
    lengths = set()
    for _ in range(5):
        with pytest.raises(Unreachable) as caught:
            tries.begin()
        assert caught.value is DOWN
        lengths.add(len(caught.traceback))

    assert len(lengths) == 1


@pytest.mark.parametrize(
    ("asked_s", "pause_s"), [(0, 1), (0.5, 1), (7, 7), (300, 300), (86400, 300), (float("inf"), 300)]
)
def test_a_server_that_asks_for_a_pause_gets_it(asked_s: float, pause_s: float) -> None:
    """Retry-After lengthens a pause, up to five minutes, and never shortens one."""
    clock = FakeClock()
    tries = backoff(clock)
    tries.failed(Unreachable(Reason.BUSY, retry_after_s=asked_s))
    clock.advance(pause_s - 0.25)
    assert not may_try(tries)
    clock.advance(0.25)
    assert may_try(tries)


def test_an_outage_is_logged_at_its_ends_and_when_its_reason_changes(caplog: pytest.LogCaptureFixture) -> None:
    """The log has one line when an outage begins, one for each new reason, one when it ends; none for each try."""
    caplog.set_level(logging.DEBUG)
    clock = FakeClock()
    tries = backoff(clock)
    for error in (DOWN, DOWN, DOWN, Unexpected(Reason.FAILED), Unexpected(Reason.FAILED)):
        tries.failed(error)
        clock.advance(30)
    tries.succeeded(clock.monotonic())
    tries.succeeded(clock.monotonic())

    assert [record.getMessage() for record in caplog.records] == [
        "presence: failed: connection refused (ConnectError)",
        "presence: still failing, now for another reason: error reported by SuperOffice",
        "presence: working again after 150 s",
    ]


def test_a_try_that_began_before_a_failure_does_not_end_the_outage() -> None:
    """A success says nothing if its try began before another one failed: the outage goes on, and so does its pause."""
    clock = FakeClock()
    tries = backoff(clock)
    began_s = tries.begin()
    clock.advance(1)
    tries.failed(DOWN)
    tries.succeeded(began_s)

    assert not may_try(tries)
