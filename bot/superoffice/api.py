"""What SuperOffice can be asked, as typed rows."""

from dataclasses import dataclass
from typing import Final, Protocol

MAX_AGENTS: Final = 25_000
"""How many chat users SuperOffice may have. A list that is longer is refused as a whole: a part of it would lie."""

MAX_TOPICS: Final = 2_000
"""How many topics SuperOffice may have, deleted ones among them; refused like the chat users."""

MAX_NAME: Final = 1_000
"""How many characters of a name are read, of an agent's or a topic's. The rest is cut off, and nobody is lost."""


@dataclass(frozen=True, slots=True)
class PresenceRow:
    """A chat user. What SuperOffice leaves out has its default: 0, "", False or ().

    `topic_ids`: the topics that the user is a member of.
    https://docs.superoffice.com/en/api/reference/soap/Services86/Chat/GetChatPresence.html
    """

    user_id: int
    name: str
    ongoing_chats: int
    present: bool
    topic_ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class TopicRow:
    """A chat topic, or the item with id 0, which is "All".

    https://docs.superoffice.com/en/api/reference/soap/Services86/MDO/GetSimpleList.html
    """

    id: int
    name: str
    deleted: bool


class SuperOfficeApi(Protocol):
    """What the bot asks SuperOffice. Each call ends within a deadline, and signs in first where it has to.

    Each raises `SuperOfficeError`, but never `Refused`.
    """

    async def reach(self) -> None:
        """See whether SuperOffice is there, without showing any secret."""
        ...

    async def sign_in(self) -> None:
        """Sign in, unless there is a session."""
        ...

    async def presence(self) -> list[PresenceRow]:
        """All chat users, in SuperOffice's order, for the caller to keep."""
        ...

    async def topic_names(self) -> tuple[TopicRow, ...]:
        """The topics that SuperOffice lists, which may leave some out."""
        ...

    async def is_open(self, topic_id: int) -> bool | None:
        """Whether the topic is within its opening hours; None if SuperOffice cannot say that about this topic."""
        ...
