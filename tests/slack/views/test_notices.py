"""What is said where there is no roster to show."""

import pytest
from syrupy.assertion import SnapshotAssertion

from bot.errors import Denied, Reason, SuperOfficeError, Unexpected, Unreachable
from bot.presence.query import Kind, parse
from bot.slack.answers import COMMAND
from bot.slack.views.message import Message
from bot.slack.views.notices import failure_message, help_message, incident_message, slow_message
from tests.slack.views.conftest import as_json, check, read

STATES: dict[str, Message] = {
    "unreachable": failure_message(Unreachable(Reason.TIMEOUT, "10 s")),
    "denied": failure_message(Denied(Reason.PASSWORD, "as who")),
    "unexpected": failure_message(Unexpected(Reason.UNREADABLE, "XMLParseError")),
    "help": help_message(COMMAND),
    "incident": incident_message("0123abcd"),
    "slow": slow_message(),
}


@pytest.mark.parametrize("state", STATES)
def test_each_state_is_as_it_was_seen_and_approved(state: str, snapshot: SnapshotAssertion) -> None:
    """What Slack is sent in each state changes only on purpose."""
    assert as_json(check(STATES[state])) == snapshot


@pytest.mark.parametrize("reason", Reason)
@pytest.mark.parametrize("kind", [Unreachable, Denied, Unexpected])
def test_every_failure_can_be_told(kind: type[SuperOfficeError], reason: Reason) -> None:
    """Slack takes the notice of each failure; it has a headline and advice, and no details."""
    shown = read(check(failure_message(kind(reason, "<!channel> s3cret"))))

    assert kind.headline in shown
    assert kind.advice in shown
    assert "s3cret" not in shown


def test_help_names_every_word_that_means_something() -> None:
    """Every keyword of the grammar is in the help, after the command, as it is typed."""
    shown = read(help_message(COMMAND))

    for kind in (Kind.EVERYBODY, Kind.BY_TOPIC, Kind.HELP):
        assert f"{COMMAND} {kind.value}" in shown
        assert parse(kind.value).kind is kind


def test_help_says_where_commands_do_not_work() -> None:
    """Slack knows no commands inside threads, so help tells what to do there."""
    assert "Slack knows no commands inside threads, so mention me there." in read(help_message(COMMAND))


def test_an_incident_blames_nobody_else() -> None:
    """A fault of ours is called one, and its id is told to be passed on."""
    shown = read(incident_message("0123abcd"))

    assert "not in SuperOffice" in shown
    assert "incident 0123abcd" in shown


@pytest.mark.parametrize("message", STATES.values(), ids=STATES)
def test_a_notification_says_what_the_blocks_say(message: Message) -> None:
    """Telephones show `text` alone: it names what happened as the blocks do."""
    subject = message.text.split(".")[0]

    assert subject in read(message) or message is STATES["help"]
