"""A Slack message as its reader sees it, in plain text for a terminal."""

import re
import textwrap
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, tzinfo
from typing import Any

from rich.cells import cell_len

Json = dict[str, Any]
# Names a person (U…), a channel (C…) or a group (S…); None if it is not known.
Namer = Callable[[str], str | None]

# The names that Slack gives to emoji, as far as this product needs them.
EMOJI = {
    "hourglass_flowing_sand": "⏳",
    "large_green_circle": "🟢",
    "large_orange_circle": "🟠",
    "warning": "⚠️",
    "white_circle": "⚪",
}

_SHORTCODE = re.compile(r":([a-z0-9_+-]+):")
_ANGLED = re.compile(r"<([^<>]*)>")
_BOLD_ITALIC_STRIKE = re.compile(r"(?<!\w)([*_~])(?=\S)([^*_~\n]*?\S)\1(?!\w)")
_CODE = re.compile(r"(```.*?```|`[^`\n]+`)", re.DOTALL)
_PING = re.compile(r"<(!channel|!here|!everyone|!subteam\^[A-Z0-9]+|@[UW][A-Z0-9]+)(?:\|[^<>]*)?>")
_TOKEN = re.compile(r"\{(\w+)\}")


def show(
    text: str | None,
    blocks: list[Json] | None,
    *,
    width: int = 80,
    timezone: tzinfo = UTC,
    now: datetime | None = None,
    name_of: Namer = lambda _id: None,
) -> str:
    """Draw the blocks, or the text if there are none: the text is then only for notifications.

    `now`, aware, decides what "today" means.
    """
    reader = _Reader(width, timezone, now or datetime.now(timezone), name_of)
    if not blocks:
        return reader.wrap(reader.mrkdwn(text or ""))
    return "\n".join(reader.block(block) for block in blocks)


def pings(text: str | None, blocks: list[Json] | None) -> list[str]:
    """List what in this message would notify people, written as in mrkdwn: `<!channel>`, `<@U123>`."""
    return [*_pings_in(text or ""), *_pings(blocks or [])]


def _pings_in(mrkdwn: str) -> list[str]:
    return [f"<{found}>" for found in _PING.findall(mrkdwn)]


def _pings(value: Any) -> Iterator[str]:
    if isinstance(value, list):
        for each in value:
            yield from _pings(each)
    if not isinstance(value, dict):
        return
    match value:
        case {"type": "user", "user_id": user}:
            yield f"<@{user}>"
        case {"type": "usergroup", "usergroup_id": group}:
            yield f"<!subteam^{group}>"
        case {"type": "broadcast", "range": reach}:
            yield f"<!{reach}>"
        case {"type": "mrkdwn" | "markdown", "text": str(text)}:
            yield from _pings_in(text)
        case _:
            for each in value.values():
                yield from _pings(each)


class _Reader:
    """One person's screen: its width, its clock, and the names that it knows."""

    def __init__(self, width: int, timezone: tzinfo, now: datetime, name_of: Namer) -> None:
        self.width = width
        self.timezone = timezone
        self.now = now.astimezone(timezone)
        self.name_of = name_of

    # --- blocks ---

    def block(self, block: Json) -> str:
        match block:
            case {"type": "header", "text": text}:
                words = self.text(text)
                return f"{self.wrap(words)}\n{'═' * min(cell_len(words), self.width)}"
            case {"type": "divider"}:
                return "─" * self.width
            case {"type": "section", "text": text}:
                return self.wrap(self.text(text))
            case {"type": "context" | "actions", "elements": elements}:
                return self.wrap("  ".join(self.element(each) for each in elements))
            case {"type": "rich_text", "elements": elements}:
                return "\n".join(self.rich(each) for each in elements)
            case _:
                return f"[unknown block: {block.get('type')}]"

    def element(self, element: Json) -> str:
        match element:
            case {"type": "button", "text": text}:
                return f"[ {self.text(text)} ]"
            case {"type": "plain_text" | "mrkdwn"}:
                return self.text(element)
            case {"type": str(kind)} if kind.endswith("_select"):
                shown = element.get("initial_option", {}).get("text") or element.get("placeholder")
                return f"[ {self.text(shown) if shown else 'Select an item'} ▾ ]"
            case _:
                return f"[unknown element: {element.get('type')}]"

    # --- rich text ---

    def rich(self, part: Json) -> str:
        match part:
            case {"type": "rich_text_section", "elements": elements}:
                return self.wrap("".join(map(self.run, elements)))
            case _:
                return f"[unknown rich text: {part.get('type')}]"

    def run(self, run: Json) -> str:
        match run:
            case {"type": "text", "text": str(text)}:
                return text  # literal: neither shortcodes nor escapes mean anything here
            case {"type": "emoji", "name": str(name)}:
                return EMOJI.get(name, f":{name}:")
            case {"type": "link", "url": str(url)}:
                return f"{run['text']} ({url})" if run.get("text") else url
            case _:
                return f"[unknown rich text: {run.get('type')}]"

    # --- text objects ---

    def text(self, text: Json) -> str:
        if text["type"] == "mrkdwn":
            return self.mrkdwn(text["text"])
        return _emoji(text["text"])

    def mrkdwn(self, text: str) -> str:
        """Read mrkdwn: https://docs.slack.dev/messaging/formatting-message-text."""
        parts = _CODE.split(text.replace("\0", ""))
        for index, part in enumerate(parts):
            if index % 2:
                parts[index] = _unescape(part.strip("`").strip("\n"))
            else:
                # What is angled is put in last, so that no name or address in it is read as formatting.
                angled = [self.angled(found) for found in _ANGLED.findall(part)]
                words = _emoji(_plain(_ANGLED.sub("\0", part)))
                parts[index] = _fill(words, angled)
        return "".join(parts)

    def angled(self, inside: str) -> str:
        target, _, label = inside.partition("|")
        label = _unescape(label)
        if target.startswith("!date^"):
            _, timestamp, form, *_ = [*target.split("^"), "", ""]
            return self.when(timestamp, form, label)
        if target.startswith("!"):
            return "@" + target.removeprefix("!")
        if target.startswith(("@", "#")):
            return target[0] + (self.name_of(target[1:]) or label or target[1:])
        return f"{label} ({_unescape(target)})" if label else _unescape(target)

    # --- dates ---

    def when(self, timestamp: str, form: str, fallback: str) -> str:
        """Read the date in this reader's own zone; a form that is not known is replaced by the fallback.

        https://docs.slack.dev/messaging/formatting-message-text#date-formatting
        """
        if not timestamp.isdigit():
            return fallback
        at = datetime.fromtimestamp(int(timestamp), self.timezone)
        near = {-1: "yesterday", 0: "today", 1: "tomorrow"}.get((at.date() - self.now.date()).days)
        written = {
            "date_short_pretty": near or f"{at:%b} {at.day}, {at.year}",
            "time": f"{at:%H:%M}",
            "time_secs": f"{at:%H:%M:%S}",
        }
        found = _TOKEN.findall(form)
        if not found or not all(name in written for name in found):
            return fallback
        return _TOKEN.sub(lambda token: written[token[1]], form)

    def wrap(self, text: str) -> str:
        return "\n".join(piece for line in text.split("\n") for piece in self._wrapped(line, self.width))

    @staticmethod
    def _wrapped(line: str, width: int) -> list[str]:
        """A line in pieces; only the first keeps the spaces that it begins with."""
        first, *rest = textwrap.wrap(line, width, break_long_words=False, drop_whitespace=False) or [""]
        return [first.rstrip(), *(piece.strip() for piece in rest)]


def _emoji(text: str) -> str:
    return _SHORTCODE.sub(lambda found: EMOJI.get(found[1], found[0]), text)


def _plain(text: str) -> str:
    """Take off the marks of bold, italic and struck text, which a terminal shows plainly."""
    while (without := _BOLD_ITALIC_STRIKE.sub(r"\2", text)) != text:
        text = without
    return text


def _unescape(text: str) -> str:
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def _fill(words: str, angled: list[str]) -> str:
    pieces = [_unescape(piece) for piece in words.split("\0")]
    return "".join(piece + extra for piece, extra in zip(pieces, [*angled, ""], strict=True))
