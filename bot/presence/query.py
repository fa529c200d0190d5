"""What can be asked, and how words become a query. One grammar serves the command, a mention and the terminal."""

import re
from dataclasses import dataclass
from typing import Final

from bot.text import one_line

MAX_CHARACTERS: Final = 80
"""Characters of a question that are read; longer than any topic's name that a person would type."""

_ID: Final = re.compile(r"#([0-9]{1,10})")


@dataclass(frozen=True, slots=True)
class Online:
    """Who is online."""


@dataclass(frozen=True, slots=True)
class Everybody:
    """Who is there, away agents too."""


@dataclass(frozen=True, slots=True)
class ByTopic:
    """Who is online for each topic."""


@dataclass(frozen=True, slots=True)
class Help:
    """What can be asked. No question about presence, so it needs no reading."""


@dataclass(frozen=True, slots=True)
class Named:
    """Who is online for the topics that these words name: one clean line, at most MAX_CHARACTERS characters."""

    words: str


@dataclass(frozen=True, slots=True)
class Numbered:
    """Who is online for the topic with this id. It does not match topics with the number in their names."""

    topic_id: int


Query = Online | Everybody | ByTopic | Named | Numbered
"""A question about presence."""

KEYWORDS: Final[dict[str, Query | Help]] = {"all": Everybody(), "topics": ByTopic(), "help": Help()}
"""The words that are requests, not names of topics."""


def clean(text: str) -> str:
    """The words of a question: one clean line, at most MAX_CHARACTERS characters."""
    return one_line(one_line(text)[:MAX_CHARACTERS])  # the cut may leave invisible characters at the end


def parse(text: str) -> Query | Help:
    """Read what somebody typed. Every text is a question; none is an error."""
    words = clean(text)
    if not words:
        return Online()
    if number := _ID.fullmatch(words):
        return Numbered(int(number[1]))
    return KEYWORDS.get(words.casefold()) or Named(words)
