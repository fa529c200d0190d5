"""The controls under an answer: which there are, what they say to show next, and how they are read aloud."""

import dataclasses
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from slack_sdk.models.blocks import Option

from bot.languages import Language
from bot.presence.model import Snapshot, Topic
from bot.presence.query import Kind, Query, parse
from bot.slack.shown import Shown
from bot.slack.views.controls import MAX_OPTIONS, topic_options
from bot.slack.views.message import Message
from bot.slack.views.places import (
    View,
    home_failure_message,
    home_message,
    in_place_message,
    shared_message,
    to_asker_message,
)
from bot.slack.views.roster import Reader
from bot.slack.views.words import words_in
from playground.blocks import options_problems
from tests.slack.conftest import DOWN, TAKEN_AT, TEAM
from tests.slack.views.conftest import (
    ENGLISH,
    SHARER,
    anything,
    ask,
    button,
    check,
    control,
    controls_of,
    crowd,
    snapshots,
    value_of,
)

MENU = "show:topic"
ALL_TOPICS = Shown(Query(Kind.ROSTER))


def menu_of(message: Message) -> dict[str, Any]:
    return button(message, MENU)


def texts(options: list[dict[str, Any]]) -> list[str]:
    return [option["text"]["text"] for option in options]


def of_topic(topic: Topic) -> Shown:
    return Shown(Query(Kind.TOPIC, f"#{topic.id}"))


def with_topics(*topics: Topic) -> Snapshot:
    return dataclasses.replace(TEAM, topics=topics, agents=())


# --- the menu of topics ---


def test_the_menu_has_every_topic_by_name() -> None:
    """The menu lists the topics by name in any case, each leading to its own roster; namesakes show their ids."""
    topics = (Topic(1, "vip"), Topic(2, "Orders"), Topic(3, "billing"), Topic(4, "Orders"))
    options = menu_of(ask("", with_topics(*topics)))["options"]

    assert texts(options) == ["billing", "Orders (2)", "Orders (4)", "vip"]
    assert [value_of(option) for option in options] == [of_topic(topics[n]) for n in (2, 1, 3, 0)]


@pytest.mark.parametrize("words", ["", "all", "topics"])
def test_without_a_topic_there_is_no_way_back_and_nothing_chosen(words: str) -> None:
    """Where everybody is shown, "All topics" would lead nowhere, and no topic is chosen."""
    menu = menu_of(ask(words, TEAM))

    assert "All topics" not in texts(menu["options"])
    assert "initial_option" not in menu


@pytest.mark.parametrize("words", ["billing", "r", "i", "qqq", "biling"])
def test_from_a_topic_there_is_a_way_back_to_everybody(words: str) -> None:
    """Where topics were asked for, "All topics" is the first option, and leads to everybody."""
    first, *others = menu_of(ask(words, TEAM))["options"]

    assert texts([first]) == ["All topics"]
    assert value_of(first) == ALL_TOPICS
    assert len(others) == len(TEAM.topics)


@pytest.mark.parametrize(
    ("words", "chosen"),
    [("billing", "Billing"), ("1", "Billing"), ("VIP", "VIP & Co"), ("i", None), ("r", "Returns"), ("qqq", None)],
)
def test_the_one_topic_that_is_shown_is_chosen(words: str, chosen: str | None) -> None:
    """The menu shows the topic that the roster is for; where there are several, or none, it shows no choice."""
    menu = menu_of(check(ask(words, TEAM)))

    assert menu.get("initial_option", {}).get("text", {}).get("text") == chosen
    assert chosen is None or menu["initial_option"] in menu["options"]


@pytest.mark.parametrize("words", ["", "all", "topics", "billing"])
def test_without_topics_there_is_no_menu(words: str) -> None:
    """A menu without options is none: Slack would refuse the message."""
    assert control(check(ask(words, Snapshot(TAKEN_AT, TEAM.agents, ()))), MENU) is None


@pytest.mark.parametrize(
    ("words", "topics", "kind"),
    [
        ("", 1, "static_select"),
        ("", 100, "static_select"),
        ("", 101, "external_select"),
        ("", 10_000, "external_select"),
        ("1", 99, "static_select"),
        ("1", 100, "external_select"),  # with "All topics" they are 101
        ("1", 150, "external_select"),
    ],
)
def test_topics_beyond_a_menus_options_are_asked_for(words: str, topics: int, kind: str) -> None:
    """A menu holds a hundred options; with more it asks for them as somebody types, and at once as it is opened."""
    menu = menu_of(check(ask(words, crowd(1, topics, each=1))))

    assert menu["type"] == kind
    if kind == "static_select":
        assert len(menu["options"]) == topics + (words != "")
    else:
        assert menu["min_query_length"] == 0
        assert "options" not in menu
    assert ("initial_option" in menu) == (words == "1")


@given(st.integers(0, 2**63 - 1), anything)
@settings(deadline=None)
def test_an_option_fits_whatever_a_topic_is_called(number: int, name: str) -> None:
    """An option's text has at most 75 characters, its value at most 150, whatever the topic's name and id."""
    topic = Topic(number, name.strip() or "Topic")
    for option in topic_options([topic], "", ENGLISH):
        made = option.to_dict()
        assert 0 < len(made["text"]["text"]) <= 75
        assert made["text"]["emoji"] is False
        assert len(made["value"]) <= 150
    assert value_of(made) == of_topic(topic)


def test_a_menu_shows_names_as_they_are() -> None:
    """A topic's name in the menu is literal."""
    [option] = menu_of(ask("", with_topics(Topic(1, ":tada: *x* <!here>"))))["options"]

    assert option["text"] == {"type": "plain_text", "text": ":tada: *x* <!here>", "emoji": False}


# --- options, as somebody types ---

MANY = [Topic(n, f"Topic {n:03}") for n in range(150)]


def typed(text: str, topics: list[Topic] = MANY) -> list[dict[str, Any]]:
    made = [option.to_dict() for option in topic_options(topics, text, ENGLISH)]
    assert options_problems({"options": made}) == []
    return made


def test_before_anything_is_typed_all_topics_is_first() -> None:
    """A menu that is opened offers everybody, and then the first topics by name, a hundred in all."""
    made = typed("", MANY[::-1])

    assert texts(made) == ["All topics", *(f"Topic {n:03}" for n in range(MAX_OPTIONS - 1))]
    assert value_of(made[0]) == ALL_TOPICS


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("149", ["Topic 149"]),
        ("TOPIC 00", [f"Topic 00{n}" for n in range(10)]),
        (" topic 01 ", [f"Topic 01{n}" for n in range(10)]),
        ("14", ["Topic 014", "Topic 114", *(f"Topic 14{n}" for n in range(10))]),
        ("\uff34opic 149", ["Topic 149"]),
        ("nothing", []),
        ("All", []),
    ],
)
def test_the_options_are_those_whose_name_holds_what_was_typed(text: str, found: list[str]) -> None:
    """Topics match by any part of their name, in any case; whoever types a topic does not want all of them."""
    assert texts(typed(text)) == found


def test_the_options_are_never_too_many() -> None:
    """Of more matches than a menu holds, the first hundred by name are offered."""
    assert texts(typed("topic")) == [f"Topic {n:03}" for n in range(MAX_OPTIONS)]


@given(snapshots(), anything)
@settings(deadline=None)
def test_whatever_is_typed_slack_takes_the_options(known: Snapshot, text: str) -> None:
    """No name and nothing that is typed makes options that Slack refuses, and each leads to its own topic."""
    for option in typed(text, list(known.topics)):
        assert value_of(option) in [ALL_TOPICS, *map(of_topic, known.topics)]


def test_without_topics_there_is_the_way_back_alone() -> None:
    """An office without topics is no error."""
    assert texts(typed("", [])) == ["All topics"]
    assert typed("x", []) == []


def test_the_options_are_options() -> None:
    """They are what Slack's answer to a menu is made of."""
    assert all(isinstance(option, Option) for option in topic_options(MANY, "", ENGLISH))


# --- by topic, by agent ---


@pytest.mark.parametrize("view", [to_asker_message, in_place_message, home_message])
@pytest.mark.parametrize("words", ["", "all", "billing", "returns"])
def test_a_roster_leads_to_the_list_by_topic(view: View, words: str) -> None:
    """Under a roster is the way to the list by topic, and none to where one is."""
    message = ask(words, crowd(85, 3), page=1, view=view) if words != "returns" else ask(words, TEAM, view=view)
    if words == "billing":
        message = ask("topic", crowd(85, 3), page=1, view=view)

    assert button(message, "show:by_topic")["text"]["text"] == "By topic"
    assert value_of(button(message, "show:by_topic")) == Shown(Query(Kind.BY_TOPIC))
    assert control(message, "show:by_agent") is None


@pytest.mark.parametrize("view", [to_asker_message, in_place_message, home_message])
def test_the_list_by_topic_leads_to_the_roster(view: View) -> None:
    """Under a list by topic is the way back to everybody, from their first page."""
    message = ask("topics", crowd(1, 45), page=1, view=view)

    assert button(message, "show:by_agent")["text"]["text"] == "By agent"
    assert value_of(button(message, "show:by_agent")) == Shown(Query(Kind.ROSTER))
    assert control(message, "show:by_topic") is None


# --- refresh, share, pages ---


@pytest.mark.parametrize("view", [to_asker_message, in_place_message, home_message, shared_message])
@pytest.mark.parametrize(("words", "page"), [("", 0), ("", 1), ("all", 2), ("topic", 1), ("1", 1), ("topics", 1)])
def test_refresh_asks_again_for_the_page_that_is_shown(view: View, words: str, page: int) -> None:
    """Refresh says the question and the page, and in a shared message the sharer."""
    sharer = SHARER if view is shared_message else ""
    known = crowd(2, 45) if words == "topics" else crowd(85, 2)
    message = ask(words, known, page=page, view=view, sharer=sharer)

    assert value_of(button(message, "show:refresh")) == Shown(parse(words), page, sharer)


@pytest.mark.parametrize("action_id", ["show:refresh", "share"])
def test_where_a_page_is_gone_the_one_that_is_shown_is_refreshed_and_shared(action_id: str) -> None:
    """In the place of a page that there is no more stands the last, and it is what its controls mean."""
    message = ask("", crowd(85, 1), page=7, view=to_asker_message)

    assert value_of(button(message, action_id)) == Shown(Query(Kind.ROSTER), 2)


def test_previous_and_next_lead_to_the_pages_beside() -> None:
    """Each page's buttons lead to the one before and the one after, also from beyond the last."""
    for page, before, after in [(0, None, 1), (1, 0, 2), (2, 1, None), (9, 1, None)]:
        message = ask("all", crowd(85, 1), page=page)
        for action_id, to in [("show:previous", before), ("show:next", after)]:
            found = control(message, action_id)
            assert (found and value_of(found)) == (None if to is None else Shown(Query(Kind.EVERYBODY), to))


@pytest.mark.parametrize("words", ["", "all", "topics", "billing", "returns"])
def test_only_the_asker_is_offered_to_share(words: str) -> None:
    """An answer for one person alone can be shared; what everybody sees already cannot."""
    shared = button(ask(words, TEAM, view=to_asker_message), "share")

    assert shared["text"]["text"] == "Share to channel"
    assert value_of(shared) == Shown(parse(words))
    for view in (in_place_message, home_message, shared_message):
        assert control(ask(words, TEAM, view=view, sharer=SHARER if view is shared_message else ""), "share") is None


def test_what_is_shared_is_the_page_that_is_shown() -> None:
    """Who shares the second page shares the second page."""
    assert value_of(button(ask("", crowd(85, 1), page=1, view=to_asker_message), "share")).page == 1


@pytest.mark.parametrize("view", [to_asker_message, in_place_message, home_message])
@pytest.mark.parametrize("words", ["qqq", "biling"])
def test_where_there_is_no_such_topic_there_is_a_way_on(view: View, words: str) -> None:
    """Under words that name no topic, one can choose; there is nothing to refresh, to turn over or to share."""
    assert [each["action_id"] for each in controls_of(ask(words, TEAM, view=view))] == [MENU, "show:by_topic"]


def test_a_namesake_that_was_chosen_stays_chosen() -> None:
    """The one topic chosen is the very option of the menu, ids and all, or Slack would refuse the message."""
    menu = menu_of(ask("#4", with_topics(Topic(2, "Orders"), Topic(4, "Orders"))))

    assert menu["initial_option"] in menu["options"]
    assert texts([menu["initial_option"]]) == ["Orders (4)"]


# --- every control ---

PLACES: list[View] = [to_asker_message, in_place_message, home_message, shared_message]


@given(snapshots(), anything, st.integers(0, 999_999), st.sampled_from(PLACES))
@settings(deadline=None)
def test_every_control_says_what_to_show(known: Snapshot, words: str, page: int, view: View) -> None:
    """Every value is read back as a page of an answer, by the sharer if there is one, and fits its control."""
    sharer = SHARER if view is shared_message else ""
    for asked in ("", "all", "topics", words, *(topic.name for topic in known.topics)):
        for each in controls_of(ask(asked, known, page=page, view=view, sharer=sharer)):
            for valued in each.get("options", [each]):
                if valued.get("type") == "external_select":
                    continue
                assert value_of(valued).sharer == sharer
                assert len(valued["value"]) <= (2_000 if valued is each else 150)


@given(st.integers(0, 120), st.integers(0, 120), st.sampled_from(["", "all", "topics", "1", "topic"]))
@settings(deadline=None, max_examples=40)
def test_every_buttons_action_is_its_own(agents: int, topics: int, words: str) -> None:
    """No two controls of a message go by one name, so that a click says what was clicked."""
    for page in (0, 1):
        names = [each["action_id"] for each in controls_of(ask(words, crowd(agents, topics, each=2), page=page))]
        assert len(names) == len(set(names))


@pytest.mark.parametrize("language", Language)
def test_a_button_whose_text_is_not_enough_is_read_aloud_in_full(language: Language) -> None:
    """Refresh, Previous and Next tell who cannot see what is above them what they refresh, and which page they show."""
    reader = Reader(words_in(language), {})
    made = [
        ask("", crowd(9_000, 0, name=1), page=page, reader=reader, view=view)
        for page in (0, 298, 299)
        for view in (to_asker_message, home_message)
    ]
    made.append(home_failure_message(DOWN, Shown(Query(Kind.ROSTER)), reader.words))
    for message in made:
        for each in controls_of(message):
            if each["action_id"] in ("show:refresh", "show:previous", "show:next"):
                assert each["text"]["text"] != each["accessibility_label"]
            assert len(each.get("accessibility_label", "")) <= 75


def test_buttons_are_read_aloud_in_full() -> None:
    """A page's button says which page of how many it leads to."""
    message = ask("", crowd(85, 1), page=1)

    assert button(message, "show:refresh")["accessibility_label"] == "Refresh who is online"
    assert button(message, "show:previous")["accessibility_label"] == "Previous: page 1 of 3"
    assert button(message, "show:next")["accessibility_label"] == "Next: page 3 of 3"
