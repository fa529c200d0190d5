"""Block Kit's rules: what Slack would refuse."""

from typing import Any

import pytest

from playground.blocks import characters, options_problems, problems, refusal, warnings

Json = dict[str, Any]


def plain(text: str) -> Json:
    return {"type": "plain_text", "text": text}


def section(text: str) -> Json:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}}


def rich(*runs: Json) -> Json:
    return {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": list(runs)}]}


def actions(*elements: Json) -> Json:
    return {"type": "actions", "elements": list(elements)}


def button(text: str = "Refresh", **more: Any) -> Json:
    return {"type": "button", "text": plain(text), **more}


def option(number: int) -> Json:
    return {"text": plain(f"Topic {number}"), "value": str(number)}


def select(count: int, **more: Any) -> Json:
    return {"type": "static_select", "options": [option(number) for number in range(count)]} | more


EVERYTHING = [
    {"type": "header", "text": plain("Who's online")},
    section("as of <!date^1700000000^{time}|14:03>"),
    {"type": "context", "elements": [plain("quiet")]},
    {"type": "divider"},
    rich(
        {"type": "text", "text": "Anna", "style": {"bold": True}},
        {"type": "emoji", "name": "large_green_circle"},
        {"type": "link", "url": "https://example.com"},
    ),
    actions(
        select(100, action_id="topic", placeholder=plain("Topic"), initial_option=option(7)),
        button(action_id="refresh", value="x" * 2000, style="primary", accessibility_label="Refresh"),
        {"type": "external_select", "action_id": "agent", "min_query_length": 0},
    ),
]


def test_what_slack_accepts_has_no_problems() -> None:
    """Every kind of block and element, used as the reference says, is accepted."""
    assert problems(EVERYTHING) == []
    assert refusal("Who's online", EVERYTHING) is None


@pytest.mark.parametrize(
    ("block", "said"),
    [
        ({"type": "header", "text": plain("x" * 151)}, "must be less than 151 characters"),
        ({"type": "header", "text": plain("")}, "must be more than 0 characters"),
        ({"type": "header", "text": {"type": "mrkdwn", "text": "x"}}, "unsupported type: mrkdwn"),
        ({"type": "header"}, "missing required field: text"),
        (section("x" * 3001), "must be less than 3001 characters"),
        ({"type": "section"}, "missing required field: text"),
        ({"type": "section", "fields": [plain("x")]}, "missing required field: text"),
        (section("x") | {"colour": "red"}, "additional property: colour"),
        (section("x") | {"block_id": "x" * 256}, "must be less than 256 characters"),
        ({"type": "context", "elements": [plain("x")] * 11}, "no more than 10 items allowed"),
        ({"type": "context", "elements": []}, "no fewer than 1 items allowed"),
        ({"type": "context", "elements": [button()]}, "unsupported type: button"),
        (actions(*[button()] * 26), "no more than 25 items allowed"),
        (actions(button("x" * 76)), "must be less than 76 characters"),
        (actions(button(value="x" * 2001)), "must be less than 2001 characters"),
        (actions(button(action_id="x" * 256)), "must be less than 256 characters"),
        (actions(button(style="huge")), "must be one of: primary, danger"),
        (actions(button(accessibility_label="x" * 76)), "must be less than 76 characters"),
        (actions(button(action_id="a"), button(action_id="a")), "action_id already used: a"),
        (actions(select(101)), "no more than 100 items allowed"),
        (actions(select(0)), "no fewer than 1 items allowed"),
        (actions(select(1, initial_option=option(7))), "initial_option must be one of the options"),
        (actions(select(1, placeholder=plain("x" * 151))), "must be less than 151 characters"),
        (actions({"type": "static_select"}), "missing required field: options"),
        (actions(select(1, options=[option(1) | {"text": plain("x" * 76)}])), "must be less than 76 characters"),
        (actions(select(1, options=[option(1) | {"value": "1" * 151}])), "must be less than 151 characters"),
        (rich({"type": "text", "text": ""}), "must be more than 0 characters"),
        (rich({"type": "text", "text": "x", "style": {"loud": True}}), "additional property: loud"),
        (actions({"type": "external_select", "min_query_length": "0"}), "must be an integer"),
        (rich({"type": "mrkdwn", "text": "x"}), "unsupported type: mrkdwn"),
        ({"type": "rich_text", "elements": [{"type": "text", "text": "x"}]}, "unsupported type: text"),
        ({"type": "table", "rows": []}, "unsupported type: table"),
        (actions({"type": "overflow", "options": [option(1)]}), "unsupported type: overflow"),
        ("not a block", "must be an object"),
        ({"type": ["header"]}, "unsupported type: ['header']"),
    ],
)
def test_over_a_limit_is_refused(block: Json, said: str) -> None:
    """A block that breaks one rule is refused for that rule, in Slack's words."""
    assert any(line.startswith(said) for line in problems([block])), problems([block])


def test_a_problem_names_its_place() -> None:
    """A problem points at the very value, as Slack does."""
    found = problems([{"type": "divider"}, section("x" * 3001)])
    assert found == ["must be less than 3001 characters [json-pointer:/blocks/1/text/text]"]


def test_a_message_holds_fifty_blocks_and_a_home_tab_a_hundred() -> None:
    """A message holds 50 blocks, a Home tab 100."""
    blocks: list[Json] = [{"type": "divider"}] * 51
    assert problems(blocks) == ["no more than 50 items allowed [json-pointer:/blocks]"]
    assert problems(blocks, surface="home") == []
    assert problems(blocks * 2, surface="home") == ["no more than 100 items allowed [json-pointer:/blocks]"]


def test_block_ids_are_unique_in_a_message_and_action_ids_in_a_block() -> None:
    """A block_id may be used once in a message, an action_id once in a block."""
    block = actions(button(action_id="a"))
    assert problems([block, block]) == []
    assert problems([block | {"block_id": "b"}] * 2) == ["block_id already used: b [json-pointer:/blocks]"]


def test_a_message_has_some_text_and_not_too_much() -> None:
    """A message without text and blocks is refused, as are more than 40,000 characters; 4,000 are advised against."""
    assert refusal("", []) == ("no_text", [])
    assert warnings("x" * 4_001) == ["text_over_4000_characters"]
    assert refusal("x" * 40_000, None) is None
    assert (refusal("x" * 40_001, None) or [""])[0] == "msg_too_long"


def test_too_many_characters_in_all_are_refused() -> None:
    """Blocks that are sound one by one can be too much together, but only for chat methods."""
    blocks = [section("x" * 3000)] * 5
    assert characters(blocks) == 15_625
    assert (refusal("x", blocks) or [""])[0] == "msg_blocks_too_long"
    assert refusal("x", blocks, total=False) is None


def test_an_external_menu_takes_a_hundred_options() -> None:
    """A menu's answer may carry 100 options, or none."""
    assert options_problems({"options": []}) == []
    assert options_problems({"options": [option(n) for n in range(101)]})
    assert options_problems({"text": "hello"})
