"""`python -m bench`: starts everything itself on loopback, measures, and prints the table; `--json` for machines."""

import asyncio
import json
import os
import resource
import signal
import sys
from collections.abc import AsyncIterator, Callable
from functools import partial
from pathlib import Path
from typing import Final

import click
from rich.console import Console

from bench import footprint, runs
from bench.driver import DriverError
from bench.hostile import hostile_replies
from bench.processes import ProcessError, give_core
from bench.report import Figure, Report
from bench.soak import soak
from bench.stage import Stage, open_stage

Run = Callable[[Stage, Report], AsyncIterator[Figure]]

RUNS: Final[dict[str, Run]] = {
    "ack": runs.one_at_a_time,
    "rate": runs.hundred_a_second,
    "burst": runs.bursts,
    "throughput": runs.throughput,
    "strangers": runs.strangers,
    "calls": runs.superoffice_calls,
    "snapshot": footprint.snapshots,
    "start": footprint.start_and_memory,
    "who": footprint.who,
    "hostile": hostile_replies,
}
LONGEST_RUN_S: Final = 240.0
FILES: Final = 10_000
WIDTH: Final = 150


@click.command()
@click.option("--json", "json_file", metavar="FILE", help="Write the figures as JSON too; - for standard output.")
@click.option("--quick", is_flag=True, help="The smallest form: whether all works, not how fast.")
@click.option("--only", multiple=True, type=click.Choice(list(RUNS)), help="This run alone; may be given again.")
@click.option("--soak", "soak_min", type=click.FloatRange(min=0, min_open=True), help="Soak for so many minutes.")
def main(json_file: str | None, only: tuple[str, ...], soak_min: float | None, *, quick: bool) -> None:
    """Measure the bot beside a tutorial's bot and bare Bolt. With --soak, only that, unless --only asks for more."""
    wanted = {name: run for name, run in RUNS.items() if name in only or not (only or soak_min)}
    limits_s = dict.fromkeys(wanted, LONGEST_RUN_S)
    if soak_min is not None:
        wanted["soak"] = partial(soak, seconds=soak_min * 60)
        limits_s["soak"] = soak_min * 60 + LONGEST_RUN_S
    report = Report(quick=quick)
    console = Console(stderr=json_file == "-", width=None if sys.stdout.isatty() else WIDTH)
    try:
        asyncio.run(_measure(wanted, limits_s, report, console))
    except (DriverError, ProcessError, TimeoutError) as error:
        raise click.ClickException(str(error) or type(error).__name__) from None
    except asyncio.CancelledError:
        sys.exit(130)
    report.show(console)
    if json_file is not None:
        said = json.dumps(report.to_dict(), indent=2)
        if json_file == "-":
            click.echo(said)
        else:
            Path(json_file).write_text(said + "\n", encoding="utf-8")


async def _measure(wanted: dict[str, Run], limits_s: dict[str, float], report: Report, console: Console) -> None:
    """Do the wanted runs one after the other. A signal ends them, and all that they started."""
    measuring = asyncio.current_task()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGHUP, signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, measuring.cancel if measuring else loop.stop)
    give_core(os.getpid(), under_test=False)
    _allow_connections()
    async with open_stage() as stage:
        for name, run in wanted.items():
            with console.status(f"Measuring: {name}"):
                async with asyncio.timeout(limits_s[name]):
                    report.figures += [figure async for figure in run(stage, report)]


def _allow_connections() -> None:
    """Let this process and those it starts have a connection for each command of a burst."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = FILES if hard == resource.RLIM_INFINITY else min(FILES, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


if __name__ == "__main__":
    main()
