"""Snapshots of every size and kind, and what must hold of every message."""

import dataclasses
import json
import re
from collections.abc import Iterator
from typing import Any

from hypothesis import strategies as st

from bot.languages import Language
from bot.presence.model import Agent, Snapshot, Topic
from bot.presence.query import one_line, parse
from bot.presence.roster import answer
from bot.slack.shown import Shown, decode
from bot.slack.views.message import Message, without_blocks
from bot.slack.views.places import View, in_place_message
from bot.slack.views.roster import Reader
from bot.slack.views.words import words_in
from playground.blocks import Surface, problems, refusal
from playground.show import pings, show
from tests.slack.conftest import DOWN, NOW, TAKEN_AT

ENGLISH = words_in(Language.ENGLISH)
READER = Reader(ENGLISH, {})
"""Who reads English, and knows nobody in Slack."""

SHARER = "U0SHARER01"

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
    "{agent} {n} {topics} {0} %s %(n)s",
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
    fresh = Snapshot(TAKEN_AT, agents, tuple(topics), stale_because=draw(st.sampled_from([None, DOWN])))
    return dataclasses.replace(fresh, closed=frozenset(fresh.uncovered()[: draw(st.integers(0, 4))]))


def crowd(
    agents: int,
    topics: int,
    *,
    each: int | None = None,
    uncovered: int = 0,
    name: int = 300,
    fill: str = "w",
    stale: bool = True,
) -> Snapshot:
    """So many agents, each in so many topics, or in `each` of them, with names of `name` characters; all are present.

    Beyond these topics there are `uncovered` ones of which nobody is a member; half of them are closed.
    """
    known = [Topic(n, _long(f"Topic {n:03} ", fill, name)) for n in range(1, topics + uncovered + 1)]
    mine = tuple(known[:topics][:each])
    return Snapshot(
        taken_at=TAKEN_AT,
        agents=tuple(
            Agent(n, _long(f"Agent {n:05} ", fill, name), present=True, ongoing_chats=n % 200, topics=mine)
            for n in range(1, agents + 1)
        ),
        topics=tuple(known),
        closed=frozenset(known[topics::2]),
        stale_because=DOWN if stale else None,
        age_s=240.0 if stale else 0.0,
    )


def _long(begin: str, fill: str, length: int) -> str:
    return (begin + fill * length)[: max(length, len(begin))].rstrip()


def ask(
    words: str,
    snapshot: Snapshot,
    *,
    page: int = 0,
    minutes: int = 4,
    view: View = in_place_message,
    reader: Reader = READER,
    sharer: str = "",
) -> Message:
    """What is shown to who says these words, so long after the snapshot was taken."""
    shown = Shown(parse(words), page, sharer)
    said = answer(shown.query, dataclasses.replace(snapshot, age_s=minutes * 60.0), busy_at=1)
    return view(said, shown, reader)


def pages(words: str, snapshot: Snapshot, *, view: View = in_place_message, sharer: str = "") -> Iterator[Message]:
    """Every page, as somebody sees them who clicks "Next" until there is none."""
    shown: Shown | None = Shown(parse(words), sharer=sharer)
    while shown is not None:
        made = view(answer(shown.query, snapshot, busy_at=1), shown, READER)
        yield made
        following = control(made, "show:next")
        shown = value_of(following) if following else None


def as_json(message: Message) -> str:
    """The message as it is sent; it can be pasted into Slack's Block Kit Builder."""
    return json.dumps(message.payload(), indent=1, ensure_ascii=False)


def check(message: Message, surface: Surface = "message") -> Message:
    """What must hold of every message, also of the plain one in its place: Slack takes it, and it pings nobody."""
    blocks = list(message.blocks)
    assert problems(blocks, surface=surface) == []
    assert surface == "home" or refusal(message.text, blocks) is None
    assert pings(message.text, blocks) == []
    assert message.text.strip()
    json.dumps(message.payload(), ensure_ascii=False).encode()
    for each in controls_of(message):
        assert len(each.get("value", "")) <= 2_000
    plain = without_blocks(message)
    assert refusal(plain.text, []) is None
    assert pings(plain.text, []) == []
    return message


def check_shared(message: Message) -> Message:
    """The same for a message that names its sharer: nobody but them is mentioned, once."""
    blocks = list(message.blocks)
    assert refusal(message.text, blocks) is None
    assert pings(message.text, blocks) == [f"<@{SHARER}>"]
    unsigned = [block for block in blocks if pings(None, [block]) == []]
    assert len(unsigned) == len(blocks) - 1
    check(dataclasses.replace(message, blocks=tuple(unsigned)))
    return message


def read(message: Message, *, width: int = 100_000) -> str:
    """The message as its reader sees it."""
    return show(message.text, list(message.blocks), width=width, now=NOW)


def lines_of(message: Message) -> list[list[dict[str, Any]]]:
    """The literal lines of a message, each as its elements."""
    return [line["elements"] for block in message.blocks if block["type"] == "rich_text" for line in block["elements"]]


def said_in(line: list[dict[str, Any]]) -> str:
    """The words of a literal line, without its emoji."""
    return "".join(part.get("text", "") for part in line)


def agents_in(message: Message) -> list[str]:
    """The names in the agents' own lines."""
    return [line[2]["text"] for line in lines_of(message) if line[0]["type"] == "emoji"]


def controls_of(message: Message) -> list[dict[str, Any]]:
    """Everything that can be clicked or chosen."""
    return [each for block in message.blocks if block["type"] == "actions" for each in block["elements"]]


def control(message: Message, action_id: str) -> dict[str, Any] | None:
    """The control that goes by this name, if it is there."""
    found = [each for each in controls_of(message) if each["action_id"] == action_id]
    assert len(found) <= 1
    return found[0] if found else None


def button(message: Message, action_id: str) -> dict[str, Any]:
    """The control that goes by this name, which must be there."""
    found = control(message, action_id)
    assert found is not None
    return found


def value_of(element: dict[str, Any]) -> Shown:
    """What a button or an option says to show next."""
    shown = decode(element["value"])
    assert shown is not None
    return shown


def counted(text: str) -> int:
    """How many more are told of in words: 460 for "and 460 more"."""
    return sum(map(int, re.findall(r"and (\d+) more(?:$|:)", text)))
