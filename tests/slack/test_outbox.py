"""Replies that outlive their acknowledgement."""

import asyncio
from collections.abc import AsyncIterator, Callable
from functools import partial

import pytest
from slack_sdk.errors import SlackClientError
from slack_sdk.models.blocks import ActionsBlock
from slack_sdk.web.async_client import AsyncWebClient

from bot.presence.query import Online
from bot.proxies import Proxies
from bot.slack.app import open_client
from bot.slack.outbox import Outbox, Send
from bot.slack.questions import Question
from bot.slack.sender import Sender
from bot.slack.view_state import ViewState
from bot.slack.views.controls import refresh_button
from bot.slack.views.message import Kind, Message
from bot.slack.views.message import message as made
from bot.slack.views.notices import help_message
from bot.words import words_in
from bot.words.language import Language
from playground.slack import Delivery, Slack
from tests.kit.clock import FakeClock
from tests.kit.not_slack import NOT_SLACK, Page, not_slack
from tests.kit.stage import OTHER, read

WORDS = words_in(Language.ENGLISH)
HELP = help_message(WORDS)
THREAD = "1700000000.000001"
ROSTER = made("A roster", [ActionsBlock(elements=[refresh_button(ViewState(Online()), WORDS)])], Kind.ANSWER)


async def ready(message: Message = HELP) -> Message:
    return message


@pytest.fixture
async def client(slack: Slack) -> AsyncIterator[AsyncWebClient]:
    async with open_client(token=slack.bot_token, api_url=slack.api_url, proxies=Proxies()) as client:
        yield client


@pytest.fixture
def sender(client: AsyncWebClient) -> Sender:
    return Sender(client)


@pytest.fixture
async def outbox() -> AsyncIterator[Outbox]:
    """An outbox without a bot around it."""
    outbox = Outbox(WORDS, FakeClock())
    yield outbox
    await outbox.drain(5)


def of(kind: Kind) -> Message:
    """A message of this kind."""
    return Message(HELP.text, HELP.blocks, kind)


def asked_in(channel: str) -> Question:
    """A question that was asked in this channel, outside any thread."""
    return Question("", OTHER, channel, ts=THREAD, thread_ts=None, teams=frozenset(), is_shared=False)


def to(sender: Sender, channel: str = "C0SUPPORT") -> Send:
    return partial(sender.to_channel, asked_in(channel), None)


# --- in time, or later ---


@pytest.mark.parametrize("turns", range(12))
async def test_a_message_is_returned_or_sent(slack: Slack, outbox: Outbox, sender: Sender, turns: int) -> None:
    """A message is returned if it is ready in time, and sent if it is not; never both, and never neither."""

    async def make() -> Message:
        for _ in range(turns):
            await asyncio.sleep(0)
        return HELP

    returned = await outbox.in_time(make, to(sender), 0)
    await outbox.drain(5)
    assert (returned is not None) + len(slack.posts) == 1


async def test_a_message_whose_caller_has_gone_is_sent(slack: Slack, outbox: Outbox, sender: Sender) -> None:
    """When the connection of whoever waits is lost, the message that is being made has an owner, and is sent."""
    answer, begun = asyncio.get_running_loop().create_future(), asyncio.Event()

    def make() -> asyncio.Future[Message]:
        begun.set()
        return answer

    waiting = asyncio.create_task(outbox.in_time(make, to(sender), 60))
    await begun.wait()
    waiting.cancel()
    await asyncio.wait([waiting])
    answer.set_result(HELP)
    await outbox.drain(5)
    assert len(slack.posts) == 1


# --- bounds ---


async def test_the_end_does_not_wait_for_ever(
    slack: Slack, outbox: Outbox, sender: Sender, caplog: pytest.LogCaptureFixture
) -> None:
    """Replies that are not ready when the time is up are ended, late ones too, and the log tells of each."""
    answers = [asyncio.get_running_loop().create_future() for _ in range(2)]
    await outbox.later(lambda: answers[0], to(sender))
    await outbox.in_time(lambda: answers[1], to(sender), 0)
    await asyncio.sleep(0)  # a turn in which both begin

    await outbox.drain(0)
    assert all(answer.cancelled() for answer in answers)
    assert slack.posts == []
    assert caplog.messages == ["The bot ended before a reply was sent"] * 2


async def test_an_end_that_is_hastened_leaves_no_reply_behind(outbox: Outbox, sender: Sender) -> None:
    """When the wait for replies is cancelled, by a second signal, the replies are ended too."""
    answer, late = (asyncio.get_running_loop().create_future() for _ in range(2))
    await outbox.later(lambda: answer, to(sender))
    await outbox.in_time(lambda: late, to(sender), 0)
    draining = asyncio.create_task(outbox.drain(60))
    await asyncio.wait([draining], timeout=0)
    draining.cancel()

    await asyncio.wait([draining])
    assert answer.cancelled()
    assert late.cancelled()


async def test_sending_a_reply_has_an_end(caplog: pytest.LogCaptureFixture) -> None:
    """A reply that Slack neither takes nor refuses is given up after `send_s`, and the log says so."""
    outbox = Outbox(WORDS, FakeClock(), send_s=0)
    given_up = asyncio.Event()

    async def never(_message: Message) -> None:
        try:
            await asyncio.Event().wait()
        finally:
            given_up.set()

    await outbox.later(ready, never)
    await given_up.wait()
    await outbox.drain(5)
    assert caplog.messages == ["A reply did not reach Slack: TimeoutError"]


async def test_replies_under_way_are_bounded() -> None:
    """At most `at_once` replies are under way and `waiting` more wait; whoever brings another waits for a place."""
    outbox = Outbox(WORDS, FakeClock(), at_once=2, waiting=1)
    answers = [asyncio.get_running_loop().create_future() for _ in range(4)]
    begun: list[int] = []

    def answer(number: int) -> Callable[[], asyncio.Future[Message]]:
        def begin() -> asyncio.Future[Message]:
            begun.append(number)
            return answers[number]

        return begin

    async def nowhere(_message: Message) -> None:
        pass

    for number in range(3):
        await outbox.later(answer(number), nowhere)
    fourth = asyncio.create_task(outbox.later(answer(3), nowhere))
    for _ in range(20):  # turns of the loop, in which all that can begin does
        await asyncio.sleep(0)
    assert (begun, fourth.done()) == ([0, 1], False)

    answers[1].set_result(HELP)
    await fourth
    assert begun == [0, 1, 2]
    for number in (0, 2, 3):
        answers[number].set_result(HELP)
    await outbox.drain(5)
    assert begun == [0, 1, 2, 3]


async def test_replies_that_were_never_begun_are_counted(sender: Sender, caplog: pytest.LogCaptureFixture) -> None:
    """At the end the log says how many replies, all acknowledged or about to be, had not even begun; one had."""
    outbox = Outbox(WORDS, FakeClock(), at_once=1, waiting=2)
    never = asyncio.get_running_loop().create_future()
    for _ in range(3):
        await outbox.later(lambda: never, to(sender))
    fourth = asyncio.create_task(outbox.later(lambda: never, to(sender)))
    await asyncio.wait([fourth], timeout=0)
    fourth.cancel()  # as its request is, when the way in is closed
    await asyncio.wait([fourth])

    await outbox.drain(0)
    assert caplog.messages == [
        "Replies that wait: no more than 2 are taken",
        "The bot ended before a reply was sent",
        "The bot ended before 3 replies were begun",
    ]


@pytest.mark.parametrize(
    "url",
    [
        "https://example.com/commands/T1/2/abc",
        "http://hooks.slack.com/commands/T1/2/abc",
        "https://hooks.slack.com.example.com/commands/T1/2/abc",
        "https://hooks.slack.com@example.com/commands/T1/2/abc",
        "https://hooks.slack.com:8443/commands/T1/2/abc",
        "https://hooks.slack.com\\@example.com/commands/T1/2/abc",
        " https://hooks.slack.com/commands/T1/2/abc",
        "http://127.0.0.1:1/response/abc",
        "",
    ],
)
async def test_a_reply_goes_to_slack_alone(client: AsyncWebClient, url: str, caplog: pytest.LogCaptureFixture) -> None:
    """A response_url that is not Slack's own, to the letter, or at SLACK_API_URL's host, is not followed.

    The log says so, without its secret part.
    """
    client.session = None  # whoever sends asks for it
    await Sender(client).in_place(url, ROSTER)

    [said] = caplog.messages
    assert said.startswith("A reply was not sent: its response_url is not Slack's")
    assert "abc" not in said


async def test_no_reply_keeps_another_back(
    slack: Slack, outbox: Outbox, sender: Sender, caplog: pytest.LogCaptureFixture
) -> None:
    """A reply that is not ready, or that Slack refuses, keeps no other one waiting."""
    answer = asyncio.get_running_loop().create_future()
    await outbox.later(lambda: answer, to(sender))
    for channel in ("C0QUIET01", "C0OLDNEWS", "C0GENERAL"):
        await outbox.later(ready, to(sender, channel))

    assert (await slack.post_after(0)).channel == "C0GENERAL"
    answer.set_result(HELP)
    assert (await slack.post_after(1)).channel == "C0SUPPORT"
    await outbox.drain(5)
    assert sorted(caplog.messages) == [
        "Slack did not take a reply: is_archived",
        "Slack did not take a reply: not_in_channel",
    ]


# --- where each kind of message goes ---


@pytest.fixture
async def clicked(slack: Slack, sender: Sender) -> Delivery:
    """A click on a message that everybody sees, by a person who is not alone there; the bot does not hear of it."""
    slack.events_url = "http://127.0.0.1:9"
    await sender.to_channel(asked_in("C0SUPPORT"), THREAD, ROSTER)
    return await slack.click(slack.posts[0], "show:refresh", user=OTHER)


@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize("way", ["in_place", "to_everybody", "to_asker"])
async def test_only_an_answer_is_for_everybody(
    slack: Slack, sender: Sender, clicked: Delivery, way: str, kind: Kind
) -> None:
    """An answer takes the place of what was clicked on, or is shared beside it; other kinds do neither.

    A notice and a refusal are shown to the clicker alone, in their thread, and what was clicked on stays.
    """
    await getattr(sender, way)(str(clicked.response_url), of(kind), thread_ts=THREAD)

    [before, post] = slack.posts
    is_public = kind is Kind.ANSWER and way != "to_asker"
    assert (post.via, post.channel, post.ephemeral) == ("response_url", "C0SUPPORT", not is_public)
    assert post.user == (None if is_public else OTHER)
    assert post.replaces is (before if is_public and way == "in_place" else None)
    assert before.visible is (post.replaces is None)
    assert post.thread_ts == (None if is_public and way == "to_everybody" else THREAD)


@pytest.mark.parametrize("kind", Kind)
async def test_a_refusal_in_a_channel_is_for_one_person(slack: Slack, sender: Sender, kind: Kind) -> None:
    """In a channel answers and notices are for everybody; a refusal is for who asked, and stands where they asked.

    Slack puts no preview of a page below what everybody sees.
    """
    await sender.to_channel(asked_in("C0SUPPORT"), THREAD, of(kind))

    [post] = slack.posts
    assert kind is Kind.ALONE or slack.calls[-1].args["unfurl_links"] in (False, "0", 0)
    alone = ("chat.postEphemeral", True, OTHER, None)
    everybody = ("chat.postMessage", False, None, THREAD)
    assert (post.via, post.ephemeral, post.user, post.thread_ts) == (alone if kind is Kind.ALONE else everybody)


@pytest.mark.parametrize("refused", [0, 1], ids=["as blocks", "blocks refused"])
async def test_a_home_tab_is_published_for_its_person(
    slack: Slack, outbox: Outbox, sender: Sender, caplog: pytest.LogCaptureFixture, refused: int
) -> None:
    """A Home tab is one person's. If Slack refuses its blocks, one block holds the words, for it takes no text."""
    slack.switches.invalid_blocks_next = refused
    await outbox.later(ready, partial(sender.to_home, OTHER))
    await outbox.drain(5)

    assert list(slack.homes) == [OTHER]
    assert "What you can ask" in read(slack.homes[OTHER])
    assert "/who-is-online billing" in read(slack.homes[OTHER])
    assert slack.posts == []
    assert ["invalid_blocks" in said for said in caplog.messages] == [True] * refused


# --- what Slack refuses ---


async def test_a_notice_that_fails_does_not_end_the_answer(outbox: Outbox) -> None:
    """What takes long is announced, and its answer is sent after that, also where Slack did not take the notice."""
    is_announced, sent = asyncio.Event(), list[Message]()

    async def make() -> Message:
        await is_announced.wait()
        return ROSTER

    async def send(message: Message) -> None:
        sent.append(message)
        is_announced.set()
        if message is HELP:
            raise SlackClientError("lost")

    await outbox.later_with_notice(make, send, HELP, 0)
    await outbox.drain(5)
    assert sent == [HELP, ROSTER]


async def test_a_reply_that_is_refused_is_given_up(
    slack: Slack, outbox: Outbox, sender: Sender, caplog: pytest.LogCaptureFixture
) -> None:
    """What Slack refuses is not sent again, and is one line in the log: Slack's reason, no traceback, no address.

    Whoever knows a response_url can speak in the bot's name.
    """
    await outbox.later(ready, to(sender, "C0OLDNEWS"))
    await outbox.later(ready, partial(sender.to_asker, f"{slack.url}/response/expired-long-ago"))
    await outbox.drain(5)

    assert sorted(caplog.messages) == [f"Slack did not take a reply: {why}" for why in ("HTTP 404", "is_archived")]
    assert [record.exc_info for record in caplog.records] == [None, None]
    assert len(slack.calls) == 2


@pytest.mark.parametrize("way", ["to_channel", "to_asker"])
async def test_a_reply_whose_blocks_are_refused_is_sent_as_text(
    slack: Slack, outbox: Outbox, sender: Sender, clicked: Delivery, caplog: pytest.LogCaptureFixture, way: str
) -> None:
    """Where Slack does not take the blocks, the person reads the same as plain text, and the log says so."""
    slack.switches.invalid_blocks_next = 1
    send = to(sender) if way == "to_channel" else partial(sender.to_asker, str(clicked.response_url))
    await outbox.later(ready, send)
    await outbox.drain(5)

    assert [refusal.error for refusal in slack.refused] == ["invalid_blocks"]
    post = slack.posts[-1]
    assert post.blocks == []
    assert "What you can ask" in read(post)
    assert "/who-is-online billing" in read(post)
    assert ["invalid_blocks" in said for said in caplog.messages] == [True]


async def test_a_reply_is_repeated_when_slack_asks_to_wait(slack: Slack, outbox: Outbox, sender: Sender) -> None:
    """A reply that comes too fast for Slack is sent again after the pause that Slack asks for."""
    slack.switches.rate_limit["chat.postMessage"] = 1
    slack.switches.retry_after_s = 0
    await outbox.later(ready, to(sender))
    await outbox.drain(5)

    assert [call.error for call in slack.calls] == ["ratelimited", None]
    assert len(slack.posts) == 1


@pytest.mark.parametrize("page", [*NOT_SLACK, pytest.param(None, id="gone")])
async def test_what_is_not_slack_is_one_line_in_the_log(page: Page | None, caplog: pytest.LogCaptureFixture) -> None:
    """A proxy's page in place of Slack's answer, or none, is one line in the log, without addresses.

    A response_url has no more to say than its status.
    """
    async with not_slack(page) as client:
        outbox, sender = Outbox(WORDS, FakeClock()), Sender(client)
        await outbox.later(ready, to(sender))
        await outbox.later(ready, partial(sender.to_asker, f"{client.base_url}response/secret"))
        await outbox.drain(5)

    assert len(caplog.messages) == (1 if page and page.status == 200 else 2)
    assert all(said.startswith(("Slack did not take", "A reply did not reach Slack")) for said in caplog.messages)
    assert not any("127.0.0.1" in said or "secret" in said for said in caplog.messages)
    assert all(record.exc_info is None for record in caplog.records)


# --- what nobody expected ---


async def test_an_incident_joins_the_person_and_the_log(outbox: Outbox, caplog: pytest.LogCaptureFixture) -> None:
    """The id that a person is told is in the log, with the traceback that the person is not shown; each has its own."""
    first, second = (outbox.report(RuntimeError("the private details")) for _ in range(2))

    for message, record in zip((first, second), caplog.records, strict=True):
        assert record.getMessage().removeprefix("Incident ") in message.text
        assert record.exc_info is not None
        assert "the private details" not in str(message)
    assert first.text != second.text
