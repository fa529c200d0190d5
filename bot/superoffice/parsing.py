"""Replies become agents and topics. Pure: no I/O, no clock."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.errors import Reason, Unexpected
from bot.presence.model import Agent, Snapshot, Topic
from bot.presence.query import one_line


@dataclass(frozen=True, slots=True)
class TopicNames:
    """What topics are called. `deleted` ones keep their names, for agents who are still members of them."""

    names: Mapping[int, str]
    deleted: frozenset[int] = frozenset()

    def topic(self, topic_id: int) -> Topic:
        """The topic of an id. SuperOffice's list may leave topics out, so a topic without a name is normal."""
        return Topic(topic_id, self.names.get(topic_id) or f"Topic {topic_id}")

    def listed(self) -> frozenset[Topic]:
        """The topics that are in use, with or without agents."""
        return frozenset(self.topic(topic_id) for topic_id in self.names if topic_id not in self.deleted)

    def overridden_by(self, names: Mapping[int, str]) -> "TopicNames":
        """The same with some names replaced or added."""
        return TopicNames({**self.names, **names}, self.deleted - names.keys())


def read_topic_names(reply: Any) -> TopicNames:
    """The list `chatchannel`; its item 0 is "All", which is no topic.

    https://docs.superoffice.com/en/api/reference/soap/Services86/MDO/GetSimpleList.html
    """
    items = [item for item in _rows(reply) if item.Id]
    return TopicNames(
        names={item.Id: one_line(item.Name or "") for item in items},
        deleted=frozenset(item.Id for item in items if item.Deleted),
    )


def read_snapshot(reply: Any, names: TopicNames, taken_at: datetime) -> Snapshot:
    """Everybody's presence at one moment; the reply is used up. Raises `Unexpected`, as `read_agents` does."""
    agents = read_agents(reply, names)
    if reply:
        reply.clear()  # freeing a large reply takes its time too, and here it holds nobody up
    return Snapshot(taken_at=taken_at, agents=agents, topics=known_topics(agents, names))


def read_agents(reply: Any, topics: TopicNames) -> tuple[Agent, ...]:
    """The agents of a `GetChatPresence` reply.

    Every field may be missing; .NET leaves out what has its default value, so a missing number is 0 and a missing
    `Present` is false. A row with neither id nor name is nobody, unless it is present.
    Raises `Unexpected` where there are rows, and nothing in any of them: that is no way to say that nobody is there.
    https://docs.superoffice.com/en/api/reference/soap/Services86/Chat/GetChatPresence.html
    """
    rows = _rows(reply)
    if reply and not any(_says_something(row) for row in rows):
        raise Unexpected(Reason.UNREADABLE, "rows, but nobody in them")
    return tuple(_agent(row, topics) for row in rows if row.UserId or row.DisplayName or row.Present)


def _agent(row: Any, topics: TopicNames) -> Agent:
    user_id = row.UserId or 0
    ids = {topic_id for topic_id in (row.ChatTopics.int or () if row.ChatTopics else ()) if topic_id is not None}
    return Agent(
        user_id=user_id,
        name=one_line(row.DisplayName or "") or f"Agent {user_id}",
        present=bool(row.Present),
        ongoing_chats=max(row.OngoingChats or 0, 0),
        topics=tuple(sorted((topics.topic(i) for i in ids), key=lambda topic: (topic.name.casefold(), topic.id))),
    )


def _says_something(row: Any) -> bool:
    return any(value is not None for value in (row.UserId, row.DisplayName, row.OngoingChats, row.Present))


def read_is_open(reply: Any) -> bool | None:
    """Whether a topic is within its opening hours; None where the reply does not say.

    https://docs.superoffice.com/en/api/reference/soap/Services86/Chat/IsWithinOpeningHours.html
    """
    return reply if isinstance(reply, bool) else None


def known_topics(agents: Iterable[Agent], topics: TopicNames) -> tuple[Topic, ...]:
    """Every topic that is in use or has a member."""
    return tuple(sorted(topics.listed().union(*(agent.topics for agent in agents))))


def _rows(reply: list[Any] | None) -> list[Any]:
    """The rows of an array reply, which zeep unwraps; it gives None for an empty array, and for an empty row."""
    return [row for row in reply or () if row is not None]
