"""What is said where there is no roster to show."""

import inspect
import re

import pytest

from bot.errors import Denied, Reason, SuperOfficeError, Unexpected, Unreachable
from bot.languages import Language
from bot.presence.query import Kind, parse
from bot.slack.views import notices
from bot.slack.views.message import Notice
from bot.slack.views.notices import COMMAND, failure_message, help_message, incident_message, short_help_message
from bot.slack.views.words import Words, words_in
from tests.slack.views.conftest import ENGLISH, check, controls_of, read
from tests.slack.views.states import NOTICES


def every_notice(words: Words) -> list[Notice]:
    """What each function of the module says."""
    error = Unreachable(Reason.TIMEOUT)
    said = []
    for name, make in inspect.getmembers(notices, inspect.isfunction):
        if name.endswith("_message") and make.__module__ == notices.__name__:
            known = {"words": words, "error": error, "incident_id": "0123abcd"}
            said.append(make(**{name: known[name] for name in inspect.signature(make).parameters}))
    assert len(said) == 8
    return said


@pytest.mark.parametrize("language", Language)
def test_what_is_no_answer_is_a_notice(language: Language) -> None:
    """A notice takes no answer's place: all that is said here is one, has no controls, and is taken by Slack."""
    for said in every_notice(words_in(language)):
        assert isinstance(said, Notice)
        assert controls_of(said) == []
        check(said)


@pytest.mark.parametrize("reason", Reason)
@pytest.mark.parametrize("kind", [Unreachable, Denied, Unexpected])
def test_every_failure_can_be_told(kind: type[SuperOfficeError], reason: Reason) -> None:
    """Slack takes the notice of each failure; it has a headline and advice, and no details."""
    shown = read(check(failure_message(kind(reason, "<!channel> s3cret"), ENGLISH)))

    assert kind.headline in shown
    assert kind.advice in shown
    assert "s3cret" not in shown


def test_help_names_every_word_that_means_something() -> None:
    """Every keyword of the grammar is in the help, after the command, as it is typed."""
    shown = read(help_message(ENGLISH))

    for kind in (Kind.EVERYBODY, Kind.BY_TOPIC, Kind.HELP):
        assert f"{COMMAND} {kind.value}" in shown
        assert parse(kind.value).kind is kind


@pytest.mark.parametrize("language", Language)
def test_help_names_the_same_words_in_every_language(language: Language) -> None:
    """The grammar is one in all languages, so the words that are typed are not translated."""
    words = words_in(language)
    typed = re.findall(r"`([^`]+)`", str(help_message(words).blocks))

    assert typed == [COMMAND, *(f"{COMMAND} {word}" for word in ("billing", "all", "topics", "help"))]
    bold = re.findall(r"\*(\w+)\*", short_help_message(words).text)
    assert bold == ["all", "topics", "help"]


def test_help_says_where_commands_do_not_work() -> None:
    """Slack knows no commands inside threads, so help tells what to do there."""
    assert "Slack knows no commands inside threads, so mention me there." in read(help_message(ENGLISH))


def test_an_incident_blames_nobody_else() -> None:
    """A fault of ours is called one, and its id is told to be passed on."""
    shown = read(incident_message("0123abcd", ENGLISH))

    assert "not in SuperOffice" in shown
    assert "incident 0123abcd" in shown


@pytest.mark.parametrize("language", Language)
def test_the_words_of_another_language_leave_nothing_out(language: Language) -> None:
    """The incident's id and what happened are told in every language."""
    words = words_in(language)

    assert "0123abcd" in incident_message("0123abcd", words).text
    assert "SuperOffice" in failure_message(Unreachable(Reason.TIMEOUT), words).text


@pytest.mark.parametrize("state", NOTICES)
def test_a_notification_says_what_the_blocks_say(state: str) -> None:
    """Telephones show `text` alone: it names what happened as the blocks do."""
    message = NOTICES[state]
    subject = message.text.split(".")[0].replace("*", "")

    assert subject in read(message) or state == "help"
