"""Which topics some words name."""

from difflib import get_close_matches
from itertools import islice, permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.presence.match import COMPARED, SUGGESTIONS, Match, match, numbered
from bot.presence.model import Topic
from bot.presence.query import KEYWORDS
from bot.text import folded
from tests.kit.text import anything

BILLING, BILLS, ORDERS, REBILLING = Topic(2, "Billing"), Topic(5, "bills"), Topic(3, "Orders"), Topic(4, "Re-Billing")
FORTY, TWELVE, STREET = Topic(12, "40"), Topic(40, "Returns"), Topic(6, "Straße")
VIP, VIP_NORDIC = Topic(8, "VIP"), Topic(9, "VIP Nordic")
TOPICS = (ORDERS, REBILLING, BILLS, BILLING, TWELVE, FORTY, STREET, VIP_NORDIC, VIP)


TWINS = (Topic(8, "RETURNS"), Topic(7, "returns"))
TROPICS, HELP, PLAN, LEVEL = Topic(1, "Tropics"), Topic(1, "Help"), Topic(7, "Plan #1 customers"), Topic(2, "#1")


@pytest.mark.parametrize(
    ("words", "topics"),
    [
        pytest.param("2", (BILLING,), id="its id"),
        pytest.param("40", (TWELVE,), id="an id before a name"),
        pytest.param("12", (FORTY,), id="its id, though its name is a number"),
        pytest.param("billing", (BILLING,), id="its name before a part of another's"),
        pytest.param("vip", (VIP,), id="its name before the beginning of another's"),
        pytest.param("\uff42ILLING ", (BILLING,), id="in any case and width"),
        pytest.param("STRASSE", (STREET,), id="as others spell it"),
        pytest.param("bill", (BILLING, BILLS), id="its beginning, before a part: all of them, by name"),
        pytest.param("ill", (BILLING, BILLS, REBILLING), id="a part of it"),
        pytest.param("s", (STREET,), id="a beginning, before the end of others"),
        pytest.param("0", (FORTY,), id="a part of a name, not of an id"),
    ],
)
def test_a_topic_is_found_by_id_name_beginning_or_part(words: str, topics: tuple[Topic, ...]) -> None:
    """The first rule that finds something decides: id, name, beginning, part. Names that differ in case are one."""
    assert match(words, TOPICS) == Match(topics)
    assert match("Returns", TWINS) == Match(TWINS[::-1])


@pytest.mark.parametrize(
    ("words", "topics", "topics_meant", "keywords_meant"),
    [
        ("Bilings", TOPICS, (BILLING, REBILLING, BILLS), ()), ("ordesr", TOPICS, (ORDERS,), ()),
        ("topcs", TOPICS, (), ("topics",)), ("hlep", TOPICS, (), ("help",)), ("al", TOPICS, (), ("all",)),
        ("zzzzzz", TOPICS, (), ()), ("\U0001f4a9", TOPICS, (), ()), ("Billing", (), (), ()),
        ("topcs", (TROPICS,), (TROPICS,), ("topics",)), ("hlep", (HELP,), (HELP,), ()),
    ],
)  # fmt: skip
def test_what_names_no_topic_may_have_meant_another(
    words: str, topics: tuple[Topic, ...], topics_meant: tuple[Topic, ...], keywords_meant: tuple[str, ...]
) -> None:
    """Where no topic matches, those that are spelled most alike are offered, and keywords too, each name once."""
    assert match(words, topics) == Match((), topics_meant, keywords_meant)


@pytest.mark.parametrize(
    ("words", "topics"), [("2", (BILLING,)), ("billing", (BILLING,)), ("vip", (VIP,)), ("bill", ())]
)
def test_where_topics_are_missing_a_part_of_a_name_is_not_enough(words: str, topics: tuple[Topic, ...]) -> None:
    """Unless all topics are known, they are found by id or whole name alone: one that is missing may fit better."""
    assert match(words, TOPICS, all_known=False).topics == topics


def test_a_number_names_the_topic_with_this_id_alone() -> None:
    """A menu names topics by id, and no other topic is meant, though its name holds the number."""
    assert numbered(1, (PLAN, LEVEL)) == Match(())
    assert numbered(1, (PLAN, LEVEL, HELP)) == Match((HELP,))


def test_suggestions_are_few() -> None:
    """At most three suggestions: more would be a list, not a help."""
    many = [Topic(n, f"Billing {n:03}") for n in range(50)]
    found = match("Biling 0x0", many)

    assert len(found.topics_meant) + len(found.keywords_meant) == 3


@given(anything)
def test_words_name_topics_or_may_have_meant_some(text: str) -> None:
    """Whatever is asked for, there are topics or suggestions, never both; a topic that is named holds the words."""
    found = match(text, TOPICS)

    assert not (found.topics and (found.topics_meant or found.keywords_meant))
    for topic in found.topics:
        assert folded(text) in folded(topic.name) or folded(text) == str(topic.id)


alphabet = st.text("ab1 ", max_size=8)


@given(st.lists(alphabet, max_size=30), alphabet)
def test_suggestions_are_those_of_comparing_all(names: list[str], words: str) -> None:
    """Those that share few letters with the words are not compared, and the suggestions are the same."""
    found = match(words, [Topic(n, name) for n, name in enumerate(names, 1_000)])
    by_name = {name.casefold().strip() for name in names}

    if not found.topics:
        near = get_close_matches(words.strip(), by_name | KEYWORDS.keys(), n=SUGGESTIONS)
        assert {topic.folded for topic in found.topics_meant} | {*found.keywords_meant} == set(near)


@pytest.mark.parametrize(("others", "is_found"), [(COMPARED - 1, True), (COMPARED, False)])
def test_a_misspelt_topic_is_compared_with_few(others: int, is_found: bool) -> None:
    """Among hundreds of topics that share all letters of the words, only 50 are compared letter by letter."""
    near = Topic(1, "abcdefhg")
    unlike = [Topic(n, "".join(name)) for n, name in enumerate(islice(permutations("hgfedcba"), others), 2)]

    assert (near in match("abcdefgh", [near, *unlike]).topics_meant) is is_found
