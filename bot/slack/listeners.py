"""What the bot listens to. A listener acknowledges, asks, and replies; the rest is elsewhere."""

import asyncio
import re
from contextlib import suppress
from functools import partial
from typing import Any, Final

from cachetools import TTLCache
from slack_bolt.async_app import AsyncApp, AsyncBoltContext
from slack_bolt.response import BoltResponse
from slack_sdk.models.blocks import Option

from bot.slack.answers import Answers
from bot.slack.clicks import is_of_home, read_click
from bot.slack.replies import Answer, Replies
from bot.slack.views.controls import SHARE, TOPIC_MENU
from bot.slack.views.message import Message
from bot.slack.views.notices import COMMAND, slow_message

EVENTS: Final = frozenset({"app_home_opened", "app_mention", "message.im"})
SCOPES: Final = frozenset(
    {"app_mentions:read", "channels:read", "chat:write", "commands", "groups:read", "im:history", "users:read"}
)
"""What the listeners below need, and no more: https://docs.slack.dev/reference/scopes/."""

ACK_S: Final = 2.0
"""How long an acknowledgement waits for the answer. Slack gives up after 3 seconds:
https://docs.slack.dev/interactivity/implementing-slash-commands/#responding_to_commands"""

_QUESTIONS: Final = frozenset({None, "file_share", "me_message", "thread_broadcast"})
"""The subtypes of messages that people write: https://docs.slack.dev/reference/events/message/#subtypes"""

_ANYTHING_ELSE: Final = re.compile(rf"(?!{SHARE}$)")
"""Whatever control: one that this version does not know gets an answer too."""

_EVENTS_KEPT: Final = 10_000
_EVENTS_KEPT_S: Final = 3600
"""Slack repeats an event that it believes lost, up to three times within the hour:
https://docs.slack.dev/apis/events-api/#retries"""


def register(
    app: AsyncApp, *, answers: Answers, replies: Replies, share_externally: bool = False, ack_s: float = ACK_S
) -> None:
    """Attach the listeners to the app."""
    events_seen: TTLCache[str, bool] = TTLCache(_EVENTS_KEPT, _EVENTS_KEPT_S)

    def is_question(body: dict[str, Any], event: dict[str, Any]) -> bool:
        """Whether a person asks, for the first time: no bot, no edit, no join, no repetition."""
        asked = event.get("subtype") in _QUESTIONS and not event.get("bot_id") and not event.get("edited")
        return asked and body["event_id"] not in events_seen

    async def reply(body: dict[str, Any], event: dict[str, Any], answer: Answer, thread_ts: str | None) -> None:
        """See to one reply to an event: to everybody there, unless people of other companies are among them."""
        channel, user = event["channel"], event["user"]
        if body.get("is_ext_shared_channel") and not share_externally:
            answer = partial(answers.to_outsider, user)
            await replies.later(answer, partial(replies.to_person, channel, user, event.get("thread_ts")))
        else:
            await replies.later(answer, partial(replies.to_channel, channel, thread_ts))
        events_seen[body["event_id"]] = True

    @app.command(COMMAND)
    async def on_command(command: dict[str, Any]) -> BoltResponse:
        user = command["user_id"]
        answer = asyncio.create_task(answers.to_command(_plain(command.get("text", "")), user, command["channel_id"]))
        await asyncio.wait([answer], timeout=ack_s)
        if answer.done():
            return _acknowledged(answer.result())
        patience = slow_message(await answers.words_for(user))
        await replies.later(lambda: answer, partial(replies.to_asker, command["response_url"]))
        return _acknowledged(patience)

    @app.event("app_mention")
    async def on_mention(body: dict[str, Any], event: dict[str, Any], context: AsyncBoltContext) -> None:
        if is_question(body, event):
            words = _without_mention(event.get("text", ""), context.bot_user_id)
            await reply(body, event, partial(answers.to_mention, words), event.get("thread_ts") or event["ts"])

    @app.event("message")
    async def on_direct_message(body: dict[str, Any], event: dict[str, Any], context: AsyncBoltContext) -> None:
        if event.get("channel_type") == "im" and is_question(body, event):
            words = _without_mention(event.get("text", ""), context.bot_user_id)
            answer = partial(answers.to_direct_message, words, event["user"])
            await reply(body, event, answer, event.get("thread_ts"))

    @app.event("app_home_opened")
    async def on_home(event: dict[str, Any]) -> None:
        if event.get("tab") == "home":
            user = event["user"]
            await replies.later(partial(answers.to_home, user), partial(replies.to_home, user))

    @app.action(SHARE)
    async def on_share(body: dict[str, Any]) -> BoltResponse:
        click = read_click(body)
        send = partial(replies.to_everybody, body["response_url"], thread_ts=click.thread_ts)
        await replies.later(partial(answers.to_share, click), send)
        return BoltResponse(status=200)

    @app.action(_ANYTHING_ELSE)
    async def on_click(body: dict[str, Any]) -> BoltResponse:
        click = read_click(body)
        if is_of_home(body):
            await replies.later(partial(answers.to_home, click.user, click.shown), partial(replies.to_home, click.user))
        else:
            send = partial(replies.in_place, body["response_url"], thread_ts=click.thread_ts)
            await replies.later(partial(answers.to_click, click), send)
        return BoltResponse(status=200)

    @app.options(TOPIC_MENU)
    async def on_typing(body: dict[str, Any]) -> BoltResponse:
        options: list[Option] = []
        with suppress(TimeoutError):
            async with asyncio.timeout(ack_s):
                options = await answers.to_typing(body.get("value") or "", body["user"]["id"])
        return BoltResponse(status=200, body={"options": [option.to_dict() for option in options]})

    @app.error
    async def on_error(error: Exception, body: dict[str, Any]) -> BoltResponse:
        message = replies.report(error)
        return _acknowledged(message) if "command" in body else BoltResponse(status=200)


def _acknowledged(message: Message) -> BoltResponse:
    """The acknowledgement that carries the message: https://docs.slack.dev/interactivity/implementing-slash-commands/."""
    return BoltResponse(status=200, body=message.to_asker)


def _without_mention(text: str, bot_user_id: str | None) -> str:
    """The words beside the mention, which Slack writes as `<@U123>` or `<@U123|name>`."""
    return _plain(re.sub(rf"<@{re.escape(bot_user_id or '')}(\|[^<>]*)?>", " ", text))


def _plain(text: str) -> str:
    """What was typed, before Slack escaped it: https://docs.slack.dev/messaging/formatting-message-text/#escaping."""
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
