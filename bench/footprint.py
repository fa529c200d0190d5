"""The runs about the bot as a program: its start, its memory, its imports, and what a snapshot of each size costs."""

import json
import sys
import time
from collections.abc import AsyncIterator
from statistics import median
from typing import Any

from bench.processes import output_of, python
from bench.report import Asked, Figure, Report
from bench.runs import TUTORIAL, warm_up
from bench.stage import Stage

PARTS = 5
STANDARD_LIBRARY = "standard library"


async def start_and_memory(stage: Stage, report: Report) -> AsyncIterator[Figure]:
    """From starting the process until /readyz says 200, and the resident memory then and after load."""
    starts, load = (1, 100) if report.quick else (5, 5000)
    ready_s: list[float] = []
    rss_mb: list[float] = []
    for _ in range(starts):
        async with stage.bot() as bot:
            ready_s.append(bot.ready_s)
            rss_mb.append(bot.rss_mb())
    async with stage.bot() as bot:
        await warm_up(stage.driver, bot, load)
        loaded_mb = bot.rss_mb()
    async with stage.tutorial_bot() as tutorial:
        beside_s, beside_mb = tutorial.ready_s, tutorial.rss_mb()
    yield Figure("start_s", "Start until ready", "s", median(ready_s), beside_s, TUTORIAL)
    yield Figure("rss_start_mb", "Resident memory after the start", "MB", median(rss_mb), beside_mb, TUTORIAL)
    yield Figure("rss_loaded_mb", f"Resident memory after {load:,} commands", "MB", loaded_mb)


async def imports_of_who(stage: Stage, report: Report) -> AsyncIterator[Figure]:
    """What a person at a terminal waits for in `who`, and which packages take the time to import."""
    rounds = 1 if report.quick else 5
    who = ("-m", "bot", "who")
    environment = stage.addresses
    totals: list[float] = []
    whole_s: list[float] = []
    parts: dict[str, float] = {}
    for _ in range(rounds):
        started = time.perf_counter()
        await output_of(*python(*who), environment=environment, folder=stage.folder, timeout_s=30)
        whole_s.append(time.perf_counter() - started)
        timed = python("-X", "importtime", *who)
        _, err = await output_of(*timed, environment=environment, folder=stage.folder, timeout_s=30)
        parts = imported_ms(err)
        totals.append(sum(parts.values()))
    biggest = {name: round(ms, 1) for name, ms in sorted(parts.items(), key=lambda part: -part[1])[:PARTS]}
    report.details["who_imports_ms"] = biggest
    report.notes["Imports of `who`"] = ", ".join(f"{name} {ms:g} ms" for name, ms in biggest.items())
    yield Figure("who_s", "`who` in a terminal, whole", "s", median(whole_s))
    yield Figure("who_imports_ms", "Imports of `who`", "ms", median(totals))


async def snapshots(stage: Stage, report: Report) -> AsyncIterator[Figure]:
    """The cost of a snapshot by the number of agents, its growth, and for how long nothing else can run."""
    sizes = (10, 100) if report.quick else (10, 100, 1_000, 10_000)
    out, _ = await output_of(
        *python("-m", "bench.snapshot", *map(str, sizes)), environment={}, folder=stage.folder, timeout_s=180
    )
    costs: list[dict[str, Any]] = json.loads(out)
    report.details["snapshots"] = costs
    for cost in costs:
        total_ms = cost["parse_ms"] + cost["render_ms"]
        yield Figure(
            f"snapshot_{cost['agents']}_ms",
            f"Snapshot of {cost['agents']:,} agents, parsed and rendered",
            "ms",
            total_ms,
            cost["lxml_ms"],
            "bare lxml",
        )
    small, large = costs[-2:]
    each = [(cost["parse_ms"] + cost["render_ms"]) * 1000 / cost["agents"] for cost in (large, small)]
    yield Figure(
        "snapshot_growth",
        f"An agent among {large['agents']:,}",
        "µs",
        each[0],
        each[1],
        f"among {small['agents']:,}",
        Asked("ratio", "<=", 1.5),
    )
    yield Figure(
        "snapshot_hold_ms",
        f"Event loop's longest hold, {large['agents']:,} agents",
        "ms",
        large["hold_ms"],
        asked=Asked("ours", "<=", 50),
    )


def imported_ms(importtime: str) -> dict[str, float]:
    """Milliseconds by package, from what `-X importtime` writes: self, cumulative and name in each line."""
    parts: dict[str, float] = {}
    for line in importtime.splitlines():
        if not line.startswith("import time:") or "self [us]" in line:
            continue
        own_us, _, name = line.removeprefix("import time:").split("|")
        package = name.strip().partition(".")[0]
        part = STANDARD_LIBRARY if package in sys.stdlib_module_names else package
        parts[part] = parts.get(part, 0.0) + int(own_us) / 1000
    return parts
