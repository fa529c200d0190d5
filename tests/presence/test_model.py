"""Agents, topics, and the snapshot of both at one moment."""

import dataclasses

import pytest

from bot.presence.model import State, Topic
from tests.fakes import a_snapshot, an_agent


@pytest.mark.parametrize(
    ("present", "chats", "busy_at", "state"),
    [
        (True, 0, 1, State.FREE),
        (True, 1, 1, State.BUSY),
        (True, 2, 3, State.FREE),
        (True, 3, 3, State.BUSY),
        (True, 9, 3, State.BUSY),
        (False, 0, 1, State.AWAY),
        (False, 9, 1, State.AWAY),
    ],
)
def test_an_agent_is_free_busy_or_away(present: bool, chats: int, busy_at: int, state: State) -> None:
    """Who is not present is away, whatever they do; who is present is busy from busy_at chats on."""
    assert an_agent(present=present, chats=chats).state(busy_at) is state


def test_a_snapshot_is_fresh_unless_told_otherwise() -> None:
    """What came from SuperOffice just now carries no label."""
    assert a_snapshot().stale_because is None


@pytest.mark.parametrize(
    "thing", [a_snapshot(), an_agent(), Topic(1, "Billing")], ids=lambda thing: type(thing).__name__
)
def test_what_is_known_cannot_be_changed(thing: object) -> None:
    """Many readers share a snapshot, so nobody can change it."""
    assert dataclasses.is_dataclass(thing)
    for field in dataclasses.fields(thing):
        with pytest.raises(dataclasses.FrozenInstanceError):
            setattr(thing, field.name, None)
