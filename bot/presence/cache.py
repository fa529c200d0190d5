"""One value, kept fresh: a single flight for all who wait, and never a failure kept."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

from bot.presence.ports import Monotonic

T = TypeVar("T")


class FreshValue(Generic[T]):
    """A value that is fetched again once it is `fresh_s` seconds old.

    All who ask while a fetch is under way share it. One who gives up cancels nobody else's: the fetch is the cache's
    own task, ended only by `close`.
    """

    def __init__(self, fetch: Callable[[], Awaitable[T]], *, fresh_s: float, monotonic: Monotonic) -> None:
        self._fetch = fetch
        self._fresh_s = fresh_s
        self._monotonic = monotonic
        self._kept: tuple[float, T] | None = None
        self._flight: asyncio.Task[T] | None = None

    async def get(self) -> T:
        """The value, at most `fresh_s` seconds old. Raises what the fetch raises."""
        kept = self.last(self._fresh_s)
        if kept is not None:
            return kept
        if self._flight is None:
            self._flight = asyncio.create_task(self._fly())
            self._flight.add_done_callback(self._land)
        return await asyncio.shield(self._flight)

    def last(self, max_age_s: float) -> T | None:
        """The value of the last good fetch, if it is younger than `max_age_s` seconds."""
        return self._kept[1] if self._kept and self.age_s() < max_age_s else None

    def age_s(self) -> float:
        """How long ago the last good fetch ended; endless if there was none."""
        return self._monotonic() - self._kept[0] if self._kept else float("inf")

    async def close(self) -> None:
        """End a fetch that is under way; those who wait for it are cancelled."""
        if self._flight is not None:
            self._flight.cancel()
            await asyncio.wait([self._flight])

    async def _fly(self) -> T:
        value = await self._fetch()
        self._kept = (self._monotonic(), value)
        return value

    def _land(self, flight: asyncio.Task[T]) -> None:
        self._flight = None
        if not flight.cancelled():
            flight.exception()  # seen here, so that a failure which nobody waits for is not reported as lost
