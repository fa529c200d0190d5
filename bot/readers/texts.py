"""Numbers, choices, topics and the like. `clean` and `plain` prepare a text for the other readers."""

import re
import unicodedata
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Final

from bot.people import read_people
from bot.words.language import Language

_TRUE: Final = frozenset({"true", "t", "yes", "y", "on", "1"})
_FALSE: Final = frozenset({"false", "f", "no", "n", "off", "0"})

_TOPIC_ID: Final = re.compile("[0-9]{1,10}")

_UNIT: Final = re.compile(r"[0-9.,]+ *[a-z]+", re.IGNORECASE)

_QUOTED: Final = re.compile("([\"'`]).*\\1|[“„].*[”“]|\u2018.*\u2019|«.*»")


def clean(text: str) -> str:
    """The text without the line break at its end, which files of secrets have."""
    text = text.rstrip("\r\n")
    if any(unicodedata.category(character) in {"Cc", "Cs"} for character in text):
        step = "in .env, write it on one line, in single quotes"
        raise ValueError(f"holds a line break or another control character: {step}")
    return text


def plain(text: str) -> str:
    """A text that quotes are no part of, nor spaces around it."""
    text = text.strip()
    if is_quoted(text):
        raise ValueError("has quotes that count as a part of it: take them out")
    return text


def visible(text: str) -> str:
    """A plain text of which nothing is invisible, as in addresses and tokens that were copied from a page."""
    text = plain(text)
    if any(unicodedata.category(character) == "Cf" for character in text):
        raise ValueError("holds a character that cannot be seen: type it, or copy it from another place")
    return text


def is_quoted(text: str) -> bool:
    """Whether quotes are around it. Docker's --env-file, unlike `.env`, takes them for a part of the value."""
    return len(text) > 1 and _QUOTED.fullmatch(text) is not None


def one_of(*choices: object) -> Callable[[str], object]:
    """One of these, in any case."""
    by_text = {str(choice).lower(): choice for choice in choices}

    def read(text: str) -> object:
        text = plain(text).lower()
        if text not in by_text:
            raise ValueError(f"must be one of {', '.join(map(str, choices))}")
        return by_text[text]

    return read


def number(kind: type[int] | type[float], least: float, most: float) -> Callable[[str], float]:
    """A number in these bounds."""

    def read(text: str) -> float:
        text = plain(text)
        with suppress(ValueError):
            found = kind(text.encode("ascii"))  # not in the digits of other scripts
            if least <= found <= most:  # which "nan" is not
                return found
        hint = ""
        if _UNIT.fullmatch(text):
            hint = ", without a unit"
        elif kind is float and re.fullmatch("[0-9]*,[0-9]+", text):
            hint = ", with a point instead of the comma"
        whole = "whole " if kind is int else ""
        raise ValueError(f"must be a {whole}number from {least:g} to {most:g}{hint}")

    return read


def boolean(text: str) -> bool:
    """True or false, in the usual words for them."""
    text = plain(text).lower()
    if text not in _TRUE | _FALSE:
        raise ValueError("must be true or false")
    return text in _TRUE


def topics(text: str) -> dict[int, str]:
    """`1=Billing,2=Returns` as a mapping."""
    found: dict[int, str] = {}
    for place, pair in enumerate(plain(text).split(","), start=1):
        number, _, name = (part.strip() for part in pair.partition("="))
        if not pair.strip():
            continue
        if re.search(r"[;\s]\s*[0-9]+\s*=", pair.strip()):
            raise ValueError("has no comma between its topics: write it like 1=Billing,2=Returns")
        if not (_TOPIC_ID.fullmatch(number) and 0 < int(number) < 2**31 and name):
            step = "write a number, “=”, and a name without commas"
            raise ValueError(f"is not like 1=Billing,2=Returns in part {place}: {step}")
        if int(number) in found:
            raise ValueError(f"names topic {int(number)} twice: keep one")
        found[int(number)] = plain(name)
    return found


def language(text: str) -> Language:
    """A language by its code, as `nb` or `nb_NO`."""
    found = Language.of(plain(text))
    if found is None:
        raise ValueError(f"must be one of {', '.join(language.value for language in Language)}")
    return found


def people(text: str) -> dict[int, str]:
    """The people in Slack, by agent, from the file that this text names."""
    return read_people(Path(plain(text)))
