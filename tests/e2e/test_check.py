"""`check` as a process: for each thing that can be wrong, the cause and the cure."""

import ssl
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
import trustme

from playground.slack import SCOPES, Slack
from playground.superoffice import Fault, NetServer
from tests.kit.process import PASSWORD, USERNAME, Ended, command, netserver, office, running, settings
from tests.kit.stage import MODES, Mode

Setup = Callable[[NetServer, Slack, dict[str, str]], object]
"""Makes one thing wrong: in SuperOffice, in Slack, or in the settings."""

REACHABLE, SIGN_IN, PRESENCE = "SuperOffice reachable", "SuperOffice sign-in", "Chat presence"


def nothing(_superoffice: NetServer, _slack: Slack, _environment: dict[str, str]) -> None:
    """All is well."""


def fault(fault: Fault) -> Setup:
    return lambda superoffice, _slack, _environment: setattr(superoffice.switches, "fault", fault)


def with_settings(**changed: str) -> Setup:
    return lambda _superoffice, _slack, environment: environment.update(changed)


def without(*scopes: str) -> Setup:
    return lambda _superoffice, slack, _environment: slack.scopes.difference_update(scopes)


def elsewhere(superoffice: NetServer, _slack: Slack, environment: dict[str, str]) -> None:
    environment["SUPEROFFICE_URL"] = f"{superoffice.origin}/Elsewhere/Remote"


def tls() -> NetServer:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert("127.0.0.1").configure_cert(context)
    return NetServer(office(), ssl_context=context)


TICKET = {"SUPEROFFICE_TICKET": "7T:s3cret==", "SUPEROFFICE_USERNAME": "", "SUPEROFFICE_PASSWORD": ""}
NO_HOST = "http://no-such-host.invalid/SuperOffice/Remote"
NOT_THERE = "its service is not at the configured address"

WRONG: list[tuple[Setup, str, str, str]] = [
    # what makes it wrong, where it shows, its cause, and its cure
    (with_settings(SUPEROFFICE_URL=NO_HOST), REACHABLE, "its host name could not be found", "Check the host name in"),
    (elsewhere, REACHABLE, NOT_THERE, "Check SUPEROFFICE_URL: it ends with /Remote"),
    (fault(Fault.HTML_200), REACHABLE, "a web page answered in its place", "Check SUPEROFFICE_URL: it ends with"),
    (
        with_settings(SUPEROFFICE_SERVICES="88"),
        REACHABLE,
        NOT_THERE,
        "Services86 answer there: set SUPEROFFICE_SERVICES=86.",
    ),
    (with_settings(SUPEROFFICE_PASSWORD="s3cret"), SIGN_IN, "user name or password", "Check SUPEROFFICE_USERNAME and"),
    (with_settings(**TICKET), PRESENCE, "the bot's ticket has ended", "Put a new ticket in SUPEROFFICE_TICKET"),
    (fault(Fault.NO_RIGHT), PRESENCE, "the bot's user may not see the chat agents", "Give the bot's user the right to"),
    (with_settings(SLACK_BOT_TOKEN="xoxb-s3cret"), "Slack bot token", "Slack: invalid_auth", "copy SLACK_BOT_TOKEN"),
    (with_settings(SLACK_APP_TOKEN="xapp-s3cret"), "Slack app token", "Slack: invalid_auth", "Copy SLACK_APP_TOKEN"),
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


async def test_what_is_wrong_with_a_server_is_named(tmp_path: Path) -> None:
    """A certificate that nobody trusts, a missing application token and a wrong clock are named with their cures."""
    ended = await check(tmp_path, server=tls)
    shows(*ended, REACHABLE, "its certificate could not be trusted", "(SSL_CERT_FILE: see the README)")

    strict = partial(NetServer, office(), username=USERNAME, password=PASSWORD, application_token="the right one")
    ended = await check(tmp_path, with_settings(SUPEROFFICE_APPLICATION_TOKEN="s3cret"), server=strict)
    shows(*ended, SIGN_IN, "it refused the bot's application token", "Check SUPEROFFICE_APPLICATION_TOKEN")

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


@pytest.mark.parametrize(
    ("people", "code", "said"),
    [
        ("3,U0ASKER01\n4,U0ASKER02\n", 0, "✓ Slack people: 2 agents are linked"),
        ("3,U0ASKER01\n4,U0NOBODY1\n", 1, "✗ Slack people: not in this workspace: U0NOBODY1 (agent 4)"),
    ],
)
async def test_people_are_looked_for_in_slack(people: str, code: int, said: str, tmp_path: Path) -> None:
    """Each person that SLACK_PEOPLE links is there in Slack, or is named with the agent."""
    (tmp_path / "people.csv").write_text(f"user_id,slack_user_id\n{people}")
    ended, _ = await check(tmp_path, with_settings(SLACK_PEOPLE="people.csv"))

    assert said in ended.out.splitlines()
    assert (ended.code, ended.err) == (code, "")


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
    assert f"✗ {REACHABLE}: SuperOffice is not reachable: it refused the connection" in ended.out
    assert "Check the host and port in SUPEROFFICE_URL" in ended.out
    assert ended.code == 1
