"""The same roster for a terminal: in colour there, plain in a pipe, and as JSON."""

import json
from datetime import datetime
from typing import Any, Final, assert_never

from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from bot.presence.model import Agent, Snapshot, State
from bot.presence.roster import Answer, NoSuchTopic, Roster, Seat, TopicGroup, TopicList
from bot.slack.views import words as w
from bot.slack.views.words import Words

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


def show(console: Console, answer: Answer, words: Words) -> None:
    """Print an answer; times are in this machine's zone."""
    for line in _lines(answer, words):
        console.print(line, soft_wrap=True, highlight=False)


def show_line(console: Console, mark: str, said: str, next_step: str = "") -> None:
    """Print a finding: its mark and words, and below them what to do."""
    style = {"✓": "green", "✗": "red"}.get(mark, "dim")
    console.print(Text(mark, style=style).append(f" {said}", style=""), soft_wrap=True, highlight=False)
    if next_step:
        console.print(Text(f"  → {next_step}"), soft_wrap=True, highlight=False)


def to_json(answer: Roster | TopicList) -> str:
    """The answer for machines; `taken_at` in UTC. By topic, it is the roster that the topics are made of."""
    match answer:
        case Roster():
            agents = [seat.agent for seat in answer.seats]
        case TopicList():
            agents = [agent for agent in answer.snapshot.agents if agent.present]
        case _:
            assert_never(answer)
    snapshot = answer.snapshot
    return json.dumps(
        {
            "taken_at": snapshot.taken_at.isoformat(timespec="seconds").replace("+00:00", "Z"),
            "stale": snapshot.stale_because is not None,
            "agents": [_agent_json(agent) for agent in agents],
        },
        ensure_ascii=False,
    )


def _lines(answer: Answer, words: Words) -> list[Text]:
    match answer:
        case Roster():
            return _roster(answer, words)
        case TopicList():
            return _topic_list(answer, words)
        case NoSuchTopic():
            known = [Text(words.topics_known(answer.snapshot.topics))] if answer.snapshot.topics else []
            return [*_stale(answer.snapshot, words), Text(words.no_such_topic(answer)), *known]
        case _:
            assert_never(answer)


def _roster(roster: Roster, words: Words) -> list[Text]:
    lines = [Text(words.title(roster.topics), style="bold"), *_stale(roster.snapshot, words)]
    lines.append(Text(words.summary(roster.count, _time(roster.snapshot.taken_at))))
    if not roster.seats:
        return [*lines, Text(words.nobody(roster))]
    names = max(cell_len(w.name(seat)) for seat in roster.seats)
    states = max(cell_len(words.state(seat)) for seat in roster.seats)
    if roster.ask_first is not None:
        lines.append(Text(words.ask_first(roster.ask_first)))
    lines += [_agent(seat, names, states, words) for seat in roster.seats]
    if roster.uncovered:
        lines.append(Text(words.uncovered(roster)))
    return lines


def _topic_list(topics: TopicList, words: Words) -> list[Text]:
    lines = [Text(words.title_by_topic(), style="bold"), *_stale(topics.snapshot, words)]
    lines.append(Text(words.summary(topics.count, _time(topics.snapshot.taken_at))))
    rows = [(w.topic(group.topic), _members(group, topics.snapshot, words)) for group in topics.groups]
    if topics.without_topic:
        rows.append((words.without_topic(), Text(", ".join(map(words.member, topics.without_topic)))))
    width = max((cell_len(name) for name, _ in rows), default=0)
    return lines + [Text(_padded(name, width) + _GAP) + members for name, members in rows]


def _stale(snapshot: Snapshot, words: Words) -> list[Text]:
    if snapshot.stale_because is None:
        return []
    said = words.stale(snapshot.stale_because, _time(snapshot.taken_at), snapshot.age_s)
    return [Text(said, style="yellow")]


def _agent(seat: Seat, names: int, states: int, words: Words) -> Text:
    line = Text(_padded(w.name(seat), names) + _GAP)
    line.append(_padded(words.state(seat), states), style=_STYLE[seat.state])
    return line.append(_GAP + words.topics_of(seat))


def _members(group: TopicGroup, snapshot: Snapshot, words: Words) -> Text:
    if group.seats:
        return Text(", ".join(map(words.member, group.seats)))
    return Text(words.nobody_for(group.topic, snapshot.closed), style="dim")


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
