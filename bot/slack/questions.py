"""What a mention or a direct message asks. Slack repeats events; each question is answered once."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final

from cachetools import TTLCache

from bot.clock import Clock
from bot.limits import Bound

SIZE: Final = 10_000
KEPT_S: Final = 3600
"""How many events are remembered, and for how long. Slack repeats an event that it believes lost, up to three times
within the hour: https://docs.slack.dev/apis/events-api/#retries"""

_WRITTEN: Final = frozenset({None, "file_share", "me_message", "thread_broadcast"})
"""The subtypes of messages that people write: https://docs.slack.dev/reference/events/message/#subtypes"""

_NOBODY: Final = frozenset({None, "", "USLACKBOT"})
"""Who does not ask. Slackbot says what others let it say, as by /remind, and Slack calls it a full member."""

_TEAMS: Final = ("user_team", "source_team")
"""Where an event says that its person comes from: https://docs.slack.dev/apis/slack-connect/."""


@dataclass(frozen=True, slots=True)
class Question:
    """Words, who wrote them, and where.

    `ts` is the message's own; `thread_ts` that of the thread it was written in, if any. `teams`: the workspaces that
    the event says the person comes from. `is_shared`: it says that the channel is shared with another company; an event
    that does not say so proves nothing.
    """

    words: str
    user: str
    channel: str
    ts: str
    thread_ts: str | None
    teams: frozenset[str]
    is_shared: bool


class Questions:
    """The events that were taken lately. If there are too many, the oldest is forgotten."""

    def __init__(self, clock: Clock) -> None:
        self._taken: TTLCache[str, bool] = TTLCache(SIZE, KEPT_S, timer=clock.monotonic)
        self._most_taken = Bound("Events that are remembered", SIZE, clock)

    def read(self, body: dict[str, Any], bot_user_id: str | None) -> Question | None:
        """The question in an event; None if no person asks, or not for the first time.

        Bots, edits and people who join a channel do not ask.
        """
        event = body["event"]
        is_written = event.get("subtype") in _WRITTEN and not event.get("bot_id") and not event.get("edited")
        if not is_written or event.get("user") in _NOBODY or body["event_id"] in self._taken:
            return None
        return Question(
            words=_without_mention(event.get("text", ""), bot_user_id),
            user=event["user"],
            channel=event["channel"],
            ts=event["ts"],
            thread_ts=event.get("thread_ts"),
            teams=frozenset(event[name] for name in _TEAMS if event.get(name)),
            is_shared=bool(body.get("is_ext_shared_channel")),
        )

    @contextmanager
    def taking(self, body: dict[str, Any]) -> Iterator[None]:
        """Remember the event from now on, while its reply still waits for a place: Slack repeats it after 3 seconds.

        If the reply gets no place in the end, the event may come again.
        """
        event_id = body["event_id"]
        self._most_taken.note(len(self._taken))
        self._taken[event_id] = True
        try:
            yield
        except BaseException:
            self._taken.pop(event_id, None)
            raise


def unescaped(text: str) -> str:
    """What was typed, before Slack escaped it: https://docs.slack.dev/messaging/formatting-message-text/#escaping."""
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def _without_mention(text: str, bot_user_id: str | None) -> str:
    """The words beside the mention, which Slack writes as `<@U123>` or `<@U123|name>`."""
    return unescaped(re.sub(rf"<@{re.escape(bot_user_id or '')}(\|[^<>]*)?>", " ", text))
