"""What is sent: SOAP 1.1 as NetServer's WCF wants it, and no secret more than a call needs."""

import pytest
from lxml import etree

from bot.superoffice.sign_in import ReadyTicket
from tests.kit import netserver as kit
from tests.kit.netserver import APPLICATION_TOKEN, PASSWORD, SECRETS, Wire, superoffice
from tests.kit.netserver_xml import SOAP11, TICKET, namespace

AGENTS = {kit.PRESENCE: "Chat", kit.HOURS: "Chat", kit.NAMES: "MDO", kit.SIGN_IN: "SoPrincipal"}
PARAMETERS = {
    kit.PRESENCE: [],
    kit.HOURS: [("ChatTopicId", "7")],
    kit.NAMES: [("Name", "chatchannel")],
    kit.SIGN_IN: [("UserName", "who"), ("Password", PASSWORD)],
}
Part = tuple[str, list[tuple[str, str | None]], str | None]

TOKEN_PART: Part = ("ApplicationToken", [], APPLICATION_TOKEN)
TICKET_PART: Part = ("Credentials", [("Ticket", TICKET)], None)


async def asked(services: int = 86, *, application_token: str = APPLICATION_TOKEN) -> Wire:
    """A wire over which the bot signed in, and asked for everything that it ever asks for."""
    wire = Wire(services)
    async with superoffice(wire, password=PASSWORD, application_token=application_token) as bot:
        await bot.api.presence()
        await bot.api.topic_names()
        await bot.api.is_open(7)
    return wire


async def parts(wire: Wire, operation: str) -> dict[str, list[Part]]:
    """What stands in the Header and the Body of a request: the local names, children and texts."""
    (request,) = wire.sent(operation)
    return {
        etree.QName(part).localname: [
            (
                etree.QName(child).localname,
                [(etree.QName(grandchild).localname, grandchild.text) for grandchild in child],
                child.text,
            )
            for child in part
        ]
        for part in etree.fromstring(request.content)
    }


@pytest.mark.parametrize("services", [86, 87, 88])
@pytest.mark.parametrize("operation", AGENTS)
async def test_the_number_of_the_services_is_in_path_action_and_namespace(operation: str, services: int) -> None:
    """Services86, 87 and 88 differ by their number, and in nothing else; requests are SOAP 1.1."""
    (request,) = (await asked(services)).sent(operation)
    agent, envelope = AGENTS[operation], etree.fromstring(request.content)

    assert request.method == "POST"
    assert str(request.url) == f"https://crm.example.com/SuperOffice/Remote/Services{services}/{agent}.svc"
    assert request.headers["SOAPAction"] == f'"{namespace(services)}/{agent}/{operation}"'
    assert request.headers["Content-Type"] == "text/xml; charset=utf-8"  # WCF answers anything else with 415
    assert envelope.tag == f"{{{SOAP11}}}Envelope"
    assert {etree.QName(element).namespace for part in envelope for element in part.iterdescendants()} == {
        namespace(services)
    }


@pytest.mark.parametrize("operation", AGENTS)
@pytest.mark.parametrize("application_token", [APPLICATION_TOKEN, ""])
async def test_a_call_says_what_it_asks_for_and_who_asks(operation: str, application_token: str) -> None:
    """The Header has the ticket and the application token, once each, if there are any; the Body the parameters.

    SoPrincipal takes no Credentials: whoever signs in has no ticket yet. What is empty is left out, not sent as nil.
    """
    sent = await parts(await asked(application_token=application_token), operation)
    credentials = [TOKEN_PART] if application_token else []
    if operation != kit.SIGN_IN:
        credentials.append(TICKET_PART)

    assert sorted(sent.get("Header", [])) == credentials
    assert sent["Body"] == [(operation, PARAMETERS[operation], None)]


async def test_secrets_are_in_the_envelope_and_nowhere_else() -> None:
    """No secret is in an address or an HTTP header, where proxies log it; and the bot calls only what reads."""
    wire = await asked()

    for request in wire.requests:
        assert not [secret for secret in SECRETS if secret in f"{request.url} {request.headers!r}"]
    assert len(wire.requests) == sum(wire.count(operation) for operation in AGENTS)


async def test_reaching_shows_no_secret() -> None:
    """The check whether NetServer is there tells it nothing."""
    wire = Wire()
    async with superoffice(wire, application_token=APPLICATION_TOKEN) as bot:
        await bot.api.reach()

    assert not [secret for secret in SECRETS if secret.encode() in wire.requests[0].content]


async def test_a_call_goes_to_the_address_of_its_session() -> None:
    """Where a sign-in says that SuperOffice is elsewhere, calls go there; a slash at its end changes nothing."""
    wire = Wire()
    async with superoffice(wire, sign_in=ReadyTicket(TICKET, address="https://moved.example.com/Remote/")) as bot:
        await bot.api.presence()

    assert str(wire.requests[0].url) == "https://moved.example.com/Remote/Services86/Chat.svc"
