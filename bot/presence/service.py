"""Presence as people may see it: fresh, else stale and labelled, else the error."""

import dataclasses
import logging

from bot.errors import SuperOfficeError
from bot.presence.cache import FreshValue
from bot.presence.model import Snapshot
from bot.presence.ports import Monotonic, PresenceSource

log = logging.getLogger(__name__)


class PresenceService:
    """Answers "who is online" from memory while that is `fresh_s` young, else by one call for all who ask.

    When SuperOffice fails, the last snapshot serves up to `stale_s` seconds of age, marked with the cause.
    """

    def __init__(self, source: PresenceSource, *, fresh_s: float, stale_s: float, monotonic: Monotonic) -> None:
        self._snapshots = FreshValue(source.snapshot, fresh_s=fresh_s, monotonic=monotonic)
        self._stale_s = stale_s

    async def current(self) -> Snapshot:
        """The present state of things. Raises `SuperOfficeError` when there is nothing honest to show."""
        try:
            return await self._snapshots.get()
        except SuperOfficeError as error:
            log.warning("SuperOffice failed: %s", error)
            last = self._snapshots.last(self._stale_s)
            if last is None:
                raise
            return dataclasses.replace(last, stale_because=error)

    async def close(self) -> None:
        """End the call that is under way, if any."""
        await self._snapshots.close()
