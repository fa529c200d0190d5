"""A direct message is answered where it was written."""

from functools import partial
from typing import Any

from slack_bolt.async_app import AsyncApp, AsyncBoltContext

from bot.slack.conversation import Conversation
from bot.slack.outbox import Outbox
from bot.slack.questions import Questions
from bot.slack.sender import Sender


def register(app: AsyncApp, conversation: Conversation, sender: Sender, outbox: Outbox, questions: Questions) -> None:
    """Attach the listener."""

    @app.event("message")
    async def on_direct_message(body: dict[str, Any], context: AsyncBoltContext) -> None:
        is_direct = body["event"].get("channel_type") == "im"
        question = questions.read(body, context.bot_user_id) if is_direct else None
        if question is not None:
            send = partial(sender.to_channel, question, question.thread_ts)
            with questions.taking(body):
                await outbox.later(partial(conversation.to_direct_message, question), send)
