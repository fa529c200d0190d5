"""Replies become agents and topics, and nothing that is not valid comes out."""

import json
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import Unexpected
from bot.presence.model import Topic
from bot.superoffice.parsing import TopicNames, known_topics, read_agents, read_topic_names
from tests.fakes import an_agent

TOPICS = TopicNames({1: "Billing", 2: "orders", 3: "VIP", 5: ""}, deleted=frozenset({3}))

numbers = st.integers(-(2**31), 2**31 - 1)
texts = st.none() | st.text(st.characters())
rows = st.none() | st.builds(
    SimpleNamespace,
    UserId=st.none() | numbers,
    DisplayName=texts,
    OngoingChats=st.none() | numbers,
    Present=st.none() | st.booleans(),
    ChatTopics=st.none() | st.builds(SimpleNamespace, int=st.none() | st.lists(numbers)),
)
items = st.none() | st.builds(SimpleNamespace, Id=st.none() | numbers, Name=texts, Deleted=st.none() | st.booleans())


def a_row(user_id: int | None = 3, name: str | None = "Anna Berg", topics: list[int] | None = None) -> SimpleNamespace:
    return SimpleNamespace(
        UserId=user_id,
        DisplayName=name,
        OngoingChats=None,
        Present=True,
        ChatTopics=None if topics is None else SimpleNamespace(int=topics),
    )


def an_item(topic_id: int | None, name: str | None, *, deleted: bool = False) -> SimpleNamespace:
    return SimpleNamespace(Id=topic_id, Name=name, Deleted=deleted)


@given(st.none() | st.lists(rows), st.none() | st.lists(items))
def test_whatever_is_read_is_valid(
    presence: list[SimpleNamespace | None] | None, names: list[SimpleNamespace | None]
) -> None:
    """Of every reply that zeep lets through come agents and topics that all the rest of the product can hold."""
    topics = read_topic_names(names)
    try:
        agents = read_agents(presence, topics)
    except Unexpected:
        assert presence  # and nothing in any row of it
        return
    known = known_topics(agents, topics)

    for agent in agents:
        assert isinstance(agent.user_id, int)
        assert isinstance(agent.present, bool)
        assert agent.ongoing_chats >= 0
        assert agent.name.strip()
        assert len(set(agent.topics)) == len(agent.topics)
        assert set(agent.topics) <= set(known)
    for topic in known:
        assert isinstance(topic.id, int)
        assert topic.name.strip()
    said = [agent.name for agent in agents] + [topic.name for topic in known]
    assert "\n" not in "".join(said)
    assert json.dumps(said, ensure_ascii=False).encode("utf-8")
    assert list(known) == sorted(set(known))
    assert len({topic.id for topic in known}) == len(known)


def test_no_agent_is_lost() -> None:
    """Every row with an id or a name, or that is present, is an agent, in the order of the reply."""
    reply = [a_row(4, "Ole"), None, a_row(3, None), a_row(None, None), a_row(None, "Kim"), a_row(4, "Ole")]

    assert [(agent.user_id, agent.name) for agent in read_agents(reply, TOPICS)] == [
        (4, "Ole"),
        (3, "Agent 3"),
        (0, "Agent 0"),
        (0, "Kim"),
        (4, "Ole"),
    ]


@pytest.mark.parametrize(
    "reply", [[None], [SimpleNamespace(UserId=None, DisplayName=None, OngoingChats=None, Present=None)]]
)
def test_rows_that_say_nothing_are_not_nobody(reply: list[SimpleNamespace | None]) -> None:
    """Rows with nothing in any of them are no way to say that nobody is there."""
    with pytest.raises(Unexpected):
        read_agents(reply, TOPICS)


def test_no_reply_is_no_agents_and_no_topics() -> None:
    """What zeep makes of an empty array is an empty array."""
    assert read_agents(None, TOPICS) == read_agents([], TOPICS) == ()
    assert read_topic_names(None) == read_topic_names([]) == TopicNames({})


def test_an_agents_topics_come_by_name_and_once() -> None:
    """Topics are in the order of their names, whatever their case, and each once."""
    (agent,) = read_agents([a_row(topics=[2, 12, 3, 1, 2])], TOPICS)

    assert agent == an_agent(
        "Anna Berg", Topic(1, "Billing"), Topic(2, "orders"), Topic(12, "Topic 12"), Topic(3, "VIP")
    )


def test_the_item_0_is_dropped() -> None:
    """Item 0, "All", is no topic, and neither is an item without an id."""
    names = read_topic_names([an_item(0, "All"), None, an_item(None, "Nothing"), an_item(1, "Billing")])

    assert names == TopicNames({1: "Billing"})


def test_a_name_of_a_topic_is_one_clean_line() -> None:
    """What is shown beside other people's words cannot reorder or break them."""
    names = read_topic_names([an_item(1, " Bil\u202eling\r\n& more "), an_item(2, "\u200b"), an_item(3, None)])

    assert [names.topic(topic_id).name for topic_id in (1, 2, 3)] == ["Billing & more", "Topic 2", "Topic 3"]


def test_a_deleted_topic_keeps_its_name_and_leaves_the_list() -> None:
    """Deleted topics are known for the sake of those who are still members, and are not listed."""
    names = read_topic_names([an_item(1, "Billing"), an_item(9, "Fax", deleted=True)])

    assert names.listed() == {Topic(1, "Billing")}
    assert names.topic(9) == Topic(9, "Fax")


def test_a_topic_named_by_the_administrator_is_not_deleted() -> None:
    """Who names a topic in the settings wants to see it."""
    assert Topic(3, "Very important") in TOPICS.overridden_by({3: "Very important"}).listed()


def test_known_topics_are_those_in_use_and_those_with_members() -> None:
    """A deleted or unnamed topic is known only through its members, and nothing is known twice."""
    agents = read_agents([a_row(topics=[1, 3, 12])], TOPICS)

    assert known_topics((), TOPICS) == (Topic(1, "Billing"), Topic(2, "orders"), Topic(5, "Topic 5"))
    assert [topic.id for topic in known_topics(agents, TOPICS)] == [1, 2, 3, 5, 12]
