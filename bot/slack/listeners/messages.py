"""A direct message is answered where it was written."""

from functools import partial
from typing import Any

from slack_bolt.async_app import AsyncApp, AsyncBoltContext

from bot.slack.conversation import Conversation
from bot.slack.listeners.events import Events, words_of
from bot.slack.outbox import Outbox, Place


def register(app: AsyncApp, conversation: Conversation, outbox: Outbox, events: Events) -> None:
    """Attach the listener."""

    @app.event("message")
    async def on_direct_message(body: dict[str, Any], event: dict[str, Any], context: AsyncBoltContext) -> None:
        if event.get("channel_type") != "im" or not events.is_question(body, event):
            return
        thread_ts = event.get("thread_ts")
        place = Place(event["channel"], event["user"], asked_in=thread_ts, answered_in=thread_ts)
        answer = partial(
            conversation.to_direct_message,
            words_of(event, context.bot_user_id),
            place.user,
            place.channel,
            has_outsiders=bool(body.get("is_ext_shared_channel")),
        )
        await outbox.later(answer, partial(outbox.to_channel, place))
        events.answered(body)
