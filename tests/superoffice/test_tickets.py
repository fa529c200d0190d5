"""One ticket for all calls: when it is got, when it is renewed, and when there is no use in asking again."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from bot.errors import Denied, Reason, SuperOfficeError, Unexpected, Unreachable
from bot.superoffice.client import SuperOfficeClient
from bot.superoffice.tickets import PasswordSignIn, ReadyTicket, RenewingTicket
from bot.superoffice.transport import Secrets
from playground.superoffice import Fault
from playground.superoffice import NetServer as StandIn
from tests.fakes import (
    APPLICATION_TOKEN,
    PASSWORD,
    SECRETS,
    TICKET,
    Reply,
    Wire,
    client_of,
    envelope,
    everything_told,
    exception_info,
    over_http,
    response,
    succeeded,
    wired,
)

SIGN_IN, PRESENCE = "AuthenticateUsernamePassword", "GetChatPresence"


@pytest.fixture
async def server() -> AsyncIterator[StandIn]:
    async with StandIn() as server:
        yield server


@asynccontextmanager
async def signing_in(
    server: StandIn, *, password: str = "demo-password", application_token: str = ""
) -> AsyncIterator[SuperOfficeClient]:
    """A client with user name and password."""
    async with over_http(server.url) as netserver:
        sign_in = PasswordSignIn(netserver, username="who", password=password, application_token=application_token)
        async with client_of(netserver, sign_in=sign_in, application_token=application_token) as client:
            yield client


@asynccontextmanager
async def with_ticket(
    server: StandIn, *, ticket: str | None = None, application_token: str = ""
) -> AsyncIterator[SuperOfficeClient]:
    """A client with a ready ticket, a good one unless told otherwise."""
    async with (
        over_http(server.url) as netserver,
        client_of(
            netserver, sign_in=ReadyTicket(ticket or server.issue_ticket()), application_token=application_token
        ) as client,
    ):
        yield client


async def failure(client: SuperOfficeClient) -> SuperOfficeError:
    with pytest.raises(SuperOfficeError) as caught:
        await client.snapshot()
    return caught.value


# Renewal


async def test_a_hundred_calls_share_one_sign_in(server: StandIn) -> None:
    """However many calls come first, one of them signs in and the others wait."""
    async with signing_in(server) as client:
        snapshots = await asyncio.gather(*(client.snapshot() for _ in range(100)))

    assert all(snapshot.agents for snapshot in snapshots)
    assert server.count(SIGN_IN) == 1


async def test_a_hundred_calls_that_find_the_ticket_ended_share_one_renewal(server: StandIn) -> None:
    """When the ticket ends under many calls, one of them signs in anew, and all are answered."""
    async with signing_in(server) as client:
        await client.snapshot()
        server.end_tickets()
        snapshots = await asyncio.gather(*(client.snapshot() for _ in range(100)))

    assert all(snapshot.agents for snapshot in snapshots)
    assert server.count(SIGN_IN) == 2


async def test_a_ticket_that_has_ended_is_renewed_once_and_the_call_repeated_once(server: StandIn) -> None:
    """The end of a ticket costs one sign-in and one more call, and the person never learns of it."""
    async with signing_in(server) as client:
        await client.snapshot()
        server.end_tickets()

        assert (await client.snapshot()).agents

    assert server.count(SIGN_IN) == 2
    assert server.count(PRESENCE) == 3


async def test_a_good_ticket_is_used_again(server: StandIn) -> None:
    """While the ticket is good, nobody signs in again."""
    async with signing_in(server) as client:
        for _ in range(3):
            await client.snapshot()

    assert server.count(SIGN_IN) == 1


async def test_a_new_ticket_that_is_refused_too_ends_it(server: StandIn) -> None:
    """After exactly one renewal and one repetition the bot gives up, and says that the ticket has ended."""
    server.switches.fault, server.switches.only = Fault.TICKET_REFUSED, PRESENCE
    async with signing_in(server) as client:
        error = await failure(client)

    assert (type(error), error.reason) == (Denied, Reason.TICKET_ENDED)
    assert server.count(SIGN_IN) == 2
    assert server.count(PRESENCE) == 2
    assert "7T:" not in everything_told(error)


async def test_a_ready_ticket_that_has_ended_is_not_tried_twice(server: StandIn) -> None:
    """A ready ticket cannot be renewed, so its end is Denied at once, and nobody signs in."""
    async with with_ticket(server) as client:
        await client.snapshot()
        server.end_tickets()
        before = server.count(PRESENCE)
        error = await failure(client)

    assert (type(error), error.reason) == (Denied, Reason.TICKET_ENDED)
    assert server.count(PRESENCE) == before + 1
    assert server.count(SIGN_IN) == 0
    assert "7T:" not in everything_told(error)


@pytest.mark.parametrize(
    ("kind", "message"),
    [
        ("SuperOffice.Exceptions.SoSessionException", ""),
        ("SuperOffice.Exceptions.SoSessionException", "Authentication failed!"),
        ("SoSessionException", "Ikke logget inn"),
        ("System.Security.Authentication.AuthenticationException", ""),
    ],
)
async def test_the_end_of_a_ticket_is_known_by_its_exceptions_type(kind: str, message: str) -> None:
    """A session exception ends the ticket in every language, and is answered with a renewal."""
    wire = Wire()
    wire.says[PRESENCE] = Reply(envelope("", headers=succeeded("false", exception_info(kind, message))))
    async with wired(wire) as netserver:
        sign_in = PasswordSignIn(netserver, username="who", password=PASSWORD, application_token="")
        async with client_of(netserver, sign_in=sign_in) as client:
            error = await failure(client)

    assert (type(error), error.reason) == (Denied, Reason.TICKET_ENDED)
    assert wire.count(SIGN_IN) == 2
    assert wire.count(PRESENCE) == 2


async def test_an_error_of_netservers_own_renews_nothing(server: StandIn) -> None:
    """An error that has nothing to do with the ticket costs no sign-in and no second call."""
    server.switches.fault, server.switches.only = Fault.DATABASE, PRESENCE
    async with signing_in(server) as client:
        error = await failure(client)

    assert (type(error), error.reason) == (Unexpected, Reason.FAILED)
    assert server.count(SIGN_IN) == 1
    assert server.count(PRESENCE) == 1


# What is remembered, and what is not


async def test_a_wrong_password_is_tried_once_and_never_again(server: StandIn) -> None:
    """A refused password is remembered, because to try it again would lock the account."""
    async with signing_in(server, password="wrong") as client:
        errors = [await failure(client) for _ in range(3)]
        many = await asyncio.gather(*(client.snapshot() for _ in range(50)), return_exceptions=True)

    assert {(type(error), error.reason) for error in errors} == {(Denied, Reason.PASSWORD)}
    assert {type(error) for error in many} == {Denied}
    assert server.count(SIGN_IN) == 1
    assert server.count(PRESENCE) == 0
    assert "wrong" not in everything_told(errors[0])


async def test_a_password_that_stops_working_is_tried_once(server: StandIn) -> None:
    """A password changed under the running bot is refused at the next renewal, and then remembered as refused."""
    async with signing_in(server) as client:
        await client.snapshot()
        server.end_tickets()
        server._password = "another"
        errors = [await failure(client) for _ in range(2)]

    assert {(type(error), error.reason) for error in errors} == {(Denied, Reason.PASSWORD)}
    assert server.count(SIGN_IN) == 2


async def test_a_sign_in_that_ends_in_a_session_exception_is_not_remembered() -> None:
    """A session exception at sign-in is no ticket's end, nor the word of NetServer that the password is wrong."""
    wire = Wire()
    info = exception_info("SuperOffice.Exceptions.SoSessionException", "Authentication failed!")
    wire.says[SIGN_IN] = Reply(envelope("", headers=succeeded("false", info)))
    async with wired(wire) as netserver:
        sign_in = PasswordSignIn(netserver, username="who", password=PASSWORD, application_token="")
        for _ in range(2):
            with pytest.raises(Denied) as caught:
                await sign_in.ticket(None)
            assert caught.value.reason is Reason.PASSWORD

    assert wire.count(SIGN_IN) == 2


async def test_a_database_that_is_down_is_no_refused_password() -> None:
    """An outage behind NetServer that speaks of authentication is not remembered as a refused password."""
    wire = Wire()
    info = exception_info("SuperOffice.Exceptions.SoDbAccessException", "The database refused our authentication")
    wire.says[SIGN_IN] = Reply(envelope("", headers=succeeded("false", info)))
    async with wired(wire) as netserver:
        sign_in = PasswordSignIn(netserver, username="who", password=PASSWORD, application_token="")
        for _ in range(2):
            with pytest.raises(Unexpected) as caught:
                await sign_in.ticket(None)
            assert caught.value.reason is Reason.FAILED

    assert wire.count(SIGN_IN) == 2


@pytest.mark.parametrize(
    "fault",
    [Fault.DATABASE, Fault.HTML_503, Fault.RESET, Fault.SOAP_FAULT, Fault.NO_HEADER, Fault.APPLICATION_TOKEN_REFUSED],
    ids=lambda fault: fault.name,
)
async def test_an_outage_while_signing_in_is_not_remembered(server: StandIn, fault: Fault) -> None:
    """Only a refused password is remembered; after anything else the next call signs in."""
    server.switches.fault, server.switches.only = fault, SIGN_IN
    async with signing_in(server) as client:
        assert (await failure(client)).reason is not Reason.PASSWORD
        server.switches.clear()

        assert (await client.snapshot()).agents


@pytest.mark.parametrize(
    "inner",
    [
        pytest.param("", id="nothing"),
        pytest.param("<AuthenticationSucceeded>true</AuthenticationSucceeded>", id="no Credentials"),
        pytest.param(
            '<Credentials i:nil="true"/><AuthenticationSucceeded>true</AuthenticationSucceeded>', id="Credentials nil"
        ),
        pytest.param(
            "<Credentials><Ticket/></Credentials><AuthenticationSucceeded>true</AuthenticationSucceeded>",
            id="Ticket empty",
        ),
        pytest.param(
            "<Credentials><Ticket>7T:x</Ticket></Credentials>"
            "<AuthenticationSucceeded>perhaps</AuthenticationSucceeded>",
            id="no boolean",
        ),
    ],
)
async def test_a_sign_in_that_says_neither_yes_nor_no_is_not_trusted(inner: str) -> None:
    """A wrong password is AuthenticationSucceeded=false; a reply that says less is no answer, and is not remembered."""
    wire = Wire()
    wire.says[SIGN_IN] = Reply(response("AuthenticateResponse", inner))
    async with wired(wire) as netserver:
        sign_in = PasswordSignIn(netserver, username="who", password=PASSWORD, application_token="")
        with pytest.raises(SuperOfficeError) as caught:
            await sign_in.ticket(None)
        assert (type(caught.value), caught.value.reason) == (Unexpected, Reason.UNREADABLE)

        wire.says = Wire().says
        assert await sign_in.ticket(None) == TICKET


async def test_authentication_succeeded_false_wins_over_a_ticket() -> None:
    """A ticket beside AuthenticationSucceeded=false is not used."""
    wire = Wire()
    inner = (
        f"<Credentials><Ticket>{TICKET}</Ticket></Credentials><AuthenticationSucceeded>false</AuthenticationSucceeded>"
    )
    wire.says[SIGN_IN] = Reply(response("AuthenticateResponse", inner))
    async with wired(wire) as netserver:
        sign_in = PasswordSignIn(netserver, username="who", password=PASSWORD, application_token="")
        with pytest.raises(Denied) as caught:
            await sign_in.ticket(None)

    assert caught.value.reason is Reason.PASSWORD


# Refusals that no ticket mends


@pytest.mark.parametrize("token", ["", "wrong"])
async def test_a_refused_application_token_is_denied(token: str) -> None:
    """A missing or wrong application token is named as such, whichever way the bot signs in."""
    async with StandIn(application_token=APPLICATION_TOKEN) as server:
        async with signing_in(server, application_token=token) as client:
            first = await failure(client)
        async with with_ticket(server, application_token=token) as client:
            second = await failure(client)

    assert {(type(error), error.reason) for error in (first, second)} == {(Denied, Reason.APPLICATION_TOKEN)}
    assert server.count(PRESENCE) == 1


async def test_the_right_application_token_lets_in() -> None:
    """With its application token the bot signs in and asks."""
    async with (
        StandIn(application_token=APPLICATION_TOKEN) as server,
        signing_in(server, application_token=APPLICATION_TOKEN) as client,
    ):
        snapshot = await client.snapshot()

    assert len(snapshot.agents) == len(server.office.agents)


async def test_a_missing_right_is_denied_without_a_renewal(server: StandIn) -> None:
    """A user who may not see the agents is told so; another ticket would not help."""
    server.switches.fault, server.switches.only = Fault.NO_RIGHT, PRESENCE
    async with signing_in(server) as client:
        error = await failure(client)

    assert (type(error), error.reason) == (Denied, Reason.NO_RIGHT)
    assert server.count(SIGN_IN) == 1
    assert server.count(PRESENCE) == 1


# The shared ticket by itself


class FakeSignIn:
    """Gives t1, t2 and so on, once its gate is open; raises its errors first."""

    def __init__(self, *errors: SuperOfficeError) -> None:
        self.calls = 0
        self.given = 0
        self.asked = asyncio.Event()
        self.gate = asyncio.Event()
        self.gate.set()
        self._errors = list(errors)

    async def ticket(self, refused: str | None) -> str:
        """The next ticket."""
        self.calls += 1
        self.asked.set()
        await self.gate.wait()
        if self._errors:
            raise self._errors.pop(0)
        self.given += 1
        assert refused != f"t{self.given}"
        return f"t{self.given}"


async def test_a_late_refusal_of_an_old_ticket_renews_nothing() -> None:
    """Who brings a ticket that was replaced meanwhile gets the one that replaced it."""
    sign_in = FakeSignIn()
    ticket = RenewingTicket(sign_in)

    assert await ticket.current() == "t1"
    assert await ticket.current(refused="t1") == "t2"
    assert await ticket.current(refused="t1") == "t2"
    assert sign_in.calls == 2


async def test_a_failed_sign_in_is_not_kept() -> None:
    """After a failure the next caller signs in; the ticket that was refused is not given out again."""
    sign_in = FakeSignIn()
    ticket = RenewingTicket(sign_in)
    await ticket.current()
    sign_in._errors = [Unreachable(Reason.TIMEOUT)]

    with pytest.raises(Unreachable):
        await ticket.current(refused="t1")
    assert await ticket.current() == "t2"


async def test_one_who_gives_up_during_a_sign_in_leaves_it_to_the_next() -> None:
    """A caller that is cancelled while it signs in does not keep the others from a ticket."""
    sign_in = FakeSignIn()
    sign_in.gate.clear()
    ticket = RenewingTicket(sign_in)
    async with asyncio.TaskGroup() as tasks:
        first = tasks.create_task(ticket.current())
        second = tasks.create_task(ticket.current())
        await sign_in.asked.wait()
        first.cancel()
        sign_in.gate.set()

    assert first.cancelled()
    assert second.result() == "t1"


async def test_a_ready_ticket_is_refused_to_one_who_saw_it_refused() -> None:
    """A ready ticket is given until it is brought back."""
    sign_in = ReadyTicket(TICKET)

    assert await sign_in.ticket(None) == TICKET
    assert await sign_in.ticket("another") == TICKET
    with pytest.raises(Denied) as caught:
        await sign_in.ticket(TICKET)
    assert caught.value.reason is Reason.TICKET_ENDED


# Secrets


async def test_secrets_are_in_no_repr() -> None:
    """What holds a secret does not show it."""
    async with wired(Wire()) as netserver:
        holders = (
            Secrets(application_token=APPLICATION_TOKEN, ticket=TICKET),
            ReadyTicket(TICKET),
            PasswordSignIn(netserver, username="who", password=PASSWORD, application_token=APPLICATION_TOKEN),
            RenewingTicket(ReadyTicket(TICKET)),
        )

    assert not [(holder, secret) for holder in holders for secret in SECRETS if secret in f"{holder!r} {holder}"]


async def test_secrets_are_in_no_log(server: StandIn, caplog: pytest.LogCaptureFixture) -> None:
    """Not even with every logger at its most talkative is a ticket or a password written."""
    caplog.set_level(logging.DEBUG)
    async with signing_in(server) as client:
        await client.snapshot()
        server.end_tickets()
        await client.snapshot()
        server.switches.fault = Fault.TICKET_REFUSED
        await failure(client)

    said = "\n".join(f"{record.getMessage()} {record.__dict__}" for record in caplog.records)
    assert "Signed in to SuperOffice" in said
    assert "7T:" not in said
    assert "demo-password" not in said


async def test_an_ended_ticket_never_leaves_as_such(server: StandIn) -> None:
    """TicketExpired is a word between the client and its tickets; those outside hear Denied."""
    server.switches.fault = Fault.TICKET_REFUSED
    async with signing_in(server) as client:
        for call in (client.snapshot, client.topic_names):
            with pytest.raises(SuperOfficeError) as caught:
                await call()
            assert type(caught.value) is Denied
