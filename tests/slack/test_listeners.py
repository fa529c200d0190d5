"""What the bot answers, where, and to whom."""

import asyncio
import re
from typing import Any

import pytest

from bot.slack.listeners import SCOPES
from bot.slack.replies import Replies
from playground.slack import BOT_USER, Slack
from playground.slack import SCOPES as GRANTED
from tests.slack.conftest import DOWN, OTHER, Choices, Source, controls_of, read

INCIDENT = re.compile(r"incident ([0-9a-f]{8})")


def incidents(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records if record.getMessage().startswith("Incident ")]


# --- the command ---


async def test_a_command_is_answered_in_its_acknowledgement(workspace: Slack, replies: Replies) -> None:
    """A roster that is ready in time travels in the acknowledgement, for the asker alone."""
    delivery = await workspace.command("", user=OTHER)

    [post] = delivery.posts
    assert (post.via, post.ephemeral, post.user) == ("ack", True, OTHER)
    assert "Anna Berg — free — Billing · Orders" in read(post)
    await replies.drain(5)
    assert len(workspace.posts) == 1


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        ("billing", "Who's online: Billing"),
        ("all", "Nils Ek — away — no topics"),
        ("topics", "Who's online, by topic"),
        ("help", "What you can ask"),
        ("retruns", "No topic matches “retruns”. Did you mean Returns"),
        ("VIP &amp; Co", "Who's online: VIP & Co"),
    ],
)
async def test_a_command_takes_words(workspace: Slack, words: str, shown: str) -> None:
    """The words after the command are the question, read as they were typed and not as Slack escapes them."""
    delivery = await workspace.command(words)

    [post] = delivery.posts
    assert shown in read(post)


async def test_a_slow_answer_to_a_command_follows(impatient: Slack, source: Source) -> None:
    """A command is acknowledged however slow SuperOffice is; the answer follows by response_url, to the asker."""
    source.gate = asyncio.Event()
    delivery = await impatient.command("orders", user=OTHER)

    [notice] = delivery.posts
    assert (notice.via, notice.ephemeral) == ("ack", True)
    assert "SuperOffice is slow just now. The answer follows here." in read(notice)

    source.gate.set()
    answer = await impatient.post_after(delivery, count=2)
    assert (answer.via, answer.ephemeral, answer.user) == ("response_url", True, OTHER)
    assert answer.replaces is None
    assert "Who's online: Orders" in read(answer)


async def test_a_command_is_told_kindly_of_a_failure(workspace: Slack, source: Source) -> None:
    """Where SuperOffice fails and nothing is remembered, the asker reads what happened and what to do."""
    source.says = DOWN
    delivery = await workspace.command("")

    [post] = delivery.posts
    shown = read(post)
    assert "I can't say who is online. SuperOffice is not reachable: it refused the connection." in shown
    assert "Please try again in a minute." in shown
    assert "ConnectError" not in shown


async def test_a_slow_failure_is_told_kindly_too(impatient: Slack, source: Source) -> None:
    """A failure that comes after the acknowledgement follows it, as an answer would."""
    source.gate, source.says = asyncio.Event(), DOWN
    delivery = await impatient.command("")
    source.gate.set()

    assert "SuperOffice is not reachable" in read(await impatient.post_after(delivery, count=2))


async def test_a_fault_of_ours_is_an_incident(
    workspace: Slack, source: Source, caplog: pytest.LogCaptureFixture
) -> None:
    """What nobody expected is logged under an id, and the asker of a command gets that id and nothing else of it."""
    source.says = RuntimeError("the private details")
    delivery = await workspace.command("")

    [post] = delivery.posts
    assert (post.via, post.ephemeral) == ("ack", True)
    found = INCIDENT.search(read(post))
    assert found is not None
    assert incidents(caplog) == [f"Incident {found[1]}"]
    assert "the private details" in caplog.text
    assert "the private details" not in read(post) + post.text


async def test_a_slow_fault_of_ours_is_an_incident_too(
    impatient: Slack, source: Source, caplog: pytest.LogCaptureFixture
) -> None:
    """What nobody expected after the acknowledgement is logged, and told, under an id too."""
    source.gate, source.says = asyncio.Event(), RuntimeError("the private details")
    delivery = await impatient.command("")
    source.gate.set()

    post = await impatient.post_after(delivery, count=2)
    found = INCIDENT.search(read(post))
    assert found is not None
    assert post.ephemeral
    assert incidents(caplog) == [f"Incident {found[1]}"]
    assert "the private details" not in read(post) + post.text


# --- mentions ---


async def test_a_mention_is_answered_in_its_thread(workspace: Slack) -> None:
    """A mention in a channel begins the thread of its answer, which everybody there sees."""
    delivery = await workspace.mention("billing")

    post = await workspace.post_after(delivery)
    assert (post.via, post.channel, post.ephemeral) == ("chat.postMessage", "C0SUPPORT", False)
    assert post.thread_ts == delivery.payload["event"]["ts"]
    assert "Who's online: Billing" in read(post)


async def test_a_mention_in_a_thread_is_answered_there(workspace: Slack) -> None:
    """A mention in a thread is answered in that thread, not in a new one."""
    delivery = await workspace.mention("", thread_ts="1700000000.000001")

    assert (await workspace.post_after(delivery)).thread_ts == "1700000000.000001"


@pytest.mark.parametrize("said", [f"<@{BOT_USER}> billing", f"billing <@{BOT_USER}|who>", f"<@{BOT_USER}>billing"])
async def test_the_mention_itself_is_no_word(workspace: Slack, said: str) -> None:
    """The words beside the mention are the question, wherever in the message the mention stands."""
    post = await workspace.post_after(await workspace.mention(said))

    assert "Who's online: Billing" in read(post)


async def test_a_fault_of_ours_is_told_in_the_thread(
    workspace: Slack, source: Source, caplog: pytest.LogCaptureFixture
) -> None:
    """The asker of a mention reads the incident's id in the thread."""
    source.says = RuntimeError("the private details")
    delivery = await workspace.mention("")

    post = await workspace.post_after(delivery)
    found = INCIDENT.search(read(post))
    assert found is not None
    assert incidents(caplog) == [f"Incident {found[1]}"]
    assert post.thread_ts == delivery.payload["event"]["ts"]
    assert "the private details" not in read(post) + post.text


async def test_a_mention_is_told_kindly_of_a_failure(workspace: Slack, source: Source) -> None:
    """A failure of SuperOffice is an answer to a mention, and no incident."""
    source.says = DOWN
    post = await workspace.post_after(await workspace.mention(""))

    assert "SuperOffice is not reachable" in read(post)
    assert "incident" not in read(post)


# --- direct messages ---


async def test_a_direct_message_is_answered_in_place(workspace: Slack) -> None:
    """A direct message is answered beside it, not in a thread."""
    post = await workspace.post_after(await workspace.direct_message("orders"))

    assert (post.via, post.channel, post.thread_ts) == ("chat.postMessage", workspace.direct_channel("U0ASKER01"), None)
    assert "Who's online: Orders" in read(post)


async def test_a_direct_message_in_a_thread_is_answered_there(workspace: Slack) -> None:
    """A direct message in a thread is answered in that thread."""
    post = await workspace.post_after(await workspace.direct_message("", thread_ts="1700000000.000001"))

    assert post.thread_ts == "1700000000.000001"


async def test_a_direct_message_may_mention_the_bot(workspace: Slack) -> None:
    """People who mention the bot where they need not are understood."""
    post = await workspace.post_after(await workspace.direct_message(f"<@{BOT_USER}> orders"))

    assert "Who's online: Orders" in read(post)


@pytest.mark.parametrize("said", ["hello", "hi there!", "takk 🙏", "who is around?"])
async def test_a_greeting_is_told_what_the_bot_is_for(workspace: Slack, said: str) -> None:
    """In a direct message words that name nothing were a greeting: a short help, and no complaint."""
    post = await workspace.post_after(await workspace.direct_message(said))

    shown = read(post)
    assert "I tell who is online in SuperOffice Chat. Write a topic" in shown
    assert "No topic matches" not in shown
    assert controls_of(post) == []


async def test_a_near_miss_is_no_greeting(workspace: Slack) -> None:
    """In a direct message words that nearly name a topic are asked back about."""
    shown = read(await workspace.post_after(await workspace.direct_message("retruns")))

    assert "No topic matches “retruns”. Did you mean Returns" in shown
    assert "I tell who is online in SuperOffice Chat" not in shown


@pytest.mark.parametrize("kind", ["command", "mention"])
async def test_elsewhere_nobody_is_greeted(workspace: Slack, kind: str) -> None:
    """In a command or a mention words that name nothing were meant to, so they are not taken for a greeting."""
    post = await workspace.post_after(await getattr(workspace, kind)("hello"))

    assert "No topic matches “hello”." in read(post)


# --- what is not answered ---


@pytest.mark.parametrize("kind", ["mention", "direct_message"])
async def test_an_event_is_answered_once(workspace: Slack, replies: Replies, source: Source, kind: str) -> None:
    """Slack repeats an event that it believes lost; one `event_id` gets one answer, each an acknowledgement."""
    first = await getattr(workspace, kind)("", event_id="Ev0REPEATED")
    again = await workspace.redeliver(first)
    once_more = await workspace.redeliver(again)

    await replies.drain(5)
    assert len(workspace.posts) == source.asked == 1
    assert all(delivery.acked for delivery in (first, again, once_more))


async def test_two_events_are_two_questions(workspace: Slack, replies: Replies) -> None:
    """Who asks the same twice is answered twice."""
    await workspace.direct_message("")
    await workspace.direct_message("")

    await replies.drain(5)
    assert len(workspace.posts) == 2


SAID = {"user": "U0ASKER01", "text": "billing", "ts": "1700000000.000001", "event_ts": "1700000000.000001"}
IN_CHANNEL = SAID | {"channel": "C0SUPPORT"}
DIRECT = SAID | {"type": "message", "channel": "D0ASKER01", "channel_type": "im"}


@pytest.mark.parametrize(
    "event",
    [
        pytest.param(IN_CHANNEL | {"type": "app_mention", "bot_id": "B0OTHER01"}, id="a bot's mention"),
        pytest.param(IN_CHANNEL | {"type": "app_mention", "edited": {"ts": "1"}}, id="an edited mention"),
        pytest.param(DIRECT | {"bot_id": "B0OTHER01"}, id="a bot's message"),
        pytest.param(DIRECT | {"subtype": "bot_message"}, id="an old kind of bot's message"),
        pytest.param(DIRECT | {"subtype": "message_changed"}, id="an edit"),
        pytest.param(DIRECT | {"subtype": "message_deleted"}, id="a deletion"),
        pytest.param(DIRECT | {"subtype": "channel_join"}, id="a join"),
        pytest.param(DIRECT | {"user": BOT_USER}, id="the bot's own message"),
        pytest.param(IN_CHANNEL | {"type": "message", "channel_type": "channel"}, id="a message in a public channel"),
        pytest.param(IN_CHANNEL | {"type": "message", "channel_type": "group"}, id="a message in a private channel"),
    ],
)
async def test_who_does_not_ask_is_not_answered(
    workspace: Slack, replies: Replies, source: Source, event: dict[str, Any]
) -> None:
    """Only what a person writes to the bot, and for the first time, is a question; all else is just acknowledged."""
    delivery = await workspace.event(event)

    await replies.drain(5)
    assert workspace.posts == []
    assert source.asked == 0
    assert delivery.acked


# --- what it needs ---


@pytest.mark.parametrize("subtype", ["thread_broadcast", "file_share", "me_message"])
async def test_people_ask_in_other_ways_too(workspace: Slack, subtype: str) -> None:
    """A message with a file, to the channel as well, or about oneself, is a question as any other."""
    delivery = await workspace.direct_message("billing", subtype=subtype)

    assert "Who's online: Billing" in read(await workspace.post_after(delivery))


@pytest.mark.parametrize("thread_ts", [None, "1700000000.000001"], ids=["in the channel", "in a thread"])
async def test_staff_names_do_not_leave_the_house(workspace: Slack, source: Source, thread_ts: str | None) -> None:
    """In a channel shared with other companies a mention is answered to the asker alone, without a name.

    It stands where the asker looks: in the thread, if the mention was in one.
    """
    delivery = await workspace.mention("", channel="C0PARTNER", user=OTHER, thread_ts=thread_ts)

    post = await workspace.post_after(delivery)
    assert (post.via, post.ephemeral, post.user) == ("chat.postEphemeral", True, OTHER)
    assert post.thread_ts == thread_ts
    assert "People of other companies are in this channel" in read(post)
    assert controls_of(post) == []
    assert source.asked == 0


@pytest.mark.parametrize("choices", [Choices(share_externally=True)], ids=["share_externally"])
async def test_staff_names_leave_the_house_where_that_was_chosen(workspace: Slack) -> None:
    """With share_externally a mention is answered to everybody, in its thread, also where other companies read."""
    delivery = await workspace.mention("billing", channel="C0PARTNER")

    post = await workspace.post_after(delivery)
    assert (post.via, post.channel, post.ephemeral) == ("chat.postMessage", "C0PARTNER", False)
    assert post.thread_ts == delivery.payload["event"]["ts"]
    assert "Anna Berg" in read(post)


async def test_a_command_among_outsiders_is_answered_to_its_asker(workspace: Slack) -> None:
    """A command's answer is the asker's alone, so it is given in a channel shared with other companies too."""
    [post] = (await workspace.command("", channel="C0PARTNER")).posts

    assert post.ephemeral
    assert "Anna Berg" in read(post)


def test_the_scopes_are_enough_and_no_more() -> None:
    """The scopes that the bot says it needs are those that it is granted in these tests."""
    assert SCOPES == GRANTED
