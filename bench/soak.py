"""The soak: steady load with agents who come and go, and whether the process grows."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True)
class Sample:
    """A process at one moment."""

    second: float
    rss_mb: float
    open_files: int
    threads: int


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
    warm_up_s = min(seconds * _WARM_UP, _MOST_WARM_UP_S)
    warm = [sample for sample in samples if sample.second >= warm_up_s] or samples
    report.details["soak_samples"] = [[s.second, s.rss_mb, s.open_files, s.threads] for s in samples]
    rss = [sample.rss_mb for sample in warm]
    files = [sample.open_files for sample in warm]
    threads = [sample.threads for sample in warm]
    slope = linear_regression([sample.second / 3600 for sample in warm], rss).slope if len(warm) > 1 else 0.0
    minutes = f"{seconds / 60:g} min"
    yield Figure("soak_rss_slope_mb_h", f"Soak of {minutes}: memory's slope", "MB/h", slope)
    yield Figure(
        "soak_rss_spread_percent", "Soak: memory, most over least", "%", (max(rss) / max(min(rss), 1e-9) - 1) * 100
    )
    yield Figure("soak_rss_mb", "Soak: memory at the end", "MB", rss[-1])
    yield Figure("soak_files_growth", "Soak: open files, last over first", "", files[-1] - files[0])
    yield Figure("soak_files_most", "Soak: open files, most", "", max(files))
    yield Figure("soak_threads_most", "Soak: threads, most", "", max(threads))
    yield Figure("soak_unanswered", f"Soak: of {outcome.sent:,} not answered", "", outcome.sent - outcome.answered)
    yield Figure(
        "soak_p99_ms", "Soak: acknowledgement, 99th percentile", "ms", percentile(outcome.acks_s or [0.0], 99) * 1000
    )


async def _sample(bot: Running, samples: list[Sample], every_s: float) -> None:
    started = asyncio.get_running_loop().time()
    while True:
        second = asyncio.get_running_loop().time() - started
        samples.append(Sample(second, bot.rss_mb(), bot.open_files(), bot.threads()))
        await asyncio.sleep(every_s)
