"""Snapshots of every size and kind, and what must hold of every message."""

import dataclasses
import json
import re
from typing import Any

from hypothesis import strategies as st

from bot.presence.model import Agent, Snapshot, Topic
from bot.presence.query import one_line, parse
from bot.presence.roster import answer
from bot.slack.views.message import Message, without_blocks
from bot.slack.views.roster import answer_message
from playground.blocks import problems, refusal
from playground.show import pings, show
from tests.slack.conftest import DOWN, NOW, TAKEN_AT

NASTY = (
    "<!channel> *x*",
    "<!here>",
    "<!everyone|you>",
    "<!subteam^S0123ABCD>",
    "<@U0123ABCD>",
    "<https://evil.example|Click me>",
    "https://evil.example",
    "&lt;!channel&gt;",
    "&amp;",
    ":rotating_light:",
    "`code` ~struck~ _slanted_ *bold* > quoted",
    "```",
    "<!date^1700000000^{date}|x>",
    "\u202eneslO anirataK\u202c",
    "\u2067\u05e0\u05d5\u05e2\u05d4\u2069",
    "a\nb\r\nc\u2028d\te",
    "\x00\x07\x1b[31m",
    "\ud800",
    "👩🏽\u200d💻",
    "Z\u0335\u0321a\u0337\u0328l\u0336\u0321g\u0335o\u0328",
    "   ",
    "",
)

anything = st.one_of(
    st.text(st.characters(), max_size=400),
    st.sampled_from(NASTY),
    st.lists(st.sampled_from(NASTY) | st.text(st.characters(), max_size=5), max_size=8).map("".join),
)
"""What somebody may have typed: all of Unicode, and what means something to Slack."""


@st.composite
def snapshots(draw: st.DrawFn) -> Snapshot:
    """Snapshots as the product reads them from SuperOffice, whatever people have written there."""
    topics = [Topic(number, one_line(draw(anything)) or f"Topic {number}") for number in range(draw(st.integers(0, 4)))]
    agents = tuple(
        Agent(
            user_id,
            one_line(draw(anything)) or f"Agent {user_id}",
            present=draw(st.booleans()),
            ongoing_chats=draw(st.integers(0, 3)),
            topics=tuple(draw(st.lists(st.sampled_from(topics), unique=True))) if topics else (),
        )
        for user_id in range(draw(st.integers(0, 4)))
    )
    return Snapshot(TAKEN_AT, agents, tuple(topics), draw(st.sampled_from([None, DOWN])))


def crowd(agents: int, topics: int, *, uncovered: int = 0, name: int = 300, stale: bool = True) -> Snapshot:
    """So many agents, each in so many topics, with names of `name` characters; all are present.

    Beyond these topics there are `uncovered` ones of which nobody is a member.
    """
    known = [Topic(n, f"Topic {n:03} ".ljust(name, "t")) for n in range(1, topics + uncovered + 1)]
    return Snapshot(
        taken_at=TAKEN_AT,
        agents=tuple(
            Agent(
                n, f"Agent {n:03} ".ljust(name, "W"), present=True, ongoing_chats=n % 200, topics=tuple(known[:topics])
            )
            for n in range(1, agents + 1)
        ),
        topics=tuple(known),
        stale_because=DOWN if stale else None,
    )


def ask(words: str, snapshot: Snapshot, *, minutes: int = 4) -> Message:
    """What is shown to who says these words, so long after the snapshot was taken."""
    said = answer(parse(words), dataclasses.replace(snapshot, age_s=minutes * 60.0), busy_at=1)
    return answer_message(said)


def as_json(message: Message) -> str:
    """The message as it is sent; it can be pasted into Slack's Block Kit Builder."""
    return json.dumps(message.payload(), indent=2, ensure_ascii=False)


def check(message: Message) -> Message:
    """What must hold of every message, also of the plain one in its place: Slack takes it, and it pings nobody."""
    blocks = list(message.blocks)
    assert problems(blocks) == []
    assert refusal(message.text, blocks) is None
    assert pings(message.text, blocks) == []
    assert message.text.strip()
    json.dumps(message.payload(), ensure_ascii=False).encode()
    plain = without_blocks(message)
    assert refusal(plain.text, []) is None
    assert pings(plain.text, []) == []
    return message


def read(message: Message, *, width: int = 100_000) -> str:
    """The message as its reader sees it."""
    return show(message.text, list(message.blocks), width=width, now=NOW)


def lines_of(message: Message) -> list[list[dict[str, Any]]]:
    """The literal lines of a message, each as its elements."""
    return [line["elements"] for block in message.blocks if block["type"] == "rich_text" for line in block["elements"]]


def counted(text: str, noun: str = "") -> int:
    """How many more are told of in words: 460 for "and 460 more agents"."""
    return sum(map(int, re.findall(rf"and (\d+) more {noun}" if noun else r"and (\d+) more$", text)))
