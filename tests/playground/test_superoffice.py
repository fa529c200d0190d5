"""The stand-in NetServer answers as NetServer does, asked without a SOAP library."""

import re
import ssl
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from lxml import etree

from playground.office import PretendAgent, awkward_office, big_office
from playground.superoffice import Fault, NetServer

SOAP = "http://schemas.xmlsoap.org/soap/envelope/"
XSI = "{http://www.w3.org/2001/XMLSchema-instance}"
INT = "{http://schemas.microsoft.com/2003/10/Serialization/Arrays}int"
AGENT = {
    "GetChatPresence": "Chat",
    "IsWithinOpeningHours": "Chat",
    "AuthenticateUsernamePassword": "SoPrincipal",
    "GetSimpleList": "MDO",
}
PASSWORD = "<UserName>who</UserName><Password>demo-password</Password>"


def ns(services: int = 86) -> str:
    return f"http://www.superoffice.net/ws/crm/NetServer/Services{services}"


@pytest.fixture
async def server() -> AsyncIterator[NetServer]:
    async with NetServer() as server:
        yield server


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    without_ca = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # loading the usual ones takes longer than a test
    async with httpx.AsyncClient(timeout=20, verify=without_ca) as client:
        yield client


def envelope(operation: str, inner: str = "", *, header: str = "", soap: str = SOAP, services: int = 86) -> str:
    return (
        f'<s:Envelope xmlns:s="{soap}"><s:Header xmlns="{ns(services)}">{header}</s:Header>'
        f'<s:Body><{operation} xmlns="{ns(services)}">{inner}</{operation}></s:Body></s:Envelope>'
    )


def credentials(ticket: str) -> str:
    return f"<Credentials><Ticket>{ticket}</Ticket></Credentials>"


def request(
    server: NetServer,
    operation: str = "GetChatPresence",
    inner: str = "",
    *,
    header: str | None = None,
    text: str | None = None,
    headers: dict[str, str] | None = None,
    services: int = 86,
) -> httpx.Request:
    agent = AGENT[operation]
    if header is None:
        header = "" if agent == "SoPrincipal" else credentials(server.issue_ticket())
    action = {"Content-Type": "text/xml; charset=utf-8", "SOAPAction": f'"{ns(services)}/{agent}/{operation}"'}
    return httpx.Request(
        "POST",
        f"{server.url}/Services{services}/{agent}.svc",
        content=(text or envelope(operation, inner, header=header, services=services)).encode(),
        headers=action | (headers or {}),
    )


async def post(server: NetServer, client: httpx.AsyncClient, *args: str, **more: Any) -> httpx.Response:
    return await client.send(request(server, *args, **more))


def read(answer: httpx.Response) -> etree._Element:
    return etree.fromstring(answer.content)


def find(answer: httpx.Response, name: str) -> list[etree._Element]:
    return list(read(answer).iter(f"{{{ns()}}}{name}"))


def texts(answer: httpx.Response, name: str) -> list[str | None]:
    return [element.text for element in find(answer, name)]


async def test_presence(server: NetServer, client: httpx.AsyncClient) -> None:
    """GetChatPresence lists every agent, its fields in order, with Succeeded and a nil ExceptionInfo."""
    answer = await post(server, client)
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "text/xml; charset=utf-8")
    assert texts(answer, "Succeeded") == ["true"]
    assert find(answer, "ExceptionInfo")[0].get(f"{XSI}nil") == "true"
    assert len(find(answer, "ExtraInfo")) == len(find(answer, "TimeZone")) == 1
    rows = find(answer, "ChatPresence")
    order = "TableRight FieldProperties UserId DisplayName OngoingChats Present ChatTopics"
    assert " ".join(etree.QName(field).localname for field in rows[0]) == order
    seen = [
        PretendAgent(
            int(row[2].text or ""),
            row[3].text or "",
            row[5].text == "true",
            int(row[4].text or ""),
            tuple(int(topic.text or "") for topic in row[6].iter(INT)),
        )
        for row in rows
    ]
    assert seen == server.office.agents


async def test_awkward_names(client: httpx.AsyncClient) -> None:
    """Every name survives the wire as it is; an agent without topics has an empty ChatTopics or a nil one."""
    async with NetServer(awkward_office()) as server:
        answer = await post(server, client)
        assert [name or "" for name in texts(answer, "DisplayName")] == [a.name for a in server.office.agents]
        topics = await post(server, client, "GetSimpleList", "<Name>chatchannel</Name>")
        assert [name or "" for name in texts(topics, "Name")][1:] == [*server.office.topics.values()]
    async with NetServer(big_office(2, 0)) as server:
        found = [(len(each), each.get(f"{XSI}nil")) for each in find(await post(server, client), "ChatTopics")]
    assert found == [(0, None), (0, "true")]


async def test_topics(server: NetServer, client: httpx.AsyncClient) -> None:
    """The list `chatchannel` names the topics after an "All" with Id 0; another list is refused."""
    answer = await post(server, client, "GetSimpleList", "<Name>chatchannel</Name>")
    found = dict(zip(texts(answer, "Id"), texts(answer, "Name"), strict=True))
    assert found == {"0": "All"} | {str(n): name for n, name in server.office.topics.items()}
    assert texts(await post(server, client, "GetSimpleList", "<Name>chatters</Name>"), "Succeeded") == ["false"]


async def test_sign_in(server: NetServer, client: httpx.AsyncClient) -> None:
    """The right password brings a ticket that works; a wrong one is an answer of its own, not an error."""
    answer = await post(server, client, "AuthenticateUsernamePassword", PASSWORD)
    assert len(find(answer, "AuthenticateResponse")) == 1
    [ticket] = texts(answer, "Ticket")
    assert ticket
    assert ticket.startswith("7T:")
    assert texts(await post(server, client, header=credentials(ticket)), "Succeeded") == ["true"]

    wrong = PASSWORD.replace("demo", "other")
    answer = await post(server, client, "AuthenticateUsernamePassword", wrong)
    assert texts(answer, "AuthenticationSucceeded") == ["false"]
    assert (texts(answer, "Succeeded"), texts(answer, "Ticket")) == (["true"], [])


def refused_as(answer: httpx.Response) -> tuple[int, list[str | None], list[str | None]]:
    return answer.status_code, texts(answer, "Succeeded"), texts(answer, "ExceptionType")


SESSION = (200, ["false"], ["SuperOffice.Exceptions.SoSessionException"])


@pytest.mark.parametrize("header", ["", "<Credentials/>", credentials("7T:made-up")])
async def test_ticket_is_needed(server: NetServer, client: httpx.AsyncClient, header: str) -> None:
    """No ticket, a made-up one or one that has ended is refused in the headers, with HTTP 200 and an empty Body."""
    ended = credentials(server.issue_ticket())
    server.end_tickets()
    assert refused_as(await post(server, client, header=ended)) == SESSION
    answer = await post(server, client, header=header)
    assert refused_as(answer) == SESSION
    assert texts(answer, "Message") == ["Authentication failed!"]
    assert len(read(answer)[1]) == 0


async def test_application_token(client: httpx.AsyncClient) -> None:
    """An installation that wants an application token refuses a call without the right one, sign-in too."""
    async with NetServer(application_token="app-1") as server:
        for operation, inner in (("GetChatPresence", ""), ("AuthenticateUsernamePassword", PASSWORD)):
            ticket = "" if inner else credentials(server.issue_ticket())
            for token, said in (("app-1", "true"), ("app-2", "false")):
                header = f"<ApplicationToken>{token}</ApplicationToken>{ticket}"
                answer = await post(server, client, operation, inner, header=header)
                assert texts(answer, "Succeeded") == [said]
        assert "application token" in (texts(answer, "Message")[0] or "")


@pytest.mark.parametrize("services", [87, 88])
async def test_services_number(client: httpx.AsyncClient, services: int) -> None:
    """Only the installed number of the services exists; another is IIS's 404 page, and a GET is a page too."""
    async with NetServer(services=services) as server:
        answer = await post(server, client, services=services)
        assert read(answer).find(f".//{{{ns(services)}}}Succeeded") is not None
        missing, page = await post(server, client), await client.get(f"{server.url}/Services{services}/Chat.svc")
        assert [(each.status_code, each.headers["Content-Type"][:9]) for each in (missing, page)] == [
            (404, "text/html"),
            (200, "text/html"),
        ]


@pytest.mark.parametrize(
    ("name", "value", "status"),
    [
        ("Content-Type", "application/soap+xml; charset=utf-8", 415),
        ("Content-Type", "text/xml; charset=latin-1", 415),
        ("SOAPAction", '""', 500),
        ("SOAPAction", f'"{ns(87)}/Chat/GetChatPresence"', 500),
        ("SOAPAction", f'"{ns()}/Chat/SaveChatPresence"', 500),
        ("SOAPAction", f'"{ns()}/MDO/GetList"', 500),
        ("SOAPAction", f"{ns()}/Chat/GetChatPresence", 500),
    ],
)
async def test_http_headers(server: NetServer, client: httpx.AsyncClient, name: str, value: str, status: int) -> None:
    """Another content type is 415, and another action is a SOAP fault."""
    answer = await post(server, client, headers={name: value})
    assert answer.status_code == status
    assert (b"ActionNotSupported" in answer.content) is (status == 500)
    assert (server.calls[-1].operation, server.calls[-1].status) == ("unknown", status)


GOOD = credentials("7T:x")


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("<oops", 400),
        ("<!DOCTYPE a [<!ENTITY b 'c'>]>" + envelope("GetChatPresence", header=GOOD), 400),
        (envelope("GetChatPresence", header=GOOD, soap="http://www.w3.org/2003/05/soap-envelope"), 500),
        (envelope("GetChatPresence", header=GOOD, services=87), 500),
        (envelope("GetChatPresence", "<UserId>1</UserId>", header=GOOD), 500),
        (envelope("GetChatPresences", header=GOOD), 500),
        (envelope("GetChatPresence", header=GOOD + GOOD), 500),
        (envelope("GetChatPresence", header=f"<SoCredentials>{GOOD}</SoCredentials>"), 500),
        (envelope("GetChatPresence", header="<Credentials><ticket>7T:x</ticket></Credentials>"), 500),
        (envelope("GetChatPresence", header='<Credentials xmlns="">7T:x</Credentials>'), 500),
        (f'<e:Envelope xmlns:e="{SOAP}">{GOOD}<e:Body/></e:Envelope>', 500),
        (f'<e:Envelope xmlns:e="{SOAP}"><e:Body/></e:Envelope>', 500),
    ],
)
async def test_strict_reading(server: NetServer, client: httpx.AsyncClient, text: str, status: int) -> None:
    """What the contract does not name is refused before NetServer looks at the ticket."""
    answer = await post(server, client, text=text)
    assert answer.status_code == status
    assert (b":Fault>" in answer.content) is (status == 500)


@pytest.mark.parametrize(
    ("operation", "inner", "header"),
    [
        ("IsWithinOpeningHours", "<ChatTopicId>all</ChatTopicId>", None),
        ("IsWithinOpeningHours", "<TopicId>1</TopicId>", None),
        ("AuthenticateUsernamePassword", "<Password>a</Password><UserName>b</UserName>", None),
        ("AuthenticateUsernamePassword", PASSWORD, GOOD),
    ],
)
async def test_strict_parameters(
    server: NetServer, client: httpx.AsyncClient, operation: str, inner: str, header: str | None
) -> None:
    """Parameters have the contract's names, types and order; SoPrincipal takes no credentials."""
    assert (await post(server, client, operation, inner, header=header)).status_code == 500


@pytest.mark.parametrize(
    ("fault", "succeeded", "rows", "exception"),
    [
        (Fault.SUCCEEDED_FALSE_FULL_LIST, ["false"], 20, 1),
        (Fault.SUCCEEDED_TRUE_AS_ONE, ["1"], 20, 0),
        (Fault.SUCCEEDED_TRUE_WITH_SPACES, [" true "], 20, 0),
        (Fault.SUCCEEDED_MISSING, [], 20, 0),
        (Fault.NIL_PRESENCE, ["true"], 21, 0),
        (Fault.EMPTY_PRESENCE, ["true"], 21, 0),
    ],
)
async def test_reply_faults(
    server: NetServer, client: httpx.AsyncClient, fault: Fault, succeeded: list[str], rows: int, exception: int
) -> None:
    """A fault that leaves the list as it is, or that is none, is in the reply: a client must see or ignore it."""
    server.switches.fault = fault
    answer = await post(server, client)
    assert answer.status_code == 200
    assert texts(answer, "Succeeded") == succeeded
    assert len(find(answer, "ChatPresence")) == rows
    assert len(find(answer, "ExceptionType")) == exception


async def test_an_external_entity_that_is_fetched_is_known(server: NetServer, client: httpx.AsyncClient) -> None:
    """Whoever fetches the external entity of a reply is found out; the entity bomb is one."""
    server.switches.fault = Fault.ENTITY_BOMB
    with pytest.raises(etree.XMLSyntaxError, match="amplification"):
        read(await post(server, client))
    server.switches.fault = Fault.EXTERNAL_ENTITY
    place = re.findall(rb'SYSTEM "(http[^"]*)"', (await post(server, client)).content)
    assert not server.external_entity_fetched
    await client.get(place[0].decode())
    assert server.external_entity_fetched


@pytest.mark.parametrize("fault", [Fault.REDIRECT_302, Fault.REDIRECT_307])
async def test_redirects(server: NetServer, client: httpx.AsyncClient, fault: Fault) -> None:
    """A redirect remembers that somebody followed it."""
    server.switches.fault = fault
    assert (await post(server, client)).status_code == fault.status
    assert not server.redirect_followed
    client.follow_redirects = True
    await post(server, client)
    assert server.redirect_followed


async def test_switches_have_limits(server: NetServer, client: httpx.AsyncClient) -> None:
    """A fault can be limited to an operation and to a number of calls; clear() ends it. Signing in needs no right."""
    server.switches.fault, server.switches.only, server.switches.times = Fault.HTML_503, "GetSimpleList", 2
    assert (await post(server, client)).status_code == 200
    assert [(await post(server, client, "GetSimpleList")).status_code for _ in range(3)] == [503, 503, 200]
    server.switches.fault, server.switches.only, server.switches.times = Fault.NO_RIGHT, None, 1
    assert texts(await post(server, client, "AuthenticateUsernamePassword", PASSWORD), "Succeeded") == ["true"]
    assert server.switches.times == 1
    server.switches.times = None
    server.switches.clear()
    assert (await post(server, client, "GetSimpleList")).status_code == 200


async def test_calls_hold_no_secrets(server: NetServer, client: httpx.AsyncClient) -> None:
    """What is remembered of calls never holds a ticket or a password."""
    ticket = server.issue_ticket()
    await post(server, client, header=credentials(ticket))
    await post(server, client, "AuthenticateUsernamePassword", PASSWORD)
    assert len(server.calls) == 2
    assert not re.search(f"{ticket}|demo-password", repr(server.calls))
