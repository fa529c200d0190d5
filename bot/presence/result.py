"""What a reading says to a query: who, in which order, how many, and which topics nobody covers."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final, assert_never

from bot.presence.match import Match, match, numbered
from bot.presence.model import Agent, State, Topic
from bot.presence.query import ByTopic, Everybody, Named, Numbered, Online, Query
from bot.presence.reading import Fresh, Shown

TURN_S: Final = 60
"""How long one agent is named first among agents who are equally free, in seconds."""

_ORDER: Final = {State.FREE: 0, State.BUSY: 1, State.AWAY: 2}


@dataclass(frozen=True, slots=True)
class Seat:
    """An agent with their state, as a roster shows them."""

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

    `seats`: free agents first, then those with the fewest chats, then by name. `count`: all agents that the query is
    about, shown or not. `topics`: those asked for, empty for all. `uncovered`: topics that the query is about and for
    which nobody is present. `ask_first`: for one topic, the agent to ask first; None if the reading is stale.
    """

    reading: Shown
    seats: tuple[Seat, ...]
    count: Count
    topics: tuple[Topic, ...]
    uncovered: tuple[Topic, ...]
    ask_first: Seat | None = None


@dataclass(frozen=True, slots=True)
class TopicGroup:
    """A topic with its present members, free agents first."""

    topic: Topic
    seats: tuple[Seat, ...]


@dataclass(frozen=True, slots=True)
class TopicList:
    """Who is online by topic: by name, topics without anyone last. `without_topic`: who is in none of them."""

    reading: Shown
    groups: tuple[TopicGroup, ...]
    without_topic: tuple[Seat, ...]
    count: Count


@dataclass(frozen=True, slots=True)
class NoMatch:
    """No topic matches `words`, which may have meant other topics or keywords."""

    reading: Shown
    words: str
    topics_meant: tuple[Topic, ...] = ()
    keywords_meant: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class NamesMissing:
    """Whether a topic matches `words` is not known, because SuperOffice has not given its list of topics.

    `roster`: who is online, for whatever topic.
    """

    reading: Shown
    words: str
    roster: Roster


Result = Roster | TopicList | NoMatch | NamesMissing


def result_of(query: Query, reading: Shown, *, busy_at: int) -> Result:
    """What the reading says to the query."""
    match query:
        case Online():
            return _roster(reading, reading.snapshot.agents, busy_at)
        case Everybody():
            return _roster(reading, reading.snapshot.agents, busy_at, with_away=True)
        case ByTopic():
            return _by_topic(reading, busy_at)
        case Named(words):
            snapshot = reading.snapshot
            return _for_topics(words, match(words, snapshot.topics, all_known=snapshot.names_known), reading, busy_at)
        case Numbered(topic_id):
            return _for_topics(f"#{topic_id}", numbered(topic_id, reading.snapshot.topics), reading, busy_at)
        case _:
            assert_never(query)


def _for_topics(words: str, found: Match, reading: Shown, busy_at: int) -> Roster | NoMatch | NamesMissing:
    if not found.topics and not reading.snapshot.names_known:
        return NamesMissing(reading, words, _roster(reading, reading.snapshot.agents, busy_at))
    if not found.topics:
        return NoMatch(reading, words, found.topics_meant, found.keywords_meant)
    wanted = set(found.topics)
    members = [agent for agent in reading.snapshot.agents if not wanted.isdisjoint(agent.topics)]
    return _roster(reading, members, busy_at, topics=found.topics)


def _roster(
    reading: Shown,
    agents: Iterable[Agent],
    busy_at: int,
    *,
    with_away: bool = False,
    topics: tuple[Topic, ...] = (),
) -> Roster:
    seats = _seats(agents, busy_at)
    uncovered = set(reading.snapshot.uncovered())
    return Roster(
        reading=reading,
        seats=tuple(seat for seat in seats if with_away or seat.state is not State.AWAY),
        count=_count(seats),
        topics=topics,
        uncovered=tuple(topic for topic in _by_name(topics or reading.snapshot.topics) if topic in uncovered),
        # Of several topics, an agent may be a member of some only.
        ask_first=(
            _ask_first(seats, reading.snapshot.taken_at) if len(topics) == 1 and isinstance(reading, Fresh) else None
        ),
    )


def _ask_first(seats: list[Seat], at: datetime) -> Seat | None:
    """A free agent with the fewest chats, else a busy one. Equals take turns, in the same order in every process."""
    present = [seat for seat in seats if seat.state is not State.AWAY]
    equals = [seat for seat in present if _load(seat) == _load(present[0])]
    return equals[int(at.timestamp()) // TURN_S % len(equals)] if equals else None


def _by_topic(reading: Shown, busy_at: int) -> TopicList:
    seats = _seats(reading.snapshot.agents, busy_at)
    present: dict[Topic, list[Seat]] = defaultdict(list)
    for seat in seats:
        if seat.state is not State.AWAY:
            for topic in seat.agent.topics:
                present[topic].append(seat)
    groups = [TopicGroup(topic, tuple(present[topic])) for topic in _by_name(reading.snapshot.topics)]
    groups.sort(key=lambda group: not group.seats)
    without_topic = tuple(seat for seat in seats if seat.state is not State.AWAY and not seat.agent.topics)
    return TopicList(reading, tuple(groups), without_topic, _count(seats))


def _seats(agents: Iterable[Agent], busy_at: int) -> list[Seat]:
    seats = [Seat(agent, agent.state(busy_at)) for agent in agents]
    return sorted(seats, key=_free_first)


def _load(seat: Seat) -> tuple[int, int]:
    return _ORDER[seat.state], seat.agent.ongoing_chats


def _free_first(seat: Seat) -> tuple[int, int, str, int]:
    return *_load(seat), seat.agent.name.casefold(), seat.agent.user_id


def _by_name(topics: Iterable[Topic]) -> list[Topic]:
    return sorted(topics, key=lambda topic: topic.sort_key)


def _count(seats: Iterable[Seat]) -> Count:
    states = Counter(seat.state for seat in seats)
    return Count(free=states[State.FREE], busy=states[State.BUSY], away=states[State.AWAY])
