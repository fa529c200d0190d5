"""An error that nobody expected is logged with an incident id. Whoever typed a command is told it."""

from typing import Any

from slack_bolt.async_app import AsyncApp
from slack_bolt.response import BoltResponse

from bot.slack.listeners.commands import acknowledged
from bot.slack.outbox import Outbox


def register(app: AsyncApp, outbox: Outbox) -> None:
    """Attach the listener."""

    @app.error
    async def on_error(error: Exception, body: dict[str, Any]) -> BoltResponse:
        message = outbox.report(error)
        return acknowledged(message) if "command" in body else BoltResponse(status=200)
