"""What strangers wrote, made safe to show and to compare."""

import codecs
import json
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.text import cut, folded, one_line, spelt_out
from tests.kit.text import anything

# One clean line


@given(anything)
@example("\u200d A")
@example("A \u200c")
def test_one_line_is_one_clean_line(text: str) -> None:
    """No control or direction character, no lone surrogate, no break, and no space that is not a single inner one.

    So it is UTF-8 and JSON, and a clean line is left as it is.
    """
    line = one_line(text)

    bad = {"Cc", "Cf", "Cs", "Zl", "Zp"}
    assert not [c for c in line if unicodedata.category(c) in bad and c not in "\u200c\u200d"]
    assert line == " ".join(line.split())
    assert len(line.splitlines()) <= 1
    assert json.loads(json.dumps(line, ensure_ascii=False).encode("utf-8")) == line
    assert one_line(line) == line


@given(anything, st.sampled_from("A7\u00e5\u05d0\u4eba\U0001f9d1!"))
def test_one_line_loses_nothing_that_shows(text: str, something: str) -> None:
    """Beside something to see, letters, digits, marks, signs and symbols come through, in their order."""
    seen = "LMNPS"
    assert [c for c in one_line(text + something) if unicodedata.category(c)[0] in seen] == [
        c for c in text + something if unicodedata.category(c)[0] in seen
    ]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("  Anna \t\r\n Berg  ", "Anna Berg"),
        ("X Anna X", "X Anna X"),
        ("\u200d \u200cAnna Berg\u200c \u200d", "Anna Berg"),
        ("\u202egnilliB\u202c", "gnilliB"),
        ("\u2067\u05e0\u05d5\u05e2\u05d4\u2069", "\u05e0\u05d5\u05e2\u05d4"),
        ("\U0001f469\U0001f3fd\u200d\U0001f4bb Zo\u00eb", "\U0001f469\U0001f3fd\u200d\U0001f4bb Zo\u00eb"),
        ("\u0646\u0627\u0645\u0647\u200c\u0627\u06cc", "\u0646\u0627\u0645\u0647\u200c\u0627\u06cc"),
        ("a\x00b\x1b[31mc\x07", "ab[31mc"),
        ("a\u2028b\u2029c\x85d", "a b c d"),
        ("\ud83d", ""),
        ("\u200b\u200d\u200c\ufeff", ""),
        ("Bil\u00adling", "Billing"),
        ("\u3164 \u2800\u115f\u1160\uffa0", ""),
        ("\u0301\u0302", ""),
        ("e\u0301", "e\u0301"),
        ("\u3164Kim", "\u3164Kim"),
        ("", ""),
        ("Z" + "\u0337\u0301" * 40 + " A\u0301", "Z" + "\u0337\u0301" * 15 + " A\u0301"),
    ],
)
def test_one_line_by_example(text: str, line: str) -> None:
    """Joiners within names and emoji stay; what reorders or breaks a line goes, and so does what shows nothing."""
    assert one_line(text) == line


# Compared


@pytest.mark.parametrize(
    ("one", "other"), [("BILLING", " billing\n"), ("\uff22illing", "Billing"), ("STRASSE", "Straße"), ("é", "e\u0301")]
)
def test_case_width_and_encoding_make_no_difference(one: str, other: str) -> None:
    """Texts that read the same compare as the same, whatever their case, width, encoding and space around them."""
    assert folded(one) == folded(other)


# Cut


def weight(text: str) -> int:
    """The characters of a text as Slack counts them: https://docs.slack.dev/messaging/formatting-message-text/."""
    return len(text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;"))


@pytest.mark.parametrize(
    ("text", "length", "shown"),
    [
        ("", 1, ""),
        ("abc", 3, "abc"),
        ("abcd", 3, "ab…"),
        ("ab cd", 4, "ab…"),
        ("abcd", 1, "…"),
        ("&", 1, "…"),
        ("&&", 9, "&…"),
        ("&&", 10, "&&"),
        ("a<b", 5, "a…"),
        ("a>b", 6, "a>b"),
    ],
)
def test_a_cut_shows(text: str, length: int, shown: str) -> None:
    """What fits stays as it is; what does not ends in "…", right after its last letter."""
    assert cut(text, length) == shown


@given(st.text() | st.text("&<>a ", max_size=60), st.integers(1, 100))
def test_a_cut_text_is_never_too_long(text: str, length: int) -> None:
    """No text is longer, as Slack counts it, than it may be, and none that fits is changed."""
    shown = cut(text, length)

    assert weight(shown) <= length
    assert shown == text if weight(text) <= length else shown.endswith("…")
    assert text.startswith(shown.removesuffix("…"))


@given(st.text("&<>ab", min_size=20, max_size=60), st.integers(10, 20))
def test_a_cut_leaves_out_no_more_than_it_must(text: str, length: int) -> None:
    """A text that is cut has no room for its next character."""
    shown = cut(text, length)

    if shown != text:
        kept = len(shown) - 1
        assert weight(text[: kept + 1]) + 1 > length


# What an encoding lacks


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("✓ Åse", "OK Ase"),
        ("✗ “Bjørn\u2019s” Straße – Æ", 'FAILED "Bjorn\'s" Strasse - AE'),
        ("  → e\u0301 · …", "  -> e - ..."),
        ("李 \N{GRINNING FACE}", "? ?"),
        ("a\u200d\u00a0b", "a b"),
    ],
)
def test_what_an_encoding_lacks_can_be_read(text: str, written: str) -> None:
    """A letter loses its mark, a sign becomes a word or the like of it, and what is left is a question mark."""
    codecs.register_error("spelt_out", spelt_out)
    assert text.encode("ascii", "spelt_out").decode("ascii") == written


@given(anything)
def test_what_an_encoding_lacks_is_no_error(text: str) -> None:
    """Every text can be written in every encoding, and what the encoding has stays as it is."""
    codecs.register_error("spelt_out", spelt_out)
    for encoding in ("ascii", "cp1252", "utf-8"):
        text.encode(encoding, "spelt_out")
    assert (
        "".join(filter(str.isascii, text)) == "".join(filter(str.isascii, text)).encode("ascii", "spelt_out").decode()
    )
