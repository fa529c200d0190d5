"""The stand-in Slack, met by Slack's own client library."""

import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from slack_sdk.errors import SlackApiError
from slack_sdk.signature import SignatureVerifier
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.socket_mode.async_client import AsyncBaseSocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.socket_mode.response import SocketModeResponse
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.webhook.async_client import AsyncWebhookClient

from playground.slack import BOT_USER, Delivery, Post, Slack

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
    """A bot over Socket Mode: keeps what it gets, and acknowledges with `payload` unless it is silent."""

    def __init__(self, slack: Slack) -> None:
        api = AsyncWebClient(slack.bot_token, base_url=slack.api_url)
        self.client = SocketModeClient(slack.app_token, web_client=api, ping_interval=0.05)
        self.client.socket_mode_request_listeners.append(self.listen)
        self.requests: list[SocketModeRequest] = []
        self.payload: Json | None = None
        self.silent = False

    async def listen(self, client: AsyncBaseSocketModeClient, request: SocketModeRequest) -> None:
        self.requests.append(request)
        if not self.silent:
            await client.send_socket_mode_response(SocketModeResponse(request.envelope_id, self.payload))


class HttpBot:
    """A bot over HTTP: keeps what it gets, and answers with `answer`."""

    def __init__(self, signing_secret: str) -> None:
        self.verifier = SignatureVerifier(signing_secret)
        self.requests: list[tuple[bytes, dict[str, str]]] = []
        self.answer: Callable[[], web.Response] = web.Response
        self.server = TestServer(web.Application())
        self.server.app.router.add_post("/slack/events", self.listen)

    async def listen(self, request: web.Request) -> web.Response:
        body, headers = await request.read(), dict(request.headers)
        self.requests.append((body, headers))
        if not self.verifier.is_valid_request(body, headers):
            return web.Response(status=401)
        return self.answer()


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


@pytest.fixture
async def http_bot(slack: Slack) -> AsyncIterator[HttpBot]:
    bot = HttpBot(slack.signing_secret)
    await bot.server.start_server()
    slack.events_url = str(bot.server.make_url("/slack/events"))
    yield bot
    await bot.server.close()


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


async def test_a_command_arrives_as_slack_sends_it(slack: Slack, bot: SocketBot) -> None:
    """A slash command carries the asker, the place, the words, and a way to answer."""
    delivery = await slack.command("billing", user="U0ASKER02")
    [request] = bot.requests
    assert (request.type, request.accepts_response_payload) == ("slash_commands", True)
    said = {"text": "billing", "command": "/who-is-online", "user_id": "U0ASKER02", "channel_name": "support"}
    assert said.items() <= request.payload.items()
    assert request.payload["response_url"].startswith(slack.url)
    assert (delivery.acked, delivery.late, delivery.posts) == (True, False, [])


async def test_the_ack_of_a_command_may_be_the_answer(slack: Slack, bot: SocketBot) -> None:
    """A message in the acknowledgement is shown to the asker alone, unless it is for the channel."""
    alone = await answered(slack, bot, text="2 free", blocks=[REFRESH])
    everyone = await answered(slack, bot, text="2 free", response_type="in_channel")
    assert (alone.via, alone.ephemeral, alone.user) == ("ack", True, "U0ASKER01")
    assert (everyone.ephemeral, everyone.user) == (False, None)
    assert slack.posts == [alone, everyone]


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
    bot.silent = True
    delivery = await slack.command("", timeout_s=0.05)
    assert (delivery.acked, delivery.late) == (False, True)
    assert [refusal.error for refusal in slack.refused] == ["operation_timeout"]


async def test_an_event_is_wrapped_and_can_come_twice(slack: Slack, bot: SocketBot) -> None:
    """An event comes with its id, and again under the same id, then as a retry."""
    delivery = await slack.mention("who?", channel="C0PARTNER")
    again = await slack.redeliver(delivery)
    first, second = bot.requests
    assert first.payload["event"]["text"] == f"<@{BOT_USER}> who?"
    assert first.payload["is_ext_shared_channel"] is True
    assert first.payload["event_id"] == second.payload["event_id"] == again.event_id
    assert (first.retry_attempt, second.retry_attempt, second.retry_reason) == (0, 1, "http_timeout")


async def test_direct_messages_come_from_the_persons_own_channel(slack: Slack, bot: SocketBot) -> None:
    """A direct message comes from a D channel, and may be a bot's or a change of an old one."""
    await slack.direct_message("hi", user="U0ASKER02")
    await slack.direct_message("hi", subtype="message_changed", bot_id="B9")
    plain, other = (request.payload["event"] for request in bot.requests)
    assert (plain["channel"], plain["channel_type"]) == ("D0ASKER02", "im")
    assert "subtype" not in plain
    assert (other["subtype"], other["bot_id"]) == ("message_changed", "B9")


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


async def test_a_click_carries_what_was_clicked(slack: Slack, bot: SocketBot) -> None:
    """A click names the button and its value, the message it is in, and a fresh response_url."""
    post = await answered(slack, bot, text="2 free", blocks=[REFRESH])
    delivery = await slack.click(post, "refresh")
    payload = bot.requests[-1].payload
    assert payload["type"] == "block_actions"
    assert {"action_id": "refresh", "value": "topic 1"}.items() <= payload["actions"][0].items()
    assert payload["container"]["is_ephemeral"] is True
    assert "message" not in payload
    assert post.cause is not None
    assert payload["response_url"] != post.cause.response_url
    assert delivery.acked


async def test_a_choice_carries_the_whole_option(slack: Slack, bot: SocketBot, api: AsyncWebClient) -> None:
    """A choice from a menu carries the option as it was sent, and the menus' state."""
    await api.chat_postMessage(channel="C0SUPPORT", text="2 free", blocks=[REFRESH])
    await slack.click(slack.posts[0], "topic", selected_option="2", user="U0ASKER02")
    payload = bot.requests[-1].payload
    assert payload["actions"][0]["selected_option"] == ORDERS
    assert payload["state"]["values"]["block-0"]["topic"]["selected_option"] == ORDERS
    assert payload["message"]["blocks"] == [REFRESH]
    assert payload["user"]["id"] == "U0ASKER02"


async def test_only_what_is_shown_can_be_clicked(slack: Slack, bot: SocketBot) -> None:
    """Nobody clicks what is not there, or what only another sees."""
    post = await answered(slack, bot, text="2 free", blocks=[REFRESH])
    with pytest.raises(LookupError, match="refresh"):
        await slack.click(post, "share")
    with pytest.raises(LookupError, match="no option '3'"):
        await slack.click(post, "topic", selected_option="3")
    with pytest.raises(LookupError, match="does not see"):
        await slack.click(post, "refresh", user="U0ASKER02")


async def test_an_external_menu_asks_for_its_options(slack: Slack, bot: SocketBot, api: AsyncWebClient) -> None:
    """An external menu sends what was typed, and takes options back."""
    await api.chat_postMessage(channel="C0SUPPORT", text="2 free", blocks=[REFRESH])
    bot.payload = {"options": [option("Anna", "3")]}
    delivery = await slack.options(slack.posts[0], "agent", "an")
    assert {"type": "block_suggestion", "value": "an"}.items() <= bot.requests[-1].payload.items()
    assert (delivery.body, slack.refused) == (bot.payload, [])


# --- response_url ---


async def test_a_response_url_shows_replaces_and_deletes(slack: Slack, bot: SocketBot) -> None:
    """A click's response_url can replace the message that was clicked, add one, and delete it."""
    old = await answered(slack, bot, text="old", blocks=[REFRESH])
    click = await slack.click(old, "refresh")
    await respond(click, text="new", replace_original=True)
    await respond(click, text="for all", response_type="in_channel")
    new, shared = click.posts
    assert (new.text, new.via, new.replaces, new.ephemeral) == ("new", "response_url", old, True)
    assert (old.visible, shared.ephemeral) == (False, False)
    assert slack.visible == [new, shared]
    await respond(click, delete_original=True)
    assert slack.visible == [shared]


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


async def test_messages_can_be_ephemeral_and_be_changed(slack: Slack, api: AsyncWebClient) -> None:
    """chat.update changes what everyone sees; an ephemeral message it cannot find."""
    sent = await api.chat_postMessage(channel="C0SUPPORT", text="old")
    await api.chat_update(channel="C0SUPPORT", ts=str(sent["ts"]), text="new")
    alone = await api.chat_postEphemeral(channel="C0SUPPORT", user="U0ASKER01", text="psst")
    error = await refused(api.chat_update(channel="C0SUPPORT", ts=str(alone["message_ts"]), text="x"))
    assert error["error"] == "message_not_found"
    assert [(post.text, post.user) for post in slack.visible] == [("new", None), ("psst", "U0ASKER01")]


@pytest.mark.parametrize(
    ("channel", "error"),
    [("C0NOWHERE", "channel_not_found"), ("C0QUIET01", "not_in_channel"), ("C0OLDNEWS", "is_archived")],
)
async def test_a_message_needs_a_channel_with_the_bot(api: AsyncWebClient, channel: str, error: str) -> None:
    """A message into a channel that the bot cannot write to is refused."""
    assert (await refused(api.chat_postMessage(channel=channel, text="hi")))["error"] == error


async def test_a_form_carries_blocks_as_a_string(slack: Slack) -> None:
    """A form is as good as JSON, with the blocks as a JSON string and the token as a field."""
    form = {"token": slack.bot_token, "channel": "C0SUPPORT", "blocks": json.dumps([REFRESH])}
    answers = []
    async with aiohttp.ClientSession() as session:
        for data in (form, form | {"blocks": "["}):
            async with session.post(f"{slack.api_url}chat.postMessage", data=data) as response:
                answers.append(await response.json())
    assert answers[0]["ok"]
    assert slack.posts[0].blocks == [REFRESH]
    assert answers[1]["error"] == "invalid_blocks_format"


async def test_a_home_tab_is_published_for_one_person(slack: Slack, bot: SocketBot, api: AsyncWebClient) -> None:
    """A Home tab belongs to one person, can be clicked, and is no message."""
    await slack.open_home("U0ASKER02")
    await api.views_publish(user_id="U0ASKER02", view={"type": "home", "blocks": [REFRESH]})
    await slack.click(slack.homes["U0ASKER02"], "refresh")
    assert bot.requests[0].payload["event"]["type"] == "app_home_opened"
    payload = bot.requests[-1].payload
    assert payload["container"]["type"] == "view"
    assert "response_url" not in payload
    assert slack.posts == []


# --- HTTP ---


async def test_http_requests_are_signed(slack: Slack, http_bot: HttpBot) -> None:
    """Commands, events and clicks come over HTTP with a signature that Slack's library accepts."""
    http_bot.answer = lambda: web.json_response({"text": "2 free", "blocks": [REFRESH]})
    asked = await slack.command("")
    mentioned = await slack.mention("who?")
    clicked = await slack.click(asked.posts[0], "refresh")
    form = "application/x-www-form-urlencoded"
    assert [headers["Content-Type"] for _, headers in http_bot.requests] == [form, "application/json", form]
    assert asked.status == mentioned.status == clicked.status == 200
    assert [post.text for post in slack.posts] == ["2 free"]


@pytest.mark.parametrize("wire", [{"signature": "v0=bad"}, {"timestamp": 1}])
async def test_requests_can_be_forged(slack: Slack, http_bot: HttpBot, wire: Any) -> None:
    """A wrong signature, an old timestamp, or bytes that Slack never sends reach the bot as they are set."""
    delivery = await slack.command("", **wire)
    assert (delivery.status, delivery.acked) == (401, False)
    assert [refusal.error for refusal in slack.refused] == ["dispatch_failed"]
    raw = await slack.raw_post(b"\xff", {"X-Slack-Signature": "v0=", "X-Slack-Request-Timestamp": "0"})
    assert (http_bot.requests[-1][0], raw.status) == (b"\xff", 401)


async def test_a_retry_says_so(slack: Slack, http_bot: HttpBot) -> None:
    """A repeated event says in its headers how often it came, and why."""
    await slack.redeliver(await slack.redeliver(await slack.mention("who?")))
    _, headers = http_bot.requests[-1]
    assert (headers["X-Slack-Retry-Num"], headers["X-Slack-Retry-Reason"]) == ("2", "http_timeout")
