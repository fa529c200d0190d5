"""Which events are questions, and what they say. Slack repeats events; each is answered once."""

import re
from typing import Any, Final

from cachetools import TTLCache

SIZE: Final = 10_000
KEPT_S: Final = 3600
"""Slack repeats an event that it believes lost, up to three times within the hour:
https://docs.slack.dev/apis/events-api/#retries"""

_QUESTIONS: Final = frozenset({None, "file_share", "me_message", "thread_broadcast"})
"""The subtypes of messages that people write: https://docs.slack.dev/reference/events/message/#subtypes"""


class Events:
    """The events that were answered lately."""

    def __init__(self) -> None:
        self._answered: TTLCache[str, bool] = TTLCache(SIZE, KEPT_S)

    def is_question(self, body: dict[str, Any], event: dict[str, Any]) -> bool:
        """Whether a person asks for the first time: not a bot, an edit, somebody joining, or a repetition."""
        written = event.get("subtype") in _QUESTIONS and not event.get("bot_id") and not event.get("edited")
        return written and body["event_id"] not in self._answered

    def answered(self, body: dict[str, Any]) -> None:
        """Note that the event has its reply in the outbox."""
        self._answered[body["event_id"]] = True


def words_of(event: dict[str, Any], bot_user_id: str | None) -> str:
    """The words beside the mention, which Slack writes as `<@U123>` or `<@U123|name>`."""
    mention = rf"<@{re.escape(bot_user_id or '')}(\|[^<>]*)?>"
    return unescaped(re.sub(mention, " ", event.get("text", "")))


def unescaped(text: str) -> str:
    """What was typed, before Slack escaped it: https://docs.slack.dev/messaging/formatting-message-text/#escaping."""
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
