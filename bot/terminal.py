"""Results and findings in a terminal: in colour, or plain in a pipe."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final, assert_never

from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from bot.presence.model import State
from bot.presence.reading import Shown, Stale
from bot.presence.result import NamesMissing, NoMatch, Result, Roster, Seat, TopicGroup, TopicList
from bot.words import Words
from bot.words.roster import MAX_TOPICS_IN_A_TITLE, agent_name, topic_name

_STYLE: Final = {State.FREE: "green", State.BUSY: "yellow", State.AWAY: "dim"}
_GAP: Final = "  "

LEAST_COLUMN: Final = 16
"""The width below which the last column does not stand beside the others, but below them."""

HELP: Final = (
    ("who-is-online who", "who is online"),
    ("who-is-online who billing", "for a topic: its name, a part of it, or its number"),
    ("who-is-online who all", "away agents too"),
    ("who-is-online who topics", "each topic with its agents"),
)


class Terminal(Console):
    """A terminal, whose lines end between words, or a pipe, whose lines have any length."""

    def on_broken_pipe(self) -> None:
        """Tell the caller that nobody reads any more, where rich would exit with 1."""
        raise  # rich calls this where it has caught BrokenPipeError

    def show(self, lines: Iterable[Text]) -> None:
        """Print the lines in one go, so that who reads only the first of them breaks no pipe."""
        self.print(Text("\n").join(lines), soft_wrap=True, highlight=False)

    def hanging(self, text: Text, lead: Text = Text()) -> list[Text]:  # noqa: B008  # nobody changes it
        """The text in lines that fit. The first begins with `lead`; the others leave its place empty."""
        indent = cell_len(lead.plain)
        if not self.is_terminal or indent + cell_len(text.plain) <= self.width:
            return [lead + text]
        lines = text.wrap(self, max(self.width - indent, 1))
        for line in lines:
            line.rstrip()  # of the space at which it was wrapped
        return [lead + lines[0], *(Text(" " * indent) + line for line in lines[1:])]

    def in_columns(self, rows: Sequence[Sequence[Text]]) -> list[Text]:
        """The rows in columns. Where the last column would be too narrow, it stands below the others instead."""
        *widths, last = (max(cell_len(cell.plain) for cell in column) for column in zip(*rows, strict=True))
        column = sum(widths) + len(_GAP) * len(widths)
        if self.is_terminal and column > self.width:
            widths = [0] * len(widths)
        lines = []
        for *cells, text in rows:
            lead = Text().join(_padded(cell, width) for cell, width in zip(cells, widths, strict=True))
            if self.is_terminal and self.width - column < min(last, LEAST_COLUMN):
                lead.rstrip()
                lines += [*self.hanging(lead), *self.hanging(text, Text(_GAP))]
            else:
                lines += self.hanging(text, lead)
        return lines


def show(terminal: Terminal, result: Result, words: Words) -> None:
    """Print a result; times are in this machine's zone."""
    terminal.show(_lines(terminal, result, words))


def show_help(terminal: Terminal) -> None:
    """Print what can be asked."""
    terminal.show(terminal.in_columns([(Text(typed), Text(answer)) for typed, answer in HELP]))


def show_line(terminal: Terminal, mark: str, said: str, next_step: str = "") -> None:
    """Print a finding: its mark and words, and below them what to do."""
    style = {"✓": "green", "!": "yellow", "✗": "red"}.get(mark, "dim")
    lines = terminal.hanging(Text(said), Text.assemble((mark, style), " "))
    if next_step:
        lines += terminal.hanging(Text(next_step), Text("  → "))
    terminal.show(lines)


def _lines(terminal: Terminal, result: Result, words: Words) -> list[Text]:
    match result:
        case Roster():
            return _roster(terminal, result, words)
        case TopicList():
            return _topic_list(terminal, result, words)
        case NamesMissing():
            return _roster(terminal, result.roster, words, said=words.roster.cannot_look_up(result))
        case NoMatch():
            topics = result.reading.snapshot.topics
            lines = [*_stale(result.reading, words), Text(words.roster.no_match(result))]
            if topics:
                lines.append(Text(words.roster.topics_known(topics)))
            return _fitted(terminal, lines)
        case _:
            assert_never(result)


def _roster(terminal: Terminal, roster: Roster, words: Words, *, said: str = "") -> list[Text]:
    """A roster. `said`: why it is not what was asked for."""
    reading = roster.reading
    above = [Text(words.roster.title(roster.topics), style="bold"), *_stale(reading, words)]
    if said:
        above.append(Text(said))
    above.append(Text(words.roster.summary(roster.count, reading, _time(reading.snapshot.taken_at))))
    if roster.ask_first is not None:
        above.append(Text(words.roster.ask_first(roster.ask_first)))
    if not roster.seats:
        above.append(Text(words.roster.nobody(roster)))
    below = []
    if roster.seats and roster.uncovered:
        below.append(Text(words.roster.uncovered(roster)))
    if len(roster.topics) > MAX_TOPICS_IN_A_TITLE:
        below.append(Text(words.roster.matches(roster.topics)))
    if not said and not roster.topics and not reading.snapshot.names_known:
        below.append(Text(words.roster.names_missing()))
    rows = terminal.in_columns([_agent(seat, words) for seat in roster.seats]) if roster.seats else []
    return [*_fitted(terminal, above), *rows, *_fitted(terminal, below)]


def _topic_list(terminal: Terminal, topics: TopicList, words: Words) -> list[Text]:
    said = words.roster
    reading = topics.reading
    above = [Text(said.title_by_topic(), style="bold"), *_stale(reading, words)]
    above.append(Text(said.summary(topics.count, reading, _time(reading.snapshot.taken_at))))
    rows = [(Text(topic_name(group.topic)), _members(group, reading, words)) for group in topics.groups]
    if topics.without_topic:
        rows.append((Text(said.without_topic()), Text(", ".join(map(said.member, topics.without_topic)))))
    below = []
    if not reading.snapshot.names_known:
        below.append(Text(said.names_missing()))
    elif not topics.groups:
        below.append(Text(said.no_topics()))
    return [*_fitted(terminal, above), *(terminal.in_columns(rows) if rows else []), *_fitted(terminal, below)]


def _fitted(terminal: Terminal, lines: Iterable[Text]) -> list[Text]:
    return [part for line in lines for part in terminal.hanging(line)]


def _stale(reading: Shown, words: Words) -> list[Text]:
    if not isinstance(reading, Stale):
        return []
    return [Text(words.failures.stale(reading, _time(reading.snapshot.taken_at)), style="yellow")]


def _agent(seat: Seat, words: Words) -> tuple[Text, Text, Text]:
    state = Text(words.roster.state(seat), style=_STYLE[seat.state])
    return Text(agent_name(seat)), state, Text(words.roster.topics_of(seat))


def _members(group: TopicGroup, reading: Shown, words: Words) -> Text:
    if group.seats:
        return Text(", ".join(map(words.roster.member, group.seats)))
    return Text(words.roster.nobody_for(group.topic, reading.closed), style="dim")


def _padded(text: Text, width: int) -> Text:
    return text + " " * (width - cell_len(text.plain)) + _GAP


def _time(moment: datetime) -> str:
    return f"{moment.astimezone():%H:%M}"
