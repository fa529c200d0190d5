"""SuperOffice is away for long, or in a way that only the world outside can put right."""

import asyncio
import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import trustme

from playground.office import big_office
from playground.slack import Slack
from playground.superoffice import NetServer
from tests.faults.machine import Machine
from tests.faults.proxy import Cable
from tests.kit.process import (
    BACK,
    CANNOT_SAY,
    EVERYBODY,
    PASSWORD,
    SIGN_IN,
    STALE,
    USERNAME,
    WENT,
    answers,
    is_fresh,
    office,
    running,
)
from tests.kit.stage import Mode

ACKNOWLEDGED_S = 2.5
UNREACHABLE = "SuperOffice is not reachable"


async def test_a_long_outage(superoffice: NetServer, slack: Slack, tmp_path: Path) -> None:
    """In an outage tries are few, everybody is answered at once, at first with old data; it is logged at its ends."""
    async with (
        Cable(superoffice.url) as cable,
        running(superoffice, slack, tmp_path, SUPEROFFICE_URL=cable.url, PRESENCE_STALE_S="2") as bot,
    ):
        await bot.ask()
        cable.refuse = True
        cable.cut()
        before = cable.connections
        old = await bot.ask_until(lambda said: CANNOT_SAY in said)
        while cable.connections < before + 3:
            assert f"{CANNOT_SAY} {UNREACHABLE}: " in await bot.ask()
        deliveries = slack.deliveries[1:]
        cable.refuse = False
        said = await bot.ask_until(is_fresh, timeout_s=20)
        await bot.log.says(BACK)

    assert all(each.splitlines()[2].startswith(f"⚠️ {UNREACHABLE}: ") for each in old[:-1])
    assert all(EVERYBODY in each and STALE in each for each in old[:-1])
    assert all(CANNOT_SAY in each for each in said[:-1])
    assert all([post.via for post in delivery.posts] == ["ack"] for delivery in deliveries)
    assert len(deliveries) > 100
    assert cable.connections == before + 4
    assert (len(bot.log.lines(WENT)), len(bot.log.lines(BACK))) == (1, 1)


async def test_a_changed_password_is_tried_once(superoffice: NetServer, slack: Slack, tmp_path: Path) -> None:
    """A refused password is never tried again, because that could lock the account; people are told who can help."""
    async with running(superoffice, slack, tmp_path, PRESENCE_STALE_S="0") as bot:
        await bot.ask()
        superoffice._password = "another password"
        superoffice.end_tickets()
        tried = superoffice.count(SIGN_IN) + 1
        told = f"{CANNOT_SAY} SuperOffice does not let the bot in: it refused the bot's user name or password."
        ends = asyncio.get_running_loop().time() + 2.6  # past the pauses of one and of two seconds
        said = await bot.ask_until(lambda _: asyncio.get_running_loop().time() > ends)

    assert all(told in each for each in said)
    assert all("“who-is-online check” tells them how." in each for each in said)
    assert superoffice.count(SIGN_IN) == tried
    assert len(bot.log.lines(f"{WENT}user name or password refused")) == 1
    async with running(superoffice, slack, tmp_path, SUPEROFFICE_PASSWORD="another password") as bot:
        assert is_fresh(await bot.ask())
    assert bot.log.lines("another password") == []


async def test_an_expired_certificate(slack: Slack, tmp_path: Path) -> None:
    """From the day that the certificate ends, nothing is sent to the server until it has a new one."""
    authority, context = trustme.CA(), ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority_file = tmp_path / "authority.pem"
    authority.cert_pem.write_to_path(authority_file)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    # Every topic has somebody, so the bot asks for no opening hours in the background. Such an answer can arrive
    # together with the end of its TLS connection, and httpx then uses the ended connection once more.
    crowd = office()
    crowd.agents[0].topics = tuple(crowd.topics)
    server = NetServer(crowd, username=USERNAME, password=PASSWORD, ssl_context=context)
    async with server, running(server, slack, tmp_path, SSL_CERT_FILE=str(authority_file)) as bot:
        await bot.ask()
        yesterday = datetime.now(UTC) - timedelta(days=1)
        await server.go_down()
        authority.issue_cert("127.0.0.1", not_after=yesterday).configure_cert(context)
        await server.come_back()
        calls = len(server.calls)
        for said in await bot.answered(await bot.burst()):
            cause = f"⚠️ {UNREACHABLE}: its certificate could not be trusted. {STALE}"
            assert said.splitlines()[2].startswith(cause)
            assert EVERYBODY in said
        assert len(server.calls) == calls

        authority.issue_cert("127.0.0.1").configure_cert(context)
        await bot.ask_until(is_fresh)
        await bot.log.says(BACK)

    assert "certificate expired" in bot.log.lines(WENT)[0]
    assert (len(bot.log.lines(WENT)), len(bot.log.lines(BACK))) == (1, 1)


async def test_a_name_that_is_not_found(superoffice: NetServer, slack: Slack, tmp_path: Path) -> None:
    """While no name server knows SuperOffice, that is what people are told; once one does, the roster is there."""
    machine = Machine(tmp_path, name_server=True)
    more = machine.settings | {"SUPEROFFICE_URL": superoffice.url.replace("127.0.0.1", "superoffice.invalid")}
    async with running(superoffice, slack, tmp_path, PRESENCE_STALE_S="0", **more) as bot:
        await bot.ask()
        machine.is_now(name_server=False)
        await superoffice.go_down()
        await superoffice.come_back()  # a connection that is open needs no name
        for said in await bot.answered(await bot.burst()):
            assert f"{CANNOT_SAY} {UNREACHABLE}: its host name could not be found." in said

        machine.is_now(name_server=True)
        await bot.ask_until(is_fresh)
        await bot.log.says(BACK)

    assert "host name not found" in bot.log.lines(WENT)[0]
    assert (len(bot.log.lines(WENT)), len(bot.log.lines(BACK))) == (1, 1)


@pytest.mark.parametrize(("latency_s", "mode"), [(2, "socket"), (4, "http")])
async def test_a_slow_superoffice(
    latency_s: int, mode: Mode, superoffice: NetServer, slack: Slack, tmp_path: Path
) -> None:
    """Two or four seconds are waited for: Slack is acknowledged in time, and each answer comes, once and fresh."""
    async with running(superoffice, slack, tmp_path, mode, SUPEROFFICE_TIMEOUT_S="10") as bot:
        await bot.ask()
        superoffice.switches.latency_s = latency_s
        burst = await bot.burst()
        assert all((each.ack_s or 0) <= ACKNOWLEDGED_S for each in burst)
        if latency_s == 4:
            assert [post.text for each in burst for post in answers(each)] == []
        assert all(map(is_fresh, await bot.answered(burst)))
    assert bot.log.lines(WENT) == []


async def test_ten_thousand_agents(superoffice: NetServer, slack: Slack, tmp_path: Path) -> None:
    """A roster of ten thousand is shown by the page, says how many there are, and keeps nobody else waiting."""
    async with running(superoffice, slack, tmp_path, SUPEROFFICE_TIMEOUT_S="10") as bot:
        superoffice.office = big_office(10_000, 60)
        burst = asyncio.create_task(bot.burst())
        assert "What you can ask" in await bot.ask("help")
        said = await bot.answered(await burst)
        assert all("1667 free · 5000 busy · 3333 away" in each for each in said)
        assert all("Agents 1–30 of 6667" in each for each in said)
        assert slack.refused == []
        superoffice.office = office()
        assert is_fresh(await bot.ask())
