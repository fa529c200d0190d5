"""A question put to a snapshot: who, in which order, how many, and what nobody covers."""

from dataclasses import replace
from datetime import timedelta
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import Reason, Unreachable
from bot.presence.model import Agent, Snapshot, State, Topic
from bot.presence.query import Kind, Query
from bot.presence.roster import Count, NoSuchTopic, Roster, TopicList, answer
from tests.fakes import NOW, a_snapshot, an_agent

BILLING, ORDERS, RETURNS, VIP = Topic(1, "Billing"), Topic(2, "orders"), Topic(3, "Returns"), Topic(4, "VIP")
TOPICS = (VIP, RETURNS, ORDERS, BILLING)

ANNA = an_agent("Anna Berg", BILLING, ORDERS, user_id=3)
OLE = an_agent("ole Hansen", ORDERS, user_id=4)
BJORN = an_agent("Bj\u00f8rn Dahl", BILLING, user_id=5, chats=2)
INGRID = an_agent("Ingrid Solberg", BILLING, user_id=8, chats=1)
LARS = an_agent("Lars Nilsson", VIP, user_id=9, present=False)
SOFIE = an_agent("Sofie Jansen", VIP, BILLING, user_id=12, present=False, chats=1)
SNAPSHOT = a_snapshot(SOFIE, BJORN, OLE, LARS, INGRID, ANNA, topics=TOPICS)

IN_ORDER = (ANNA, OLE, INGRID, BJORN, LARS, SOFIE)


def roster(query: Query, *agents: Agent, busy_at: int = 1) -> Roster:
    """The roster that answers a question, of SNAPSHOT or of these agents."""
    said = answer(query, a_snapshot(*agents, topics=TOPICS) if agents else SNAPSHOT, busy_at=busy_at)
    assert isinstance(said, Roster)
    return said


def shown(said: Roster) -> tuple[Agent, ...]:
    return tuple(seat.agent for seat in said.seats)


WHO, EVERYBODY, BY_TOPIC = Query(Kind.ROSTER), Query(Kind.EVERYBODY), Query(Kind.BY_TOPIC)


# Who, and in which order


def test_who_is_online_shows_those_who_are_present() -> None:
    """The roster shows who is free or busy, and nobody who is away."""
    said = roster(WHO)

    assert shown(said) == (ANNA, OLE, INGRID, BJORN)
    assert [seat.state for seat in said.seats] == [State.FREE, State.FREE, State.BUSY, State.BUSY]


def test_all_shows_who_is_away_too() -> None:
    """The word "all" adds those who are away, at the end."""
    assert shown(roster(EVERYBODY)) == IN_ORDER


@pytest.mark.parametrize("agents", list(permutations((ANNA, OLE, INGRID, BJORN, SOFIE)))[::7])
def test_the_order_does_not_depend_on_superoffices(agents: tuple[Agent, ...]) -> None:
    """Free first, then fewest chats, then by name in any case, away last, in whatever order they came."""
    assert shown(roster(EVERYBODY, *agents)) == (ANNA, OLE, INGRID, BJORN, SOFIE)


def test_agents_of_one_name_are_in_the_order_of_their_ids() -> None:
    """Two Kims keep their places from one roster to the next."""
    one, two = an_agent("Kim Smit", user_id=70), an_agent("KIM SMIT", user_id=71)

    assert shown(roster(WHO, two, one)) == shown(roster(WHO, one, two)) == (one, two)


def test_free_with_chats_comes_before_busy() -> None:
    """Where one chat is no trouble, who has one is free, after those who have none."""
    said = roster(WHO, busy_at=2)

    assert shown(said) == (ANNA, OLE, INGRID, BJORN)
    assert said.count == Count(free=3, busy=1, away=2)


# How many


@pytest.mark.parametrize("query", [WHO, EVERYBODY, Query(Kind.HELP)])
def test_everybody_is_counted_shown_or_not(query: Query) -> None:
    """The count tells of all agents, those who are away among them, even where they are not shown."""
    assert roster(query).count == Count(free=2, busy=2, away=2)


def test_nobody_at_all_is_an_answer() -> None:
    """An office without agents has a roster without seats, and nobody covers anything."""
    said = answer(WHO, a_snapshot(topics=TOPICS), busy_at=1)

    assert isinstance(said, Roster)
    assert (said.seats, said.count) == ((), Count(0, 0, 0))
    assert said.uncovered == (BILLING, ORDERS, RETURNS, VIP)


# What nobody covers


def test_uncovered_are_the_topics_without_anyone_present() -> None:
    """A topic whose members are all away, or that has none, is uncovered; topics come by name."""
    assert roster(WHO).uncovered == roster(EVERYBODY).uncovered == (RETURNS, VIP)


def test_a_busy_agent_covers_a_topic() -> None:
    """Who is busy is present, and present is covered."""
    assert BILLING not in roster(WHO, BJORN).uncovered


def test_a_snapshot_tells_which_topics_nobody_is_present_for() -> None:
    """Who is away, or a member of nothing, covers nothing; topics keep their order."""
    assert SNAPSHOT.uncovered() == (VIP, RETURNS)
    assert a_snapshot(LARS, SOFIE, topics=TOPICS).uncovered() == TOPICS
    assert a_snapshot(BJORN).uncovered() == ()


def test_a_closed_topic_is_uncovered_too() -> None:
    """A topic outside its opening hours is named among those that nobody covers."""
    known = replace(SNAPSHOT, closed=frozenset({VIP}))
    said = answer(WHO, known, busy_at=1)

    assert isinstance(said, Roster)
    assert said.uncovered == (RETURNS, VIP)


# For a topic


def test_a_topics_roster_has_its_members_alone() -> None:
    """Who is online for a topic: its members, counted and shown; those who are away are counted only."""
    said = roster(Query(Kind.TOPIC, "billing"))

    assert said.topics == (BILLING,)
    assert shown(said) == (ANNA, INGRID, BJORN)
    assert said.count == Count(free=1, busy=2, away=1)
    assert said.uncovered == ()


def test_several_topics_share_one_roster() -> None:
    """Words that name several topics show the members of any, each once, and which of them are uncovered."""
    said = roster(Query(Kind.TOPIC, "r"))
    assert said.topics == (RETURNS,)

    said = roster(Query(Kind.TOPIC, "i"))
    assert said.topics == (BILLING, VIP)
    assert shown(said) == (ANNA, INGRID, BJORN)
    assert said.count == Count(free=1, busy=2, away=2)
    assert said.uncovered == (VIP,)


def test_a_topic_that_nobody_covers_is_an_answer() -> None:
    """A topic without anyone present has an empty roster that names it as uncovered."""
    said = roster(Query(Kind.TOPIC, "VIP"))

    assert (said.topics, said.seats, said.uncovered) == ((VIP,), (), (VIP,))
    assert said.count == Count(free=0, busy=0, away=2)


def test_no_such_topic_says_what_was_asked_and_what_may_be_meant() -> None:
    """Words that name no topic are handed back, with what they may have meant."""
    said = answer(Query(Kind.TOPIC, "biling"), SNAPSHOT, busy_at=1)

    assert said == NoSuchTopic(SNAPSHOT, "biling", (BILLING,), ())
    assert answer(Query(Kind.TOPIC, "topcs"), SNAPSHOT, busy_at=1) == NoSuchTopic(SNAPSHOT, "topcs", (), ("topics",))


# Whom to ask first


def first(words: str, *agents: Agent, minute: float = 0, busy_at: int = 1) -> Agent | None:
    """Whom to ask first for a topic, of these agents, so many minutes after NOW."""
    taken_at = NOW.replace(second=0) + timedelta(minutes=minute)
    known = Snapshot(taken_at, agents, TOPICS)
    said = answer(Query(Kind.TOPIC, words), known, busy_at=busy_at)
    assert isinstance(said, Roster)
    return said.ask_first.agent if said.ask_first else None


KIM, LEE, MAX = (an_agent(name, BILLING, user_id=n) for n, name in enumerate(("Kim", "Lee", "Max"), start=20))


def test_the_first_to_ask_is_free_with_the_fewest_chats() -> None:
    """Of those who are free, who has the fewest chats is asked first, before anybody busy or away."""
    one_chat = an_agent("Aa", BILLING, user_id=30, chats=1)
    two_chats = an_agent("Ab", BILLING, user_id=31, chats=2)

    assert first("billing", SOFIE, BJORN, INGRID, ANNA) == ANNA
    assert first("billing", two_chats, one_chat, BJORN, busy_at=5) == one_chat


def test_where_nobody_is_free_the_busy_one_with_the_fewest_chats_is_asked() -> None:
    """Who has least to do is asked where all are busy; who is away is never asked."""
    assert first("billing", SOFIE, BJORN, INGRID) == INGRID
    assert first("billing", SOFIE) is None
    assert first("vip", LARS, SOFIE, ANNA) is None


def test_only_members_of_the_topic_are_asked() -> None:
    """Somebody free who is no member is not asked."""
    assert first("billing", OLE, BJORN) == BJORN
    assert first("returns", OLE, BJORN, ANNA) is None


@given(st.integers(1, 6), st.integers(0, 10_000), st.integers(0, 59))
def test_equals_take_turns_by_the_minute(count: int, minute: int, second: int) -> None:
    """Of equals each is asked first for a minute, everyone in turn, whatever the order in which they came."""
    equals = [an_agent(f"Agent {n}", BILLING, user_id=n) for n in range(count)]
    turns = [first("billing", BJORN, *equals, minute=minute + n) for n in range(count)]

    assert sorted(agent.user_id for agent in turns if agent) == [agent.user_id for agent in equals]
    assert first("billing", BJORN, *equals, minute=minute + count) == turns[0]
    assert first("billing", *reversed(equals), BJORN, minute=minute + second / 60) == turns[0]


def test_equals_are_equal_in_chats_too() -> None:
    """Who has a chat more takes no turn, though both are free, or both are busy."""
    more = an_agent("Aaron", BILLING, user_id=40, chats=1)
    busier = an_agent("Aaron", BILLING, user_id=41, chats=3)

    assert {first("billing", KIM, more, minute=n, busy_at=2) for n in range(10)} == {KIM}
    assert {first("billing", BJORN, busier, minute=n) for n in range(10)} == {BJORN}


def test_the_turn_depends_on_the_snapshot_alone() -> None:
    """Whoever asks, and whichever replica answers: of one snapshot the same agent is asked first."""
    known = a_snapshot(KIM, LEE, MAX, topics=TOPICS)
    said = [answer(Query(Kind.TOPIC, words), known, busy_at=1) for words in ("billing", "1", "bil")]

    assert len({each.ask_first for each in said if isinstance(each, Roster)}) == 1
    old = replace(known, stale_because=Unreachable(Reason.TIMEOUT), age_s=200.0)
    assert roster_of(old, "billing").ask_first == roster_of(known, "billing").ask_first


@pytest.mark.parametrize("query", [WHO, EVERYBODY, Query(Kind.HELP)])
def test_without_a_topic_nobody_is_asked_first(query: Query) -> None:
    """Of all agents none is recommended: what they are members of differs."""
    assert roster(query).ask_first is None


def roster_of(known: Snapshot, words: str) -> Roster:
    said = answer(Query(Kind.TOPIC, words), known, busy_at=1)
    assert isinstance(said, Roster)
    return said


# By topic


def by_topic(busy_at: int = 1) -> TopicList:
    said = answer(BY_TOPIC, SNAPSHOT, busy_at=busy_at)
    assert isinstance(said, TopicList)
    return said


def test_by_topic_every_topic_is_there_and_the_uncovered_come_last() -> None:
    """Topics come by name in any case, those without anyone present last."""
    assert [group.topic for group in by_topic().groups] == [BILLING, ORDERS, RETURNS, VIP]
    assert [bool(group.seats) for group in by_topic().groups] == [True, True, False, False]


def test_uncovered_topics_come_last_whatever_their_name() -> None:
    """A topic without anyone present stands after those that are covered, though its name comes first."""
    said = answer(BY_TOPIC, a_snapshot(OLE, topics=TOPICS), busy_at=1)

    assert isinstance(said, TopicList)
    assert [group.topic for group in said.groups] == [ORDERS, BILLING, RETURNS, VIP]


def test_by_topic_members_come_as_in_the_roster() -> None:
    """Within a topic the members who are present come free first, then fewest chats, then by name."""
    members = {group.topic: [seat.agent for seat in group.seats] for group in by_topic().groups}

    assert members == {BILLING: [ANNA, INGRID, BJORN], ORDERS: [ANNA, OLE], RETURNS: [], VIP: []}
    assert by_topic().count == Count(free=2, busy=2, away=2)


def test_busy_begins_where_it_is_set_in_every_answer() -> None:
    """The number of chats from which an agent is busy holds for the list by topic too."""
    assert by_topic(busy_at=3).count == Count(free=4, busy=0, away=2)


@pytest.mark.parametrize("query", [WHO, EVERYBODY, BY_TOPIC, Query(Kind.HELP), Query(Kind.TOPIC, "no such")])
def test_every_answer_keeps_its_snapshot(query: Query) -> None:
    """An answer carries the snapshot it was made from, with its time and its label."""
    assert answer(query, SNAPSHOT, busy_at=1).snapshot is SNAPSHOT
