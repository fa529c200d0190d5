"""Time."""

from datetime import UTC

from bot.clock import Clock


def test_the_machines_time_of_day_is_in_utc() -> None:
    """The time of day is aware and in UTC, so that nobody has to guess its zone."""
    assert Clock().now().tzinfo is UTC
