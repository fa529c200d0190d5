"""Agents, topics, and the snapshot of both at one moment."""

import dataclasses

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


def test_topics_are_in_the_order_of_their_names() -> None:
    """Topics come by name in any case; those of one name by id, in whatever order they were given."""
    orders, returns, two_orders = Topic(3, "orders"), Topic(1, "Returns"), Topic(2, "ORDERS")

    assert sorted((returns, orders, two_orders), key=lambda each: each.sort_key) == [two_orders, orders, returns]


@pytest.mark.parametrize("thing", [TEAM, agent(), BILLING, fresh(), stale()], ids=lambda thing: type(thing).__name__)
def test_what_is_known_cannot_be_changed(thing: object) -> None:
    """Many readers share a snapshot, so nobody can change it."""
    assert dataclasses.is_dataclass(thing)
    for field in dataclasses.fields(thing):
        with pytest.raises(dataclasses.FrozenInstanceError):
            setattr(thing, field.name, None)
