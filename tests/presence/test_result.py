"""What a reading says to a query: who, in which order, how many, and which topics nobody covers."""

from dataclasses import replace
from datetime import timedelta
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.presence.model import Agent, State, Topic
from bot.presence.query import ByTopic, Everybody, Named, Numbered, Online, Query
from bot.presence.reading import Shown
from bot.presence.result import Count, NamesMissing, NoMatch, Roster, TopicList, result_of
from tests.kit.clock import NOW
from tests.kit.crowd import agent, fresh, snapshot, stale

BILLING, ORDERS, RETURNS, VIP = Topic(1, "Billing"), Topic(5, "orders"), Topic(3, "Returns"), Topic(4, "VIP")
TOPICS = (VIP, RETURNS, ORDERS, BILLING)

ANNA = agent("Anna Berg", BILLING, ORDERS, user_id=3)
OLE = agent("ole Hansen", ORDERS, user_id=4)
BJORN = agent("Bjørn Dahl", BILLING, user_id=5, chats=2)
INGRID = agent("Ingrid Solberg", BILLING, user_id=8, chats=1)
LARS = agent("Lars Nilsson", VIP, user_id=9, present=False)
SOFIE = agent("Sofie Jansen", VIP, BILLING, user_id=12, present=False, chats=1)
OFFICE = fresh(snapshot(SOFIE, BJORN, OLE, LARS, INGRID, ANNA, topics=TOPICS))


def with_agents(*agents: Agent) -> Shown:
    return fresh(snapshot(*agents, topics=TOPICS))


def roster(query: Query, reading: Shown = OFFICE, *, busy_at: int = 1) -> Roster:
    said = result_of(query, reading, busy_at=busy_at)
    assert isinstance(said, Roster)
    return said


def shown(query: Query, reading: Shown = OFFICE, *, busy_at: int = 1) -> tuple[Agent, ...]:
    return tuple(seat.agent for seat in roster(query, reading, busy_at=busy_at).seats)


# Who, and in which order


def test_who_is_online_are_those_who_are_present() -> None:
    """The roster shows who is free or busy; "all" adds those who are away, at the end. Both count everybody."""
    assert shown(Online()) == (ANNA, OLE, INGRID, BJORN)
    assert [seat.state for seat in roster(Online()).seats] == [State.FREE, State.FREE, State.BUSY, State.BUSY]
    assert shown(Everybody()) == (ANNA, OLE, INGRID, BJORN, LARS, SOFIE)
    assert roster(Online()).count == roster(Everybody()).count == Count(free=2, busy=2, away=2)


@pytest.mark.parametrize("agents", list(permutations((ANNA, OLE, INGRID, BJORN, SOFIE)))[::7])
def test_the_order_does_not_depend_on_superoffices(agents: tuple[Agent, ...]) -> None:
    """Agents come free first, then with the fewest chats, then by name in any case, away last."""
    assert shown(Everybody(), with_agents(*agents)) == (ANNA, OLE, INGRID, BJORN, SOFIE)


def test_agents_of_one_name_are_in_the_order_of_their_ids() -> None:
    """Two Kims keep their places from one roster to the next."""
    one, two = agent("Kim Smit", user_id=70), agent("KIM SMIT", user_id=71)

    assert shown(Online(), with_agents(two, one)) == shown(Online(), with_agents(one, two)) == (one, two)


def test_an_agent_is_busy_from_busy_at_chats() -> None:
    """An agent with fewer chats than busy_at is free, after those who have none, in every kind of answer."""
    assert shown(Online(), busy_at=2) == (ANNA, OLE, INGRID, BJORN)
    assert roster(Online(), busy_at=2).count == Count(free=3, busy=1, away=2)
    assert by_topic(busy_at=3).count == Count(free=4, busy=0, away=2)


# How many, and what nobody covers


def test_uncovered_topics_come_by_name() -> None:
    """A topic whose members are all away, or that has none, is uncovered, closed or not; a busy agent covers one."""
    assert roster(Online()).uncovered == roster(Everybody()).uncovered == (RETURNS, VIP)
    assert BILLING not in roster(Online(), with_agents(BJORN)).uncovered
    closed = fresh(replace(OFFICE.snapshot, closed=frozenset({VIP})))
    assert roster(Online(), closed).uncovered == (RETURNS, VIP)


def test_nobody_at_all_is_an_answer() -> None:
    """An office without agents has a roster without seats, and nobody covers anything."""
    said = roster(Online(), with_agents())

    assert (said.seats, said.count, said.uncovered) == ((), Count(0, 0, 0), (BILLING, ORDERS, RETURNS, VIP))


# For topics


@pytest.mark.parametrize(
    ("query", "topics", "members", "count", "uncovered"),
    [
        (Named("billing"), (BILLING,), (ANNA, INGRID, BJORN), Count(free=1, busy=2, away=1), ()),
        (Numbered(1), (BILLING,), (ANNA, INGRID, BJORN), Count(free=1, busy=2, away=1), ()),
        (Named("i"), (BILLING, VIP), (ANNA, INGRID, BJORN), Count(free=1, busy=2, away=2), (VIP,)),
        (Named("vip"), (VIP,), (), Count(free=0, busy=0, away=2), (VIP,)),
    ],
)
def test_a_topics_roster_has_its_members_alone(
    query: Query, topics: tuple[Topic, ...], members: tuple[Agent, ...], count: Count, uncovered: tuple[Topic, ...]
) -> None:
    """For one topic or several, their members are counted and shown, each once; those who are away are counted only."""
    said = roster(query)

    assert (said.topics, shown(query), said.count, said.uncovered) == (topics, members, count, uncovered)


@pytest.mark.parametrize(
    ("query", "words", "meant"),
    [
        (Named("biling"), "biling", ((BILLING,), ())),
        (Named("topcs"), "topcs", ((), ("topics",))),
        (Numbered(9), "#9", ((), ())),
    ],
)
def test_no_match_says_what_was_asked_and_what_may_be_meant(
    query: Query, words: str, meant: tuple[tuple[Topic, ...], tuple[str, ...]]
) -> None:
    """A query that names no topic gives its words back, with what they may have meant."""
    assert result_of(query, OFFICE, busy_at=1) == NoMatch(OFFICE, words, *meant)


NAMELESS = fresh(replace(OFFICE.snapshot, topics=(BILLING, ORDERS), names_known=False))


@pytest.mark.parametrize(
    ("query", "words"), [(Named("vip"), "vip"), (Named("bill"), "bill"), (Numbered(4), "#4"), (Named("topcs"), "topcs")]
)
def test_names_that_are_missing_are_not_no_match(query: Query, words: str) -> None:
    """Without SuperOffice's list of topics, words that name none of those known get everybody, not "no match"."""
    assert result_of(query, NAMELESS, busy_at=1) == NamesMissing(NAMELESS, words, roster(Online(), NAMELESS))


@pytest.mark.parametrize("query", [Named("billing"), Named("1"), Numbered(1)])
def test_a_topic_that_is_known_needs_no_list(query: Query) -> None:
    """Without the list, a topic that its members or the administrator tell of is found by id or by its whole name."""
    assert roster(query, NAMELESS).topics == (BILLING,)


# Whom to ask first


def first(query: Query, *agents: Agent, minute: float = 0, busy_at: int = 1) -> Agent | None:
    """Whom to ask first, of these agents, so many minutes after NOW."""
    taken_at = NOW.replace(second=0) + timedelta(minutes=minute)
    reading = fresh(replace(snapshot(*agents, topics=TOPICS), taken_at=taken_at))
    seat = roster(query, reading, busy_at=busy_at).ask_first
    return seat.agent if seat else None


ASKED = Named("billing")
KIM = agent("Kim", BILLING, user_id=20)


def test_the_first_to_ask_is_free_with_the_fewest_chats() -> None:
    """Of the members who are free, the one with the fewest chats is asked first, before anybody busy."""
    one_chat, two_chats = (agent("A", BILLING, user_id=30 + chats, chats=chats) for chats in (1, 2))

    assert first(ASKED, SOFIE, BJORN, INGRID, ANNA) == ANNA
    assert first(ASKED, two_chats, one_chat, BJORN, busy_at=5) == one_chat


def test_where_nobody_is_free_the_busy_one_with_the_fewest_chats_is_asked() -> None:
    """Where all are busy, the one with the fewest chats is asked first; nobody who is away, and no other's member."""
    assert first(ASKED, SOFIE, BJORN, INGRID) == INGRID
    assert first(ASKED, SOFIE) is None
    assert first(Named("vip"), LARS, SOFIE, ANNA) is None
    assert first(ASKED, OLE, BJORN) == BJORN


@given(st.integers(1, 6), st.integers(0, 10_000), st.integers(0, 59))
def test_equals_take_turns_by_the_minute(count: int, minute: int, second: int) -> None:
    """Of equals each is asked first for a minute, everyone in turn, whatever the order in which they came."""
    equals = [agent(f"Agent {n}", BILLING, user_id=n) for n in range(count)]
    turns = [first(ASKED, BJORN, *equals, minute=minute + n) for n in range(count)]

    assert sorted(each.user_id for each in turns if each) == [each.user_id for each in equals]
    assert first(ASKED, BJORN, *equals, minute=minute + count) == turns[0]
    assert first(ASKED, *reversed(equals), BJORN, minute=minute + second / 60) == turns[0]
    assert first(Numbered(1), BJORN, *equals, minute=minute) == turns[0]


def test_equals_are_equal_in_chats_too() -> None:
    """An agent with one chat more takes no turn, though both are free, or both are busy."""
    more, busier = agent("Aaron", BILLING, user_id=40, chats=1), agent("Aaron", BILLING, user_id=41, chats=3)

    assert {first(ASKED, KIM, more, minute=n, busy_at=2) for n in range(10)} == {KIM}
    assert {first(ASKED, BJORN, busier, minute=n) for n in range(10)} == {BJORN}


def test_where_it_cannot_be_known_nobody_is_asked_first() -> None:
    """A stale roster can't know who is free now; of all agents, or those of several topics, not all can take all."""
    assert roster(ASKED, stale(snapshot(KIM, topics=TOPICS), 200)).ask_first is None
    assert roster(Online()).ask_first is roster(Everybody()).ask_first is roster(Named("i")).ask_first is None


# By topic


def by_topic(reading: Shown = OFFICE, *, busy_at: int = 1) -> TopicList:
    said = result_of(ByTopic(), reading, busy_at=busy_at)
    assert isinstance(said, TopicList)
    return said


def test_by_topic_every_topic_is_there_and_the_uncovered_come_last() -> None:
    """Topics come by name in any case; those without anyone present come last, whatever their name."""
    assert [group.topic for group in by_topic().groups] == [BILLING, ORDERS, RETURNS, VIP]
    assert [bool(group.seats) for group in by_topic().groups] == [True, True, False, False]
    assert [group.topic for group in by_topic(with_agents(OLE)).groups] == [ORDERS, BILLING, RETURNS, VIP]


def test_by_topic_members_come_as_in_the_roster() -> None:
    """The present members of a topic come free first, then with the fewest chats, then by name."""
    members = {group.topic: [seat.agent for seat in group.seats] for group in by_topic().groups}

    assert members == {BILLING: [ANNA, INGRID, BJORN], ORDERS: [ANNA, OLE], RETURNS: [], VIP: []}
    assert by_topic().count == Count(free=2, busy=2, away=2)


def test_by_topic_those_without_a_topic_are_there_too() -> None:
    """Agents who are present and members of no topic have a group of their own; those who are away have none."""
    here, gone = agent("Nils Ek", user_id=50), agent("Max", user_id=51, present=False)

    assert [seat.agent for seat in by_topic(with_agents(gone, here, ANNA)).without_topic] == [here]


@pytest.mark.parametrize("query", [Online(), Everybody(), ByTopic(), Named("no such"), Numbered(1)])
@pytest.mark.parametrize("reading", [OFFICE, stale(OFFICE.snapshot)], ids=["fresh", "stale"])
def test_every_answer_keeps_its_reading(query: Query, reading: Shown) -> None:
    """An answer carries the reading it was made from, with its time and its cause."""
    assert result_of(query, reading, busy_at=1).reading is reading
