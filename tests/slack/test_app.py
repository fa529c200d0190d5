"""The Bolt app, and the client it answers with."""

import pytest

from bot.proxies import Proxies
from bot.slack.app import API_TIMEOUT_S, open_client
from bot.slack.listeners import SCOPES
from playground.slack import SCOPES as GRANTED
from playground.slack import Slack
from tests.kit.stage import Bot, answer


async def test_slack_is_asked_who_the_bot_is_before_anybody_waits(workspace: Slack) -> None:
    """Questions cost no call but their answer's: who the bot is was asked once, when it started.

    A person's language and a channel's kind cost one call each, at their first question.
    """
    await workspace.command("")
    await workspace.command("")
    await answer(workspace, workspace.mention(""))

    at_start, *others = [call.method for call in workspace.calls]
    assert at_start == "auth.test"
    assert sorted(others) == ["apps.connections.open", "chat.postMessage", "conversations.info", "users.info"]


async def test_all_calls_share_one_session(slack: Slack, bot: Bot) -> None:
    """The app opens no connections of its own: Bolt's client uses the session that the bot closes at its end."""
    assert bot.app.client.session is bot.client.session
    assert bot.app.client.base_url == slack.api_url


async def test_a_client_is_for_one_workspace() -> None:
    """The client speaks to the address that it was given, with the token that it was given, and each call has an end.

    The time limit is the session's own: slack_sdk applies its limit only to sessions that it opens itself.
    """
    async with open_client(token="xoxb-other", api_url="https://slack.example/api/", proxies=Proxies()) as client:
        assert (client.base_url, client.token) == ("https://slack.example/api/", "xoxb-other")
        assert client.session is not None
        assert client.session.timeout.total == API_TIMEOUT_S


@pytest.fixture
def other_token(monkeypatch: pytest.MonkeyPatch) -> None:
    """Bolt reads this variable by itself, whatever it is given."""
    monkeypatch.setenv("SLACK_BOT_TOKEN", "xoxb-of-another-bot")


@pytest.mark.usefixtures("other_token")
async def test_a_token_in_the_environment_changes_nothing(workspace: Slack) -> None:
    """The bot answers with the token that it was given, whatever Bolt finds in the environment."""
    assert (await workspace.command("")).posts
    assert await answer(workspace, workspace.mention(""))


def test_the_scopes_are_enough_and_no_more() -> None:
    """The scopes that the bot says it needs are those that it is granted in these tests."""
    assert SCOPES == GRANTED
