"""`check` as a process: for each thing that can be wrong, the cause and the cure."""

import ssl
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import trustme

from playground.slack import SCOPES, Slack
from playground.superoffice import Fault, NetServer
from tests.kit.process import PASSWORD, USERNAME, Ended, command, netserver, office, settings
from tests.kit.stage import MODES, Mode


@dataclass(frozen=True)
class Wrong:
    """One thing that is wrong: where it shows, and what is to be said of it."""

    check: str
    cause: str
    cure: str
    environment: dict[str, str] = field(default_factory=dict)
    break_it: Callable[[NetServer, Slack], object] = lambda _superoffice, _slack: None
    superoffice: Callable[[], NetServer] = netserver
    url: Callable[[NetServer], str] = lambda superoffice: superoffice.url
    mode: Mode = "socket"
    down: bool = False


def tls() -> NetServer:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert("127.0.0.1").configure_cert(context)
    return NetServer(office(), ssl_context=context)


def fault(fault: Fault) -> Callable[[NetServer, Slack], object]:
    return lambda superoffice, _slack: setattr(superoffice.switches, "fault", fault)


def without(*scopes: str) -> Callable[[NetServer, Slack], object]:
    return lambda _superoffice, slack: slack.scopes.difference_update(scopes)


REACHABLE, SIGN_IN, PRESENCE = "SuperOffice reachable", "SuperOffice sign-in", "Chat presence"

WRONG = {
    "host not found": Wrong(
        REACHABLE,
        "its host name could not be found",
        "Check the host name in SUPEROFFICE_URL",
        url=lambda _: "http://no-such-host.invalid/SuperOffice/Remote",
    ),
    "refused": Wrong(REACHABLE, "it refused the connection", "Check the host and port in SUPEROFFICE_URL", down=True),
    "certificate": Wrong(
        REACHABLE,
        "its certificate could not be trusted",
        "(SSL_CERT_FILE: see the README)",
        superoffice=tls,
    ),
    "another address on the server": Wrong(
        REACHABLE,
        "its service is not at the configured address",
        "Check SUPEROFFICE_URL: it ends with /Remote",
        url=lambda superoffice: f"{superoffice.origin}/Elsewhere/Remote",
    ),
    "a page in place of SOAP": Wrong(
        REACHABLE,
        "a web page answered in its place",
        "Check SUPEROFFICE_URL: it ends with /Remote",
        break_it=fault(Fault.HTML_200),
    ),
    "services": Wrong(
        REACHABLE,
        "its service is not at the configured address",
        "Services88 answer there: set SUPEROFFICE_SERVICES=88.",
        superoffice=lambda: NetServer(office(), username=USERNAME, password=PASSWORD, services=88),
    ),
    "password": Wrong(
        SIGN_IN,
        "it refused the bot's user name or password",
        "Check SUPEROFFICE_USERNAME and SUPEROFFICE_PASSWORD",
        environment={"SUPEROFFICE_PASSWORD": "s3cret"},
    ),
    "application token": Wrong(
        SIGN_IN,
        "it refused the bot's application token",
        "Check SUPEROFFICE_APPLICATION_TOKEN",
        environment={"SUPEROFFICE_APPLICATION_TOKEN": "s3cret"},
        superoffice=lambda: NetServer(
            office(), username=USERNAME, password=PASSWORD, application_token="the right one"
        ),
    ),
    "ticket": Wrong(
        PRESENCE,
        "the bot's ticket has ended",
        "Put a new ticket in SUPEROFFICE_TICKET",
        environment={"SUPEROFFICE_TICKET": "7T:s3cret==", "SUPEROFFICE_USERNAME": "", "SUPEROFFICE_PASSWORD": ""},
    ),
    "right": Wrong(
        PRESENCE,
        "the bot's user may not see the chat agents",
        "Give the bot's user the right to chat",
        break_it=fault(Fault.NO_RIGHT),
    ),
    "bot token": Wrong(
        "Slack bot token",
        "Slack: invalid_auth",
        "copy SLACK_BOT_TOKEN again",
        environment={"SLACK_BOT_TOKEN": "xoxb-s3cret"},
    ),
    "app token": Wrong(
        "Slack app token",
        "Slack: invalid_auth",
        "Copy SLACK_APP_TOKEN again",
        environment={"SLACK_APP_TOKEN": "xapp-s3cret"},
    ),
    "scopes": Wrong(
        "Slack scopes",
        "missing: chat:write, im:history",
        "then install the app again",
        break_it=without("chat:write", "im:history"),
    ),
    "command": Wrong(
        "Slash command",
        "/who-is-online is not installed",
        "Paste manifest.yml under App Manifest",
        break_it=without("commands"),
    ),
    "clock": Wrong(
        "Clock",
        "5 minutes away from Slack's",
        "Set this machine's clock (NTP)",
        break_it=lambda _, slack: setattr(slack, "date_skew_s", 5 * 60),
        mode="http",
    ),
}


async def check(wrong: Wrong, folder: Path) -> tuple[Ended, Slack]:
    async with wrong.superoffice() as superoffice, Slack(scopes=SCOPES) as slack:
        environment = settings(superoffice, slack, wrong.mode)
        environment |= {"SUPEROFFICE_URL": wrong.url(superoffice)} | wrong.environment
        wrong.break_it(superoffice, slack)
        if wrong.down:
            await superoffice.go_down()
        ended = await command("check", environment=environment, cwd=folder)
        assert slack.posts == []
        assert slack.connections == 0
        return ended, slack


@pytest.mark.parametrize("what", WRONG)
async def test_what_is_wrong_is_named_with_its_cure(what: str, tmp_path: Path) -> None:
    """What is wrong is one ✗ with its cause, the line below it says what to do, and the exit code is 1."""
    wrong = WRONG[what]
    ended, slack = await check(wrong, tmp_path)

    lines = ended.out.splitlines()
    failed = [number for number, line in enumerate(lines) if line.startswith(f"✗ {wrong.check}: ")]
    assert failed, ended.out
    [number] = failed
    assert wrong.cause in lines[number]
    assert lines[number + 1].startswith("  → ")
    assert wrong.cure in lines[number + 1]
    assert (ended.code, ended.err) == (1, "")
    for secret in ("s3cret", PASSWORD, slack.bot_token, slack.app_token, slack.signing_secret):
        assert secret not in ended.out


@pytest.mark.parametrize("mode", MODES)
async def test_all_is_well(mode: Mode, tmp_path: Path) -> None:
    """Where all is well every line has its ✓, the exit code is 0, and nothing was changed anywhere."""
    ended, slack = await check(Wrong("", "", "", mode=mode), tmp_path)

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
    ended, _ = await check(Wrong("", "", "", environment={"SLACK_PEOPLE": "people.csv"}), tmp_path)

    assert said in ended.out.splitlines()
    assert (ended.code, ended.err) == (code, "")


async def test_one_failure_hides_no_other(superoffice: NetServer, tmp_path: Path) -> None:
    """SuperOffice and Slack are both tried, whatever the other does; what could not be tried says why."""
    async with Slack() as slack:
        environment = settings(superoffice, slack) | {"SLACK_BOT_TOKEN": "xoxb-wrong"}
        await superoffice.go_down()
        ended = await command("check", environment=environment, cwd=tmp_path)

    marks = {line[2:].split(":")[0]: line[0] for line in ended.out.splitlines() if not line.startswith("  →")}
    assert marks == {
        "Settings": "✓",
        "SuperOffice reachable": "✗",
        "SuperOffice sign-in": "–",
        "Chat presence": "–",
        "Topic names": "–",
        "Slack bot token": "✗",
        "Slack scopes": "–",
        "Slash command": "–",
        "Clock": "–",
        "Slack app token": "✓",
    }
    assert ended.code == 1
