"""NetServer's operations, and how the reply of each becomes rows.

A reply is read after it was checked against the contract, so every element here is in its place and holds what its
type allows. An element may still be missing or nil. .NET leaves out what has its default value, so both mean 0, "" or
false.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final, Generic, TypeVar

from lxml import etree

from bot.errors import Reason, Unexpected
from bot.superoffice.api import MAX_AGENTS, MAX_TOPICS, PresenceRow, TopicRow
from bot.superoffice.soap.characters import STAND_IN

T_co = TypeVar("T_co", covariant=True)


@dataclass(frozen=True, slots=True)
class Operation(Generic[T_co]):
    """An operation of NetServer: the service that has it, its name, what reads its reply, and the missing right.

    `most`: how many rows a list in its reply may have.
    """

    service: str
    name: str
    read: Callable[[etree._Element], T_co]
    no_right: Reason
    most: int = 100


@dataclass(frozen=True, slots=True)
class SignedIn:
    """What a sign-in gave."""

    succeeded: bool
    ticket: str = field(repr=False)


def _presence(reply: etree._Element) -> list[PresenceRow]:
    n = _namespace(reply)
    user_id, name, chats, present, topics = (
        n + each for each in ("UserId", "DisplayName", "OngoingChats", "Present", "ChatTopics")
    )
    rows = []
    for row in reply[0]:
        said = {child.tag: child for child in row}
        rows.append(
            PresenceRow(
                user_id=_int(said.get(user_id)),
                name=_string(said.get(name)),
                ongoing_chats=_int(said.get(chats)),
                present=_boolean(said.get(present)),
                topic_ids=tuple(int(each.text) for each in said.get(topics, ()) if each.text),
            )
        )
    return rows


def _topic_names(reply: etree._Element) -> tuple[TopicRow, ...]:
    n = _namespace(reply)
    return tuple(
        TopicRow(
            id=_int(row.find(f"{n}Id")),
            name=_string(row.find(f"{n}Name")),
            deleted=_boolean(row.find(f"{n}Deleted")),
        )
        for row in reply[0]
    )


def _is_open(reply: etree._Element) -> bool:
    return _boolean(reply[0])


def _signed_in(reply: etree._Element) -> SignedIn:
    n = _namespace(reply)
    ticket = _string(reply.find(f"{n}Credentials/{n}Ticket"))
    if STAND_IN in ticket:
        raise Unexpected(Reason.UNREADABLE, "a ticket that XML cannot hold")
    return SignedIn(succeeded=_boolean(reply.find(f"{n}AuthenticationSucceeded")), ticket=ticket)


PRESENCE: Final = Operation("Chat", "GetChatPresence", _presence, Reason.NO_RIGHT, MAX_AGENTS)
TOPIC_NAMES: Final = Operation("MDO", "GetSimpleList", _topic_names, Reason.NO_RIGHT_TO_TOPICS, MAX_TOPICS + 1)  # "All"
IS_OPEN: Final = Operation("Chat", "IsWithinOpeningHours", _is_open, Reason.NO_RIGHT_TO_HOURS)
SIGN_IN: Final = Operation("SoPrincipal", "AuthenticateUsernamePassword", _signed_in, Reason.SIGN_IN_REFUSED)


def _namespace(reply: etree._Element) -> str:
    return f"{{{etree.QName(reply).namespace}}}"


def _int(element: etree._Element | None) -> int:
    return int(element.text) if element is not None and element.text else 0


def _string(element: etree._Element | None) -> str:
    return (element.text or "") if element is not None else ""


def _boolean(element: etree._Element | None) -> bool:
    return element is not None and (element.text or "").strip() in {"true", "1"}
