"""What people ask in Slack, and what they read: in Socket Mode and over HTTP."""

import asyncio
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from playground.slack import Post
from tests.e2e.conftest import MODES, Stage, read, recovered, staged

pytestmark = pytest.mark.asyncio(loop_scope="module")

ACKNOWLEDGED_S = 2.5
ASKERS = ("U0ASKER01", "U0ASKER02")
SIGN_IN = "AuthenticateUsernamePassword"


@pytest_asyncio.fixture(scope="module", loop_scope="module", params=MODES)
async def shared(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stage]:
    """One process for the module; at its end it must stop by itself."""
    async with staged(request.param, tmp_path_factory.mktemp("bot")) as stage:
        yield stage


@pytest_asyncio.fixture(loop_scope="module")
async def stage(shared: Stage) -> AsyncIterator[Stage]:
    """The shared bot; whatever the test breaks is mended after it."""
    yield shared
    shared.superoffice.switches.clear()
    await shared.superoffice.come_back()
    await recovered(shared.slack)


async def test_a_command_shows_the_roster_to_its_asker(stage: Stage) -> None:
    """A slash command is answered in its acknowledgement, to the asker alone, with everybody who is online."""
    delivery = await stage.slack.command("")

    [post] = delivery.posts
    assert (post.via, post.ephemeral, post.user) == ("ack", True, "U0ASKER01")
    shown = read(post)
    assert "2 free · 1 busy · 1 away" in shown
    assert "🟢 Anna Berg — free — Billing · Orders" in shown
    assert "🟠 Bjørn Dahl — 2 chats — Billing" in shown
    assert "Nobody for: Returns" in shown
    assert "Nils Ek" not in shown


async def test_a_command_takes_a_topic(stage: Stage) -> None:
    """With a topic, the roster is that of its members."""
    [post] = (await stage.slack.command("billing")).posts

    shown = read(post)
    assert shown.startswith("Who's online: Billing")
    assert "Anna Berg" in shown
    assert "Ole Hansen" not in shown


async def test_a_mention_is_answered_in_its_thread(stage: Stage) -> None:
    """A mention in a channel begins the thread of its answer."""
    delivery = await stage.slack.mention("orders")

    post = await stage.slack.post_after(delivery)
    assert (post.via, post.channel, post.ephemeral) == ("chat.postMessage", "C0SUPPORT", False)
    assert post.thread_ts == delivery.payload["event"]["ts"]
    assert "Who's online: Orders" in read(post)


async def test_a_mention_in_a_thread_is_answered_there(stage: Stage) -> None:
    """A mention in a thread is answered in that thread."""
    post = await stage.slack.post_after(await stage.slack.mention("", thread_ts="1700000000.000001"))

    assert post.thread_ts == "1700000000.000001"
    assert "Anna Berg" in read(post)


async def test_a_direct_message_is_answered_in_place(stage: Stage) -> None:
    """A direct message is answered beside it."""
    post = await stage.slack.post_after(await stage.slack.direct_message("topics"))

    assert (post.channel, post.thread_ts) == (stage.slack.direct_channel("U0ASKER01"), None)
    assert "Returns — nobody" in read(post)


async def test_a_repeated_event_is_answered_once(stage: Stage) -> None:
    """An event that Slack sends again is acknowledged, and not answered again."""
    first = await stage.slack.mention("")
    await stage.slack.post_after(first)
    again = await stage.slack.redeliver(first)
    await stage.settled()

    assert again.acked
    thread_ts = first.payload["event"]["ts"]
    assert len([post for post in stage.slack.posts if post.thread_ts == thread_ts]) == 1


@pytest.mark.parametrize("shared", ["http"], indirect=True)
async def test_a_wrong_signature_is_refused(stage: Stage) -> None:
    """What Slack did not sign is refused, and asks nothing of SuperOffice."""
    before = stage.superoffice.count("GetChatPresence")
    delivery = await stage.slack.command("", signature="v0=" + "0" * 64)

    assert (delivery.status, delivery.posts) == (401, [])
    assert stage.superoffice.count("GetChatPresence") == before


async def test_old_data_says_so(stage: Stage) -> None:
    """While SuperOffice is down the last roster is shown, with the reason and its age before all else."""
    await stage.slack.command("")
    await stage.superoffice.go_down()
    [post] = (await stage.slack.command("")).posts

    warning = read(post).splitlines()[2]
    assert warning.startswith("⚠️ SuperOffice is not reachable: it refused the connection. This is from ")
    assert warning.endswith(", less than a minute ago.")
    assert "Anna Berg" in read(post)


async def test_a_slow_superoffice_is_waited_for_behind_the_acknowledgement(stage: Stage) -> None:
    """When SuperOffice takes 4 s, Slack has its acknowledgement in time, and the answer follows."""
    await stage.slack.command("")
    stage.superoffice.switches.latency_s = 4
    delivery = await stage.slack.command("orders")

    assert delivery.ack_s is not None
    assert delivery.ack_s <= ACKNOWLEDGED_S
    [notice] = delivery.posts
    assert (notice.via, notice.ephemeral) == ("ack", True)
    assert "SuperOffice is slow just now. The answer follows here." in read(notice)
    answer: Post = await stage.slack.post_after(delivery, count=2)
    assert (answer.via, answer.ephemeral, answer.user) == ("response_url", True, "U0ASKER01")
    assert "Who's online: Orders" in read(answer)


async def test_a_ticket_that_ended_is_renewed_once(stage: Stage) -> None:
    """When the ticket has ended, the asker is answered all the same, for one more sign-in."""
    await stage.slack.command("")
    before = stage.superoffice.count(SIGN_IN)
    stage.superoffice.end_tickets()
    [post] = (await stage.slack.command("")).posts

    assert "Anna Berg" in read(post)
    assert "not reachable" not in read(post)
    assert stage.superoffice.count(SIGN_IN) == before + 1


async def test_many_at_once_are_all_answered(stage: Stage) -> None:
    """Everybody who asks at the same moment is answered, for a few calls of SuperOffice and not one each."""
    stage.superoffice.switches.latency_s = 0.2
    before = stage.superoffice.count("GetChatPresence")
    deliveries = [stage.slack.command("", user=ASKERS[n % 2]) for n in range(20)]
    posts = [post for delivery in await asyncio.gather(*deliveries) for post in delivery.posts]

    assert len(posts) == 20
    assert all("Anna Berg" in read(post) for post in posts)
    assert stage.superoffice.count("GetChatPresence") - before < 20
