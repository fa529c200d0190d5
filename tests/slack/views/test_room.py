"""Slack takes every answer: of any size, in any language, and whatever users wrote."""

from collections.abc import Iterator

import pytest
from hypothesis import given, settings

from bot.errors import SuperOfficeError
from bot.presence.model import Snapshot, Topic
from bot.presence.query import ByTopic, Query
from bot.presence.reading import Shown, Stale
from bot.presence.result import result_of
from bot.slack.view_state import ViewState
from bot.slack.views import places
from bot.slack.views.message import Message
from bot.slack.views.notices import failure_message
from bot.slack.views.pages import page_count
from bot.slack.views.places import View, home_failure_message, home_message
from bot.slack.views.roster import Reader
from bot.words import Words, words_in
from bot.words.language import Language
from tests.kit.crowd import DETAIL, FAILURES, agent, asked, fresh, snapshot, stale
from tests.kit.views import PSEUDO, SHARER, VIEWS, ask, askable, check, english_in, office, readings

NEARLY = f"001 {'ж' * 15}ю"
QUESTIONS = ("", "all", "topics", "1", "#1", "ж", "&" * 80, "topicz", NEARLY)
"""Every kind of question; of topics: one, many, none, and none where a keyword or another topic may be meant."""

LONGEST_REASON = max(FAILURES, key=lambda error: len(PSEUDO.failures.cause(error)))
PROFILES = {number: f"https://pretend.slack.com/team/U{number:09}" for number in range(0, 500, 2)}


def mixed(agents: int, topics: int, *, letters: str = "ж", length: int = 300) -> Snapshot:
    """So many of all sorts: free, busy, with chats, away; topics with members, without, and closed."""
    known = tuple(Topic(number, f"{number:03} {letters * 300}"[:length]) for number in range(1, topics + 1))
    covered = known[: topics // 2]
    staff = (
        agent(
            f"{number:03} {letters * 300}"[:length],
            *(covered[(number + step) % len(covered)] for step in range(7) if covered and number % 9),
            user_id=number,
            present=number % 5 != 1,
            chats=number % 4 * 33,
        )
        for number in range(agents)
    )
    return snapshot(*staff, topics=known, closed=frozenset(known[topics // 2 :: 2]))


def everything_shown(
    reading: Shown, words: Words, questions: tuple[str, ...] = QUESTIONS
) -> Iterator[tuple[Message, View]]:
    """The answer to each question in each place, on its first page and on its last."""
    for question in questions:
        query = asked(question)
        result = result_of(query, reading, busy_at=1)
        for view in VIEWS:
            sharer = SHARER if view is places.shared_message else ""
            for page in {0, page_count(result) - 1}:
                yield view(result, ViewState(query, page, sharer), Reader(words, PROFILES)), view


def test_every_kind_of_query_and_every_view_is_tried() -> None:
    """A new kind of query or place is tried here too."""
    views = {
        name for name, made in vars(places).items() if name.endswith("_message") and made.__module__ == places.__name__
    }

    assert {type(asked(question)) for question in QUESTIONS} == set(Query.__args__)
    assert {view.__name__ for view in VIEWS} | {"home_failure_message"} == views


@pytest.mark.parametrize("letters", ["ж", "&<>"])
@pytest.mark.parametrize("topics", [0, 1, 60, 150])
@pytest.mark.parametrize("agents", [0, 1, 50, 500])
def test_slack_takes_answers_of_every_size(agents: int, topics: int, letters: str) -> None:
    """Any number of agents and topics fits, with the longest names, old, and with all words twice as long."""
    known = mixed(agents, topics, letters=letters)
    for reading in (fresh(known), Stale(known, LONGEST_REASON, 3599.0)):
        for message, view in everything_shown(reading, PSEUDO):
            check(message, view)


def test_slack_takes_the_longest_message() -> None:
    """A full page in which every line is as long as it can be fits, with the longest menu below it."""
    for agents, topics in ((90, 60), (10_000, 39)):
        reading = Stale(
            office(agents, topics, uncovered=99 - topics, name=300, fill="&", each=60), LONGEST_REASON, 3599
        )
        for message, view in everything_shown(reading, PSEUDO, ("", "all", "topics", "topic")):
            check(message, view)


@pytest.mark.parametrize("language", Language)
def test_slack_takes_the_largest_answers_in_every_language(language: Language) -> None:
    """The largest answers fit in the languages that there are."""
    for message, view in everything_shown(stale(mixed(500, 150)), words_in(language)):
        check(message, view)


@pytest.mark.parametrize("error", FAILURES, ids=lambda error: error.reason.name)
def test_every_failure_has_room_for_longer_words(error: SuperOfficeError) -> None:
    """Every failure fits where all words are twice as long; each word is translated, and no detail is shown."""
    message = check(failure_message(error, PSEUDO))
    home = check(home_failure_message(error, ViewState(ByTopic()), PSEUDO), home_message)

    assert english_in(message) == english_in(home) == []
    assert DETAIL not in f"{message} {home}"


@given(readings(), askable)
@settings(max_examples=200)
def test_whatever_users_wrote_slack_takes_it_and_nobody_is_pinged(known: Shown, words: str) -> None:
    """No name and no question breaks a message, gets it refused, or notifies anybody."""
    for question in (words, "", "all", "topics", *(topic.name for topic in known.snapshot.topics)):
        for view in VIEWS:
            check(ask(question, known, view=view), view)


# Nothing is said past the catalogues


@pytest.mark.parametrize("topics", [0, 60])
@pytest.mark.parametrize("agents", [0, 50])
def test_every_word_of_an_answer_is_translated(agents: int, topics: int) -> None:
    """In a language without a single English letter an answer has none, except for what is typed."""
    known = mixed(agents, topics, length=20)
    for reading in (fresh(known), Stale(known, LONGEST_REASON, 3599.0)):
        for message, _ in everything_shown(reading, PSEUDO, ("", "all", "topics", "1", "ж", "&", NEARLY)):
            assert english_in(message) == []
