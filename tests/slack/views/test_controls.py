"""The controls under an answer: which there are, what they say to show next, and how they are read aloud."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.presence.model import Snapshot, Topic
from bot.presence.query import ByTopic, Numbered, Online
from bot.presence.reading import Shown
from bot.slack.view_state import ViewState
from bot.slack.views.controls import topic_options
from bot.slack.views.message import Message
from bot.slack.views.places import View, home_failure_message, shared_message, to_asker_message
from bot.words import Words, words_in
from bot.words.language import Language
from playground.blocks import options_problems
from tests.kit.crowd import DOWN, TEAM, asked
from tests.kit.text import anything
from tests.kit.views import (
    ENGLISH,
    PSEUDO,
    SHARER,
    VIEWS,
    Json,
    ask,
    askable,
    button,
    check,
    control,
    controls_of,
    office,
    readings,
    value_of,
)

MENU = "show:topic"
EVERYBODY = ViewState(Online())


def texts(options: list[Json]) -> list[str]:
    return [option["text"]["text"] for option in options]


def menu_of(message: Message) -> Json:
    return button(message, MENU)


def with_topics(*topics: Topic) -> Snapshot:
    return replace(TEAM, topics=topics, agents=())


def of_topic(topic: Topic) -> ViewState:
    return ViewState(Numbered(topic.id))


# The menu of topics


def test_the_menu_has_every_topic_by_name() -> None:
    """The menu has the topics by name in any case, each leading to its own roster; namesakes show their ids.

    The one that is chosen is the very option of the menu, or Slack would refuse the message.
    """
    topics = (Topic(1, "vip"), Topic(2, "Orders"), Topic(3, "billing"), Topic(4, "Orders"))
    menu = menu_of(check(ask("#4", with_topics(*topics))))
    options = menu["options"][1:]

    assert texts(options) == ["billing", "Orders (2)", "Orders (4)", "vip"]
    assert [value_of(option) for option in options] == [of_topic(topics[n]) for n in (2, 1, 3, 0)]
    assert menu["initial_option"] == options[2]


@pytest.mark.parametrize(
    ("words", "chosen"),
    [("billing", "Billing"), ("#1", "Billing"), ("VIP", "VIP & Co"), ("r", "Returns"), ("i", None), ("qqq", None)],
)
def test_from_topics_there_is_a_way_back_and_the_one_that_is_shown_is_chosen(words: str, chosen: str | None) -> None:
    """Where topics were asked for, "All topics" comes first and leads to everybody; one topic alone is chosen."""
    menu = menu_of(check(ask(words)))
    first, *others = menu["options"]

    assert (texts([first]), value_of(first)) == (["All topics"], EVERYBODY)
    assert len(others) == len(TEAM.topics)
    assert menu.get("initial_option", {}).get("text", {}).get("text") == chosen


@pytest.mark.parametrize("words", ["", "all", "topics"])
def test_where_everybody_is_shown_no_topic_is_chosen(words: str) -> None:
    """Where everybody is shown, "All topics" would lead nowhere, and no topic is chosen."""
    menu = menu_of(ask(words))

    assert texts(menu["options"]) == [topic.name for topic in TEAM.topics]
    assert "initial_option" not in menu


@pytest.mark.parametrize("words", ["", "all", "topics", "billing"])
def test_without_topics_there_is_no_menu(words: str) -> None:
    """Slack refuses a menu without options, so there is none."""
    assert control(check(ask(words, replace(TEAM, topics=()))), MENU) is None


@pytest.mark.parametrize(
    ("words", "topics", "kind"),
    [
        ("", 1, "static_select"),
        ("", 100, "static_select"),
        ("", 101, "external_select"),
        ("", 10_000, "external_select"),
        ("1", 99, "static_select"),
        ("1", 100, "external_select"),  # with "All topics" they are 101
    ],
)
def test_topics_beyond_a_menus_options_are_asked_for(words: str, topics: int, kind: str) -> None:
    """A menu holds a hundred options; beyond that it asks for them as it is opened, and as somebody types."""
    menu = menu_of(check(ask(words, office(1, topics, each=1))))

    assert menu["type"] == kind
    if kind == "static_select":
        assert len(menu["options"]) == topics + (words != "")
    else:
        assert (menu["min_query_length"], "options" in menu) == (0, False)
    assert ("initial_option" in menu) == (words == "1")


# The options of a menu that asks for them


def typed(text: str, topics: tuple[Topic, ...], words: Words = ENGLISH) -> list[Json]:
    """The options for what somebody typed, which Slack must take."""
    options = [option.to_dict() for option in topic_options(topics, text, words)]
    assert options_problems({"options": options}) == []
    return options


MANY = tuple(Topic(n, f"Topic {n:03}") for n in range(150))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", ["All topics", *(f"Topic {n:03}" for n in range(99))]),
        ("topic", [f"Topic {n:03}" for n in range(100)]),
        ("149", ["Topic 149"]),
        (" topic 01 ", [f"Topic 01{n}" for n in range(10)]),
        ("14", ["Topic 014", "Topic 114", *(f"Topic 14{n}" for n in range(10))]),
        ("\uff34OPIC 149", ["Topic 149"]),
        ("nothing", []),
        ("All", []),
    ],
)
def test_the_options_are_those_whose_name_holds_what_was_typed(text: str, found: list[str]) -> None:
    """The first hundred topics that hold the words, in any case and by name; "All topics" if nothing was typed."""
    assert texts(typed(text, MANY[::-1])) == found


def test_an_option_is_found_by_its_id() -> None:
    """A number is a topic's id too, and without topics there is the way back alone."""
    assert texts(typed("7", (Topic(7, "Billing"), Topic(77, "Orders")))) == ["Billing"]
    assert texts(typed("", ())) == ["All topics"]


@given(readings(), anything, st.sampled_from([ENGLISH, PSEUDO]))
def test_whatever_is_typed_slack_takes_the_options(known: Shown, text: str, words: Words) -> None:
    """No name and nothing that is typed makes options that Slack refuses; each leads to its own topic."""
    for option in typed(text, known.snapshot.topics, words):
        assert value_of(option) in [EVERYBODY, *map(of_topic, known.snapshot.topics)]


@given(st.integers(-(2**31), 2**31 - 1), anything)
def test_an_option_fits_whatever_a_topic_is_called(number: int, name: str) -> None:
    """Slack takes the option of every topic, whatever its name and id, also beside a namesake."""
    topic = Topic(number, name.strip() or "x")

    assert {value_of(option) for option in typed("", (topic, replace(topic, id=7)))} >= {of_topic(topic)}


# Refresh, pages, share


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("words", ["", "all", "topic", "#1", "topics"])
def test_every_button_means_the_page_that_is_shown(view: View, words: str) -> None:
    """Refresh and Share keep the page that is shown, Previous and Next lead to those beside it; the switch begins anew.

    Only the asker can share. A shared answer keeps its sharer, and can be brought up to date, but not changed.
    """
    known = office(2, 45) if words == "topics" else office(85, 1)
    for page, shown in enumerate((0, 1, 2, 2)):  # the last page takes the place of one that is gone
        message = ask(words, known, page=page, view=view)
        state = ViewState(asked(words), shown, SHARER if view is shared_message else "")
        expected = {"show:refresh": state}
        if shown > 0:
            expected["show:previous"] = state.at(shown - 1)
        if shown < 2:
            expected["show:next"] = state.at(shown + 1)
        if view is to_asker_message:
            expected["share"] = state
        if view is not shared_message:
            expected |= {"show:by_agent": EVERYBODY} if words == "topics" else {"show:by_topic": ViewState(ByTopic())}

        assert {each["action_id"]: value_of(each) for each in controls_of(message) if "value" in each} == expected
        assert (control(message, MENU) is None) is (view is shared_message)


# Every control


@given(readings(), askable, st.integers(0, 999_999), st.sampled_from(VIEWS))
def test_every_control_can_be_read_back(known: Shown, words: str, page: int, view: View) -> None:
    """Every value is read back as a page of an answer, by the sharer if there is one, and fits its control."""
    for question in ("", "all", "topics", words, *(topic.name for topic in known.snapshot.topics)):
        for each in controls_of(ask(question, known, page=page, view=view)):
            for valued in each.get("options", [each]):
                assert value_of(valued).sharer == (SHARER if view is shared_message else "")
                assert len(valued["value"]) <= (2_000 if valued is each else 150)


@pytest.mark.parametrize("language", Language)
def test_what_is_read_aloud_says_more_in_every_language(language: Language) -> None:
    """Refresh, Previous and Next say more than their text to those who cannot see what is above them."""
    made = [ask("", office(9_000, 0), page=page, language=language) for page in (0, 298, 299)]
    made.append(home_failure_message(DOWN, ViewState(Online()), words_in(language)))

    for each in (each for message in made for each in controls_of(check(message))):
        if each["action_id"] in ("show:refresh", "show:previous", "show:next"):
            assert each["accessibility_label"] != each["text"]["text"]


@pytest.mark.parametrize("language", Language)
def test_buttons_are_short(language: Language) -> None:
    """Slack shows about 30 characters of a button, and telephones fewer; no two of them read the same."""
    words = words_in(language).controls
    buttons = [words.by_topic(), words.by_agent(), words.refresh(), words.share(), words.previous(), words.next()]

    assert max(map(len, [*buttons, words.choose_topic(), words.all_topics()])) <= 20
    assert len(set(buttons)) == len(buttons)
