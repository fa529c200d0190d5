"""The roster and its variants: what they say, before any control."""

import dataclasses
import re
import time
from collections.abc import Iterator
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.errors import Denied, Reason, SuperOfficeError, Unexpected, Unreachable
from bot.presence.model import Agent, Snapshot, Topic
from bot.presence.query import parse
from bot.presence.roster import answer
from bot.slack.shown import Shown
from bot.slack.views.places import home_message, shared_message, to_asker_message
from bot.slack.views.roster import Reader
from tests.slack.conftest import DOWN, PROFILES, TAKEN_AT, TEAM, VIP
from tests.slack.views.conftest import (
    ENGLISH,
    READER,
    SHARER,
    agents_in,
    anything,
    as_json,
    ask,
    check,
    check_shared,
    control,
    counted,
    crowd,
    lines_of,
    pages,
    read,
    said_in,
    snapshots,
)

AWAY = dataclasses.replace(TEAM, agents=TEAM.agents[3:])
EMPTY = Snapshot(TAKEN_AT, (), ())
OLD = dataclasses.replace(TEAM, stale_because=DOWN)
CLOSED = dataclasses.replace(TEAM, closed=frozenset({VIP}))
WRONG = Agent(
    9,
    "<!channel> *x*",
    present=True,
    ongoing_chats=0,
    topics=(Topic(9, "<@U0123ABCD> _y_ &"), Topic(10, "<!here>")),
)

QUESTIONS = ["", "all", "topics", "topic", "1", "no such thing"]


# --- what is said ---


def test_the_order_is_free_first_then_fewest_chats_then_by_name() -> None:
    """Who can take the next chat stands first, and who is away last."""
    names = [line[2]["text"] for line in lines_of(ask("all", TEAM)) if line[0]["type"] == "emoji"]

    assert names == ["Anna Berg", "Ole Hansen", "Bjørn Dahl", "Nils Ek", "Åse Lindqvist"]


def test_the_first_line_of_a_notification_says_it_all() -> None:
    """Telephones show `text` alone: it has the title, the numbers and the time."""
    said = "2 free · 1 busy · 2 away · as of <!date^1772460180^{time}|14:03 UTC>"

    assert ask("", TEAM).text == f"Who's online: {said}"
    assert ask("", OLD).text == (
        "SuperOffice is not reachable: it refused the connection. "
        f"This is from <!date^1772460180^{{time}}|14:03 UTC>, 4 minutes ago. Who's online: {said}"
    )


@pytest.mark.parametrize("words", ["", "all", "topics", "billing", "r"])
@pytest.mark.parametrize("known", [TEAM, OLD, AWAY, EMPTY, CLOSED, crowd(40, 3)])
def test_no_meaning_is_in_a_colour_alone(words: str, known: Snapshot) -> None:
    """Beside every emoji stands in words what it means, for those who do not see it."""
    message = ask(words, known)
    for line in lines_of(message):
        for part in line:
            if part["type"] == "emoji":
                state = STATES_SAID[part["name"]]
                assert re.search(rf"(— |\(){state}( —|,|\))", said_in(line))
    for block in message.blocks:
        text = block["text"]["text"] if block["type"] == "section" else ""
        assert not re.search(r":\w+:", text) or text.startswith(":warning: SuperOffice is not reachable: ")


STATES_SAID = {"large_green_circle": "free", "large_orange_circle": r"\d+ chats?", "white_circle": "away"}


@pytest.mark.parametrize("known", [TEAM, OLD])
@pytest.mark.parametrize("words", ["", "all", "topics", "billing"])
def test_read_in_order_a_message_says_first_what_matters_most(words: str, known: Snapshot) -> None:
    """Who hears a message read aloud hears its title, whether it is old, its sum, and then a line for each."""
    kinds = [
        (block["type"], read(dataclasses.replace(ask(words, known), blocks=(block,))))
        for block in ask(words, known).blocks
    ]
    (title, said), *rest = kinds

    assert title == "header"
    assert said.startswith("Who's online")
    if known is OLD:
        kind, said = rest.pop(0)
        assert (kind, "SuperOffice is not reachable" in said) == ("section", True)
    kind, said = rest.pop(0)
    assert (kind, "free · " in said) == ("section", True)
    if words == "billing":
        assert rest.pop(0)[1].startswith("Ask Anna Berg first: ")
    kind, said = rest.pop(0)
    assert kind == "rich_text"
    assert said.count("\n") + 1 == {"": 3, "all": 5, "topics": 4, "billing": 2}[words]


def test_nobody_is_an_answer_of_its_own() -> None:
    """Where nobody is online it is said, with how many are away; there is no gap to wonder at."""
    assert "Nobody is online. 2 are away." in read(ask("", AWAY))
    assert "Nobody is online: SuperOffice names no chat agents." in read(ask("", EMPTY))
    assert "Nobody is online for Returns. 1 is away." in read(ask("returns", TEAM))


def test_topics_without_anyone_are_named() -> None:
    """Topics that nobody present covers are named below the roster, and come last in the list by topic."""
    assert "Nobody for: Returns, VIP & Co" in read(ask("", TEAM))
    by_topic = read(ask("topics", TEAM)).splitlines()
    assert by_topic.index("Returns — nobody") > by_topic.index("Orders — 🟢 Anna Berg (free), Ole Hansen (free)")


def test_by_topic_topics_without_anyone_come_last_whatever_their_name() -> None:
    """By topic, who is free stands first in each line, and topics without anyone come last, marked "nobody"."""
    known = dataclasses.replace(TEAM, topics=(*TEAM.topics, Topic(5, "Aardvarks")))
    said = [line[0]["text"] + said_in(line[1:]) for line in lines_of(ask("topics", known))]

    assert said == [
        "Billing —  Anna Berg (free), Bjørn Dahl (2 chats)",
        "Orders —  Anna Berg (free), Ole Hansen (free)",
        "Aardvarks — nobody",
        "Returns — nobody",
        "VIP & Co — nobody",
    ]


def test_a_topic_is_called_closed_only_where_that_is_known() -> None:
    """Outside its opening hours a topic without anyone is said to be closed; no other is."""
    assert "VIP & Co — nobody, closed now" in read(ask("topics", CLOSED)).splitlines()
    assert "Returns — nobody" in read(ask("topics", CLOSED)).splitlines()
    assert "Nobody for: Returns, VIP & Co (closed now)" in read(ask("", CLOSED)).splitlines()
    for words in ("", "all", "topics", "vip", "billing"):
        assert "closed" not in read(ask(words, TEAM))
    covered = dataclasses.replace(TEAM, closed=frozenset(TEAM.topics))
    assert "Billing — 🟢 Anna Berg (free), Bjørn Dahl (2 chats)" in read(ask("topics", covered)).splitlines()


def test_a_topics_roster_says_whom_to_ask_first() -> None:
    """For a topic, the line before the agents says whom to ask; for everybody there is none."""
    assert said_in(lines_of(ask("billing", TEAM))[0]) == "Ask Anna Berg first: free, without a chat."
    busy = dataclasses.replace(TEAM, agents=TEAM.agents[2:])
    assert said_in(lines_of(ask("billing", busy))[0]) == "Nobody is free. Bjørn Dahl has the fewest chats, 2."
    assert "first" not in read(ask("returns", TEAM))
    for words in ("", "all", "topics"):
        assert "first" not in read(ask(words, TEAM))


@pytest.mark.parametrize("words", ["", "all", "billing", "orders"])
def test_who_is_known_in_slack_has_a_link(words: str) -> None:
    """A name leads to its profile by a link, which tells nobody, and is never a mention; without one it is bold."""
    reader = Reader(ENGLISH, PROFILES)
    names = [line[2] for line in lines_of(ask(words, TEAM, reader=reader)) if line[0]["type"] == "emoji"]

    for name in names:
        kind = "link" if name["text"] == "Ole Hansen" else "text"
        expected = {"type": kind, "text": name["text"], "style": {"bold": True}}
        assert name == expected | ({"url": PROFILES[4]} if kind == "link" else {})
    assert '"user"' not in as_json(ask(words, TEAM, reader=reader))
    assert ask(words, TEAM, reader=reader).text == ask(words, TEAM).text
    check(ask(words, TEAM, reader=reader))


def test_a_link_says_what_was_written() -> None:
    """What users wrote is as literal in a link as without one."""
    known = Snapshot(TAKEN_AT, (WRONG,), WRONG.topics)
    message = check(ask("", known, reader=Reader(ENGLISH, {9: "https://pretend.slack.com/team/U0ASKER02"})))

    assert lines_of(message)[0][2]["type"] == "link"
    assert agents_in(message) == ["<!channel> *x*"]


def test_agents_without_a_topic_are_in_the_list_by_topic_too() -> None:
    """By topic, those who are present and members of none have a line of their own."""
    wanderer = Agent(99, "Nils Ek", present=True, ongoing_chats=2, topics=())

    assert "No topics — 🟠 Nils Ek (2 chats)" in read(ask("topics", dataclasses.replace(TEAM, agents=(wanderer,))))
    assert "No topics —" not in read(ask("topics", TEAM))


def test_a_topic_shows_its_members_alone() -> None:
    """A roster for a topic holds its members, counts them alone, and says what membership means."""
    shown = read(ask("billing", TEAM))

    assert "1 free · 1 busy · 0 away" in shown
    assert "Ole Hansen" not in shown
    assert "SuperOffice also counts people who only listen or manage." in shown


def test_a_fresh_roster_says_nothing_of_failures() -> None:
    """No warning stands over data that is fresh."""
    assert "⚠️" not in read(ask("", TEAM))


@pytest.mark.parametrize("words", ["", "all", "topics", "billing"])
def test_old_data_says_so_before_anything_else(words: str) -> None:
    """Every kind of roster from memory tells, right below its title, why and how old."""
    warning = read(ask(words, OLD)).splitlines()[2]

    assert warning.endswith(
        "SuperOffice is not reachable: it refused the connection. This is from 14:03, 4 minutes ago."
    )


@pytest.mark.parametrize(
    "error",
    [Unreachable(Reason.TIMEOUT, "s3cret"), Denied(Reason.NO_RIGHT, "s3cret"), Unexpected(Reason.FAILED, "s3cret")],
)
def test_old_data_names_the_cause_without_its_details(error: SuperOfficeError) -> None:
    """The cause is told in our own words; details are for the log."""
    message = ask("", dataclasses.replace(TEAM, stale_because=error))

    assert f"{error.headline}: {error.reason.value}." in read(message)
    assert "s3cret" not in as_json(message)


def test_times_are_in_each_readers_own_zone() -> None:
    """A time is Slack's own date, which each reader sees in their zone, with UTC for those who see none."""
    moved = dataclasses.replace(TEAM, taken_at=TAKEN_AT + timedelta(hours=1))

    assert f"<!date^{int(TAKEN_AT.timestamp()) + 3600}^{{time}}|15:03 UTC>" in ask("", moved).text


# --- how much fits ---


@pytest.mark.parametrize("words", QUESTIONS)
@pytest.mark.parametrize("fill", ["w", "&<>"])
@pytest.mark.parametrize("topics", [0, 1, 60, 150])
@pytest.mark.parametrize("agents", [0, 1, 50, 500, 10_000])
def test_every_size_fits(agents: int, topics: int, fill: str, words: str) -> None:
    """Slack takes the message for any number of agents and topics, and for names of 300 characters, in every place."""
    shown = Shown(parse(words))
    known = crowd(agents, topics, uncovered=60, fill=fill, each=6 if agents > 500 else topics)
    said = answer(shown.query, known, busy_at=1)
    for page in (0, 999_999):
        check(to_asker_message(said, shown.at(page), READER))
        check(home_message(said, shown.at(page), READER), "home")
    check_shared(shared_message(said, shown.at(1).by(SHARER), READER))


@pytest.mark.parametrize("words", ["", "all", "topic", "topics"])
def test_the_longest_message_fits(words: str) -> None:
    """Slack takes a full page in which every line is as long as it can be, with the longest menu below it."""
    known = crowd(90, 60, uncovered=39)
    busy = [dataclasses.replace(agent, ongoing_chats=199) for agent in known.agents]
    error = Unreachable(max(Reason, key=lambda reason: len(reason.value)))
    for present in (True, False):
        agents = tuple(dataclasses.replace(agent, present=present) for agent in busy)
        check(ask(words, dataclasses.replace(known, agents=agents, stale_because=error), page=1, minutes=59))


# --- pages ---


@given(st.integers(0, 200), st.integers(0, 3), st.sampled_from(["", "all", "1", "topic"]))
@settings(deadline=None)
def test_the_pages_show_every_agent_once(agents: int, topics: int, words: str) -> None:
    """Nobody is lost or told twice between pages: all of them together show everybody, thirty a page."""
    known = crowd(agents, topics, name=12)
    made = list(pages(words, known))
    shown = [name for page in made for name in agents_in(page)]
    asked = 0 if words in ("1", "topic") and not topics else agents

    assert sorted(shown) == [agent.name for agent in known.agents[:asked]]
    assert [len(agents_in(page)) for page in made[:-1]] == [30] * (len(made) - 1)
    assert len(agents_in(made[-1])) <= 30
    assert len(made) == max(-(-asked // 30), 1)


@given(st.integers(0, 70), st.integers(0, 70), st.integers(0, 2))
@settings(deadline=None)
def test_the_pages_show_every_topic_once(topics: int, uncovered: int, agents: int) -> None:
    """No topic is lost or told twice between pages: all of them together show every one, twenty a page."""
    known = crowd(agents, topics, uncovered=uncovered, name=10)
    made = list(pages("topics", known))
    shown = [[line[0]["text"] for line in lines_of(page) if line[0].get("style")] for page in made]
    names = [topic.name for topic in known.topics]

    assert [name for page in shown for name in page if name != "No topics"] == names
    assert [len(page) for page in shown[:-1] if topics] == [20] * (len(made) - 1 if topics else 0)
    assert len(made) == max(-(-(topics + uncovered) // 20), 1)


@given(st.integers(0, 100), st.integers(0, 999_999), st.sampled_from(["", "topics"]))
@settings(deadline=None)
def test_the_page_that_was_asked_for_is_shown(agents: int, page: int, words: str) -> None:
    """A page that there is is shown; in the place of one that there is not, the last."""
    known = crowd(agents, 2, name=12) if words == "" else crowd(1, agents, name=12)
    made = list(pages(words, known))

    assert lines_of(ask(words, known, page=page)) == lines_of(made[min(page, len(made) - 1)])


def test_a_page_says_which_it_is() -> None:
    """Where there is more than a page, it is told which agents or topics these are, of how many."""
    assert "\nAgents 1–30 of 85\n" in read(ask("", crowd(85, 1)))
    assert "\nAgents 31–60 of 85\n" in read(ask("", crowd(85, 1), page=1))
    assert "\nAgents 61–85 of 85\n" in read(ask("", crowd(85, 1), page=2))
    assert "\nAgents 61–85 of 85\n" in read(ask("", crowd(85, 1), page=3))
    assert "\nAgents 31–31 of 31\n" in read(ask("", crowd(31, 1), page=1))
    assert "\nTopics 21–40 of 45\n" in read(ask("topics", crowd(1, 45), page=1))


@pytest.mark.parametrize(("words", "agents", "topics"), [("", 0, 1), ("", 30, 60), ("topics", 85, 20), ("qqq", 85, 60)])
def test_what_is_all_on_a_page_has_no_pages(words: str, agents: int, topics: int) -> None:
    """Where there is nothing more, there is no word of pages, and no way to another."""
    message = ask(words, crowd(agents, topics))

    assert not re.search(r"(Agents|Topics) \d", read(message))
    assert control(message, "show:previous") is control(message, "show:next") is None


@pytest.mark.parametrize(("words", "known"), [("", crowd(85, 1)), ("1", crowd(85, 1)), ("topics", crowd(1, 45))])
def test_there_is_a_way_to_each_page_beside_this(words: str, known: Snapshot) -> None:
    """The first page has no page before it and the last none after it; each other has both."""
    there = [
        (control(page, "show:previous") is not None, control(page, "show:next") is not None)
        for page in pages(words, known)
    ]

    assert there == [(False, True), (True, True), (True, False)]


def test_the_sum_is_of_all_pages() -> None:
    """However many a page shows, the sum counts everybody, and every page has the same."""
    [one, two] = [read(page).splitlines()[2:6] for page in pages("all", crowd(45, 1, stale=False))]

    assert one[0] == two[0] == "0 free · 45 busy · 0 away · as of 14:03"


@pytest.mark.parametrize("name", [10, 300])
@pytest.mark.parametrize("agents", [0, 1, 8, 9, 500])
@pytest.mark.parametrize("topics", [1, 20, 21, 200])
def test_agents_of_a_topic_that_do_not_fit_are_counted(topics: int, agents: int, name: int) -> None:
    """By topic, of a topic every agent is named or counted in words."""
    for page in pages("topics", crowd(agents, topics, name=name)):
        rows = [row for row in read(page).splitlines() if row.startswith("Topic ")]
        assert rows
        for row in rows:
            assert row.count("Agent ") + counted(row) == agents


@pytest.mark.parametrize("topics", [0, 1, 5, 6, 60])
def test_topics_of_an_agent_that_do_not_fit_are_counted(topics: int) -> None:
    """Of an agent's topics, each is named or counted in words."""
    [line] = lines_of(ask("", crowd(1, topics)))
    said = line[-1]["text"]

    assert said.count("Topic ") + counted(said) == topics
    assert ("no topics" in said) == (topics == 0)


@pytest.mark.parametrize("uncovered", [1, 12, 13, 60])
def test_uncovered_topics_that_do_not_fit_are_counted(uncovered: int) -> None:
    """Of the topics without anyone, each is named or counted in words."""
    said = lines_of(ask("", crowd(1, 0, uncovered=uncovered)))[-1][0]["text"]

    assert said.startswith("Nobody for: ")
    assert said.count("Topic ") + counted(said) == uncovered


def test_topics_in_a_title_that_do_not_fit_are_counted() -> None:
    """Of the topics that some words name, each is in the title or counted there."""
    title = read(ask("topic", crowd(1, 60))).splitlines()[0]

    assert title.count("Topic ") + counted(title) == 60


def test_a_long_list_of_uncovered_topics_is_short() -> None:
    """The roster is about people: of topics without anyone, a line names a dozen and counts the rest."""
    said = lines_of(ask("", crowd(1, 0, uncovered=60)))[-1][0]["text"]

    assert said.count("Topic ") == 12


def test_names_that_are_cut_show_it() -> None:
    """A name that is too long for its line ends in "…"."""
    [line] = lines_of(ask("", crowd(1, 1)))

    assert line[2]["text"].startswith("Agent 00001 www")
    assert line[2]["text"].endswith("w…")
    assert line[-1]["text"].endswith("w…")


# --- whatever users wrote ---


@given(snapshots(), anything)
@settings(max_examples=200, deadline=None)
def test_whatever_users_wrote_slack_takes_it_and_nobody_is_pinged(known: Snapshot, words: str) -> None:
    """No name and no question breaks a message, gets it refused, or notifies anybody."""
    for asked in (words, "", "all", "topics", *(topic.name for topic in known.topics)):
        check(ask(asked, known, view=to_asker_message))
        check(ask(asked, known, view=home_message), "home")


def test_whatever_users_wrote_is_shown_as_it_is() -> None:
    """Markup in a name is no markup: it is literal text, in the roster, by topic, in a title and in a question."""
    known = Snapshot(TAKEN_AT, (WRONG,), WRONG.topics)
    topic = "<@U0123ABCD> _y_ &"

    assert {"type": "text", "text": "<!channel> *x*", "style": {"bold": True}} in lines_of(ask("", known))[0]
    assert f"<!channel> *x* — free — {topic} · <!here>" in read(ask("", known))
    assert "<!here> — 🟢 <!channel> *x* (free)" in read(ask("topics", known))
    assert "Who's online: <!here>" in read(ask("10", known)).splitlines()[0]
    assert f"{topic} — 🟢 <!channel> *x* (free)" in read(ask("topics", known))
    assert f"Who's online: {topic}" in read(ask("9", known)).splitlines()[0]
    assert "No topic matches “<!channel> *z*”." in read(ask("<!channel> *z*", known))


def test_whatever_users_wrote_is_escaped_in_the_notification() -> None:
    """In `text`, which Slack reads as mrkdwn, what users wrote can neither mention nor link."""
    known = Snapshot(TAKEN_AT, (WRONG,), WRONG.topics)

    assert "Who's online: &lt;@U0123ABCD&gt; _y_ &amp;: " in ask("9", known).text
    assert "Who's online: &lt;!here&gt;: " in ask("10", known).text
    assert ask("<!channel>", known).text == "No topic matches “&lt;!channel&gt;”."


def test_an_emojis_name_in_a_topic_is_no_emoji() -> None:
    """The title shows `:tada:` as it was written."""
    topic = Topic(9, ":tada:")
    [header, *_] = ask("9", Snapshot(TAKEN_AT, (), (topic,))).blocks

    assert header["text"] == {"type": "plain_text", "text": "Who's online: :tada:", "emoji": False}


def test_words_of_no_topic_are_cut_like_names() -> None:
    """A long question is repeated no longer than a line, and a long name suggested no longer than a name."""
    check(ask("x" * 5_000, TEAM))
    long = Topic(1, "b" * 79)
    shown = read(check(ask("b" * 80, Snapshot(TAKEN_AT, (), (long,)))))
    assert "Did you mean bbb" in shown
    assert long.name not in shown.split("Did you mean")[1]


@pytest.fixture
def _elsewhere(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with monkeypatch.context() as context:
        context.setenv("TZ", "Asia/Kolkata")
        time.tzset()
        yield
    time.tzset()


@pytest.mark.usefixtures("_elsewhere")
@pytest.mark.parametrize("words", QUESTIONS)
def test_where_the_bot_runs_makes_no_difference(words: str) -> None:
    """A message depends on the answer and the time alone, not on the machine's zone."""
    known = dataclasses.replace(OLD, taken_at=TAKEN_AT + timedelta(minutes=1))
    moved = dataclasses.replace(known, taken_at=known.taken_at.astimezone())

    assert ask(words, moved) == ask(words, known)
    assert "19:34" not in as_json(ask(words, moved))
