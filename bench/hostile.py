"""The run beside a SuperOffice that means harm: for how long others wait, and how much memory it takes."""

import asyncio
import time
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from bench.driver import LOOPBACK, DriverError
from bench.hostile_superoffice import ATTACKS
from bench.processes import ENDED_S, Running, start
from bench.report import Figure, Report
from bench.stage import Stage
from playground.stage import stop

_MISSPELT: Final = "bilings"
_SECONDS: Final = 3.0
_PAUSE_S: Final = 0.01
_FROZEN_S: Final = 10.0


async def hostile_replies(stage: Stage, report: Report) -> AsyncIterator[Figure]:
    """Two questions to each attack's reply, and `/healthz` again and again meanwhile."""
    for name in ATTACKS[:2] if report.quick else ATTACKS:
        async with _superoffice() as (process, url):
            if name == "topics":  # its answer is asked for at the start
                await _say(process, name)
            async with stage.bot(SUPEROFFICE_URL=url, PRESENCE_FRESH_S=0, AUDIENCE="everyone") as bot:
                await _say(process, name)
                before_mb = bot.rss_mb()
                asking = asyncio.create_task(_ask(stage, bot))
                slowest_s = 0.0
                while not asking.done():
                    slowest_s = max(slowest_s, await _health_s(bot.port))
                    await asyncio.sleep(_PAUSE_S)
                await asking
                more_mb = bot.peak_mb() - before_mb
        title = f"Hostile reply, {name}"
        yield Figure(f"hostile_{name}_ms", f"{title}: slowest /healthz", "ms", slowest_s * 1000, asked="ours <= 200")
        yield Figure(f"hostile_{name}_mb", f"{title}: more memory", "MB", more_mb, asked="ours <= 150")


async def _ask(stage: Stage, bot: Running) -> None:
    async with asyncio.TaskGroup() as questions:
        for text in ("", _MISSPELT):
            questions.create_task(stage.driver.send(bot.port, text=text))
            await asyncio.sleep(_SECONDS / 2)  # after a failure the bot pauses for a second


async def _health_s(port: int) -> float:
    """How long the bot took to say that it lives, in seconds."""
    began = time.perf_counter()
    try:
        async with asyncio.timeout(_FROZEN_S):
            reader, writer = await asyncio.open_connection(LOOPBACK, port)
            writer.write(f"GET /healthz HTTP/1.1\r\nHost: {LOOPBACK}\r\nConnection: close\r\n\r\n".encode())
            await reader.readline()
    except TimeoutError:
        raise DriverError(f"no answer from /healthz for {_FROZEN_S:g} s") from None
    writer.close()
    return time.perf_counter() - began


@asynccontextmanager
async def _superoffice() -> AsyncIterator[tuple[Process, str]]:
    process = await start(
        *("-m", "bench.hostile_superoffice"), environment={}, under_test=False, stdin=PIPE, stdout=PIPE
    )
    try:
        yield process, await _heard(process)
    finally:
        await stop(process, ENDED_S)


async def _say(process: Process, word: str) -> None:
    assert process.stdin is not None  # noqa: S101  # for mypy: it is a pipe
    process.stdin.write(f"{word}\n".encode())
    await _heard(process)


async def _heard(process: Process) -> str:
    assert process.stdout is not None  # noqa: S101  # for mypy: it is a pipe
    async with asyncio.timeout(_FROZEN_S):
        return (await process.stdout.readline()).decode().strip()
