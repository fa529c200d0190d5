"""Who the bot is in Slack, and whether Slack takes its tokens."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from slack_sdk.web.async_client import AsyncWebClient

from bot.errors import SlackError
from bot.slack.identity import identify, try_app_token
from playground.slack import BOT_USER, Slack
from playground.slack_workspace import BOT, TEAM


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


def client_of(session: aiohttp.ClientSession, url: str, token: str = "xoxb-pretend-bot") -> AsyncWebClient:
    """A client that gives up at once."""
    return AsyncWebClient(token, base_url=url, session=session, retry_handlers=[])


async def test_the_bot_learns_who_it_is(slack: Slack, client: AsyncWebClient) -> None:
    """One call tells the bot's name, its workspace, its scopes, and what Bolt needs to let requests in."""
    slack.scopes.clear()
    slack.scopes.update({"commands", "chat:write"})
    identity = await identify(client)

    assert (identity.name, identity.team) == ("who", "Pretend")
    assert identity.scopes == {"commands", "chat:write"}
    known = identity.authorization
    assert (known.bot_user_id, known.bot_id, known.team_id, known.bot_token) == (BOT_USER, BOT, TEAM, slack.bot_token)
    assert [call.method for call in slack.calls] == ["auth.test"]


async def test_a_bot_without_scopes_has_none(slack: Slack, client: AsyncWebClient) -> None:
    """No scopes are no scopes, and not one that has no name."""
    slack.scopes.clear()

    assert (await identify(client)).scopes == frozenset()


async def test_slacks_clock_is_read(slack: Slack, client: AsyncWebClient) -> None:
    """Slack's time is that of its answer, aware, so that ours can be compared with it."""
    slack.clock = lambda: 1_700_000_000.0
    slack.date_skew_s = 300

    assert (await identify(client)).slack_time == datetime.fromtimestamp(1_700_000_300, UTC)


async def test_an_identity_hides_the_token(slack: Slack, client: AsyncWebClient) -> None:
    """An identity can be logged: it does not show the token that it holds."""
    assert slack.bot_token not in repr(await identify(client))


async def test_a_wrong_bot_token_is_told(slack: Slack, session: aiohttp.ClientSession) -> None:
    """A bot token that Slack refuses is Slack's own code, without the token."""
    with pytest.raises(SlackError) as caught:
        await identify(client_of(session, slack.api_url, "xoxb-wrong"))

    assert caught.value.code == "invalid_auth"
    assert "xoxb-wrong" not in str(caught.value)


async def test_an_app_token_is_tried_without_a_connection(slack: Slack, client: AsyncWebClient) -> None:
    """An app token that Slack takes is worth an address; nothing is opened there."""
    assert (await try_app_token(client, slack.app_token)).startswith("ws://")
    assert slack.connections == 0


@pytest.mark.parametrize(
    ("token", "code"), [("xapp-wrong", "invalid_auth"), ("xoxb-pretend-bot", "not_allowed_token_type")]
)
async def test_a_wrong_app_token_is_told(client: AsyncWebClient, token: str, code: str) -> None:
    """An app token that Slack refuses is Slack's own code, without the token."""
    with pytest.raises(SlackError) as caught:
        await try_app_token(client, token)

    assert caught.value.code == code
    assert token not in str(caught.value)


async def test_a_slack_that_is_gone_is_told(session: aiohttp.ClientSession) -> None:
    """Where nothing answers, Slack is unreachable, and the kind of failure is named."""
    with pytest.raises(SlackError) as caught:
        await identify(client_of(session, "http://127.0.0.1:9/api/"))

    assert str(caught.value) == "Slack: unreachable (ClientConnectorError)"


@pytest.mark.parametrize(
    ("status", "content_type", "text"),
    [
        (502, "text/html", "<html>Bad gateway</html>"),
        (200, "text/html", "<html>Sign in to the proxy</html>"),
        (503, "text/plain", "upstream connect error"),
        (200, "application/json", '{"ok": tr'),
        (200, "application/json", ""),
        (200, "application/json", "[]"),
    ],
)
async def test_what_is_not_slack_is_told(
    session: aiohttp.ClientSession, status: int, content_type: str, text: str
) -> None:
    """A proxy's page in place of Slack's answer is called that, so that nobody is sent to look for another token."""

    async def page(_request: web.Request) -> web.Response:
        return web.Response(status=status, content_type=content_type, text=text)

    app = web.Application()
    app.router.add_route("*", "/api/{method}", page)
    async with TestServer(app) as server:
        with pytest.raises(SlackError) as caught:
            await identify(client_of(session, str(server.make_url("/api/"))))

    assert caught.value.code in {"not_slack", "unreachable"}
