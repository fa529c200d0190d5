"""The words of rosters, in English."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import Denied, Reason, SuperOfficeError, Unexpected, Unreachable
from bot.presence.model import Agent, Snapshot, State, Topic
from bot.presence.roster import Count, NoSuchTopic, Roster, Seat
from bot.slack.views import words as w
from tests.slack.conftest import TAKEN_AT
from tests.slack.views.conftest import ENGLISH, NASTY


def seat(state: State, chats: int, *, name: str = "Anna Berg", topics: tuple[Topic, ...] = ()) -> Seat:
    return Seat(Agent(3, name, present=state is not State.AWAY, ongoing_chats=chats, topics=topics), state)


def no_such(*topics_meant: Topic, keywords: tuple[str, ...] = (), words: str = "biling") -> NoSuchTopic:
    return NoSuchTopic(Snapshot(TAKEN_AT, (), ()), words, topics_meant, keywords)


def uncovering(*topics: Topic, closed: frozenset[Topic] = frozenset()) -> Roster:
    return Roster(Snapshot(TAKEN_AT, (), topics, closed), (), Count(0, 0, 0), (), topics)


def weight(text: str) -> int:
    """The characters of a text as Slack counts them: https://docs.slack.dev/messaging/formatting-message-text/."""
    return len(text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;"))


@pytest.mark.parametrize(
    ("text", "length", "cut"),
    [
        ("", 1, ""),
        ("abc", 3, "abc"),
        ("abcd", 3, "ab…"),
        ("ab cd", 4, "ab…"),
        ("abcd", 1, "…"),
        ("&", 1, "…"),
        ("&&", 9, "&…"),
        ("&&", 10, "&&"),
        ("a<b", 5, "a…"),
        ("a>b", 6, "a>b"),
    ],
)
def test_a_cut_shows(text: str, length: int, cut: str) -> None:
    """What fits stays as it is; what does not ends in "…", right after its last letter."""
    assert w.cut(text, length) == cut


@given(st.text() | st.text("&<>a ", max_size=60), st.integers(1, 100))
def test_a_cut_text_is_never_too_long(text: str, length: int) -> None:
    """No text is longer, as Slack counts it, than it may be, and none that fits is changed."""
    cut = w.cut(text, length)

    assert weight(cut) <= length
    assert cut == text if weight(text) <= length else cut.endswith("…")
    assert text.startswith(cut.removesuffix("…"))


@given(st.text("&<>ab", min_size=20, max_size=60), st.integers(10, 20))
def test_a_cut_leaves_out_no_more_than_it_must(text: str, length: int) -> None:
    """A text that is cut has no room for its next character."""
    cut = w.cut(text, length)

    if cut != text:
        kept = len(cut) - 1
        assert weight(text[: kept + 1]) + 1 > length


@pytest.mark.parametrize(("number", "said"), [(1, "1 chat"), (2, "2 chats")])
def test_a_number_agrees_with_its_noun(number: int, said: str) -> None:
    """One is one chat; many are chats."""
    assert ENGLISH.state(seat(State.BUSY, number)) == said


@pytest.mark.parametrize(
    ("names", "said"),
    [
        ([], ""),
        (["a"], "a"),
        (["a", "b"], "a, b"),
        (["a", "b", "c"], "a, b and 1 more"),
        (["a"] * 40, "a, a and 38 more"),
    ],
)
def test_a_list_counts_what_it_leaves_out(names: Sequence[str], said: str) -> None:
    """A list names as many as it may, and counts all the others."""
    assert ENGLISH.listed(names, 2) == said


@pytest.mark.parametrize(
    ("state", "chats", "said"),
    [
        (State.FREE, 0, "free"),
        (State.FREE, 1, "free, 1 chat"),
        (State.BUSY, 1, "1 chat"),
        (State.BUSY, 2, "2 chats"),
        (State.AWAY, 0, "away"),
        (State.AWAY, 2, "away, 2 chats"),
    ],
)
def test_a_state_is_said_in_words(state: State, chats: int, said: str) -> None:
    """A state needs no colour to be understood, and chats that go on are told of whoever has them."""
    assert ENGLISH.state(seat(state, chats)) == said


def test_who_has_no_topics_has_none() -> None:
    """A gap would leave readers wondering, so "no topics" is said."""
    assert ENGLISH.topics_of(seat(State.FREE, 0)) == "no topics"


def test_names_are_cut_to_their_lines() -> None:
    """No name takes more of a line than it may, and less of one that it shares."""
    long = seat(State.FREE, 0, name="n" * 300, topics=(Topic(1, "t" * 300),))

    assert w.name(long) == "n" * (w.MAX_NAME - 1) + "…"
    assert ENGLISH.topics_of(long) == "t" * (w.MAX_TOPIC - 1) + "…"
    assert ENGLISH.member(long) == "n" * (w.MAX_NAME_AMONG_OTHERS - 1) + "… (free)"


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (-5, "less than a minute ago"),
        (0, "less than a minute ago"),
        (59, "less than a minute ago"),
        (60, "1 minute ago"),
        (299, "4 minutes ago"),
        (3599, "59 minutes ago"),
        (3600, "1 hour ago"),
        (7200, "2 hours ago"),
        (86400, "24 hours ago"),
    ],
)
def test_an_age_is_said_as_people_say_it(seconds: int, said: str) -> None:
    """An age is told in whole minutes or hours, never as more than it is."""
    assert ENGLISH.ago(seconds) == said


@pytest.mark.parametrize("reason", Reason)
@pytest.mark.parametrize("kind", [Unreachable, Denied, Unexpected])
def test_a_failure_says_what_happened_and_what_to_do(kind: type[SuperOfficeError], reason: Reason) -> None:
    """Every failure is three whole sentences: what is not known, what happened, what to do; no details."""
    said = ENGLISH.failed(kind(reason, "HTTP 502, text/html"))

    assert said == f"I can't say who is online. {kind.headline}: {reason.value}. {kind.advice}"
    assert said.endswith(".")
    assert "HTTP" not in said


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (no_such(), "No topic matches “biling”."),
        (no_such(Topic(1, "Billing")), "No topic matches “biling”. Did you mean Billing?"),
        (
            no_such(Topic(1, "Billing"), keywords=("all",)),
            "No topic matches “biling”. Did you mean Billing or all?",
        ),
        (
            no_such(Topic(1, "Billing"), Topic(2, "Bills"), keywords=("all",)),
            "No topic matches “biling”. Did you mean Billing or Bills or all?",
        ),
        (
            no_such(Topic(1, "B" * 300)),
            "No topic matches “biling”. Did you mean " + "B" * (w.MAX_TOPIC - 1) + "…?",
        ),
    ],
)
def test_words_that_name_no_topic_are_repeated(answer: NoSuchTopic, said: str) -> None:
    """Who mistyped sees what was read, and what it may have been."""
    assert ENGLISH.no_such_topic(answer) == said


@pytest.mark.parametrize(
    ("state", "chats", "said"),
    [
        (State.FREE, 0, "Ask Anna Berg first: free, without a chat."),
        (State.FREE, 1, "Ask Anna Berg first: free, with 1 chat."),
        (State.FREE, 2, "Ask Anna Berg first: free, with the fewest chats, 2."),
        (State.BUSY, 1, "Nobody is free. Anna Berg has 1 chat."),
        (State.BUSY, 3, "Nobody is free. Anna Berg has the fewest chats, 3."),
    ],
)
def test_whom_to_ask_first_says_why(state: State, chats: int, said: str) -> None:
    """Whom to ask is no order but a reason: how free they are, and that nobody else is freer."""
    assert ENGLISH.ask_first(seat(state, chats)) == said


def test_closed_topics_are_named_last_and_said_to_be() -> None:
    """A topic that nobody covers because it is closed is no gap to worry about, so it is told apart."""
    orders, returns, vip = Topic(1, "Orders"), Topic(2, "Returns"), Topic(3, "VIP")
    closed = frozenset({orders})

    assert ENGLISH.uncovered(uncovering(orders, returns, vip)) == "Nobody for: Orders, Returns, VIP"
    assert ENGLISH.uncovered(uncovering(orders, returns, vip, closed=closed)) == (
        "Nobody for: Returns, VIP, Orders (closed now)"
    )


@pytest.mark.parametrize("written", NASTY)
def test_what_users_wrote_is_no_pattern_for_words(written: str) -> None:
    """Braces and percent signs in a name stay what they are, wherever a name is put into our words."""
    odd = seat(State.FREE, 0, name=written, topics=(Topic(1, written),))
    shown_name, shown_topic = w.name(odd), w.topic(Topic(1, written))

    assert ENGLISH.ask_first(odd) == f"Ask {shown_name} first: free, without a chat."
    assert ENGLISH.title((Topic(1, written),)) == f"Who's online: {shown_topic}"
    assert ENGLISH.no_such_topic(no_such(Topic(1, written), Topic(2, written), words=written)) == (
        f"No topic matches “{written}”. Did you mean {shown_topic} or {shown_topic}?"
    )
    assert ENGLISH.listed([written] * 3, 2, "|") == f"{written}|{written} and 1 more"
