"""Block Kit's rules: what Slack would refuse, said in Slack's own way.

Only the kinds of blocks and elements that the bot sends are known; others are refused, until they are needed.
The whole reference: https://docs.slack.dev/reference/block-kit
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any, Literal

from playground.block_rules import Json, Rule, flag, many, one_of, says, shape, string, typed, whole

Surface = Literal["message", "home"]

# https://docs.slack.dev/reference/block-kit/blocks
MOST_BLOCKS: dict[Surface, int] = {"message": 50, "home": 100}
# https://docs.slack.dev/reference/methods/chat.postMessage: longer text is cut off, best is below 4,000.
MOST_TEXT = 40_000
GOOD_TEXT = 4_000
# Not in the reference: measured as 13,297 characters in one block and 125 less for each further block.
# slackapi/bolt-js#2509; a response_url does not have this limit (slackapi/bolt-js#2867).
MOST_CHARACTERS = 13_422
BLOCK_OVERHEAD = 125


def problems(blocks: list[Json], *, surface: Surface = "message") -> list[str]:
    """List everything for which Slack answers `invalid_blocks`, each with its place as a JSON pointer."""
    return list(_blocks(blocks, surface))


def refusal(text: str | None, blocks: list[Json] | None, *, total: bool = True) -> tuple[str, list[str]] | None:
    """Give Slack's error code and messages for this message, or None if Slack takes it.

    `total` adds the limit on all characters together, which holds for `chat.*` methods alone.
    """
    if not text and not blocks:
        return "no_text", []
    if text is not None and len(text) > MOST_TEXT:
        return "msg_too_long", [f"text has {len(text)} characters"]
    found = problems(blocks or [])
    if found:
        return "invalid_blocks", found
    if total and blocks and characters(blocks) > MOST_CHARACTERS:
        return "msg_blocks_too_long", [f"the blocks count for {characters(blocks)} characters"]
    return None


def warnings(text: str | None) -> list[str]:
    """List what Slack takes but advises against."""
    return ["text_over_4000_characters"] if text is not None and len(text) > GOOD_TEXT else []


def characters(blocks: list[Json]) -> int:
    """Count how much of Slack's limit on a whole message these blocks use up."""
    return BLOCK_OVERHEAD * len(blocks) + sum(len(text) for block in blocks for text in _texts(block))


def options_problems(body: Json) -> list[str]:
    """List what is wrong with the answer to an `external_select` that asks for its options.

    https://docs.slack.dev/reference/block-kit/block-elements/select-menu-element
    """
    return list(shape(optional={"options": many(OPTION, 100, 0)})(body, ""))


# --- composition objects ---


def _plain(most: int) -> Rule:
    # https://docs.slack.dev/reference/block-kit/composition-objects/text-object
    return typed({"plain_text": shape({"text": string(most)}, {"emoji": flag})})


def _text(most: int) -> Rule:
    return typed(
        {
            "plain_text": shape({"text": string(most)}, {"emoji": flag}),
            "mrkdwn": shape({"text": string(most)}, {"verbatim": flag}),
        }
    )


# https://docs.slack.dev/reference/block-kit/composition-objects/option-object
OPTION = shape({"text": _plain(75), "value": string(150)}, {"description": _plain(75)})


# --- elements ---


def _same_choice(select: Json, at: str) -> Iterator[str]:
    """The choice shown first must be one of the choices, character by character."""
    if "initial_option" in select and select["initial_option"] not in select["options"]:
        yield from says("initial_option must be one of the options", f"{at}/initial_option")


_ACTION: dict[str, Rule] = {"action_id": string(255)}
_SELECT: dict[str, Rule] = {**_ACTION, "placeholder": _plain(150), "focus_on_load": flag}
INTERACTIVE: dict[str, Rule] = {
    # https://docs.slack.dev/reference/block-kit/block-elements/button-element
    "button": shape(
        {"text": _plain(75)},
        {**_ACTION, "value": string(2000), "style": one_of("primary", "danger"), "accessibility_label": string(75)},
    ),
    # https://docs.slack.dev/reference/block-kit/block-elements/select-menu-element
    "static_select": shape({"options": many(OPTION, 100)}, {**_SELECT, "initial_option": OPTION}, also=_same_choice),
    "external_select": shape(optional={**_SELECT, "initial_option": OPTION, "min_query_length": whole(0)}),
}


# --- rich text: https://docs.slack.dev/reference/block-kit/blocks/rich-text-block ---

_STYLE = shape(optional=dict.fromkeys(("bold", "italic", "strike", "code", "underline"), flag))
RICH: dict[str, Rule] = {
    "text": shape({"text": string()}, {"style": _STYLE}),
    "link": shape({"url": string()}, {"text": string(), "unsafe": flag, "style": _STYLE}),
    "emoji": shape({"name": string()}, {"unicode": string(), "skin_tone": whole(2, 6), "style": _STYLE}),
}
_SECTION = shape({"elements": many(typed(RICH), None)})


# --- blocks ---

_ID: dict[str, Rule] = {"block_id": string(255)}
BLOCKS: dict[str, Rule] = {
    # https://docs.slack.dev/reference/block-kit/blocks/header-block
    "header": shape({"text": _plain(150)}, {**_ID, "level": whole(1, 6)}),
    # https://docs.slack.dev/reference/block-kit/blocks/section-block
    "section": shape({"text": _text(3000)}, {**_ID, "expand": flag}),
    # https://docs.slack.dev/reference/block-kit/blocks/context-block
    "context": shape({"elements": many(_text(3000), 10)}, _ID),
    "divider": shape(optional=_ID),
    # https://docs.slack.dev/reference/block-kit/blocks/actions-block
    "actions": shape({"elements": many(typed(INTERACTIVE), 25)}, _ID),
    "rich_text": shape({"elements": many(typed({"rich_text_section": _SECTION}), None)}, _ID),
}


def _blocks(blocks: Any, surface: Surface) -> Iterator[str]:
    """Apply the rules of single blocks, and, if those are kept, the rules of a whole message."""
    found = list(many(typed(BLOCKS), MOST_BLOCKS[surface], 0)(blocks, "/blocks"))
    yield from found
    if found:
        return
    for key in _twice(block.get("block_id") for block in blocks):
        yield from says(f"block_id already used: {key}", "/blocks")
    for index, block in enumerate(blocks):
        # Only within its block must an action_id be unique.
        for key in _twice(element.get("action_id") for element in elements(block)):
            yield from says(f"action_id already used: {key}", f"/blocks/{index}/elements")


def elements(block: Json) -> list[Json]:
    """List what can be clicked or chosen in a sound block."""
    return list(block["elements"]) if block["type"] == "actions" else []


def _twice(keys: Iterable[str | None]) -> list[str]:
    counts = Counter(key for key in keys if key is not None)
    return [key for key, count in counts.items() if count > 1]


def _texts(value: Any) -> Iterator[str]:
    """Find every string under a `text` key, however deep."""
    if isinstance(value, dict):
        for key, each in value.items():
            if key == "text" and isinstance(each, str):
                yield each
            else:
                yield from _texts(each)
    elif isinstance(value, list):
        for each in value:
            yield from _texts(each)
