"""The Bolt app, and the client it answers with."""

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.slack.app import API_TIMEOUT_S, open_client
from playground.slack import Slack
from tests.slack.conftest import Bot


async def test_slack_is_asked_who_the_bot_is_before_anybody_waits(workspace: Slack) -> None:
    """Questions cost no call but their answer's: who the bot is was asked once, when it started.

    A person's language and a channel's kind cost one each, at their first question.
    """
    await workspace.command("")
    await workspace.command("")
    await workspace.post_after(await workspace.mention(""))

    methods = [call.method for call in workspace.calls]
    at_start, at_first = ["auth.test", "apps.connections.open"], ["users.info", "conversations.info"]
    assert methods == [*at_start, *at_first, "chat.postMessage"]


async def test_all_calls_share_one_session(slack: Slack, bot: Bot) -> None:
    """The app opens no connections of its own: Bolt's client uses the session that the bot closes at its end."""
    assert bot.app.client.session is bot.client.session
    assert bot.app.client.base_url == slack.api_url


async def test_a_client_is_for_one_workspace(client: AsyncWebClient, slack: Slack) -> None:
    """The client speaks to the address that it was given, with the token that it was given."""
    assert (client.base_url, client.token) == (slack.api_url, slack.bot_token)
    async with open_client(token="xoxb-other", api_url="https://slack.example/api/") as other:
        assert (other.base_url, other.token) == ("https://slack.example/api/", "xoxb-other")


async def test_every_call_has_an_end(client: AsyncWebClient) -> None:
    """The time limit is the session's own: slack_sdk applies its limit only to sessions that it opens itself."""
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
    await workspace.post_after(await workspace.mention(""))
