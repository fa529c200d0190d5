"""A mention is answered in its thread, for everybody there."""

from functools import partial
from typing import Any

from slack_bolt.async_app import AsyncApp, AsyncBoltContext

from bot.slack.conversation import Conversation
from bot.slack.outbox import Outbox
from bot.slack.questions import Questions
from bot.slack.sender import Sender


def register(app: AsyncApp, conversation: Conversation, sender: Sender, outbox: Outbox, questions: Questions) -> None:
    """Attach the listener."""

    @app.event("app_mention")
    async def on_mention(body: dict[str, Any], context: AsyncBoltContext) -> None:
        question = questions.read(body, context.bot_user_id)
        if question is not None:
            send = partial(sender.to_channel, question, question.thread_ts or question.ts)
            with questions.taking(body):
                await outbox.later(partial(conversation.to_mention, question), send)
