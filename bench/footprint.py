"""The runs about the bot as a program: its start, its memory, its imports, and what a snapshot of each size costs."""

import json
import sys
import time
from collections.abc import AsyncIterator, Iterator
from statistics import median
from typing import Any, Final

from bench.processes import output_of
from bench.report import Figure, Report
from bench.runs import TUTORIAL, warm_up
from bench.stage import CONTRACTS, Stage

PARTS: Final = 5
STANDARD_LIBRARY: Final = "standard library"

_WHO: Final = ("-m", "bot", "who")
_WHO_S: Final = 30
_SNAPSHOTS_S: Final = 180


async def start_and_memory(stage: Stage, report: Report) -> AsyncIterator[Figure]:
    """From starting the process until /readyz says 200, by turns, and the resident memory then and after load."""
    starts, load = (1, 100) if report.quick else (7, 5000)
    ready_s: dict[str, list[float]] = {"http": [], "socket": [], TUTORIAL: []}
    rss_mb: dict[str, list[float]] = {"http": [], "socket": [], TUTORIAL: []}
    for _ in range(starts):
        for name, running in (
            ("http", stage.bot()),
            ("socket", stage.bot(SLACK_APP_TOKEN=stage.app_token)),
            (TUTORIAL, stage.tutorial_bot()),
        ):
            async with running as process:
                ready_s[name].append(process.ready_s)
                rss_mb[name].append(process.rss_mb())
    async with stage.bot() as bot:
        await warm_up(stage.driver, bot, load)
        loaded_mb = bot.rss_mb()
    http_s, socket_s, beside_s = (median(ready_s[name]) for name in ready_s)
    http_mb, _, beside_mb = (median(rss_mb[name]) for name in rss_mb)
    report.details["start_s"] = ready_s
    yield Figure("start_s", "Start until ready, HTTP", "s", http_s, beside_s, TUTORIAL, "ours <= 0.5")
    yield Figure("start_socket_s", "Start until ready, Socket Mode", "s", socket_s, beside_s, TUTORIAL)
    yield Figure("rss_start_mb", "Resident memory after the start", "MB", http_mb, beside_mb, TUTORIAL)
    yield Figure("rss_loaded_mb", f"Resident memory after {load:,} commands", "MB", loaded_mb)


async def who(stage: Stage, report: Report) -> AsyncIterator[Figure]:
    """What a person at a terminal waits for, by turns with ten lines of zeep, and which imports take the time."""
    seconds: dict[tuple[str, ...], list[float]] = {_WHO: [], ("-m", "bench.ten_lines", str(CONTRACTS)): []}
    for _ in range(1 if report.quick else 15):
        for words, taken_s in seconds.items():
            started = time.perf_counter()
            await output_of(*words, environment=stage.with_ticket, folder=stage.folder, timeout_s=_WHO_S)
            taken_s.append(time.perf_counter() - started)
    parts: list[dict[str, float]] = []
    for _ in range(1 if report.quick else 5):
        words = ("-X", "importtime", *_WHO)
        _, err = await output_of(*words, environment=stage.with_ticket, folder=stage.folder, timeout_s=_WHO_S)
        parts.append(imported_ms(err))
    biggest = {name: round(ms, 1) for name, ms in sorted(parts[-1].items(), key=lambda part: -part[1])[:PARTS]}
    ours, beside = seconds.values()
    report.details["who_s"] = [*zip(ours, beside, strict=True)]
    report.details["who_imports_ms"] = biggest
    report.notes["Imports of `who`"] = ", ".join(f"{name} {ms:g} ms" for name, ms in biggest.items())
    title = "`who`, from its start to the roster"
    yield Figure("who_s", title, "s", median(ours), median(beside), "ten lines of zeep", "ratio <= 1.4")
    yield Figure("who_imports_ms", "Imports of `who`", "ms", median(sum(each.values()) for each in parts))


async def snapshots(stage: Stage, report: Report) -> AsyncIterator[Figure]:
    """The cost of a snapshot by the number of agents, its growth, and for how long nothing else can run."""
    sizes = (10, 100) if report.quick else (10, 100, 1_000, 10_000)
    words = ("-m", "bench.snapshot", *map(str, sizes))
    out, _ = await output_of(*words, environment={}, folder=stage.folder, timeout_s=_SNAPSHOTS_S)
    report.details["snapshots"] = costs = json.loads(out)
    for figure in _figures_of(costs):
        yield figure


def _figures_of(costs: list[dict[str, Any]]) -> Iterator[Figure]:
    *_, small, large = sizes = [cost["agents"] for cost in costs]
    ours = {cost["agents"]: cost["parse_ms"] + cost["render_ms"] for cost in costs}
    each_us = {size: ours[size] * 1000 / size for size in sizes}
    for size, cost in zip(sizes, costs, strict=True):
        title = f"Snapshot of {size:,} agents, parsed and rendered"
        asked = "ratio <= 5" if size >= 10_000 else None  # a message has its own cost, whatever its size
        yield Figure(f"snapshot_{size}_ms", title, "ms", ours[size], cost["lxml_ms"], "bare lxml", asked)
    title, beside = f"An agent among {large:,}", f"among {small:,}"
    yield Figure("snapshot_growth", title, "µs", each_us[large], each_us[small], beside, "ratio <= 1.5")
    title = f"Event loop's longest hold, {large:,} agents"
    yield Figure("snapshot_hold_ms", title, "ms", costs[-1]["hold_ms"], asked="ours <= 20")


def imported_ms(importtime: str) -> dict[str, float]:
    """Milliseconds by package, from what `-X importtime` writes: self, cumulative and name in each line."""
    parts: dict[str, float] = {}
    for line in importtime.splitlines():
        if line.startswith("import time:") and "self [us]" not in line:
            own_us, _, name = line.removeprefix("import time:").split("|")
            package = name.strip().partition(".")[0]
            part = STANDARD_LIBRARY if package in sys.stdlib_module_names else package
            parts[part] = parts.get(part, 0.0) + int(own_us) / 1000
    return parts
