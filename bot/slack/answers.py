"""Words in, message out: the one way through from a question to what is shown."""

from typing import Final

from cachetools import LRUCache

from bot.errors import SuperOfficeError
from bot.presence.model import Snapshot
from bot.presence.query import Kind, Query, parse
from bot.presence.roster import answer
from bot.presence.service import PresenceService
from bot.slack.views import words
from bot.slack.views.message import Message
from bot.slack.views.notices import failure_message, help_message
from bot.slack.views.roster import answer_message

COMMAND: Final = "/who-is-online"

_RENDERED: Final = 32
"""Messages kept: more than the questions that people ask of one snapshot."""


class Answers:
    """Answers questions. Each answer is rendered once for a snapshot and question, not once for a person."""

    def __init__(self, presence: PresenceService, *, busy_at: int) -> None:
        self._presence = presence
        self._busy_at = busy_at
        self._rendered: LRUCache[tuple[object, ...], Message] = LRUCache(_RENDERED)

    async def to(self, text: str) -> Message:
        """The message that answers what somebody typed. A failure of SuperOffice is an answer too."""
        query = parse(text)
        if query.kind is Kind.HELP:
            return help_message(COMMAND)
        try:
            snapshot = await self._presence.current()
        except SuperOfficeError as error:
            return failure_message(error)
        return self._render(query, snapshot)

    def _render(self, query: Query, snapshot: Snapshot) -> Message:
        stale = snapshot.stale_because
        key = (query, snapshot.taken_at, stale and (stale.reason, words.ago(snapshot.age_s)))
        kept = self._rendered.get(key)
        if kept is None:
            kept = answer_message(answer(query, snapshot, busy_at=self._busy_at))
            self._rendered[key] = kept
        return kept
