"""`run` as a process: how it starts, how it fails, and how it stops."""

import asyncio
import signal
from collections.abc import Callable
from functools import partial
from pathlib import Path

import aiohttp
import pytest
from aiohttp.test_utils import unused_port

from playground.office import Office, awkward_office, big_office
from playground.show import pings
from playground.slack import Slack
from playground.superoffice import Fault, NetServer
from tests.e2e.conftest import MODES, PASSWORD, Mode, command, read, recovered, running, settings


@pytest.mark.parametrize("mode", MODES)
async def test_who_waits_when_it_is_stopped_is_answered(
    mode: Mode, superoffice: NetServer, slack: Slack, tmp_path: Path
) -> None:
    """SIGTERM ends the bot only after the answers that people wait for, and then with exit code 0."""
    async with running(settings(superoffice, slack, mode), slack, tmp_path) as bot:
        await slack.command("")
        superoffice.switches.latency_s = 3
        delivery = await slack.command("billing")
        assert "SuperOffice is slow" in read(delivery.posts[0])

        assert await bot.stop() == 0
        assert "Who's online: Billing" in read(delivery.posts[1])
        assert "Stopped" in bot.log[-1]


@pytest.mark.parametrize("mode", MODES)
async def test_a_request_that_is_not_acknowledged_yet_is_answered(
    mode: Mode, superoffice: NetServer, slack: Slack, tmp_path: Path
) -> None:
    """SIGTERM lets the request that the bot has just taken be acknowledged."""
    async with running(settings(superoffice, slack, mode), slack, tmp_path) as bot:
        await slack.command("")
        superoffice.switches.latency_s = 0.5
        asking = asyncio.create_task(slack.command(""))
        async with asyncio.timeout(5):
            while not superoffice.in_flight["GetChatPresence"]:  # noqa: ASYNC110  # it tells of itself to nobody
                await asyncio.sleep(0)
        mention = await slack.mention("")

        assert await bot.stop() == 0
        assert "Anna Berg" in read((await asking).posts[0])
        assert "Anna Berg" in read(mention.posts[0])


@pytest.mark.parametrize("mode", MODES)
async def test_a_failure_without_a_memory_is_told(
    mode: Mode, superoffice: NetServer, slack: Slack, tmp_path: Path
) -> None:
    """A bot that has not seen SuperOffice yet starts without it, tells of the failure, and answers once it is there."""
    environment = settings(superoffice, slack, mode)
    await superoffice.go_down()
    async with running(environment, slack, tmp_path):
        [post] = (await slack.command("")).posts
        assert "I can't say who is online. SuperOffice is not reachable: it refused the connection." in read(post)
        mention = await slack.post_after(await slack.mention(""))
        assert "Please try again in a minute." in read(mention)

        await superoffice.come_back()
        assert "Anna Berg" in read(await recovered(slack))


async def test_health_of_socket_mode(superoffice: NetServer, slack: Slack, tmp_path: Path) -> None:
    """Where PORT is set in Socket Mode, it tells that the bot lives and is connected."""
    port = unused_port()
    environment = settings(superoffice, slack) | {"HOST": "127.0.0.1", "PORT": str(port)}
    async with running(environment, slack, tmp_path), aiohttp.ClientSession(f"http://127.0.0.1:{port}") as session:
        for path, said in {"/healthz": "ok\n", "/readyz": "ready\n"}.items():
            async with session.get(path) as response:
                assert (response.status, await response.text()) == (200, said)


async def test_ctrl_c_stops_it_too(superoffice: NetServer, slack: Slack, tmp_path: Path) -> None:
    """SIGINT is as good as SIGTERM: exit code 0, and no traceback."""
    async with running(settings(superoffice, slack), slack, tmp_path) as bot:
        assert await bot.stop(signal.SIGINT) == 0
        assert not any("Traceback" in line for line in bot.log)


@pytest.mark.parametrize("mode", MODES)
async def test_the_log_holds_no_secret(mode: Mode, superoffice: NetServer, slack: Slack, tmp_path: Path) -> None:
    """Neither tokens, tickets nor passwords are in the log, nor what people ask, however much it is to tell."""
    environment = settings(superoffice, slack, mode) | {"LOG_LEVEL": "DEBUG"}
    async with running(environment, slack, tmp_path) as bot:
        await slack.command("a private question")
        await slack.post_after(await slack.mention("a private question"))
        slack.switches.post_status = 403
        posted = len(slack.calls)
        await slack.mention("a private question")
        # Before that is answered, the next question could share its roster, and would not notice what fails.
        await slack.until(lambda: any(call.method == "chat.postMessage" for call in list(slack.calls)[posted:]))
        superoffice.end_tickets()
        superoffice.switches.fault, superoffice.switches.only = Fault.SUCCEEDED_FALSE_FULL_LIST, "GetChatPresence"
        await slack.command("a private question")
        assert await bot.stop() == 0

    log = "\n".join(bot.log)
    assert "Signed in to SuperOffice" in log
    assert "Slack did not take a reply: internal_error" in log
    assert "SuperOffice gave no usable answer" in log
    for secret in (slack.bot_token, slack.app_token, slack.signing_secret, PASSWORD, "7T:", "ticket=", "/response/"):
        assert secret not in log.replace("ticket=[secret]", "")
    assert "a private question" not in log


@pytest.mark.parametrize("crowd", [awkward_office, partial(big_office, 500, 60)], ids=["awkward names", "500 agents"])
async def test_slack_takes_whatever_superoffice_holds(
    crowd: Callable[[], Office], superoffice: NetServer, slack: Slack, tmp_path: Path
) -> None:
    """No name and no number of agents makes Slack refuse an answer, or notifies anybody."""
    superoffice.office = crowd()
    async with running(settings(superoffice, slack), slack, tmp_path):
        for words in ("", "all", "topics", "1", "t", "<!channel>"):
            await slack.command(words)
            await slack.post_after(await slack.mention(words))

    assert slack.refused == []
    assert len(slack.posts) == 12
    assert [ping for post in slack.posts for ping in pings(post.text, post.blocks)] == []


async def test_wrong_settings_end_the_start(tmp_path: Path) -> None:
    """Without its settings the bot does not start: exit code 2, and a line for each problem by its name in `.env`."""
    ended = await command("run", environment={"SLACK_BOT_TOKEN": "s3cret"}, cwd=tmp_path)

    assert (ended.code, ended.out) == (2, "")
    lines = ended.err.splitlines()
    for name in ("SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "SUPEROFFICE_URL", "SUPEROFFICE_USERNAME"):
        assert any(line.startswith(name) for line in lines)
    assert "s3cret" not in ended.err


@pytest.mark.parametrize(
    ("mode", "name"), [("socket", "SLACK_BOT_TOKEN"), ("http", "SLACK_BOT_TOKEN"), ("socket", "SLACK_APP_TOKEN")]
)
async def test_a_token_that_slack_refuses_ends_the_start(
    mode: Mode, name: str, superoffice: NetServer, slack: Slack, tmp_path: Path
) -> None:
    """A bot that Slack does not know ends with exit code 1, Slack's own code, and where to look next."""
    environment = settings(superoffice, slack, mode)
    environment[name] = environment[name][:5] + "s3cret"
    ended = await command("run", environment=environment, cwd=tmp_path)

    assert ended.code == 1
    assert ended.err.splitlines()[-1] == "Slack: invalid_auth. “who-is-online check” tells what to do."
    assert "Traceback" not in ended.err
    assert "s3cret" not in ended.err


async def test_a_port_that_is_taken_ends_the_start(superoffice: NetServer, slack: Slack, tmp_path: Path) -> None:
    """A port that is taken is a wrong setting: exit code 2, and its name."""
    environment = settings(superoffice, slack, "http") | {"PORT": slack.url.rpartition(":")[2]}
    ended = await command("run", environment=environment, cwd=tmp_path)

    assert ended.code == 2
    assert "HOST and PORT: cannot listen on 127.0.0.1:" in ended.err
    assert "Traceback" not in ended.err
