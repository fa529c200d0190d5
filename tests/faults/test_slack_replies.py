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
from tests.faults.proxy import Cable
from tests.kit.process import SLOW, Bot, answers, is_fresh, netserver, read, running

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

    def calls(self, method: str, since: int) -> list[str | None]:
        """How Slack answered the calls of this method: None where all was well."""
        return [call.error for call in self.slack.calls[since:] if call.method == method]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shared(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stage]:
    """One process for the module."""
    clock = Clock()
    async with (
        netserver() as superoffice,
        Slack(clock=clock) as slack,
        Cable(slack.url) as cable,
    ):
        slack.url = cable.url
        more = {"SUPEROFFICE_TIMEOUT_S": "10"}
        async with running(superoffice, slack, tmp_path_factory.mktemp("bot"), **more) as bot:
            yield Stage(superoffice, slack, clock, cable, bot)


@pytest_asyncio.fixture(loop_scope="module")
async def stage(shared: Stage) -> AsyncIterator[Stage]:
    """The shared bot; after the test it must answer as if nothing had been."""
    shared.mark = len(shared.bot.log)
    yield shared
    switches = shared.slack.switches
    switches.post_status = None
    switches.response_url_latency_s = shared.clock.ahead_s = 0.0
    switches.rate_limit.clear()
    await shared.bot.is_well()


async def test_a_response_url_that_is_gone(stage: Stage) -> None:
    """Where Slack takes no answer any more, half an hour later, the asker keeps the notice and the log says why."""
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


async def test_many_mentions_while_slack_is_slow(stage: Stage) -> None:
    """A 429 among many answers delays only its own by what Slack asks for, and none is lost or doubled."""
    before = len(stage.slack.calls)
    stage.slack.switches.rate_limit[POST], stage.slack.switches.retry_after_s = 3, 1
    said = await stage.bot.answered(await stage.bot.burst(commands=5, mentions=15))

    assert all(map(is_fresh, said))
    posts = [call for call in stage.slack.calls[before:] if call.method == POST]
    refused = [call for call in posts if call.error == "ratelimited"]
    assert len(refused) == 3
    for call in refused:
        again = [each.at for each in posts if each.args == call.args and each.error is None]
        assert [at - call.at >= 1 for at in again] == [True]


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
    """A command that gives no address for a late answer, as Slack never does, gets none, and the log says so."""
    payload = command_payload(stage.slack, "/who-is-online", "", "U0ASKER01", "C0SUPPORT")
    delivery = Delivery("slash_commands", payload, "C0SUPPORT", "U0ASKER01")
    stage.superoffice.switches.latency_s = 2.2
    await stage.slack._deliver(delivery, {})
    stage.superoffice.switches.latency_s = 0
    await stage.bot.settled()
    stage.bot.may_fail = True

    [post] = delivery.posts
    await stage.bot.log.says("A reply was not sent: its response_url is not Slack's", since=stage.mark)
    assert "The answer follows; if it doesn't, please ask again." in read(post)
