"""Results and messages, made once for a reading, however many people ask."""

from collections.abc import Mapping
from typing import Final

from cachetools import LRUCache

from bot.errors import Reason
from bot.presence.model import Snapshot
from bot.presence.query import Query
from bot.presence.reading import Shown, Stale
from bot.presence.result import Result, result_of
from bot.slack.view_state import ViewState
from bot.slack.views.message import Message
from bot.slack.views.pages import page_count
from bot.slack.views.places import View
from bot.slack.views.roster import Reader
from bot.words import words_in
from bot.words.language import Language

SIZE: Final = 64
"""How many results and messages are kept; the least recently used go first."""


class Renderings:
    """Answers queries and renders messages. What it keeps belongs to one reading and is dropped with it.

    `busy_at`: ongoing chats from which an agent is busy. `profiles`: addresses in Slack, by an agent's user id.
    """

    def __init__(self, *, busy_at: int, profiles: Mapping[int, str]) -> None:
        self._busy_at = busy_at
        self._profiles = profiles
        self._results: LRUCache[Query, Result] = LRUCache(SIZE)
        self._messages: LRUCache[tuple[View, ViewState, Language], Message] = LRUCache(SIZE)
        self._snapshot: Snapshot | None = None
        self._age: tuple[Reason, int] | None = None

    def result(self, query: Query, reading: Shown) -> Result:
        """What the reading says to the query."""
        self._keep_for(reading)
        result = self._results.get(query)
        if result is None:
            result = self._results[query] = result_of(query, reading, busy_at=self._busy_at)
        return result

    def message(self, view: View, state: ViewState, language: Language, reading: Shown) -> Message:
        """The message that shows the state; the last page, if there are fewer pages than asked for."""
        result = self.result(state.query, reading)
        key = (view, state, language)
        message = self._messages.get(key)
        if message is None:
            page = min(state.page, page_count(result) - 1)
            message = view(result, state.at(page), Reader(words_in(language), self._profiles))
            self._messages[key] = message
        return message

    def _keep_for(self, reading: Shown) -> None:
        """Drop what was made for another reading. A stale one is another each minute: its message says its age."""
        age = (reading.because.reason, reading.age_minutes) if isinstance(reading, Stale) else None
        if reading.snapshot is not self._snapshot or age != self._age:
            self._results.clear()
            self._messages.clear()
            self._snapshot, self._age = reading.snapshot, age
