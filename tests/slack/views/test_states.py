"""Every message in every place, as Slack is sent it."""

import json

import pytest
from syrupy.assertion import SnapshotAssertion

from bot.languages import Language
from bot.slack.views.message import Message
from tests.slack.views.conftest import as_json, check, check_shared
from tests.slack.views.states import HOME, MESSAGES, in_language


def checked(name: str, message: Message) -> Message:
    return check_shared(message) if "shared" in name else check(message)


@pytest.mark.parametrize("state", MESSAGES)
def test_each_message_is_as_it_was_seen_and_approved(state: str, snapshot: SnapshotAssertion) -> None:
    """What Slack is sent in each state changes only on purpose."""
    assert as_json(checked(state, MESSAGES[state])) == snapshot


@pytest.mark.parametrize("state", HOME)
def test_each_home_tab_is_as_it_was_seen_and_approved(state: str, snapshot: SnapshotAssertion) -> None:
    """What the Home tab shows in each state changes only on purpose."""
    blocks = list(check(HOME[state], "home").blocks)

    assert json.dumps({"type": "home", "blocks": blocks}, indent=1, ensure_ascii=False) == snapshot


@pytest.mark.parametrize("language", Language, ids=lambda language: language.value)
def test_each_language_is_as_it_was_seen_and_approved(language: Language, snapshot: SnapshotAssertion) -> None:
    """What is said in each language changes only on purpose, and what users wrote is in no language."""
    messages = in_language(language)
    for name, message in messages.items():
        checked(name, message)

    assert "\n\n".join(f"{name}:\n{as_json(message)}" for name, message in messages.items()) == snapshot
