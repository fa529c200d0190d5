"""The ways in on site: what counts as let in, what as refused, and what is remembered."""

import asyncio

import pytest

from bot.errors import Denied, Reason, Unexpected, Unreachable
from bot.superoffice.sign_in import LONGEST_PAUSE_S
from playground.superoffice import NetServer as StandIn
from tests.kit.clock import FakeClock
from tests.kit.netserver import (
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


async def test_a_wrong_password_is_tried_once_and_never_again(caplog: pytest.LogCaptureFixture) -> None:
    """A refused password is remembered, however many ask, because to try it again would lock the account.

    The log says once where it was refused, and that only a restart tries again.
    """
    async with StandIn() as server, superoffice(server, password="wrong") as bot:
        errors = [await failure(bot.api.presence()) for _ in range(3)]
        many = await asyncio.gather(*(bot.api.presence() for _ in range(50)), return_exceptions=True)

    assert {kind(error) for error in (*errors, *many) if isinstance(error, BaseException)} == {REFUSED}
    assert (server.count(SIGN_IN), server.count(PRESENCE)) == (1, 0)
    assert "wrong" not in everything_told(errors[0])
    assert [record.getMessage() for record in caplog.records if record.name == "bot.superoffice.sign_in"] == [
        "SuperOffice at 127.0.0.1 refused the user name or password; not tried again until a restart"
    ]


@pytest.mark.parametrize("said", ["true", "false"])
async def test_a_sign_in_is_heard_when_nobody_waits_for_it_any_more(said: str) -> None:
    """A sign-in goes on where it takes longer than a call: its ticket lets in who is next, and its no is remembered.

    To begin anew with each call would send a wrong password again and again.
    """
    wire = Wire()
    wire.held.add(SIGN_IN)
    wire.says[SIGN_IN] = Reply(response("AuthenticateResponse", CREDENTIALS + SUCCEEDED.replace("true", said)))
    async with superoffice(wire, password="a-password", timeout_s=0.2) as bot:
        for _ in range(2):
            assert kind(await failure(bot.api.presence())) == (Unreachable, Reason.TIMEOUT)
        wire.gate.set()
        if said == "true":
            assert len(await bot.api.presence()) == 1
        else:
            assert kind(await failure(bot.api.presence())) == REFUSED

    assert wire.count(SIGN_IN) == 1


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
        assert kind(await failure(sign_in.session())) == expected

        wire.says = Wire().says
        assert await sign_in.session() == SESSION


async def test_authentication_succeeded_false_wins_over_a_ticket() -> None:
    """A ticket beside AuthenticationSucceeded=false is not used."""
    wire = Wire()
    inner = CREDENTIALS + SUCCEEDED.replace("true", "false")
    wire.says[SIGN_IN] = Reply(response("AuthenticateResponse", inner))
    async with wired(wire) as netserver:
        assert kind(await failure(password_sign_in(netserver).session())) == REFUSED


async def test_refused_sign_ins_are_told_once_at_each_end(caplog: pytest.LogCaptureFixture) -> None:
    """Where SuperOffice refuses a sign-in, and it is no wrong password, the log says so once, and when it is over."""
    wire, clock = Wire(), FakeClock()
    wire.says[SIGN_IN] = Reply(failed("A.SoSessionException", "The account is locked"))
    async with wired(wire) as netserver:
        sign_in = password_sign_in(netserver, clock=clock)
        for _ in range(3):
            assert kind(await failure(sign_in.session())) == (Denied, Reason.SIGN_IN_REFUSED)
            clock.advance(LONGEST_PAUSE_S)
        wire.says = Wire().says
        await sign_in.session()

    assert [record.getMessage() for record in caplog.records if record.name == "bot.limits"] == [
        "Sign-in: failed: sign-in refused (SoSessionException)",
        "Sign-in: working again after 6750 s",
    ]
