"""Which topics some words name."""

import difflib
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from bot.presence.model import Topic
from bot.presence.query import KEYWORDS
from bot.text import folded


@dataclass(frozen=True, slots=True)
class Match:
    """The topics that some words name or, if there are none, what the words may have meant."""

    topics: tuple[Topic, ...]
    topics_meant: tuple[Topic, ...] = ()
    keywords_meant: tuple[str, ...] = ()


def match(words: str, topics: Iterable[Topic], *, all_known: bool = True) -> Match:
    """The topics that the words name: by id, else by whole name, else by its beginning, else by a part of it.

    Unless `all_known`, only by id or whole name: a topic that is not known may fit the words better than a part.
    """
    known = sorted(topics, key=lambda topic: topic.sort_key)
    asked = folded(words)
    rules: tuple[Callable[[Topic], bool], ...] = (
        lambda topic: asked == str(topic.id),
        lambda topic: folded(topic.name) == asked,
        lambda topic: folded(topic.name).startswith(asked),
        lambda topic: asked in folded(topic.name),
    )
    for rule in rules if all_known else rules[:2]:
        found = tuple(topic for topic in known if rule(topic))
        if found:
            return Match(found)
    by_name = {folded(topic.name): topic for topic in known}
    near = difflib.get_close_matches(asked, [*by_name, *(KEYWORDS.keys() - by_name.keys())], n=3)
    return Match(
        topics=(),
        topics_meant=tuple(by_name[name] for name in near if name in by_name),
        keywords_meant=tuple(name for name in near if name not in by_name),
    )


def numbered(topic_id: int, topics: Iterable[Topic]) -> Match:
    """The topic with this id."""
    return Match(tuple(topic for topic in topics if topic.id == topic_id))
