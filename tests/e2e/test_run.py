"""`run` as a process: how it starts, how it fails, and how it stops."""

import signal
from collections.abc import Callable
from functools import partial
from pathlib import Path

import aiohttp
import pytest

from playground.office import Office, awkward_office, big_office
from playground.show import pings
from playground.slack import Slack
from playground.superoffice import Fault, NetServer
from tests.kit.ports import unused_port
from tests.kit.process import CANNOT_SAY, PRESENCE, SIGN_IN, command, is_fresh, read, running, settings
from tests.kit.stage import MODES, Mode


@pytest.mark.parametrize("mode", MODES)
async def test_it_starts_without_superoffice(mode: Mode, superoffice: NetServer, slack: Slack, tmp_path: Path) -> None:
    """A bot that has not seen SuperOffice yet starts without it, tells of the failure, and answers once it is there."""
    url = superoffice.url
    await superoffice.go_down()
    async with running(superoffice, slack, tmp_path, mode, SUPEROFFICE_URL=url) as bot:
        cause, step = "connection refused (ConnectError)", "“who-is-online check” tells what to do"
        assert bot.log.lines(f"WARNING bot.bootstrap: SuperOffice does not tell who is online: {cause}. {step}")
        assert f"{CANNOT_SAY} SuperOffice is not reachable: it refused the connection." in await bot.ask()
        mention = await slack.post_after(await slack.mention(""))
        assert "Please try again in a minute." in read(mention)

        await superoffice.come_back()
        assert "Anna Berg" in (await bot.ask_until(is_fresh))[-1]


async def test_the_log_tells_at_the_start_what_works(superoffice: NetServer, slack: Slack, tmp_path: Path) -> None:
    """Before anybody asks, the log tells of doubtful settings, missing scopes and the number of agents, and no more."""
    slack.scopes -= {"im:history", "commands"}
    doubtful = (
        "SHARE_EXTERNALLY is an old name, which the next version will not know: write AUDIENCE=company in its place"
    )
    async with running(superoffice, slack, tmp_path, SHARE_EXTERNALLY="false") as bot:
        assert [line.partition(" ")[2].partition(" ")[2] for line in bot.log] == [
            f"WARNING bot.cli: Settings: {doubtful}",
            "WARNING bot.bootstrap: Slack does not grant commands, im:history. “who-is-online check” tells what to do",
            "INFO bot.cli: Ready: answering Slack in Socket Mode",
            "INFO bot.superoffice.sign_in: Signed in to SuperOffice",
            "INFO bot.bootstrap: SuperOffice tells who is online: 4 agents",
        ]
        assert superoffice.count(PRESENCE) == 1


async def test_health_of_socket_mode(superoffice: NetServer, slack: Slack, tmp_path: Path) -> None:
    """Where PORT is set in Socket Mode, it tells that the bot lives and is connected. SIGINT ends it too."""
    port = str(unused_port())
    async with running(superoffice, slack, tmp_path, HOST="127.0.0.1", PORT=port) as bot:
        async with aiohttp.ClientSession(f"http://127.0.0.1:{port}") as session:
            for path, said in {"/healthz": "ok\n", "/readyz": "ready\n"}.items():
                async with session.get(path) as response:
                    assert (response.status, await response.text()) == (200, said)
        assert await bot.stop(signal.SIGINT) == 0


async def test_ctrl_c_on_windows(superoffice: NetServer, slack: Slack, tmp_path: Path) -> None:
    """Where the event loop takes no signal handlers, as on Windows, Ctrl-C ends the bot in order too."""
    program = "import asyncio, bot.__main__\ndel asyncio.SelectorEventLoop.add_signal_handler\nbot.__main__.main()\n"
    (tmp_path / "on_windows.py").write_text(program)
    async with running(superoffice, slack, tmp_path, module="on_windows") as bot:
        assert await bot.stop(signal.SIGINT) == 0
        assert bot.log[-1].endswith("Stopped")


@pytest.mark.parametrize("mode", MODES)
async def test_the_log_tells_what_happened_and_not_what_was_asked(
    mode: Mode, superoffice: NetServer, slack: Slack, tmp_path: Path
) -> None:
    """Sign-ins, refused replies and failures of SuperOffice are in the log; what people ask is not, even at DEBUG.

    Secrets are looked for whenever a bot of these tests ends.
    """
    async with running(superoffice, slack, tmp_path, mode, LOG_LEVEL="DEBUG") as bot:
        await slack.command("a private question")
        await slack.post_after(await slack.mention("a private question"))
        slack.switches.post_status = 403
        await slack.mention("a private question")
        await bot.log.says("Slack did not take a reply: internal_error")
        superoffice.end_tickets()
        superoffice.switches.fault, superoffice.switches.only = Fault.SUCCEEDED_FALSE_FULL_LIST, PRESENCE
        await slack.command("a private question")
        await bot.log.says("SuperOffice: failed: error reported by SuperOffice")
        assert bot.log.lines("Signed in to SuperOffice")
        assert await bot.stop() == 0
        assert bot.log.lines("a private question") == []


@pytest.mark.parametrize("crowd", [awkward_office, partial(big_office, 500, 60)], ids=["awkward names", "500 agents"])
async def test_slack_takes_whatever_superoffice_holds(
    crowd: Callable[[], Office], superoffice: NetServer, slack: Slack, tmp_path: Path
) -> None:
    """No name and no number of agents makes Slack refuse an answer, or notifies anybody."""
    superoffice.office = crowd()
    async with running(superoffice, slack, tmp_path, SUPEROFFICE_TIMEOUT_S="10"):
        for words in ("", "all", "topics", "1", "t", "<!channel>"):
            await slack.command(words)
            await slack.post_after(await slack.mention(words))

    assert slack.refused == []
    assert len(slack.posts) == 12
    assert [ping for post in slack.posts for ping in pings(post.text, post.blocks)] == []


@pytest.mark.parametrize(
    ("mode", "wrong", "said"),
    [
        ("socket", {"SLACK_BOT_TOKEN": "xoxb-s3cret"}, "Slack: invalid_auth"),
        ("http", {"SLACK_BOT_TOKEN": "xoxb-s3cret"}, "Slack: invalid_auth"),
        ("socket", {"SLACK_APP_TOKEN": "xapp-s3cret"}, "Slack: invalid_auth"),
        ("socket", {"SLACK_API_URL": "http://127.0.0.1:1/api/"}, "Slack: unreachable (ClientConnectorError)"),
    ],
)
async def test_slack_that_refuses_or_is_away_ends_the_start(
    mode: Mode, wrong: dict[str, str], said: str, superoffice: NetServer, slack: Slack, tmp_path: Path
) -> None:
    """A bot that Slack does not let in ends with exit code 1 and one line: Slack's own code, and where to look next.

    SuperOffice is not asked: where the start is tried again and again, a wrong password would lock an account.
    """
    ended = await command("run", environment=settings(superoffice, slack, mode) | wrong, cwd=tmp_path)

    assert ended.code == 1
    [line] = ended.err.splitlines()
    assert line.endswith(f" ERROR bot.cli: Not started: {said}. “who-is-online check” tells what to do")
    assert "s3cret" not in ended.err
    assert superoffice.count(SIGN_IN) == 0


@pytest.mark.parametrize("mode", MODES)
async def test_a_port_that_is_taken_ends_the_start(
    mode: Mode, superoffice: NetServer, slack: Slack, tmp_path: Path
) -> None:
    """A port that is taken is a wrong setting: exit code 2, and its name. Slack is not connected to even for a moment.

    The bot that has the port may be connected to Slack, which would send some of its requests to this one.
    """
    at = {"HOST": "127.0.0.1", "PORT": slack.url.rpartition(":")[2]}
    ended = await command("run", environment=settings(superoffice, slack, mode) | at, cwd=tmp_path)

    assert ended.code == 2
    [line] = ended.err.splitlines()
    assert "Not started: HOST and PORT: cannot listen on 127.0.0.1, port " in line
    assert "apps.connections.open" not in {call.method for call in slack.calls}
