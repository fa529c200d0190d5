"""A menu with too many topics for one message asks for them while somebody types."""

from typing import Any

from slack_bolt.async_app import AsyncApp
from slack_bolt.response import BoltResponse

from bot.slack.clicks import teams_of
from bot.slack.conversation import Conversation
from bot.slack.views.controls import TOPIC_MENU


def register(app: AsyncApp, conversation: Conversation, *, ack_s: float) -> None:
    """Attach the listener."""

    @app.options(TOPIC_MENU)
    async def on_typing(body: dict[str, Any]) -> BoltResponse:
        typed, user = body.get("value") or "", body["user"]["id"]
        options = await conversation.to_typing(typed, user, teams_of(body), seconds=ack_s)
        return BoltResponse(status=200, body={"options": [option.to_dict() for option in options]})
