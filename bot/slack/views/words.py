"""The words of rosters, the same in Slack and in a terminal: short, plain, kind."""

from collections.abc import Iterable, Sequence

from bot.errors import SuperOfficeError
from bot.presence.model import State, Topic
from bot.presence.roster import Count, Roster, Seat

TITLE = "Who's online"
MEMBERS = "Present members of the topic. SuperOffice also counts people who only listen or manage."

FEWER = "Ask for one topic, by its name or number, to see fewer."
NO_TOPICS = "No topics"

MAX_NAME = 60
MAX_TOPIC = 30
MAX_TOPICS_OF_AGENT = 5
MAX_TOPICS_IN_A_LINE = 12
MAX_TOPICS_IN_A_TITLE = 2


def cut(text: str, length: int) -> str:
    """The text in at most `length` characters; "…" shows where it was cut."""
    return text if len(text) <= length else text[: length - 1].rstrip() + "…"


def plural(number: int, one: str, many: str) -> str:
    """The number with its noun: "1 agent", "2 agents"."""
    return f"{number} {one if number == 1 else many}"


def listed(names: Sequence[str], most: int, separator: str = ", ") -> str:
    """The names in a line; those beyond `most` are counted: "Billing, Orders and 38 more"."""
    line = separator.join(names[:most])
    return line if len(names) <= most else f"{line} and {len(names) - most} more"


def topic(topic: Topic) -> str:
    """The topic's name, short enough for its line."""
    return cut(topic.name, MAX_TOPIC)


def topic_names(topics: Iterable[Topic], most: int, separator: str = ", ") -> str:
    """Topics in a line."""
    return listed([topic(each) for each in topics], most, separator)


def title(topics: Sequence[Topic]) -> str:
    """What the answer is about."""
    return f"{TITLE}: {topic_names(topics, MAX_TOPICS_IN_A_TITLE)}" if topics else TITLE


def name(seat: Seat) -> str:
    """The agent's name, short enough for its line."""
    return cut(seat.agent.name, MAX_NAME)


def state(seat: Seat) -> str:
    """How busy an agent is: "free", "2 chats", "away"."""
    chats = plural(seat.agent.ongoing_chats, "chat", "chats")
    if seat.state is State.BUSY:
        return chats
    return f"{seat.state.value}, {chats}" if seat.agent.ongoing_chats else seat.state.value


def member(seat: Seat) -> str:
    """An agent in a line with others: "Anna Berg (free)"."""
    return f"{name(seat)} ({state(seat)})"


def topics_of(seat: Seat) -> str:
    """The topics of an agent."""
    return topic_names(seat.agent.topics, MAX_TOPICS_OF_AGENT, " · ") or NO_TOPICS.lower()


def summary(count: Count, at: str) -> str:
    """The whole answer in a line; `at` is the time as its readers see it."""
    return f"{count.free} free · {count.busy} busy · {count.away} away · as of {at}"


def nobody(roster: Roster) -> str:
    """What to say where nobody is online; an answer of its own, never a gap."""
    about = f" for {topic_names(roster.topics, MAX_TOPICS_IN_A_TITLE)}" if roster.topics else ""
    if away := roster.count.away:
        return f"Nobody is online{about}. {away} {'is' if away == 1 else 'are'} away."
    none = "no agent is a member" if roster.topics else "SuperOffice names no chat agents"
    return f"Nobody is online{about}: {none}."


def matches(topics: Sequence[Topic]) -> str:
    """The topics that the words named, where they are too many for the title."""
    return f"Topics that match: {topic_names(topics, MAX_TOPICS_IN_A_LINE)}"


def uncovered(topics: Sequence[Topic]) -> str:
    """The topics that nobody can take now."""
    return f"Nobody for: {topic_names(topics, MAX_TOPICS_IN_A_LINE)}"


def happened(error: SuperOfficeError) -> str:
    """What went wrong, without its details."""
    return f"{error.headline}: {error.reason.value}."


def stale(error: SuperOfficeError, at: str, ago: str) -> str:
    """What old data says first."""
    return f"{happened(error)} This is from {at}, {ago}."


def failed(error: SuperOfficeError) -> str:
    """What to say where there is nothing honest to show."""
    return f"I can't say who is online. {happened(error)} {error.advice}"


def ago(age_s: float) -> str:
    """How long ago something was, as people say it: "4 minutes ago"."""
    minutes = int(age_s // 60)
    if minutes < 1:
        return "less than a minute ago"
    if minutes < 60:
        return f"{plural(minutes, 'minute', 'minutes')} ago"
    return f"{plural(minutes // 60, 'hour', 'hours')} ago"


def no_such_topic(words: str, suggestions: Sequence[str]) -> str:
    """What to say to words that name no topic."""
    meant = f" Did you mean {' or '.join(cut(suggestion, MAX_TOPIC) for suggestion in suggestions)}?"
    return f"No topic matches “{words}”.{meant if suggestions else ''}"
