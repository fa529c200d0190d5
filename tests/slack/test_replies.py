"""Replies that outlive their acknowledgement."""

import asyncio
from collections.abc import AsyncIterator
from functools import partial

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from slack_sdk.models.blocks import ActionsBlock
from slack_sdk.web.async_client import AsyncWebClient

from bot.languages import Language
from bot.presence.query import Kind, Query
from bot.slack import replies as replies_module
from bot.slack.app import open_client
from bot.slack.replies import Replies, Send
from bot.slack.shown import Shown
from bot.slack.views.controls import refresh_button
from bot.slack.views.message import Message
from bot.slack.views.message import message as make_message
from bot.slack.views.notices import help_message, slow_message
from bot.slack.views.words import words_in
from playground.slack import Delivery, Slack
from tests.slack.conftest import OTHER, read

WORDS = words_in(Language.ENGLISH)
HELP, SLOW = help_message(WORDS), slow_message(WORDS)

HELP_AS_ANSWER = Message(HELP.text, HELP.blocks)
REFRESH = refresh_button(Shown(Query(Kind.ROSTER)), WORDS)
ROSTER = make_message("A roster", [ActionsBlock(elements=[REFRESH])])


async def ready(message: Message = HELP) -> Message:
    return message


@pytest.fixture
async def replies(client: AsyncWebClient) -> AsyncIterator[Replies]:
    """Replies without a bot around them."""
    replies = Replies(client, WORDS)
    yield replies
    await replies.drain(5)


def in_channel(replies: Replies, channel: str = "C0SUPPORT") -> Send:
    return partial(replies.to_channel, channel, None)


# --- under way ---


async def test_the_end_waits_for_replies_under_way(slack: Slack, replies: Replies) -> None:
    """Draining lets the replies under way be sent before it returns."""
    answer = asyncio.get_running_loop().create_future()
    await replies.later(lambda: answer, in_channel(replies))
    draining = asyncio.create_task(replies.drain(5))
    asyncio.get_running_loop().call_soon(answer.set_result, HELP)

    await draining
    assert len(slack.posts) == 1


async def test_the_end_does_not_wait_for_ever(slack: Slack, replies: Replies, caplog: pytest.LogCaptureFixture) -> None:
    """Replies that are not ready when the time is up are ended, and each is told of in the log."""
    answer = asyncio.get_running_loop().create_future()
    await replies.later(lambda: answer, in_channel(replies))

    await replies.drain(0)
    assert answer.cancelled()
    assert slack.posts == []
    assert caplog.messages == ["The bot ended before a reply was sent"]


async def test_one_failed_reply_keeps_no_other_back(
    slack: Slack, replies: Replies, caplog: pytest.LogCaptureFixture
) -> None:
    """Each reply stands alone: a refused one does not end the others."""
    for channel in ("C0QUIET01", "C0SUPPORT", "C0OLDNEWS", "C0GENERAL"):
        await replies.later(ready, in_channel(replies, channel))

    await replies.drain(5)
    assert {post.channel for post in slack.posts} == {"C0SUPPORT", "C0GENERAL"}
    assert len(caplog.records) == 2


async def test_replies_are_sent_at_once(slack: Slack, replies: Replies) -> None:
    """A reply that is not ready keeps no other one waiting."""
    answer = asyncio.get_running_loop().create_future()
    await replies.later(lambda: answer, in_channel(replies))
    await replies.later(ready, in_channel(replies, "C0GENERAL"))

    assert (await slack.post_after(0)).channel == "C0GENERAL"
    answer.set_result(HELP)
    assert (await slack.post_after(1)).channel == "C0SUPPORT"


# --- where to ---


async def test_a_reply_by_response_url_is_a_message_of_its_own(slack: Slack, replies: Replies) -> None:
    """What follows by response_url is for the asker alone, and leaves the message before it as it is."""
    slack.events_url = "http://127.0.0.1:9"
    delivery = await slack.command("")
    await replies.to_asker(str(delivery.response_url), HELP)

    [post] = delivery.posts
    assert (post.via, post.ephemeral, post.user, post.replaces) == ("response_url", True, "U0ASKER01", None)
    assert "What you can ask" in read(post)


@pytest.fixture
async def clicked(slack: Slack, replies: Replies) -> Delivery:
    """A click on a message that everybody sees, by a person who is not alone there."""
    slack.events_url = "http://127.0.0.1:9"
    await replies.to_channel("C0SUPPORT", "1700000000.000001", ROSTER)
    return await slack.click(slack.posts[0], "show:refresh", user=OTHER)


async def test_a_reply_in_place_takes_the_place_of_what_was_clicked(replies: Replies, clicked: Delivery) -> None:
    """What was clicked on gives way to its answer, where it stands and for all who see it."""
    await replies.in_place(str(clicked.response_url), HELP_AS_ANSWER)

    [post] = clicked.posts
    assert post.replaces is not None
    assert not post.replaces.visible
    assert (post.ephemeral, post.ts, post.thread_ts) == (False, post.replaces.ts, "1700000000.000001")


async def test_a_reply_to_everybody_stands_beside_what_was_clicked(replies: Replies, clicked: Delivery) -> None:
    """What is shared is a message of its own, for all; what was clicked on stays."""
    await replies.to_everybody(str(clicked.response_url), HELP_AS_ANSWER)

    [post] = clicked.posts
    assert (post.ephemeral, post.user, post.replaces, post.channel) == (False, None, None, "C0SUPPORT")


@pytest.mark.parametrize("way", ["in_place", "to_everybody"])
async def test_a_notice_is_for_the_clicker_alone(slack: Slack, replies: Replies, clicked: Delivery, way: str) -> None:
    """A notice takes no answer's place, and is shown to nobody but who clicked."""
    await getattr(replies, way)(str(clicked.response_url), HELP)

    [post] = clicked.posts
    assert (post.ephemeral, post.user, post.replaces) == (True, OTHER, None)
    assert slack.posts[0].visible


async def test_a_home_tab_is_published_for_its_person(slack: Slack, replies: Replies) -> None:
    """A Home tab is one person's, and holds the blocks of the message."""
    await replies.to_home(OTHER, HELP)

    assert list(slack.homes) == [OTHER]
    assert "What you can ask" in read(slack.homes[OTHER])
    assert slack.posts == []


async def test_a_home_tab_whose_blocks_are_refused_shows_text(
    slack: Slack, replies: Replies, caplog: pytest.LogCaptureFixture
) -> None:
    """Where Slack does not take the blocks of a Home tab, which has nothing else, one of them holds the words."""
    slack.switches.invalid_blocks_next = 1
    await replies.later(ready, partial(replies.to_home, OTHER))
    await replies.drain(5)

    shown = read(slack.homes[OTHER])
    assert "What you can ask" in shown
    assert "/who-is-online billing" in shown
    [record] = caplog.records
    assert "invalid_blocks" in record.getMessage()


async def test_links_of_a_reply_do_not_unfurl(slack: Slack, replies: Replies) -> None:
    """No preview of a page is put below a roster."""
    await replies.to_channel("C0SUPPORT", None, HELP)

    [call] = slack.calls
    assert call.args["unfurl_links"] in (False, "0", 0)


# --- what Slack refuses ---


async def test_a_refused_reply_is_one_line_in_the_log(
    slack: Slack, replies: Replies, caplog: pytest.LogCaptureFixture
) -> None:
    """A reply that Slack refuses is one line, with Slack's reason, no traceback, and no secret."""
    await replies.later(ready, in_channel(replies, "C0QUIET01"))
    await replies.drain(5)

    [record] = caplog.records
    assert record.getMessage() == "Slack did not take a reply: not_in_channel"
    assert record.exc_info is None
    assert slack.bot_token not in caplog.text


async def test_a_refused_late_answer_is_one_line_in_the_log(
    slack: Slack, replies: Replies, caplog: pytest.LogCaptureFixture
) -> None:
    """An answer that a response_url refuses is one line, without that address: who knows it can speak as the bot."""
    url = f"{slack.url}/response/expired-long-ago"
    await replies.later(ready, partial(replies.to_asker, url))
    await replies.drain(5)

    [record] = caplog.records
    assert "HTTP 404" in record.getMessage()
    assert record.exc_info is None
    assert "expired-long-ago" not in caplog.text


@pytest.mark.parametrize("way", ["to_channel", "to_asker"])
async def test_a_reply_whose_blocks_are_refused_is_sent_as_text(
    slack: Slack, replies: Replies, caplog: pytest.LogCaptureFixture, way: str
) -> None:
    """Where Slack does not take the blocks, the person reads the same as plain text, and the log says so."""
    slack.switches.invalid_blocks_next = 1
    slack.events_url = "http://127.0.0.1:9"
    delivery = await slack.command("")
    slack.refused.clear()
    to: dict[str, Send] = {
        "to_channel": in_channel(replies),
        "to_asker": partial(replies.to_asker, str(delivery.response_url)),
    }
    await replies.later(ready, to[way])
    await replies.drain(5)

    assert [refusal.error for refusal in slack.refused] == ["invalid_blocks"]
    [post] = slack.posts
    assert post.blocks == []
    assert "What you can ask" in read(post)
    assert "/who-is-online billing" in read(post)
    [record] = caplog.records
    assert "invalid_blocks" in record.getMessage()


async def test_a_reply_that_is_refused_is_given_up(
    slack: Slack, replies: Replies, caplog: pytest.LogCaptureFixture
) -> None:
    """What Slack refuses for another reason than its blocks is not sent again."""
    await replies.later(ready, in_channel(replies, "C0OLDNEWS"))
    await replies.drain(5)

    assert [call.error for call in slack.calls] == ["is_archived"]
    assert len(caplog.records) == 1


async def test_a_reply_is_repeated_when_slack_asks_to_wait(slack: Slack, replies: Replies) -> None:
    """A reply that comes too fast for Slack is sent again after the pause that Slack asks for."""
    slack.switches.rate_limit["chat.postMessage"] = 1
    slack.switches.retry_after_s = 0
    await replies.later(ready, in_channel(replies))
    await replies.drain(5)

    assert [call.error for call in slack.calls] == ["ratelimited", None]
    assert len(slack.posts) == 1


@pytest.fixture
async def broken_slack() -> AsyncIterator[tuple[AsyncWebClient, dict[str, str | int]]]:
    """Something that is not Slack answers in its place."""
    answer: dict[str, str | int] = {}

    async def anything(_request: web.Request) -> web.Response:
        return web.Response(**answer)  # type: ignore[arg-type]  # each test says which

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", anything)
    async with (
        TestServer(app) as server,
        open_client(token="xoxb-pretend-bot", api_url=str(server.make_url("/api/"))) as client,
    ):
        client.retry_handlers.clear()
        yield client, answer


@pytest.mark.parametrize(
    ("status", "content_type", "text"),
    [
        (502, "text/html", "<html>Bad gateway</html>"),
        (200, "text/html", "<html>Sign in to the proxy</html>"),
        (503, "text/plain", "upstream connect error"),
        (200, "application/json", '{"ok": tr'),
        (200, "application/json", "[]"),
    ],
)
@pytest.mark.parametrize("way", ["to_channel", "to_asker"])
async def test_what_is_not_slack_is_one_line_in_the_log(
    broken_slack: tuple[AsyncWebClient, dict[str, str | int]],
    caplog: pytest.LogCaptureFixture,
    way: str,
    status: int,
    content_type: str,
    text: str,
) -> None:
    """A proxy's page in place of Slack's answer is one line in the log, like every refused reply."""
    client, answer = broken_slack
    answer |= {"status": status, "content_type": content_type, "text": text}
    replies = Replies(client, WORDS)
    to: dict[str, Send] = {
        "to_channel": in_channel(replies),
        "to_asker": partial(replies.to_asker, f"{client.base_url}response"),
    }
    await replies.later(ready, to[way])
    await replies.drain(5)

    if way == "to_asker" and status == 200:  # a response_url has no more to say than its status
        assert caplog.records == []
        return
    [record] = caplog.records
    assert record.name == replies_module.__name__
    assert record.exc_info is None


async def test_a_slack_that_is_gone_is_one_line_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    """A reply for which Slack cannot be reached is one line in the log, without addresses."""
    async with open_client(token="xoxb-pretend-bot", api_url="http://127.0.0.1:9/api/") as client:
        client.retry_handlers.clear()
        replies = Replies(client, WORDS)
        await replies.later(ready, in_channel(replies))
        await replies.later(ready, partial(replies.to_asker, "http://127.0.0.1:9/response/secret"))
        await replies.drain(5)

    said = "A reply did not reach Slack: ClientConnectorError"
    assert [record.getMessage() for record in caplog.records] == [said, said]
    assert all(record.exc_info is None for record in caplog.records)


# --- what nobody expected ---


async def test_an_incident_joins_the_person_and_the_log(replies: Replies, caplog: pytest.LogCaptureFixture) -> None:
    """The id that a person is told is in the log, with the traceback that the person is not shown."""
    message = replies.report(RuntimeError("the private details"))

    [record] = caplog.records
    incident_id = record.getMessage().removeprefix("Incident ")
    assert incident_id in message.text
    assert record.exc_info is not None
    assert "the private details" not in str(message)


async def test_two_incidents_are_told_apart(replies: Replies) -> None:
    """Each incident has an id of its own."""
    assert replies.report(RuntimeError()).text != replies.report(RuntimeError()).text
