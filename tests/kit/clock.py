"""The clock of tests: it stands still until a test moves it."""

from datetime import UTC, datetime, timedelta

from bot.clock import Clock

NOW = datetime(2026, 3, 2, 14, 3, tzinfo=UTC)
"""When the clock of tests starts."""


class FakeClock(Clock):
    """A clock that stands still until it is told otherwise."""

    def __init__(self) -> None:
        self._now = NOW
        self._monotonic_s = 1000.0

    def now(self) -> datetime:
        """The time of day that the test set."""
        return self._now

    def monotonic(self) -> float:
        """Seconds that the test set."""
        return self._monotonic_s

    def advance(self, seconds: float) -> None:
        """Let time pass."""
        self._now += timedelta(seconds=seconds)
        self._monotonic_s += seconds

    def jump(self, seconds: float) -> None:
        """Set the time of day, as an administrator does; no time passes."""
        self._now += timedelta(seconds=seconds)
