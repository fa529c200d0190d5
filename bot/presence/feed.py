"""Gives readings: fresh, stale, or only the reason why there is none."""

from typing import Final

from bot.errors import SuperOfficeError
from bot.freshness import FreshValue
from bot.presence.model import Snapshot
from bot.presence.reading import Fresh, Reading, Stale, Unavailable

NAMELESS_FRESH_S: Final = 5.0
"""A snapshot without topic names is shown for at most so many seconds: names may have come since."""


class PresenceFeed:
    """Answers "who is online" from `snapshots`: from memory while it is fresh, else by one call for all who ask.

    When SuperOffice fails, the last snapshot serves until it is `stale_s` seconds old.
    """

    def __init__(self, snapshots: FreshValue[Snapshot], *, stale_s: float) -> None:
        self._snapshots = snapshots
        self._stale_s = stale_s

    def begin(self) -> None:
        """Begin what `current` would wait for, for somebody who will ask in a moment."""
        self._snapshots.begin()

    async def current(self) -> Reading:
        """What may be told now."""
        try:
            snapshot = await self._snapshots.get()
            if not snapshot.names_known:
                snapshot = await self._snapshots.get(NAMELESS_FRESH_S)
            return Fresh(snapshot)
        except SuperOfficeError as error:
            last = self._snapshots.last(self._stale_s)
            return Unavailable(error) if last is None else Stale(last.value, error, last.age_s)
