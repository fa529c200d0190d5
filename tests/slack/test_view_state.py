"""What travels in the controls of a message: read back to the letter, or not at all."""

import json
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.presence.query import ByTopic, Everybody, Named, Numbered, Online, Query, parse
from bot.slack.view_state import ViewState, decode, encode
from tests.kit.text import anything
from tests.kit.views import SHARER

plain = st.sampled_from([Online(), Everybody(), ByTopic()])
named = anything.map(parse).filter(lambda query: isinstance(query, Named))
numbered = st.integers(-(2**63), 2**63 - 1).map(Numbered)
states = st.builds(
    ViewState,
    query=plain | named | numbered,
    page=st.integers(0, 999_999),
    sharer=st.just("") | st.from_regex(r"[UW][A-Z0-9]{1,20}", fullmatch=True),
)


@given(states)
@example(ViewState(Named("\\" * 80), 999_999, "U" + "0" * 20))
@example(ViewState(Named("all"), 1))
def test_what_is_encoded_is_decoded(state: ViewState) -> None:
    """A value says to the letter which page of which answer to show, and fits a button's 2,000 characters."""
    value = encode(state)

    assert decode(value) == state
    assert len(value) <= 2_000


@given(numbered | plain)
def test_what_a_menu_offers_fits_an_option(query: Query) -> None:
    """A topic named by its id, and every query without words, fits an option's 150 characters."""
    assert len(encode(ViewState(query))) <= 150


@pytest.mark.parametrize(
    ("state", "value"),
    [
        (ViewState(Online()), {"v": 1, "show": "online"}),
        (ViewState(ByTopic(), 2, SHARER), {"v": 1, "show": "topics", "page": 2, "sharer": SHARER}),
        (ViewState(Numbered(0)), {"v": 1, "show": "topic", "id": 0}),
        (ViewState(Named("billing"), 1), {"v": 1, "show": "words", "words": "billing", "page": 1}),
    ],
)
def test_only_what_is_not_usual_is_encoded(state: ViewState, value: dict[str, Any]) -> None:
    """Values are short, and stay as they are: messages with them are in Slack for years."""
    assert json.loads(encode(state)) == value


# Messages of earlier versions


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"kind": ""}, Online()),
        ({"kind": "all"}, Everybody()),
        ({"kind": "topics"}, ByTopic()),
        ({"kind": "topic", "words": "#12"}, Numbered(12)),
        ({"kind": "topic", "words": "billing"}, Named("billing")),
        ({"kind": "topic", "words": "12"}, Named("12")),
        ({"kind": "topic", "words": "all"}, Named("all")),
        ({"kind": "topic", "words": "Plan #1 customers"}, Named("Plan #1 customers")),
        ({"kind": "topic", "words": "\u202e bil\nling \u0007"}, Named("bil ling")),
    ],
)
@pytest.mark.parametrize(
    ("more", "page", "sharer"),
    [({}, 0, ""), ({"page": 1}, 1, ""), ({"page": 0, "sharer": "U012AB3CD"}, 0, "U012AB3CD")],
)
def test_the_first_format_is_still_read(
    query: dict[str, str], expected: Query, more: dict[str, Any], page: int, sharer: str
) -> None:
    """Buttons of the first version, which had no `v` and wrote a topic's id as "#12", go on working."""
    assert decode(json.dumps({"query": query} | more)) == ViewState(expected, page, sharer)


def test_words_that_are_read_are_clean() -> None:
    """A value cannot bring words that reorder or break a line, or "#12" as anything but words."""
    for words, expected in (("\u202e bil\nling \u0007", "bil ling"), ("x" * 500, "x" * 80), ("#12", "#12")):
        assert decode(json.dumps({"v": 1, "show": "words", "words": words})) == ViewState(Named(expected))


# What nobody encoded

V0: dict[str, Any] = {"query": {"kind": "topics"}}
V1: dict[str, Any] = {"v": 1, "show": "topics"}
TOPIC: dict[str, Any] = {"v": 1, "show": "topic"}
WORDS: dict[str, Any] = {"v": 1, "show": "words"}

WRONG: list[dict[str, Any]] = [
    {"board": 7},
    {"page": 0, "Page": 1},
    *({"page": page} for page in (-1, 1_000_000, 10**30, 0.5, 1.0, "1", " 2 ", True, None, [1])),
    *({"sharer": sharer} for sharer in ("!channel", "C0123ABCD", "U0123ABCD> <!channel", "U0123ABCD\n")),
    *({"sharer": sharer} for sharer in ("u0123abcd", "U\u0661\u0662\u0663", "U" * 22, None, 1)),
]
HOSTILE: list[Any] = [
    7,
    None,
    {},
    [V1],
    V0 | {"query": None},
    V0 | {"query": "topics"},
    {"page": 1},
    {"query": {"kind": "secrets"}},
    {"query": {"kind": "help"}},
    {"query": {"kind": 7}},
    {"query": {"words": "billing"}},
    *({"query": {"kind": "topic"} | more} for more in ({}, {"words": 12}, {"words": ["x"]}, {"words": None})),
    {"query": {"kind": "topic", "words": " \u200b\u3164 "}},
    {"query": {"kind": "topics", "words": "billing"}},
    {"query": {"kind": "topics", "language": "nb"}},
    *(V1 | {"v": version} for version in (0, 2, "1", True, 1.0, None)),
    *(V1 | {"show": show} for show in ("secrets", "help", "", "topic", "words", 7, None)),
    V1 | {"id": 1},
    V1 | {"words": "billing"},
    *(
        TOPIC | more
        for more in ({}, {"id": "1"}, {"id": True}, {"id": 1.0}, {"id": None}, {"id": 2**63}, {"id": -(2**63) - 1})
    ),
    TOPIC | {"id": 1, "words": "x"},
    *(WORDS | more for more in ({}, {"words": ""}, {"words": " \u200b\u3164 "}, {"words": 12}, {"words": None})),
    WORDS | {"words": "x", "id": 1},
    V0 | V1,
    *(usual | wrong for usual in (V0, V1) for wrong in WRONG),
]


@pytest.mark.parametrize("value", HOSTILE, ids=lambda value: json.dumps(value)[:60])
def test_a_value_of_another_make_is_not_read(value: Any) -> None:
    """A value with anything in it that no control of ours says is another version's: it is not half understood."""
    assert decode(json.dumps(value)) is None


@given(anything)
@example("")
@example("{")
@example("[" * 2_000)
@example('{"v":1,"show":"topics"} x')
@example('{"v":1,"show":"topics","page":' + "9" * 1_900 + "}")
@example('{"v":1,"show":"topics","page":NaN}')
@example('{"v":1,"show":"topics","page":1e999}')
@example('{"v":1,"show":"words","words":"\ud800"}')
@example('{"v":1,"show":"words","words":"\\ud800"}')
def test_other_text_is_not_read_and_no_error(text: str) -> None:
    """A value that is no state is none, whatever it is made of."""
    assert decode(text) is None


@pytest.mark.parametrize("spaces", [0, 1_000, 100_000])
def test_a_value_that_no_button_holds_is_not_read(spaces: int) -> None:
    """A value of more than a button's 2,000 characters was in no button of ours, so it is not even parsed."""
    value = json.dumps(V1)
    longest = value + " " * (2_000 - len(value))

    assert decode(longest) == ViewState(ByTopic())
    assert decode(longest + " " * (spaces + 1)) is None


@given(
    st.recursive(
        st.none()
        | st.booleans()
        | st.integers()
        | st.floats()
        | st.text(max_size=20)
        | st.sampled_from(["topic", "#1"]),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(["v", "show", "id", "query", "kind", "words", "page", "sharer", "x"]), inner, max_size=5
            )
        ),
        max_leaves=12,
    )
)
def test_any_json_is_a_state_or_none(value: Any) -> None:
    """Whatever JSON comes back, it is a state that can be encoded again, or none; it is never an error."""
    state = decode(json.dumps(value))

    assert state is None or decode(encode(state)) == state


# From one state to another


def test_another_page_is_of_the_same_answer_and_another_answer_begins_at_its_beginning() -> None:
    """`at` changes the page alone, `about` the query and begins at the first page, `by` the sharer alone."""
    state = ViewState(Named("billing"), 5, SHARER)

    assert state.at(2) == ViewState(Named("billing"), 2, SHARER)
    assert state.about(Online()) == ViewState(Online(), 0, SHARER)
    assert ViewState(Everybody(), 3).by(SHARER) == ViewState(Everybody(), 3, SHARER)
