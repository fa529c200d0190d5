"""What the client sends: SOAP 1.1 as NetServer's WCF wants it, and no secret more than a call needs."""

import pytest
from lxml import etree

from bot.superoffice.tickets import PasswordSignIn
from tests.fakes import (
    APPLICATION_TOKEN,
    PASSWORD,
    SECRETS,
    SOAP11,
    TICKET,
    Wire,
    client_of,
    namespace,
    wired,
    xml,
)

SERVICES = [86, 87, 88]
AGENTS = {"GetChatPresence": "Chat", "GetSimpleList": "MDO", "AuthenticateUsernamePassword": "SoPrincipal"}


async def asked(services: int = 86, *, application_token: str = APPLICATION_TOKEN) -> Wire:
    """A wire over which the bot signed in, and asked for presence and topic names."""
    wire = Wire(services)
    async with wired(wire, services=services) as netserver:
        sign_in = PasswordSignIn(netserver, username="who", password=PASSWORD, application_token=application_token)
        async with client_of(netserver, sign_in=sign_in, application_token=application_token) as client:
            assert (await client.snapshot()).agents
    return wire


def part(request: etree._Element, name: str) -> etree._Element | None:
    return request.find(f"{{{SOAP11}}}{name}")


def written(element: etree._Element | None) -> list[tuple[str, list[tuple[str, str | None]], str | None]]:
    """The local names, children and texts of what stands in a Header or Body."""
    if element is None:
        return []
    return [
        (
            etree.QName(child).localname,
            [(etree.QName(grandchild).localname, grandchild.text) for grandchild in child],
            child.text,
        )
        for child in element
    ]


@pytest.mark.parametrize("services", SERVICES)
@pytest.mark.parametrize("operation", AGENTS)
async def test_the_number_of_the_services_is_in_path_action_and_namespace(operation: str, services: int) -> None:
    """Services86, 87 and 88 differ by their number, and in nothing else."""
    (request,) = (await asked(services)).sent(operation)
    agent, envelope = AGENTS[operation], xml(request)

    assert (request.method, str(request.url)) == (
        "POST",
        f"https://crm.example.com/SuperOffice/Remote/Services{services}/{agent}.svc",
    )
    assert request.headers["SOAPAction"] == f'"{namespace(services)}/{agent}/{operation}"'
    parts = [part(envelope, "Header"), part(envelope, "Body")]
    assert {
        etree.QName(element).namespace for side in parts if side is not None for element in side.iterdescendants()
    } == {namespace(services)}


@pytest.mark.parametrize("operation", AGENTS)
async def test_requests_are_soap_1_1(operation: str) -> None:
    """WCF's BasicHttpBinding takes text/xml with a SOAP 1.1 envelope, and answers anything else with 415."""
    (request,) = (await asked()).sent(operation)

    assert request.headers["Content-Type"] == "text/xml; charset=utf-8"
    assert xml(request).tag == f"{{{SOAP11}}}Envelope"
    assert [etree.QName(child).localname for child in xml(request)] == ["Header", "Body"]


@pytest.mark.parametrize("operation", ["GetChatPresence", "GetSimpleList"])
async def test_a_call_shows_its_ticket_and_application_token_in_the_header(operation: str) -> None:
    """The credentials stand in the SOAP Header, once each, beside nothing else."""
    (request,) = (await asked()).sent(operation)

    assert sorted(written(part(xml(request), "Header"))) == [
        ("ApplicationToken", [], APPLICATION_TOKEN),
        ("Credentials", [("Ticket", TICKET)], None),
    ]


async def test_signing_in_shows_the_application_token_alone() -> None:
    """SoPrincipal takes no Credentials: whoever signs in has no ticket yet."""
    (request,) = (await asked()).sent("AuthenticateUsernamePassword")

    assert written(part(xml(request), "Header")) == [("ApplicationToken", [], APPLICATION_TOKEN)]


async def test_an_empty_application_token_is_left_out() -> None:
    """On site there is no application token, and none is sent: neither an empty one nor a nil."""
    wire = await asked(application_token="")

    assert wire.requests
    assert not [request for request in wire.requests if b"ApplicationToken" in request.content]
    (request,) = wire.sent("GetChatPresence")
    assert written(part(xml(request), "Header")) == [("Credentials", [("Ticket", TICKET)], None)]


@pytest.mark.parametrize(
    ("operation", "parameters"),
    [
        ("GetChatPresence", []),
        ("GetSimpleList", [("Name", "chatchannel")]),
        ("AuthenticateUsernamePassword", [("UserName", "who"), ("Password", PASSWORD)]),
    ],
)
async def test_a_call_says_what_it_asks_for(operation: str, parameters: list[tuple[str, str]]) -> None:
    """The Body holds the operation and its parameters, in the contract's order."""
    (request,) = (await asked()).sent(operation)

    assert written(part(xml(request), "Body")) == [(operation, parameters, None)]


async def test_secrets_are_in_the_envelope_and_nowhere_else() -> None:
    """No secret is in an address or an HTTP header, where proxies log it."""
    for request in (await asked()).requests:
        around = f"{request.url} {request.headers!r}"
        assert not [secret for secret in SECRETS if secret in around]


async def test_only_what_reads_is_ever_called() -> None:
    """The bot signs in and reads; it never saves anybody's presence."""
    wire = await asked()

    assert len(wire.requests) == sum(wire.count(operation) for operation in AGENTS)


async def test_reaching_shows_no_secret() -> None:
    """The check whether NetServer is there tells it nothing."""
    wire = Wire()
    async with wired(wire) as netserver, client_of(netserver, application_token=APPLICATION_TOKEN) as client:
        await client.reach()

    assert wire.requests
    assert not [request for request in wire.requests for secret in SECRETS if secret.encode() in request.content]
