"""The controls under an answer: which there are, what they say to show next, and how they are read aloud."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from slack_sdk.models.blocks import Option

from bot.presence.model import Snapshot, Topic
from bot.presence.query import ByTopic, Everybody, Numbered, Online
from bot.presence.reading import Shown
from bot.slack.view_state import ViewState
from bot.slack.views.controls import topic_options
from bot.slack.views.message import Message
from bot.slack.views.places import (
    View,
    direct_message,
    home_failure_message,
    home_message,
    in_place_message,
    shared_message,
    to_asker_message,
)
from bot.words import words_in
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
    button,
    check,
    control,
    controls_of,
    office,
    readings,
    value_of,
)

MENU = "show:topic"
ALL_TOPICS = ViewState(Online())
UNSHARED: list[View] = [to_asker_message, in_place_message, home_message]


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
    """The menu has the topics by name in any case, each leading to its own roster; namesakes show their ids."""
    topics = (Topic(1, "vip"), Topic(2, "Orders"), Topic(3, "billing"), Topic(4, "Orders"))
    options = menu_of(ask("", with_topics(*topics)))["options"]

    assert texts(options) == ["billing", "Orders (2)", "Orders (4)", "vip"]
    assert [value_of(option) for option in options] == [of_topic(topics[n]) for n in (2, 1, 3, 0)]


@pytest.mark.parametrize(
    ("words", "chosen"),
    [("billing", "Billing"), ("#1", "Billing"), ("VIP", "VIP & Co"), ("r", "Returns"), ("i", None), ("qqq", None)],
)
def test_from_topics_there_is_a_way_back_and_the_one_that_is_shown_is_chosen(words: str, chosen: str | None) -> None:
    """Where topics were asked for, "All topics" comes first and leads to everybody; one topic alone is chosen."""
    menu = menu_of(check(ask(words)))
    first, *others = menu["options"]

    assert (texts([first]), value_of(first)) == (["All topics"], ALL_TOPICS)
    assert len(others) == len(TEAM.topics)
    assert menu.get("initial_option", {}).get("text", {}).get("text") == chosen
    assert chosen is None or menu["initial_option"] in others


@pytest.mark.parametrize("words", ["", "all", "topics"])
def test_without_a_topic_there_is_no_way_back_and_nothing_chosen(words: str) -> None:
    """Where everybody is shown, "All topics" would lead nowhere, and no topic is chosen."""
    menu = menu_of(ask(words))

    assert "All topics" not in texts(menu["options"])
    assert "initial_option" not in menu


def test_a_namesake_that_was_chosen_stays_chosen() -> None:
    """The one topic that is chosen is the very option of the menu, ids and all, or Slack would refuse the message."""
    menu = menu_of(check(ask("#4", with_topics(Topic(2, "Orders"), Topic(4, "Orders")))))

    assert menu["initial_option"] in menu["options"]
    assert texts([menu["initial_option"]]) == ["Orders (4)"]


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


def typed(text: str, topics: tuple[Topic, ...]) -> list[Json]:
    """The options for what somebody typed, which Slack must take."""
    made = topic_options(topics, text, ENGLISH)
    assert all(isinstance(option, Option) for option in made)
    options = [option.to_dict() for option in made]
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


@given(readings(), anything)
@settings(deadline=None)
def test_whatever_is_typed_slack_takes_the_options(known: Shown, text: str) -> None:
    """No name and nothing that is typed makes options that Slack refuses; each leads to its own topic."""
    for option in typed(text, known.snapshot.topics):
        assert value_of(option) in [ALL_TOPICS, *map(of_topic, known.snapshot.topics)]


@given(st.integers(-(2**31), 2**31 - 1), anything)
@settings(deadline=None)
def test_an_option_fits_whatever_a_topic_is_called(number: int, name: str) -> None:
    """Slack takes the option of every topic, whatever its name and id, also beside a namesake."""
    topic = Topic(number, name.strip() or "x")

    assert {value_of(option) for option in typed("", (topic, replace(topic, id=7)))} >= {of_topic(topic)}


def test_options_have_room_for_longer_words() -> None:
    """Slack takes the menu's options also where all words are twice as long."""
    assert options_problems({"options": [option.to_dict() for option in topic_options(MANY, "", PSEUDO)]}) == []


# By topic, by agent, refresh, pages, share


@pytest.mark.parametrize("view", UNSHARED)
@pytest.mark.parametrize("words", ["", "all", "topic", "returns"])
def test_rosters_and_lists_by_topic_lead_to_each_other(view: View, words: str) -> None:
    """Under a roster is the way to the list by topic, and under that the way to everybody; from the first page."""
    roster = ask(words, TEAM if words == "returns" else office(85, 3), page=1, view=view)
    assert button(roster, "show:by_topic")["text"]["text"] == "By topic"
    assert value_of(button(roster, "show:by_topic")) == ViewState(ByTopic())
    assert control(roster, "show:by_agent") is None

    by_topic = ask("topics", office(1, 45), page=1, view=view)
    assert button(by_topic, "show:by_agent")["text"]["text"] == "By agent"
    assert value_of(button(by_topic, "show:by_agent")) == ViewState(Online())
    assert control(by_topic, "show:by_topic") is None


@pytest.mark.parametrize("view", [*UNSHARED, shared_message])
@pytest.mark.parametrize(("words", "page"), [("", 0), ("", 1), ("all", 2), ("topic", 1), ("#1", 1), ("topics", 1)])
def test_refresh_asks_again_for_the_page_that_is_shown(view: View, words: str, page: int) -> None:
    """Refresh carries the query and the page, and in a shared message the sharer."""
    known = office(2, 45) if words == "topics" else office(85, 2)
    sharer = SHARER if view is shared_message else ""

    assert value_of(button(ask(words, known, page=page, view=view), "show:refresh")) == ViewState(
        asked(words), page, sharer
    )


@pytest.mark.parametrize("action_id", ["show:refresh", "share"])
def test_what_is_refreshed_and_shared_is_the_page_that_is_shown(action_id: str) -> None:
    """Controls mean the page above them: the last one, where the one that was asked for is gone."""
    for page, shown in ((1, 1), (7, 2)):
        message = ask("", office(85, 1), page=page, view=to_asker_message)
        assert value_of(button(message, action_id)) == ViewState(Online(), shown)


def test_previous_and_next_lead_to_the_pages_beside() -> None:
    """Each page's buttons lead to the one before and the one after, where there is one, also from beyond the last."""
    for page, before, after in [(0, None, 1), (1, 0, 2), (2, 1, None), (9, 1, None)]:
        message = ask("all", office(85, 1), page=page)
        for action_id, to in [("show:previous", before), ("show:next", after)]:
            found = control(message, action_id)
            assert (found and value_of(found)) == (None if to is None else ViewState(Everybody(), to))


@pytest.mark.parametrize("words", ["", "all", "topics", "billing", "returns"])
def test_only_the_asker_is_offered_to_share(words: str) -> None:
    """An answer for one person alone can be shared; what everybody sees already cannot."""
    shared = button(ask(words, view=to_asker_message), "share")

    assert shared["text"]["text"] == "Share to channel"
    assert value_of(shared) == ViewState(asked(words))
    for view in (in_place_message, home_message, shared_message, direct_message):
        assert control(ask(words, view=view), "share") is None


@pytest.mark.parametrize("view", UNSHARED)
@pytest.mark.parametrize("words", ["qqq", "biling"])
def test_where_no_topic_matches_there_is_a_way_on(view: View, words: str) -> None:
    """Under words that name no topic one can choose; there is nothing to refresh, to turn over or to share."""
    assert [each["action_id"] for each in controls_of(ask(words, view=view))] == [MENU, "show:by_topic"]


# Every control


@given(readings(), anything, st.integers(0, 999_999), st.sampled_from(VIEWS))
@settings(deadline=None)
def test_every_control_can_be_read_back(known: Shown, words: str, page: int, view: View) -> None:
    """Every value is read back as a page of an answer, by the sharer if there is one, and fits its control."""
    for question in ("", "all", "topics", words, *(topic.name for topic in known.snapshot.topics)):
        for each in controls_of(ask(question, known, page=page, view=view)):
            for valued in each.get("options", [each]):
                assert value_of(valued).sharer == (SHARER if view is shared_message else "")
                assert len(valued["value"]) <= (2_000 if valued is each else 150)


@given(st.integers(0, 120), st.integers(0, 120), st.sampled_from(["", "all", "topics", "1", "topic"]))
@settings(deadline=None, max_examples=40)
def test_every_controls_name_is_its_own(agents: int, topics: int, words: str) -> None:
    """No two controls of a message go by one name, so that a click says what was clicked."""
    for page in (0, 1):
        names = [each["action_id"] for each in controls_of(ask(words, office(agents, topics, each=2), page=page))]
        assert len(names) == len(set(names))


def test_buttons_are_read_aloud_in_full() -> None:
    """A page's button says which page of how many it leads to, Refresh what it refreshes."""
    message = ask("", office(85, 1), page=1)

    assert button(message, "show:refresh")["accessibility_label"] == "Refresh who is online"
    assert button(message, "show:previous")["accessibility_label"] == "Previous: page 1 of 3"
    assert button(message, "show:next")["accessibility_label"] == "Next: page 3 of 3"


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
