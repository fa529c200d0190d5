"""The line between Slack and the bot is closed, cut or dead for a while, in Socket Mode.

What Slack could not deliver meanwhile is Slack's to repeat; what the bot has taken, it answers. slack_sdk looks at its
connection every 10 s, so the scenes take their time, and are played all at once.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack

import pytest
import pytest_asyncio

from playground.slack import Slack
from playground.superoffice import NetServer
from tests.faults.proxy import Cable
from tests.kit.process import PRESENCE, Bot, is_fresh, netserver, running, until

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.timeout(120)]

NOTICED_S = 45.0
"""A dead line is noticed by a ping each 10 s, and the next try comes 10 s after a failed one."""

PROMISED_S = 10.0
"""The README promises an end within this time after SIGTERM."""

Scene = Callable[[Bot, Cable, NetServer], Awaitable[None]]


async def closed_by_slack(bot: Bot, _cable: Cable, _superoffice: NetServer) -> None:
    """When Slack announces the end of the connection, the bot has another at once, and the log no fault."""
    for _ in range(5):
        await bot.slack.disconnect()
        await bot.is_well()


async def closed_amid_requests(bot: Bot, _cable: Cable, superoffice: NetServer) -> None:
    """What the bot has taken over a connection that Slack closes is acknowledged and answered over the next."""
    superoffice.switches.latency_s = 0.3
    asking = asyncio.create_task(bot.burst(commands=10, mentions=5))
    await bot.slack.until(lambda: len(bot.slack.deliveries) >= 15)
    await bot.slack.disconnect()

    assert all(map(is_fresh, await bot.answered(await asking)))


async def cut(bot: Bot, _cable: Cable, _superoffice: NetServer) -> None:
    """A connection that breaks without a word is replaced, again and again, by the bot itself."""
    for _ in range(2):
        await bot.slack.cut()
        await bot.slack.connected(timeout_s=NOTICED_S)
        await bot.is_well()


async def cut_before_the_answer(bot: Bot, _cable: Cable, superoffice: NetServer) -> None:
    """A mention is answered once, whatever becomes of the connection that it came by."""
    superoffice.switches.latency_s = 0.5
    mention = await bot.slack.mention("")
    assert mention.posts == []
    await bot.slack.cut()

    assert is_fresh((await bot.slack.until(lambda: mention.posts))[0].text)
    await bot.slack.connected(timeout_s=NOTICED_S)
    assert is_fresh((await bot.answered([mention]))[0])


async def gone(bot: Bot, cable: Cable, superoffice: NetServer) -> None:
    """While Slack is out of reach tries are few, and the log says which reply is lost; then all is answered again."""
    superoffice.switches.latency_s = 0.5
    mention = await bot.slack.mention("")
    before, mark, bot.may_fail = cable.connections, len(bot.log), True  # slack_sdk logs a traceback for each try
    cable.refuse = True
    cable.cut()
    await bot.log.says("A reply did not reach Slack", since=mark, timeout_s=NOTICED_S)
    await bot.log.says("Failed to check the current session", since=mark, timeout_s=NOTICED_S)
    assert bot.slack.connections == 0
    assert mention.posts == []
    tried = cable.connections - before
    cable.refuse = False
    await bot.slack.connected(timeout_s=NOTICED_S)

    await bot.is_well()
    assert mention.posts == []
    assert 3 <= tried <= 20


async def gone_for_a_moment(bot: Bot, cable: Cable, superoffice: NetServer) -> None:
    """An answer that meets a network that is gone for a second is sent once it is back, and only once."""
    superoffice.switches.latency_s = 0.5
    mention = await bot.slack.mention("")
    before = cable.connections
    cable.refuse = True
    cable.cut()
    await cable.connected(before + 1, timeout_s=NOTICED_S)
    cable.refuse = False

    assert is_fresh((await bot.slack.until(lambda: mention.posts))[0].text)
    await bot.slack.connected(timeout_s=NOTICED_S)
    assert is_fresh((await bot.answered([mention]))[0])


async def dead(bot: Bot, cable: Cable, _superoffice: NetServer) -> None:
    """A line that swallows everything is noticed and given up, and what it swallowed is not answered late."""
    before = cable.connections
    cable.hold()
    unheard = await bot.slack.command("", timeout_s=0.5)
    await cable.connected(before + 1, timeout_s=NOTICED_S)
    await bot.slack.cut()  # Slack too gives up a line that is dead
    cable.lose()
    await bot.slack.connected(timeout_s=NOTICED_S)

    await bot.is_well()
    assert (unheard.acked, unheard.posts) == (False, [])


async def dead_at_the_end(bot: Bot, cable: Cable, superoffice: NetServer) -> None:
    """A line that swallows everything, and a reply under way, keep the bot from its end for 10 seconds at most."""
    superoffice.switches.latency_s = 0.5
    calls = superoffice.count(PRESENCE)
    await bot.slack.mention("")
    await until(lambda: superoffice.count(PRESENCE) > calls)
    cable.hold()
    bot.may_fail = True  # the reply is lost, and said to be
    async with asyncio.timeout(PROMISED_S):
        assert await bot.stop() == 0


SCENES: tuple[Scene, ...] = (
    closed_by_slack,
    closed_amid_requests,
    cut,
    cut_before_the_answer,
    gone,
    gone_for_a_moment,
    dead,
    dead_at_the_end,
)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def scenes(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[dict[Scene, asyncio.Task[None]]]:
    """All the scenes, each with a bot, a Slack and a SuperOffice of its own, under way."""

    async def play(scene: Scene) -> None:
        async with AsyncExitStack() as stack:
            superoffice = await stack.enter_async_context(netserver())
            slack = await stack.enter_async_context(Slack())
            cable = await stack.enter_async_context(Cable(slack.url))
            slack.url = cable.url
            folder = tmp_path_factory.mktemp("bot")
            bot = await stack.enter_async_context(running(superoffice, slack, folder, SUPEROFFICE_TIMEOUT_S="10"))
            await bot.ask()
            await scene(bot, cable, superoffice)

    tasks = {scene: asyncio.create_task(play(scene)) for scene in SCENES}
    yield tasks
    for task in tasks.values():
        task.cancel()
    await asyncio.wait(tasks.values())


@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.__name__)
async def test_the_line_is_lost(scenes: dict[Scene, asyncio.Task[None]], scene: Scene) -> None:
    """However the line between Slack and the bot is lost, the bot finds its way back: see each scene."""
    await scenes[scene]
