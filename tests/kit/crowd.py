"""The agents and topics that tests know by name, and crowds of any size."""

import asyncio
from typing import Final

from bot.errors import Denied, Reason, SuperOfficeError, Unexpected, Unreachable
from bot.presence.model import Agent, Snapshot, Topic
from bot.presence.query import Help, Query, parse
from bot.presence.reading import Fresh, Stale
from tests.kit.clock import NOW

BILLING, ORDERS, RETURNS, VIP = Topic(1, "Billing"), Topic(2, "Orders"), Topic(3, "Returns"), Topic(4, "VIP & Co")

DOWN = Unreachable(Reason.REFUSED, "ConnectError")
"""Why SuperOffice cannot be asked, where a test needs a reason."""

DETAIL: Final = "<!channel> s3cret"
"""What an error says to the log, and people never see."""

_KINDS: Final[dict[Reason, type[SuperOfficeError]]] = {
    **dict.fromkeys(
        (
            Reason.PASSWORD,
            Reason.SIGN_IN_REFUSED,
            Reason.APPLICATION_TOKEN,
            Reason.TICKET_REFUSED,
            Reason.NO_RIGHT,
            Reason.NO_RIGHT_TO_TOPICS,
            Reason.NO_RIGHT_TO_HOURS,
            Reason.SWITCHED_OFF,
        ),
        Denied,
    ),
    **dict.fromkeys((Reason.FAILED, Reason.DATABASE, Reason.UNREADABLE, Reason.TOO_LARGE), Unexpected),
}
FAILURES: Final = tuple(_KINDS.get(reason, Unreachable)(reason, DETAIL) for reason in Reason)
"""Every failure that leaves `bot.superoffice`. All other reasons mean that SuperOffice was not reached."""


def agent(name: str = "Anna Berg", *topics: Topic, user_id: int = 3, present: bool = True, chats: int = 0) -> Agent:
    """An agent, free unless told otherwise."""
    return Agent(user_id=user_id, name=name, present=present, ongoing_chats=chats, topics=topics)


def snapshot(*agents: Agent, topics: tuple[Topic, ...] = (), closed: frozenset[Topic] = frozenset()) -> Snapshot:
    """A snapshot of NOW."""
    return Snapshot(taken_at=NOW, agents=agents, topics=topics, closed=closed)


TEAM = snapshot(
    agent("Anna Berg", BILLING, ORDERS, user_id=3),
    agent("Ole Hansen", ORDERS, user_id=4),
    agent("Bjørn Dahl", BILLING, user_id=5, chats=2),
    agent("Åse Lindqvist", RETURNS, user_id=6, present=False, chats=1),
    agent("Nils Ek", user_id=7, present=False),
    topics=(BILLING, ORDERS, RETURNS, VIP),
)
"""Two who are free, one who is busy, two who are away; nobody for Returns and VIP & Co."""


def crowd(agents: int, topics: int = 4) -> Snapshot:
    """So many free agents, in the order of their numbers, and so many topics, with one agent each as far as they go."""
    named = tuple(Topic(n, f"Topic {n:03}") for n in range(1, topics + 1))
    staff = (agent(f"Agent {n:03}", *named[n - 1 : n], user_id=n) for n in range(1, agents + 1))
    return snapshot(*staff, topics=named)


def fresh(of: Snapshot = TEAM) -> Fresh:
    """A fresh reading."""
    return Fresh(of)


def stale(of: Snapshot = TEAM, age_s: float = 240.0) -> Stale:
    """An old reading, of 4 minutes ago unless told otherwise."""
    return Stale(of, DOWN, age_s)


def asked(words: str) -> Query:
    """The query that these words are. They must not ask for help."""
    query = parse(words)
    assert not isinstance(query, Help)
    return query


class FakeSource:
    """A `PresenceSource` that gives or raises what `says` holds.

    `calls` counts the questions and `asked` is set by the first. While `gate` is not set, those who ask wait.
    """

    def __init__(self, says: Snapshot | Exception = TEAM) -> None:
        self.says = says
        self.calls = 0
        self.asked = asyncio.Event()
        self.gate = asyncio.Event()
        self.gate.set()

    async def snapshot(self) -> Snapshot:
        """What the test decided."""
        self.calls += 1
        self.asked.set()
        await self.gate.wait()
        if isinstance(self.says, Exception):
            raise self.says
        return self.says
