"""What the bot listens to. A listener acknowledges, asks, and replies; the rest is elsewhere."""

import asyncio
import re
from functools import partial
from typing import Any, Final

from cachetools import TTLCache
from slack_bolt.async_app import AsyncApp, AsyncBoltContext
from slack_bolt.response import BoltResponse

from bot.slack.answers import COMMAND, Answers
from bot.slack.replies import Replies, report
from bot.slack.views.message import Message
from bot.slack.views.notices import outsiders_message, slow_message

EVENTS: Final = frozenset({"app_mention", "message.im"})
SCOPES: Final = frozenset({"app_mentions:read", "chat:write", "commands", "im:history"})
"""What the listeners below need, and no more: https://docs.slack.dev/reference/scopes/."""

ACK_S: Final = 2.0
"""How long a command's acknowledgement waits for the answer. Slack gives up after 3 seconds:
https://docs.slack.dev/interactivity/implementing-slash-commands/#responding_to_commands"""

_QUESTIONS: Final = frozenset({None, "file_share", "me_message", "thread_broadcast"})
"""The subtypes of messages that people write: https://docs.slack.dev/reference/events/message/#subtypes"""

_EVENTS_KEPT: Final = 10_000
_EVENTS_KEPT_S: Final = 3600
"""Slack repeats an event that it believes lost, up to three times within the hour:
https://docs.slack.dev/apis/events-api/#retries"""


def register(app: AsyncApp, *, answers: Answers, replies: Replies, ack_s: float = ACK_S) -> None:
    """Attach the listeners to the app."""
    events_seen: TTLCache[str, bool] = TTLCache(_EVENTS_KEPT, _EVENTS_KEPT_S)

    def is_question(body: dict[str, Any], event: dict[str, Any]) -> bool:
        """Whether a person asks, for the first time: no bot, no edit, no join, no repetition."""
        asked = event.get("subtype") in _QUESTIONS and not event.get("bot_id") and not event.get("edited")
        return asked and body["event_id"] not in events_seen

    async def reply(
        body: dict[str, Any], event: dict[str, Any], thread_ts: str | None, bot_user_id: str | None
    ) -> None:
        channel = event["channel"]
        if body.get("is_ext_shared_channel"):
            send = partial(replies.to_person, channel, event["user"], thread_ts)
            await replies.later(partial(_at_once, outsiders_message()), send)
        else:
            words = _without_mention(event.get("text", ""), bot_user_id)
            await replies.later(partial(answers.to, words), partial(replies.to_channel, channel, thread_ts))
        events_seen[body["event_id"]] = True

    @app.command(COMMAND)
    async def on_command(command: dict[str, Any]) -> BoltResponse:
        answer = asyncio.create_task(answers.to(_plain(command.get("text", ""))))
        await asyncio.wait([answer], timeout=ack_s)
        if answer.done():
            return _acknowledged(answer.result())
        await replies.later(lambda: answer, partial(replies.to_response_url, command["response_url"]))
        return _acknowledged(slow_message())

    @app.event("app_mention")
    async def on_mention(body: dict[str, Any], event: dict[str, Any], context: AsyncBoltContext) -> None:
        if is_question(body, event):
            await reply(body, event, event.get("thread_ts") or event["ts"], context.bot_user_id)

    @app.event("message")
    async def on_direct_message(body: dict[str, Any], event: dict[str, Any], context: AsyncBoltContext) -> None:
        if event.get("channel_type") == "im" and is_question(body, event):
            await reply(body, event, event.get("thread_ts"), context.bot_user_id)

    @app.error
    async def on_error(error: Exception, body: dict[str, Any]) -> BoltResponse:
        message = report(error)
        return _acknowledged(message) if "command" in body else BoltResponse(status=200)


async def _at_once(message: Message) -> Message:
    return message


def _acknowledged(message: Message) -> BoltResponse:
    """The acknowledgement that carries the message: https://docs.slack.dev/interactivity/implementing-slash-commands/."""
    return BoltResponse(status=200, body=message.to_asker)


def _without_mention(text: str, bot_user_id: str | None) -> str:
    """The words beside the mention, which Slack writes as `<@U123>` or `<@U123|name>`."""
    return _plain(re.sub(rf"<@{re.escape(bot_user_id or '')}(\|[^<>]*)?>", " ", text))


def _plain(text: str) -> str:
    """What was typed, before Slack escaped it: https://docs.slack.dev/messaging/formatting-message-text/#escaping."""
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
