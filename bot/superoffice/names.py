"""What topics are called."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Final

from bot.presence.model import Topic
from bot.superoffice.api import MAX_NAME, TopicRow
from bot.text import folded, one_line

FRESH_S: Final = 60.0
"""Names are asked for again after so many seconds. Until new ones come, the old ones are used."""

PAUSE_S: Final = 60.0
"""The longest pause after a failure, in seconds."""


def shown(name: str) -> str:
    """A name as it is shown: one clean line; "…" tells that it goes on beyond MAX_NAME characters."""
    line = one_line(name[:MAX_NAME])
    return f"{line}…" if line and len(name) > MAX_NAME else line


class TopicNames:
    """The server's names of topics, overridden by the administrator's `own_names`.

    A deleted topic keeps its name, for agents who are still members of it, but is not in use. Ids of topics begin at 1:
    0 is "All", in the list and in an agent's topics. Topics of one name are told apart by their ids.
    """

    def __init__(self, rows: Iterable[TopicRow], own_names: Mapping[int, str]) -> None:
        rows = [row for row in rows if row.id > 0]
        self._names = {row.id: shown(row.name) for row in rows}
        self._names |= {topic_id: shown(name) for topic_id, name in own_names.items() if topic_id > 0}
        self.deleted = frozenset({row.id for row in rows if row.deleted} - own_names.keys())
        in_use = self._names.keys() - self.deleted
        self._namesakes: defaultdict[str, set[int]] = defaultdict(set)
        for topic_id in in_use:
            self._namesakes[folded(self._name(topic_id))].add(topic_id)
        self._topics: dict[int, Topic] = {}
        self.in_use = frozenset(map(self.topic, in_use))

    def topic(self, topic_id: int) -> Topic:
        """The topic of an id. SuperOffice's list may leave topics out, so a topic without a name is normal."""
        if topic_id not in self._topics:
            name = self._name(topic_id)
            others = self._namesakes.get(folded(name), set()) - {topic_id}
            self._topics[topic_id] = Topic(topic_id, f"{name} ({topic_id})" if others else name)
        return self._topics[topic_id]

    def topics(self, topic_ids: Iterable[int]) -> tuple[Topic, ...]:
        """The topics of these ids, each once, sorted by name."""
        topics = (self.topic(topic_id) for topic_id in set(topic_ids) if topic_id > 0)
        return tuple(sorted(topics, key=lambda topic: topic.sort_key))

    def _name(self, topic_id: int) -> str:
        return self._names.get(topic_id) or f"Topic {topic_id}"
