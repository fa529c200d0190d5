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


@pytest.mark.parametrize(
    ("fault", "reason"), [(Fault.HTML_503, Reason.GATEWAY), (Fault.RESPONSE_NIL, Reason.UNREADABLE)]
)
async def test_what_netserver_did_not_refuse_renews_nothing(server: StandIn, fault: Fault, reason: Reason) -> None:
    """A proxy's error, or a reply that can't be trusted, costs no sign-in and no second call."""
    async with superoffice(server, password=GOOD_PASSWORD) as bot:
        await bot.api.presence()
        server.switches.fault, server.switches.only = fault, kit.PRESENCE
        assert (await failure(bot.api.presence())).reason is reason

    assert (server.count(kit.SIGN_IN), server.count(kit.PRESENCE)) == (1, 2)


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
