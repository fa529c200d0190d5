"""Which topics are outside their opening hours, kept for a minute. A roster never waits for that."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable
from contextlib import suppress
from typing import Final

from cachetools import TTLCache

from bot.errors import SuperOfficeError, Unexpected
from bot.presence.ports import Monotonic

log = logging.getLogger(__name__)

KEPT_S: Final = 60.0
"""How long an answer serves."""

ASK_AGAIN_S: Final = 45.0
"""The age from which on it is asked for again, so that the next is there when it ends."""

PAUSE_S: Final = 60.0
"""How long a server that does not tell is left alone."""

TOLD_AFTER: Final = 2
"""Failures in a row that the log tells of. The first comes beside a roster's own failure, of which it tells already."""

AT_ONCE: Final = 4
MOST_TOPICS: Final = 500

_UNKNOWN: Final = (float("-inf"), None)


class OpeningHours:
    """Asks for a topic at a time, in the background, for as long as somebody wants to know."""

    def __init__(self, ask: Callable[[int], Awaitable[bool | None]], *, monotonic: Monotonic) -> None:
        self._ask = ask
        self._monotonic = monotonic
        self._open: TTLCache[int, tuple[float, bool | None]] = TTLCache(MOST_TOPICS, KEPT_S, timer=monotonic)
        self._not_before = float("-inf")
        self._failed = 0
        self._asking: asyncio.Task[None] | None = None

    def closed(self, topic_ids: Iterable[int]) -> frozenset[int]:
        """Those of the topics that the server said are closed, at most a minute ago.

        None, while some have not been asked for: beside those that are marked, they would look open.
        """
        now = self._monotonic()
        known = {topic_id: self._open.get(topic_id, _UNKNOWN) for topic_id in topic_ids}
        if any(now - asked_at >= KEPT_S for asked_at, _ in known.values()):
            return frozenset()
        return frozenset(topic_id for topic_id, (_, is_open) in known.items() if is_open is False)

    def refresh(self, topic_ids: Iterable[int]) -> None:
        """See to it that these are known, soon. Does nothing while it is at work, or where the server does not tell."""
        now = self._monotonic()
        if (self._asking is not None and not self._asking.done()) or now < self._not_before:
            return
        wanted = sorted(topic_ids)[:MOST_TOPICS]
        due = [topic_id for topic_id in wanted if now - self._open.get(topic_id, _UNKNOWN)[0] >= ASK_AGAIN_S]
        if due:
            self._asking = asyncio.create_task(self._ask_for(due))

    async def close(self) -> None:
        """End what is under way."""
        if self._asking is not None:
            self._asking.cancel()
            await asyncio.wait([self._asking])

    async def _ask_for(self, topic_ids: list[int]) -> None:
        """Ask for all of them, a few at a time, until SuperOffice does not answer."""
        waiting = iter(topic_ids)

        async def ask_on() -> None:
            for topic_id in waiting:
                asked_at, is_open = self._monotonic(), None
                with suppress(Unexpected):  # of this topic: it may be deleted, and the others are not
                    is_open = await self._ask(topic_id)
                self._open[topic_id] = (asked_at, is_open)

        try:
            async with asyncio.TaskGroup() as group:
                for _ in range(AT_ONCE):
                    group.create_task(ask_on())
        except* SuperOfficeError as failures:
            self._not_before = self._monotonic() + PAUSE_S
            self._failed += 1
            if self._failed == TOLD_AFTER:
                log.warning("Opening hours could not be fetched: %s", failures.exceptions[0])
        else:
            self._failed = 0
