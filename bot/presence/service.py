"""Presence as people may see it: fresh, else stale and labelled, else the error."""

import dataclasses
import random
from collections.abc import Callable

from bot.errors import SuperOfficeError
from bot.presence.cache import FreshValue
from bot.presence.model import Snapshot
from bot.presence.outage import Outage
from bot.presence.ports import Monotonic, PresenceSource


class PresenceService:
    """Answers "who is online" from memory while that is `fresh_s` young, else by one call for all who ask.

    When SuperOffice fails, the last snapshot serves up to `stale_s` seconds of age, marked with the cause; and the next
    tries are spaced out, while callers in between get the same answer at once.
    """

    def __init__(
        self,
        source: PresenceSource,
        *,
        fresh_s: float,
        stale_s: float,
        monotonic: Monotonic,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._source = source
        self._snapshots = FreshValue(self._try, fresh_s=fresh_s, monotonic=monotonic)
        self._stale_s = stale_s
        self._outage = Outage(monotonic=monotonic, chance=chance)

    async def current(self) -> Snapshot:
        """The present state of things. Raises `SuperOfficeError` when there is nothing honest to show."""
        try:
            return await self._snapshots.get()
        except SuperOfficeError as error:
            last = self._snapshots.last(self._stale_s)
            if last is None:
                raise
            # Opening hours are told as of now, or not at all.
            return dataclasses.replace(last, closed=frozenset(), stale_because=error, age_s=self._snapshots.age_s())

    async def _try(self) -> Snapshot:
        self._outage.check()
        try:
            snapshot = await self._source.snapshot()
        except SuperOfficeError as error:
            self._outage.failed(error)
            raise
        self._outage.answered()
        return snapshot

    async def close(self) -> None:
        """End the call that is under way, if any."""
        await self._snapshots.close()
