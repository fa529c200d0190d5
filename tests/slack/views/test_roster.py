"""The roster and its variants, as they are sent to Slack."""

import dataclasses
import re
import time
from collections.abc import Iterator
from datetime import timedelta

import pytest
from hypothesis import given, settings
from syrupy.assertion import SnapshotAssertion

from bot.errors import Denied, Reason, SuperOfficeError, Unexpected, Unreachable
from bot.presence.model import Agent, Snapshot, Topic
from bot.slack.views.message import Message
from tests.slack.conftest import DOWN, TAKEN_AT, TEAM
from tests.slack.views.conftest import (
    anything,
    as_json,
    ask,
    check,
    counted,
    crowd,
    lines_of,
    read,
    snapshots,
)

ONE = Snapshot(TAKEN_AT, TEAM.agents[:1], TEAM.agents[0].topics)
AWAY = dataclasses.replace(TEAM, agents=TEAM.agents[3:])
EMPTY = Snapshot(TAKEN_AT, (), ())
OLD = dataclasses.replace(TEAM, stale_because=DOWN)
WRONG = Agent(9, "<!channel> *x*", present=True, ongoing_chats=0, topics=(Topic(9, "<!here> _y_ & <@U0123ABCD>"),))

STATES: dict[str, Message] = {
    "one": ask("", ONE),
    "many": ask("", TEAM),
    "nobody": ask("", AWAY),
    "nobody at all": ask("", EMPTY),
    "nobody for a topic": ask("returns", TEAM),
    "all with away": ask("all", TEAM),
    "a topic": ask("billing", TEAM),
    "several topics": ask("r", TEAM),
    "by topic": ask("topics", TEAM),
    "by topic without topics": ask("topics", EMPTY),
    "no such topic": ask("qqq", TEAM),
    "no such topic, with a suggestion": ask("biling", TEAM),
    "no such topic, without topics": ask("billing", EMPTY),
    "stale": ask("", OLD),
    "stale by topic": ask("topics", OLD),
    "stale for a topic": ask("billing", OLD),
    "what users wrote": ask("", Snapshot(TAKEN_AT, (WRONG,), WRONG.topics)),
    "what users wrote, by topic": ask("topics", Snapshot(TAKEN_AT, (WRONG,), WRONG.topics)),
    "what users wrote, for a topic": ask("9", Snapshot(TAKEN_AT, (WRONG,), WRONG.topics)),
    "what users wrote, and typed": ask("<!channel> *z*", Snapshot(TAKEN_AT, (WRONG,), WRONG.topics)),
}

QUESTIONS = ["", "all", "topics", "topic", "1", "no such thing"]


@pytest.mark.parametrize("state", STATES)
def test_each_state_is_as_it_was_seen_and_approved(state: str, snapshot: SnapshotAssertion) -> None:
    """What Slack is sent in each state changes only on purpose."""
    assert as_json(check(STATES[state])) == snapshot


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


@pytest.mark.parametrize("words", ["", "all", "topics", "billing"])
def test_no_meaning_is_in_a_colour_alone(words: str) -> None:
    """Beside every emoji stands in words what it means, for those who do not see it."""
    for line in lines_of(ask(words, TEAM)):
        if any(part["type"] == "emoji" for part in line):
            said = "".join(part.get("text", "") for part in line)
            assert re.search(r"free|\d chats?|away", said)


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
@pytest.mark.parametrize("topics", [0, 1, 12, 60])
@pytest.mark.parametrize("agents", [0, 1, 50, 500])
def test_every_size_fits(agents: int, topics: int, words: str) -> None:
    """Slack takes the message for any number of agents and topics, and for names of 300 characters."""
    check(ask(words, crowd(agents, topics, uncovered=60)))


@pytest.mark.parametrize("words", ["", "all", "topic"])
@pytest.mark.parametrize("topics", [3, 60])
@pytest.mark.parametrize("name", [1, 10, 300])
@pytest.mark.parametrize("agents", [1, 39, 40, 41, 42, 500])
def test_agents_that_do_not_fit_are_counted(agents: int, name: int, topics: int, words: str) -> None:
    """Every agent is shown or counted in words; none is left out silently."""
    message = ask(words, crowd(agents, topics, name=name))
    shown = sum(line[0]["type"] == "emoji" for line in lines_of(message))

    assert shown + counted(read(message), "agents?") == agents
    assert shown > 0


def test_forty_agents_are_shown() -> None:
    """A message holds forty ordinary agents, and says "1 more agent" of one and "460 more agents" of many."""
    assert "more agent" not in read(ask("", crowd(40, 3, name=14)))
    assert "and 1 more agent. Ask for one topic, by its name or number, to see fewer." in read(
        ask("", crowd(41, 3, name=14))
    )
    assert "and 460 more agents. Ask for one topic, by its name or number, to see fewer." in read(
        ask("", crowd(500, 3, name=14))
    )


@pytest.mark.parametrize("name", [10, 300])
@pytest.mark.parametrize("agents", [0, 1, 500])
@pytest.mark.parametrize("topics", [1, 40, 41, 200])
def test_topics_that_do_not_fit_are_counted(topics: int, agents: int, name: int) -> None:
    """By topic, every topic is shown or counted in words, and of a topic every agent."""
    message = ask("topics", crowd(agents, topics, name=name))
    rows = [row for row in read(message).splitlines() if row.startswith("Topic ")]

    assert len(rows) + counted(read(message), "topics?") == topics
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

    assert line[2]["text"].startswith("Agent 001 WWW")
    assert line[2]["text"].endswith("W…")
    assert line[-1]["text"].endswith("t…")


# --- whatever users wrote ---


@given(snapshots(), anything)
@settings(max_examples=200, deadline=None)
def test_whatever_users_wrote_slack_takes_it_and_nobody_is_pinged(known: Snapshot, words: str) -> None:
    """No name and no question breaks a message, gets it refused, or notifies anybody."""
    for asked in (words, "", "all", "topics", *(topic.name for topic in known.topics)):
        check(ask(asked, known))


def test_whatever_users_wrote_is_shown_as_it_is() -> None:
    """Markup in a name is no markup: it is literal text, in the roster, by topic, in a title and in a question."""
    known = Snapshot(TAKEN_AT, (WRONG,), WRONG.topics)
    topic = "<!here> _y_ & <@U0123ABCD>"

    assert {"type": "text", "text": "<!channel> *x*", "style": {"bold": True}} in lines_of(ask("", known))[0]
    assert f"<!channel> *x* — free — {topic}" in read(ask("", known))
    assert f"{topic} — 🟢 <!channel> *x* (free)" in read(ask("topics", known))
    assert f"Who's online: {topic}" in read(ask("9", known)).splitlines()[0]
    assert "No topic matches “<!channel> *z*”." in read(ask("<!channel> *z*", known))


def test_whatever_users_wrote_is_escaped_in_the_notification() -> None:
    """In `text`, which Slack reads as mrkdwn, what users wrote can neither mention nor link."""
    known = Snapshot(TAKEN_AT, (WRONG,), WRONG.topics)

    assert "&lt;!here&gt; _y_ &amp; &lt;@U0123ABCD&gt;" in ask("9", known).text
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
