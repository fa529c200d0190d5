"""What topics are called."""

from bot.presence.model import Topic
from bot.superoffice.api import TopicRow
from bot.superoffice.names import TopicNames

ROWS = (
    TopicRow(0, "All", deleted=False),
    TopicRow(-1, "None of them", deleted=False),
    TopicRow(1, "Billing", deleted=False),
    TopicRow(2, "orders", deleted=False),
    TopicRow(3, "Fax", deleted=True),
    TopicRow(4, "", deleted=False),
)


def test_topics_in_use_are_those_of_the_list() -> None:
    """The item 0, "All", is no topic, nor is any below; deleted ones are not in use; a number stands for no name."""
    names = TopicNames(ROWS, {})

    assert names.in_use == {Topic(1, "Billing"), Topic(2, "orders"), Topic(4, "Topic 4")}
    assert names.topic(3) == Topic(3, "Fax")
    assert names.topic(12) == Topic(12, "Topic 12")


def test_topics_of_one_name_are_told_apart() -> None:
    """Topics in use whose names are one, in any case, have their ids beside them; a deleted namesake takes it alone.

    Else “nobody for Returns” would stand beside a Returns that somebody covers.
    """
    returns, fax, number = ("Returns", "RETURNS "), ("Fax", "fax"), "Topic 9"
    rows = (
        *(TopicRow(7 + n, name, deleted=False) for n, name in enumerate(returns)),
        *(TopicRow(20 + n, name, deleted=n == 0) for n, name in enumerate(fax)),
        TopicRow(5, number, deleted=False),
    )
    names = TopicNames(rows, {})

    assert names.in_use == {Topic(7, "Returns (7)"), Topic(8, "RETURNS (8)"), Topic(21, "fax"), Topic(5, "Topic 9")}
    assert [names.topic(20).name, names.topic(9).name] == ["Fax (20)", "Topic 9 (9)"]


def test_own_names_lie_on_top() -> None:
    """The administrator's names win, deleted or not. Every name is one clean line: nobody reorders or breaks others."""
    rows = (*ROWS, TopicRow(5, " Bil\u202eling\r\n& more ", deleted=False), TopicRow(6, "\u200b", deleted=False))
    names = TopicNames(rows, {0: "All", 1: " Mo\u202eney\n", 3: "Paper", 99: "Nobody yet"})

    assert {Topic(1, "Money"), Topic(3, "Paper"), Topic(99, "Nobody yet")} <= names.in_use
    assert {Topic(5, "Billing & more"), Topic(6, "Topic 6")} <= names.in_use
    assert all(topic.id for topic in names.in_use)


def test_an_agents_topics_come_by_name_and_once() -> None:
    """Topics are in the order of their names, whatever their case, numbers by value, and each once; 0 is none."""
    topics = TopicNames(ROWS, {}).topics([2, 12, 0, 3, 1, 2, -1, 9])

    assert topics == (
        Topic(1, "Billing"), Topic(3, "Fax"), Topic(2, "orders"), Topic(9, "Topic 9"), Topic(12, "Topic 12"),
    )  # fmt: skip
