"""The one set of fakes: clocks, a source of presence, and NetServer's end of the wire, in XML written by hand."""

import asyncio
import ssl
import traceback
from collections import defaultdict
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

import httpx
from bot.superoffice.client import SuperOfficeClient
from bot.superoffice.tickets import ReadyTicket, RenewingTicket, SignIn
from bot.superoffice.transport import NetServer
from lxml import etree

from bot.presence.model import Agent, Snapshot, Topic

NOW = datetime(2026, 3, 2, 14, 3, tzinfo=UTC)

SOAP11 = "http://schemas.xmlsoap.org/soap/envelope/"
SOAP12 = "http://www.w3.org/2003/05/soap-envelope"
XSI = "http://www.w3.org/2001/XMLSchema-instance"
ARRAYS = "http://schemas.microsoft.com/2003/10/Serialization/Arrays"

TICKET = "7T:a-ticket=="
PASSWORD = "a-password"
APPLICATION_TOKEN = "an-application-token"
SECRETS = (TICKET, PASSWORD, APPLICATION_TOKEN)


# Time


class Clock:
    """A clock that stands still until it is told otherwise. Call it for its seconds."""

    def __init__(self, seconds: float = 1000.0) -> None:
        self._seconds = seconds

    def __call__(self) -> float:
        return self._seconds

    def advance(self, seconds: float) -> None:
        """Let time pass."""
        self._seconds += seconds


# Presence


class FakeSource:
    """A `PresenceSource` that gives or raises its outcomes in turn, the last one for ever.

    `asked` is set by the first who asks. While `gate` is not set, those who ask wait.
    """

    def __init__(self, *outcomes: Snapshot | Exception) -> None:
        self._outcomes = list(outcomes)
        self.calls = 0
        self.asked = asyncio.Event()
        self.gate = asyncio.Event()
        self.gate.set()

    async def snapshot(self) -> Snapshot:
        """The next outcome."""
        self.calls += 1
        self.asked.set()
        outcome = self._outcomes.pop(0) if len(self._outcomes) > 1 else self._outcomes[0]
        await self.gate.wait()
        if isinstance(outcome, Exception):
            raise outcome
        return outcome


def an_agent(
    name: str = "Anna Berg",
    *topics: Topic,
    user_id: int = 3,
    present: bool = True,
    chats: int = 0,
) -> Agent:
    """An agent, free unless told otherwise."""
    return Agent(user_id=user_id, name=name, present=present, ongoing_chats=chats, topics=topics)


def a_snapshot(*agents: Agent, topics: tuple[Topic, ...] = ()) -> Snapshot:
    """A snapshot of NOW."""
    return Snapshot(taken_at=NOW, agents=agents, topics=topics)


# What NetServer says


def namespace(services: int = 86) -> str:
    """The namespace of NetServer's contract."""
    return f"http://www.superoffice.net/ws/crm/NetServer/Services{services}"


def envelope(
    body: str, *, headers: str | None = None, soap: str = SOAP11, services: int = 86, doctype: str = ""
) -> str:
    """A SOAP envelope in which s, h, i and a are SOAP, NetServer's contract, xsi and the arrays.

    `headers` None leaves the Header out; `succeeded()` writes the usual ones.
    """
    header = "" if headers is None else f"<s:Header>{headers}</s:Header>"
    names = f'xmlns:s="{soap}" xmlns:h="{namespace(services)}" xmlns:i="{XSI}" xmlns:a="{ARRAYS}"'
    return f"{doctype}<s:Envelope {names}>{header}<s:Body>{body}</s:Body></s:Envelope>"


def succeeded(text: str = "true", exception_info: str = '<h:ExceptionInfo i:nil="true"/>') -> str:
    """NetServer's response headers."""
    return f'{exception_info}<h:ExtraInfo i:nil="true"/><h:Succeeded>{text}</h:Succeeded>'


def exception_info(kind: str = "System.Exception", message: str = "") -> str:
    """NetServer's own report of what went wrong."""
    return (
        f"<h:ExceptionInfo><h:Message>{message}</h:Message><h:StackTrace>{message}</h:StackTrace>"
        f"<h:FriendlyText>{message}</h:FriendlyText><h:ExceptionType>{kind}</h:ExceptionType></h:ExceptionInfo>"
    )


def response(element: str, inner: str, *, headers: str | None = None, services: int = 86, doctype: str = "") -> str:
    """A reply that succeeded, or has the headers given, around what its element holds."""
    body = f'<{element} xmlns="{namespace(services)}">{inner}</{element}>'
    said = succeeded() if headers is None else headers
    return envelope(body, headers=said, services=services, doctype=doctype)


def presence(*rows: str, headers: str | None = None, services: int = 86, doctype: str = "") -> str:
    """The reply of GetChatPresence."""
    inner = f"<Response>{''.join(rows)}</Response>"
    return response("GetChatPresenceResponse", inner, headers=headers, services=services, doctype=doctype)


def row(*fields: str) -> str:
    """A ChatPresence of these fields."""
    return f"<ChatPresence>{''.join(fields)}</ChatPresence>"


def anna(**changed: str) -> tuple[str, ...]:
    """Anna's fields in the contract's order, some of them written otherwise; "" leaves one out."""
    fields = {
        "UserId": "<UserId>3</UserId>",
        "DisplayName": "<DisplayName>Anna Berg</DisplayName>",
        "OngoingChats": "<OngoingChats>2</OngoingChats>",
        "Present": "<Present>true</Present>",
        "ChatTopics": "<ChatTopics><a:int>1</a:int><a:int>12</a:int></ChatTopics>",
    }
    assert changed.keys() <= fields.keys()
    return tuple((fields | changed).values())


def topic_list(*topics: tuple[int, str], services: int = 86) -> str:
    """The reply of GetSimpleList("chatchannel"), which begins with "All"."""
    items = (
        f"<MDOListItem><Id>{topic_id}</Id><Name>{name}</Name><ToolTip/><Deleted>false</Deleted></MDOListItem>"
        for topic_id, name in ((0, "All"), *topics)
    )
    return response("GetSimpleListResponse", f"<Response>{''.join(items)}</Response>", services=services)


def signed_in(ticket: str = TICKET, *, services: int = 86) -> str:
    """The reply to the right password."""
    inner = (
        "<Response><Associate>who</Associate><AssociateId>103</AssociateId></Response>"
        f"<Credentials><Ticket>{ticket}</Ticket></Credentials><AuthenticationSucceeded>true</AuthenticationSucceeded>"
    )
    return response("AuthenticateResponse", inner, services=services)


@dataclass(frozen=True, slots=True)
class Reply:
    """An HTTP answer."""

    content: str | bytes
    status: int = 200
    content_type: str = "text/xml; charset=utf-8"
    retry_after: str | None = None
    content_encoding: str | None = None
    piece: int = 1000  # bytes sent at once

    def sent(self) -> httpx.Response:
        """The answer as it comes over the wire: in pieces, not at once."""
        said = {
            "Content-Type": self.content_type or None,
            "Content-Encoding": self.content_encoding,
            "Retry-After": self.retry_after,
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
        self.says: dict[str, Reply] = {
            "GetChatPresence": Reply(presence(row(*anna()), services=services)),
            "GetSimpleList": Reply(topic_list((1, "Billing"), services=services)),
            "AuthenticateUsernamePassword": Reply(signed_in(services=services)),
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
    return request.headers["SOAPAction"].strip('"').rpartition("/")[2]


@asynccontextmanager
async def wired(wire: Wire, *, services: int = 86) -> AsyncIterator[NetServer]:
    """The real transport with the real zeep, at this end of the wire."""
    async with httpx.AsyncClient(transport=httpx.MockTransport(wire), trust_env=False) as http:
        yield NetServer(http, base_url="https://crm.example.com/SuperOffice/Remote", services=services)


def nobody_trusted() -> ssl.SSLContext:
    """A context that trusts no certificate; to load the usual ones takes longer than a test."""
    return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


@asynccontextmanager
async def over_http(
    base_url: str, *, verify: ssl.SSLContext | None = None, follow_redirects: bool = False
) -> AsyncIterator[NetServer]:
    """The real transport over real HTTP, quick to open because it trusts no certificate unless told otherwise."""
    async with httpx.AsyncClient(
        verify=verify or nobody_trusted(), follow_redirects=follow_redirects, timeout=20, trust_env=False
    ) as http:
        yield NetServer(http, base_url=base_url, services=86)


@asynccontextmanager
async def client_of(
    netserver: NetServer,
    *,
    sign_in: SignIn | None = None,
    application_token: str = "",
    timeout_s: float = 30.0,
    own_topic_names: Mapping[int, str] | None = None,
    monotonic: Clock | None = None,
) -> AsyncIterator[SuperOfficeClient]:
    """The client of a NetServer, with a ready ticket unless told otherwise."""
    client = SuperOfficeClient(
        netserver,
        RenewingTicket(sign_in or ReadyTicket(TICKET)),
        application_token=application_token,
        timeout_s=timeout_s,
        own_topic_names=own_topic_names or {},
        now=lambda: NOW,
        monotonic=monotonic or Clock(),
    )
    try:
        yield client
    finally:
        await client.close()


# What is looked at afterwards


def everything_told(error: BaseException) -> str:
    """All that a log, a shell or a traceback would tell of an error."""
    return "\n".join((str(error), repr(error), *traceback.format_exception(error)))


def xml(request: httpx.Request) -> etree._Element:
    """The envelope of a request."""
    return etree.fromstring(request.content)
