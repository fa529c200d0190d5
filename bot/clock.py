"""Time, passed in where it is needed, so that a test can decide what time it is."""

import time
from datetime import UTC, datetime


class Clock:
    """The machine's clocks."""

    def now(self) -> datetime:
        """The time of day, aware, in UTC. It jumps when somebody sets the machine's clock."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Seconds on a clock that never jumps, to measure how long something took."""
        return time.monotonic()
