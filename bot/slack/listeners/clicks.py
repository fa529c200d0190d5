"""A click on a control changes the message in its place; Share posts it to the channel."""

import re
from functools import partial
from typing import Any, Final

from slack_bolt.async_app import AsyncApp
from slack_bolt.response import BoltResponse

from bot.slack.clicks import read_click
from bot.slack.conversation import Conversation
from bot.slack.outbox import Outbox
from bot.slack.sender import Sender
from bot.slack.views.controls import SHARE

_ANYTHING_ELSE: Final = re.compile(rf"(?!{SHARE}$)")
"""Any other control. One that this version of the bot does not know gets an answer too."""


def register(app: AsyncApp, conversation: Conversation, sender: Sender, outbox: Outbox) -> None:
    """Attach the listeners."""

    @app.action(SHARE)
    async def on_share(body: dict[str, Any]) -> BoltResponse:
        click = read_click(body)
        send = partial(sender.to_everybody, click.response_url, thread_ts=click.thread_ts)
        await outbox.later(partial(conversation.to_share, click), send)
        return BoltResponse(status=200)

    @app.action(_ANYTHING_ELSE)
    async def on_click(body: dict[str, Any]) -> BoltResponse:
        click = read_click(body)
        if click.is_home:
            send = partial(sender.to_home, click.user)
            await outbox.later(partial(conversation.to_home, click.user, click.state, click.teams), send)
        else:
            send = partial(sender.in_place, click.response_url, thread_ts=click.thread_ts)
            await outbox.later(partial(conversation.to_click, click), send)
        return BoltResponse(status=200)
