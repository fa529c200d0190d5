"""The Home tab shows the list by topic when somebody opens it."""

from functools import partial
from typing import Any

from slack_bolt.async_app import AsyncApp

from bot.slack.conversation import Conversation
from bot.slack.outbox import Outbox
from bot.slack.sender import Sender


def register(app: AsyncApp, conversation: Conversation, sender: Sender, outbox: Outbox) -> None:
    """Attach the listener."""

    @app.event("app_home_opened")
    async def on_home(event: dict[str, Any]) -> None:
        if event.get("tab") == "home":
            user = event["user"]
            await outbox.later(partial(conversation.to_home, user), partial(sender.to_home, user))
