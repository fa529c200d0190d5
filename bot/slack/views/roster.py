"""The roster, and its variants: by topic, nobody, no such topic."""

from collections.abc import Iterable
from datetime import UTC, datetime
from itertools import islice
from typing import Final, assert_never

from slack_sdk.models.blocks import Block, RichTextElementParts

from bot.presence.model import Snapshot, State
from bot.presence.roster import Answer, NoSuchTopic, Roster, Seat, TopicGroup, TopicList
from bot.slack.views import words
from bot.slack.views.message import (
    Message,
    Part,
    bold,
    context,
    emoji,
    escaped,
    header,
    lines,
    literal,
    message,
    section,
)

MAX_LINES: Final = 40
"""Agents or topics in a message; more are a wall that nobody reads."""

MAX_CHARACTERS: Final = 9_000
"""Characters of those lines. Slack does not say from where on it refuses a message as `msg_blocks_too_long`; others
found about 13,000: https://github.com/slackapi/bolt-js/issues/2509"""

MAX_AGENTS_OF_TOPIC: Final = 8
LINES_IN_A_BLOCK: Final = 10

_EMOJI: Final = {
    State.FREE: "large_green_circle",
    State.BUSY: "large_orange_circle",
    State.AWAY: "white_circle",
}


def answer_message(answer: Answer) -> Message:
    """The message that shows an answer."""
    match answer:
        case Roster():
            return _roster(answer)
        case TopicList():
            return _topic_list(answer)
        case NoSuchTopic():
            return _no_such_topic(answer)
        case _:
            assert_never(answer)


def _roster(roster: Roster) -> Message:
    summary = words.summary(roster.count, _time(roster.snapshot.taken_at))
    title = words.title(roster.topics)
    blocks: list[Block] = [header(title), *_stale(roster.snapshot), section(summary)]
    if roster.seats:
        shown = _fitting(map(_agent, roster.seats))
        blocks += _in_blocks(shown)
        blocks += _more(len(roster.seats) - len(shown), "agent", "agents", words.FEWER)
    else:
        blocks.append(lines([[literal(words.nobody(roster))]]))
    if roster.seats and roster.uncovered:
        blocks.append(lines([[literal(words.uncovered(roster.uncovered))]]))
    if len(roster.topics) > words.MAX_TOPICS_IN_A_TITLE:
        blocks.append(lines([[literal(words.matches(roster.topics))]]))
    if roster.topics:
        blocks.append(context(words.MEMBERS))
    return message(f"{_stale_text(roster.snapshot)} {escaped(title)}: {summary}".strip(), blocks)


def _topic_list(topics: TopicList) -> Message:
    summary = words.summary(topics.count, _time(topics.snapshot.taken_at))
    title = f"{words.TITLE}, by topic"
    blocks: list[Block] = [header(title), *_stale(topics.snapshot), section(summary)]
    if topics.groups:
        shown = _fitting(map(_group, topics.groups))
        blocks += _in_blocks(shown)
        blocks += _more(len(topics.groups) - len(shown), "topic", "topics", "Ask for one by its name.")
    else:
        blocks.append(lines([[literal("SuperOffice names no chat topics.")]]))
    if topics.without_topic:
        blocks.append(lines([_members(words.NO_TOPICS, topics.without_topic)]))
    blocks.append(context(words.MEMBERS))
    return message(f"{_stale_text(topics.snapshot)} {title}: {summary}".strip(), blocks)


def _no_such_topic(answer: NoSuchTopic) -> Message:
    said = words.no_such_topic(answer.words, answer.suggestions)
    names = words.topic_names(answer.snapshot.topics, words.MAX_TOPICS_IN_A_LINE)
    rows = [[bold(said)]] + ([[literal(f"Topics: {names}")]] if names else [])
    return message(escaped(said), [*_stale(answer.snapshot), lines(rows)])


def _agent(seat: Seat) -> list[Part]:
    said = f" — {words.state(seat)} — {words.topics_of(seat)}"
    return [emoji(_EMOJI[seat.state]), literal(" "), bold(words.name(seat)), literal(said)]


def _group(group: TopicGroup) -> list[Part]:
    return _members(words.topic(group.topic), group.seats)


def _members(name: str, seats: tuple[Seat, ...]) -> list[Part]:
    if not seats:
        return [bold(name), literal(" — nobody")]
    members = [words.member(seat) for seat in seats]
    said = f" {words.listed(members, MAX_AGENTS_OF_TOPIC)}"
    return [bold(name), literal(" — "), emoji(_EMOJI[seats[0].state]), literal(said)]


def _fitting(rows: Iterable[list[Part]]) -> list[list[Part]]:
    """The first rows, as many as a message holds."""
    shown = []
    room = MAX_CHARACTERS
    for row in islice(rows, MAX_LINES):
        room -= sum(
            len(escaped(part.text) if isinstance(part, RichTextElementParts.Text) else part.name) for part in row
        )
        if room < 0:
            break
        shown.append(row)
    return shown


def _in_blocks(rows: list[list[Part]]) -> list[Block]:
    return [lines(rows[start : start + LINES_IN_A_BLOCK]) for start in range(0, len(rows), LINES_IN_A_BLOCK)]


def _stale(snapshot: Snapshot) -> list[Block]:
    text = _stale_text(snapshot)
    return [section(f":warning: {text}")] if text else []


def _stale_text(snapshot: Snapshot) -> str:
    if snapshot.stale_because is None:
        return ""
    ago = words.ago(snapshot.age_s)
    return words.stale(snapshot.stale_because, _time(snapshot.taken_at), ago)


def _more(number: int, one: str, many: str, hint: str) -> list[Block]:
    return [section(f"and {words.plural(number, f'more {one}', f'more {many}')}. {hint}")] if number > 0 else []


def _time(moment: datetime) -> str:
    """The time in each reader's own zone: https://docs.slack.dev/messaging/formatting-message-text/#date-formatting."""
    return f"<!date^{int(moment.timestamp())}^{{time}}|{moment.astimezone(UTC):%H:%M} UTC>"
