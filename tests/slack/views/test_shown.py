"""What travels in the controls of a message: read back to the letter, or not at all."""

import json
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.presence.query import Kind, Query, parse
from bot.slack.shown import Shown, decode, encode
from tests.slack.views.conftest import SHARER, anything

questions = st.sampled_from([Kind.ROSTER, Kind.EVERYBODY, Kind.BY_TOPIC, Kind.HELP]).map(Query) | anything.map(parse)
sharers = st.just("") | st.from_regex(r"[UW][A-Z0-9]{1,20}", fullmatch=True)
pages = st.integers(0, 999_999)


@given(questions, pages, sharers)
def test_what_is_encoded_is_decoded(query: Query, page: int, sharer: str) -> None:
    """A value says to the letter which page of which answer is shown, and who shared it."""
    shown = Shown(query, page, sharer)

    assert decode(encode(shown)) == shown


@given(questions, pages, sharers)
def test_a_value_fits_a_button(query: Query, page: int, sharer: str) -> None:
    """No value is longer than the 2,000 characters that Slack takes, whatever was typed."""
    assert len(encode(Shown(query, page, sharer))) <= 2_000


@pytest.mark.parametrize("character", ['"', "\\", "é", "👩", "&", "<"])
def test_the_longest_value_fits_a_button(character: str) -> None:
    """Characters that JSON writes as two fit a button too."""
    shown = Shown(parse(character * 500), 999_999, "U" + "0" * 20)

    assert len(encode(shown)) <= 2_000
    assert decode(encode(shown)) == shown


@given(st.integers(-(2**63), 2**63 - 1))
@example(2**31 - 1)
def test_a_topics_value_fits_an_option(topic_id: int) -> None:
    """A topic named by its id fits the 150 characters of an option, whatever its id."""
    value = encode(Shown(Query(Kind.TOPIC, f"#{topic_id}")))

    assert len(value) <= 150
    assert decode(value) == Shown(Query(Kind.TOPIC, f"#{topic_id}"))


def test_only_what_is_not_usual_is_encoded() -> None:
    """The first page of an answer that nobody shared names neither, so that options stay short."""
    assert json.loads(encode(Shown(Query(Kind.BY_TOPIC)))) == {"query": {"kind": "topics"}}


# --- what nobody encoded ---


@given(anything)
@example("")
@example("null")
@example("[]")
@example("{}")
@example('{"query":')
@example("[" * 2_000)
@example('{"query":{"kind":"topics"}} x')
@example('{"query":{"kind":"topics"},"page":' + "9" * 5_000 + "}")
@example('{"query":{"kind":"topics"},"page":NaN}')
@example('{"query":{"kind":"topics"},"page":1e999}')
def test_other_text_is_not_read(text: str) -> None:
    """A value that is no page of an answer is nothing, and no error."""
    assert decode(text) is None


HOSTILE: dict[str, Any] = {
    "no object": 7,
    "a list": [{"kind": "topics"}],
    "no question": {"page": 1},
    "a question that is none": {"query": "topics"},
    "no question at all": {"query": None},
    "an unknown kind": {"query": {"kind": "secrets"}},
    "a kind that is none": {"query": {"kind": 7}},
    "no kind": {"query": {"words": "billing"}},
    "words that are none": {"query": {"kind": "topic", "words": 12}},
    "a list of words": {"query": {"kind": "topic", "words": ["billing"]}},
    "null words": {"query": {"kind": "topic", "words": None}},
    "words for no topic": {"query": {"kind": "topics", "words": "billing"}},
    "a topic without words": {"query": {"kind": "topic"}},
    "a topic of blanks": {"query": {"kind": "topic", "words": " \u200b\u3164 "}},
    "a negative page": {"query": {"kind": "topics"}, "page": -1},
    "a huge page": {"query": {"kind": "topics"}, "page": 1_000_000},
    "a page beyond all integers": {"query": {"kind": "topics"}, "page": 10**30},
    "half a page": {"query": {"kind": "topics"}, "page": 0.5},
    "no page": {"query": {"kind": "topics"}, "page": None},
    "a list of pages": {"query": {"kind": "topics"}, "page": [1]},
    "a sharer who is no person": {"query": {"kind": "topics"}, "sharer": "!channel"},
    "a sharer who is a channel": {"query": {"kind": "topics"}, "sharer": "C0123ABCD"},
    "a sharer with more": {"query": {"kind": "topics"}, "sharer": "U0123ABCD> <!channel"},
    "a sharer with a break": {"query": {"kind": "topics"}, "sharer": "U0123ABCD\n"},
    "a sharer in small letters": {"query": {"kind": "topics"}, "sharer": "u0123abcd"},
    "a sharer with digits of elsewhere": {"query": {"kind": "topics"}, "sharer": "U\u0661\u0662\u0663"},
    "a long sharer": {"query": {"kind": "topics"}, "sharer": "U" * 2_000},
    "no sharer": {"query": {"kind": "topics"}, "sharer": None},
    "a number for a sharer": {"query": {"kind": "topics"}, "sharer": 1},
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_value_of_another_make_is_not_read(name: str) -> None:
    """A value with anything in it that no control of ours says is nothing, and no error."""
    assert decode(json.dumps(HOSTILE[name])) is None


@pytest.mark.parametrize(
    "value",
    [
        {"query": {"kind": "topics"}, "board": 7},
        {"query": {"kind": "topics", "language": "nb"}},
        {"query": {"kind": "topics"}, "page": 0, "Page": 1},
    ],
    ids=["in all", "in the question", "by case"],
)
def test_a_value_that_says_more_is_not_read(value: dict[str, Any]) -> None:
    """A value that says what this version does not know is another version's: it is not half understood."""
    assert decode(json.dumps(value)) is None


@pytest.mark.parametrize("page", ["1", 1.0, True, False, " 2 "], ids=repr)
def test_a_page_is_a_whole_number(page: Any) -> None:
    """A page of another type is no page, though it could be made one."""
    assert decode(json.dumps({"query": {"kind": "topics"}, "page": page})) is None


@pytest.mark.parametrize("length", [2_001, 100_000])
def test_a_value_that_no_button_holds_is_not_read(length: int) -> None:
    """A value of more than the 2,000 characters that a button holds was in none of ours."""
    assert decode(json.dumps({"query": {"kind": "topic", "words": "x" * length}})) is None


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | st.sampled_from(list(Kind)),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(st.sampled_from(["query", "kind", "words", "page", "sharer", "x"]), inner, max_size=5)
        ),
        max_leaves=12,
    )
)
def test_any_json_is_read_or_not_and_never_an_error(value: Any) -> None:
    """Whatever JSON comes back, it is a page of an answer that can be encoded again, or nothing."""
    shown = decode(json.dumps(value, default=lambda kind: kind.value))

    assert shown is None or decode(encode(shown)) == shown


def test_words_that_are_read_are_clean() -> None:
    """A value cannot bring words that reorder or break a line: they are cleaned as typed ones are."""
    shown = decode(json.dumps({"query": {"kind": "topic", "words": "\u202e bil\nling \u0007"}}))

    assert shown is not None
    assert shown.query.words == "bil ling"


# --- what follows from what is shown ---


def test_another_page_is_of_the_same_answer() -> None:
    """The next page has the question and the sharer of the one before."""
    shown = Shown(Query(Kind.TOPIC, "billing"), 1, SHARER)

    assert shown.at(2) == Shown(shown.query, 2, SHARER)


def test_another_answer_begins_at_its_beginning() -> None:
    """Another question in the same place is shown from its first page, in the sharer's name still."""
    shown = Shown(Query(Kind.BY_TOPIC), 5, SHARER)

    assert shown.about(Query(Kind.ROSTER)) == Shown(Query(Kind.ROSTER), 0, SHARER)


def test_what_is_shared_is_the_page_that_was_shown() -> None:
    """To share changes nothing but in whose name it is shown."""
    shown = Shown(Query(Kind.EVERYBODY), 3)

    assert shown.by(SHARER) == Shown(shown.query, 3, SHARER)
