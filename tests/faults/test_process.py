"""The bot's process ends in the middle of its work, or the machine's clock jumps."""

import asyncio
import signal
from pathlib import Path

import pytest

from playground.slack import Slack
from playground.superoffice import NetServer
from tests.faults.machine import Machine
from tests.kit.process import PRESENCE, STALE, answers, is_fresh, running, until
from tests.kit.stage import MODES, Mode

HOUR_S = 3600


@pytest.mark.parametrize(("latency_s", "number"), [(0.3, signal.SIGTERM), (3, signal.SIGTERM), (3, signal.SIGHUP)])
@pytest.mark.parametrize("mode", MODES)
async def test_stopped_in_a_burst(
    mode: Mode, latency_s: float, number: signal.Signals, superoffice: NetServer, slack: Slack, tmp_path: Path
) -> None:
    """SIGTERM or SIGHUP amid fifty commands and ten mentions: each that was taken has one answer; exit code 0."""
    async with running(superoffice, slack, tmp_path, mode, SUPEROFFICE_TIMEOUT_S="10") as bot:
        await bot.ask()
        superoffice.switches.latency_s = latency_s
        calls = superoffice.count(PRESENCE)
        asking = asyncio.create_task(bot.burst(commands=50, mentions=10))
        if latency_s < 1:
            await until(lambda: superoffice.count(PRESENCE) > calls)
        else:
            await slack.until(lambda: sum(each.acked for each in slack.deliveries) == 61)
        assert await bot.stop(number) == 0
        deliveries = await asking

    taken = [each for each in deliveries if each.acked]
    assert len(taken) >= (1 if latency_s < 1 else 60)
    assert [len(answers(each)) for each in taken] == [1] * len(taken)
    assert all(is_fresh(answers(each)[0].text) for each in taken)
    assert [each for each in deliveries if not each.acked and each.posts] == []
    assert "Stopped" in bot.log[-1]


@pytest.mark.parametrize("mode", MODES)
async def test_killed_and_started_again(mode: Mode, superoffice: NetServer, slack: Slack, tmp_path: Path) -> None:
    """After SIGKILL amid requests a new process answers all that comes, with nothing to clean up before."""
    async with running(superoffice, slack, tmp_path, mode) as bot:
        superoffice.switches.latency_s = 60
        asking = asyncio.create_task(slack.command("", timeout_s=1))
        await until(lambda: superoffice.calls)
        bot.may_fail = True
        await bot.kill()
    assert (await asking).posts == []
    superoffice.switches.latency_s = 0
    await until(lambda: slack.connections == 0)

    async with running(superoffice, slack, tmp_path, mode) as bot:
        await bot.is_well()


@pytest.mark.parametrize("jump_s", [HOUR_S, -HOUR_S])
async def test_the_clock_jumps(jump_s: int, superoffice: NetServer, slack: Slack, tmp_path: Path) -> None:
    """When the machine's clock jumps, requests are answered as before, and a roster is as old as it really is."""
    machine = Machine(tmp_path)
    async with running(superoffice, slack, tmp_path, PRESENCE_STALE_S="60", **machine.settings) as bot:
        await bot.ask()
        machine.is_now(clock_ahead_s=jump_s)
        await superoffice.go_down()
        old = await bot.answered(await bot.burst())
        await superoffice.come_back()
        await bot.ask_until(is_fresh)
        await bot.is_well()

    assert all(STALE in each for each in old)
    assert all("less than a minute ago" in each for each in old)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_stopped_while_superoffice_is_silent(
    number: signal.Signals, superoffice: NetServer, slack: Slack, tmp_path: Path
) -> None:
    """A SuperOffice that never answers keeps the process from nothing: who waits is told, and it ends with 0."""
    async with running(superoffice, slack, tmp_path) as bot:
        superoffice.switches.latency_s = 60
        asking = asyncio.create_task(bot.burst(commands=5, mentions=2))
        await until(lambda: superoffice.calls)
        assert await bot.stop(number) == 0

    taken = [each for each in await asking if each.acked]
    assert taken
    assert [len(answers(each)) for each in taken] == [1] * len(taken)
    assert all("it did not answer in time" in answers(each)[0].text for each in taken)
