"""Agents, topics, and the snapshot of both at one moment."""

import dataclasses
from itertools import permutations

import pytest

from bot.presence.model import State, Topic
from tests.kit.crowd import BILLING, ORDERS, RETURNS, TEAM, VIP, agent, fresh, snapshot, stale


@pytest.mark.parametrize(
    ("present", "chats", "busy_at", "state"),
    [
        (True, 0, 1, State.FREE), (True, 1, 1, State.BUSY), (True, 2, 3, State.FREE), (True, 3, 3, State.BUSY),
        (True, 9, 3, State.BUSY), (False, 0, 1, State.AWAY), (False, 9, 1, State.AWAY),
    ],
)  # fmt: skip
def test_an_agent_is_free_busy_or_away(present: bool, chats: int, busy_at: int, state: State) -> None:
    """An agent who is not present is away, whatever they do; one who is present is busy from busy_at chats."""
    assert agent(present=present, chats=chats).state(busy_at) is state


def test_a_topic_is_uncovered_if_nobody_is_present_for_it() -> None:
    """Agents who are away, or members of nothing, cover no topic; busy ones do. Topics keep their order."""
    assert TEAM.uncovered() == (RETURNS, VIP)
    assert dataclasses.replace(TEAM, agents=TEAM.agents[2:]).uncovered() == (ORDERS, RETURNS, VIP)
    assert snapshot(agent("Anna", BILLING)).uncovered() == ()


@pytest.mark.parametrize(
    "in_order",
    [
        (Topic(2, "ORDERS"), Topic(3, "orders"), Topic(1, "Returns")),
        (Topic(9, "Topic 9"), Topic(10, "Topic 10"), Topic(100, "Topic 100")),
        (Topic(50, "topic 9"), Topic(51, "Topic 9"), Topic(10, "Topic 10")),
        (Topic(8, "2 for 1"), Topic(7, "12"), Topic(1, "Line"), Topic(3, "Line 2b"), Topic(2, "Line 010")),
        (Topic(1, "9" * 5_000), Topic(2, "1" + "0" * 5_000)),
    ],
    ids=["names", "without a name", "a name like theirs", "numbers anywhere", "numbers too long for int"],
)
def test_topics_are_in_the_order_of_their_names(in_order: tuple[Topic, ...]) -> None:
    """Topics come by name in any case, numbers in names by value, and those of one name by id."""
    for given in permutations(in_order):
        assert tuple(sorted(given, key=lambda each: each.sort_key)) == in_order


@pytest.mark.parametrize("thing", [TEAM, agent(), BILLING, fresh(), stale()], ids=lambda thing: type(thing).__name__)
def test_what_is_known_cannot_be_changed(thing: object) -> None:
    """Many readers share a snapshot, so nobody can change it."""
    assert dataclasses.is_dataclass(thing)
    for field in dataclasses.fields(thing):
        with pytest.raises(dataclasses.FrozenInstanceError):
            setattr(thing, field.name, None)
