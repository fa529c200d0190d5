"""NetServer's end of the wire, and SuperOffice as the bot builds it at the other end."""

import asyncio
import ssl
import traceback
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass

import httpx
import pytest

from bot.clock import Clock
from bot.errors import Reason, SuperOfficeError
from bot.freshness import FreshValue, FreshValues
from bot.limits import Backoff
from bot.superoffice import hours, names
from bot.superoffice.session import Session, SharedSession, SignIn
from bot.superoffice.sign_in import FIRST_PAUSE_S, PasswordSignIn, ReadyTicket
from bot.superoffice.soap.api import SoapApi
from bot.superoffice.soap.netserver import NetServer
from bot.superoffice.source import SuperOfficeSource
from playground.superoffice import NetServer as StandIn
from tests.kit.clock import FakeClock
from tests.kit.netserver_xml import TICKET, anna, is_open, presence, row, signed_in, topic_list

ADDRESS = "https://crm.example.com/SuperOffice/Remote"
PASSWORD = "a-password"
APPLICATION_TOKEN = "an-application-token"
SECRETS = (TICKET, PASSWORD, APPLICATION_TOKEN)
SESSION = Session(ADDRESS, TICKET)

PRESENCE, NAMES, HOURS = "GetChatPresence", "GetSimpleList", "IsWithinOpeningHours"
SIGN_IN = "AuthenticateUsernamePassword"


@dataclass(frozen=True, slots=True)
class Reply:
    """An HTTP answer."""

    content: str | bytes
    status: int = 200
    content_type: str = "text/xml; charset=utf-8"
    retry_after: str | None = None
    location: str | None = None
    content_encoding: str | None = None
    piece: int = 1000  # bytes sent at once

    def sent(self) -> httpx.Response:
        """The answer as it comes over the wire: in pieces, not at once."""
        said = {
            "Content-Type": self.content_type or None,
            "Content-Encoding": self.content_encoding,
            "Retry-After": self.retry_after,
            "Location": self.location,
        }
        content = self.content if isinstance(self.content, bytes) else self.content.encode("utf-8")
        headers = [(name.encode(), value.encode()) for name, value in said.items() if value is not None]
        return httpx.Response(self.status, headers=headers, content=_pieces(content, self.piece))


async def _pieces(content: bytes, size: int) -> AsyncIterator[bytes]:
    for begin in range(0, len(content), size):
        yield content[begin : begin + size]


class Wire:
    """NetServer's end of the wire: `says` its reply to each operation, and keeps the requests.

    `asked` is set for an operation that was asked for. While `gate` is not set, an operation in `held` does not answer.
    """

    def __init__(self, services: int = 86) -> None:
        self.services = services
        self.says: dict[str, Reply] = {
            PRESENCE: Reply(presence(row(*anna()), services=services)),
            NAMES: Reply(topic_list((1, "Billing"), services=services)),
            HOURS: Reply(is_open("<Response>true</Response>", services=services)),
            SIGN_IN: Reply(signed_in(services=services)),
        }
        self.requests: list[httpx.Request] = []
        self.held: set[str] = set()
        self.asked: defaultdict[str, asyncio.Event] = defaultdict(asyncio.Event)
        self.gate = asyncio.Event()

    async def __call__(self, request: httpx.Request) -> httpx.Response:
        """Answer, as `httpx.MockTransport` asks for it."""
        self.requests.append(request)
        operation = _operation(request)
        self.asked[operation].set()
        if operation in self.held:
            await self.gate.wait()
        return self.says[operation].sent()

    def count(self, operation: str) -> int:
        """How many requests were for this operation."""
        return len(self.sent(operation))

    def sent(self, operation: str) -> list[httpx.Request]:
        """The requests for this operation."""
        return [request for request in self.requests if _operation(request) == operation]


def _operation(request: httpx.Request) -> str:
    return str(request.headers["SOAPAction"]).strip('"').rpartition("/")[2]


@asynccontextmanager
async def wired(wire: Wire) -> AsyncIterator[NetServer]:
    """The real transport with the real zeep, at this end of the wire."""
    async with httpx.AsyncClient(transport=httpx.MockTransport(wire), trust_env=False) as http:
        yield NetServer(http, services=wire.services)


def nobody_trusted() -> ssl.SSLContext:
    """A context that trusts no certificate; to load the usual ones takes longer than a test."""
    return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


@asynccontextmanager
async def over_http(
    *, verify: ssl.SSLContext | None = None, follow_redirects: bool = False
) -> AsyncIterator[NetServer]:
    """The real transport over real HTTP, quick to open because it trusts no certificate unless told otherwise."""
    async with httpx.AsyncClient(
        verify=verify or nobody_trusted(), follow_redirects=follow_redirects, timeout=20, trust_env=False
    ) as http:
        yield NetServer(http, services=86)


@dataclass(frozen=True, slots=True)
class SuperOffice:
    """SuperOffice as the bot has it. `hours` asks for opening hours, and `clock` ages all that is kept."""

    api: SoapApi
    source: SuperOfficeSource
    hours: hours.OpeningHours
    clock: FakeClock

    async def settled(self) -> None:
        """Wait for the questions about opening hours that are under way."""
        if self.hours._asking is not None:
            await asyncio.wait([self.hours._asking])


@asynccontextmanager
async def superoffice(
    at: Wire | StandIn | NetServer,
    *,
    address: str = "",
    password: str | None = None,
    sign_in: SignIn | None = None,
    application_token: str = "",
    timeout_s: float = 20.0,
    own_names: Mapping[int, str] | None = None,
    patience_s: float = 20.0,
) -> AsyncIterator[SuperOffice]:
    """SuperOffice at the other end: of a wire, of a stand-in over HTTP, or of what was opened already.

    With a good ticket, unless there is a `password` or a `sign_in`. Rosters wait for names, unless told otherwise.
    """
    address = address or (at.url if isinstance(at, StandIn) else ADDRESS)
    async with _netserver_of(at) as netserver:
        clock = FakeClock()
        if password is not None:
            sign_in = password_sign_in(
                netserver, address=address, password=password, application_token=application_token, clock=clock
            )
        elif sign_in is None:
            ticket = at.issue_ticket() if isinstance(at, StandIn) else TICKET
            sign_in = ReadyTicket(ticket, address=address)
        shared = SharedSession(sign_in, clock)
        api = SoapApi(
            netserver,
            shared,
            address=address,
            application_token=application_token,
            timeout_s=timeout_s,
        )
        topic_names = FreshValue(
            api.topic_names,
            fresh_s=names.FRESH_S,
            clock=clock,
            backoff=longest_pauses("Topic names", names.PAUSE_S, clock),
        )
        is_open = keeper_of_hours(api.is_open, clock)
        opening_hours = hours.OpeningHours(is_open)
        source = SuperOfficeSource(
            api, topic_names, opening_hours, own_names=own_names or {}, clock=clock, patience_s=patience_s
        )
        try:
            yield SuperOffice(api, source, opening_hours, clock)
        finally:
            for each in (opening_hours, is_open, topic_names, shared):
                await each.close()


@asynccontextmanager
async def _netserver_of(at: Wire | StandIn | NetServer) -> AsyncIterator[NetServer]:
    if isinstance(at, NetServer):
        yield at
        return
    async with wired(at) if isinstance(at, Wire) else over_http() as netserver:
        yield netserver


def password_sign_in(
    netserver: NetServer,
    *,
    address: str = ADDRESS,
    password: str = PASSWORD,
    application_token: str = "",
    clock: Clock | None = None,
) -> PasswordSignIn:
    """The way in of a user called "who"."""
    return PasswordSignIn(
        netserver,
        address=address,
        username="who",
        password=password,
        application_token=application_token,
        pauses=longest_pauses("Sign-in", FIRST_PAUSE_S, clock or FakeClock()),
    )


def keeper_of_hours(is_open: Callable[[int], Awaitable[bool | None]], clock: Clock) -> FreshValues[int, bool | None]:
    """What keeps opening hours, as the bot builds it."""
    return FreshValues(
        is_open,
        fresh_s=hours.FRESH_S,
        size=hours.MOST_TOPICS,
        at_once=hours.AT_ONCE,
        waiting=hours.MOST_TOPICS,
        clock=clock,
        backoff=longest_pauses("Opening hours", hours.PAUSE_S, clock),
    )


def longest_pauses(name: str, pause_s: float, clock: Clock) -> Backoff:
    """A back-off of one pause, which chance makes as long as it may be."""
    return Backoff(name, first_s=pause_s, longest_s=pause_s, clock=clock, chance=lambda: 1.0)


Kind = tuple[type[SuperOfficeError], Reason]
"""What tells failures apart."""


def kind(error: BaseException) -> Kind:
    """What an error of SuperOffice's is."""
    assert isinstance(error, SuperOfficeError)
    return type(error), error.reason


async def failure(asking: Awaitable[object]) -> SuperOfficeError:
    """The error that the question ends with."""
    with pytest.raises(SuperOfficeError) as caught:
        await asking
    return caught.value


def everything_told(error: BaseException) -> str:
    """All that a log, a shell or a traceback would tell of an error."""
    return "\n".join((str(error), repr(error), *traceback.format_exception(error)))
