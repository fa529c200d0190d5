"""One grammar for the command, a mention and the terminal: words in, Query out."""

import difflib
import re
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import Enum

from bot.presence.model import Topic

MAX_WORDS = 80
"""Characters of a question that are read; longer than any topic's name that a person would type."""


class Kind(Enum):
    """What is asked for; the values of all but ROSTER and TOPIC are the words themselves."""

    ROSTER = ""
    EVERYBODY = "all"
    BY_TOPIC = "topics"
    HELP = "help"
    TOPIC = "topic"


_ID = re.compile("#[0-9]+")
"""A topic's id and nothing else, as menus write it: a name that has the number in it is another topic."""

_JOINERS = "\u200c\u200d"
_BLANKS = "\u115f\u1160\u2800\u3164\uffa0"

KEYWORDS = {kind.value: kind for kind in (Kind.EVERYBODY, Kind.BY_TOPIC, Kind.HELP)}


@dataclass(frozen=True, slots=True)
class Query:
    """A question. `words` is set for Kind.TOPIC alone: one clean line, at most MAX_WORDS characters, safe to echo."""

    kind: Kind
    words: str = ""


@dataclass(frozen=True, slots=True)
class Match:
    """The topics that some words name, or if none does, what the words may have meant."""

    topics: tuple[Topic, ...]
    topics_meant: tuple[Topic, ...] = ()
    keywords_meant: tuple[str, ...] = ()


def one_line(text: str) -> str:
    """The text as one clean line: no control or direction characters, no lone surrogates, single spaces.

    Text with nothing to see in it is empty.

    What people type and what SuperOffice stores is shown beside other people's words. Characters that reorder, hide
    or break a line would change what their neighbours say (https://www.unicode.org/reports/tr36/#Bidirectional_Text_Spoofing).
    Joiners stay: names and emoji need them.
    """
    kept = (character for character in text if _belongs_in_a_line(character))
    line = " ".join("".join(kept).split()).strip(_JOINERS + " ")
    return line if any(map(_shows, line)) else ""


def clean(text: str) -> str:
    """The words of a question: one clean line, at most MAX_WORDS characters."""
    return one_line(one_line(text)[:MAX_WORDS])  # what is cut off may leave something behind that is no words


def parse(text: str) -> Query:
    """Read what somebody typed. Every text is a question; none is an error."""
    words = clean(text)
    if not words:
        return Query(Kind.ROSTER)
    keyword = KEYWORDS.get(words.casefold())
    return Query(keyword) if keyword else Query(Kind.TOPIC, words)


def match(words: str, topics: Iterable[Topic]) -> Match:
    """The topics that the words name: by id, else by name, else by its beginning, else by a part of it."""
    known = sorted(topics, key=lambda topic: (folded(topic.name), topic.id))
    asked = folded(words)
    rules: tuple[Callable[[Topic], bool], ...] = (
        lambda topic: asked in {str(topic.id), f"#{topic.id}"},
        lambda topic: folded(topic.name) == asked,
        lambda topic: folded(topic.name).startswith(asked),
        lambda topic: asked in folded(topic.name),
    )
    for rule in rules[:2] if _ID.fullmatch(asked) else rules:
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


def folded(text: str) -> str:
    """The text as it is compared: in any case, and however its characters are written."""
    return unicodedata.normalize("NFKC", text).casefold().strip()


def _shows(character: str) -> bool:
    """Whether there is something to see. Marks show only with what they stand on, and a few letters are blank."""
    return character not in _BLANKS and unicodedata.category(character)[0] not in "MZC"


def _belongs_in_a_line(character: str) -> bool:
    if character in _JOINERS or character.isspace():
        return True
    return unicodedata.category(character) not in {"Cc", "Cf", "Cs"}
