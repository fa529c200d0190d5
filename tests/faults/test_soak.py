"""A minute of a busy day, watched for what grows."""

import asyncio
import statistics
from pathlib import Path

import pytest

from playground.office import PretendAgent
from playground.slack import Delivery, Slack
from playground.superoffice import NetServer
from tests.kit.process import Bot, answers, running

WARM_S, WATCHED_S = 20, 60
A_SECOND = 50
GROWTH = 1.05
SPARE_DESCRIPTORS = 4


@pytest.mark.soak
@pytest.mark.timeout(WARM_S + WATCHED_S + 60)
async def test_a_busy_minute(superoffice: NetServer, slack: Slack, tmp_path: Path) -> None:
    """Fifty questions a second while agents come and go: all answered, memory flat within 5 %, nothing left open."""
    async with running(superoffice, slack, tmp_path, PRESENCE_FRESH_S="0.5") as bot:
        await bot.ask()
        memory, descriptors = [], []
        for second in range(WARM_S + WATCHED_S):
            _churn(superoffice, second)
            await _ask_for_a_second(bot, second)
            if second >= WARM_S:
                memory.append(bot.memory_mib)
                descriptors.append(_descriptors(bot))
        await bot.settled()

        tenth = len(memory) // 10
        first, last = statistics.median(memory[: 2 * tenth]), statistics.median(memory[-2 * tenth :])
        print(f"memory {first:.1f} -> {last:.1f} MiB, descriptors {min(descriptors)} to {max(descriptors)}")  # noqa: T201
        assert last <= first * GROWTH
        assert max(descriptors) - min(descriptors) <= SPARE_DESCRIPTORS
        assert slack.refused == []


async def _ask_for_a_second(bot: Bot, second: int) -> None:
    """The questions of one second, spread over it; fails unless each has one answer."""
    ends = asyncio.get_running_loop().time() + 1
    words = ("", "billing", "orders", "all", "topics", "returns", "no such topic", "help")
    asking: list[asyncio.Task[Delivery]] = []
    for number in range(A_SECOND):
        text = words[(second + number) % len(words)]
        ask = bot.slack.mention(text) if number % 10 == 0 else bot.slack.command(text)
        asking.append(asyncio.create_task(ask))
        await asyncio.sleep(max(0.0, (ends - asyncio.get_running_loop().time()) / (A_SECOND - number)))
    for delivery in await asyncio.gather(*asking):
        await bot.slack.until(lambda each=delivery: answers(each))  # type: ignore[misc]
        assert (len(answers(delivery)), delivery.late) == (1, False)
    # The stand-in need not remember what is checked.
    for kept in (bot.slack.deliveries, bot.slack.posts, bot.slack.calls, bot.slack._api._response_urls):
        kept.clear()


def _churn(superoffice: NetServer, second: int) -> None:
    """Agents come, go, and take chats; one is new each second and leaves ten seconds later."""
    agents = superoffice.office.agents
    for agent in agents:
        agent.present = (agent.user_id + second) % 3 != 0
        agent.ongoing_chats = (agent.user_id * second) % 4
    agents.append(PretendAgent(1000 + second, f"Agent {second}", present=True, topics=(1 + second % 3,)))
    if len(agents) > 14:
        del agents[4]


def _descriptors(bot: Bot) -> int:
    """Files and sockets that the process has open."""
    return len(list(Path(f"/proc/{bot.pid}/fd").iterdir()))
