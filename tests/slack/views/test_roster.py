"""What rosters and lists by topic say, before any control."""

import re
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.errors import SuperOfficeError
from bot.presence.model import Topic
from bot.presence.reading import Shown, Stale
from bot.words import words_in
from bot.words.language import Language
from tests.kit.clock import NOW
from tests.kit.crowd import DETAIL, FAILURES, TEAM, VIP, agent, fresh, snapshot, stale
from tests.kit.views import (
    ENGLISH,
    PROFILES,
    agents_in,
    ask,
    check,
    control,
    counted,
    lines_of,
    office,
    pages,
    read,
    said_in,
)

AWAY = replace(TEAM, agents=TEAM.agents[3:])
CLOSED = replace(TEAM, closed=frozenset({VIP}))
ODD = Topic(9, "<@U0123ABCD> _y_ &")
WRONG = snapshot(agent("<!channel> *x*", ODD, user_id=9), topics=(ODD, Topic(10, "<!here>"), Topic(11, ":tada:")))
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


def test_the_first_line_of_a_notification_says_it_all() -> None:
    """Telephones show `text` alone: it has the cause and age of old data, the title, the numbers and the time."""
    said = "Who's online: 2 free · 1 busy · 2 away · as of <!date^1772460180^{time}|14:03 UTC>"

    assert ask("").text == said
    assert ask("", stale()).text == (
        "SuperOffice is not reachable: it refused the connection. "
        f"This is from <!date^1772460180^{{time}}|14:03 UTC>, 4 minutes ago. {said}"
    )


@pytest.mark.parametrize("error", FAILURES, ids=lambda error: error.reason.name)
def test_old_data_names_the_cause_without_its_details(error: SuperOfficeError) -> None:
    """Old data says in our own words why it is old; details are for the log."""
    message = check(ask("", Stale(TEAM, error, 240)))

    assert ENGLISH.failures.cause(error) in read(message)
    assert DETAIL not in str(message)


def test_nobody_is_an_answer_of_its_own() -> None:
    """Where nobody is online it is said, with how many are away; there is no gap to wonder at."""
    assert "Nobody is online. 2 are away." in read(ask("", AWAY))
    assert "Nobody is online: SuperOffice names no chat agents." in read(ask("", snapshot()))
    assert "Nobody is online for Returns. 1 is away." in read(ask("returns"))


@pytest.mark.parametrize("words", ["", "all", "topics", "vip", "billing"])
def test_a_topic_is_called_closed_only_where_that_is_known(words: str) -> None:
    """A topic is called closed if nobody is there and it is known to be closed now: never by a stale roster."""
    said = {"": "VIP & Co (closed now)", "all": "VIP & Co (closed now)", "topics": "VIP & Co — nobody, closed now"}

    assert said.get(words, "") in read(ask(words, CLOSED))
    assert ("closed" in read(ask(words, CLOSED))) is (words != "billing")
    assert "closed" not in read(ask(words))
    assert "closed" not in read(ask(words, stale(CLOSED)))


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


def test_times_are_in_each_readers_own_zone() -> None:
    """A time is Slack's own date, which each reader sees in their zone, with UTC for those who see none."""
    moved = replace(TEAM, taken_at=NOW + timedelta(hours=1))

    assert f"<!date^{int(NOW.timestamp()) + 3600}^{{time}}|15:03 UTC>" in ask("", moved).text


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


def test_what_users_wrote_is_shown_as_it_is() -> None:
    """Markup in a name is literal text: in the roster, by topic, in a title, in a question, and behind a link."""
    bold = {"type": "text", "text": "<!channel> *x*", "style": {"bold": True}}
    linked = {9: "https://pretend.slack.com/team/U0ASKER02"}

    assert bold in lines_of(ask("", WRONG))[0]
    assert agents_in(check(ask("", WRONG, profiles=linked))) == ["<!channel> *x*"]
    assert f"{ODD.name} — 🟢 <!channel> *x* (free)" in read(ask("topics", WRONG))
    assert read(ask("10", WRONG)).splitlines()[0] == "Who's online: <!here>"
    assert ask("11", WRONG).blocks[0]["text"] == {"type": "plain_text", "text": "Who's online: :tada:", "emoji": False}
    assert "No topic matches “<!channel> *z*”." in read(ask("<!channel> *z*", WRONG))


def test_what_users_wrote_is_escaped_in_the_notification() -> None:
    """In `text`, which Slack reads as mrkdwn, what users wrote can neither mention nor link."""
    assert "Who's online: &lt;@U0123ABCD&gt; _y_ &amp;: " in ask("9", WRONG).text
    assert ask("<!channel>", WRONG).text == "No topic matches “&lt;!channel&gt;”."


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
@settings(deadline=None, max_examples=50)
def test_the_pages_show_every_agent_once(agents: int, topics: int, words: str) -> None:
    """All pages together show every agent once, in order, thirty on each page but the last."""
    known = office(agents, topics)
    shown = [agents_in(page) for page in pages(words, known)]
    asked = 0 if words in ("1", "topic") and not topics else agents

    assert sorted(name for page in shown for name in page) == [each.name for each in known.agents[:asked]]
    assert [len(page) for page in shown] == ([30] * (asked // 30) + [asked % 30] * (asked % 30 > 0) or [0])


@given(st.integers(0, 70), st.integers(0, 70), st.integers(0, 2))
@settings(deadline=None, max_examples=50)
def test_the_pages_show_every_topic_once(topics: int, uncovered: int, agents: int) -> None:
    """All pages together show every topic once, twenty on each page but the last."""
    known = office(agents, topics, uncovered=uncovered)
    shown = [[line[0]["text"] for line in lines_of(page) if line[0].get("style")] for page in pages("topics", known)]
    named = [[name for name in page if name != "No topics"] for page in shown]
    total = topics + uncovered

    order = known.topics if agents else sorted(known.topics)
    assert [name for page in named for name in page] == [topic.name for topic in order]
    assert [len(page) for page in named] == ([20] * (total // 20) + [total % 20] * (total % 20 > 0) or [0])


def test_a_page_says_which_it_is_and_the_last_takes_the_place_of_one_that_is_gone() -> None:
    """Where there is more than a page, it says which agents or topics it shows, of how many."""
    for page, said in enumerate(["1–30", "31–60", "61–85", "61–85"]):
        assert f"\nAgents {said} of 85\n" in read(ask("", office(85, 1), page=page))
    assert "\nAgents 31–31 of 31\n" in read(ask("", office(31, 1), page=1))
    assert "\nTopics 21–40 of 45\n" in read(ask("topics", office(1, 45), page=1))


@pytest.mark.parametrize(("words", "agents", "topics"), [("", 0, 1), ("", 30, 60), ("topics", 85, 20), ("qqq", 85, 60)])
def test_what_is_all_on_a_page_has_no_pages(words: str, agents: int, topics: int) -> None:
    """Where there is nothing more, no page is mentioned, and there is no way to another."""
    message = ask(words, office(agents, topics))

    assert not re.search(r"(Agents|Topics) \d", read(message))
    assert control(message, "show:previous") is control(message, "show:next") is None


def test_the_sum_is_of_all_pages() -> None:
    """However many agents a page shows, the sum counts everybody, on every page."""
    sums = {read(page).splitlines()[2] for page in pages("all", office(45, 1))}

    assert sums == {"0 free · 45 busy · 0 away · as of 14:03"}


def test_a_topics_members_are_counted_alone() -> None:
    """A roster for a topic holds its members, counts them alone, and says what membership means."""
    shown = read(ask("billing"))

    assert "1 free · 1 busy · 0 away" in shown
    assert "Ole Hansen" not in shown
    assert "SuperOffice also counts people who only listen or manage." in shown
