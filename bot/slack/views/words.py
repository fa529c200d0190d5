"""The words of rosters, the same in Slack and in a terminal, in each language: short, plain, kind."""

from collections.abc import Collection, Iterable, Sequence
from functools import cache
from gettext import NullTranslations

from bot.errors import SuperOfficeError
from bot.languages import Language, translations
from bot.presence.model import State, Topic
from bot.presence.roster import Count, NoSuchTopic, Roster, Seat

MAX_NAME = 50
MAX_NAME_AMONG_OTHERS = 30
MAX_TOPIC = 30
MAX_TOPICS_OF_AGENT = 5
MAX_TOPICS_IN_A_LINE = 12
MAX_TOPICS_IN_A_TITLE = 2


def cut(text: str, length: int) -> str:
    """The text in at most `length` characters as Slack counts them; "…" shows where it was cut.

    Slack counts `&`, `<` and `>` as they are escaped.
    """
    if _weight(text) <= length:
        return text
    room = length - 1
    for end, character in enumerate(text):
        room -= _weight(character)
        if room < 0:
            return text[:end].rstrip() + "…"
    raise AssertionError  # the text is heavier than its room


def _weight(text: str) -> int:
    return len(text) + 4 * text.count("&") + 3 * (text.count("<") + text.count(">"))


def topic(topic: Topic) -> str:
    """The topic's name, short enough for its line."""
    return cut(topic.name, MAX_TOPIC)


def name(seat: Seat) -> str:
    """The agent's name, short enough for its line."""
    return cut(seat.agent.name, MAX_NAME)


class Words:
    """What the bot says, in one language. What users wrote is put in as it is: escaping is the views' work."""

    def __init__(self, catalogue: NullTranslations) -> None:
        self._ = catalogue.gettext
        self._n = catalogue.ngettext

    # --- who is online ---

    def title(self, topics: Sequence[Topic] = ()) -> str:
        """What a roster is about."""
        if not topics:
            return self._("Who's online")
        return self._("Who's online: {topics}").format(topics=self.topic_names(topics, MAX_TOPICS_IN_A_TITLE))

    def title_by_topic(self) -> str:
        """What a list by topic is about."""
        return self._("Who's online, by topic")

    def summary(self, count: Count, at: str) -> str:
        """The whole answer in a line; `at` is the time as its readers see it."""
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
        return self.listed([topic(each) for each in topics], most, separator)

    def nobody(self, roster: Roster) -> str:
        """What to say where nobody is online; an answer of its own, never a gap."""
        if roster.topics:
            about = self.listed(self._marked(roster.topics, roster.snapshot.closed), MAX_TOPICS_IN_A_TITLE)
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
        closed_last = sorted(roster.uncovered, key=roster.snapshot.closed.__contains__)
        names = self._marked(closed_last, roster.snapshot.closed)
        return self._("Nobody for: {topics}").format(topics=self.listed(names, MAX_TOPICS_IN_A_LINE))

    def _marked(self, topics: Iterable[Topic], closed: Collection[Topic]) -> list[str]:
        return [f"{topic(each)} ({self.closed()})" if each in closed else topic(each) for each in topics]

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
        return said.format(agent=name(seat), n=chats)

    def no_such_topic(self, answer: NoSuchTopic) -> str:
        """What to say to words that name no topic."""
        said = self._("No topic matches “{words}”.").format(words=answer.words)
        meant = [*map(topic, answer.topics_meant), *answer.keywords_meant]
        if not meant:
            return said
        first, *others = meant
        for other in others:
            first = self._("{one} or {other}").format(one=first, other=other)
        question = self._("Did you mean {names}?").format(names=first)
        return f"{said} {question}"

    def topics_known(self, topics: Sequence[Topic]) -> str:
        """The topics that there are."""
        return self._("Topics: {topics}").format(topics=self.topic_names(topics, MAX_TOPICS_IN_A_LINE))

    # --- old data, and none ---

    def stale(self, error: SuperOfficeError, at: str, age_s: float) -> str:
        """What old data says first."""
        said = self._("{happened} This is from {time}, {ago}.")
        return said.format(happened=self._happened(error), time=at, ago=self.ago(age_s))

    def failed(self, error: SuperOfficeError) -> str:
        """What to say where there is nothing honest to show."""
        sorry = self._("I can't say who is online.")
        return f"{sorry} {self._happened(error)} {self._(error.advice)}"

    def _happened(self, error: SuperOfficeError) -> str:
        """What went wrong, without its details."""
        return f"{self._(error.headline)}: {self._(error.reason.value)}."

    def ago(self, age_s: float) -> str:
        """How long ago something was, as people say it: "4 minutes ago"."""
        minutes = int(age_s // 60)
        if minutes < 1:
            return self._("less than a minute ago")
        if minutes < 60:
            return self._n("{n} minute ago", "{n} minutes ago", minutes).format(n=minutes)
        return self._n("{n} hour ago", "{n} hours ago", minutes // 60).format(n=minutes // 60)

    def slow(self) -> str:
        """SuperOffice takes longer than Slack waits for an acknowledgement."""
        return self._("SuperOffice is slow just now. The answer follows here.")

    def incident(self, incident_id: str) -> str:
        """Something is wrong with the bot itself; the id finds it in the log."""
        said = self._(
            "Sorry, something went wrong in me, not in SuperOffice, so I can't say who is online. "
            "Please tell the person who installed this bot about incident {id}."
        )
        return said.format(id=incident_id)

    # --- pages and controls ---

    def agents_shown(self, first: int, last: int, total: int) -> str:
        """Which agents a page shows, where there are more."""
        return self._("Agents {first}–{last} of {total}").format(first=first, last=last, total=total)

    def topics_shown(self, first: int, last: int, total: int) -> str:
        """Which topics a page shows, where there are more."""
        return self._("Topics {first}–{last} of {total}").format(first=first, last=last, total=total)

    def choose_topic(self) -> str:
        """What the menu of topics is called."""
        return self._("Topic")

    def all_topics(self) -> str:
        """The menu's way back to everybody."""
        return self._("All topics")

    def by_topic(self) -> str:
        """The switch from agents to topics."""
        return self._("By topic")

    def by_agent(self) -> str:
        """The switch back."""
        return self._("By agent")

    def refresh(self) -> str:
        """The button that asks again."""
        return self._("Refresh")

    def refresh_label(self) -> str:
        """The same, read aloud."""
        return self._("Refresh who is online")

    def share(self) -> str:
        """The button that shows a roster to the whole channel."""
        return self._("Share to channel")

    def previous(self) -> str:
        """The button to the page before."""
        return self._("Previous")

    def next(self) -> str:
        """The button to the page after."""
        return self._("Next")

    def page_label(self, button: str, page: int, pages: int) -> str:
        """A page's button, read aloud; the first page is 1."""
        return self._("{button}: page {page} of {pages}").format(button=button, page=page, pages=pages)

    def shared_by(self, person: str) -> str:
        """Who showed a roster to the channel."""
        return self._("Shared by {person}").format(person=person)

    # --- help, and what cannot be served ---

    def help_title(self) -> str:
        """The title of the help."""
        return self._("What you can ask")

    def help_lines(self) -> list[tuple[str, str]]:
        """What can be said, and what it answers."""
        return [
            ("", self._("who is online")),
            ("billing", self._("who is online for a topic: its name, a part of it, or its number")),
            ("all", self._("away agents too")),
            ("topics", self._("each topic with its agents")),
            ("help", self._("these words")),
        ]

    def help_summary(self, command: str) -> str:
        """The help in a line."""
        return self._("Ask who is online with {command}, a topic, all or topics.").format(command=command)

    def states(self) -> str:
        """What away means."""
        return self._(
            "An agent who is away has switched presence off in SuperOffice, but may still be answering chats."
        )

    def elsewhere(self) -> str:
        """Where else than in a command the same words can be said."""
        return self._(
            "In a channel or a thread, mention me with the same words; in a direct message, just write them. "
            "Slack knows no commands inside threads, so mention me there."
        )

    def short_help(self) -> str:
        """What the bot is for, to people who only said hello."""
        return self._(
            "I tell who is online in SuperOffice Chat. Write a topic, to see who can take it; *all* for everybody, "
            "*topics* for each topic with its agents, or *help* for more."
        )

    def outsiders(self) -> str:
        """Why a mention is not answered where people of other companies read along."""
        return self._(
            "People of other companies are in this channel, so I don't say here who is online. "
            "Type the command instead: its answer is visible to you alone."
        )

    def no_share(self) -> str:
        """Why a roster is not shared."""
        return self._("I can't tell that only people of your company are in this channel, so I don't share names here.")

    def outdated(self) -> str:
        """A control that this version of the bot does not know."""
        return self._("This message is from another version of me. Please ask again.")


@cache
def words_in(language: Language) -> Words:
    """The words of a language, read once."""
    return Words(translations(language))
