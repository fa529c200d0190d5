"""What a result says: a roster, a list by topic, nobody, no match. Controls are added elsewhere."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, assert_never

from slack_sdk.models.blocks import Block

from bot.presence.model import State
from bot.presence.reading import Shown, Stale
from bot.presence.result import NamesMissing, NoMatch, Result, Roster, Seat, TopicGroup, TopicList
from bot.slack.views.message import Part, bold, context, emoji, escaped, header, lines, link, literal, section
from bot.slack.views.pages import AGENTS_ON_A_PAGE, TOPICS_ON_A_PAGE, on_page, page_count
from bot.words import Words
from bot.words.roster import MAX_TOPICS_IN_A_TITLE, agent_name, topic_name

MAX_AGENTS_OF_TOPIC: Final = 8
LINES_IN_A_BLOCK: Final = 10

_EMOJI: Final = {
    State.FREE: "large_green_circle",
    State.BUSY: "large_orange_circle",
    State.AWAY: "white_circle",
}


@dataclass(frozen=True, slots=True)
class Reader:
    """For whom a view is made: the words of their language, and the address of each agent's profile, by user id."""

    words: Words
    profiles: Mapping[int, str]


@dataclass(frozen=True, slots=True)
class Draft:
    """A message without its controls. `text` is mrkdwn."""

    text: str
    blocks: tuple[Block, ...]


def drafted(result: Result, page: int, reader: Reader) -> Draft:
    """What a result says on a page, which must exist."""
    match result:
        case Roster():
            return _roster(result, page, reader)
        case NamesMissing():
            return _roster(result.roster, page, reader, said=reader.words.roster.cannot_look_up(result))
        case TopicList():
            return _topic_list(result, page, reader)
        case NoMatch():
            return _no_match(result, reader.words)
        case _:
            assert_never(result)


def _roster(roster: Roster, page: int, reader: Reader, *, said: str = "") -> Draft:
    """A roster. `said`: why it is not what was asked for."""
    words = reader.words.roster
    summary = words.summary(roster.count, roster.reading, _time(roster.reading.snapshot.taken_at))
    title = words.title(roster.topics)
    blocks: list[Block] = [header(title), *_stale(roster.reading, reader.words)]
    if said:
        blocks.append(lines([[bold(said)]]))
    blocks.append(section(summary))
    seats = on_page(roster.seats, page, AGENTS_ON_A_PAGE)
    if roster.ask_first is not None:
        blocks.append(lines([[literal(words.ask_first(roster.ask_first))]]))
    if seats:
        blocks += _in_blocks([_agent(seat, reader) for seat in seats])
    else:
        blocks.append(lines([[literal(words.nobody(roster))]]))
    if page_count(roster) > 1:
        first = page * AGENTS_ON_A_PAGE
        blocks.append(section(reader.words.controls.agents_shown(first + 1, first + len(seats), len(roster.seats))))
    if seats and roster.uncovered:
        blocks.append(lines([[literal(words.uncovered(roster))]]))
    if len(roster.topics) > MAX_TOPICS_IN_A_TITLE:
        blocks.append(lines([[literal(words.matches(roster.topics))]]))
    if roster.topics:
        blocks.append(context(words.members()))
    elif not said and not roster.reading.snapshot.names_known:
        blocks.append(context(words.names_missing()))
    return Draft(_text(roster.reading, f"{escaped(said)} {escaped(title)}: {summary}", reader.words), tuple(blocks))


def _topic_list(topics: TopicList, page: int, reader: Reader) -> Draft:
    words = reader.words.roster
    summary = words.summary(topics.count, topics.reading, _time(topics.reading.snapshot.taken_at))
    title = words.title_by_topic()
    blocks: list[Block] = [header(title), *_stale(topics.reading, reader.words), section(summary)]
    groups = on_page(topics.groups, page, TOPICS_ON_A_PAGE)
    names_known = topics.reading.snapshot.names_known
    if groups:
        blocks += _in_blocks([_group(group, topics.reading, reader) for group in groups])
    elif names_known:
        blocks.append(lines([[literal(words.no_topics())]]))
    if page_count(topics) > 1:
        first = page * TOPICS_ON_A_PAGE
        blocks.append(section(reader.words.controls.topics_shown(first + 1, first + len(groups), len(topics.groups))))
    if topics.without_topic:
        blocks.append(lines([_members(words.without_topic(), topics.without_topic, reader)]))
    blocks.append(context(words.members()))
    if not names_known:
        blocks.append(context(words.names_missing()))
    return Draft(_text(topics.reading, f"{title}: {summary}", reader.words), tuple(blocks))


def _no_match(result: NoMatch, words: Words) -> Draft:
    said = words.roster.no_match(result)
    rows: list[list[Part]] = [[bold(said)]]
    topics = result.reading.snapshot.topics
    if topics:
        rows.append([literal(words.roster.topics_known(topics))])
    return Draft(_text(result.reading, escaped(said), words), (*_stale(result.reading, words), lines(rows)))


def _agent(seat: Seat, reader: Reader) -> list[Part]:
    words = reader.words.roster
    said = f" — {words.state(seat)} — {words.topics_of(seat)}"
    profile = reader.profiles.get(seat.agent.user_id)
    name = link(agent_name(seat), profile) if profile else bold(agent_name(seat))
    return [emoji(_EMOJI[seat.state]), literal(" "), name, literal(said)]


def _group(group: TopicGroup, reading: Shown, reader: Reader) -> list[Part]:
    name = topic_name(group.topic)
    if group.seats:
        return _members(name, group.seats, reader)
    return [bold(name), literal(f" — {reader.words.roster.nobody_for(group.topic, reading.closed)}")]


def _members(name: str, seats: Sequence[Seat], reader: Reader) -> list[Part]:
    words = reader.words.roster
    shown = ", ".join(words.member(seat) for seat in seats[:MAX_AGENTS_OF_TOPIC])
    said = f" {words.and_more(shown, len(seats) - MAX_AGENTS_OF_TOPIC)}"
    return [bold(name), literal(" — "), emoji(_EMOJI[seats[0].state]), literal(said)]


def _in_blocks(rows: list[list[Part]]) -> list[Block]:
    return [lines(rows[start : start + LINES_IN_A_BLOCK]) for start in range(0, len(rows), LINES_IN_A_BLOCK)]


def _stale(reading: Shown, words: Words) -> list[Block]:
    text = _stale_text(reading, words)
    return [section(f":warning: {text}")] if text else []


def _text(reading: Shown, said: str, words: Words) -> str:
    """The message in a line, for notifications. Old data says so first."""
    return f"{_stale_text(reading, words)} {said.strip()}".strip()


def _stale_text(reading: Shown, words: Words) -> str:
    if not isinstance(reading, Stale):
        return ""
    return words.failures.stale(reading, _time(reading.snapshot.taken_at))


def _time(moment: datetime) -> str:
    """The time in each reader's own zone: https://docs.slack.dev/messaging/formatting-message-text/#date-formatting."""
    return f"<!date^{int(moment.timestamp())}^{{time}}|{moment.astimezone(UTC):%H:%M} UTC>"
