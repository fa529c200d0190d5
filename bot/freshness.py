"""Values that are asked for again after a while: the only cache of what other systems say."""

import asyncio
from collections.abc import Awaitable, Callable, Hashable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Any, Generic, TypeVar
from weakref import WeakSet

from cachetools import LRUCache

from bot.clock import Clock
from bot.errors import SuperOfficeError
from bot.limits import Backoff, Bound

K = TypeVar("K", bound=Hashable)
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Kept(Generic[T]):
    """A value, and its age in seconds, counted from the end of its fetch."""

    value: T
    age_s: float


class Overloaded(Exception):
    """Too many fetches wait already, so this one was not begun."""


class FreshValue(Generic[T]):
    """A value that is fetched again once it is `fresh_s` seconds old.

    All who ask while a fetch is under way share it. A caller who gives up does not end it for the others: the fetch
    belongs to this object and is ended only by `close`. With a `backoff`, a failure is raised again, without a new
    fetch, until the next try is due.
    """

    def __init__(
        self, fetch: Callable[[], Awaitable[T]], *, fresh_s: float, clock: Clock, backoff: Backoff | None = None
    ) -> None:
        self._fetch = fetch
        self._fresh_s = fresh_s
        self._clock = clock
        self._backoff = backoff
        self._value: tuple[float, T] | None = None
        self._flight: asyncio.Task[T] | None = None

    async def get(self, max_age_s: float = float("inf")) -> T:
        """The value, at most `fresh_s` and `max_age_s` seconds old. Raises what the fetch raises."""
        kept = self.last(min(self._fresh_s, max_age_s))
        if kept is not None:
            return kept.value
        return await asyncio.shield(self.flight())

    def begin(self) -> None:
        """Begin the fetch that `get` would wait for, for somebody who will ask in a moment."""
        if self.last(self._fresh_s) is None:
            with suppress(SuperOfficeError):  # `get` raises it too
                self.flight()

    def hasten(self) -> None:
        """Let the next `get` try again at once after a failure, or when the pause ends that the server asked for."""
        if self._backoff is not None:
            self._backoff.hasten()

    @property
    def is_under_way(self) -> bool:
        """Whether a fetch is under way."""
        return self._flight is not None

    def flight(self) -> asyncio.Task[T]:
        """The fetch that is under way; if there is none, a new one. Raises the last failure while that is not due."""
        if self._flight is None:
            began_s = self._backoff.begin() if self._backoff is not None else 0.0
            self._flight = asyncio.create_task(self._fly(began_s))
            self._flight.add_done_callback(self._land)
        return self._flight

    def last(self, max_age_s: float = float("inf")) -> Kept[T] | None:
        """The value of the last good fetch, if it is younger than `max_age_s` seconds."""
        if self._value is None:
            return None
        fetched_s, value = self._value
        age_s = self._clock.monotonic() - fetched_s
        return Kept(value, age_s) if age_s < max_age_s else None

    async def close(self) -> None:
        """End a fetch that is under way. Those who wait for it are cancelled."""
        if self._flight is not None:
            self._flight.cancel()
            await asyncio.wait([self._flight])

    async def _fly(self, began_s: float) -> T:
        try:
            value = await self._fetch()
        except SuperOfficeError as error:
            if self._backoff is not None:
                self._backoff.failed(error)
            raise
        if self._backoff is not None:
            self._backoff.succeeded(began_s)
        self._value = (self._clock.monotonic(), value)
        return value

    def _land(self, flight: asyncio.Task[T]) -> None:
        self._flight = None
        if not flight.cancelled():
            flight.exception()  # mark it as seen: asyncio logs failures that nobody waited for


class FreshValues(Generic[K, T]):
    """A `FreshValue` for each key, at most `size` of them; the one that was used least recently goes first.

    At most `at_once` fetches run side by side, and at most `waiting` are under way or wait for their turn.
    A `backoff` is shared by all keys. `name` is what the log calls the fetches when too many wait.
    """

    def __init__(
        self,
        fetch: Callable[[K], Awaitable[T]],
        *,
        fresh_s: float,
        size: int,
        at_once: int,
        waiting: int,
        clock: Clock,
        backoff: Backoff | None = None,
        name: str = "Look-ups",
    ) -> None:
        self._fetch = fetch
        self._fresh_s = fresh_s
        self._clock = clock
        self._backoff = backoff
        self._waiting = Bound(f"{name} that wait", waiting, clock)
        self._values: LRUCache[K, FreshValue[T]] = LRUCache(size)
        self._places = asyncio.Semaphore(at_once)
        self._under_way: set[asyncio.Task[Any]] = set()
        self._forgotten: WeakSet[FreshValue[T]] = WeakSet()

    async def get(self, key: K) -> T:
        """The value of a key, at most `fresh_s` seconds old. Raises what the fetch raises, or `Overloaded`."""
        while True:
            kept = self.fresh(key)
            if kept is not None:
                return kept.value
            value = self._flying(key)
            fetched = await asyncio.shield(value.flight())
            if value not in self._forgotten:
                return fetched

    def begin(self, key: K) -> None:
        """Begin the fetch that `get` would wait for, for somebody who will ask in a moment."""
        if self.fresh(key) is None:
            with suppress(SuperOfficeError, Overloaded):  # `get` raises it too
                self._flying(key)

    def forget(self, key: K) -> None:
        """Drop a key's value. Those who wait for a fetch of it, which may be out of date, wait for a new one."""
        value = self._values.pop(key, None)
        if value is not None:
            self._forgotten.add(value)

    def fresh(self, key: K) -> Kept[T] | None:
        """What `get` would give at once; None if it would have to wait."""
        return self.last(key, self._fresh_s)

    def last(self, key: K, max_age_s: float = float("inf")) -> Kept[T] | None:
        """The value of a key's last good fetch, if it is younger than `max_age_s` seconds."""
        value = self._values.get(key)
        return None if value is None else value.last(max_age_s)

    async def close(self) -> None:
        """End the fetches that are under way."""
        for task in self._under_way:
            task.cancel()
        if self._under_way:
            await asyncio.wait(self._under_way)

    def _flying(self, key: K) -> FreshValue[T]:
        """The value of a key, with a fetch under way. Raises `Overloaded`, and what `flight` raises."""
        value = self._values.get(key)
        if value is None:
            value = FreshValue(
                partial(self._fetch_in_turn, key), fresh_s=self._fresh_s, clock=self._clock, backoff=self._backoff
            )
        if not value.is_under_way:
            if not self._waiting.has_room(len(self._under_way)):
                raise Overloaded
            flight = value.flight()
            self._values[key] = value
            self._under_way.add(flight)  # counted now, not when it begins: many may ask before that
            flight.add_done_callback(self._under_way.discard)
        return value

    async def _fetch_in_turn(self, key: K) -> T:
        async with self._places:
            return await self._fetch(key)
