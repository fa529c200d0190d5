"""The stand-in Slack, met by Slack's own client library."""

import json
import time
from collections.abc import AsyncIterator, Awaitable
from typing import Any

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.socket_mode.async_client import AsyncBaseSocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.socket_mode.response import SocketModeResponse
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.webhook.async_client import AsyncWebhookClient

from playground.slack import Delivery, Post, Slack

Json = dict[str, Any]


def option(text: str, value: str) -> Json:
    return {"text": {"type": "plain_text", "text": text}, "value": value}


BILLING, ORDERS = option("Billing", "1"), option("Orders", "2")
REFRESH: Json = {
    "type": "actions",
    "elements": [
        {"type": "button", "text": BILLING["text"], "action_id": "refresh", "value": "topic 1"},
        {"type": "static_select", "action_id": "topic", "options": [BILLING, ORDERS]},
        {"type": "external_select", "action_id": "agent"},
    ],
}
TOO_LONG = {"type": "header", "text": {"type": "plain_text", "text": "x" * 151}}


class SocketBot:
    """A bot over Socket Mode: keeps what it gets, and acknowledges with `payload`."""

    def __init__(self, slack: Slack) -> None:
        api = AsyncWebClient(slack.bot_token, base_url=slack.api_url)
        self.client = SocketModeClient(slack.app_token, web_client=api, ping_interval=0.05)
        self.client.socket_mode_request_listeners.append(self.listen)
        self.requests: list[SocketModeRequest] = []
        self.payload: Json | None = None

    async def listen(self, client: AsyncBaseSocketModeClient, request: SocketModeRequest) -> None:
        self.requests.append(request)
        await client.send_socket_mode_response(SocketModeResponse(request.envelope_id, self.payload))


@pytest.fixture
async def slack() -> AsyncIterator[Slack]:
    async with Slack() as slack:
        yield slack


@pytest.fixture
def api(slack: Slack) -> AsyncWebClient:
    return AsyncWebClient(slack.bot_token, base_url=slack.api_url)


@pytest.fixture
async def bot(slack: Slack) -> AsyncIterator[SocketBot]:
    bot = SocketBot(slack)
    await bot.client.connect()  # type: ignore[no-untyped-call]
    await slack.connected()
    yield bot
    await bot.client.close()  # type: ignore[no-untyped-call]


async def respond(delivery: Delivery, **body: Any) -> tuple[int, str]:
    answer = await AsyncWebhookClient(str(delivery.response_url)).send_dict(body)
    return answer.status_code, answer.body


async def refused(call: Awaitable[Any]) -> Json:
    with pytest.raises(SlackApiError) as caught:
        await call
    return dict(caught.value.response.data)


async def answered(slack: Slack, bot: SocketBot, **payload: Any) -> Post:
    """A message in the acknowledgement of a command."""
    bot.payload = payload
    [post] = (await slack.command("")).posts
    bot.payload = None
    return post


# --- Socket Mode ---


async def test_blocks_that_break_a_rule_are_not_shown(slack: Slack, bot: SocketBot, api: AsyncWebClient) -> None:
    """Blocks that Slack would refuse show nothing, in an acknowledgement, a response_url or a method; it says why."""
    bot.payload = {"text": "2 free", "blocks": [TOO_LONG]}
    delivery = await slack.command("")
    why = "must be less than 151 characters [json-pointer:/blocks/0/text/text]"
    assert [(refusal.error, refusal.messages) for refusal in delivery.refused] == [("invalid_blocks", [why])]
    status, body = await respond(delivery, text="x", blocks=[TOO_LONG])
    assert (status, json.loads(body)["error"]) == (400, "invalid_blocks")
    answer = await refused(api.chat_postMessage(channel="C0SUPPORT", text="hi", blocks=[TOO_LONG]))
    assert answer["error"] == "invalid_blocks"
    assert answer["response_metadata"]["messages"] == [f"[ERROR] {why}"]
    assert slack.posts == []


async def test_a_command_without_an_ack_times_out_for_the_asker(slack: Slack, bot: SocketBot) -> None:
    """The asker of a command that is not acknowledged sees a timeout."""
    bot.client.socket_mode_request_listeners.clear()
    delivery = await slack.command("", timeout_s=0.05)
    assert (delivery.acked, delivery.late) == (False, True)
    assert [refusal.error for refusal in slack.refused] == ["operation_timeout"]


async def test_connections_need_a_ticket_and_hold_nobody_up() -> None:
    """Nobody connects without the address that was given out; leaving does not wait for a bot that never closes."""
    async with aiohttp.ClientSession() as session:
        async with Slack() as slack:
            with pytest.raises(aiohttp.WSServerHandshakeError, match="403"):
                await session.ws_connect(f"{slack.url}/link/?ticket=none")
            opened = await AsyncWebClient(base_url=slack.api_url).apps_connections_open(app_token=slack.app_token)
            ws = await session.ws_connect(opened["url"], autoclose=False)
            hello = await ws.receive_json()
            await slack.connected()
        assert (hello["type"], hello["num_connections"]) == ("hello", 1)


# --- clicks ---


async def test_only_what_is_shown_can_be_clicked(slack: Slack, bot: SocketBot) -> None:
    """Nobody clicks what is not there, or what only another sees."""
    post = await answered(slack, bot, text="2 free", blocks=[REFRESH])
    with pytest.raises(LookupError, match="refresh"):
        await slack.click(post, "share")
    with pytest.raises(LookupError, match="no option '3'"):
        await slack.click(post, "topic", selected_option="3")
    with pytest.raises(LookupError, match="does not see"):
        await slack.click(post, "refresh", user="U0ASKER02")


async def test_an_interaction_has_only_what_slack_keeps(slack: Slack, bot: SocketBot, api: AsyncWebClient) -> None:
    """An ephemeral message does not come back with a click, a Home tab has no response_url, a bad menu is refused."""
    post = await answered(slack, bot, text="2 free", blocks=[REFRESH])
    await slack.click(post, "refresh")
    await api.views_publish(user_id="U0ASKER01", view={"type": "home", "blocks": [REFRESH]})
    await slack.click(slack.homes["U0ASKER01"], "refresh")
    assert ["message" in request.payload for request in bot.requests[1:]] == [False, False]
    assert ["response_url" in request.payload for request in bot.requests[1:]] == [True, False]
    bot.payload = {"options": "Anna"}
    await slack.options(post, "agent", "an")
    assert [refusal.error for refusal in slack.refused] == ["invalid_options"]


# --- response_url ---


async def test_a_response_url_works_five_times_for_half_an_hour() -> None:
    """A response_url takes five messages within thirty minutes, and none after; one that nobody gave is unknown."""
    now = [time.time()]
    async with Slack(clock=lambda: now[0]) as slack:
        bot = SocketBot(slack)
        await bot.client.connect()  # type: ignore[no-untyped-call]
        delivery, other = await slack.command(""), await slack.command("")
        answers = [await respond(delivery, text=str(number)) for number in range(6)]
        now[0] += 30 * 60
        answers.append(await respond(other, text="in time"))
        now[0] += 1
        answers.append(await respond(other, text="too late"))
        await bot.client.close()  # type: ignore[no-untyped-call]
        unknown = await AsyncWebhookClient(f"{slack.url}/response/none").send(text="hello")
    assert [status for status, _ in answers] == [200] * 5 + [404, 200, 404]
    assert [json.loads(answers[each][1])["error"] for each in (5, 7)] == ["used_url", "expired_url"]
    assert len(delivery.posts) == 5
    assert unknown.status_code == 404


# --- the Web API ---


@pytest.mark.parametrize(
    ("token", "error"), [("", "not_authed"), ("xoxb-wrong", "invalid_auth"), ("xapp", "not_allowed_token_type")]
)
async def test_a_method_needs_its_token(slack: Slack, token: str, error: str) -> None:
    """A method without a token, with a wrong one or with one of another kind is refused."""
    client = AsyncWebClient(slack.app_token if token == "xapp" else token, base_url=slack.api_url)
    assert (await refused(client.chat_postMessage(channel="C0SUPPORT", text="hi")))["error"] == error


async def test_a_method_needs_its_scope_and_a_name(slack: Slack, api: AsyncWebClient) -> None:
    """A method whose scope is missing says which, and what there is; an unknown one is never silently accepted."""
    slack.scopes.discard("chat:write")
    answer = await refused(api.chat_postMessage(channel="C0SUPPORT", text="hi"))
    assert (answer["error"], answer["needed"]) == ("missing_scope", "chat:write")
    assert "commands" in answer["provided"]
    assert (await refused(api.conversations_info(channel="D0ASKER01")))["needed"] == "im:read"
    unknown = await refused(api.reactions_add(channel="C0SUPPORT", name="x", timestamp="1"))
    assert unknown["error"] == "unknown_method"
