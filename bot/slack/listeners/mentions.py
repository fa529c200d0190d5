"""A mention is answered in its thread, for everybody there."""

from functools import partial
from typing import Any

from slack_bolt.async_app import AsyncApp, AsyncBoltContext

from bot.slack.conversation import Conversation
from bot.slack.listeners.events import Events, words_of
from bot.slack.outbox import Outbox, Place


def register(app: AsyncApp, conversation: Conversation, outbox: Outbox, events: Events) -> None:
    """Attach the listener."""

    @app.event("app_mention")
    async def on_mention(body: dict[str, Any], event: dict[str, Any], context: AsyncBoltContext) -> None:
        if not events.is_question(body, event):
            return
        thread_ts = event.get("thread_ts")
        place = Place(event["channel"], event["user"], asked_in=thread_ts, answered_in=thread_ts or event["ts"])
        answer = partial(
            conversation.to_mention,
            words_of(event, context.bot_user_id),
            place.user,
            place.channel,
            has_outsiders=bool(body.get("is_ext_shared_channel")),
        )
        await outbox.later(answer, partial(outbox.to_channel, place))
        events.answered(body)
