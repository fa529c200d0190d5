"""How often something may be tried, told, or be there at once: back-off, and the bounds that the log hears of."""

import logging
import random
from collections.abc import Callable
from typing import Final

from bot.clock import Clock
from bot.errors import SuperOfficeError

log = logging.getLogger(__name__)

JITTER: Final = 0.25
"""Each pause is longer by a random part, at most this one, so that several bots don't try at the same moment."""

LONGEST_ASKED_S: Final = 300.0
"""The longest pause that a server can ask for, in seconds."""

TOLD_AGAIN_S: Final = 60.0
"""What may happen often is told to the log at once, and again at most once in so many seconds."""


class Seldom:
    """Warns of what may happen often: the first time, and then at most once a minute, with how often it happened."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._untold = 0
        self._next_s = float("-inf")

    def warn(self, message: str, *args: object) -> None:
        """Write this line, or only count it."""
        self._untold += 1
        now_s = self._clock.monotonic()
        if now_s < self._next_s:
            return
        times = "" if self._untold == 1 else f" ({self._untold} times since this was last said)"
        log.warning("%s%s", message % args, times)
        self._untold, self._next_s = 0, now_s + TOLD_AGAIN_S


class Bound:
    """The most that there may be of something. The log is told when it is reached.

    `name` is what the log calls the things, as "Replies that wait".
    """

    def __init__(self, name: str, most: int, clock: Clock) -> None:
        self._name = name
        self._most = most
        self._seldom = Seldom(clock)

    def has_room(self, number: int) -> bool:
        """Whether there may be one more, if there are so many now. If not, the log is told."""
        self.note(number)
        return number < self._most

    def note(self, number: int) -> None:
        """Tell the log if there are so many now that there should be no more; what then happens is the caller's."""
        if number >= self._most:
            self._seldom.warn("%s: no more than %s are taken", self._name, f"{self._most:,}")


class Backoff:
    """Spaces out the tries of something that fails, and logs once at each end of an outage.

    After a failure nobody tries for `first_s` seconds, then for twice as long after each further failure, up to
    `longest_s`, or for as long as the server asked. Callers in between get the last failure again. `name` is what the
    log calls it. `chance` gives numbers from 0 to 1, like `random.random`.
    """

    def __init__(
        self,
        name: str,
        *,
        first_s: float,
        longest_s: float,
        clock: Clock,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._name = name
        self._first_s = first_s
        self._longest_s = longest_s
        self._clock = clock
        self._chance = chance
        self._last: SuperOfficeError | None = None
        self._next_pause_s = first_s
        # The first failure sets these; nothing reads them before.
        self._outage_began_s: float
        self._last_failed_s: float
        self._next_try_s: float

    def begin(self) -> float:
        """When a try begins. Raises the last failure again while it is too early for another try."""
        now_s = self._clock.monotonic()
        if self._last is not None and now_s < self._next_try_s:
            raise self._last.with_traceback(None)  # without this, its traceback grows each time it is raised
        return now_s

    def failed(self, error: SuperOfficeError) -> None:
        """Note that a try failed."""
        now_s = self._clock.monotonic()
        if self._last is None:
            self._outage_began_s = now_s
            log.warning("%s: failed: %s", self._name, error)
        elif error.reason is not self._last.reason:
            log.warning("%s: still failing, now for another reason: %s", self._name, error)
        self._last = error
        self._last_failed_s = now_s
        self._next_try_s = now_s + max(self._pause_s(), _asked_s(error))

    def succeeded(self, began_s: float) -> None:
        """Note that a try succeeded, which ends an outage, unless the try began before another one failed."""
        if self._last is None or began_s < self._last_failed_s:
            return
        log.warning("%s: working again after %.0f s", self._name, self._clock.monotonic() - self._outage_began_s)
        self._last = None
        self._next_pause_s = self._first_s

    def hasten(self) -> None:
        """End the pause: the failure had a cause that is gone, or that has a back-off of its own.

        As long as the server asked to wait, nobody tries. The outage goes on until a try succeeds.
        """
        if self._last is not None:
            self._next_try_s = self._last_failed_s + _asked_s(self._last)
            self._next_pause_s = self._first_s

    def _pause_s(self) -> float:
        """How long the pause after a failure is. The next one is twice as long."""
        pause_s = min(self._next_pause_s, self._longest_s / (1 + JITTER))
        self._next_pause_s = 2 * pause_s
        return pause_s * (1 + JITTER * self._chance())


def _asked_s(error: SuperOfficeError) -> float:
    """How long a pause the server asked for, in seconds; 0 if it asked for none."""
    return min(error.retry_after_s, LONGEST_ASKED_S)
