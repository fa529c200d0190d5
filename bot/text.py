"""What strangers wrote, made safe to show and to compare."""

import unicodedata
from typing import Final

_JOINERS = "\u200c\u200d"
_BLANKS = "\u115f\u1160\u2800\u3164\uffa0"

MARKS: Final = 30
"""How many combining marks one character has at most, as in https://www.unicode.org/reports/tr15/#Stream_Safe_Text_Format.

Nobody's name has as many. To bring so many into Unicode's order takes the square of their number in time.
"""

_WEIGHTS: Final = {"&": 5, "<": 4, ">": 4}

_IN_ASCII = str.maketrans(
    {"✓": "OK", "✗": "FAILED", "–": "-", "·": "-", "→": "->", "“": '"', "”": '"', "\u2019": "'"}
    | {"Æ": "AE", "æ": "ae", "Ø": "O", "ø": "o", "ß": "ss"}
)
"""What is written for characters that are not made of one in ASCII and a mark."""


def one_line(text: str) -> str:
    """The text as one clean line: no control or direction characters, no lone surrogates, few marks, single spaces.

    Text with nothing to see in it becomes empty. Names are shown beside other people's words, so characters that
    reorder, hide or break a line would change what their neighbours say. Joiners stay: names and emoji need them.
    https://www.unicode.org/reports/tr36/#Bidirectional_Text_Spoofing
    """
    if not text.isprintable():  # what is printable has nothing to drop, and most names are
        text = "".join(filter(_belongs_in_a_line, text))
    if len(text) > MARKS and not text.isascii():
        text = _with_few_marks(text)
    line = " ".join(text.split()).strip(_JOINERS + " ")
    return line if any(map(_shows, line)) else ""


def folded(text: str) -> str:
    """The text as it is compared: in any case, and however its characters are encoded."""
    return unicodedata.normalize("NFKC", text).casefold().strip()


def cut(text: str, length: int) -> str:
    """The text in at most `length` characters as Slack counts them; "…" shows where it was cut.

    Slack counts `&`, `<` and `>` as they are escaped: "&amp;" is 5 characters.
    """
    if _weight(text[: length + 1]) <= length:  # no character counts less than one, so the rest need not be looked at
        return text
    room = length - 1
    for end, character in enumerate(text):
        room -= _WEIGHTS.get(character, 1)
        if room < 0:
            return text[:end].rstrip() + "…"
    raise AssertionError  # a text that fits was returned above


def spelt_out(error: UnicodeError) -> tuple[str, int]:
    """What to write instead of characters that an encoding lacks, in ASCII; "?" where there is nothing like them.

    An error handler for `codecs`: https://docs.python.org/3/library/codecs.html#codecs.register_error
    """
    if not isinstance(error, UnicodeEncodeError):
        raise error
    missing = error.object[error.start : error.end].translate(_IN_ASCII)
    return "".join(map(_in_ascii, missing)), error.end


def _in_ascii(character: str) -> str:
    letters = "".join(filter(str.isascii, unicodedata.normalize("NFKD", character)))  # "é" is an "e" and a mark
    return letters or ("?" if _shows(character) else "")


def _with_few_marks(text: str) -> str:
    kept = []
    marks = 0
    for character in text:
        marks = marks + 1 if unicodedata.combining(character) else 0
        if marks <= MARKS:
            kept.append(character)
    return "".join(kept)


def _weight(text: str) -> int:
    return len(text) + 4 * text.count("&") + 3 * (text.count("<") + text.count(">"))


def _shows(character: str) -> bool:
    """Whether there is something to see. Marks show only on another character, and a few letters are blank."""
    return character not in _BLANKS and unicodedata.category(character)[0] not in {"M", "Z", "C"}


def _belongs_in_a_line(character: str) -> bool:
    if character in _JOINERS or character.isspace():
        return True
    return unicodedata.category(character) not in {"Cc", "Cf", "Cs"}
