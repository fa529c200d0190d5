"""How Slack's requests come in: the same over Socket Mode and HTTP."""

import asyncio

import pytest

from bot.slack.outbox import AT_ONCE, WAITING
from bot.slack.views.message import Kind, Message
from playground.slack import Slack
from tests.kit.crowd import FakeSource
from tests.kit.stage import MODES, Bot, Mode, reached, read

pytestmark = pytest.mark.parametrize("mode", MODES)


async def test_a_repeated_event_is_answered_once(workspace: Slack, bot: Bot) -> None:
    """An event that Slack repeats is acknowledged each time and answered once; who asks again is answered again."""
    first = await workspace.mention("")
    again, once_more = await asyncio.gather(*(workspace.redeliver(first) for _ in range(2)))

    other = await workspace.mention("")

    await bot.outbox.drain(5)
    assert len(workspace.posts) == 2
    assert all(delivery.acked for delivery in (first, again, once_more, other))


async def test_an_event_that_waits_for_a_place_is_answered_once(workspace: Slack, bot: Bot) -> None:
    """While the outbox is full, an event that Slack repeats, because it believes it lost, has one reply in the end."""

    async def nowhere(_message: Message) -> None:
        pass

    full = asyncio.get_running_loop().create_future()
    for _ in range(AT_ONCE + WAITING):
        await bot.outbox.later(lambda: full, nowhere)
    first = await workspace.mention("", timeout_s=0.2)
    again = [await workspace.redeliver(first) for _ in range(3)]
    full.set_result(Message("", (), Kind.NOTICE))
    await workspace.until(lambda: len(workspace.posts) == 1)
    await bot.outbox.drain(5)

    assert not first.acked
    assert all(each.acked for each in again)
    assert len(workspace.posts) == 1


async def test_what_nobody_listens_for_does_no_harm(workspace: Slack, mode: Mode) -> None:
    """Events and commands that the bot has no listener for get no answer, and it goes on."""
    others = [
        await workspace.event({"type": "team_join", "user": {"id": "U0ASKER01"}}, timeout_s=0.1),
        await workspace.event({"type": "reaction_added", "user": "U0ASKER01", "reaction": "wave"}, timeout_s=0.1),
        await workspace.command("", command="/another-command", timeout_s=0.1),
    ]

    assert [each.status for each in others] == [404 if mode == "http" else None] * 3
    assert workspace.posts == []
    assert (await workspace.command("")).posts


async def test_many_are_answered_at_once(workspace: Slack, source: FakeSource) -> None:
    """A request that waits for its answer keeps no other one waiting."""
    source.gate.clear()
    waiting = [asyncio.create_task(workspace.command("")) for _ in range(3)]
    await source.asked.wait()

    assert "What you can ask" in read((await workspace.command("help")).posts[0])
    source.gate.set()
    assert all("Anna Berg" in read(delivery.posts[0]) for delivery in await asyncio.gather(*waiting))


async def test_the_end_waits_for_what_is_under_way(
    bot: Bot, source: FakeSource, mode: Mode, caplog: pytest.LogCaptureFixture
) -> None:
    """At its end the bot takes no more requests, and the one that it has taken is still acknowledged.

    Requests that it does not take are Slack's to give to another connection, and no faults.
    """
    slack = bot.slack
    source.gate.clear()

    async def open_the_gate_once_nothing_is_taken() -> None:
        taken = True
        while taken:
            taken = (await slack.command("help", timeout_s=0.05)).acked
        source.gate.set()

    async with reached(bot, mode):
        asking = asyncio.create_task(slack.command(""))
        await source.asked.wait()
        late = asyncio.create_task(open_the_gate_once_nothing_is_taken())

    await late
    assert "Anna Berg" in read((await asking).posts[0])
    assert [record for record in caplog.records if record.levelname == "ERROR"] == []


async def test_it_can_end_and_begin_again(bot: Bot, mode: Mode) -> None:
    """After its end nothing is taken, and the way in can be opened again."""
    slack = bot.slack
    async with reached(bot, mode):
        assert (await slack.command("")).acked
    if mode == "http":
        assert (await slack.command("")).status is None
    async with reached(bot, mode):
        assert (await slack.command("")).acked
