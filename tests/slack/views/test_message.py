"""The few kinds of block that messages are made of."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from slack_sdk.errors import SlackObjectFormationError
from slack_sdk.models.blocks import Block

from bot.slack.views.message import (
    Message,
    as_blocks,
    bold,
    context,
    emoji,
    escaped,
    header,
    lines,
    link,
    literal,
    message,
    notice,
    section,
    without_blocks,
)
from playground.show import pings, show
from tests.slack.views.conftest import NASTY, check

MARKUP = "<!channel> *x* _y_ ~z~ `c` :tada: &amp; <https://evil.example|here>"


def test_a_payload_is_what_slack_takes() -> None:
    """A message becomes Slack's JSON: text and blocks, and nothing else."""
    made = check(message("One", [header("One"), section("*Two*"), context("Three"), lines([[literal("Four")]])]))

    assert made.payload() == {"text": "One", "blocks": list(made.blocks)}
    assert [block["type"] for block in made.blocks] == ["header", "section", "context", "rich_text"]


def test_a_line_is_literal() -> None:
    """Rich text shows what users wrote to the letter: no markup, no mention, no emoji."""
    made = message("x", [lines([[literal(MARKUP), bold(MARKUP)]])])

    assert show(made.text, list(made.blocks), width=1_000) == MARKUP * 2
    assert pings(made.text, list(made.blocks)) == []


def test_a_link_is_literal_too() -> None:
    """A name that leads somewhere shows what users wrote to the letter, and mentions nobody."""
    made = check(message("x", [lines([[link(MARKUP, "https://pretend.slack.com/team/U0ASKER02")]])]))
    [[part]] = [line["elements"] for line in made.blocks[0]["elements"]]

    assert (part["type"], part["text"], part["url"]) == ("link", MARKUP, "https://pretend.slack.com/team/U0ASKER02")
    assert pings(made.text, list(made.blocks)) == []


def test_a_title_is_literal() -> None:
    """A header shows what users wrote to the letter."""
    [block] = message("x", [header(MARKUP)]).blocks

    assert block["text"] == {"type": "plain_text", "text": MARKUP, "emoji": False}


def test_our_own_words_are_mrkdwn() -> None:
    """Sections and small print are read as markup, which is why what users wrote does not belong there."""
    made = message("x", [section("*bold* &lt;"), context("*bold* &lt;")])

    assert show(made.text, list(made.blocks)) == "bold <\nbold <"


def test_an_emoji_stands_in_its_line() -> None:
    """An emoji is an element of its own, so that no name can imitate one."""
    made = message("x", [lines([[emoji("large_green_circle"), literal(" :large_green_circle:")]])])

    assert show(made.text, list(made.blocks)) == "🟢 :large_green_circle:"


def test_a_title_that_is_too_long_is_not_built() -> None:
    """What Slack would refuse fails where it is made, not where it is sent."""
    with pytest.raises(SlackObjectFormationError):
        message("x", [header("x" * 151)])


@given(st.text() | st.sampled_from(NASTY))
def test_escaped_text_is_read_as_it_was_written(text: str) -> None:
    """Escaped text neither links nor mentions, and unescapes to what it was."""
    said = escaped(text)

    assert pings(said, None) == []
    assert not {"<", ">"} & set(said)
    assert said.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&") == text


def test_a_plain_message_says_what_the_blocks_said() -> None:
    """Without its blocks a message says the same, line by line, and what users wrote still mentions nobody."""
    blocks = [
        header(MARKUP),
        section("*ours*"),
        lines([[emoji("wave"), literal(" one")], [bold(MARKUP)]]),
        context("c"),
    ]
    plain = without_blocks(message("notification", blocks))

    written = "&lt;!channel&gt; *x* _y_ ~z~ `c` :tada: &amp;amp; &lt;https://evil.example|here&gt;"
    assert plain.text.splitlines() == [f"*{written}*", "*ours*", ":wave: one", written, "c"]
    assert plain.payload() == {"text": plain.text}
    assert pings(plain.text, None) == []


@pytest.mark.parametrize("make", [message, notice])
def test_a_plain_message_stays_what_it_was(make: Callable[[str, list[Block]], Message]) -> None:
    """Without its blocks a notice is still a notice, which takes no answer's place, and an answer is still none."""
    made = make("x", [header("One"), section("two"), lines([[bold("three"), link(" four", "https://x.example")]])])

    assert type(without_blocks(made)) is type(made)
    assert without_blocks(made).text == "*One*\ntwo\nthree four"


def test_what_an_asker_is_shown_is_for_them_alone() -> None:
    """The body of an acknowledgement is the message as JSON, ephemeral, and encoded once."""
    made = message("One", [section("*Two*")])

    assert json.loads(made.to_asker) == made.payload() | {"response_type": "ephemeral"}
    assert made.to_asker is made.to_asker


def test_long_text_becomes_a_block_that_slack_takes() -> None:
    """Text for the Home tab is cut to what a section holds."""
    check(Message("x", as_blocks("x" * 40_000)), "home")


def test_a_message_cannot_change() -> None:
    """A message is shown to many; none of them can change it for the others."""
    made = message("x", [section("x")])
    parts: list[Any] = made.payload()["blocks"]
    parts.clear()

    assert len(made.blocks) == 1
    with pytest.raises(AttributeError):
        made.text = "y"  # type: ignore[misc]
