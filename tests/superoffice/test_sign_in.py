"""The ways in on site: what counts as let in, what as refused, and what is remembered."""

import asyncio

import pytest

from bot.errors import Denied, Reason, Unexpected, Unreachable
from bot.superoffice.session import Session
from bot.superoffice.sign_in import ReadyTicket
from playground.superoffice import NetServer as StandIn
from tests.kit.netserver import (
    ADDRESS,
    PRESENCE,
    SESSION,
    SIGN_IN,
    Kind,
    Reply,
    Wire,
    everything_told,
    failure,
    kind,
    password_sign_in,
    superoffice,
    wired,
)
from tests.kit.netserver_xml import TICKET, failed, response

REFUSED: Kind = (Denied, Reason.PASSWORD)
SUCCEEDED = "<AuthenticationSucceeded>true</AuthenticationSucceeded>"
CREDENTIALS = f"<Credentials><Ticket>{TICKET}</Ticket></Credentials>"


async def test_a_ready_ticket_is_given_until_it_is_brought_back() -> None:
    """A ready ticket cannot be renewed, so there is none for one who has seen it refused."""
    sign_in = ReadyTicket(TICKET, address=ADDRESS)

    assert await sign_in.session(None) == await sign_in.session(Session(ADDRESS, "another")) == SESSION
    error = await failure(sign_in.session(SESSION))
    assert (*kind(error), error.detail) == (Denied, Reason.TICKET_ENDED, "SUPEROFFICE_TICKET cannot be renewed")


async def test_a_wrong_password_is_tried_once_and_never_again() -> None:
    """A refused password is remembered, however many ask: to try it again would lock the account."""
    async with StandIn() as server, superoffice(server, password="wrong") as bot:
        errors = [await failure(bot.api.presence()) for _ in range(3)]
        many = await asyncio.gather(*(bot.api.presence() for _ in range(50)), return_exceptions=True)

    assert {kind(error) for error in (*errors, *many) if isinstance(error, BaseException)} == {REFUSED}
    assert (server.count(SIGN_IN), server.count(PRESENCE)) == (1, 0)
    assert "wrong" not in everything_told(errors[0])


async def test_a_password_that_stops_working_is_tried_once() -> None:
    """A password changed under the running bot is refused at the next renewal, and then remembered as refused."""
    async with StandIn() as server, superoffice(server, password="demo-password") as bot:
        await bot.api.presence()
        server.end_tickets()
        server._password = "another"
        errors = [await failure(bot.api.presence()) for _ in range(2)]

    assert {kind(error) for error in errors} == {REFUSED}
    assert server.count(SIGN_IN) == 2


@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        pytest.param(failed("A.SoSessionException", "Authentication failed!"), REFUSED, id="session"),
        pytest.param(failed("A.SoDbAccessException", "No authentication"), (Unexpected, Reason.FAILED), id="database"),
        pytest.param(failed("", "Invalid application token"), (Denied, Reason.APPLICATION_TOKEN), id="token"),
        pytest.param("", (Unreachable, Reason.EMPTY), id="no answer"),
        *(
            pytest.param(response("AuthenticateResponse", inner), (Unexpected, Reason.UNREADABLE), id=name)
            for name, inner in {
                "nothing": "",
                "no word": CREDENTIALS,
                "no Credentials": SUCCEEDED,
                "Credentials nil": f'<Credentials i:nil="true"/>{SUCCEEDED}',
                "Ticket empty": f"<Credentials><Ticket/></Credentials>{SUCCEEDED}",
                "nil": f'{CREDENTIALS}<AuthenticationSucceeded i:nil="true"/>',
                "no boolean": CREDENTIALS + SUCCEEDED.replace("true", "perhaps"),
                "twice": CREDENTIALS + SUCCEEDED * 2,
            }.items()
        ),
    ],
)
async def test_only_netservers_own_no_is_remembered(reply: str, expected: Kind) -> None:
    """Less than a plain AuthenticationSucceeded=false is no reason to give up: the next call signs in."""
    wire = Wire()
    wire.says[SIGN_IN] = Reply(reply)
    async with wired(wire) as netserver:
        sign_in = password_sign_in(netserver)
        assert kind(await failure(sign_in.session(None))) == expected

        wire.says = Wire().says
        assert await sign_in.session(None) == SESSION


@pytest.mark.parametrize(
    ("reply", "told"),
    [
        (failed("SuperOffice.Exceptions.SoSessionException"), "SoSessionException"),
        (response("AuthenticateResponse", SUCCEEDED), "signed in without a ticket"),
    ],
    ids=["refused", "no ticket"],
)
async def test_a_failed_sign_in_tells_why(reply: str, told: str) -> None:
    """The log hears the name of NetServer's exception, or what the reply lacked."""
    wire = Wire()
    wire.says[SIGN_IN] = Reply(reply)
    async with wired(wire) as netserver:
        assert (await failure(password_sign_in(netserver).session(None))).detail == told


async def test_authentication_succeeded_false_wins_over_a_ticket() -> None:
    """A ticket beside AuthenticationSucceeded=false is not used."""
    wire = Wire()
    inner = CREDENTIALS + SUCCEEDED.replace("true", "false")
    wire.says[SIGN_IN] = Reply(response("AuthenticateResponse", inner))
    async with wired(wire) as netserver:
        assert kind(await failure(password_sign_in(netserver).session(None))) == REFUSED
