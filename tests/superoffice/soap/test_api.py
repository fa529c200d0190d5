"""The calls of the API over SOAP: when the ticket is renewed, what ends a call, and what `check` asks."""

import asyncio
import logging

import pytest

from bot.errors import Denied, Reason, Unexpected, Unreachable
from playground.superoffice import Fault
from playground.superoffice import NetServer as StandIn
from tests.kit import netserver as kit
from tests.kit.netserver import APPLICATION_TOKEN, PASSWORD, Kind, Reply, Wire, failure, kind, superoffice
from tests.kit.netserver_xml import anna, failed, is_open, presence, row, succeeded

GOOD_PASSWORD = "demo-password"


# --- renewal ---


async def test_the_end_of_a_ticket_costs_one_sign_in_and_one_more_call(server: StandIn) -> None:
    """A ticket that has ended is renewed once and the call repeated once; a good one is used again."""
    async with superoffice(server, password=GOOD_PASSWORD) as bot:
        for _ in range(3):
            await bot.api.presence()
        server.end_tickets()

        assert await bot.api.presence()

    assert (server.count(kit.SIGN_IN), server.count(kit.PRESENCE)) == (2, 5)


async def test_a_hundred_calls_share_one_sign_in_and_one_renewal(server: StandIn) -> None:
    """However many calls need a ticket at once, one of them signs in, the others wait, and all are answered."""
    async with superoffice(server, password=GOOD_PASSWORD) as bot:
        for signed_in in (1, 2):
            assert all(await asyncio.gather(*(bot.api.presence() for _ in range(100))))
            assert server.count(kit.SIGN_IN) == signed_in
            server.end_tickets()


@pytest.mark.parametrize("asking", ["presence", "topic_names"])
async def test_a_new_ticket_that_is_refused_too_ends_it(server: StandIn, asking: str) -> None:
    """After one renewal and one repetition the bot gives up: TicketExpired is a word that stays inside."""
    server.switches.fault = Fault.TICKET_REFUSED
    async with superoffice(server, password=GOOD_PASSWORD) as bot:
        error = await failure(getattr(bot.api, asking)())

    assert kind(error) == (Denied, Reason.TICKET_ENDED)
    assert error.detail.endswith("Exception, for a new ticket too")
    assert (server.count(kit.SIGN_IN), len(server.calls)) == (2, 4)


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        (Fault.DATABASE, (Unexpected, Reason.FAILED)),
        (Fault.NO_RIGHT, (Denied, Reason.NO_RIGHT)),
        (Fault.APPLICATION_TOKEN_REFUSED, (Denied, Reason.APPLICATION_TOKEN)),
        (Fault.HTML_503, (Unreachable, Reason.GATEWAY)),
    ],
    ids=lambda value: getattr(value, "name", ""),
)
async def test_what_no_ticket_fixes_renews_nothing(server: StandIn, fault: Fault, expected: Kind) -> None:
    """An error that has nothing to do with the ticket costs no sign-in and no second call."""
    server.switches.fault, server.switches.only = fault, kit.PRESENCE
    async with superoffice(server, password=GOOD_PASSWORD) as bot:
        assert kind(await failure(bot.api.presence())) == expected

    assert (server.count(kit.SIGN_IN), server.count(kit.PRESENCE)) == (1, 1)


@pytest.mark.parametrize("token", ["", "wrong", APPLICATION_TOKEN])
@pytest.mark.parametrize("password", [GOOD_PASSWORD, None], ids=["a password", "a ready ticket"])
async def test_the_application_token_is_needed_whichever_way_the_bot_signs_in(token: str, password: str | None) -> None:
    """A missing or wrong application token is named as such; with the right one the bot is let in."""
    async with (
        StandIn(application_token=APPLICATION_TOKEN) as server,
        superoffice(server, password=password, application_token=token) as bot,
    ):
        if token == APPLICATION_TOKEN:
            assert await bot.api.presence()
        else:
            assert kind(await failure(bot.api.presence())) == (Denied, Reason.APPLICATION_TOKEN)


async def test_a_caller_that_gives_up_is_cancelled_not_timed_out() -> None:
    """Cancellation passes through as it is: it is no failure of SuperOffice's."""
    wire = Wire()
    wire.held.add(kit.PRESENCE)
    async with superoffice(wire) as bot:
        task = asyncio.create_task(bot.api.presence())
        await wire.asked[kit.PRESENCE].wait()
        task.cancel()
        await asyncio.wait([task])

    assert task.cancelled()


async def test_secrets_are_in_no_log(server: StandIn, caplog: pytest.LogCaptureFixture) -> None:
    """Not even with every logger at its most talkative is a ticket or a password written."""
    caplog.set_level(logging.DEBUG)
    async with superoffice(server, password=GOOD_PASSWORD) as bot:
        await bot.api.presence()
        server.switches.fault = Fault.TICKET_REFUSED
        await failure(bot.api.presence())

    said = "\n".join(f"{record.getMessage()} {record.__dict__}" for record in caplog.records)
    assert "Signed in to SuperOffice" in said
    assert "7T:" not in said
    assert GOOD_PASSWORD not in said


async def test_a_ready_ticket_that_has_ended_is_not_tried_twice(server: StandIn) -> None:
    """A ready ticket cannot be renewed, so its end is Denied at once, and nobody signs in."""
    async with superoffice(server) as bot:
        await bot.api.presence()
        server.end_tickets()
        assert kind(await failure(bot.api.presence())) == (Denied, Reason.TICKET_ENDED)

    assert (server.count(kit.SIGN_IN), server.count(kit.PRESENCE)) == (0, 2)


async def test_superoffice_may_not_know_whether_a_topic_is_open() -> None:
    """An answer that can't be trusted is of this topic alone, which may be deleted; a web page is a failure."""
    wire = Wire()
    async with superoffice(wire) as bot:
        assert await bot.api.is_open(1) is True
        for headers, said in ((succeeded("false"), "false"), ("", "false"), (None, "maybe")):
            wire.says[kit.HOURS] = Reply(is_open(f"<Response>{said}</Response>", headers=headers))
            assert await bot.api.is_open(1) is None
        wire.says[kit.HOURS] = Reply("<html><body>false</body></html>", content_type="text/html")
        assert kind(await failure(bot.api.is_open(1))) == (Unreachable, Reason.PAGE)


# --- what `check` asks ---


async def test_signing_in_alone_asks_for_nothing_else() -> None:
    """`sign_in` gets a ticket, once, and makes no other call."""
    wire = Wire()
    async with superoffice(wire, password=PASSWORD) as bot:
        await bot.api.sign_in()
        await bot.api.sign_in()

    assert len(wire.requests) == wire.count(kit.SIGN_IN) == 1


async def test_signing_in_alone_has_an_end() -> None:
    """`sign_in` ends at the deadline where no answer comes."""
    wire = Wire()
    wire.held.add(kit.SIGN_IN)
    async with superoffice(wire, password=PASSWORD, timeout_s=0.01) as bot:
        assert kind(await failure(bot.api.sign_in())) == (Unreachable, Reason.TIMEOUT)


@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        pytest.param(Reply(failed("A.SoSessionException")), None, id="a call without a ticket refused"),
        pytest.param(Reply(failed("A.SoException", "Invalid application token")), None, id="without a token"),
        pytest.param(Reply(failed("System.NullReferenceException")), None, id="an error of its own"),
        pytest.param(Reply(presence(row(*anna()))), None, id="a roster"),
        pytest.param(Reply(presence(headers="")), (Unexpected, Reason.UNREADABLE), id="no Succeeded"),
        pytest.param(Reply("<html/>"), (Unexpected, Reason.UNREADABLE), id="a page that calls itself XML"),
        pytest.param(Reply("<html/>", content_type="text/html"), (Unreachable, Reason.PAGE), id="a page"),
        pytest.param(Reply("", status=503), (Unreachable, Reason.GATEWAY), id="a proxy's error"),
    ],
)
async def test_reaching_is_to_be_answered_by_netserver_itself(reply: Reply, expected: Kind | None) -> None:
    """NetServer is there if it refuses a call without a ticket in its own words; nobody signs in for that."""
    wire = Wire()
    wire.says[kit.PRESENCE] = reply
    async with superoffice(wire, password="wrong") as bot:
        if expected is None:
            await bot.api.reach()
        else:
            assert kind(await failure(bot.api.reach())) == expected

    assert (wire.count(kit.PRESENCE), wire.count(kit.SIGN_IN)) == (1, 0)
