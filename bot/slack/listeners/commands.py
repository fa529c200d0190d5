"""The slash command is answered in its acknowledgement, or soon after it."""

import asyncio
from functools import partial
from typing import Any

from slack_bolt.async_app import AsyncApp
from slack_bolt.response import BoltResponse

from bot.slack.conversation import Conversation
from bot.slack.outbox import Outbox
from bot.slack.questions import unescaped
from bot.slack.views.message import Message
from bot.slack.views.notices import COMMAND, slow_message


def register(app: AsyncApp, conversation: Conversation, outbox: Outbox, *, ack_s: float) -> None:
    """Attach the listener."""

    @app.command(COMMAND)
    async def on_command(command: dict[str, Any]) -> BoltResponse:
        user, words = command["user_id"], unescaped(command.get("text", ""))
        answer = asyncio.create_task(conversation.to_command(words, user, command["channel_id"]))
        await asyncio.wait([answer], timeout=ack_s)
        if answer.done():
            return acknowledged(answer.result())
        notice = slow_message(await conversation.words_for(user))
        await outbox.later(lambda: answer, partial(outbox.to_asker, command["response_url"]))
        return acknowledged(notice)


def acknowledged(message: Message) -> BoltResponse:
    """The acknowledgement that carries the message: https://docs.slack.dev/interactivity/implementing-slash-commands/."""
    return BoltResponse(status=200, body=message.as_acknowledgement)
