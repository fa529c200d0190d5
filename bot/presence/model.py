"""Agents, topics, and the snapshot of both at one moment."""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from bot.errors import SuperOfficeError


class State(Enum):
    """How free an agent is. Away is not offline: an agent who is away may still be answering."""

    FREE = "free"
    BUSY = "busy"
    AWAY = "away"


@dataclass(frozen=True, slots=True, order=True)
class Topic:
    """A chat topic: what customers choose when they start a chat."""

    id: int
    name: str


@dataclass(frozen=True, slots=True)
class Agent:
    """A chat user.

    `present`: presence is switched on. `ongoing_chats`: chats in progress now. `topics`: those that the agent is a
    member of, which in SuperOffice includes people who only listen or manage, so it does not promise an answer.
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

    `taken_at` is aware UTC. `topics` are all that are known, with or without agents; `closed` those without anyone
    present that are known to be outside their opening hours. `stale_because` is set when this is an old snapshot, shown
    because SuperOffice could not be asked again; `age_s` is then its age, by a clock that does not jump.
    """

    taken_at: datetime
    agents: tuple[Agent, ...]
    topics: tuple[Topic, ...]
    closed: frozenset[Topic] = frozenset()
    stale_because: SuperOfficeError | None = None
    age_s: float = 0.0

    def uncovered(self) -> tuple[Topic, ...]:
        """The topics for which nobody is present."""
        covered = {topic for agent in self.agents if agent.present for topic in agent.topics}
        return tuple(topic for topic in self.topics if topic not in covered)
