"""Time, passed in where it is needed, so that a test can decide what time it is."""

import time
from datetime import UTC, datetime
from typing import Final

_STEADY: Final = getattr(time, "CLOCK_BOOTTIME", None)
"""Linux's clock that goes on while the machine is suspended. Its `monotonic` stops, so that old data would look young.

https://man7.org/linux/man-pages/man2/clock_getres.2.html
"""


class Clock:
    """The machine's clocks."""

    def now(self) -> datetime:
        """The time of day, aware, in UTC. It jumps when somebody sets the machine's clock."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Seconds on a clock that never jumps, to measure how long something took; suspended time counts on Linux."""
        return time.monotonic() if _STEADY is None else time.clock_gettime(_STEADY)
