"""What is said where there is no roster to show."""

import inspect
import re
from collections.abc import Iterator

import pytest

from bot.presence.query import KEYWORDS
from bot.slack.views import notices
from bot.slack.views.message import Kind, Message
from bot.slack.views.notices import COMMAND, help_message, short_help_message
from bot.words import Words, words_in
from bot.words.language import Language
from tests.kit.crowd import DOWN
from tests.kit.views import ENGLISH, PSEUDO, check, controls_of, english_in, read


def every_notice(words: Words) -> Iterator[Message]:
    """What each function of the module says."""
    known = {"words": words, "error": DOWN, "incident_id": "0123abcd" * 4}
    for name, make in inspect.getmembers(notices, inspect.isfunction):
        if name.endswith("_message") and make.__module__ == notices.__name__:
            yield make(**{name: known[name] for name in inspect.signature(make).parameters})


@pytest.mark.parametrize("words", [*map(words_in, Language), PSEUDO])
def test_what_is_no_answer_is_a_notice(words: Words) -> None:
    """A notice takes no answer's place and has no controls. Slack takes it in every language."""
    made = [check(each) for each in every_notice(words)]

    assert len(made) == 12
    assert {each.kind for each in made} == {Kind.NOTICE, Kind.ALONE}
    assert all(controls_of(each) == [] for each in made)


def test_every_word_of_a_notice_is_translated() -> None:
    """In a language without a single English letter a notice has none, except for what is typed."""
    assert [english_in(each) for each in every_notice(PSEUDO)] == [[]] * 12


@pytest.mark.parametrize("words", [*map(words_in, Language)])
def test_help_names_the_words_as_they_are_typed(words: Words) -> None:
    """The grammar is one in all languages: the help names the command and every keyword untranslated."""
    typed = re.findall(r"`([^`]+)`", str(help_message(words).blocks))

    assert typed == [COMMAND, *(f"{COMMAND} {word}" for word in ("billing", *KEYWORDS))]
    assert re.findall(r"\*(\w+)\*", short_help_message(words).text) == list(KEYWORDS)
    assert {"all", "topics"} <= set(re.findall(r"\w+", help_message(words).text))


def test_a_notification_says_what_the_blocks_say() -> None:
    """Telephones show `text` alone: except for the help, it says what the blocks do."""
    for made in every_notice(ENGLISH):
        if made != help_message(ENGLISH):
            assert made.text.replace("*", "") in read(made)
