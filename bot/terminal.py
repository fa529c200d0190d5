"""Results and findings in a terminal: in colour, plain in a pipe, or as JSON."""

import json
from datetime import datetime
from typing import Any, Final, assert_never

from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from bot.presence.model import Agent, State
from bot.presence.reading import Shown, Stale
from bot.presence.result import NoMatch, Result, Roster, Seat, TopicGroup, TopicList
from bot.words import Words
from bot.words.roster import agent_name, topic_name

_STYLE: Final = {State.FREE: "green", State.BUSY: "yellow", State.AWAY: "dim"}
_GAP: Final = "  "

HELP: Final = "\n".join(
    (
        "who-is-online who             who is online",
        "who-is-online who billing     for a topic: its name, a part of it, or its number",
        "who-is-online who all         away agents too",
        "who-is-online who topics      each topic with its agents",
    )
)


def show(console: Console, result: Result, words: Words) -> None:
    """Print a result; times are in this machine's zone."""
    for line in _lines(result, words):
        console.print(line, soft_wrap=True, highlight=False)


def show_line(console: Console, mark: str, said: str, next_step: str = "") -> None:
    """Print a finding: its mark and words, and below them what to do."""
    style = {"✓": "green", "!": "yellow", "✗": "red"}.get(mark, "dim")
    console.print(Text(mark, style=style).append(f" {said}", style=""), soft_wrap=True, highlight=False)
    if next_step:
        console.print(Text(f"  → {next_step}"), soft_wrap=True, highlight=False)


def to_json(result: Roster | TopicList) -> str:
    """The result for machines; `taken_at` in UTC. By topic, it is the roster that the topics are made of."""
    reading = result.reading
    match result:
        case Roster():
            agents = [seat.agent for seat in result.seats]
        case TopicList():
            agents = [agent for agent in reading.snapshot.agents if agent.present]
        case _:
            assert_never(result)
    return json.dumps(
        {
            "taken_at": reading.snapshot.taken_at.isoformat(timespec="seconds").replace("+00:00", "Z"),
            "stale": isinstance(reading, Stale),
            "agents": [_agent_json(agent) for agent in agents],
        },
        ensure_ascii=False,
    )


def _lines(result: Result, words: Words) -> list[Text]:
    match result:
        case Roster():
            return _roster(result, words)
        case TopicList():
            return _topic_list(result, words)
        case NoMatch():
            topics = result.reading.snapshot.topics
            known = [Text(words.roster.topics_known(topics))] if topics else []
            return [*_stale(result.reading, words), Text(words.roster.no_match(result)), *known]
        case _:
            assert_never(result)


def _roster(roster: Roster, words: Words) -> list[Text]:
    said = words.roster
    lines = [Text(said.title(roster.topics), style="bold"), *_stale(roster.reading, words)]
    lines.append(Text(said.summary(roster.count, _time(roster.reading.snapshot.taken_at))))
    if not roster.seats:
        return [*lines, Text(said.nobody(roster))]
    names = max(cell_len(agent_name(seat)) for seat in roster.seats)
    states = max(cell_len(said.state(seat)) for seat in roster.seats)
    if roster.ask_first is not None:
        lines.append(Text(said.ask_first(roster.ask_first)))
    lines += [_agent(seat, names, states, words) for seat in roster.seats]
    if roster.uncovered:
        lines.append(Text(said.uncovered(roster)))
    return lines


def _topic_list(topics: TopicList, words: Words) -> list[Text]:
    said = words.roster
    lines = [Text(said.title_by_topic(), style="bold"), *_stale(topics.reading, words)]
    lines.append(Text(said.summary(topics.count, _time(topics.reading.snapshot.taken_at))))
    rows = [(topic_name(group.topic), _members(group, topics.reading, words)) for group in topics.groups]
    if topics.without_topic:
        rows.append((said.without_topic(), Text(", ".join(map(said.member, topics.without_topic)))))
    width = max((cell_len(name) for name, _ in rows), default=0)
    return lines + [Text(_padded(name, width) + _GAP) + members for name, members in rows]


def _stale(reading: Shown, words: Words) -> list[Text]:
    if not isinstance(reading, Stale):
        return []
    return [Text(words.failures.stale(reading, _time(reading.snapshot.taken_at)), style="yellow")]


def _agent(seat: Seat, names: int, states: int, words: Words) -> Text:
    line = Text(_padded(agent_name(seat), names) + _GAP)
    line.append(_padded(words.roster.state(seat), states), style=_STYLE[seat.state])
    return line.append(_GAP + words.roster.topics_of(seat))


def _members(group: TopicGroup, reading: Shown, words: Words) -> Text:
    if group.seats:
        return Text(", ".join(map(words.roster.member, group.seats)))
    return Text(words.roster.nobody_for(group.topic, reading.closed), style="dim")


def _padded(text: str, width: int) -> str:
    return text + " " * (width - cell_len(text))


def _time(moment: datetime) -> str:
    return f"{moment.astimezone():%H:%M}"


def _agent_json(agent: Agent) -> dict[str, Any]:
    return {
        "user_id": agent.user_id,
        "name": agent.name,
        "present": agent.present,
        "ongoing_chats": agent.ongoing_chats,
        "topics": [{"id": topic.id, "name": topic.name} for topic in agent.topics],
    }
