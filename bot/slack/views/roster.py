"""The roster, and its variants: by topic, nobody, no such topic. What each says, before any control."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, assert_never

from slack_sdk.models.blocks import Block

from bot.presence.model import Snapshot, State
from bot.presence.roster import Answer, NoSuchTopic, Roster, Seat, TopicGroup, TopicList
from bot.slack.views import words as w
from bot.slack.views.message import Part, bold, context, emoji, escaped, header, lines, link, literal, section
from bot.slack.views.words import Words

AGENTS_ON_A_PAGE: Final = 30
TOPICS_ON_A_PAGE: Final = 20
"""More are a wall that nobody reads. The longest lines, so many times, stay within what Slack takes of a message, of
which it says only `msg_blocks_too_long`; others found about 13,000 characters in all:
https://github.com/slackapi/bolt-js/issues/2509"""

MAX_AGENTS_OF_TOPIC: Final = 8
LINES_IN_A_BLOCK: Final = 10

_EMOJI: Final = {
    State.FREE: "large_green_circle",
    State.BUSY: "large_orange_circle",
    State.AWAY: "white_circle",
}


@dataclass(frozen=True, slots=True)
class Reader:
    """For whom a view is made: the words of their language, and where the names of agents lead, by their user id."""

    words: Words
    profiles: Mapping[int, str]


@dataclass(frozen=True, slots=True)
class Draft:
    """A message without its controls. `text` is mrkdwn; `page` is the one that it shows, of so many, from 0."""

    text: str
    blocks: tuple[Block, ...]
    page: int = 0
    pages: int = 1


def drafted(answer: Answer, page: int, reader: Reader) -> Draft:
    """What an answer says on a page; on its last where it has no more so many."""
    match answer:
        case Roster():
            return _roster(answer, page, reader)
        case TopicList():
            return _topic_list(answer, page, reader)
        case NoSuchTopic():
            return _no_such_topic(answer, reader.words)
        case _:
            assert_never(answer)


def _roster(roster: Roster, wanted: int, reader: Reader) -> Draft:
    words = reader.words
    summary = words.summary(roster.count, _time(roster.snapshot.taken_at))
    title = words.title(roster.topics)
    blocks: list[Block] = [header(title), *_stale(roster.snapshot, words), section(summary)]
    page, pages, first = _page(wanted, len(roster.seats), AGENTS_ON_A_PAGE)
    seats = roster.seats[first : first + AGENTS_ON_A_PAGE]
    if roster.ask_first is not None:
        blocks.append(lines([[literal(words.ask_first(roster.ask_first))]]))
    if seats:
        blocks += _in_blocks([_agent(seat, reader) for seat in seats])
    else:
        blocks.append(lines([[literal(words.nobody(roster))]]))
    if pages > 1:
        blocks.append(section(words.agents_shown(first + 1, first + len(seats), len(roster.seats))))
    if seats and roster.uncovered:
        blocks.append(lines([[literal(words.uncovered(roster))]]))
    if len(roster.topics) > w.MAX_TOPICS_IN_A_TITLE:
        blocks.append(lines([[literal(words.matches(roster.topics))]]))
    if roster.topics:
        blocks.append(context(words.members()))
    text = f"{_stale_text(roster.snapshot, words)} {escaped(title)}: {summary}".strip()
    return Draft(text, tuple(blocks), page, pages)


def _topic_list(topics: TopicList, wanted: int, reader: Reader) -> Draft:
    words = reader.words
    summary = words.summary(topics.count, _time(topics.snapshot.taken_at))
    title = words.title_by_topic()
    blocks: list[Block] = [header(title), *_stale(topics.snapshot, words), section(summary)]
    page, pages, first = _page(wanted, len(topics.groups), TOPICS_ON_A_PAGE)
    groups = topics.groups[first : first + TOPICS_ON_A_PAGE]
    if groups:
        blocks += _in_blocks([_group(group, topics.snapshot, reader) for group in groups])
    else:
        blocks.append(lines([[literal(words.no_topics())]]))
    if pages > 1:
        blocks.append(section(words.topics_shown(first + 1, first + len(groups), len(topics.groups))))
    if topics.without_topic:
        blocks.append(lines([_members(words.without_topic(), topics.without_topic, reader)]))
    blocks.append(context(words.members()))
    text = f"{_stale_text(topics.snapshot, words)} {title}: {summary}".strip()
    return Draft(text, tuple(blocks), page, pages)


def _no_such_topic(answer: NoSuchTopic, words: Words) -> Draft:
    said = words.no_such_topic(answer)
    rows: list[list[Part]] = [[bold(said)]]
    if answer.snapshot.topics:
        rows.append([literal(words.topics_known(answer.snapshot.topics))])
    return Draft(escaped(said), (*_stale(answer.snapshot, words), lines(rows)))


def _agent(seat: Seat, reader: Reader) -> list[Part]:
    said = f" — {reader.words.state(seat)} — {reader.words.topics_of(seat)}"
    profile = reader.profiles.get(seat.agent.user_id)
    name = link(w.name(seat), profile) if profile else bold(w.name(seat))
    return [emoji(_EMOJI[seat.state]), literal(" "), name, literal(said)]


def _group(group: TopicGroup, snapshot: Snapshot, reader: Reader) -> list[Part]:
    name = w.topic(group.topic)
    if group.seats:
        return _members(name, group.seats, reader)
    return [bold(name), literal(f" — {reader.words.nobody_for(group.topic, snapshot.closed)}")]


def _members(name: str, seats: Sequence[Seat], reader: Reader) -> list[Part]:
    shown = ", ".join(reader.words.member(seat) for seat in seats[:MAX_AGENTS_OF_TOPIC])
    said = f" {reader.words.and_more(shown, len(seats) - MAX_AGENTS_OF_TOPIC)}"
    return [bold(name), literal(" — "), emoji(_EMOJI[seats[0].state]), literal(said)]


def _page(wanted: int, rows: int, size: int) -> tuple[int, int, int]:
    """The page that there is, how many there are, and the first row of it."""
    pages = max(-(-rows // size), 1)
    page = min(wanted, pages - 1)
    return page, pages, page * size


def _in_blocks(rows: list[list[Part]]) -> list[Block]:
    return [lines(rows[start : start + LINES_IN_A_BLOCK]) for start in range(0, len(rows), LINES_IN_A_BLOCK)]


def _stale(snapshot: Snapshot, words: Words) -> list[Block]:
    text = _stale_text(snapshot, words)
    return [section(f":warning: {text}")] if text else []


def _stale_text(snapshot: Snapshot, words: Words) -> str:
    if snapshot.stale_because is None:
        return ""
    return words.stale(snapshot.stale_because, _time(snapshot.taken_at), snapshot.age_s)


def _time(moment: datetime) -> str:
    """The time in each reader's own zone: https://docs.slack.dev/messaging/formatting-message-text/#date-formatting."""
    return f"<!date^{int(moment.timestamp())}^{{time}}|{moment.astimezone(UTC):%H:%M} UTC>"
