"""The roster in a terminal: the same words as in Slack, literal, and JSON for machines."""

import io
import json
import time
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Literal

import pytest
from rich.cells import cell_len

from bot import terminal
from bot.as_json import to_json
from bot.presence.model import Snapshot, Topic
from bot.presence.query import KEYWORDS
from bot.presence.reading import Shown
from bot.presence.result import Roster, TopicList, result_of
from bot.words import words_in
from bot.words.language import Language
from tests.kit.crowd import BILLING, RETURNS, agent, asked, fresh, snapshot, stale

ANNA = agent("Anna Berg", BILLING, user_id=3)
BJORN = agent("Bjørn Dahl", BILLING, user_id=4, chats=2)
LI = agent("李小龍", user_id=5, present=False)
OFFICE = snapshot(ANNA, BJORN, LI, topics=(BILLING, RETURNS))
CLOSED = replace(OFFICE, closed=frozenset({RETURNS}))


def screen(columns: int = 20, *, colour: bool = False, pipe: bool = False) -> tuple[io.StringIO, terminal.Terminal]:
    """What is written to a terminal that is so wide, or to a pipe, and that terminal."""
    out = io.StringIO()
    colours: Literal["standard"] | None = "standard" if colour else None
    return out, terminal.Terminal(
        file=out, force_terminal=not pipe, color_system=colours, no_color=False, width=columns, height=50
    )


def shown(
    words: str, reading: Shown | Snapshot = OFFICE, columns: int = 20, *, colour: bool = False, pipe: bool = True
) -> list[str]:
    """The lines that somebody sees who asks with these words. A snapshot is a fresh reading."""
    out, console = screen(columns, colour=colour, pipe=pipe)
    result = result_of(asked(words), fresh(reading) if isinstance(reading, Snapshot) else reading, busy_at=1)
    terminal.show(console, result, words_in(Language.ENGLISH))
    return out.getvalue().splitlines()


def as_json(words: str, reading: Shown) -> Any:
    result = result_of(asked(words), reading, busy_at=1)
    assert isinstance(result, Roster | TopicList)
    return json.loads(to_json(result, busy_at=1))


@pytest.fixture(autouse=True)
def _in_utc(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with monkeypatch.context() as patch:
        patch.setenv("TZ", "UTC")
        time.tzset()
        yield
    time.tzset()


def test_roster() -> None:
    """A roster has one line an agent, in columns, whatever the width of the pipe and of the characters."""
    assert shown("all") == [
        "Who's online",
        "1 free · 1 busy · 1 away · as of 14:03",
        "Anna Berg   free     Billing",
        "Bjørn Dahl  2 chats  Billing",
        "李小龍      away     no topics",
        "Nobody for: Returns",
    ]


def test_topic() -> None:
    """A topic's roster says whom to ask first, as in Slack."""
    assert shown("billing") == [
        "Who's online: Billing",
        "1 free · 1 busy · 0 away · as of 14:03",
        "Ask Anna Berg first: free, without a chat.",
        "Anna Berg   free     Billing",
        "Bjørn Dahl  2 chats  Billing",
    ]


def test_by_topic() -> None:
    """By topic, each topic has its agents, and those without anyone come last."""
    wanderer = agent("Nils Ek", user_id=6)
    assert shown("topics", replace(OFFICE, agents=(ANNA, BJORN, wanderer)))[2:] == [
        "Billing    Anna Berg (free), Bjørn Dahl (2 chats)",
        "Returns    nobody",
        "No topics  Nils Ek (free)",
    ]


def test_closed() -> None:
    """A topic that nobody covers because it is closed is said to be, by topic too; never by a stale roster."""
    assert shown("", CLOSED)[-1] == "Nobody for: Returns (closed now)"
    assert shown("topics", CLOSED)[-1] == "Returns  nobody, closed now"
    for words in ("", "all", "topics", "returns"):
        assert "closed" not in "".join(shown(words, stale(CLOSED)))


def test_nobody() -> None:
    """Nobody online is an answer of its own, and says how many are away; what was so is not said to be so now."""
    assert shown("", replace(OFFICE, agents=(LI,)))[-1] == "Nobody is online. 1 is away."
    assert shown("", stale(replace(OFFICE, agents=(LI,))))[-1] == "Nobody was online."
    assert shown("returns", stale(OFFICE))[-1] == "Nobody was online for Returns."


def test_no_match() -> None:
    """Words that name no topic are answered with what they may have meant."""
    assert shown("biling") == ["No topic matches “biling”. Did you mean Billing?", "Topics: Billing, Returns"]
    assert shown("x", snapshot()) == ["No topic matches “x”."]


def test_names_missing() -> None:
    """Without the list of topics, words that only it could tell of get everybody, and other answers get a note."""
    missing = replace(OFFICE, names_known=False)
    note = "I don't have SuperOffice's list of topics just now, so topics may be missing here or shown by number."
    said = "I can't look up “vip” just now: I don't have SuperOffice's list of topics. Here is everybody who is online."
    assert shown("vip", missing) == [shown("")[0], said, *shown("")[1:]]
    assert shown("", missing) == [*shown(""), note]
    assert shown("topics", missing) == [*shown("topics"), note]
    assert shown("topics", snapshot())[-1] == "SuperOffice names no chat topics."
    assert shown("billing", missing) == shown("billing")
    assert as_json("", fresh(missing)) == as_json("", fresh(OFFICE)) | {"names_known": False}


@pytest.mark.parametrize(("words", "line"), [("", 1), ("topics", 1), ("billing", 1), ("biling", 0)])
def test_stale(words: str, line: int) -> None:
    """Old data says so first, with its cause and age, and its time once."""
    said = "SuperOffice is not reachable: it refused the connection. This is from 14:03, 4 minutes ago."
    lines = shown(words, stale(OFFICE))
    assert lines[line] == said
    assert "".join(lines).count("14:03") == 1


def test_colour() -> None:
    """On a terminal the state has a colour; the words stay."""
    [line] = [line for line in shown("", columns=80, colour=True, pipe=False) if "Anna" in line]
    assert "\x1b[32mfree " in line


def test_literal() -> None:
    """Names are shown as they are, also where they look like markup."""
    odd = snapshot(agent("[red]Eve[/red] :smile:"))
    assert "[red]Eve[/red] :smile:  free  no topics" in shown("", odd)


BUSY_OFFICE = snapshot(
    agent("Maximiliana von und zu " * 9, BILLING, RETURNS, user_id=3),
    agent("李小龍", RETURNS, user_id=5, chats=2),
    topics=(BILLING, RETURNS, Topic(3, "Orders and delivery")),
)


@pytest.mark.parametrize("columns", [20, 40, 80, 120])
@pytest.mark.parametrize("words", ["all", "topics", "returns", "biling"])
def test_every_line_fits(words: str, columns: int) -> None:
    """On a terminal no line is wider than the terminal, breaks inside a word that fits, or ends in spaces."""
    lines = shown(words, BUSY_OFFICE, columns, pipe=False)
    assert max(map(cell_len, lines)) <= columns
    assert [line for line in lines if line != line.rstrip()] == []
    assert " ".join(" ".join(lines).split()) == " ".join(" ".join(shown(words, BUSY_OFFICE)).split())


def test_narrow() -> None:
    """Where the last column would be narrow, it stands below the others; else it is wrapped where it stands."""
    assert shown("topics", columns=24, pipe=False)[-5:] == [
        "Billing",
        "  Anna Berg (free),",
        "  Bjørn Dahl (2 chats)",
        "Returns",
        "  nobody",
    ]
    assert shown("topics", columns=30, pipe=False)[-3:] == [
        "Billing  Anna Berg (free),",
        "         Bjørn Dahl (2 chats)",
        "Returns  nobody",
    ]
    assert shown("", columns=24, pipe=False)[-3:] == ["Bjørn Dahl  2 chats", "  Billing", "Nobody for: Returns"]


def test_help() -> None:
    """The help has every word that means something, as it is typed, but for help itself."""
    words = ["", " billing", *(f" {word}" for word in KEYWORDS if word != "help")]
    assert [typed for typed, _ in terminal.HELP] == [f"who-is-online who{word}" for word in words]


@pytest.mark.parametrize(("words", "ids"), [("", [3, 4]), ("all", [3, 4, 5]), ("topics", [3, 4]), ("billing", [3, 4])])
def test_json(words: str, ids: list[int]) -> None:
    """As JSON, the answer has its time in UTC, whether it is stale, and its agents, in exactly these fields."""
    said = as_json(words, fresh(OFFICE))
    assert [each["user_id"] for each in said.pop("agents")] == ids
    said.pop("topics", None)
    assert said == {"taken_at": "2026-03-02T14:03:00Z", "stale": False}
    of_bjorn = {"user_id": 4, "name": "Bjørn Dahl", "present": True, "ongoing_chats": 2, "state": "busy"}
    said = as_json(words, stale(replace(OFFICE, agents=(BJORN,))))
    assert said["stale"] is True
    assert said["agents"] == [of_bjorn | {"topics": [{"id": 1, "name": "Billing"}]}]


def test_json_by_topic() -> None:
    """By topic, JSON has each topic too, with the ids of its agents, and whether it is closed, in the list's order."""
    assert as_json("topics", fresh(CLOSED))["topics"] == [
        {"id": 1, "name": "Billing", "closed": False, "user_ids": [3, 4]},
        {"id": 3, "name": "Returns", "closed": True, "user_ids": []},
    ]


def test_findings() -> None:
    """A finding of `check` has its mark, its words, and below them what to do, all literal, in a pipe on one line."""
    said = "Slack: [red]refused[/red] " * 3 + "again"
    for pipe, lines in (
        (True, [f"✗ {said}", "  → Fix it.", "✓ Machine: fine"]),
        (
            False,
            [
                "✗ Slack:",
                *2 * ["  [red]refused[/red]", "  Slack:"],
                "  [red]refused[/red]",
                "  again",
                "  → Fix it.",
                "✓ Machine: fine",
            ],
        ),
    ):
        out, console = screen(pipe=pipe)
        terminal.show_line(console, "✗", said, "Fix it.")
        terminal.show_line(console, "✓", "Machine: fine")
        assert out.getvalue().splitlines() == lines


def test_only_the_mark_of_a_finding_has_a_colour() -> None:
    """On a terminal the mark has a colour, and the words have none."""
    out, console = screen(80, colour=True)
    terminal.show_line(console, "!", "Machine: fine", "Look.")
    assert out.getvalue() == "\x1b[33m!\x1b[0m Machine: fine\n  → Look.\n"
