"""Time, the machine's and that of tests."""

from datetime import UTC, timedelta

from bot.clock import Clock
from tests.kit.clock import NOW, FakeClock


def test_the_machines_time_of_day_is_in_utc() -> None:
    """The time of day is aware and in UTC, so that nobody has to guess its zone."""
    assert Clock().now().tzinfo is UTC


def test_seconds_never_run_backwards() -> None:
    """Durations are measured on a clock that never jumps."""
    clock = Clock()

    assert clock.monotonic() <= clock.monotonic()


def test_setting_the_time_of_day_lets_no_time_pass() -> None:
    """In tests too, the time of day can jump while no second passes."""
    clock = FakeClock()
    began_s = clock.monotonic()
    clock.jump(-3600)
    clock.advance(5)

    assert clock.monotonic() - began_s == 5
    assert clock.now() == NOW - timedelta(seconds=3595)
