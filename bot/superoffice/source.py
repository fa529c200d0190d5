"""SuperOffice as a source of snapshots."""

import asyncio
import dataclasses
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Final

from bot.clock import Clock
from bot.errors import Reason, Unexpected
from bot.freshness import FreshValue
from bot.presence.model import Agent, Snapshot, Topic
from bot.superoffice.api import PresenceRow, SuperOfficeApi, TopicRow
from bot.superoffice.hours import OpeningHours
from bot.superoffice.names import TopicNames
from bot.text import one_line

PATIENCE_S: Final = 1.0
"""How long a roster that has come waits for names that have not, in seconds."""


class SuperOfficeSource:
    """Asks SuperOffice who is present. A `PresenceSource`.

    A snapshot never fails, and hardly waits, for `names`; it never waits for `hours`. `own_names` are the
    administrator's names of topics.
    """

    def __init__(
        self,
        api: SuperOfficeApi,
        names: FreshValue[tuple[TopicRow, ...]],
        hours: OpeningHours,
        *,
        own_names: Mapping[int, str],
        clock: Clock,
        patience_s: float = PATIENCE_S,
    ) -> None:
        self._api = api
        self._names = names
        self._hours = hours
        self._own_names = own_names
        self._clock = clock
        self._patience_s = patience_s
        self._uncovered: frozenset[int] = frozenset()

    async def snapshot(self) -> Snapshot:
        """Everybody's presence now. Raises `SuperOfficeError`."""
        fetching_names = asyncio.create_task(self._names.get())
        # Beside the call, for the topics that had nobody last time. None after a failure, until a call succeeds.
        self._hours.refresh(self._uncovered)
        self._uncovered = frozenset()
        try:
            rows = await self._api.presence()
            taken_at = self._clock.now()
            await asyncio.wait([fetching_names], timeout=self._patience_s)
        finally:
            fetching_names.cancel()  # it leaves the fetch to others; if it failed, the back-off has logged that
        kept = self._names.last()
        listed = kept.value if kept is not None else ()
        # Off the event loop, which thousands of agents would hold for longer than it takes to answer others.
        snapshot, uncovered = await asyncio.to_thread(_read, rows, listed, self._own_names, taken_at)
        self._uncovered = frozenset(topic.id for topic in uncovered)
        self._hours.refresh(self._uncovered)
        closed = self._hours.closed(self._uncovered)
        return dataclasses.replace(snapshot, closed=frozenset(topic for topic in uncovered if topic.id in closed))


def _read(
    rows: list[PresenceRow], listed: Iterable[TopicRow], own_names: Mapping[int, str], taken_at: datetime
) -> tuple[Snapshot, tuple[Topic, ...]]:
    names = TopicNames(listed, own_names)
    agents = agents_of(rows, names)
    rows.clear()  # to free thousands of rows takes its time too, and here it holds nobody up
    topics = names.in_use.union(*{agent.topics for agent in agents})
    snapshot = Snapshot(taken_at=taken_at, agents=agents, topics=tuple(sorted(topics)))
    return snapshot, snapshot.uncovered()


def agents_of(rows: Iterable[PresenceRow], names: TopicNames) -> tuple[Agent, ...]:
    """The agents in SuperOffice's order. A row with neither id nor name is nobody, unless it is present.

    Raises `Unexpected` if there are rows and all are nobody: that is no way to say that nobody is there.
    """
    topics: dict[tuple[int, ...], tuple[Topic, ...]] = {}  # many agents are members of the same topics
    agents = []
    for row in rows:
        if row.topic_ids not in topics:
            topics[row.topic_ids] = names.topics(row.topic_ids)
        if row.user_id or row.name or row.present:
            agents.append(
                Agent(
                    user_id=row.user_id,
                    name=one_line(row.name) or f"Agent {row.user_id}",
                    present=row.present,
                    ongoing_chats=max(row.ongoing_chats, 0),
                    topics=topics[row.topic_ids],
                )
            )
    if topics and not agents:
        raise Unexpected(Reason.UNREADABLE, "rows, but nobody in them")
    return tuple(agents)
