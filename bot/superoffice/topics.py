"""The names of topics, kept for an hour. A roster never fails, and hardly waits, for their sake."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from typing import Final

from bot.errors import Reason, SuperOfficeError
from bot.presence.cache import FreshValue
from bot.presence.ports import Monotonic
from bot.presence.query import one_line
from bot.superoffice.parsing import TopicNames

log = logging.getLogger(__name__)

FRESH_S: Final = 3600.0
"""Topic names change rarely."""

PATIENCE_S: Final = 1.0
"""How long a roster that has come waits for names that have not."""

PAUSE_S: Final = 60.0
"""How long names that could not be fetched are left alone."""


class TopicDirectory:
    """Knows what topics are called: the server's names, then the administrator's `own_names` on top."""

    def __init__(
        self,
        fetch: Callable[[], Awaitable[TopicNames]],
        *,
        own_names: Mapping[int, str],
        monotonic: Monotonic,
    ) -> None:
        self._fetch = fetch
        self._names = FreshValue(self._try, fresh_s=FRESH_S, monotonic=monotonic)
        self._own_names = {topic_id: one_line(name) for topic_id, name in own_names.items()}
        self._monotonic = monotonic
        self._not_before = float("-inf")
        self._failing: Reason | None = None

    async def fetch(self) -> None:
        """See to it that the names are fresh. Failures are logged, not raised."""
        if self._monotonic() >= self._not_before:
            with suppress(SuperOfficeError):
                await self._names.get()

    async def names(self, fetching: asyncio.Task[None]) -> TopicNames:
        """The best names there are, after a moment of patience for the ones being fetched."""
        await asyncio.wait([fetching], timeout=PATIENCE_S)
        last = self._names.last(float("inf")) or TopicNames({})
        return last.overridden_by(self._own_names)

    async def _try(self) -> TopicNames:
        try:
            names = await self._fetch()
        except SuperOfficeError as error:
            self._not_before = self._monotonic() + PAUSE_S
            if error.reason is not self._failing:
                log.warning("Topic names could not be fetched: %s", error)
            self._failing = error.reason
            raise
        self._failing = None
        return names

    async def close(self) -> None:
        """End a fetch that is under way."""
        await self._names.close()
