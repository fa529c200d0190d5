"""The benchmark in its smallest form: it runs, and says all that it should. No time is judged here."""

import asyncio
import json
import signal
import sys
from pathlib import Path
from typing import Any

import pytest

PROJECT = Path(__file__).parents[2]
ENDED_S = 150

KEYS = {
    "ack_median_ms",
    "ack_p99_ms",
    "answer_median_ms",
    "rate_p99_ms",
    "rate_refreshing_p99_ms",
    *(f"burst_{size}_{what}" for size in ("small", "large") for what in ("unanswered", "late", "slowest_s", "calls")),
    "burst_small_calls_at_once",
    "burst_large_calls_at_once",
    *(f"tutorial_burst_{what}" for what in ("unanswered", "late", "slowest_s", "calls")),
    "throughput",
    "unsigned_megabyte_ms",
    "command_cpu_ms",
    "superoffice_calls",
    "snapshot_10_ms",
    "snapshot_100_ms",
    "snapshot_growth",
    "snapshot_hold_ms",
    "start_s",
    "start_socket_s",
    "rss_start_mb",
    "rss_loaded_mb",
    "who_s",
    "who_imports_ms",
    *(f"hostile_{attack}_{unit}" for attack in ("attributes", "elements") for unit in ("ms", "mb")),
}
SOAK_KEYS = {
    f"soak_{what}"
    for what in (
        "rss_slope_mb_h",
        "rss_spread_percent",
        "rss_mb",
        "files_growth",
        "files_most",
        "threads_most",
        "unanswered",
        "p99_ms",
    )
}

pytestmark = pytest.mark.timeout(2 * ENDED_S)


async def bench(*words: str) -> Any:
    """What the benchmark writes as JSON."""
    process = await start(*words, "--json", "-")
    try:
        async with asyncio.timeout(ENDED_S):
            out, err = await process.communicate()
    finally:
        if process.returncode is None:
            process.terminate()
            await process.wait()
    assert process.returncode == 0, err.decode()
    return json.loads(out)


async def start(*words: str) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bench", *words),
        cwd=PROJECT,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )


def children_of(pid: int) -> list[str]:
    return Path(f"/proc/{pid}/task/{pid}/children").read_text().split()


def lives(pid: str) -> bool:
    return Path("/proc", pid).exists()


async def test_quick_gives_every_figure() -> None:
    """`--quick` measures everything, and its JSON holds every figure with what was asked of it.

    What does not depend on the machine's speed holds here too: nothing is lost, and SuperOffice is spared.
    """
    said = await bench("--quick")

    assert set(said["figures"]) == KEYS
    assert said["quick"] is True
    for figure in said["figures"].values():
        assert figure["ours"] >= 0
        assert (figure["asked"] is None) == (figure["met"] is None)
        assert (figure["beside"] is None) == (figure["beside_name"] is None)
    for size in ("small", "large"):
        assert said["figures"][f"burst_{size}_unanswered"]["ours"] == 0
        assert said["figures"][f"burst_{size}_calls_at_once"]["ours"] == 1
    assert len(said["details"]["who_imports_ms"]) == 5
    assert said["machine"]["cpus"]
    assert said["versions"]["slack-bolt"]


async def test_a_soak_reports_growth() -> None:
    """`--soak` measures memory, open files and threads under steady load, and nothing else."""
    said = await bench("--soak", "0.05")

    assert set(said["figures"]) == SOAK_KEYS
    assert said["figures"]["soak_unanswered"]["ours"] == 0
    assert said["details"]["soak_samples"]


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells of another process's children")
async def test_a_signal_ends_it_and_all_that_it_started() -> None:
    """Nothing that the benchmark started outlives it."""
    process = await start("--soak", "1")
    try:
        async with asyncio.timeout(30):
            # Nothing tells of another process's children.
            while len(started := children_of(process.pid)) < 2:  # noqa: ASYNC110
                await asyncio.sleep(0.1)
        process.send_signal(signal.SIGTERM)
        async with asyncio.timeout(30):
            await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()

    assert process.returncode == 130
    assert not [child for child in started if lives(child)]
