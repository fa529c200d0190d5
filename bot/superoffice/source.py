"""SuperOffice as a source of snapshots."""

import asyncio
from collections.abc import Iterable, Mapping
from itertools import chain
from typing import Final

from bot.clock import Clock
from bot.errors import Reason, Unexpected
from bot.freshness import FreshValue
from bot.limits import Bound
from bot.presence.model import Agent, Snapshot, Topic, uncovered
from bot.superoffice.api import MAX_NAME, MAX_TOPICS, PresenceRow, SuperOfficeApi, TopicRow
from bot.superoffice.hours import OpeningHours
from bot.superoffice.names import TopicNames, shown

PATIENCE_S: Final = 1.0
"""How long a snapshot waits for topic names after presence has come, in seconds."""


class SuperOfficeSource:
    """Asks SuperOffice who is present. A `PresenceSource`.

    Topic names delay a snapshot by at most `patience_s` seconds and cannot make it fail; opening hours do neither.
    `own_names` are the administrator's names of topics.

    The names' own back-off is for what ails the names alone. After a failure of presence, which pauses by itself, names
    are asked for again beside it, so they are back as soon as presence is.
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
        self._long_names = Bound("Characters of a name", MAX_NAME, clock)
        self._uncovered: frozenset[int] = frozenset()
        self._failed = False

    async def snapshot(self) -> Snapshot:
        """Everybody's presence now. Raises `SuperOfficeError`."""
        if self._failed:
            self._names.hasten()
        self._failed = True  # until it succeeds
        fetching_names = asyncio.create_task(self._names.get())
        # Ask beside the call, for the topics that had nobody last time. `_uncovered` stays empty until a call succeeds,
        # so nobody asks for opening hours during an outage.
        self._hours.refresh(self._uncovered)
        self._uncovered = frozenset()
        try:
            rows = await self._api.presence()
            taken_at = self._clock.now()
            self._failed = False
            await asyncio.wait([fetching_names], timeout=self._patience_s)
        finally:
            fetching_names.cancel()  # it leaves the fetch to others; if it failed, the back-off has logged that
        kept = self._names.last()
        listed = kept.value if kept is not None else ()
        # Off the event loop, which thousands of agents would hold for longer than it takes to answer others.
        agents, topics, nobody_for = await asyncio.to_thread(_read, rows, listed, self._own_names, self._long_names)
        self._uncovered = frozenset(topic.id for topic in nobody_for)
        self._hours.refresh(self._uncovered)
        closed_ids = self._hours.closed(self._uncovered)
        closed = frozenset(topic for topic in nobody_for if topic.id in closed_ids)
        return Snapshot(taken_at, agents, topics, closed, names_known=kept is not None)


def _read(
    rows: list[PresenceRow], listed: Iterable[TopicRow], own_names: Mapping[int, str], long_names: Bound
) -> tuple[tuple[Agent, ...], tuple[Topic, ...], tuple[Topic, ...]]:
    """The agents, all topics by name, and those without anyone present. Uses the rows up.

    A deleted topic is among them only while somebody is present for it: nobody misses cover for it. Raises `Unexpected`
    where there are too many topics.
    """
    names = TopicNames(listed, own_names)
    if any(len(row.name) > MAX_NAME for row in chain[PresenceRow | TopicRow](rows, listed)):
        long_names.note(MAX_NAME)
    agents = agents_of(rows, names)
    rows.clear()  # freeing thousands of rows takes time too, and here it holds nobody up
    known = names.in_use.union(*{agent.topics for agent in agents})
    if len(known) > MAX_TOPICS:
        raise Unexpected(Reason.TOO_LARGE, f"over {MAX_TOPICS:,} topics")
    forgotten = {topic for topic in uncovered(agents, known) if topic.id in names.deleted}
    topics = tuple(sorted(known - forgotten, key=lambda topic: topic.sort_key))
    return agents, topics, uncovered(agents, topics)


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
                    name=shown(row.name) or f"Agent {row.user_id}",
                    present=row.present,
                    ongoing_chats=max(row.ongoing_chats, 0),
                    topics=topics[row.topic_ids],
                )
            )
    if topics and not agents:
        raise Unexpected(Reason.UNREADABLE, "rows, but nobody in them")
    return tuple(agents)
