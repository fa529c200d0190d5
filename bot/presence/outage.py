"""An outage of SuperOffice: tries are spaced out while it lasts, and it is logged once at each end."""

import logging
from collections.abc import Callable
from typing import Final

from bot.errors import SuperOfficeError
from bot.presence.ports import Monotonic

log = logging.getLogger(__name__)

FIRST_PAUSE_S: Final = 1.0
LONGEST_PAUSE_S: Final = 30.0
LONGEST_ASKED_PAUSE_S: Final = 300.0
"""A server that asks for a longer pause than this gets this one; its roster is too old to show by then."""

JITTER: Final = 0.25
"""The part of a pause that chance adds, so that several bots do not come back in step."""


class Outage:
    """Whether SuperOffice may be tried. `chance` gives numbers from 0 to 1, as `random.random`.

    After a failure nobody tries for a second, then 2, 4, 8 and so on up to 30, or for as long as SuperOffice asked.
    """

    def __init__(self, *, monotonic: Monotonic, chance: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._chance = chance
        self._began = 0.0
        self._next_try = 0.0
        self._failures = 0
        self._last: SuperOfficeError | None = None

    def check(self) -> None:
        """Raise the last failure again, while it is too early for another try."""
        if self._last is not None and self._monotonic() < self._next_try:
            raise self._last.with_traceback(None)  # else it would grow with each raising

    def failed(self, error: SuperOfficeError) -> None:
        """Note that a try failed."""
        now = self._monotonic()
        if self._last is None:
            self._began = now
            log.warning("SuperOffice went: %s", error)
        elif error.reason is not self._last.reason:
            log.warning("SuperOffice is still gone, for another reason: %s", error)
        self._last = error
        pause = min(FIRST_PAUSE_S * 2**self._failures, LONGEST_PAUSE_S / (1 + JITTER)) * (1 + JITTER * self._chance())
        self._next_try = now + max(pause, min(error.retry_after_s, LONGEST_ASKED_PAUSE_S))
        self._failures = min(self._failures + 1, 10)

    def answered(self) -> None:
        """Note that SuperOffice answered, which ends an outage."""
        if self._last is not None:
            log.warning("SuperOffice is back, after %.0f s", self._monotonic() - self._began)
        self._last = None
        self._failures = 0
