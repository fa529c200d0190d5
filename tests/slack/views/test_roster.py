"""What rosters and lists by topic say, before any control."""

import re
import time
from collections.abc import Iterator
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.errors import SuperOfficeError
from bot.presence.model import Topic
from bot.presence.reading import Shown, Stale
from bot.words import words_in
from bot.words.language import Language
from tests.kit.crowd import DETAIL, FAILURES, TEAM, VIP, agent, fresh, snapshot, stale
from tests.kit.views import ENGLISH, PROFILES, agents_in, ask, check, counted, lines_of, office, pages, read, said_in

AWAY = replace(TEAM, agents=TEAM.agents[3:])
CLOSED = replace(TEAM, closed=frozenset({VIP}))
IN_WORDS = {"large_green_circle": "free", "large_orange_circle": r"\d+ chats?", "white_circle": "away"}


# What is said


@pytest.mark.parametrize("words", ["", "all", "topics", "billing", "r"])
@pytest.mark.parametrize(
    "known", [fresh(), stale(), fresh(AWAY), fresh(CLOSED), fresh(snapshot()), fresh(office(40, 3))]
)
def test_no_meaning_is_in_a_colour_alone(words: str, known: Shown) -> None:
    """Beside every emoji stands in words what it means, for those who do not see it."""
    message = ask(words, known)
    for line in lines_of(message):
        for part in line:
            if part["type"] == "emoji":
                assert re.search(rf"(— |\(){IN_WORDS[part['name']]}( —|,|\))", said_in(line))
    for block in message.blocks:
        text = block["text"]["text"] if block["type"] == "section" else ""
        assert not re.search(r":\w+:", text) or text.startswith(":warning: SuperOffice is not reachable: ")


@pytest.mark.parametrize("known", [fresh(), stale()], ids=["fresh", "stale"])
@pytest.mark.parametrize(("words", "rows"), [("", 3), ("all", 5), ("topics", 4), ("billing", 2)])
def test_read_in_order_a_message_says_first_what_matters_most(words: str, rows: int, known: Shown) -> None:
    """A message read aloud says its title, that it is old, its sum, whom to ask now, and then a line for each."""
    message = ask(words, known)
    said = [(block["type"], read(replace(message, blocks=(block,)))) for block in message.blocks]

    kind, text = said.pop(0)
    assert (kind, text[:12]) == ("header", "Who's online")
    if isinstance(known, Stale):
        kind, text = said.pop(0)
        assert text.endswith("it refused the connection. This is from 14:03, 4 minutes ago.")
    kind, text = said.pop(0)
    assert (kind, "free · " in text) == ("section", True)
    if words == "billing" and not isinstance(known, Stale):
        assert said.pop(0)[1] == "Ask Anna Berg first: free, without a chat."
    kind, text = said.pop(0)
    assert (kind, text.count("\n") + 1) == ("rich_text", rows)


@pytest.mark.parametrize("error", FAILURES, ids=lambda error: error.reason.name)
def test_old_data_names_the_cause_without_its_details(error: SuperOfficeError) -> None:
    """Old data says in our own words why it is old, and from when, once; details are for the log."""
    message = check(ask("", Stale(TEAM, error, 240)))
    assert [read(message).count("14:03"), message.text.count("<!date^")] == [1, 1]

    assert ENGLISH.failures.cause(error) in read(message)
    assert DETAIL not in str(message)


@pytest.mark.parametrize("language", Language)
def test_a_stale_roster_calls_nothing_closed_in_any_language(language: Language) -> None:
    """Opening hours of four minutes ago say nothing about now, in whatever language."""
    closed = words_in(language).roster.closed()
    for words in ("", "all", "topics", "vip"):
        assert closed in read(ask(words, CLOSED, language=language))
        assert closed not in read(ask(words, stale(CLOSED), language=language))


@pytest.mark.parametrize("words", ["", "all", "billing", "orders"])
def test_who_is_known_in_slack_has_a_link(words: str) -> None:
    """A name leads to its profile by a link, which notifies nobody, and is never a mention; without one it is bold."""
    message = check(ask(words, profiles=PROFILES))

    for name in (line[2] for line in lines_of(message) if line[0]["type"] == "emoji"):
        leads = {"type": "link", "url": PROFILES[4]} if name["text"] == "Ole Hansen" else {"type": "text"}
        assert name == {"text": name["text"], "style": {"bold": True}} | leads
    assert message.text == ask(words).text


def test_agents_without_a_topic_are_in_the_list_by_topic_too() -> None:
    """By topic, those who are present and members of none have a line of their own."""
    wanderer = agent("Nils Ek", user_id=99, chats=2)

    assert "No topics — 🟠 Nils Ek (2 chats)" in read(ask("topics", replace(TEAM, agents=(wanderer,))))
    assert "No topics —" not in read(ask("topics"))


@pytest.fixture
def _elsewhere(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with monkeypatch.context() as context:
        context.setenv("TZ", "Asia/Kolkata")
        time.tzset()
        yield
    time.tzset()


@pytest.mark.usefixtures("_elsewhere")
@pytest.mark.parametrize("words", ["", "all", "topics", "billing", "qqq"])
def test_where_the_bot_runs_makes_no_difference(words: str) -> None:
    """A message depends on the answer and the time alone, not on the machine's zone."""
    moved = replace(TEAM, taken_at=TEAM.taken_at.astimezone())

    assert ask(words, moved) == ask(words)
    assert "19:33" not in str(ask(words, moved))


# What users wrote


def test_long_words_and_names_are_cut() -> None:
    """A long question is repeated no longer than a line, a long name ends in "…" in each place."""
    check(ask("x" * 5_000))
    long = snapshot(agent("n" * 300, Topic(1, "b" * 300)), topics=(Topic(1, "b" * 300),))
    [line] = lines_of(ask("", long))

    assert (line[2]["text"], line[-1]["text"]) == ("n" * 49 + "…", " — free — " + "b" * 29 + "…")
    assert f"Did you mean {'b' * 29}…?" in read(check(ask("b" * 79 + "x", replace(long, topics=(Topic(1, "b" * 79),)))))


# How much is shown, and what is counted instead


@pytest.mark.parametrize("topics", [0, 1, 5, 6, 60])
def test_topics_of_an_agent_that_do_not_fit_are_counted(topics: int) -> None:
    """Each of an agent's topics is named, or counted in words; "no topics" is said where there are none."""
    [line] = lines_of(ask("", office(1, topics)))
    said = line[-1]["text"]

    assert said.count("Topic ") + counted(said) == topics
    assert ("no topics" in said) == (topics == 0)


@pytest.mark.parametrize("uncovered", [1, 12, 13, 60])
def test_a_dozen_uncovered_topics_are_named_and_the_others_counted(uncovered: int) -> None:
    """The roster is about people: of topics without anyone a line names a dozen and counts the rest."""
    said = lines_of(ask("", office(1, 0, uncovered=uncovered)))[-1][0]["text"]

    assert said.startswith("Nobody for: ")
    assert (said.count("Topic "), counted(said)) == (min(uncovered, 12), max(uncovered - 12, 0))


@pytest.mark.parametrize("agents", [0, 1, 8, 9, 500])
@pytest.mark.parametrize("topics", [1, 20, 21, 200])
def test_agents_of_a_topic_that_do_not_fit_are_counted(topics: int, agents: int) -> None:
    """By topic, each agent of a topic is named, or counted in words, on every page."""
    for page in pages("topics", office(agents, topics, name=300)):
        rows = [row for row in read(page).splitlines() if row.startswith("Topic ")]
        assert rows
        assert {row.count("Agent ") + counted(row) for row in rows} == {agents}


def test_topics_in_a_title_that_do_not_fit_are_counted() -> None:
    """Each of the topics that some words name is in the title, or counted there, and up to twelve in a line below."""
    title, *others = read(ask("topic", office(1, 60))).splitlines()

    assert title.count("Topic ") + counted(title) == 60
    [below] = [line for line in others if line.startswith("Topics that match: ")]
    assert below.count("Topic ") + counted(below) == 60


# Pages


@given(st.integers(0, 200), st.integers(0, 3), st.sampled_from(["", "all", "1", "topic"]))
@settings(max_examples=50)
def test_the_pages_show_every_agent_once(agents: int, topics: int, words: str) -> None:
    """The pages show every agent once, in order, thirty on each but the last; a page that is alone has no number."""
    known = office(agents, topics)
    made = list(pages(words, known))
    shown = [agents_in(page) for page in made]
    asked = 0 if words in ("1", "topic") and not topics else agents

    assert sorted(name for page in shown for name in page) == [each.name for each in known.agents[:asked]]
    assert [len(page) for page in shown] == ([30] * (asked // 30) + [asked % 30] * (asked % 30 > 0) or [0])
    assert {"\nAgents " in read(page) for page in made} == {len(made) > 1}


@given(st.integers(0, 70), st.integers(0, 70), st.integers(0, 2))
@settings(max_examples=50)
def test_the_pages_show_every_topic_once(topics: int, uncovered: int, agents: int) -> None:
    """All pages together show every topic once, twenty on each page but the last."""
    known = office(agents, topics, uncovered=uncovered)
    shown = [[line[0]["text"] for line in lines_of(page) if line[0].get("style")] for page in pages("topics", known)]
    named = [[name for name in page if name != "No topics"] for page in shown]
    total = topics + uncovered

    order = known.topics if agents else sorted(known.topics, key=lambda topic: topic.sort_key)
    assert [name for page in named for name in page] == [topic.name for topic in order]
    assert [len(page) for page in named] == ([20] * (total // 20) + [total % 20] * (total % 20 > 0) or [0])
