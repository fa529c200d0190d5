"""What the bot listens to, one file for each kind. A listener acknowledges, asks the conversation, and replies."""

from typing import Final

from slack_bolt.async_app import AsyncApp

from bot.clock import Clock
from bot.slack.conversation import Conversation
from bot.slack.directory import Directory
from bot.slack.listeners import channels, clicks, commands, errors, home, mentions, menus, messages
from bot.slack.outbox import Outbox
from bot.slack.questions import Questions
from bot.slack.sender import Sender

EVENTS: Final = frozenset({"app_home_opened", "app_mention", "message.im", *channels.EVENTS})
SCOPES: Final = frozenset(
    {"app_mentions:read", "channels:read", "chat:write", "commands", "groups:read", "im:history", "users:read"}
)
"""What the listeners need, and no more: https://docs.slack.dev/reference/scopes/."""

ACK_S: Final = 2.0
"""How long an acknowledgement waits for the answer, after up to 0.4 s for a language. Slack gives up after 3 seconds:
https://docs.slack.dev/interactivity/implementing-slash-commands/#responding_to_commands"""


def register(
    app: AsyncApp,
    conversation: Conversation,
    directory: Directory,
    sender: Sender,
    outbox: Outbox,
    clock: Clock,
    *,
    ack_s: float,
) -> None:
    """Attach the listeners to the app. Acknowledgements wait at most `ack_s` seconds for an answer."""
    questions = Questions(clock)
    commands.register(app, conversation, sender, outbox, ack_s=ack_s)
    mentions.register(app, conversation, sender, outbox, questions)
    messages.register(app, conversation, sender, outbox, questions)
    home.register(app, conversation, sender, outbox, notice_s=ack_s)
    clicks.register(app, conversation, sender, outbox)
    menus.register(app, conversation, ack_s=ack_s)
    channels.register(app, directory)
    errors.register(app, outbox)
