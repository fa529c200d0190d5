"""Every message in every place, as its reader sees it."""

from pathlib import Path

import pytest

from bot.slack.views.message import Message
from bot.slack.views.places import View
from tests.kit.views import check
from tests.slack.views.states import rendered, states

APPROVED = Path(__file__).parent / "approved.txt"


def test_each_state_is_as_somebody_approved_it() -> None:
    """What people see, and where each control leads, changes only on purpose.

    `python -m tests.slack.views.states > tests/slack/views/approved.txt` approves what is shown now. Read the diff.
    """
    assert rendered() == APPROVED.read_text(encoding="utf-8")


@pytest.mark.parametrize(("message", "view"), [pytest.param(made, view, id=name) for name, made, view in states()])
def test_slack_takes_each_state(message: Message, view: View | None) -> None:
    """Slack takes every message of every state, and none of them notifies anybody but the person it names."""
    check(message, view)
