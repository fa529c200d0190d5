"""A message, and the few kinds of block that messages here are made of."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import Enum
from functools import cached_property
from typing import Any, Final

from slack_sdk.models.blocks import (
    Block,
    ContextBlock,
    HeaderBlock,
    MarkdownTextObject,
    PlainTextObject,
    RichTextBlock,
    RichTextElementParts,
    RichTextSectionElement,
    SectionBlock,
)

Part = RichTextElementParts.Text | RichTextElementParts.Emoji | RichTextElementParts.Link
"""A piece of a line: literal text, an emoji of ours, or literal text with a link."""

MAX_SECTION: Final = 3_000
"""Characters of a section: https://docs.slack.dev/reference/block-kit/blocks/section-block/."""


class Kind(Enum):
    """What a message is, which decides where it may go."""

    ANSWER = "answer"
    """An answer about presence. It may take the place of another answer, and be shared."""

    NOTICE = "notice"
    """Anything else that the bot says. It takes no answer's place and is not shared."""

    ALONE = "alone"
    """What one person alone is shown, wherever they asked: why they are refused something, or what is not for all."""


@dataclass(frozen=True)
class Message:
    """What Slack is sent: the blocks, and `text` for notifications and for readers that show no blocks."""

    text: str
    blocks: tuple[dict[str, Any], ...]
    kind: Kind

    def payload(self) -> dict[str, Any]:
        """The message as Slack's JSON has it."""
        return {"text": self.text, "blocks": list(self.blocks)} if self.blocks else {"text": self.text}

    @cached_property
    def as_acknowledgement(self) -> str:
        """The body of an acknowledgement that shows the message to the asker alone, encoded once for all askers."""
        return json.dumps(self.payload() | {"response_type": "ephemeral"})


def for_one_alone(message: Message) -> Message:
    """The same message for its asker alone."""
    return replace(message, kind=Kind.ALONE)


def without_blocks(message: Message) -> Message:
    """The same message as plain text, for when Slack refuses its blocks.

    What users wrote is escaped, so that it neither links nor mentions anybody.
    """
    return replace(message, text="\n".join(line for block in message.blocks for line in _plain_lines(block)), blocks=())


def as_blocks(text: str) -> tuple[dict[str, Any], ...]:
    """Text as one block, for a place that takes nothing but blocks. What one block cannot hold is cut off."""
    return _as_json([section(text[:MAX_SECTION])])


def _plain_lines(block: dict[str, Any]) -> list[str]:
    match block:
        case {"type": "rich_text", "elements": sections}:
            return ["".join(_plain_part(part) for part in section["elements"]) for section in sections]
        case {"type": "context", "elements": elements}:
            return [element["text"] for element in elements]
        case {"type": "header", "text": {"text": title}}:
            return [f"*{escaped(title)}*"]
        case {"text": {"text": mrkdwn}}:
            return [mrkdwn]
        case _:
            return []


def _plain_part(part: dict[str, Any]) -> str:
    return f":{part['name']}:" if part["type"] == "emoji" else escaped(part["text"])


def message(text: str, blocks: Iterable[Block], kind: Kind) -> Message:
    """A message of blocks. `text` is mrkdwn. slack_sdk checks Slack's limits as it builds."""
    return Message(text, _as_json(blocks), kind)


def _as_json(blocks: Iterable[Block]) -> tuple[dict[str, Any], ...]:
    return tuple(block.to_dict() for block in blocks)


def header(title: str) -> HeaderBlock:
    """The message's title: literal, also where it looks like an emoji. At most 150 characters."""
    return HeaderBlock(text=PlainTextObject(text=title, emoji=False))


def section(mrkdwn: str) -> SectionBlock:
    """A paragraph of our own words. What users wrote does not belong here: mrkdwn has no escape for `*_~`.

    https://docs.slack.dev/messaging/formatting-message-text/
    """
    return SectionBlock(text=MarkdownTextObject(text=mrkdwn))


def context(mrkdwn: str) -> ContextBlock:
    """A line of our own words in small print."""
    return ContextBlock(elements=[MarkdownTextObject(text=mrkdwn)])


def lines(rows: Iterable[Iterable[Part]]) -> RichTextBlock:
    """Lines of literal text, whatever users wrote: rich text is never parsed for markup or mentions.

    https://docs.slack.dev/reference/block-kit/blocks/rich-text-block/
    """
    return RichTextBlock(elements=[RichTextSectionElement(elements=list(row)) for row in rows])


def literal(text: str) -> RichTextElementParts.Text:
    """Text that is shown as it is."""
    return RichTextElementParts.Text(text=text)


def bold(text: str) -> RichTextElementParts.Text:
    """Text that is shown as it is, in bold."""
    return RichTextElementParts.Text(text=text, style=RichTextElementParts.TextStyle(bold=True))


def link(text: str, url: str) -> RichTextElementParts.Link:
    """Text in bold that is shown as it is, with a link to the address."""
    return RichTextElementParts.Link(text=text, url=url, style=RichTextElementParts.TextStyle(bold=True))


def emoji(name: str) -> RichTextElementParts.Emoji:
    """An emoji, always beside words that say the same."""
    return RichTextElementParts.Emoji(name=name)


def escaped(text: str) -> str:
    """What users wrote, for `text` alone: `&`, `<` and `>` escaped, so that it can neither link nor mention.

    https://docs.slack.dev/messaging/formatting-message-text/#escaping
    """
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
