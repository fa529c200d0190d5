"""Block Kit's rules: what Slack would refuse, said in Slack's own way.

The whole reference: https://docs.slack.dev/reference/block-kit
"""

import itertools
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any, Literal

from playground.block_rules import Json, Rule, flag, many, number, one_of, says, shape, string, typed, whole

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
# https://docs.slack.dev/reference/block-kit/blocks/markdown-block: for all of a message's together.
MOST_MARKDOWN = 12_000
# https://docs.slack.dev/reference/block-kit/blocks/table-block: for all cells together.
MOST_CELL_CHARACTERS = 10_000
MOST_OF_A_KIND = {"table": 1, "data_visualization": 2}
MESSAGES_ONLY = frozenset({"markdown", "table", "data_table", "data_visualization"})


def problems(blocks: list[Json], *, surface: Surface = "message") -> list[str]:
    """List everything for which Slack answers `invalid_blocks`, each with its place as a JSON pointer."""
    return list(_blocks(blocks, surface))


def refusal(text: str | None, blocks: list[Json] | None, *, total: bool = True) -> tuple[str, list[str]] | None:
    """Give Slack's error code and messages for this message, or None where Slack takes it.

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
    rule = shape(optional={"options": many(OPTION, 100, 0), "option_groups": many(OPTION_GROUP, 100, 0)})
    return list(rule(body, ""))


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


# https://docs.slack.dev/reference/block-kit/composition-objects/confirmation-dialog-object
CONFIRM = shape(
    {"title": _plain(100), "text": _text(300), "confirm": _plain(30), "deny": _plain(30)},
    {"style": one_of("primary", "danger")},
)
# https://docs.slack.dev/reference/block-kit/composition-objects/option-object
OPTION = shape({"text": _plain(75), "value": string(150)}, {"description": _plain(75)})
OVERFLOW_OPTION = shape({"text": _plain(75), "value": string(150)}, {"description": _plain(75), "url": string(3000)})
# https://docs.slack.dev/reference/block-kit/composition-objects/option-group-object
OPTION_GROUP = shape({"label": _plain(75), "options": many(OPTION, 100)})


# --- elements ---


def _same_choice(select: Json, at: str) -> Iterator[str]:
    """Ask that the choice shown first is one of the choices, the same to the letter."""
    if ("options" in select) == ("option_groups" in select):
        yield from says("must define either `options` or `option_groups`", at)
        return
    groups = select.get("option_groups", [])
    choices = select.get("options") or list(itertools.chain.from_iterable(each["options"] for each in groups))
    if "initial_option" in select and select["initial_option"] not in choices:
        yield from says("initial_option must be one of the options", f"{at}/initial_option")


_ACTION: dict[str, Rule] = {"action_id": string(255)}
_SELECT: dict[str, Rule] = {
    **_ACTION,
    "placeholder": _plain(150),
    "confirm": CONFIRM,
    "focus_on_load": flag,
}
# https://docs.slack.dev/reference/block-kit/block-elements/image-element
IMAGE = shape(
    {"alt_text": string(2000)},
    {"image_url": string(3000), "slack_file": shape(optional={"id": string(), "url": string()})},
    either=("image_url", "slack_file"),
)
INTERACTIVE: dict[str, Rule] = {
    # https://docs.slack.dev/reference/block-kit/block-elements/button-element
    "button": shape(
        {"text": _plain(75)},
        {
            **_ACTION,
            "value": string(2000),
            "url": string(3000),
            "style": one_of("primary", "danger"),
            "confirm": CONFIRM,
            "accessibility_label": string(75),
        },
    ),
    # https://docs.slack.dev/reference/block-kit/block-elements/select-menu-element
    "static_select": shape(
        optional={
            **_SELECT,
            "options": many(OPTION, 100),
            "option_groups": many(OPTION_GROUP, 100),
            "initial_option": OPTION,
        },
        also=_same_choice,
    ),
    "external_select": shape(
        optional={**_SELECT, "initial_option": OPTION, "min_query_length": whole(0)},
    ),
    "users_select": shape(optional={**_SELECT, "initial_user": string()}),
    "channels_select": shape(optional={**_SELECT, "initial_channel": string()}),
    "conversations_select": shape(
        optional={**_SELECT, "initial_conversation": string(), "default_to_current_conversation": flag},
    ),
    # https://docs.slack.dev/reference/block-kit/block-elements/overflow-menu-element
    "overflow": shape({"options": many(OVERFLOW_OPTION, 5)}, {**_ACTION, "confirm": CONFIRM}),
}


# --- rich text: https://docs.slack.dev/reference/block-kit/blocks/rich-text-block ---

_STYLE = shape(optional=dict.fromkeys(("bold", "italic", "strike", "code", "underline"), flag))
_MENTION_STYLE = shape(
    optional=dict.fromkeys(("bold", "italic", "strike", "highlight", "client_highlight", "unlink", "underline"), flag)
)
RICH: dict[str, Rule] = {
    "text": shape({"text": string()}, {"style": _STYLE}),
    "link": shape({"url": string()}, {"text": string(), "unsafe": flag, "style": _STYLE}),
    "emoji": shape({"name": string()}, {"unicode": string(), "skin_tone": whole(2, 6), "style": _STYLE}),
    "user": shape({"user_id": string()}, {"style": _MENTION_STYLE}),
    "usergroup": shape({"usergroup_id": string()}, {"style": _MENTION_STYLE}),
    "channel": shape({"channel_id": string()}, {"style": _MENTION_STYLE}),
    "broadcast": shape({"range": one_of("here", "channel", "everyone")}, {"style": _MENTION_STYLE}),
    # https://docs.slack.dev/reference/block-kit/block-elements/date-element
    "date": shape(
        {"timestamp": whole(0), "format": string()},
        {"timezone": string(), "url": string(), "fallback": string(), "style": _MENTION_STYLE},
    ),
    "color": shape({"value": string()}, {"style": _STYLE}),
}
_SECTION = shape({"elements": many(typed(RICH), None)})
_PLAIN_RICH = typed({kind: RICH[kind] for kind in ("text", "link")})
RICH_TEXT = shape(
    {
        "elements": many(
            typed(
                {
                    "rich_text_section": _SECTION,
                    "rich_text_list": shape(
                        {
                            "style": one_of("bullet", "ordered"),
                            "elements": many(typed({"rich_text_section": _SECTION}), None),
                        },
                        {"indent": whole(0, 8), "offset": whole(0), "border": whole(0, 1)},
                    ),
                    "rich_text_preformatted": shape(
                        {"elements": many(_PLAIN_RICH, None)},
                        {"border": whole(0, 1), "language": string()},
                    ),
                    "rich_text_quote": shape({"elements": many(typed(RICH), None)}, {"border": whole(0, 1)}),
                }
            ),
            None,
        )
    },
    {"block_id": string(255)},
)


# --- tables and charts ---


def _same_width(table: Json, at: str) -> Iterator[str]:
    rows = table["rows"]
    if len({len(row) for row in rows}) > 1:
        yield from says("all rows must have the same number of cells", f"{at}/rows")
    used = sum(len(text) for row in rows for cell in row for text in _texts(cell))
    if used > MOST_CELL_CHARACTERS:
        yield from says(f"must be less than {MOST_CELL_CHARACTERS + 1} characters in all cells", f"{at}/rows")


def _plain_header(table: Json, at: str) -> Iterator[str]:
    yield from _same_width(table, at)
    for index, cell in enumerate(table["rows"][0]):
        if cell["type"] == "rich_text":
            yield from says("a header cell cannot be rich_text", f"{at}/rows/0/{index}")


def _every_category(chart: Json, at: str) -> Iterator[str]:
    """Ask for one value of every series for every category, and for names that differ."""
    names = [series["name"] for series in chart["series"]]
    if len(set(names)) != len(names):
        yield from says("series names must be unique", f"{at}/series")
    for index, series in enumerate(chart["series"]):
        labels = [point["label"] for point in series["data"]]
        if sorted(labels) != sorted(chart["axis_config"]["categories"]):
            yield from says("data labels must match the categories", f"{at}/series/{index}/data")


# https://docs.slack.dev/reference/block-kit/blocks/table-block
_CELLS = typed(
    {
        "raw_text": shape({"text": string()}),
        "raw_number": shape({"value": number}, {"text": string()}),
        "rich_text": RICH_TEXT,
    }
)


def _column(value: Any, at: str) -> Iterator[str]:
    """Ask for a column's setting; null leaves the column as it is."""
    if value is not None:
        setting = shape(optional={"align": one_of("left", "center", "right"), "is_wrapped": flag})
        yield from setting(value, at)


# https://docs.slack.dev/reference/block-kit/blocks/data-visualization-block
_POINT = shape({"label": string(20), "value": number})
_SERIES_CHART = shape(
    {
        "series": many(shape({"name": string(20), "data": many(_POINT, 20)}), 6),
        "axis_config": shape({"categories": many(string(20), 20)}, {"x_label": string(50), "y_label": string(50)}),
    },
    also=_every_category,
)
CHART = typed(
    {
        "pie": shape({"segments": many(_POINT, 6)}),
        "line": _SERIES_CHART,
        "bar": _SERIES_CHART,
        "area": _SERIES_CHART,
    }
)


# --- blocks ---

_ID: dict[str, Rule] = {"block_id": string(255)}
BLOCKS: dict[str, Rule] = {
    # https://docs.slack.dev/reference/block-kit/blocks/header-block
    "header": shape({"text": _plain(150)}, {**_ID, "level": whole(1, 6)}),
    # https://docs.slack.dev/reference/block-kit/blocks/section-block
    "section": shape(
        optional={
            **_ID,
            "text": _text(3000),
            "fields": many(_text(2000), 10),
            "accessory": typed(INTERACTIVE | {"image": IMAGE}),
            "expand": flag,
        },
        either=("text", "fields"),
    ),
    # https://docs.slack.dev/reference/block-kit/blocks/context-block
    "context": shape(
        {
            "elements": many(
                typed({"image": IMAGE, "plain_text": _plain(3000), "mrkdwn": _text(3000)}),
                10,
            )
        },
        _ID,
    ),
    "divider": shape(optional=_ID),
    # https://docs.slack.dev/reference/block-kit/blocks/actions-block
    "actions": shape({"elements": many(typed(INTERACTIVE), 25)}, _ID),
    # https://docs.slack.dev/reference/block-kit/blocks/image-block
    "image": shape(
        {"alt_text": string(2000)},
        {
            **_ID,
            "image_url": string(3000),
            "slack_file": shape(optional={"id": string(), "url": string()}),
            "title": _plain(2000),
        },
        either=("image_url", "slack_file"),
    ),
    "rich_text": RICH_TEXT,
    # https://docs.slack.dev/reference/block-kit/blocks/markdown-block
    "markdown": shape({"text": string(MOST_MARKDOWN)}, _ID),
    "table": shape(
        {"rows": many(many(_CELLS, 20), 100)},
        {**_ID, "column_settings": many(_column, 20, 0)},
        also=_same_width,
    ),
    # https://docs.slack.dev/reference/block-kit/blocks/data-table-block
    "data_table": shape(
        {"rows": many(many(_CELLS, 20), 101, 2), "caption": string()},
        {**_ID, "page_size": whole(1, 100), "row_header_column_index": whole(0, 19)},
        also=_plain_header,
    ),
    "data_visualization": shape({"title": string(50), "chart": CHART}, _ID),
}


def _blocks(blocks: Any, surface: Surface) -> Iterator[str]:
    """Apply the rules of single blocks, and, where those are kept, the rules of a whole message."""
    left_out = frozenset() if surface == "message" else MESSAGES_ONLY
    shapes = {kind: rule for kind, rule in BLOCKS.items() if kind not in left_out}
    found = list(many(typed(shapes), MOST_BLOCKS[surface], 0)(blocks, "/blocks"))
    yield from found
    if found:
        return
    for key in _twice(block.get("block_id") for block in blocks):
        yield from says(f"block_id already used: {key}", "/blocks")
    for kind, most in MOST_OF_A_KIND.items():
        if sum(block["type"] == kind for block in blocks) > most:
            yield from says(f"no more than {most} {kind} blocks allowed", "/blocks")
    if sum(len(block["text"]) for block in blocks if block["type"] == "markdown") > MOST_MARKDOWN:
        yield from says(f"must be less than {MOST_MARKDOWN + 1} characters in all markdown", "/blocks")
    for index, block in enumerate(blocks):
        # Only within its block must an action_id be the only one of its name.
        for key in _twice(element.get("action_id") for element in elements(block)):
            yield from says(f"action_id already used: {key}", f"/blocks/{index}/elements")


def elements(block: Json) -> list[Json]:
    """List what can be clicked or chosen in a sound block."""
    found = block.get("elements", []) if block["type"] == "actions" else [block.get("accessory")]
    return [element for element in found if element is not None and element["type"] in INTERACTIVE]


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
