"""The runs that Slack's side can see: acknowledgements, bursts, throughput, and what they cost SuperOffice."""

import asyncio
import time
from collections.abc import AsyncIterator
from statistics import median
from typing import Final

from bench.driver import LOOPBACK, Driver, DriverError
from bench.load import ACK_DEADLINE_S, CONNECTIONS, at_once, closed_loop, percentile, steadily
from bench.processes import Running
from bench.report import Figure, Report
from bench.stage import Stage

BARE: Final = "bare Bolt"
TUTORIAL: Final = "tutorial"

_WARM_UP: Final = 50
_TURN: Final = 10
_ANSWER_S: Final = 10.0
_BURST_S: Final = 20.0
_UNSIGNED: Final = (b"x" * 1_000_000, b"x" * 350_000, b"a=b&" * 250_000, b"a=b&" * 85_000)
_STRANGERS_HEAD: Final = (
    "POST /slack/events HTTP/1.1\r\nHost: bot\r\nContent-Length: {size}\r\n"
    "Content-Type: application/x-www-form-urlencoded; charset=punycode\r\n"
    "X-Slack-Request-Timestamp: {now}\r\nX-Slack-Signature: v0={signature}\r\n\r\n"
)
_BURST_FRESH_S: Final = 2.0
_FROM_MEMORY: Final = {"PRESENCE_FRESH_S": 600, "PRESENCE_STALE_S": 600}


async def one_at_a_time(stage: Stage, report: Report) -> AsyncIterator[Figure]:
    """Commands one by one, ten to the bot, ten to the tutorial's. Each is answered before the next is sent."""
    rounds = 2 if report.quick else 20
    ours: list[float] = []
    acks: list[float] = []
    answers: list[float] = []
    async with stage.bot(**_FROM_MEMORY) as bot, stage.tutorial_bot() as tutorial:
        await warm_up(stage.driver, bot)
        for _ in range(5):
            await _tutorial_answer(stage.driver, tutorial)
        for _ in range(rounds):
            ours += [(await stage.driver.roster(bot.port)).seconds * 1000 for _ in range(_TURN)]
            for _ in range(_TURN):
                ack_s, answer_s = await _tutorial_answer(stage.driver, tutorial)
                acks.append(ack_s * 1000)
                answers.append(answer_s * 1000)
    ack = f"Acknowledgement, one at a time, median of {rounds * _TURN}"
    answer = "Answer from memory, median (ours is in the acknowledgement)"
    p99 = "Acknowledgement, one at a time, 99th percentile"
    yield Figure("ack_median_ms", ack, "ms", median(ours), median(acks), TUTORIAL, "ratio <= 0.15")
    yield Figure("answer_median_ms", answer, "ms", median(ours), median(answers), TUTORIAL, "ratio <= 0.04")
    yield Figure("ack_p99_ms", p99, "ms", percentile(ours, 99), percentile(acks, 99), TUTORIAL)


async def hundred_a_second(stage: Stage, report: Report) -> AsyncIterator[Figure]:
    """An even 100 commands a second: all from memory, and with the default freshness, where some wait for a call."""
    seconds = 5 if report.quick else 20
    for key, name, settings, asked in (
        ("rate_p99_ms", "answer from memory", _FROM_MEMORY, "ours <= 10"),
        ("rate_refreshing_p99_ms", "as set by default", {}, None),
    ):
        async with stage.bot(**settings) as bot:
            await warm_up(stage.driver, bot)
            outcome = await steadily(stage.driver, bot.port, per_second=100, seconds=seconds)
        if outcome.unanswered:
            raise DriverError(f"{outcome.unanswered} of {outcome.sent} commands were not answered")
        late_ms = outcome.driver_late_s * 1000
        report.notes[f"100 a second, {name}"] = f"the driver itself was at most {late_ms:.1f} ms behind"
        acks_ms = [ack_s * 1000 for ack_s in outcome.acks_s]
        report.details[key] = {percent: percentile(acks_ms, percent) for percent in (50, 90, 95, 99, 99.9, 100)}
        yield Figure(key, f"100 a second, {name}, 99th percentile", "ms", percentile(acks_ms, 99), asked=asked)


async def bursts(stage: Stage, report: Report) -> AsyncIterator[Figure]:
    """Many commands in the same moment, to a bot whose roster is old, so that it has to ask SuperOffice."""
    small, large, beside = (50, 200, 10) if report.quick else (500, 3000, 500)
    none, one, two = "ours <= 0", "ours <= 1", "ours <= 2"
    for key, number in (("burst_small", small), ("burst_large", large), ("tutorial_burst", beside)):
        ours = key != "tutorial_burst"
        async with stage.bot(PRESENCE_FRESH_S=_BURST_FRESH_S) if ours else stage.tutorial_bot() as running:
            if ours:
                await asyncio.sleep(1.5 * _BURST_FRESH_S)  # the bot asked once when it started
            await stage.reset_calls()
            outcome = await at_once(stage.driver, running.port, number, deadline_s=_BURST_S)
            calls = await stage.calls()
        name = f"{number:,} at once{'' if ours else ', tutorial'}"
        for what, said, unit, figure, asked in (
            ("unanswered", "not answered", "", outcome.unanswered, none),
            ("late", f"acknowledged later than {ACK_DEADLINE_S:g} s", "", outcome.late, none),
            ("slowest_s", "slowest acknowledgement", "s", max(outcome.acks_s, default=0), None),
            ("calls", "GetChatPresence calls", "", calls.presence, two),
            ("calls_at_once", "GetChatPresence calls in flight at once", "", calls.presence_at_once, one),
        ):
            if ours or what != "calls_at_once":
                yield Figure(f"{key}_{what}", f"{name}: {said}", unit, figure, asked=asked if ours else None)


async def strangers(stage: Stage, report: Report) -> AsyncIterator[Figure]:
    """How long the bot does nothing else when strangers send it bodies that take long to decode, unsigned."""
    rounds = 1 if report.quick else 10
    held_ms: list[float] = []
    async with stage.bot(**_FROM_MEMORY) as bot:
        await warm_up(stage.driver, bot)
        for body in _UNSIGNED * rounds:
            stranger = asyncio.create_task(_refused(bot.port, body))
            while not stranger.done():
                held_ms.append((await stage.driver.roster(bot.port)).seconds * 1000)
            await stranger
    title = "Slowest acknowledgement beside an unsigned megabyte"
    yield Figure("unsigned_megabyte_ms", title, "ms", max(held_ms), asked="ours <= 50")


async def _refused(port: int, body: bytes) -> None:
    """Send a body that nobody signed, as if it might be Slack's, and wait for the refusal."""
    reader, writer = await asyncio.open_connection(LOOPBACK, port)
    head = _STRANGERS_HEAD.format(size=len(body), now=int(time.time()), signature="0" * 64)
    writer.write(head.encode() + body)
    try:
        await reader.readline()
    finally:
        writer.close()


async def throughput(stage: Stage, report: Report) -> AsyncIterator[Figure]:
    """As fast as it goes, by turns with Bolt that acknowledges the same message and does nothing else.

    The best round counts: others on the machine can only slow one down. Processor time tells the same without them.
    """
    seconds, rounds = (1, 1) if report.quick else (3, 6)
    report.notes["Throughput"] = f"measured over {CONNECTIONS} connections"
    rates: dict[str, list[float]] = {"ours": [], BARE: []}
    cpu_ms: dict[str, list[float]] = {"ours": [], BARE: []}
    async with stage.bot() as bot:
        message = (await stage.driver.roster(bot.port)).body
        async with stage.bare_bolt(message) as bare:
            both = {"ours": bot, BARE: bare}
            for running in both.values():
                await warm_up(stage.driver, running)
            for name, running in [*both.items()] * rounds:
                cpu_s = running.cpu_s()
                rate = await closed_loop(stage.driver, running.port, seconds)
                rates[name].append(rate)
                cpu_ms[name].append((running.cpu_s() - cpu_s) * 1000 / (rate * seconds))
    report.details["message_bytes"] = len(message)
    best, cpu = {name: max(rates[name]) for name in both}, {name: median(cpu_ms[name]) for name in both}
    title = "Throughput, on one core, best round"
    yield Figure("throughput", title, "/s", best["ours"], best[BARE], BARE, "ratio >= 0.7")
    yield Figure("command_cpu_ms", "Processor time of a command, median", "ms", cpu["ours"], cpu[BARE], BARE)


async def superoffice_calls(stage: Stage, report: Report) -> AsyncIterator[Figure]:
    """How often SuperOffice is asked while commands keep coming and a roster is fresh for a second."""
    seconds = 2 if report.quick else 5
    async with stage.bot(PRESENCE_FRESH_S=1) as bot:
        await stage.reset_calls()
        await steadily(stage.driver, bot.port, per_second=100, seconds=seconds)
        calls = await stage.calls()
    title = f"GetChatPresence calls in {seconds} s of load, fresh for 1 s"
    yield Figure("superoffice_calls", title, "", calls.presence, asked=f"ours <= {seconds + 1}")


async def warm_up(driver: Driver, running: Running, number: int = _WARM_UP) -> None:
    """Have code and connections warm before time is taken."""
    for _ in range(number):
        await driver.roster(running.port)


async def _tutorial_answer(driver: Driver, tutorial: Running) -> tuple[float, float]:
    """Seconds until the tutorial's bot acknowledges, and until its answer is there."""
    ack = await driver.send(tutorial.port, keep=False)
    async with asyncio.timeout(_ANSWER_S):
        answered_at, _ = await driver.awaiting(ack.number)
    return ack.seconds, answered_at - ack.sent_at
