"""Who the bot is in Slack, and whether Slack takes its tokens."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.errors import SlackError
from bot.proxies import Proxies
from bot.slack.app import open_client
from bot.slack.identity import identify
from playground.slack import BOT_USER, Slack
from playground.slack_workspace import BOT, TEAM
from tests.kit.not_slack import NOT_SLACK, Page, not_slack


@pytest.fixture
async def client(slack: Slack) -> AsyncIterator[AsyncWebClient]:
    async with open_client(token=slack.bot_token, api_url=slack.api_url, proxies=Proxies()) as client:
        yield client


@pytest.mark.parametrize("scopes", [frozenset({"commands", "chat:write"}), frozenset()], ids=["two scopes", "none"])
async def test_the_bot_learns_who_it_is(slack: Slack, client: AsyncWebClient, scopes: frozenset[str]) -> None:
    """One call tells the bot's name, its workspace, its scopes, Slack's time, and what Bolt needs.

    The time is aware, so that ours can be compared with it. The token does not show in what may be logged.
    """
    slack.scopes.clear()
    slack.scopes.update(scopes)
    slack.clock = lambda: 1_700_000_000.0
    slack.date_skew_s = 300
    identity = await identify(client)

    assert (identity.name, identity.team, identity.scopes) == ("who", "Pretend", scopes)
    known = identity.authorization
    assert (known.bot_user_id, known.bot_id, known.team_id, known.bot_token) == (BOT_USER, BOT, TEAM, slack.bot_token)
    assert identity.slack_time == datetime.fromtimestamp(1_700_000_300, UTC)
    assert slack.bot_token not in repr(identity)
    assert [call.method for call in slack.calls] == ["auth.test"]


@pytest.mark.parametrize("page", [*NOT_SLACK, pytest.param(None, id="gone")])
async def test_what_is_not_slack_is_told(page: Page | None) -> None:
    """A proxy's page in place of Slack's answer, or none, is called that: nobody is sent to look for another token."""
    async with not_slack(page) as client:
        with pytest.raises(SlackError) as caught:
            await identify(client)

    assert caught.value.code in {"not_slack", "unreachable"}
    assert page or str(caught.value) == "Slack: unreachable (ClientConnectorError)"
