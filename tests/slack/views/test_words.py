"""The words of rosters."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import Denied, Reason, SuperOfficeError, Unexpected, Unreachable
from bot.presence.model import Agent, State, Topic
from bot.presence.roster import Seat
from bot.slack.views import words


def seat(state: State, chats: int, *, name: str = "Anna Berg", topics: tuple[Topic, ...] = ()) -> Seat:
    return Seat(Agent(3, name, present=state is not State.AWAY, ongoing_chats=chats, topics=topics), state)


@pytest.mark.parametrize(
    ("text", "length", "cut"),
    [("", 1, ""), ("abc", 3, "abc"), ("abcd", 3, "ab…"), ("ab cd", 4, "ab…"), ("abcd", 1, "…")],
)
def test_a_cut_shows(text: str, length: int, cut: str) -> None:
    """What fits stays as it is; what does not ends in "…", right after its last letter."""
    assert words.cut(text, length) == cut


@given(st.text(), st.integers(1, 100))
def test_a_cut_text_is_never_too_long(text: str, length: int) -> None:
    """No text is longer than it may be, and none that fits is changed."""
    cut = words.cut(text, length)

    assert len(cut) <= length
    assert (cut == text) == (len(text) <= length) or cut.endswith("…")


@pytest.mark.parametrize(("number", "said"), [(0, "0 chats"), (1, "1 chat"), (2, "2 chats")])
def test_a_number_agrees_with_its_noun(number: int, said: str) -> None:
    """One is one chat; none and many are chats."""
    assert words.plural(number, "chat", "chats") == said


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
    assert words.listed(names, 2) == said


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
    assert words.state(seat(state, chats)) == said


def test_who_has_no_topics_has_none() -> None:
    """A gap would leave readers wondering, so "no topics" is said."""
    assert words.topics_of(seat(State.FREE, 0)) == "no topics"


def test_names_are_cut_to_their_lines() -> None:
    """No name takes more of a line than it may."""
    long = seat(State.FREE, 0, name="n" * 300, topics=(Topic(1, "t" * 300),))

    assert words.name(long) == "n" * (words.MAX_NAME - 1) + "…"
    assert words.topics_of(long) == "t" * (words.MAX_TOPIC - 1) + "…"


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
    assert words.ago(seconds) == said


@pytest.mark.parametrize("reason", Reason)
@pytest.mark.parametrize("kind", [Unreachable, Denied, Unexpected])
def test_a_failure_says_what_happened_and_what_to_do(kind: type[SuperOfficeError], reason: Reason) -> None:
    """Every failure is three whole sentences: what is not known, what happened, what to do; no details."""
    said = words.failed(kind(reason, "HTTP 502, text/html"))

    assert said == f"I can't say who is online. {kind.headline}: {reason.value}. {kind.advice}"
    assert said.endswith(".")
    assert "HTTP" not in said


@pytest.mark.parametrize(
    ("suggestions", "said"),
    [
        ([], "No topic matches “biling”."),
        (["Billing"], "No topic matches “biling”. Did you mean Billing?"),
        (["Billing", "all"], "No topic matches “biling”. Did you mean Billing or all?"),
        (["B" * 300], "No topic matches “biling”. Did you mean " + "B" * (words.MAX_TOPIC - 1) + "…?"),
    ],
)
def test_words_that_name_no_topic_are_repeated(suggestions: Sequence[str], said: str) -> None:
    """Who mistyped sees what was read, and what it may have been."""
    assert words.no_such_topic("biling", suggestions) == said
