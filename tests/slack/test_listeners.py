"""What the bot answers, where, and to whom: commands, mentions, direct messages."""

import re
from typing import Any

import pytest

from bot.errors import BotError
from playground.slack import BOT_USER, Delivery, Slack
from tests.kit.crowd import DOWN, FakeSource
from tests.kit.stage import ASKER, OTHER, Bot, Choices, answer, controls_of, read

INCIDENT = re.compile(r"incident ([0-9a-f]{8})")
THREAD = "1700000000.000001"
HURRIED = pytest.mark.parametrize("choices", [Choices(ack_s=0)], ids=["hurried"])
WAYS = ["command", "mention", "direct_message"]


async def ask(slack: Slack, way: str, text: str = "", **more: Any) -> Delivery:
    """Ask in one of the WAYS."""
    delivery: Delivery = await getattr(slack, way)(text, **more)
    return delivery


# --- in every way ---


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(
    ("words", "shown"),
    [
        ("", "Anna Berg — free — Billing · Orders"),
        ("billing", "Who's online: Billing"),
        ("#2", "Who's online: Orders"),
        ("all", "Nils Ek — away — no topics"),
        ("topics", "Who's online, by topic"),
        ("help", "What you can ask"),
        ("retruns", "No topic matches “retruns”. Did you mean Returns"),
        ("VIP &amp; Co", "Who's online: VIP & Co"),
    ],
)
async def test_words_are_the_question(workspace: Slack, way: str, words: str, shown: str) -> None:
    """The words are the question, in a command, a mention and a direct message, read as typed, not as Slack escapes."""
    assert shown in read(await workspace.post_after(await ask(workspace, way, words)))


@pytest.mark.parametrize("way", WAYS)
async def test_a_failure_is_told_kindly(workspace: Slack, source: FakeSource, way: str) -> None:
    """Where SuperOffice fails and nothing is remembered, who asks reads what happened and what to do."""
    source.says = DOWN

    shown = read(await workspace.post_after(await ask(workspace, way)))
    assert "I can't say who is online. SuperOffice is not reachable: it refused the connection." in shown
    assert "Please try again in a minute." in shown
    assert "ConnectError" not in shown
    assert "incident" not in shown


def incident_of(shown: str, caplog: pytest.LogCaptureFixture) -> None:
    """Fail unless what was shown and the log name the same incident, and only the log its details."""
    found = INCIDENT.search(shown)
    assert found is not None
    assert [said for said in caplog.messages if said.startswith("Incident ")] == [f"Incident {found[1]}"]
    assert "the private details" in caplog.text
    assert "the private details" not in shown


@pytest.mark.parametrize("way", WAYS)
async def test_a_fault_of_ours_is_an_incident(
    workspace: Slack, source: FakeSource, caplog: pytest.LogCaptureFixture, way: str
) -> None:
    """What nobody expected is logged under an id; who asked gets that id where they asked, and nothing else of it."""
    source.says = BotError("the private details")  # none of SuperOffice's failures
    delivery = await ask(workspace, way)

    post = await workspace.post_after(delivery)
    incident_of(read(post) + post.text, caplog)
    assert post.ephemeral == (way == "command")
    assert post.thread_ts == (delivery.payload["event"]["ts"] if way == "mention" else None)


@pytest.mark.parametrize("way", ["mention", "direct_message"])
@pytest.mark.parametrize("thread_ts", [None, THREAD], ids=["in the channel", "in a thread"])
async def test_an_answer_stands_where_it_was_asked_for(workspace: Slack, way: str, thread_ts: str | None) -> None:
    """A mention is answered in its thread, or begins one; a direct message beside it, or in its thread."""
    delivery = await ask(workspace, way, "billing", thread_ts=thread_ts)

    event = delivery.payload["event"]
    post = await workspace.post_after(delivery)
    assert (post.via, post.channel, post.ephemeral) == ("chat.postMessage", event["channel"], False)
    assert post.thread_ts == (thread_ts or (event["ts"] if way == "mention" else None))
    assert "Who's online: Billing" in read(post)
    assert "share" not in controls_of(post)  # all see it already


# --- the command ---


async def test_a_command_is_answered_in_its_acknowledgement(workspace: Slack, bot: Bot) -> None:
    """A roster that is ready in time travels in the acknowledgement, for the asker alone."""
    [post] = (await workspace.command("", user=OTHER)).posts

    assert (post.via, post.ephemeral, post.user) == ("ack", True, OTHER)
    await bot.outbox.drain(5)
    assert len(workspace.posts) == 1


@HURRIED
@pytest.mark.parametrize("outcome", ["a roster", "a failure", "a fault"])
@pytest.mark.parametrize("replaced", [True, False])
async def test_a_slow_answer_to_a_command_follows(
    workspace: Slack, source: FakeSource, caplog: pytest.LogCaptureFixture, outcome: str, replaced: bool
) -> None:
    """A command is acknowledged however slow SuperOffice is; what comes of it takes the place of the notice.

    Where Slack leaves the notice above the answer, it says nothing that is not so any more.
    """
    workspace.switches.replaces_acknowledgements = replaced
    source.gate.clear()
    source.says = {"a failure": DOWN, "a fault": RuntimeError("the private details")}.get(outcome, source.says)
    delivery = await workspace.command("orders", user=OTHER)

    [notice] = delivery.posts
    assert (notice.via, notice.ephemeral) == ("ack", True)
    assert read(notice) == "⏳ One moment, please. The answer follows; if it doesn't, please ask again."
    source.gate.set()
    late = await workspace.post_after(delivery, count=2)
    assert (late.via, late.ephemeral, late.user) == ("response_url", True, OTHER)
    assert workspace.visible == ([late] if replaced else [notice, late])
    if outcome == "a fault":
        incident_of(read(late) + late.text, caplog)
    else:
        assert ("Who's online: Orders" if outcome == "a roster" else "SuperOffice is not reachable") in read(late)


# --- mentions ---


@pytest.mark.parametrize("way", ["mention", "direct_message"])
@pytest.mark.parametrize("said", [f"<@{BOT_USER}> billing", f"billing <@{BOT_USER}|who>", f"<@{BOT_USER}>billing"])
async def test_the_mention_itself_is_no_word(workspace: Slack, way: str, said: str) -> None:
    """The words beside the mention are the question, wherever it stands, and also where none is needed."""
    assert "Who's online: Billing" in read(await workspace.post_after(await ask(workspace, way, said)))


@pytest.mark.parametrize("thread_ts", [None, THREAD], ids=["in the channel", "in a thread"])
async def test_staff_names_do_not_leave_the_house(workspace: Slack, thread_ts: str | None) -> None:
    """In a channel shared with other companies a mention is answered to the asker alone, without a name.

    The refusal stands where the asker looks: in the thread, if the mention was in one.
    """
    post = await answer(workspace, workspace.mention("", channel="C0PARTNER", user=OTHER, thread_ts=thread_ts))

    assert (post.via, post.ephemeral, post.user) == ("chat.postEphemeral", True, OTHER)
    assert post.thread_ts == thread_ts
    assert "This channel is shared with another company, or about to be" in read(post)
    assert controls_of(post) == []


# --- direct messages ---


@pytest.mark.parametrize("way", WAYS)
async def test_a_greeting_is_told_what_the_bot_is_for(workspace: Slack, way: str) -> None:
    """Words that name nothing are a greeting in a direct message alone: a short help. Elsewhere they were meant to."""
    post = await workspace.post_after(await ask(workspace, way, "hello"))

    is_greeted = "I tell who is online in SuperOffice Chat. Write a topic" in read(post)
    assert is_greeted is (way == "direct_message")
    assert ("No topic matches “hello”." in read(post)) is not is_greeted


@pytest.mark.parametrize("subtype", ["thread_broadcast", "file_share", "me_message"])
async def test_people_ask_in_other_ways_too(workspace: Slack, subtype: str) -> None:
    """A message with a file, to the channel as well, or about oneself, is a question as any other."""
    post = await answer(workspace, workspace.direct_message("billing", subtype=subtype))

    assert "Who's online: Billing" in read(post)


# --- what is not answered ---


SAID = {"user": ASKER, "text": "billing", "ts": THREAD, "event_ts": THREAD}
IN_CHANNEL = SAID | {"channel": "C0SUPPORT"}
DIRECT = SAID | {"type": "message", "channel": "D0ASKER01", "channel_type": "im"}


@pytest.mark.parametrize(
    "event",
    [
        pytest.param(IN_CHANNEL | {"type": "app_mention", "bot_id": "B0OTHER01"}, id="a bot's mention"),
        pytest.param(IN_CHANNEL | {"type": "app_mention", "edited": {"ts": "1"}}, id="an edited mention"),
        pytest.param(IN_CHANNEL | {"type": "app_mention", "user": "USLACKBOT"}, id="a reminder, whoever set it"),
        pytest.param(IN_CHANNEL | {"type": "app_mention", "user": None}, id="nobody's mention"),
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
    workspace: Slack, bot: Bot, source: FakeSource, event: dict[str, Any]
) -> None:
    """Only what a person writes to the bot, and for the first time, is a question; all else is just acknowledged."""
    delivery = await workspace.event(event)

    await bot.outbox.drain(5)
    assert (delivery.acked, workspace.posts, source.calls) == (True, [], 0)
