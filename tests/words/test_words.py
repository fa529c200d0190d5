"""What is said in English, a phrase at a time."""

from collections.abc import Sequence

import pytest

from bot.errors import Denied, Reason, SuperOfficeError
from bot.presence.model import Agent, State, Topic
from bot.presence.reading import Fresh
from bot.presence.result import Count, NoMatch, Roster, Seat
from bot.words.roster import MAX_NAME, MAX_NAME_AMONG_OTHERS, MAX_TOPIC, agent_name, topic_name
from tests.kit.crowd import BILLING, FAILURES, ORDERS, RETURNS, VIP, fresh, snapshot, stale
from tests.kit.text import NASTY
from tests.kit.views import ENGLISH

SAID = ENGLISH.roster


def seat(state: State, chats: int, *, name: str = "Anna Berg", topics: tuple[Topic, ...] = ()) -> Seat:
    return Seat(Agent(3, name, present=state is not State.AWAY, ongoing_chats=chats, topics=topics), state)


def no_match(*topics_meant: Topic, keywords: tuple[str, ...] = (), words: str = "biling") -> NoMatch:
    return NoMatch(fresh(), words, topics_meant, keywords)


@pytest.mark.parametrize(
    ("state", "chats", "said"),
    [
        (State.FREE, 0, "free"), (State.FREE, 1, "free, 1 chat"), (State.BUSY, 1, "1 chat"),
        (State.BUSY, 2, "2 chats"), (State.AWAY, 0, "away"), (State.AWAY, 2, "away, 2 chats"),
    ],
)  # fmt: skip
def test_a_state_is_said_in_words(state: State, chats: int, said: str) -> None:
    """A state needs no colour to be understood, and ongoing chats are mentioned whoever has them."""
    assert SAID.state(seat(state, chats)) == said


@pytest.mark.parametrize(
    ("names", "said"),
    [
        ([], ""), (["a"], "a"), (["a", "b"], "a, b"), (["a", "b", "c"], "a, b and 1 more"),
        (["a"] * 40, "a, a and 38 more"),
    ],
)  # fmt: skip
def test_a_list_counts_what_it_leaves_out(names: Sequence[str], said: str) -> None:
    """A list names as many as it may, and counts all the others."""
    assert SAID.listed(names, 2) == said


def test_names_are_cut_to_their_lines() -> None:
    """No name takes more of a line than it may, and less of one that it shares with others."""
    long = seat(State.FREE, 0, name="n" * 300, topics=(Topic(1, "t" * 300),))

    assert agent_name(long) == "n" * (MAX_NAME - 1) + "…"
    assert SAID.topics_of(long) == "t" * (MAX_TOPIC - 1) + "…"
    assert SAID.member(long) == "n" * (MAX_NAME_AMONG_OTHERS - 1) + "… (free)"


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (-5, "less than a minute ago"), (59.9, "less than a minute ago"), (60, "1 minute ago"),
        (299.9, "4 minutes ago"), (3599, "59 minutes ago"), (3600, "1 hour ago"), (7199, "1 hour ago"),
        (7200, "2 hours ago"), (86399, "23 hours ago"),
    ],
)  # fmt: skip
def test_an_age_is_never_said_to_be_more_than_it_is(seconds: float, said: str) -> None:
    """An age is told in whole minutes or hours, rounded down."""
    assert ENGLISH.failures.ago(stale(age_s=seconds).age_minutes) == said


IN_TROUBLE = {Reason.BUSY, Reason.GATEWAY, Reason.SERVER_ERROR, Reason.FAILED, Reason.DATABASE}
MISREAD = {Reason.EMPTY, Reason.UNREADABLE, Reason.TOO_LARGE}
NOT_LET_IN = {
    Reason.WEB_SIGN_IN, Reason.MESSAGE_SECURITY, Reason.BAD_REQUEST, Reason.FORBIDDEN, Reason.TLS_WANTED,
}  # fmt: skip


@pytest.mark.parametrize("error", FAILURES, ids=lambda error: error.reason.name)
def test_a_failure_says_what_happened_and_what_to_do(error: SuperOfficeError) -> None:
    """Every failure says what is not known, what happened, what to do and who can do it; no details.

    A web server that reports an error was reached, so nobody is told that it was not.
    """
    said = ENGLISH.failures.failed(error)
    headline, advice = "SuperOffice is not reachable: ", "tell the person who looks after SuperOffice."
    if error.reason in IN_TROUBLE:
        headline = "SuperOffice gave no usable answer: "
    elif error.reason in MISREAD:
        headline, advice = "SuperOffice gave no usable answer: ", "tell the person who installed this bot."
    elif isinstance(error, Denied) or error.reason in NOT_LET_IN:
        headline, advice = "SuperOffice does not let the bot in: ", "The person who installed this bot can fix it"

    assert said.startswith(f"I can't say who is online. {headline}")
    assert advice in said
    assert "s3cret" not in said


@pytest.mark.parametrize(
    ("result", "said"),
    [
        (no_match(), ""),
        (no_match(BILLING), " Did you mean Billing?"),
        (no_match(BILLING, keywords=("all",)), " Did you mean Billing or all?"),
        (no_match(BILLING, ORDERS, keywords=("all",)), " Did you mean Billing, Orders or all?"),
        (no_match(Topic(1, "B" * 300)), " Did you mean " + "B" * (MAX_TOPIC - 1) + "…?"),
    ],
)
def test_words_that_name_no_topic_are_repeated(result: NoMatch, said: str) -> None:
    """Whoever mistyped sees what was read, and what it may have been."""
    assert SAID.no_match(result) == f"No topic matches “biling”.{said}"


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
    assert SAID.ask_first(seat(state, chats)) == said


def test_closed_topics_are_named_last_and_said_to_be() -> None:
    """An uncovered topic that is closed now is no gap to worry about; a stale reading cannot tell them apart."""
    known = snapshot(topics=(ORDERS, RETURNS, VIP), closed=frozenset({ORDERS}))
    rosters = [Roster(reading, (), Count(0, 0, 0), (), known.topics) for reading in (Fresh(known), stale(known))]

    assert [SAID.uncovered(roster) for roster in rosters] == [
        "Nobody for: Returns, VIP & Co, Orders (closed now)",
        "Nobody for: Orders, Returns, VIP & Co",
    ]


@pytest.mark.parametrize("written", NASTY)
def test_what_users_wrote_is_no_pattern_for_words(written: str) -> None:
    """Braces and percent signs in a name stay what they are, wherever a name is put into our words."""
    topic = Topic(1, written)
    odd = seat(State.FREE, 0, name=written, topics=(topic,))
    name, topic_shown = agent_name(odd), topic_name(topic)

    assert SAID.ask_first(odd) == f"Ask {name} first: free, without a chat."
    assert SAID.title((topic,)) == f"Who's online: {topic_shown}"
    assert SAID.no_match(no_match(topic, topic, words=written)) == (
        f"No topic matches “{written}”. Did you mean {topic_shown} or {topic_shown}?"
    )
    assert SAID.listed([written] * 3, 2, "|") == f"{written}|{written} and 1 more"
