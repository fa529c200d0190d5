"""Which topics some words name."""

import heapq
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Final

from bot.presence.model import Topic
from bot.presence.query import KEYWORDS
from bot.text import folded

SUGGESTIONS: Final = 3
"""How many topics and keywords are suggested, at most: more would be a list, not a help."""

COMPARED: Final = 50
"""How many names are compared with the words letter by letter; those that share the most letters are."""

_ALIKE: Final = 0.6


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
        lambda topic: topic.folded == asked,
        lambda topic: topic.folded.startswith(asked),
        lambda topic: asked in topic.folded,
    )
    for rule in rules if all_known else rules[:2]:
        found = tuple(topic for topic in known if rule(topic))
        if found:
            return Match(found)
    by_name = {topic.folded: topic for topic in known}
    near = _near(asked, [*by_name, *(KEYWORDS.keys() - by_name.keys())])
    return Match(
        topics=(),
        topics_meant=tuple(by_name[name] for name in near if name in by_name),
        keywords_meant=tuple(name for name in near if name not in by_name),
    )


def _near(asked: str, names: Collection[str]) -> list[str]:
    """The names that are spelled most like the words. As `difflib.get_close_matches`, which compares them all."""
    matcher = SequenceMatcher(b=asked)
    likely = []
    for name in names:
        matcher.set_seq1(name)
        if matcher.real_quick_ratio() >= _ALIKE and (most := matcher.quick_ratio()) >= _ALIKE:
            likely.append((most, name))
    alike: list[tuple[float, str]] = []
    for most, name in heapq.nlargest(COMPARED, likely):
        if len(alike) >= SUGGESTIONS and most < heapq.nlargest(SUGGESTIONS, alike)[-1][0]:
            break  # a name is no more alike than the letters that it shares
        matcher.set_seq1(name)
        if (ratio := matcher.ratio()) >= _ALIKE:
            alike.append((ratio, name))
    return [name for _, name in heapq.nlargest(SUGGESTIONS, alike)]


def numbered(topic_id: int, topics: Iterable[Topic]) -> Match:
    """The topic with this id."""
    return Match(tuple(topic for topic in topics if topic.id == topic_id))
