"""A question put to a snapshot: who, in which order, how many, and what nobody covers."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from bot.presence.model import Agent, Snapshot, State, Topic
from bot.presence.query import Kind, Query, match

TURN_S: Final = 60
"""How long an agent is the first to be asked, among others who are as free."""

_ORDER = {State.FREE: 0, State.BUSY: 1, State.AWAY: 2}


@dataclass(frozen=True, slots=True)
class Seat:
    """An agent as the roster shows them."""

    agent: Agent
    state: State


@dataclass(frozen=True, slots=True)
class Count:
    """How many agents are in each state."""

    free: int
    busy: int
    away: int


@dataclass(frozen=True, slots=True)
class Roster:
    """Who is online.

    `seats`: free first, then fewest chats, then by name. `count`: everybody in question, shown or not. `topics`: those
    asked for, empty for all. `uncovered`: topics in question for which nobody is present. `ask_first`: for topics, the
    agent whose turn it is.
    """

    snapshot: Snapshot
    seats: tuple[Seat, ...]
    count: Count
    topics: tuple[Topic, ...]
    uncovered: tuple[Topic, ...]
    ask_first: Seat | None = None


@dataclass(frozen=True, slots=True)
class TopicGroup:
    """A topic with its members who are present, free first."""

    topic: Topic
    seats: tuple[Seat, ...]


@dataclass(frozen=True, slots=True)
class TopicList:
    """Who is online, by topic: by name, topics without anyone last; `without_topic` are members of none."""

    snapshot: Snapshot
    groups: tuple[TopicGroup, ...]
    without_topic: tuple[Seat, ...]
    count: Count


@dataclass(frozen=True, slots=True)
class NoSuchTopic:
    """No topic goes by these words, which may have meant others."""

    snapshot: Snapshot
    words: str
    topics_meant: tuple[Topic, ...]
    keywords_meant: tuple[str, ...]


Answer = Roster | TopicList | NoSuchTopic


def answer(query: Query, snapshot: Snapshot, *, busy_at: int) -> Answer:
    """What the snapshot says to the question. Help is no question about presence, and shows the roster."""
    if query.kind is Kind.BY_TOPIC:
        return _by_topic(snapshot, busy_at)
    if query.kind is not Kind.TOPIC:
        return _roster(snapshot, busy_at, snapshot.agents, with_away=query.kind is Kind.EVERYBODY)
    found = match(query.words, snapshot.topics)
    if not found.topics:
        return NoSuchTopic(snapshot, query.words, found.topics_meant, found.keywords_meant)
    wanted = set(found.topics)
    members = [agent for agent in snapshot.agents if not wanted.isdisjoint(agent.topics)]
    return _roster(snapshot, busy_at, members, topics=found.topics)


def _roster(
    snapshot: Snapshot,
    busy_at: int,
    agents: Iterable[Agent],
    *,
    with_away: bool = False,
    topics: tuple[Topic, ...] = (),
) -> Roster:
    seats = _seats(agents, busy_at)
    in_question = _by_name(topics or snapshot.topics)
    uncovered = set(snapshot.uncovered())
    return Roster(
        snapshot=snapshot,
        seats=tuple(seat for seat in seats if with_away or seat.state is not State.AWAY),
        count=_count(seats),
        topics=topics,
        uncovered=tuple(topic for topic in in_question if topic in uncovered),
        ask_first=_ask_first(seats, snapshot.taken_at) if topics else None,
    )


def _ask_first(seats: list[Seat], at: datetime) -> Seat | None:
    """The free agent with the fewest chats, else the busy one. Equals take turns, the same ones in every replica."""
    present = [seat for seat in seats if seat.state is not State.AWAY]
    equals = [seat for seat in present if _burden(seat) == _burden(present[0])]
    return equals[int(at.timestamp() // TURN_S) % len(equals)] if equals else None


def _by_topic(snapshot: Snapshot, busy_at: int) -> TopicList:
    seats = _seats(snapshot.agents, busy_at)
    present: dict[Topic, list[Seat]] = defaultdict(list)
    for seat in seats:
        if seat.state is not State.AWAY:
            for topic in seat.agent.topics:
                present[topic].append(seat)
    groups = [TopicGroup(topic, tuple(present[topic])) for topic in _by_name(snapshot.topics)]
    groups.sort(key=lambda group: not group.seats)
    without_topic = tuple(seat for seat in seats if seat.state is not State.AWAY and not seat.agent.topics)
    return TopicList(snapshot, tuple(groups), without_topic, _count(seats))


def _seats(agents: Iterable[Agent], busy_at: int) -> list[Seat]:
    seats = [Seat(agent, agent.state(busy_at)) for agent in agents]
    return sorted(seats, key=_free_first)


def _burden(seat: Seat) -> tuple[int, int]:
    return _ORDER[seat.state], seat.agent.ongoing_chats


def _free_first(seat: Seat) -> tuple[int, int, str, int]:
    return *_burden(seat), seat.agent.name.casefold(), seat.agent.user_id


def _by_name(topics: Iterable[Topic]) -> list[Topic]:
    return sorted(topics, key=lambda topic: (topic.name.casefold(), topic.id))


def _count(seats: Iterable[Seat]) -> Count:
    states = Counter(seat.state for seat in seats)
    return Count(free=states[State.FREE], busy=states[State.BUSY], away=states[State.AWAY])
