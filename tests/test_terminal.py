"""The roster in a terminal: the same words as in Slack, literal, and JSON for machines."""

import io
import json
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from rich.console import Console

from bot import terminal
from bot.errors import Reason, Unreachable
from bot.languages import Language
from bot.presence.model import Agent, Snapshot, Topic
from bot.presence.query import parse
from bot.presence.roster import NoSuchTopic, answer
from bot.slack.views.words import words_in

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
BILLING, RETURNS = Topic(2, "Billing"), Topic(7, "Returns")
ANNA = Agent(3, "Anna Berg", present=True, ongoing_chats=0, topics=(BILLING,))
BJORN = Agent(4, "Bjørn Dahl", present=True, ongoing_chats=2, topics=(BILLING,))
LI = Agent(5, "李小龍", present=False, ongoing_chats=0, topics=())


def _snapshot(*agents: Agent, stale: bool = False) -> Snapshot:
    cause = Unreachable(Reason.TIMEOUT) if stale else None
    return Snapshot(NOON, agents, (BILLING, RETURNS), stale_because=cause, age_s=240.0)


def _shown(words: str, snapshot: Snapshot, *, colour: bool = False) -> list[str]:
    out = io.StringIO()
    console = Console(file=out, force_terminal=colour, width=20)
    said = answer(parse(words), snapshot, busy_at=1)
    terminal.show(console, said, words_in(Language.ENGLISH))
    return out.getvalue().splitlines()


def _json(words: str, snapshot: Snapshot) -> Any:
    said = answer(parse(words), snapshot, busy_at=1)
    assert not isinstance(said, NoSuchTopic)
    return json.loads(terminal.to_json(said))


@pytest.fixture(autouse=True)
def _in_utc(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with monkeypatch.context() as patch:
        patch.setenv("TZ", "UTC")
        time.tzset()
        yield
    time.tzset()


def test_roster() -> None:
    """One line an agent, in columns, whatever the width of the pipe and of the characters."""
    assert _shown("all", _snapshot(ANNA, BJORN, LI)) == [
        "Who's online",
        "1 free · 1 busy · 1 away · as of 12:00",
        "Anna Berg   free     Billing",
        "Bjørn Dahl  2 chats  Billing",
        "李小龍      away     no topics",
        "Nobody for: Returns",
    ]


def test_topic() -> None:
    """For a topic it says whom to ask first, as in Slack."""
    assert _shown("billing", _snapshot(ANNA, BJORN, LI)) == [
        "Who's online: Billing",
        "1 free · 1 busy · 0 away · as of 12:00",
        "Ask Anna Berg first: free, without a chat.",
        "Anna Berg   free     Billing",
        "Bjørn Dahl  2 chats  Billing",
    ]


def test_closed() -> None:
    """Topics that nobody covers because they are closed are said to be."""
    closed = replace(_snapshot(ANNA), closed=frozenset({RETURNS}))
    assert _shown("", closed)[-1] == "Nobody for: Returns (closed now)"


def test_closed_by_topic() -> None:
    """By topic too, a closed topic is said to be, as in Slack."""
    closed = replace(_snapshot(ANNA), closed=frozenset({RETURNS}))
    assert _shown("topics", closed)[-1] == "Returns  nobody, closed now"


def test_nobody() -> None:
    """Nobody online is an answer of its own, and says how many are away."""
    assert _shown("", _snapshot(LI))[-1] == "Nobody is online. 1 is away."


def test_by_topic() -> None:
    """By topic, each topic has its agents, and those without anyone come last."""
    wanderer = Agent(6, "Nils Ek", present=True, ongoing_chats=0, topics=())
    assert _shown("topics", _snapshot(ANNA, BJORN, wanderer))[2:] == [
        "Billing    Anna Berg (free), Bjørn Dahl (2 chats)",
        "Returns    nobody",
        "No topics  Nils Ek (free)",
    ]


def test_no_such_topic() -> None:
    """Words that name no topic are answered with what they may have meant."""
    assert _shown("biling", _snapshot(ANNA)) == [
        "No topic matches “biling”. Did you mean Billing?",
        "Topics: Billing, Returns",
    ]


def test_stale() -> None:
    """Old data says so first, with its cause and age."""
    said = "SuperOffice is not reachable: it did not answer in time. This is from 12:00, 4 minutes ago."
    assert _shown("", _snapshot(ANNA, stale=True))[1] == said
    assert _shown("topics", _snapshot(ANNA, stale=True))[1] == said


def test_colour() -> None:
    """On a terminal the state has a colour; the words stay."""
    (line,) = [line for line in _shown("", _snapshot(ANNA), colour=True) if "Anna" in line]
    assert "\x1b[32mfree\x1b[0m" in line


def test_literal() -> None:
    """Names are shown as they are, also where they look like markup."""
    agent = Agent(9, "[red]Eve[/red] :smile:", present=True, ongoing_chats=0, topics=())
    assert "[red]Eve[/red] :smile:  free  no topics" in _shown("", _snapshot(agent))


@pytest.mark.parametrize(("words", "ids"), [("", [3, 4]), ("all", [3, 4, 5]), ("topics", [3, 4])])
def test_json(words: str, ids: list[int]) -> None:
    """As JSON, the answer has its time in UTC, whether it is stale, and its agents with their topics."""
    said = _json(words, _snapshot(ANNA, BJORN, LI))
    assert said["taken_at"] == "2026-03-02T12:00:00Z"
    assert said["stale"] is False
    assert [agent["user_id"] for agent in said["agents"]] == ids


def test_json_agent() -> None:
    """As JSON, an agent has exactly these fields."""
    said = _json("", _snapshot(ANNA, stale=True))
    assert said["stale"] is True
    assert said["agents"] == [
        {
            "user_id": 3,
            "name": "Anna Berg",
            "present": True,
            "ongoing_chats": 0,
            "topics": [{"id": 2, "name": "Billing"}],
        }
    ]
