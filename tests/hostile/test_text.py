"""What people write, in SuperOffice and in Slack, all the way through: shown as it is, or cut, and nothing else."""

import functools
import itertools
import json
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.slack.questions import Questions, unescaped
from bot.slack.views.message import Message, escaped, without_blocks
from playground.blocks import refusal
from playground.office import PretendAgent
from playground.show import pings, show
from playground.slack import BOT_USER
from tests.hostile import oracle
from tests.hostile.conftest import Line
from tests.kit.clock import FakeClock
from tests.kit.text import NASTY

LONG = 100_000
clean = functools.lru_cache(oracle.clean)  # the longest names take a while, and are asked for again and again
MOST_OF_NAME, MOST_OF_NAME_AMONG_OTHERS, MOST_OF_TOPIC, MOST_WORDS = 50, 30, 30, 80  # characters
AGENTS_ON_A_PAGE, TOPICS_ON_A_PAGE = 30, 20
MOST_TOPICS, MOST_MEMBERS = 5, 8
EMOJI = {"free": "large_green_circle", "busy": "large_orange_circle", "away": "white_circle"}

MORE_NASTY = (
    "Anna — free — Billing", " — free — ", "and 3 more agents. Ask for a topic to see fewer.", "Agents 1–30 of 85",
    "Ask Anna first: free, without a chat.", "{agent}{n}{topics}{0}%(n)s", "{name}%s$1\\1", "Nobody is online.",
    "No topics", ":large_green_circle: Anna", "all", "topics", "HELP", "0", "-1", "<@" + BOT_USER + ">",
    f"<@{BOT_USER}|who>", "<mailto:a@b.example|a>", "&lt;@U0123ABCD&gt;", "&amp;lt;!here&amp;gt;",
    "]]></DisplayName><Present>true</Present>", "\u061c\u200e\u200f\u2066\u2068\u202a\u202b\u202d",
    "\ufeff\u00ad\u2060\u180e", "\u3164\u115f\u2800", "e" + "\u0301" * 200, "\U000e0041\U000e007f",
    "\u0085\u2028\u2029\x0b\x0c\x1c", "\ufdfa" * 30, "İıßſ",
    "👨\u200d👩\u200d👧\u200d👦" * 20, "\U0010fffd\ue000\u0378",
)  # fmt: skip

characters = st.characters()
heavy = st.builds(
    lambda part, times: part * times,
    st.sampled_from([*"&<>x. *\u0301\u200d\u202e👩\n"]),
    st.sampled_from([1, 29, 30, 31, 49, 50, 51, 80, 500, LONG]),
)
anything = st.one_of(
    st.text(characters, max_size=90),
    st.sampled_from(NASTY + MORE_NASTY),
    st.lists(st.sampled_from(NASTY + MORE_NASTY) | st.text(characters, max_size=4), max_size=6).map("".join),
    heavy,
)
"""What somebody may have typed: all of Unicode, lone surrogates too, what means something to Slack, and too much."""


def words_beside(text: str, bot_user: str | None) -> str:
    """The words of a mention with this text."""
    event = {"text": text, "user": "U0ASKER01", "channel": "C0SUPPORT", "ts": "1"}
    question = Questions(FakeClock()).read({"event_id": "Ev1", "event": event}, bot_user)
    assert question is not None
    return question.words


def in_xml(text: str) -> str:
    """The text as far as XML can carry it: https://www.w3.org/TR/xml/#charsets."""
    return _NOT_IN_XML.sub("", text)


_NOT_IN_XML = re.compile("[^\\t\\n\\r\\x20-\\ud7ff\\ue000-\\ufffd\\U00010000-\\U0010ffff]")

stored = anything.map(in_xml)
"""The same, as SuperOffice may store and send it."""


@dataclass(frozen=True)
class Crowd:
    """Who is there, and what the server calls the topics."""

    agents: tuple[PretendAgent, ...]
    topics: dict[int, str]

    def topic(self, number: int) -> str:
        """What people are to read for a topic: its name, with its number if a topic of the list has the same name."""
        names = {each: clean(name) or f"Topic {each}" for each, name in self.topics.items()}
        own = names.pop(number, f"Topic {number}")
        return f"{own} ({number})" if _compared(own) in map(_compared, names.values()) else own

    def known(self) -> dict[int, str]:
        """Every topic that has a name or a member."""
        numbers = {*self.topics, *(number for agent in self.agents for number in agent.topics)}
        return {number: self.topic(number) for number in numbers}

    def row(self, agent: PretendAgent, busy_at: int) -> tuple[str, str, str]:
        """An agent's line: the emoji, the name, and what is said beside it."""
        numbers = sorted(agent.topics, key=lambda number: (_by_value(self.topic(number)), number))
        names = [cut(self.topic(number), MOST_OF_TOPIC) for number in numbers]
        more = f" and {len(names) - MOST_TOPICS} more" if len(names) > MOST_TOPICS else ""
        topics = (" · ".join(names[:MOST_TOPICS]) + more) or "no topics"
        said = f" — {said_of(agent, busy_at)} — {topics}"
        return EMOJI[state(agent, busy_at)], cut(shown_name(agent), MOST_OF_NAME), said


@functools.lru_cache
def _compared(name: str) -> str:
    return unicodedata.normalize("NFKC", name).casefold().strip()


def _by_value(name: str) -> list[str | int]:
    """What sorts names in any case, and numbers in them by their value."""
    parts = re.split(r"([0-9]+)", name.casefold())
    return [int(part) if place % 2 else part for place, part in enumerate(parts)]


def state(agent: PretendAgent, busy_at: int) -> str:
    """How free an agent is."""
    if not agent.present:
        return "away"
    return "busy" if agent.ongoing_chats >= busy_at else "free"


def said_of(agent: PretendAgent, busy_at: int) -> str:
    """How free an agent is, in words."""
    chats = f"{agent.ongoing_chats} chat{'' if agent.ongoing_chats == 1 else 's'}"
    if state(agent, busy_at) == "busy":
        return chats
    return state(agent, busy_at) + (f", {chats}" if agent.ongoing_chats else "")


def shown_name(agent: PretendAgent) -> str:
    """What people are to read for an agent, if there is room."""
    return clean(agent.name) or f"Agent {agent.user_id}"


def cut(text: str, most: int) -> str:
    """The text, or its beginning with "…", in so many characters once `&`, `<` and `>` are escaped."""
    if len(escaped(text)) <= most:
        return text
    kept = text[: most - 1]
    while len(escaped(kept)) > most - 1:
        kept = kept[:-1]
    return kept.rstrip() + "…"


@st.composite
def crowds(draw: st.DrawFn) -> Crowd:
    """From nobody to more than a message shows; many of a kind where there are many."""
    topics = dict(enumerate(draw(st.lists(stored, max_size=7)), start=1))
    ids = [*topics, 31]  # one that the server does not name
    names = draw(st.lists(stored, max_size=5))
    times = draw(st.sampled_from([1, 1, 1, 15]))
    if times > 1:  # or the reply would be larger than the bot reads
        names = [name[:500] for name in names]
    chance = draw(st.randoms(use_true_random=False))
    agents = [
        PretendAgent(
            user_id=number,
            name=name,
            present=chance.random() < 0.8,
            ongoing_chats=chance.choice([0, 0, 1, 2, 7]),
            topics=tuple(chance.sample(ids, chance.randrange(len(ids) + 1))),
        )
        for number, name in enumerate(names * times, start=1)
    ]
    return Crowd(tuple(agents), topics)


# What holds of every message


def check(message: Message) -> Message:
    """Slack takes the message, with and without its blocks, nobody is notified, and no line runs into another."""
    blocks = list(message.blocks)
    plain = without_blocks(message)
    assert refusal(message.text, blocks) is None
    assert refusal(plain.text, plain.payload().get("blocks")) is None
    assert pings(message.text, blocks) == pings(plain.text, None) == []
    json.dumps(message.payload(), ensure_ascii=False).encode()
    show(message.text, blocks)
    for text in literals(message):
        assert len(text.splitlines()) <= 1
        assert clean(f"|{text}|") == " ".join(f"|{text}|".split())
    return message


def sections(message: Message) -> list[list[dict[str, Any]]]:
    """The lines of literal text, each in its parts."""
    return [
        section["elements"] for block in message.blocks if block["type"] == "rich_text" for section in block["elements"]
    ]


def literals(message: Message) -> Iterable[str]:
    """Every piece of literal text."""
    for block in message.blocks:
        if block["type"] == "header":
            yield block["text"]["text"]
    for section in sections(message):
        yield from (part["text"] for part in section if part["type"] == "text")


def rows(message: Message) -> list[tuple[str, str, str]]:
    """The agents' lines: the emoji, the name in bold, and what is said beside it."""
    found = []
    for section in sections(message):
        if section[0]["type"] == "emoji":
            kind, blank, name, said = section
            assert (blank["text"], name["style"]) == (" ", {"bold": True})
            assert "style" not in said
            found.append((kind["name"], name["text"], said["text"]))
    return found


def check_agents(pages: Sequence[Message], crowd: Crowd, agents: Sequence[PretendAgent], busy_at: int) -> None:
    """The pages together show each of these agents once, literally, on a line of their own."""
    shown = [rows(message) for message in pages]
    assert Counter(row for page in shown for row in page) == Counter(crowd.row(agent, busy_at) for agent in agents)
    assert [len(page) for page in shown[:-1]] == [AGENTS_ON_A_PAGE] * (len(pages) - 1)
    assert len(shown[-1]) <= AGENTS_ON_A_PAGE
    for message, page in zip(pages, shown, strict=True):
        plain = without_blocks(message).text.splitlines()
        for kind, name, said in page:
            assert f":{kind}: {escaped(name)}{escaped(said)}" in plain


@given(crowds(), anything, st.integers(1, 3))
@settings(max_examples=120)
def test_names_are_shown_literally_and_agents_are_all_accounted_for(
    line: Line, crowd: Crowd, words: str, busy_at: int
) -> None:
    """Whatever people are called, each has their own line with their own state, on some page; nobody is pinged."""
    line.agents(*crowd.agents)
    line.topics(crowd.topics)
    numbers = sorted(crowd.known())
    roster, everybody, by_topic, asked, *topics = line.run(
        line.pages("", "all", "topics", words, *map(str, numbers), busy_at=busy_at)
    )
    for message in itertools.chain(roster, everybody, by_topic, asked, *topics):
        check(message)

    present = [agent for agent in crowd.agents if agent.present]
    check_agents(roster, crowd, present, busy_at)
    check_agents(everybody, crowd, crowd.agents, busy_at)
    for number, pages in zip(numbers, topics, strict=True):
        check_agents(pages, crowd, [agent for agent in present if number in agent.topics], busy_at)


@given(crowds())
@settings(max_examples=60)
def test_topics_are_shown_literally_and_are_all_accounted_for(line: Line, crowd: Crowd) -> None:
    """Whatever topics are called, each has its own line with its own people, on some page."""
    line.agents(*crowd.agents)
    line.topics(crowd.topics)
    [pages] = line.run(line.pages("topics"))
    shown = [["".join(part.get("text", "") for part in section) for section in sections(check(page))] for page in pages]
    without = topic_line("No topics", [agent for agent in crowd.agents if not agent.topics])
    known = crowd.known()
    expected = [
        topic_line(cut(name, MOST_OF_TOPIC), [agent for agent in crowd.agents if number in agent.topics])
        for number, name in known.items()
    ]
    if not known:
        expected = ["SuperOffice names no chat topics."]
    if any(agent.present and not agent.topics for agent in crowd.agents):
        expected += [without] * len(pages)

    assert Counter(each for page in shown for each in page) == Counter(expected)
    assert len(pages) == max(-(-len(known) // TOPICS_ON_A_PAGE), 1)


def topic_line(name: str, members: Sequence[PretendAgent]) -> str:
    """A topic's line, without its emoji: those of its members who are present, free first."""
    present = sorted(
        (agent for agent in members if agent.present),
        key=lambda agent: (agent.ongoing_chats > 0, agent.ongoing_chats, shown_name(agent).casefold(), agent.user_id),
    )
    said = [f"{cut(shown_name(agent), MOST_OF_NAME_AMONG_OTHERS)} ({said_of(agent, 1)})" for agent in present]
    more = f" and {len(said) - MOST_MEMBERS} more" if len(said) > MOST_MEMBERS else ""
    return f"{name} — " + (f" {', '.join(said[:MOST_MEMBERS])}{more}" if said else "nobody")


@given(crowds(), anything)
@settings(max_examples=60)
def test_whatever_is_typed_is_a_question(line: Line, crowd: Crowd, words: str) -> None:
    """No text is an error, in a command or beside a mention, escaped as Slack escapes it or not."""
    line.topics(crowd.topics)
    line.agents(*crowd.agents)
    typed = escaped(words)
    asked = [unescaped(typed), unescaped(words), words_beside(f"<@{BOT_USER}> {typed}", BOT_USER), words]
    command, as_typed, mention, plainly = line.run(line.answers(*asked))

    assert command == mention == plainly
    check(as_typed)
    if check(command).text.startswith("No topic matches"):
        read = clean(clean(words)[:MOST_WORDS])
        [said] = [section[0]["text"] for section in sections(command)[:1]]
        assert said.startswith(f"No topic matches “{read}”.")
        assert command.text == escaped(said)


@given(anything)
@settings(max_examples=300)
def test_what_slack_escaped_is_read_as_it_was_typed(words: str) -> None:
    """Unescaping takes back what Slack's escaping did, and nothing more; without a mention nothing is taken away."""
    assert unescaped(escaped(words)) == words
    assert words_beside(escaped(words), BOT_USER) == words


@given(anything, anything, st.sampled_from([BOT_USER, None, "", "U.*", "U0[WHO", "U\\"]))
@settings(max_examples=200)
def test_only_the_bots_own_mention_is_taken_away(before: str, after: str, bot_user: str | None) -> None:
    """Around the mention all words stay, whatever the bot's id looks like."""
    for mention in (f"<@{bot_user or ''}>", f"<@{bot_user or ''}|who is>"):
        assert words_beside(f"{escaped(before)}{mention}{escaped(after)}", bot_user) == f"{before} {after}"


@pytest.mark.parametrize("words", ["<@U0WHOBOT1|" * 3_000, "<@U0WHOBOT1" * 3_000, "&amp;" * 8_000, "<" * 40_000])
def test_mentions_without_an_end_are_words(words: str) -> None:
    """A message of Slack's greatest length that begins mentions and ends none is read like any other."""
    assert words_beside(words, BOT_USER) == words.replace("&amp;", "&")


def test_a_message_without_its_blocks_is_short_enough_too(line: Line) -> None:
    """What is sent where Slack refuses the blocks is not refused in its turn, though each `&` in it takes five."""
    line.topics(dict.fromkeys(range(1, 26), "&" * 40))
    line.agents(
        *(PretendAgent(n, "&" * 60, present=True, ongoing_chats=1, topics=(1, 2, 3, 4, 5)) for n in range(1, 61))
    )

    for message in itertools.chain(*line.run(line.pages("", "all", "topics", "&"))):
        check(message)
