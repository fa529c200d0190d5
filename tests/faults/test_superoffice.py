"""SuperOffice fails in every way that a call of it can, and is well again.

What is seen: a bot that remembers shows its last roster, with the cause and the age first; one that may not remember
says that it cannot say. The log says once what failed, and once that it works again. Nobody helps the bot.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass

import pytest
import pytest_asyncio

from bot.errors import Reason, SuperOfficeError, Unexpected, Unreachable
from bot.words import words_in
from bot.words.language import Language
from playground.slack import Slack
from playground.superoffice import Fault, NetServer
from tests.faults.proxy import Cable
from tests.kit.process import (
    BACK,
    CANNOT_SAY,
    EVERYBODY,
    PRESENCE,
    SIGN_IN,
    STALE,
    WENT,
    Bot,
    is_fresh,
    netserver,
    running,
    until,
)

pytestmark = pytest.mark.asyncio(loop_scope="module")

BOMB_MIB = 40.0


@dataclass
class Stage:
    """SuperOffice at the end of a cable, and two bots there: one that shows old rosters, one that does not."""

    superoffice: NetServer
    cable: Cable
    remembering: Bot
    forgetful: Bot

    @property
    def bots(self) -> tuple[Bot, Bot]:
        """Both."""
        return self.remembering, self.forgetful

    async def heal(self) -> None:
        """Let SuperOffice be well, and wait until both bots have seen that."""
        self.superoffice.switches.clear()
        self.cable.refuse = False
        await self.cable.open()
        self.cable.release()
        await self.superoffice.come_back()
        await asyncio.gather(*(bot.ask_until(is_fresh) for bot in self.bots))


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shared(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stage]:
    """Two processes for the module, who have seen SuperOffice well."""
    async with AsyncExitStack() as stack:
        superoffice = await stack.enter_async_context(netserver())
        cable = await stack.enter_async_context(Cable(superoffice.url))
        bots = []
        for stale_s in ("300", "0"):
            slack = await stack.enter_async_context(Slack())
            folder = tmp_path_factory.mktemp("bot")
            more = {"SUPEROFFICE_URL": cable.url, "PRESENCE_STALE_S": stale_s}
            bots.append(await stack.enter_async_context(running(superoffice, slack, folder, **more)))
        yield Stage(superoffice, cable, *bots)


@pytest_asyncio.fixture(loop_scope="module")
async def stage(shared: Stage) -> AsyncIterator[Stage]:
    """The shared bots, who have just shown a fresh roster; SuperOffice is well again after the test."""
    await shared.heal()
    yield shared
    await shared.heal()


Break = Callable[[Stage], Awaitable[None] | None]


def fault(fault: Fault) -> Break:
    return lambda stage: setattr(stage.superoffice.switches, "fault", fault)


def is_slow(stage: Stage) -> None:
    stage.superoffice.switches.latency_s = 20


def refuses(stage: Stage) -> None:
    stage.cable.close()
    stage.cable.cut()


def drops(stage: Stage) -> None:
    stage.cable.refuse = True
    stage.cable.cut()


BROKEN, TIMEOUT, SERVER_ERROR, GATEWAY = (
    Unreachable(reason) for reason in (Reason.BROKEN, Reason.TIMEOUT, Reason.SERVER_ERROR, Reason.GATEWAY)
)
FAILED, UNREADABLE = Unexpected(Reason.FAILED), Unexpected(Reason.UNREADABLE)

ROWS: dict[str, tuple[Break, SuperOfficeError]] = {
    # what fails: how, and what people are told and the log says
    "refused": (refuses, Unreachable(Reason.REFUSED)),
    "dropped": (drops, BROKEN),
    "its server gone behind a proxy": (lambda stage: stage.superoffice.go_down(), BROKEN),
    "reset before an answer": (fault(Fault.RESET), BROKEN),
    "ended in the middle of an answer": (fault(Fault.TRUNCATED_HTTP), BROKEN),
    "a black hole": (lambda stage: stage.cable.hold(), TIMEOUT),
    "stalled": (fault(Fault.STALLED), TIMEOUT),
    "drip-fed": (fault(Fault.DRIP), TIMEOUT),
    "20 s slow": (is_slow, TIMEOUT),
    "500": (fault(Fault.HTML_500), SERVER_ERROR),
    "503": (fault(Fault.SOUP_503), GATEWAY),
    "503 without a word": (fault(Fault.NOTHING_503), GATEWAY),
    "a page in its place": (fault(Fault.HTML_200), Unreachable(Reason.PAGE)),
    "not succeeded, nobody listed": (fault(Fault.SUCCEEDED_FALSE_EMPTY_LIST), FAILED),
    "not succeeded, everybody listed": (fault(Fault.SUCCEEDED_FALSE_FULL_LIST), FAILED),
    "not said whether succeeded": (fault(Fault.SUCCEEDED_MISSING), UNREADABLE),
    "half an answer": (fault(Fault.TRUNCATED_XML), UNREADABLE),
    "60 MB in little gzip": (fault(Fault.GZIP_BOMB), Unexpected(Reason.TOO_LARGE)),
    "an entity bomb": (fault(Fault.ENTITY_BOMB), UNREADABLE),
}


@pytest.mark.parametrize("row", ROWS)
async def test_a_failure_is_told_and_passes(row: str, stage: Stage) -> None:
    """Each question is answered once, with old data or none and the cause; once SuperOffice is well, so is the bot."""
    break_it, error = ROWS[row]
    cause = words_in(Language.ENGLISH).failures.cause(error)
    marks = [len(bot.log) for bot in stage.bots]
    peaks = [bot.peak_mib for bot in stage.bots]
    breaking = break_it(stage)
    if breaking is not None:
        await breaking

    bursts = await asyncio.gather(*(bot.burst() for bot in stage.bots))
    old, none = [await bot.answered(burst) for bot, burst in zip(stage.bots, bursts, strict=True)]
    for said in old:
        assert said.splitlines()[2].startswith(f"⚠️ {cause}. {STALE}")
        assert "less than a minute ago" in said
        assert EVERYBODY in said
    for said in none:
        assert f"{CANNOT_SAY} {cause}." in said
        assert "Nobody" not in said

    await stage.heal()
    for bot, mark, peak in zip(stage.bots, marks, peaks, strict=True):
        back = await bot.log.says(BACK, since=mark)
        assert back.endswith(" s")
        [went] = bot.log.lines(WENT, since=mark)
        assert f"{WENT}{error.reason.value}" in went
        assert bot.log.lines(BACK, since=mark) == [back]
        assert bot.log.lines("for another reason", since=mark) == []
        assert bot.peak_mib - peak < BOMB_MIB


async def test_it_is_left_alone_for_as_long_as_it_asks(stage: Stage) -> None:
    """After a 429 no call comes before Retry-After has passed; everybody who asks meanwhile is answered."""
    bot, superoffice = stage.forgetful, stage.superoffice
    superoffice.switches.fault, superoffice.switches.only = Fault.HTML_429, PRESENCE
    superoffice.switches.times, superoffice.switches.retry_after_s = 1, 2
    before = len(superoffice.calls)
    said = await bot.ask_until(is_fresh)

    calls = list(superoffice.calls)[before:]
    refused, answered = (call for call in calls if call.operation == PRESENCE)
    assert refused.status == 429
    assert answered.at - refused.at >= 2
    assert not [call for call in calls if refused.at + 1 < call.at < answered.at]
    for waiting in said[:-1]:
        assert f"{CANNOT_SAY} SuperOffice gave no usable answer: it asked us to slow down." in waiting
    assert len(bot.log.lines("asked to slow down")) == 1


async def test_a_ticket_that_ends_in_a_burst_costs_one_sign_in(stage: Stage) -> None:
    """When the ticket ends under many who ask, each of them sees a fresh roster, for one more sign-in."""
    bot, superoffice = stage.remembering, stage.superoffice
    superoffice.switches.latency_s = 0.2
    before, asked, mark = superoffice.count(SIGN_IN), superoffice.count(PRESENCE), len(bot.log)
    asking = asyncio.create_task(bot.burst(commands=20, mentions=5))
    await until(lambda: superoffice.in_flight[PRESENCE])
    superoffice.end_tickets()

    assert all(map(is_fresh, await bot.answered(await asking)))
    assert superoffice.count(SIGN_IN) == before + 1
    assert superoffice.count(PRESENCE) < asked + 20
    assert bot.log.lines(WENT, since=mark) == []


async def test_up_and_down_all_the_time(stage: Stage) -> None:
    """While SuperOffice comes and goes, each answer is a fresh roster or says that it is old, and none is missing."""
    bot, superoffice = stage.remembering, stage.superoffice
    mark = len(bot.log)
    before = len(bot.slack.deliveries)
    for _ in range(3):
        for _ in range(2):
            await superoffice.go_down()
            await bot.burst(commands=10, mentions=3)
            await superoffice.come_back()
            await bot.burst(commands=10, mentions=3)
        await bot.ask_until(is_fresh)
    deliveries = bot.slack.deliveries[before:]
    said = await bot.answered(deliveries)
    await until(lambda: len(bot.log.lines(BACK, since=mark)) >= 3)

    assert all(EVERYBODY in each for each in said)
    assert any(STALE in each for each in said)
    assert all("⚠️ SuperOffice is not reachable: " in each for each in said if STALE in each)
    ends = [WENT if WENT in line else BACK for line in bot.log[mark:] if WENT in line or BACK in line]
    assert ends == [WENT, BACK] * (len(ends) // 2)
