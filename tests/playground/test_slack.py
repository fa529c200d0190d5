"""The stand-in Slack, met by Slack's own client library."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from email.utils import parsedate_to_datetime
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry.builtin_async_handlers import AsyncRateLimitErrorRetryHandler
from slack_sdk.signature import SignatureVerifier
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.socket_mode.async_client import AsyncBaseSocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.socket_mode.response import SocketModeResponse
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.webhook.async_client import AsyncWebhookClient

from playground.slack import BOT_USER, SCOPES, Delivery, Slack

Json = dict[str, Any]

REFRESH = {
    "type": "actions",
    "elements": [
        {
            "type": "button",
            "text": {"type": "plain_text", "text": "Refresh"},
            "action_id": "refresh",
            "value": "topic 1",
        },
        {
            "type": "static_select",
            "action_id": "topic",
            "options": [
                {"text": {"type": "plain_text", "text": "Billing"}, "value": "1"},
                {"text": {"type": "plain_text", "text": "Orders"}, "value": "2"},
            ],
        },
        {"type": "external_select", "action_id": "agent"},
    ],
}
TOO_LONG = {"type": "header", "text": {"type": "plain_text", "text": "x" * 151}}


class SocketBot:
    """A bot over Socket Mode: keeps what it gets, and acknowledges with `payload` unless it is silent."""

    def __init__(self, slack: Slack) -> None:
        self.client = SocketModeClient(
            slack.app_token,
            web_client=AsyncWebClient(slack.bot_token, base_url=slack.api_url),
            ping_interval=0.05,
        )
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
    data = caught.value.response.data
    assert isinstance(data, dict)
    return data


# --- Socket Mode ---


async def test_a_command_arrives_as_slack_sends_it(slack: Slack, bot: SocketBot) -> None:
    """A slash command carries the asker, the place, the words, and a way to answer."""
    delivery = await slack.command("billing", user="U0ASKER02")

    [request] = bot.requests
    assert (request.type, request.accepts_response_payload) == ("slash_commands", True)
    assert request.payload["text"] == "billing"
    assert request.payload["command"] == "/who-is-online"
    assert request.payload["user_id"] == "U0ASKER02"
    assert request.payload["channel_name"] == "support"
    assert request.payload["response_url"].startswith(slack.url)
    assert delivery.acked
    assert not delivery.late
    assert delivery.posts == []


async def test_the_ack_of_a_command_may_be_the_answer(slack: Slack, bot: SocketBot) -> None:
    """A message in the acknowledgement is shown to the asker alone, unless it is for the channel."""
    bot.payload = {"text": "2 free", "blocks": [REFRESH]}
    alone = await slack.command("")
    bot.payload = {"text": "2 free", "response_type": "in_channel"}
    everyone = await slack.command("")

    [first], [second] = alone.posts, everyone.posts
    assert (first.via, first.ephemeral, first.user) == ("ack", True, "U0ASKER01")
    assert (second.ephemeral, second.user) == (False, None)
    assert slack.posts == [first, second]


async def test_blocks_that_break_a_rule_are_not_shown(slack: Slack, bot: SocketBot) -> None:
    """An acknowledgement with blocks that Slack would refuse shows nothing and is kept as refused."""
    bot.payload = {"text": "2 free", "blocks": [TOO_LONG]}

    delivery = await slack.command("")

    assert slack.posts == []
    [refusal] = slack.refused
    assert refusal.error == "invalid_blocks"
    assert refusal.messages == ["must be less than 151 characters [json-pointer:/blocks/0/text/text]"]
    assert delivery.refused == [refusal]


async def test_a_command_without_an_ack_times_out_for_the_asker(slack: Slack, bot: SocketBot) -> None:
    """The asker of a command that is not acknowledged sees a timeout."""
    bot.silent = True

    delivery = await slack.command("", timeout_s=0.05)

    assert not delivery.acked
    assert delivery.late
    assert [refusal.error for refusal in slack.refused] == ["operation_timeout"]


async def test_requests_at_once_are_told_apart(slack: Slack, bot: SocketBot) -> None:
    """Each of many requests at once gets the acknowledgement that is its own."""
    deliveries = await asyncio.gather(*(slack.command(str(number)) for number in range(20)))

    assert all(delivery.acked for delivery in deliveries)
    assert sorted(int(request.payload["text"]) for request in bot.requests) == list(range(20))


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


@pytest.mark.usefixtures("bot")
async def test_after_a_disconnect_the_bot_connects_anew(slack: Slack) -> None:
    """A connection that is told to disconnect gets nothing more; the next one does."""
    await slack.disconnect()
    assert slack.connections == 0

    delivery = await slack.command("")

    assert delivery.acked
    assert slack.connections == 1


@pytest.mark.usefixtures("bot")
async def test_after_a_cut_the_bot_connects_anew(slack: Slack) -> None:
    """A connection can break without a word, and the bot comes back by itself."""
    await slack.cut()
    assert slack.connections == 0

    delivery = await slack.command("")

    assert delivery.acked


async def test_without_a_connection_the_wait_ends(slack: Slack) -> None:
    """Waiting for a bot that is not there ends with an error that says what there was."""
    with pytest.raises(TimeoutError, match="nothing of the kind"):
        await slack.connected(timeout_s=0.01)


async def test_connections_need_a_ticket(slack: Slack) -> None:
    """Nobody connects without the address that apps.connections.open gave."""
    async with aiohttp.ClientSession() as session:
        with pytest.raises(aiohttp.WSServerHandshakeError, match="403"):
            await session.ws_connect(f"{slack.url}/link/?ticket=none")


async def test_a_bot_that_never_closes_does_not_hold_slack_up() -> None:
    """Leaving takes no longer for a bot that does not answer the close."""
    async with aiohttp.ClientSession() as session:
        async with Slack() as slack:
            opened = await AsyncWebClient(base_url=slack.api_url).apps_connections_open(app_token=slack.app_token)
            ws = await session.ws_connect(opened["url"], autoclose=False)
            hello = await ws.receive_json()
            await slack.connected()
        assert hello["type"] == "hello"
        assert hello["num_connections"] == 1


# --- clicks ---


async def test_a_click_carries_what_was_clicked(slack: Slack, bot: SocketBot) -> None:
    """A click names the button and its value, the message it is in, and a fresh response_url."""
    bot.payload = {"text": "2 free", "blocks": [REFRESH]}
    asked = await slack.command("")
    bot.payload = None

    delivery = await slack.click(asked.posts[0], "refresh")

    payload = bot.requests[-1].payload
    assert payload["type"] == "block_actions"
    assert payload["actions"][0]["action_id"] == "refresh"
    assert payload["actions"][0]["value"] == "topic 1"
    assert payload["container"]["is_ephemeral"] is True
    assert "message" not in payload
    assert payload["response_url"] != asked.response_url
    assert delivery.acked


async def test_a_choice_carries_the_whole_option(slack: Slack, bot: SocketBot, api: AsyncWebClient) -> None:
    """A choice from a menu carries the option as it was sent, and the menus' state."""
    await api.chat_postMessage(channel="C0SUPPORT", text="2 free", blocks=[REFRESH])

    await slack.click(slack.posts[0], "topic", selected_option="2", user="U0ASKER02")

    payload = bot.requests[-1].payload
    option = REFRESH["elements"][1]["options"][1]  # type: ignore[index]
    assert payload["actions"][0]["selected_option"] == option
    assert payload["state"]["values"]["block-0"]["topic"]["selected_option"] == option
    assert payload["message"]["blocks"] == [REFRESH]
    assert payload["user"]["id"] == "U0ASKER02"


async def test_only_what_is_shown_can_be_clicked(slack: Slack, bot: SocketBot) -> None:
    """Nobody clicks what is not there, or what only another sees."""
    bot.payload = {"text": "2 free", "blocks": [REFRESH]}
    post = (await slack.command("")).posts[0]

    with pytest.raises(LookupError, match="refresh"):
        await slack.click(post, "share")
    with pytest.raises(LookupError, match="no option '3'"):
        await slack.click(post, "topic", selected_option="3")
    with pytest.raises(LookupError, match="does not see"):
        await slack.click(post, "refresh", user="U0ASKER02")


async def test_an_external_menu_asks_for_its_options(slack: Slack, bot: SocketBot, api: AsyncWebClient) -> None:
    """An external menu sends what was typed, and takes options back."""
    await api.chat_postMessage(channel="C0SUPPORT", text="2 free", blocks=[REFRESH])
    bot.payload = {"options": [{"text": {"type": "plain_text", "text": "Anna"}, "value": "3"}]}

    delivery = await slack.options(slack.posts[0], "agent", "an")

    assert bot.requests[-1].payload["type"] == "block_suggestion"
    assert bot.requests[-1].payload["value"] == "an"
    assert delivery.body == bot.payload
    assert slack.refused == []


# --- response_url ---


async def test_a_response_url_shows_replaces_and_deletes(slack: Slack, bot: SocketBot) -> None:
    """A click's response_url can replace the message that was clicked, add one, and delete it."""
    bot.payload = {"text": "old", "blocks": [REFRESH]}
    old = (await slack.command("")).posts[0]
    bot.payload = None
    click = await slack.click(old, "refresh")

    await respond(click, text="new", replace_original=True)
    await respond(click, text="for all", response_type="in_channel")

    new, shared = click.posts
    assert (new.text, new.via, new.replaces, new.ephemeral) == ("new", "response_url", old, True)
    assert not old.visible
    assert slack.visible == [new, shared]
    assert not shared.ephemeral

    await respond(click, delete_original=True)
    assert slack.visible == [shared]


@pytest.mark.usefixtures("bot")
async def test_a_response_url_works_five_times(slack: Slack) -> None:
    """A response_url takes five messages and no sixth."""
    delivery = await slack.command("")

    answers = [await respond(delivery, text=str(number)) for number in range(6)]

    assert [status for status, _ in answers] == [200] * 5 + [404]
    assert json.loads(answers[-1][1]) == {"ok": False, "error": "used_url"}
    assert len(delivery.posts) == 5


async def test_a_response_url_works_for_half_an_hour() -> None:
    """A response_url is of no use after thirty minutes."""
    now = [time.time()]
    async with Slack(clock=lambda: now[0]) as slack:
        bot = SocketBot(slack)
        await bot.client.connect()  # type: ignore[no-untyped-call]
        delivery = await slack.command("")
        now[0] += 30 * 60
        in_time = await respond(delivery, text="in time")
        now[0] += 1
        too_late = await respond(delivery, text="too late")
        await bot.client.close()  # type: ignore[no-untyped-call]

    assert in_time[0] == 200
    assert too_late == (404, '{"ok": false, "error": "expired_url"}')


@pytest.mark.usefixtures("bot")
async def test_a_response_url_refuses_bad_blocks(slack: Slack) -> None:
    """What Slack refuses over a response_url is not shown, and does not count as a use."""
    delivery = await slack.command("")

    status, body = await respond(delivery, text="x", blocks=[TOO_LONG])

    assert (status, json.loads(body)["error"]) == (400, "invalid_blocks")
    assert slack.posts == []


async def test_a_response_url_that_nobody_gave_is_unknown(slack: Slack) -> None:
    """An address that was never given out answers 404."""
    answer = await AsyncWebhookClient(f"{slack.url}/response/none").send(text="hello")

    assert answer.status_code == 404


# --- the Web API ---


async def test_auth_test_says_who_the_bot_is_and_what_it_may(api: AsyncWebClient) -> None:
    """auth.test names the bot and its workspace, and the scopes stand in a header."""
    answer = await api.auth_test()

    assert answer["user_id"] == BOT_USER
    assert answer["url"] == "https://pretend.slack.com/"
    assert answer.headers["x-oauth-scopes"] == ",".join(sorted(SCOPES))


@pytest.mark.parametrize(
    ("token", "error"), [("", "not_authed"), ("xoxb-wrong", "invalid_auth"), ("xapp", "not_allowed_token_type")]
)
async def test_a_method_needs_its_token(slack: Slack, token: str, error: str) -> None:
    """A method without a token, with a wrong one or with one of another kind is refused."""
    client = AsyncWebClient(slack.app_token if token == "xapp" else token, base_url=slack.api_url)

    assert (await refused(client.chat_postMessage(channel="C0SUPPORT", text="hi")))["error"] == error


async def test_a_method_needs_its_scope(slack: Slack, api: AsyncWebClient) -> None:
    """A method whose scope is missing says which, and what there is."""
    slack.scopes.discard("chat:write")

    answer = await refused(api.chat_postMessage(channel="C0SUPPORT", text="hi"))

    assert answer["error"] == "missing_scope"
    assert answer["needed"] == "chat:write"
    assert "commands" in answer["provided"]


@pytest.mark.usefixtures("bot")
async def test_a_message_belongs_to_the_mention_that_it_answers(slack: Slack, api: AsyncWebClient) -> None:
    """Messages in a mention's thread are that mention's posts, however many mentions there are."""
    first = await slack.mention("one")
    second = await slack.mention("two")
    for delivery in (first, second):
        thread_ts = delivery.payload["event"]["ts"]
        await api.chat_postMessage(channel="C0SUPPORT", text=f"to {thread_ts}", thread_ts=thread_ts)

    post = await slack.post_after(first)
    assert post.thread_ts == first.root
    assert [post.thread_ts for post in second.posts] == [second.root]
    assert await slack.wait_for_post(lambda post: post.via == "chat.postMessage") is post


async def test_a_post_is_waited_for(slack: Slack, api: AsyncWebClient) -> None:
    """Who waits for the next post gets it when it comes."""
    waiting = asyncio.create_task(slack.post_after(len(slack.posts)))

    await api.chat_postMessage(channel="C0SUPPORT", text="hi")

    assert (await waiting).text == "hi"


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


async def test_invalid_blocks_are_explained(slack: Slack, api: AsyncWebClient) -> None:
    """Blocks that break a rule are refused with the rule and the place."""
    answer = await refused(api.chat_postMessage(channel="C0SUPPORT", text="hi", blocks=[TOO_LONG]))

    assert answer["error"] == "invalid_blocks"
    assert answer["response_metadata"]["messages"] == [
        "[ERROR] must be less than 151 characters [json-pointer:/blocks/0/text/text]"
    ]
    assert slack.posts == []


async def test_a_form_carries_blocks_as_a_string(slack: Slack) -> None:
    """A form is as good as JSON, with the blocks as a JSON string and the token as a field."""
    form = {"token": slack.bot_token, "channel": "C0SUPPORT", "blocks": json.dumps([REFRESH])}
    async with aiohttp.ClientSession() as session:
        async with session.post(f"{slack.api_url}chat.postMessage", data=form) as response:
            good = await response.json()
        async with session.post(f"{slack.api_url}chat.postMessage", data=form | {"blocks": "["}) as response:
            bad = await response.json()

    assert good["ok"]
    assert slack.posts[0].blocks == [REFRESH]
    assert bad["error"] == "invalid_blocks_format"


async def test_people_and_channels_can_be_looked_up(slack: Slack, api: AsyncWebClient) -> None:
    """users.info gives a locale where it is asked for, conversations.info tells shared channels."""
    slack.scopes |= {"users:read", "channels:read"}

    ola = await api.users_info(user="U0ASKER02", include_locale=True)
    partner = await api.conversations_info(channel="C0PARTNER")

    assert ola["user"]["locale"] == "nb-NO"
    assert partner["channel"]["is_ext_shared"] is True
    direct = await refused(api.conversations_info(channel="D0ASKER01"))
    assert direct["needed"] == "im:read"


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


async def test_an_unknown_method_is_refused(api: AsyncWebClient) -> None:
    """A method that the stand-in does not know is refused, never silently accepted."""
    assert (await refused(api.reactions_add(channel="C0SUPPORT", name="x", timestamp="1")))["error"] == (
        "unknown_method"
    )


async def test_the_date_can_be_skewed(slack: Slack, api: AsyncWebClient) -> None:
    """The Date of an answer is Slack's clock, which can be ahead of ours."""
    slack.date_skew_s = 600
    before = time.time()

    answer = await api.api_test()

    ahead = parsedate_to_datetime(answer.headers["Date"]).timestamp() - before
    assert 599 <= ahead < 700


# --- faults ---


async def test_a_rate_limit_passes(slack: Slack, api: AsyncWebClient) -> None:
    """A method answers 429 with Retry-After as often as it is told to, then works."""
    slack.switches.rate_limit["chat.postMessage"] = 1
    slack.switches.retry_after_s = 0
    api.retry_handlers.append(AsyncRateLimitErrorRetryHandler(max_retry_count=1))

    await api.chat_postMessage(channel="C0SUPPORT", text="hi")

    assert [call.error for call in slack.calls] == ["ratelimited", None]
    assert len(slack.posts) == 1
    first, second = slack.calls
    assert first.at <= second.at


async def test_the_next_blocks_can_be_refused(slack: Slack, api: AsyncWebClient) -> None:
    """The next messages with blocks can be refused, so that a fallback to text shows itself."""
    slack.switches.invalid_blocks_next = 1

    answer = await refused(api.chat_postMessage(channel="C0SUPPORT", text="hi", blocks=[REFRESH]))
    await api.chat_postMessage(channel="C0SUPPORT", text="hi")
    await api.chat_postMessage(channel="C0SUPPORT", text="hi", blocks=[REFRESH])

    assert answer["error"] == "invalid_blocks"
    assert len(slack.posts) == 2


@pytest.mark.usefixtures("bot")
async def test_slack_can_fail(slack: Slack, api: AsyncWebClient) -> None:
    """Slack's own failures come with the status that is set."""
    delivery = await slack.command("")
    slack.switches.post_status = 503
    slack.switches.response_url_status = 404

    with pytest.raises(SlackApiError) as caught:
        await api.chat_postMessage(channel="C0SUPPORT", text="hi")

    assert caught.value.response.status_code == 503
    assert (await respond(delivery, text="x"))[0] == 404
    assert slack.posts == []


# --- HTTP ---


async def test_http_requests_are_signed(slack: Slack, http_bot: HttpBot) -> None:
    """Commands, events and clicks come over HTTP with a signature that Slack's library accepts."""
    http_bot.answer = lambda: web.json_response({"text": "2 free", "blocks": [REFRESH]})
    asked = await slack.command("")
    await slack.mention("who?")
    clicked = await slack.click(asked.posts[0], "refresh")

    kinds = [headers["Content-Type"] for _, headers in http_bot.requests]
    form = "application/x-www-form-urlencoded"
    assert kinds == [form, "application/json", form]
    assert asked.status == clicked.status == 200
    assert asked.posts[0].text == "2 free"
    assert len(slack.posts) == 1


async def test_plain_text_is_an_answer_too(slack: Slack, http_bot: HttpBot) -> None:
    """A command that is answered with plain text shows that text."""
    http_bot.answer = lambda: web.Response(text="2 free")

    assert (await slack.command("")).posts[0].text == "2 free"


@pytest.mark.usefixtures("http_bot")
@pytest.mark.parametrize("wire", [{"signature": "v0=bad"}, {"timestamp": 1}])
async def test_requests_can_be_forged(slack: Slack, wire: Any) -> None:
    """A wrong signature or an old timestamp reaches the bot as it is set."""
    delivery = await slack.command("", **wire)

    assert (delivery.status, delivery.acked) == (401, False)
    assert [refusal.error for refusal in slack.refused] == ["dispatch_failed"]


async def test_any_bytes_can_be_posted(slack: Slack, http_bot: HttpBot) -> None:
    """Bytes and headers that Slack would never send reach the bot as they are."""
    delivery = await slack.raw_post(b"\xff", {"X-Slack-Signature": "v0=", "X-Slack-Request-Timestamp": "0"})

    assert http_bot.requests[0][0] == b"\xff"
    assert delivery.status == 401


async def test_a_retry_says_so(slack: Slack, http_bot: HttpBot) -> None:
    """A repeated event says in its headers how often it came, and why."""
    delivery = await slack.mention("who?")
    await slack.redeliver(await slack.redeliver(delivery))

    headers = http_bot.requests[-1][1]
    assert headers["X-Slack-Retry-Num"] == "2"
    assert headers["X-Slack-Retry-Reason"] == "http_timeout"


async def test_a_bot_that_is_gone_is_no_crash(slack: Slack, http_bot: HttpBot) -> None:
    """An address where nothing listens leaves the delivery without an acknowledgement."""
    await http_bot.server.close()

    delivery = await slack.command("", timeout_s=1)

    assert (delivery.acked, delivery.status, delivery.ack_s) == (False, None, None)


async def test_leaving_slack_ends_what_is_still_going_on() -> None:
    """Leaving breaks off a call that Slack is slow to answer."""
    async with Slack() as slack:
        slack.switches.api_latency_s = 3600
        call = asyncio.create_task(AsyncWebClient(slack.bot_token, base_url=slack.api_url).api_test())
        await slack.until(lambda: slack.calls)

    with pytest.raises(aiohttp.ClientError):
        await call
