"""A message, and the few kinds of block that messages are made of."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from slack_sdk.errors import SlackObjectFormationError

from bot.slack.views.message import (
    Kind,
    Message,
    as_blocks,
    bold,
    escaped,
    header,
    lines,
    link,
    literal,
    message,
    section,
)
from bot.slack.views.places import home_message
from playground.show import pings
from tests.kit.text import NASTY
from tests.kit.views import ask, check, read

MARKUP = "<!channel> *x* _y_ ~z~ `c` :tada: &amp; <https://evil.example|here>"


def test_what_users_wrote_is_literal() -> None:
    """Lines, names with a link, and titles show what users wrote to the letter: no markup, mention or emoji."""
    made = check(message("x", [lines([[literal(MARKUP), bold(MARKUP)]])], Kind.ANSWER))
    assert read(made) == MARKUP * 2

    linked = check(message("x", [lines([[link(MARKUP, "https://pretend.slack.com/team/U0ASKER02")]])], Kind.ANSWER))
    [part] = linked.blocks[0]["elements"][0]["elements"]
    assert (part["type"], part["text"], part["url"]) == ("link", MARKUP, "https://pretend.slack.com/team/U0ASKER02")

    [title] = check(message("x", [header(MARKUP)], Kind.ANSWER)).blocks
    assert title["text"] == {"type": "plain_text", "text": MARKUP, "emoji": False}


def test_a_title_that_is_too_long_is_not_built() -> None:
    """What Slack would refuse fails where it is made, not where it is sent."""
    with pytest.raises(SlackObjectFormationError):
        message("x", [header("x" * 151)], Kind.ANSWER)


@given(st.text() | st.sampled_from(NASTY))
def test_escaped_text_is_read_as_it_was_written(text: str) -> None:
    """Escaped text neither links nor mentions, and unescapes to what it was."""
    said = escaped(text)

    assert pings(said, None) == []
    assert not {"<", ">"} & set(said)
    assert said.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&") == text


def test_what_an_asker_is_shown_is_for_them_alone() -> None:
    """The body of an acknowledgement is the message as JSON, ephemeral, and encoded once for all askers."""
    made = ask("")

    assert json.loads(made.as_acknowledgement) == made.payload() | {"response_type": "ephemeral"}
    assert made.as_acknowledgement is made.as_acknowledgement


def test_long_text_becomes_a_block_that_slack_takes() -> None:
    """Text for the Home tab is cut to what a section holds."""
    check(Message("x", as_blocks("x" * 3_001), Kind.NOTICE), home_message)


def test_a_message_cannot_change() -> None:
    """A message is shown to many; none of them can change it for the others."""
    made = message("x", [section("x")], Kind.ANSWER)
    parts: list[Any] = made.payload()["blocks"]
    parts.clear()

    assert len(made.blocks) == 1
    with pytest.raises(AttributeError):
        made.text = "y"  # type: ignore[misc]
