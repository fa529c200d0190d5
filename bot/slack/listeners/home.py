"""The Home tab shows the list by topic when somebody opens it."""

from functools import partial
from typing import Any

from slack_bolt.async_app import AsyncApp

from bot.slack.conversation import Conversation
from bot.slack.outbox import Outbox
from bot.slack.sender import Sender
from bot.slack.views.notices import slow_message


def register(app: AsyncApp, conversation: Conversation, sender: Sender, outbox: Outbox, *, notice_s: float) -> None:
    """Attach the listener. What Home showed before is taken away after `notice_s` seconds: it may show names still."""

    @app.event("app_home_opened")
    async def on_home(event: dict[str, Any]) -> None:
        if event.get("tab") == "home":
            user = event["user"]
            make, send = partial(conversation.to_home, user), partial(sender.to_home, user)
            await outbox.later_with_notice(make, send, slow_message(conversation.words_now(user)), notice_s)
