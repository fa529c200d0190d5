"""`check` as a process: for each thing that can be wrong, the cause and the cure."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import trustme

from bot.checks.answers import failed_by
from bot.checks.network import failed_on_the_way
from bot.errors import Reason, SuperOfficeError
from playground.office import Office
from playground.slack import SCOPES, Slack
from playground.superoffice import Fault, NetServer
from tests.kit.process import PASSWORD, USERNAME, Ended, command, netserver, office, running, settings
from tests.kit.stage import MODES, Mode
from tests.wrong_settings.places import slack_answers
from tests.wrong_settings.world import Server

Setup = Callable[[NetServer, Slack, dict[str, str]], object]
"""Makes one thing wrong: in SuperOffice, in Slack, or in the settings."""

REACHABLE, SIGN_IN, PRESENCE = "SuperOffice reachable", "SuperOffice sign-in", "Chat presence"


def nothing(_superoffice: NetServer, _slack: Slack, _environment: dict[str, str]) -> None:
    """All is well."""


def fault(fault: Fault) -> Setup:
    return lambda superoffice, _slack, _environment: setattr(superoffice.switches, "fault", fault)


def no_right_to(operation: str) -> Setup:
    def take(superoffice: NetServer, _slack: Slack, _environment: dict[str, str]) -> None:
        superoffice.switches.fault, superoffice.switches.only = Fault.NO_RIGHT, operation

    return take


def with_settings(**changed: str) -> Setup:
    return lambda _superoffice, _slack, environment: environment.update(changed)


def without(*scopes: str) -> Setup:
    return lambda _superoffice, slack, _environment: slack.scopes.difference_update(scopes)


TICKET = {"SUPEROFFICE_TICKET": "7T:s3cret==", "SUPEROFFICE_USERNAME": "", "SUPEROFFICE_PASSWORD": ""}

WRONG: list[tuple[Setup, str, str, str]] = [
    # what makes it wrong, where it shows, its cause, and its cure
    (
        with_settings(SUPEROFFICE_PASSWORD="s3cret"),
        SIGN_IN,
        "refuses the user name or password",
        "Check SUPEROFFICE_USERNAME and",
    ),
    (with_settings(**TICKET), PRESENCE, "SuperOffice refuses the ticket", "Put a new ticket in SUPEROFFICE_TICKET"),
    (fault(Fault.TICKET_REFUSED), PRESENCE, "the ticket that it has just given", "Look at NetServer's log"),
    (no_right_to("GetSimpleList"), "Topic names", "may not see the list of topics", "the right to see chat topics"),
    (fault(Fault.NO_RIGHT), PRESENCE, "the bot's user may not see the chat agents", "Give the bot's user the right to"),
    (without("chat:write", "im:history"), "Slack scopes", "missing: chat:write, im:history", "then install the app"),
    (without("commands"), "Slash command", "/who-is-online is not installed", "Paste manifest.yml under App Manifest"),
]


async def check(
    folder: Path, set_up: Setup = nothing, mode: Mode = "socket", server: Callable[[], NetServer] = netserver
) -> tuple[Ended, Slack]:
    async with server() as superoffice, Slack(scopes=SCOPES) as slack:
        environment = settings(superoffice, slack, mode)
        set_up(superoffice, slack, environment)
        ended = await command("check", environment=environment, cwd=folder)
        assert slack.posts == []
        assert slack.connections == 0
        return ended, slack


def shows(ended: Ended, slack: Slack, what: str, cause: str, cure: str) -> None:
    """Fail unless this is what is wrong, with its cure in the line below, and no secret."""
    lines = ended.out.splitlines()
    [number] = [number for number, line in enumerate(lines) if line.startswith(f"✗ {what}: ")]
    assert cause in lines[number]
    assert lines[number + 1].startswith("  → ")
    assert cure in lines[number + 1]
    assert (ended.code, ended.err) == (1, "")
    for secret in ("s3cret", PASSWORD, slack.bot_token, slack.app_token, slack.signing_secret):
        assert secret not in ended.out


@pytest.mark.parametrize("row", WRONG, ids=lambda row: f"{row[1]}, {row[2]}")
async def test_what_is_wrong_is_named_with_its_cure(row: tuple[Setup, str, str, str], tmp_path: Path) -> None:
    """What is wrong is one ✗ with its cause, the line below it says what to do, and the exit code is 1."""
    set_up, what, cause, cure = row
    shows(*await check(tmp_path, set_up), what, cause, cure)


def test_no_advice_names_a_setting_that_is_not_set() -> None:
    """Who signs in with a password is told nothing of SUPEROFFICE_TICKET; who has no application token, to set one."""
    url = "https://crm.example.com/Remote"
    for reason in Reason:
        error = SuperOfficeError(reason, "nowhere")
        if failed_on_the_way(reason, url, setting="SUPEROFFICE_URL", proxy=None, detail="") is None:
            told = failed_by(error, url, has_ticket=False, has_application_token=False)
            assert "SUPEROFFICE_TICKET" not in f"{told.said} {told.next_step}"
            if reason is not Reason.PASSWORD:  # nobody with a ticket signs in
                told = failed_by(error, url, has_ticket=True, has_application_token=True)
                assert "SUPEROFFICE_USERNAME" not in told.next_step or "SUPEROFFICE_TICKET" in told.next_step
    told = failed_by(SuperOfficeError(Reason.APPLICATION_TOKEN), url, has_ticket=False, has_application_token=False)
    assert told.next_step.startswith("Set SUPEROFFICE_APPLICATION_TOKEN;")


async def test_what_is_wrong_with_a_server_is_named(tmp_path: Path) -> None:
    """A missing application token and a wrong clock are named with their cures."""
    strict = partial(NetServer, office(), username=USERNAME, password=PASSWORD, application_token="the right one")
    ended = await check(tmp_path, with_settings(SUPEROFFICE_APPLICATION_TOKEN="s3cret"), server=strict)
    shows(*ended, SIGN_IN, "SuperOffice refuses the application token", "Check SUPEROFFICE_APPLICATION_TOKEN")

    ended = await check(tmp_path, lambda _, slack, __: setattr(slack, "date_skew_s", 5 * 60), "http")
    shows(*ended, "Clock", "5 minutes away from Slack's", "Set this machine's clock (NTP)")


@pytest.mark.parametrize("mode", MODES)
async def test_all_is_well(mode: Mode, tmp_path: Path) -> None:
    """Where all is well every line has its ✓, the exit code is 0, and nothing was changed anywhere."""
    ended, slack = await check(tmp_path, mode=mode)

    assert (ended.code, ended.err) == (0, "")
    lines = ended.out.splitlines()
    assert all(line.startswith("✓ ") for line in lines)
    assert "✓ Chat presence: 4 agents, 3 of them present" in lines
    assert "✓ Topic names: 3 topics" in lines
    assert any("Slack app token" in line for line in lines) == (mode == "socket")
    assert {call.method for call in slack.calls} <= {"auth.test", "apps.connections.open"}


async def test_a_roster_without_agents_is_doubtful(tmp_path: Path) -> None:
    """SuperOffice names nobody to a user who may see nobody, so that an empty list is told with the next step."""
    empty = partial(NetServer, Office([], {}), username=USERNAME, password=PASSWORD)
    ended, _ = await check(tmp_path, server=empty)

    [line] = [number for number, line in enumerate(ended.out.splitlines()) if line.startswith("!")]
    said, step = ended.out.splitlines()[line : line + 2]
    assert said == "! Chat presence: SuperOffice names no chat agents"
    assert "give the bot's user the right to see them" in step
    assert (ended.code, ended.err) == (0, "")


async def test_people_are_looked_for_on_both_sides(tmp_path: Path) -> None:
    """Each agent that SLACK_PEOPLE links is there in SuperOffice, and each person in Slack."""
    (tmp_path / "people.csv").write_text("user_id,slack_user_id\n3,U0ASKER01\n4,U0ASKER02\n")
    ended, _ = await check(tmp_path, with_settings(SLACK_PEOPLE="people.csv"))

    said = {"✓ Linked agents: all 2 are agents in SuperOffice", "✓ Slack people: 2 agents are linked"}
    assert said <= set(ended.out.splitlines())
    assert (ended.code, ended.err) == (0, "")


@asynccontextmanager
async def tunnels(ports: Mapping[str, int], tls: ssl.SSLContext | None, heads: list[bytes]) -> AsyncIterator[int]:
    """A proxy, at the port that it gives, whose tunnels lead to these ports instead. `heads`: what it was asked."""
    async with asyncio.TaskGroup() as carrying:

        async def carry(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
            with suppress(OSError):
                while data := await source.read(65_536):
                    sink.write(data)
                    await sink.drain()
            sink.close()

        async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            heads.append(await reader.readuntil(b"\r\n\r\n"))
            host = heads[-1].split()[1].decode()
            far_reader, far_writer = await asyncio.open_connection("127.0.0.1", ports[host])
            writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
            carrying.create_task(carry(reader, far_writer))
            carrying.create_task(carry(far_reader, writer))

        server = await asyncio.start_server(connected, "127.0.0.1", 0, ssl=tls)
        async with server:
            yield int(server.sockets[0].getsockname()[1])


def certified(authority: trustme.CA, host: str) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(host).configure_cert(context)
    return context


@pytest.mark.parametrize("scheme", ["http", "https"])
async def test_superoffice_and_slack_are_reached_through_a_proxy(scheme: str, tmp_path: Path) -> None:
    """Both go through the same proxy, signed in to it as its address says, and by TLS to it if it says so."""
    authority = trustme.CA()
    authority_file = tmp_path / "authority.pem"
    authority.cert_pem.write_to_path(str(authority_file))
    heads: list[bytes] = []
    near = certified(authority, "127.0.0.1") if scheme == "https" else None
    with Server(slack_answers(), tls=certified(authority, "slack.example")) as slack:
        async with NetServer(office(), ssl_context=certified(authority, "crm.example.com")) as superoffice:
            ports = {"crm.example.com:443": urlsplit(superoffice.url).port or 0, "slack.example:443": slack.port}
            async with tunnels(ports, near, heads) as port, Slack() as local:
                environment = settings(superoffice, local) | {
                    "SUPEROFFICE_URL": f"https://crm.example.com{urlsplit(superoffice.url).path}",
                    "SLACK_API_URL": "https://slack.example/api/",
                    "ALL_PROXY": f"{scheme}://who:s3cr%C3%A9t@127.0.0.1:{port}",
                    "SSL_CERT_FILE": str(authority_file),
                }
                ended = await command("check", environment=environment, cwd=tmp_path)

    assert f"answer, through the proxy 127.0.0.1:{port} (ALL_PROXY)\n" in ended.out
    assert "✓ Chat presence: " in ended.out
    assert "✓ Slack bot token: @who in Demo" in ended.out
    assert {head.split()[1].decode() for head in heads} == ports.keys()
    assert all(b"\r\nproxy-authorization: basic d2hvonmzy3ldqxq=\r\n" in head.lower() for head in heads)
    assert "s3cr" not in ended.out + ended.err


async def test_the_port_of_a_bot_that_runs_is_no_failure(superoffice: NetServer, tmp_path: Path) -> None:
    """While the bot runs, its own port is in use, which is told and is no failure."""
    async with Slack(scopes=SCOPES) as slack:
        chosen = settings(superoffice, slack, "http")
        async with running(superoffice, slack, tmp_path, "http", **chosen):
            ended = await command("check", environment=chosen, cwd=tmp_path)

    assert "! HOST and PORT: the bot itself seems to listen there" in ended.out.splitlines()
    assert (ended.code, ended.err) == (0, "")


async def test_one_failure_hides_no_other(superoffice: NetServer, tmp_path: Path) -> None:
    """SuperOffice and Slack are both tried, whatever the other does; what could not be tried says why."""
    async with Slack() as slack:
        environment = settings(superoffice, slack) | {"SLACK_BOT_TOKEN": "xoxb-wrong"}
        await superoffice.go_down()
        ended = await command("check", environment=environment, cwd=tmp_path)

    marks = {line[2:].split(":")[0]: line[0] for line in ended.out.splitlines() if not line.startswith("  →")}
    skipped = (SIGN_IN, PRESENCE, "Topic names", "Slack scopes", "Slash command", "Clock")
    failed, well = (REACHABLE, "Slack bot token"), ("Settings", "Slack app token")
    assert marks == dict.fromkeys(skipped, "–") | dict.fromkeys(failed, "✗") | dict.fromkeys(well, "✓")
    assert f"✗ {REACHABLE}: 127.0.0.1:{urlsplit(superoffice.url).port} refuses the connection" in ended.out
    assert f"– {SIGN_IN}: not tried, because “{REACHABLE}” failed" in ended.out
    assert "Check the host and port in SUPEROFFICE_URL" in ended.out
    assert ended.code == 1
