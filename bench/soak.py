"""The soak: steady load with agents who come and go, and whether the process grows."""

import asyncio
import time
from collections.abc import AsyncIterator
from statistics import linear_regression
from typing import Final

from bench.load import percentile, steadily
from bench.processes import Running
from bench.report import Figure, Report
from bench.stage import Stage

PER_SECOND: Final = 50
SAMPLE_S: Final = 5.0

_WARM_UP: Final = 0.2  # the part of the time that does not count
_MOST_WARM_UP_S: Final = 300.0

Sample = tuple[float, float, int, int]
"""A process at one moment: the second, MB of resident memory, open files, threads."""


async def soak(stage: Stage, report: Report, seconds: float) -> AsyncIterator[Figure]:
    """50 commands a second for so long; figures are of the time after the warm-up, a fifth and at most 5 minutes."""
    samples: list[Sample] = []
    await stage.churn()
    async with stage.bot() as bot:
        sampling = asyncio.create_task(_sample(bot, samples, min(SAMPLE_S, seconds / 20)))
        try:
            outcome = await steadily(stage.driver, bot.port, per_second=PER_SECOND, seconds=seconds)
        finally:
            sampling.cancel()
    report.details["soak_samples"] = samples
    warm_up_s = min(seconds * _WARM_UP, _MOST_WARM_UP_S)
    warm = [sample for sample in samples if sample[0] >= warm_up_s] or samples
    at_s, rss, files, threads = zip(*warm, strict=True)
    slope = linear_regression(at_s, rss).slope * 3600 if len(warm) > 1 else 0.0
    spread = (max(rss) / max(min(rss), 1e-9) - 1) * 100
    p99_ms = percentile(outcome.acks_s, 99) * 1000
    yield Figure("soak_rss_slope_mb_h", f"Soak of {seconds / 60:g} min: memory's slope", "MB/h", slope)
    yield Figure("soak_rss_spread_percent", "Soak: memory, most over least", "%", spread)
    yield Figure("soak_rss_mb", "Soak: memory at the end", "MB", rss[-1])
    yield Figure("soak_files_growth", "Soak: open files, last over first", "", files[-1] - files[0])
    yield Figure("soak_files_most", "Soak: open files, most", "", max(files))
    yield Figure("soak_threads_most", "Soak: threads, most", "", max(threads))
    yield Figure("soak_unanswered", f"Soak: of {outcome.sent:,} not answered", "", outcome.unanswered)
    yield Figure("soak_p99_ms", "Soak: acknowledgement, 99th percentile", "ms", p99_ms)


async def _sample(bot: Running, samples: list[Sample], every_s: float) -> None:
    started = time.perf_counter()
    while True:
        samples.append((time.perf_counter() - started, bot.rss_mb(), bot.open_files(), bot.threads()))
        await asyncio.sleep(every_s)
