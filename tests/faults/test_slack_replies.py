"""Slack takes a reply late, not at all, or not as it is.

What is lost is lost by Slack's own rules, and then the log says so; the next question is answered.
"""

import time
from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest
import pytest_asyncio

from playground.slack import Delivery, Slack
from playground.slack_payloads import command_payload
from playground.superoffice import NetServer
from tests.e2e.conftest import PASSWORD, USERNAME, office, read
from tests.faults.conftest import SLOW, Bot, answers, is_fresh, serving
from tests.faults.proxy import Cable

pytestmark = pytest.mark.asyncio(loop_scope="module")

POST = "chat.postMessage"
HALF_AN_HOUR_S = 30 * 60


class Clock:
    """Slack's clock, that can be ahead."""

    def __init__(self) -> None:
        self.ahead_s = 0.0

    def __call__(self) -> float:
        return time.time() + self.ahead_s


@dataclass
class Stage:
    """A bot that this module's tests share, in Slack behind a cable."""

    superoffice: NetServer
    slack: Slack
    clock: Clock
    cable: Cable
    bot: Bot
    mark: int = 0

    async def slow_command(self) -> Delivery:
        """A command whose answer must go by its response_url, because SuperOffice takes too long for the other way."""
        self.superoffice.switches.latency_s = 2.2
        delivery = await self.slack.command("")
        self.superoffice.switches.latency_s = 0
        [notice] = delivery.posts
        assert SLOW in notice.text
        return delivery

    def said(self, words: str) -> int:
        """How many lines of this test's log have these words."""
        return len(self.bot.log.lines(words, since=self.mark))

    def calls(self, method: str, since: int) -> list[str | None]:
        """How Slack answered the calls of this method: None where all was well."""
        return [call.error for call in self.slack.calls[since:] if call.method == method]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shared(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stage]:
    """One process for the module."""
    clock = Clock()
    async with (
        NetServer(office(), username=USERNAME, password=PASSWORD) as superoffice,
        Slack(clock=clock) as slack,
        Cable(slack.url) as cable,
    ):
        slack.url = cable.url
        more = {"SUPEROFFICE_TIMEOUT_S": "10"}
        async with serving(superoffice, slack, tmp_path_factory.mktemp("bot"), **more) as bot:
            yield Stage(superoffice, slack, clock, cable, bot)


@pytest_asyncio.fixture(loop_scope="module")
async def stage(shared: Stage) -> AsyncIterator[Stage]:
    """The shared bot; after the test it must answer as if nothing had been, and without a fault of its own."""
    shared.mark = len(shared.bot.log)
    assert is_fresh(await shared.bot.ask())
    yield shared
    switches = shared.slack.switches
    switches.response_url_status = switches.post_status = None
    switches.response_url_latency_s, switches.invalid_blocks_next, shared.clock.ahead_s = 0.0, 0, 0.0
    switches.rate_limit.clear()
    assert all(map(is_fresh, await shared.bot.answered(await shared.bot.burst())))
    shared.bot.calm(shared.mark)


async def test_a_response_url_that_is_gone(stage: Stage) -> None:
    """Where Slack takes no answer any more, the asker keeps the notice, the log tells the status, and that is all."""
    before = len(stage.slack.calls)
    stage.slack.switches.response_url_status = 404
    delivery = await stage.slow_command()
    line = await stage.bot.log.says("Slack did not take a reply", since=stage.mark)

    assert line.endswith("HTTP 404")
    assert stage.calls("response_url", before) == ["switched_off"]
    assert answers(delivery) == []


async def test_a_response_url_that_has_expired(stage: Stage) -> None:
    """A response_url is good for half an hour; an answer after that is not pressed on Slack."""
    before = len(stage.slack.calls)
    delivery = await stage.slow_command()
    stage.clock.ahead_s = HALF_AN_HOUR_S + 1
    await stage.bot.log.says("Slack did not take a reply: HTTP 404", since=stage.mark)

    assert stage.calls("response_url", before) == ["expired_url"]
    assert answers(delivery) == []


async def test_a_slow_response_url(stage: Stage) -> None:
    """A response_url that takes its time is waited for, used once, and keeps no other answer waiting."""
    before = len(stage.slack.calls)
    stage.slack.switches.response_url_latency_s = 2
    delivery = await stage.slow_command()
    await stage.slack.until(lambda: stage.calls("response_url", before))
    assert is_fresh(await stage.bot.ask())
    assert answers(delivery) == []

    assert is_fresh((await stage.bot.answered([delivery]))[0])
    assert stage.calls("response_url", before) == [None]


async def test_blocks_that_a_response_url_refuses(stage: Stage) -> None:
    """An answer whose blocks Slack refuses goes to its asker as plain text, once, and the log tells."""
    before = len(stage.slack.calls)
    delivery = await stage.slow_command()
    stage.slack.switches.invalid_blocks_next = 1
    post = await stage.slack.post_after(delivery, count=2)
    await stage.bot.settled()

    assert (post.blocks, post.ephemeral) == ([], True)
    assert "2 free · 1 busy · 1 away" in read(post)
    assert "Anna Berg" in read(post)
    assert stage.calls("response_url", before) == ["invalid_blocks", None]
    assert len(delivery.posts) == 2
    assert stage.said("Slack refused the blocks of a reply (invalid_blocks), so it is sent as plain text") == 1


async def test_blocks_that_a_channel_refuses(stage: Stage) -> None:
    """A mention's answer whose blocks Slack refuses is posted in its thread as plain text, once, and the log tells."""
    before = len(stage.slack.calls)
    stage.slack.switches.invalid_blocks_next = 1
    delivery = await stage.slack.mention("")
    post = await stage.slack.post_after(delivery)
    assert stage.calls(POST, before) == ["invalid_blocks", None]
    await stage.bot.settled()

    assert (post.blocks, post.thread_ts) == ([], delivery.root)
    assert "Anna Berg" in read(post)
    assert delivery.posts == [post]
    assert stage.said("Slack refused the blocks of a reply (invalid_blocks), so it is sent as plain text") == 1


async def test_a_channel_that_asks_to_slow_down(stage: Stage) -> None:
    """After a 429 a mention's answer is posted once Retry-After has passed, and once alone."""
    before = len(stage.slack.calls)
    stage.slack.switches.rate_limit[POST], stage.slack.switches.retry_after_s = 1, 2
    delivery = await stage.slack.mention("")

    assert is_fresh((await stage.bot.answered([delivery]))[0])
    refused, taken, _help = [call for call in stage.slack.calls[before:] if call.method == POST]
    assert (refused.error, taken.error) == ("ratelimited", None)
    assert taken.at - refused.at >= 2


async def test_many_mentions_while_slack_is_slow(stage: Stage) -> None:
    """A 429 among many answers delays its own alone, and none is lost or doubled."""
    stage.slack.switches.rate_limit[POST], stage.slack.switches.retry_after_s = 3, 1
    said = await stage.bot.answered(await stage.bot.burst(commands=5, mentions=15))

    assert all(map(is_fresh, said))


async def test_a_server_error_of_slack(stage: Stage) -> None:
    """A reply that meets a 503 of Slack, which may have posted it all the same, is not sent again; the log tells."""
    before = len(stage.slack.calls)
    stage.slack.switches.post_status = 503
    delivery = await stage.slack.mention("")
    await stage.bot.log.says("Slack did not take a reply: internal_error", since=stage.mark)
    stage.slack.switches.post_status = None
    await stage.bot.settled()

    assert stage.calls(POST, before) == ["internal_error", None]  # the second is the help that settles
    assert delivery.posts == []


async def test_a_reply_whose_taking_is_not_told(stage: Stage) -> None:
    """An answer of which the bot cannot know whether Slack took it is sent again: rather twice than never.

    Slack has no way to say that a message is the same: https://docs.slack.dev/reference/methods/chat.postMessage.
    """
    before = len(stage.slack.calls)
    stage.cable.cut_answer_to = POST.encode()
    delivery = await stage.slack.mention("")
    again = await stage.slack.post_after(delivery, count=2)
    await stage.bot.settled()

    assert [read(post) for post in delivery.posts] == [read(again)] * 2
    assert is_fresh(read(again))
    assert len([call for call in stage.slack.calls[before:] if call.args.get("thread_ts") == delivery.root]) == 2


async def test_a_slow_answer_without_a_response_url(stage: Stage) -> None:
    """A command that gives no address for a late answer, as Slack never does, gets an incident's id and no more."""
    payload = command_payload(stage.slack, "/who-is-online", "", "U0ASKER01", "C0SUPPORT")
    delivery = Delivery("slash_commands", payload, "C0SUPPORT", "U0ASKER01")
    stage.superoffice.switches.latency_s = 2.2
    await stage.slack._deliver(delivery, {})
    stage.superoffice.switches.latency_s = 0
    await stage.bot.settled()

    [post] = delivery.posts
    line = await stage.bot.log.says("Incident ", since=stage.mark)
    assert line.rpartition(" ")[2] in read(post)
    stage.mark = len(stage.bot.log)  # this incident was to be
