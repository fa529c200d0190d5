"""An answer as it looks in each place."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given

from bot.errors import SuperOfficeError
from bot.presence.query import ByTopic, Numbered, Query
from bot.presence.reading import Shown
from bot.slack.view_state import ViewState
from bot.slack.views.message import Kind, without_blocks
from bot.slack.views.notices import short_help_message
from bot.slack.views.places import View, direct_message, home_failure_message, home_message
from tests.kit.crowd import DETAIL, FAILURES, TEAM, fresh, stale
from tests.kit.views import ENGLISH, VIEWS, ask, askable, check, controls_of, lines_of, read, readings, value_of

ANSWERS = ["", "all", "topics", "billing", "returns"]


# What is the same everywhere


@given(readings(), askable)
def test_an_answer_says_the_same_in_every_place(known: Shown, words: str) -> None:
    """Places differ in controls and help: nothing about people is said in one and not in another."""
    for asked in ("", "all", "topics", words):
        first, *others = (ask(asked, known, view=view) for view in VIEWS)
        for other in others:
            if other != short_help_message(ENGLISH):
                assert (lines_of(other), other.text) == (lines_of(first), first.text)


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("known", [fresh(), stale(), fresh(replace(TEAM, agents=()))], ids=["fresh", "stale", "empty"])
def test_an_answer_is_one_and_no_match_is_a_notice(known: Shown, view: View) -> None:
    """Who is online takes an older answer's place, also if that is nobody; no match is a notice."""
    assert {ask(words, known, view=view).kind for words in ANSWERS} == {Kind.ANSWER}
    assert {ask(words, known, view=view).kind for words in ("qqq", "biling", "#9")} == {Kind.NOTICE}


@given(readings(), askable)
def test_without_blocks_everything_is_still_said(known: Shown, words: str) -> None:
    """In plain text a message is of the same kind, and has every title, line and paragraph."""
    for asked in ("", "topics", words):
        for message in (ask(asked, known, view=view) for view in VIEWS):
            plain = without_blocks(message)
            assert (plain.kind, plain.blocks) == (message.kind, ())
            assert _unescaped(plain.text).split("\n") == [line for block in message.blocks for line in _lines(block)]


def _lines(block: dict[str, Any]) -> list[str]:
    """The lines of a block as they are written, controls left out."""
    match block:
        case {"type": "rich_text", "elements": lines}:
            return ["".join(part.get("text") or f":{part['name']}:" for part in line["elements"]) for line in lines]
        case {"type": "section", "text": {"text": str(text)}} | {"type": "context", "elements": [{"text": str(text)}]}:
            return _unescaped(text).split("\n")
        case {"type": "header", "text": {"text": str(text)}}:
            return [f"*{text}*"]
        case _:
            assert block["type"] in ("actions", "divider")
            return []


def _unescaped(text: str) -> str:
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


# In a direct message


@pytest.mark.parametrize("words", ["hi there", "qqq", "👋", "thanks!", "il", "topcs"])
def test_a_greeting_is_answered_with_what_the_bot_is_for(words: str) -> None:
    """Words that are like no topic, or letters from inside a name as "hi" of "Shipping", get a short help."""
    message = ask(words, view=direct_message)

    assert message == short_help_message(ENGLISH)
    assert message.kind is Kind.NOTICE


@pytest.mark.parametrize("words", ["", "all", "topics", "billing", "Vi", "vip", "lling", "1", "#1", "biling"])
def test_a_direct_message_shows_what_a_channel_does(words: str) -> None:
    """An answer, or a slip that is nearly a topic, is shown as in a channel; there is nobody to share it with."""
    assert ask(words, view=direct_message) == ask(words)


# On the Home tab


@pytest.mark.parametrize("error", FAILURES, ids=lambda error: error.reason.name)
@pytest.mark.parametrize(("query", "page"), [(ByTopic(), 0), (Numbered(1), 3)])
def test_a_home_tab_without_an_answer_can_be_tried_again(error: SuperOfficeError, query: Query, page: int) -> None:
    """Where there is nothing honest to show, the Home tab says why, and Refresh asks for what was asked before."""
    message = check(home_failure_message(error, ViewState(query, page), ENGLISH), home_message)

    assert read(message).startswith(f"⚠️ {ENGLISH.failures.failed(error)}")
    assert "/who-is-online" in read(message)
    assert DETAIL not in str(message)
    assert [value_of(each) for each in controls_of(message)] == [ViewState(query, page)]
    assert message.kind is Kind.NOTICE
