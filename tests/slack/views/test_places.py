"""An answer as it looks in each place."""

import dataclasses
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.errors import Denied, Reason, SuperOfficeError, Unexpected, Unreachable
from bot.languages import Language
from bot.presence.model import Snapshot
from bot.presence.query import Kind, Query
from bot.slack.shown import Shown
from bot.slack.views.message import Message, Notice, without_blocks
from bot.slack.views.notices import short_help_message
from bot.slack.views.places import (
    View,
    direct_message,
    home_failure_message,
    home_message,
    in_place_message,
    shared_message,
    to_asker_message,
)
from bot.slack.views.roster import Reader
from bot.slack.views.words import words_in
from playground.show import pings
from tests.slack.conftest import DOWN, TEAM
from tests.slack.views.conftest import (
    ENGLISH,
    SHARER,
    anything,
    ask,
    button,
    check,
    check_shared,
    controls_of,
    crowd,
    lines_of,
    pages,
    read,
    snapshots,
    value_of,
)

OLD = dataclasses.replace(TEAM, stale_because=DOWN)
VIEWS: list[View] = [to_asker_message, in_place_message, direct_message, shared_message, home_message]


def in_each(words: str, known: Snapshot) -> list[Message]:
    return [ask(words, known, view=view, sharer=SHARER if view is shared_message else "") for view in VIEWS]


# --- what is the same everywhere ---


@given(snapshots(), anything)
@settings(deadline=None)
def test_an_answer_says_the_same_in_every_place(known: Snapshot, words: str) -> None:
    """Places differ in controls, and in help: nothing that is known of people is said in one and not in another."""
    for asked in ("", "all", "topics", words):
        first, *others = in_each(asked, known)
        for other in others:
            if other != short_help_message(ENGLISH):
                assert lines_of(other) == lines_of(first)
                assert other.text == first.text


@pytest.mark.parametrize("words", ["", "all", "topics", "billing", "returns"])
@pytest.mark.parametrize("known", [TEAM, OLD, dataclasses.replace(TEAM, agents=())])
def test_an_answer_is_no_notice(words: str, known: Snapshot) -> None:
    """Who is online takes the place of what was there before; also where that is nobody, or old."""
    assert {type(message) for message in in_each(words, known)} == {Message}


@pytest.mark.parametrize("words", ["qqq", "biling"])
@pytest.mark.parametrize("known", [TEAM, OLD])
def test_no_such_topic_is_a_notice(words: str, known: Snapshot) -> None:
    """Words that name no topic are told to who typed them, and take no answer's place; the Home tab has no other."""
    *messages, home = in_each(words, known)

    assert {type(message) for message in messages} == {Notice}
    assert type(home) is Message


@given(snapshots(), anything)
@settings(deadline=None)
def test_without_blocks_everything_is_still_said(known: Snapshot, words: str) -> None:
    """In plain text a message is of the same kind, and has every title, line and paragraph."""
    for asked in ("", "all", "topics", words):
        for message in in_each(asked, known):
            plain = without_blocks(message)
            assert type(plain) is type(message)
            assert plain.blocks == ()
            said = plain.text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&").split("\n")
            expected = [line for block in message.blocks for line in _lines(block)]
            assert said == expected


def _lines(block: dict[str, Any]) -> list[str]:
    """The lines of a block as they are written, controls left out."""
    match block:
        case {"type": "rich_text", "elements": lines}:
            return ["".join(part.get("text") or f":{part['name']}:" for part in line["elements"]) for line in lines]
        case {"type": "section", "text": {"text": str(text)}} | {"type": "context", "elements": [{"text": str(text)}]}:
            return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&").split("\n")
        case {"type": "header", "text": {"text": str(text)}}:
            return [f"*{text}*"]
        case _:
            assert block["type"] in ("actions", "divider")
            return []


# --- in a direct message ---


@pytest.mark.parametrize("words", ["hi there", "qqq", "👋", "thanks!"])
def test_a_greeting_is_answered_with_what_the_bot_is_for(words: str) -> None:
    """In a direct message words that are like no topic were none: they get a short help, which is a notice."""
    message = ask(words, TEAM, view=direct_message)

    assert message == short_help_message(ENGLISH)
    assert isinstance(message, Notice)


@pytest.mark.parametrize(
    ("words", "helped"), [("il", True), ("Vi", False), ("vip", False), ("lling", False), ("1", False)]
)
def test_letters_inside_a_name_are_a_greeting(words: str, helped: bool) -> None:
    """A few letters from the middle of a name, as "hi" of "Shipping", are no topic in a direct message."""
    assert isinstance(ask(words, TEAM, view=direct_message), Notice) is helped
    assert not isinstance(ask(words, TEAM), Notice)


def test_a_slip_in_a_direct_message_is_asked_about() -> None:
    """Words that are nearly a topic are answered with that topic, also in a direct message."""
    message = ask("biling", TEAM, view=direct_message)

    assert message == ask("biling", TEAM)
    assert "Did you mean Billing?" in read(message)


@pytest.mark.parametrize("words", ["", "all", "topics", "billing"])
def test_a_direct_message_shows_what_a_channel_does(words: str) -> None:
    """An answer in a direct message is what it is in a channel; there is nobody to share it with."""
    assert ask(words, TEAM, view=direct_message) == ask(words, TEAM)


# --- shared ---


@pytest.mark.parametrize("words", ["", "all", "topics", "billing", "returns"])
def test_a_shared_answer_names_who_shared_it(words: str) -> None:
    """Below a shared answer stands who shared it, in small print; they alone are mentioned."""
    message = check_shared(ask(words, TEAM, view=shared_message, sharer=SHARER))
    [context] = [block for block in message.blocks if pings(None, [block])]

    assert context["type"] == "context"
    assert context["elements"] == [{"type": "mrkdwn", "text": f"Shared by <@{SHARER}>"}]
    assert pings(message.text, None) == []


@pytest.mark.parametrize("words", ["", "all", "topics", "1"])
def test_a_shared_answer_can_be_brought_up_to_date_but_not_changed(words: str) -> None:
    """Under a shared answer are Refresh and the pages alone, and each keeps who shared it and what was asked."""
    known = crowd(85, 45)
    seen = set()
    for number, message in enumerate(pages(words, known, view=shared_message, sharer=SHARER)):
        names = [each["action_id"] for each in controls_of(message)]
        seen |= set(names)
        assert names[0] == "show:refresh"
        assert set(names) <= {"show:refresh", "show:previous", "show:next"}
        for each in controls_of(message):
            shown = value_of(each)
            assert shown.sharer == SHARER
            assert shown.query == value_of(button(message, "show:refresh")).query
        assert value_of(button(message, "show:refresh")).page == number
    assert seen == {"show:refresh", "show:previous", "show:next"}


# --- on the Home tab ---


@pytest.mark.parametrize("words", ["", "all", "topics", "1", "topic", "qqq"])
@pytest.mark.parametrize(("agents", "topics"), [(0, 0), (1, 1), (85, 60), (500, 150)])
def test_the_home_tab_fits_and_says_what_else_can_be_asked(agents: int, topics: int, words: str) -> None:
    """The Home tab is an answer with the help below it, within Slack's hundred blocks."""
    message = check(ask(words, crowd(agents, topics, each=5), view=home_message), "home")

    assert len(message.blocks) <= 100
    assert "/who-is-online billing" in read(message).split("What you can ask")[1]


@pytest.mark.parametrize(
    "error", [Unreachable(Reason.TIMEOUT, "s3cret"), Denied(Reason.NO_RIGHT), Unexpected(Reason.FAILED)]
)
@pytest.mark.parametrize(("query", "page"), [(Query(Kind.BY_TOPIC), 0), (Query(Kind.TOPIC, "1"), 3)])
def test_a_home_tab_without_an_answer_can_be_tried_again(error: SuperOfficeError, query: Query, page: int) -> None:
    """Where there is nothing honest to show, the Home tab says why, and Refresh asks for what was asked before."""
    message = check(home_failure_message(error, Shown(query, page), ENGLISH), "home")

    assert read(message).startswith(f"⚠️ I can't say who is online. {error.headline}: {error.reason.value}.")
    assert error.advice in read(message)
    assert "s3cret" not in str(message)
    assert [value_of(each) for each in controls_of(message)] == [Shown(query, page)]
    assert button(message, "show:refresh")["accessibility_label"] == "Refresh who is online"
    assert type(message) is Message
    assert "/who-is-online" in read(message)


# --- in every language ---


@given(
    st.sampled_from(list(Language)),
    st.sampled_from(VIEWS),
    st.sampled_from(["", "all", "topics", "1", "topic", "qqq", "topic 1x"]),
    st.integers(0, 120),
    st.integers(0, 120),
    st.integers(0, 3),
)
@settings(deadline=None, max_examples=150)
def test_every_language_fits(language: Language, view: View, words: str, agents: int, topics: int, page: int) -> None:
    """Slack takes every answer in every language, however many agents and topics there are."""
    reader = Reader(words_in(language), {})
    sharer = SHARER if view is shared_message else ""
    message = ask(words, crowd(agents, topics, each=8), page=page, view=view, reader=reader, sharer=sharer)

    if view is home_message:
        check(message, "home")
    elif sharer:
        check_shared(message)
    else:
        check(message)
