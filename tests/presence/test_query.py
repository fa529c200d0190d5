"""What can be asked: one grammar for the command, a mention and the terminal."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.presence.query import MAX_CHARACTERS, ByTopic, Everybody, Help, Named, Numbered, Online, Query, clean, parse
from tests.kit.text import anything


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("", Online()), (" \n\t ", Online()), ("\u200b\u202e", Online()),
        ("all", Everybody()), ("  ALL\n", Everybody()), ("Topics", ByTopic()), ("help", Help()), ("he\u200blp", Help()),
        ("topic", Named("topic")), ("roster", Named("roster")), ("help me", Named("help me")), ("12", Named("12")),
        ("  Billing   and\nOrders ", Named("Billing and Orders")),
        ("#12", Numbered(12)), (" #0012\u200b", Numbered(12)), ("# 12", Named("# 12")), ("#\u0661", Named("#\u0661")),
        ("#1234567890", Numbered(1234567890)),
        ("#12345678901", Named("#12345678901")),
    ],
)  # fmt: skip
def test_words_become_a_query(text: str, query: Query) -> None:
    """No words, a keyword in any case, # and an id, or other words: everything that is typed is a query."""
    assert parse(text) == query


@given(anything | st.text(min_size=MAX_CHARACTERS, max_size=3 * MAX_CHARACTERS))
@example("a" * (MAX_CHARACTERS - 1) + "\u200d" + "b")
@example("\u3164" * MAX_CHARACTERS + "b")
def test_every_text_is_a_query(text: str) -> None:
    """No text is an error. The words of a query are one short clean line, and read again they are the same query."""
    query = parse(text)

    if isinstance(query, Named):
        assert 0 < len(query.words) <= MAX_CHARACTERS
        assert clean(query.words) == query.words
        assert parse(query.words) == query
