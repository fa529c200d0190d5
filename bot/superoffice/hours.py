"""Which topics are outside their opening hours. A snapshot never waits for that."""

import asyncio
from collections.abc import Collection, Iterable, Iterator
from typing import Final

from bot.errors import SuperOfficeError
from bot.freshness import FreshValues

KEPT_S: Final = 60.0
"""How long an answer is used, in seconds, counted from its arrival."""

FRESH_S: Final = 45.0
"""The age at which a topic is asked for again, in seconds, so that the new answer comes before the old one ends."""

PAUSE_S: Final = 60.0
"""The longest pause after a failure, in seconds."""

AT_ONCE: Final = 4
MOST_TOPICS: Final = 500


class OpeningHours:
    """Asks for the opening hours of topics, in the background, for as long as somebody wants to know."""

    def __init__(self, is_open: FreshValues[int, bool | None]) -> None:
        self._is_open = is_open
        self._asking: asyncio.Task[None] | None = None

    def closed(self, topic_ids: Collection[int]) -> frozenset[int]:
        """Those of the topics that SuperOffice called closed in the last minute.

        No topics until all are known: beside those that are marked, the others would look open.
        """
        kept = {topic_id: self._is_open.last(topic_id, KEPT_S) for topic_id in topic_ids}
        if None in kept.values():
            return frozenset()
        return frozenset(topic_id for topic_id, each in kept.items() if each is not None and each.value is False)

    def refresh(self, topic_ids: Iterable[int]) -> None:
        """Ask in the background for those that are due. Does nothing while questions are under way."""
        if self._asking is not None and not self._asking.done():
            return
        wanted = sorted(topic_ids)[:MOST_TOPICS]
        if wanted:
            self._asking = asyncio.create_task(self._ask_for(wanted))

    async def close(self) -> None:
        """End what is under way."""
        if self._asking is not None:
            self._asking.cancel()
            await asyncio.wait([self._asking])

    async def _ask_for(self, topic_ids: Iterable[int]) -> None:
        """Ask for all of them, a few at a time, until SuperOffice fails."""
        waiting = iter(topic_ids)
        try:
            async with asyncio.TaskGroup() as group:
                for _ in range(AT_ONCE):
                    group.create_task(self._ask_on(waiting))
        except* SuperOfficeError:
            pass  # the back-off logs it

    async def _ask_on(self, waiting: Iterator[int]) -> None:
        for topic_id in waiting:
            await self._is_open.get(topic_id)  # asks the server only if the answer is not fresh
