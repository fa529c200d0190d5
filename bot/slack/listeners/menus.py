"""A menu with too many topics for one message asks for them while somebody types."""

import asyncio
from contextlib import suppress
from typing import Any

from slack_bolt.async_app import AsyncApp
from slack_bolt.response import BoltResponse
from slack_sdk.models.blocks import Option

from bot.slack.conversation import Conversation
from bot.slack.views.controls import TOPIC_MENU


def register(app: AsyncApp, conversation: Conversation, *, ack_s: float) -> None:
    """Attach the listener."""

    @app.options(TOPIC_MENU)
    async def on_typing(body: dict[str, Any]) -> BoltResponse:
        options: list[Option] = []
        with suppress(TimeoutError):
            async with asyncio.timeout(ack_s):
                options = await conversation.to_typing(body.get("value") or "", body["user"]["id"])
        return BoltResponse(status=200, body={"options": [option.to_dict() for option in options]})
