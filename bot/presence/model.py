"""Agents, topics, and the snapshot of both at one moment: facts only."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import Final

from bot.text import folded

_NUMBER: Final = re.compile(r"([0-9]+)")


class State(Enum):
    """How free an agent is. Away is not offline: an agent who is away may still be answering."""

    FREE = "free"
    BUSY = "busy"
    AWAY = "away"


@dataclass(frozen=True, slots=True)
class Topic:
    """A chat topic: what customers choose when they start a chat.

    `folded`: its name as it is compared. `sort_key`: topics are listed by name, in any case; topics of the same name by
    id. Numbers within names go by their value: "Topic 9" comes before "Topic 10".
    """

    id: int
    name: str
    folded: str = field(init=False, repr=False, compare=False)
    sort_key: tuple[tuple[str | tuple[int, str], ...], int] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        # Here and not with each question, because it may take long, and topics are made off the event loop.
        object.__setattr__(self, "folded", folded(self.name))
        # Text and digits take turns. Digits are compared as text of their length: `int` refuses very long ones.
        parts = enumerate(_NUMBER.split(self.name.casefold()))
        named = tuple(_by_value(part) if place % 2 else part for place, part in parts)
        object.__setattr__(self, "sort_key", (named, self.id))


def _by_value(digits: str) -> tuple[int, str]:
    significant = digits.lstrip("0")
    return len(significant), significant


@dataclass(frozen=True, slots=True)
class Agent:
    """A person who answers chats.

    `present`: presence is switched on. `ongoing_chats`: chats in progress now. `topics`: those that the agent is a
    member of. SuperOffice counts people who only listen or manage as members too, so membership promises no answer.
    https://docs.superoffice.com/en/api/reference/soap/Services86/Chat/GetChatPresence.html
    """

    user_id: int
    name: str
    present: bool
    ongoing_chats: int
    topics: tuple[Topic, ...]

    def state(self, busy_at: int) -> State:
        """Free, busy or away; busy from `busy_at` ongoing chats."""
        if not self.present:
            return State.AWAY
        return State.BUSY if self.ongoing_chats >= busy_at else State.FREE


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What SuperOffice said at one moment.

    `taken_at` is aware, in UTC. `topics` are all known topics by name, with or without agents. `closed` are the topics
    without anyone present that were known to be outside their opening hours at that moment. `names_known`: SuperOffice
    has given its list of topics, now or before. Without it, topics without members are missing, and names too.
    """

    taken_at: datetime
    agents: tuple[Agent, ...]
    topics: tuple[Topic, ...]
    closed: frozenset[Topic] = frozenset()
    names_known: bool = True

    def uncovered(self) -> tuple[Topic, ...]:
        """The topics for which nobody is present."""
        return uncovered(self.agents, self.topics)


def uncovered(agents: Iterable[Agent], topics: Iterable[Topic]) -> tuple[Topic, ...]:
    """Those of the topics for which none of the agents is present."""
    covered = {topic.id for agent in agents if agent.present for topic in agent.topics}
    return tuple(topic for topic in topics if topic.id not in covered)
