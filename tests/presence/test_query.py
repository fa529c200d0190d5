"""One grammar for the command, a mention and the terminal."""

import json
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.presence.model import Topic
from bot.presence.query import MAX_WORDS, Kind, Match, Query, match, one_line, parse

BILLING, BILLS, ORDERS, REBILLING = Topic(2, "Billing"), Topic(5, "bills"), Topic(3, "Orders"), Topic(4, "Re-Billing")
FORTY, TWELVE, STREET = Topic(12, "40"), Topic(40, "Returns"), Topic(6, "Straße")
VIP, VIP_NORDIC = Topic(8, "VIP"), Topic(9, "VIP Nordic")
TOPICS = (ORDERS, REBILLING, BILLS, BILLING, TWELVE, FORTY, STREET, VIP_NORDIC, VIP)

AWKWARD = (
    "\u200c\u200d\u200e\u200f\u202a\u202e\u2066\u2069\u061c\ufeff\u00ad"  # joiners, directions, invisible
    "\u2028\u2029\u0085\x00\x1b\x7f\n\r\t \u00a0\ud800\udfff\U000e0041"  # breaks, controls, surrogates, a tag
    "aA\u00e5\U0001f9d1"
)
anything = st.text(st.characters() | st.sampled_from(AWKWARD))
"""Every Unicode text, lone surrogates too, with more of what hurts than chance would bring."""


# One clean line


@given(anything)
@example("\u200d A")
@example("A \u200c")
def test_one_line_is_one_clean_line(text: str) -> None:
    """No control or direction character, no lone surrogate, no break, and no space that is not a single inner one."""
    line = one_line(text)

    bad = {"Cc", "Cf", "Cs", "Zl", "Zp"}
    assert not [c for c in line if unicodedata.category(c) in bad and c not in "\u200c\u200d"]
    assert line == " ".join(line.split())
    assert len(line.splitlines()) <= 1


@given(anything)
@example("\u200d A")
@example("A \u200c")
def test_one_line_is_settled_at_once(text: str) -> None:
    """A clean line is left as it is."""
    assert one_line(one_line(text)) == one_line(text)


@given(anything)
def test_one_line_can_be_sent(text: str) -> None:
    """A clean line is UTF-8 and JSON, which lone surrogates are not."""
    line = one_line(text)

    assert json.loads(json.dumps(line, ensure_ascii=False).encode("utf-8")) == line


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
        ("\u202egnilliB\u202c", "gnilliB"),
        ("\u2067\u05e0\u05d5\u05e2\u05d4\u2069", "\u05e0\u05d5\u05e2\u05d4"),
        ("\U0001f469\U0001f3fd\u200d\U0001f4bb Zo\u00eb", "\U0001f469\U0001f3fd\u200d\U0001f4bb Zo\u00eb"),
        ("\u0646\u0627\u0645\u0647\u200c\u0627\u06cc", "\u0646\u0627\u0645\u0647\u200c\u0627\u06cc"),
        ("a\x00b\x1b[31mc\x07", "ab[31mc"),
        ("a\u2028b\u2029c\x85d", "a b c d"),
        ("\ud83d", ""),
        ("\u200b\u200d\u200c\ufeff", ""),
        ("Bil\u00adling", "Billing"),
        ("\u3164 \u2800\u115f", ""),
        ("\u0301\u0302", ""),
        ("e\u0301", "e\u0301"),
        ("\u3164Kim", "\u3164Kim"),
        ("", ""),
    ],
)
def test_one_line_by_example(text: str, line: str) -> None:
    """Joiners within names and emoji stay; what reorders or breaks a line goes, and so does what shows nothing."""
    assert one_line(text) == line


# Questions


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("", Query(Kind.ROSTER)),
        (" \n\t ", Query(Kind.ROSTER)),
        ("\u200b\u202e", Query(Kind.ROSTER)),
        ("all", Query(Kind.EVERYBODY)),
        ("  ALL\n", Query(Kind.EVERYBODY)),
        ("Topics", Query(Kind.BY_TOPIC)),
        ("help", Query(Kind.HELP)),
        ("he\u200blp", Query(Kind.HELP)),
        ("topic", Query(Kind.TOPIC, "topic")),
        ("roster", Query(Kind.TOPIC, "roster")),
        ("help me", Query(Kind.TOPIC, "help me")),
        ("  Billing   and\nOrders ", Query(Kind.TOPIC, "Billing and Orders")),
        ("12", Query(Kind.TOPIC, "12")),
    ],
)
def test_words_become_a_question(text: str, query: Query) -> None:
    """No words, a keyword in any case, or a topic: everything that is typed is a question."""
    assert parse(text) == query


@given(anything | st.text(min_size=MAX_WORDS, max_size=3 * MAX_WORDS))
def test_parse_takes_every_text(text: str) -> None:
    """No text is an error, and the words of a question are one short clean line, set for a topic alone."""
    query = parse(text)

    assert bool(query.words) == (query.kind is Kind.TOPIC)
    assert len(query.words) <= MAX_WORDS
    assert query.words == query.words.strip()
    assert one_line(query.words) == query.words


@given(anything)
def test_every_question_finds_an_answer(text: str) -> None:
    """Whatever is asked for, `match` answers, with topics or with what may be meant, never with both."""
    found = match(parse(text).words or "x", TOPICS)

    assert not (found.topics and (found.topics_meant or found.keywords_meant))


@given(anything | st.text(min_size=MAX_WORDS, max_size=3 * MAX_WORDS))
@example("a" * (MAX_WORDS - 1) + "\u200d" + "b")
@example("\u3164" * MAX_WORDS + "b")
def test_a_question_read_again_is_the_same(text: str) -> None:
    """The words of a question, read once more, ask the same: they travel in the controls of its answer."""
    query = parse(text)

    if query.kind is Kind.TOPIC:
        assert parse(query.words) == query


# Topics


@pytest.mark.parametrize(
    ("words", "topics"),
    [
        pytest.param("2", (BILLING,), id="its id"),
        pytest.param("40", (TWELVE,), id="an id before a name"),
        pytest.param("12", (FORTY,), id="its id, though its name is a number"),
        pytest.param("billing", (BILLING,), id="its name before a part of another's"),
        pytest.param("vip", (VIP,), id="its name before the beginning of another's"),
        pytest.param("BILLING", (BILLING,), id="in any case"),
        pytest.param(" billing ", (BILLING,), id="with space around it"),
        pytest.param("\uff42illing", (BILLING,), id="in another width"),
        pytest.param("STRASSE", (STREET,), id="as others spell it"),
        pytest.param("bill", (BILLING, BILLS), id="its beginning, before a part: all of them, by name"),
        pytest.param("ill", (BILLING, BILLS, REBILLING), id="a part of it"),
        pytest.param("s", (STREET,), id="a beginning, before the end of others"),
        pytest.param("0", (FORTY,), id="a part of a name, not of an id"),
    ],
)
def test_a_topic_is_found_by_id_name_beginning_or_part(words: str, topics: tuple[Topic, ...]) -> None:
    """The first rule that finds something decides: id, name, beginning, part."""
    assert match(words, TOPICS) == Match(topics)


def test_all_topics_of_one_name_are_found() -> None:
    """Names that differ in case only are the same words, so all of them are meant."""
    twins = (Topic(8, "returns"), Topic(7, "RETURNS"))

    assert match("Returns", twins).topics == (Topic(7, "RETURNS"), Topic(8, "returns"))


@pytest.mark.parametrize(
    ("words", "topics_meant", "keywords_meant"),
    [
        ("Bilings", (BILLING, REBILLING, BILLS), ()),
        ("ordesr", (ORDERS,), ()),
        ("topcs", (), ("topics",)),
        ("hlep", (), ("help",)),
        ("al", (), ("all",)),
        ("zzzzzz", (), ()),
        ("\U0001f4a9", (), ()),
    ],
)
def test_what_names_no_topic_may_have_meant_another(
    words: str, topics_meant: tuple[Topic, ...], keywords_meant: tuple[str, ...]
) -> None:
    """Where no topic matches, those that are spelled most alike are offered, and the keywords too."""
    assert match(words, TOPICS) == Match((), topics_meant, keywords_meant)


def test_topics_and_keywords_may_be_meant_at_once() -> None:
    """Words as like a topic as a keyword may have meant either."""
    tropics = Topic(1, "Tropics")

    assert match("topcs", [tropics]) == Match((), (tropics,), ("topics",))


def test_a_topic_by_the_name_of_a_keyword_is_meant_as_a_topic() -> None:
    """A topic called "help" is suggested once, as the topic that it is."""
    topic = Topic(1, "Help")

    assert match("hlep", [topic]) == Match((), (topic,), ())


def test_suggestions_are_few() -> None:
    """At most three suggestions: more would be a list, not a help."""
    many = [Topic(n, f"Billing {n:03}") for n in range(50)]
    found = match("Biling 0x0", many)

    assert len(found.topics_meant) + len(found.keywords_meant) == 3


def test_without_topics_nothing_is_found() -> None:
    """An office without topics is no error."""
    assert match("Billing", ()) == Match(())


def test_a_menus_way_to_name_a_topic_finds_no_other() -> None:
    """A topic named by # and its id is that topic alone; where there is none, no name that has the number in it."""
    topics = [Topic(1, "Billing"), Topic(2, "Level 7")]
    assert match("#1", topics).topics == (Topic(1, "Billing"),)
    assert match("#7", topics).topics == ()
    assert match("7", topics).topics == (Topic(2, "Level 7"),)
