"""The words of rosters and lists by topic: short, plain, kind."""

from collections.abc import Collection, Iterable, Sequence
from gettext import NullTranslations
from typing import Final

from bot.presence.model import State, Topic
from bot.presence.reading import Shown, Stale
from bot.presence.result import Count, NamesMissing, NoMatch, Roster, Seat
from bot.text import cut
from bot.words.language import Language

MAX_NAME: Final = 50
MAX_NAME_AMONG_OTHERS: Final = 30
MAX_TOPIC: Final = 30
"""Characters of an agent's name, of one in a line of several, and of a topic's name."""

MAX_TOPICS_OF_AGENT: Final = 5
MAX_TOPICS_IN_A_LINE: Final = 12
MAX_TOPICS_IN_A_TITLE: Final = 2


def topic_name(topic: Topic) -> str:
    """The topic's name, short enough for its line."""
    return cut(topic.name, MAX_TOPIC)


def agent_name(seat: Seat) -> str:
    """The agent's name, short enough for its line."""
    return cut(seat.agent.name, MAX_NAME)


class RosterWords:
    """What a roster says."""

    def __init__(self, catalogue: NullTranslations, language: Language) -> None:
        self._ = catalogue.gettext
        self._n = catalogue.ngettext
        self._language = language

    def title(self, topics: Sequence[Topic] = ()) -> str:
        """What a roster is about."""
        if not topics:
            return self._("Who's online")
        return self._("Who's online: {topics}").format(topics=self.topic_names(topics, MAX_TOPICS_IN_A_TITLE))

    def title_by_topic(self) -> str:
        """What a list by topic is about."""
        return self._("Who's online, by topic")

    def summary(self, count: Count, reading: Shown, at: str) -> str:
        """The whole answer in a line; `at` is the time as its readers see it, which an old answer has said already."""
        if isinstance(reading, Stale):
            counted = self._("{free} free · {busy} busy · {away} away")
        else:
            counted = self._("{free} free · {busy} busy · {away} away · as of {time}")
        return counted.format(free=count.free, busy=count.busy, away=count.away, time=at)

    def state(self, seat: Seat) -> str:
        """How busy an agent is: "free", "2 chats", "away"."""
        chats = self._n("{n} chat", "{n} chats", seat.agent.ongoing_chats).format(n=seat.agent.ongoing_chats)
        if seat.state is State.BUSY:
            return chats
        word = self._("free") if seat.state is State.FREE else self._("away")
        return f"{word}, {chats}" if seat.agent.ongoing_chats else word

    def topics_of(self, seat: Seat) -> str:
        """The topics of an agent."""
        return self.topic_names(seat.agent.topics, MAX_TOPICS_OF_AGENT, " · ") or self._("no topics")

    def member(self, seat: Seat) -> str:
        """An agent in a line with others: "Anna Berg (free)"."""
        return f"{cut(seat.agent.name, MAX_NAME_AMONG_OTHERS)} ({self.state(seat)})"

    def listed(self, names: Sequence[str], most: int, separator: str = ", ") -> str:
        """The names in a line; those beyond `most` are counted: "Billing, Orders and 38 more"."""
        return self.and_more(separator.join(names[:most]), len(names) - most)

    def and_more(self, names: str, more: int) -> str:
        """Names in a line, and how many there are that are not among them."""
        if more <= 0:
            return names
        return self._n("{names} and {n} more", "{names} and {n} more", more).format(names=names, n=more)

    def topic_names(self, topics: Iterable[Topic], most: int, separator: str = ", ") -> str:
        """Topics in a line."""
        return self.listed([topic_name(each) for each in topics], most, separator)

    def nobody(self, roster: Roster) -> str:
        """What to say where nobody is online; an answer of its own, never a gap. Of old data it says what was."""
        if isinstance(roster.reading, Stale):
            about = self.topic_names(roster.topics, MAX_TOPICS_IN_A_TITLE)
            return (
                self._("Nobody was online for {topics}.").format(topics=about)
                if about
                else self._("Nobody was online.")
            )
        if roster.topics:
            about = self.listed(self._marked(roster.topics, roster.reading.closed), MAX_TOPICS_IN_A_TITLE)
            said = self._("Nobody is online for {topics}").format(topics=about)
            none = self._("no agent is a member")
        else:
            said = self._("Nobody is online")
            none = self._("SuperOffice names no chat agents")
        if away := roster.count.away:
            others = self._n("{n} is away.", "{n} are away.", away).format(n=away)
            return f"{said}. {others}"
        return f"{said}: {none}."

    def nobody_for(self, topic: Topic, closed: Collection[Topic]) -> str:
        """What a topic's line says where nobody is present."""
        nobody = self._("nobody")
        return f"{nobody}, {self.closed()}" if topic in closed else nobody

    def closed(self) -> str:
        """What a topic's line adds outside its opening hours."""
        return self._("closed now")

    def without_topic(self) -> str:
        """The line of agents who are members of no topic."""
        return self._("No topics")

    def no_topics(self) -> str:
        """What a list by topic says where there are none."""
        return self._("SuperOffice names no chat topics.")

    def members(self) -> str:
        """What membership of a topic means, and what it does not."""
        return self._("Present members of the topic. SuperOffice also counts people who only listen or manage.")

    def uncovered(self, roster: Roster) -> str:
        """The topics that nobody can take now: those that are closed after the others, and said to be."""
        closed_last = sorted(roster.uncovered, key=roster.reading.closed.__contains__)
        names = self._marked(closed_last, roster.reading.closed)
        return self._("Nobody for: {topics}").format(topics=self.listed(names, MAX_TOPICS_IN_A_LINE))

    def _marked(self, topics: Iterable[Topic], closed: Collection[Topic]) -> list[str]:
        return [f"{topic_name(each)} ({self.closed()})" if each in closed else topic_name(each) for each in topics]

    def matches(self, topics: Sequence[Topic]) -> str:
        """The topics that the words named, where they are too many for the title."""
        names = self.topic_names(topics, MAX_TOPICS_IN_A_LINE)
        return self._("Topics that match: {topics}").format(topics=names)

    def ask_first(self, seat: Seat) -> str:
        """Whom to ask for a topic, and why: the first of those who are free, or of the busy where nobody is."""
        chats = seat.agent.ongoing_chats
        if seat.state is State.BUSY:
            said = self._n(
                "Nobody is free. {agent} has {n} chat.", "Nobody is free. {agent} has the fewest chats, {n}.", chats
            )
        elif chats:
            said = self._n(
                "Ask {agent} first: free, with {n} chat.", "Ask {agent} first: free, with the fewest chats, {n}.", chats
            )
        else:
            said = self._("Ask {agent} first: free, without a chat.")
        return said.format(agent=agent_name(seat), n=chats)

    def no_match(self, result: NoMatch) -> str:
        """What to say to words that name no topic."""
        said = self._("No topic matches “{words}”.").format(words=result.words)
        meant = [*map(topic_name, result.topics_meant), *result.keywords_meant]
        if not meant:
            return said
        from babel.lists import format_list  # 50 ms to import; `who` rarely needs it

        names = format_list(meant, style="or", locale=self._language.cldr)
        question = self._("Did you mean {names}?").format(names=names)
        return f"{said} {question}"

    def names_missing(self) -> str:
        """What an answer about all topics says where SuperOffice's list of them was not had."""
        return self._(
            "I don't have SuperOffice's list of topics just now, so topics may be missing here or shown by number."
        )

    def cannot_look_up(self, result: NamesMissing) -> str:
        """What to say to words that may name a topic or not: only SuperOffice's list of topics could tell."""
        said = self._(
            "I can't look up “{words}” just now: I don't have SuperOffice's list of topics. "
            "Here is everybody who is online."
        )
        return said.format(words=result.words)

    def topics_known(self, topics: Sequence[Topic]) -> str:
        """The topics that there are."""
        return self._("Topics: {topics}").format(topics=self.topic_names(topics, MAX_TOPICS_IN_A_LINE))
