"""What people ask and click in Slack, all the way to SuperOffice and back: in Socket Mode and over HTTP.

What is answered where, and to whom, is tested in tests/slack; here is what the whole adds.
"""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.kit.process import Stage, read, staged
from tests.kit.stage import ASKER, MODES, NORWEGIAN_READER, OTHER, answer

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module", params=MODES)
async def stage(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stage]:
    """One process for the module."""
    async with staged(request.param, tmp_path_factory.mktemp("bot"), SUPEROFFICE_TIMEOUT_S="10") as stage:
        await stage.acquaint(ASKER, NORWEGIAN_READER)
        yield stage
        assert stage.slack.refused == []


async def test_a_command_shows_the_roster_to_its_asker(stage: Stage) -> None:
    """A slash command is answered in its acknowledgement, to the asker alone, with everybody who is online."""
    [post] = (await stage.slack.command("")).posts

    assert (post.via, post.ephemeral, post.user) == ("ack", True, ASKER)
    shown = read(post)
    assert "2 free · 1 busy · 1 away" in shown
    assert "🟢 Anna Berg — free — Billing · Orders" in shown
    assert "🟠 Bjørn Dahl — 2 chats — Billing" in shown
    assert "Nobody for: Returns" in shown
    assert "Nils Ek" not in shown


async def test_mentions_and_messages_are_answered_once(stage: Stage) -> None:
    """A mention is answered in its thread and a direct message beside it, and not again when Slack repeats them."""
    slack = stage.slack
    asked = [await slack.mention("orders"), await slack.direct_message("topics")]
    mention, message = [await slack.post_after(each) for each in asked]
    again = [await slack.redeliver(each) for each in asked]
    await stage.bot.settled()

    assert (mention.channel, mention.thread_ts) == ("C0SUPPORT", asked[0].payload["event"]["ts"])
    assert "Who's online: Orders" in read(mention)
    assert (message.channel, message.thread_ts) == (slack.direct_channel(ASKER), None)
    assert "Returns — nobody" in read(message)
    assert all(each.acked and not each.posts for each in again)
    assert [len(each.posts) for each in asked] == [1, 1]


async def test_clicks_lead_on(stage: Stage) -> None:
    """By topic, by agent, a topic from the menu, Share, and Refresh by somebody else: each where it belongs."""
    slack = stage.slack
    before = (await slack.command("")).posts[0]
    by_topic = await answer(slack, slack.click(before, "show:by_topic"))
    by_agent = await answer(slack, slack.click(by_topic, "show:by_agent"))
    shared = await answer(slack, slack.click(by_agent, "share"))
    stage.superoffice.office.agents[0].present = False
    refreshed = await answer(slack, slack.click(shared, "show:refresh", user=OTHER))
    stage.superoffice.office.agents[0].present = True

    assert [post.replaces for post in (by_topic, by_agent, shared, refreshed)] == [before, by_topic, None, shared]
    assert "Who's online, by topic" in read(by_topic)
    assert (shared.channel, shared.ephemeral) == ("C0SUPPORT", False)
    assert f"Shared by <@{ASKER}>" in str(refreshed.blocks)
    assert "Anna Berg" in read(shared)
    assert "Anna Berg" not in read(refreshed)


async def test_nothing_is_shared_with_outsiders(stage: Stage) -> None:
    """Where people of other companies read along, nothing is shared, and a mention is answered without a name."""
    command = await answer(stage.slack, stage.slack.command("", channel="C0PARTNER"))
    mention = await answer(stage.slack, stage.slack.mention("", channel="C0PARTNER"))

    assert "Anna Berg" in read(command)
    assert "Share to channel" not in str(command.blocks)
    assert (mention.via, mention.ephemeral, mention.user) == ("chat.postEphemeral", True, ASKER)
    assert "This channel is shared with another company" in read(mention)
