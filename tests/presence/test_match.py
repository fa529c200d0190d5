"""Which topics some words name."""

import pytest
from hypothesis import given

from bot.presence.match import Match, match, numbered
from bot.presence.model import Topic
from bot.text import folded
from tests.kit.text import anything

BILLING, BILLS, ORDERS, REBILLING = Topic(2, "Billing"), Topic(5, "bills"), Topic(3, "Orders"), Topic(4, "Re-Billing")
FORTY, TWELVE, STREET = Topic(12, "40"), Topic(40, "Returns"), Topic(6, "Straße")
VIP, VIP_NORDIC = Topic(8, "VIP"), Topic(9, "VIP Nordic")
TOPICS = (ORDERS, REBILLING, BILLS, BILLING, TWELVE, FORTY, STREET, VIP_NORDIC, VIP)


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


@given(anything)
def test_words_name_topics_or_may_have_meant_some(text: str) -> None:
    """Whatever is asked for, there are topics or suggestions, never both; a topic that is named holds the words."""
    found = match(text, TOPICS)

    assert not (found.topics and (found.topics_meant or found.keywords_meant))
    for topic in found.topics:
        assert folded(text) in folded(topic.name) or folded(text) == str(topic.id)


def test_a_number_names_the_topic_with_this_id_alone() -> None:
    """A menu names topics by id, and no other topic is meant, though its name holds the number."""
    plan, level = Topic(7, "Plan #1 customers"), Topic(2, "#1")

    assert numbered(1, (plan, level)) == Match(())
    assert numbered(1, (plan, level, Topic(1, "Billing"))) == Match((Topic(1, "Billing"),))
    assert match("#1", (plan,)) == Match((plan,))
