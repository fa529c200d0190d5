"""The slash command is answered in its acknowledgement, or soon after it."""

from functools import partial
from typing import Any

from slack_bolt.async_app import AsyncApp
from slack_bolt.response import BoltResponse

from bot.slack.conversation import Conversation
from bot.slack.outbox import Outbox
from bot.slack.questions import unescaped
from bot.slack.sender import Sender
from bot.slack.views.message import Message
from bot.slack.views.notices import COMMAND, slow_message


def register(app: AsyncApp, conversation: Conversation, sender: Sender, outbox: Outbox, *, ack_s: float) -> None:
    """Attach the listener."""

    @app.command(COMMAND)
    async def on_command(command: dict[str, Any]) -> BoltResponse:
        user, text = command["user_id"], unescaped(command.get("text", ""))
        make = partial(conversation.to_command, text, user, command["channel_id"])
        send = partial(sender.after_notice, command.get("response_url", ""))
        answer = await outbox.in_time(make, send, ack_s)
        # Nothing is looked up for the notice: the answer may be sent at any moment now, and belongs below it.
        return acknowledged(answer or slow_message(conversation.words_now(user)))


def acknowledged(message: Message) -> BoltResponse:
    """The acknowledgement that carries the message: https://docs.slack.dev/interactivity/implementing-slash-commands/."""
    return BoltResponse(status=200, body=message.as_acknowledgement)
