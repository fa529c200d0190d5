"""The command line: `run`, `check`, `who` and `demo`, and what their exit codes mean.

0: it worked. 1: SuperOffice or Slack failed. 2: a setting or an argument is wrong.
"""

import asyncio
import gc
import importlib.util
import logging
import os
import signal
import sys
from contextlib import suppress
from pathlib import Path
from typing import Final

import click
from rich.console import Console

from bot import bootstrap, logs, terminal
from bot.clock import Clock
from bot.errors import ConfigError, SlackError
from bot.presence.query import Help, parse
from bot.presence.reading import Reading, Unavailable
from bot.presence.result import NoMatch, result_of
from bot.settings import ENV_FILE, Settings
from bot.words import words_in

log = logging.getLogger(__name__)

_NEEDED_BY_DEMO: Final = ("playground", "yaml")
"""The demo comes with a checkout, and needs what `make demo` installs."""

FAILED: Final = 1
WRONG_INPUT: Final = 2

_env_file = click.option(
    "--env-file",
    type=click.Path(dir_okay=False, path_type=Path),
    default=ENV_FILE,
    show_default=True,
    help="The file with the settings; the environment wins over it.",
)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="who-is-online")
def main() -> None:
    """Who is online in SuperOffice Chat, answered in Slack."""


@main.command()
@_env_file
def run(env_file: Path) -> None:
    """Serve Slack until SIGTERM or SIGINT."""
    settings = _settings(env_file)
    try:
        asyncio.run(_serve(settings))
    except (SlackError, ConfigError) as error:
        hint = "" if isinstance(error, ConfigError) else ". “who-is-online check” tells what to do"
        click.echo(f"{error}{hint}.", err=True)
        sys.exit(WRONG_INPUT if isinstance(error, ConfigError) else FAILED)


@main.command()
@_env_file
def check(env_file: Path) -> None:
    """Try every setting for real, and say how to fix what is wrong. Changes nothing."""
    console = Console()
    try:
        settings = Settings.load(env_file)
    except ConfigError as error:
        for problem in error.problems:
            terminal.show_line(console, "✗", problem)
        sys.exit(WRONG_INPUT)
    logs.configure(level="CRITICAL", style="text", secrets=settings.secrets())
    if not asyncio.run(_check(console, settings)):
        sys.exit(FAILED)


@main.command()
@click.argument("words_said", metavar="[WORDS]...", nargs=-1)
@click.option("--json", "as_json", is_flag=True, help="The roster as JSON, for scripts.")
@_env_file
def who(words_said: tuple[str, ...], *, as_json: bool, env_file: Path) -> None:
    """Show who is online. WORDS: a topic, all, topics, or help."""
    query = parse(" ".join(words_said))
    console = Console()
    if isinstance(query, Help):
        console.print(terminal.HELP, highlight=False)
        return
    settings = _settings(env_file, level="ERROR")
    words = words_in(settings.bot_language)
    reading = asyncio.run(_reading(settings))
    if isinstance(reading, Unavailable):
        click.echo(words.failures.failed(reading.because), err=True)
        sys.exit(FAILED)
    result = result_of(query, reading, busy_at=settings.busy_at)
    if isinstance(result, NoMatch):  # a script must not read it as “nobody is online”
        terminal.show(Console(stderr=True), result, words)
        sys.exit(WRONG_INPUT)
    if as_json:
        click.echo(terminal.to_json(result))
    else:
        terminal.show(console, result, words)


@main.command()
def demo() -> None:
    """Try the bot with a pretend Slack and SuperOffice."""
    if not all(map(importlib.util.find_spec, _NEEDED_BY_DEMO)):
        click.echo("The demo needs more than the bot: run “make demo” in a checkout of the project.", err=True)
        sys.exit(FAILED)
    os.execv(sys.executable, [sys.executable, "-m", "playground"])  # noqa: S606  # the playground takes our place


def _settings(env_file: Path, *, level: str | None = None) -> Settings:
    """Load the settings and set up logging. If a setting is wrong, print a line for each problem and exit."""
    try:
        settings = Settings.load(env_file)
    except ConfigError as error:
        for problem in error.problems:
            click.echo(problem, err=True)
        sys.exit(WRONG_INPUT)
    logs.configure(level=level or settings.log_level, style=settings.log_format, secrets=settings.secrets())
    return settings


async def _serve(settings: Settings) -> None:
    """Serve until a signal asks to stop. A second signal ends the wait for replies."""
    serving = asyncio.current_task()
    assert serving is not None  # noqa: S101  # a coroutine that runs has a task
    loop = asyncio.get_running_loop()
    with suppress(NotImplementedError):  # on Windows, where asyncio.run makes the same of Ctrl-C
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, serving.cancel)
    try:
        async with bootstrap.open_bot(settings):
            # All that was built so far lives until the end. Frozen, it is left out of garbage collections.
            gc.collect()
            gc.freeze()
            gc.enable()
            log.info("Ready: answering Slack %s", "in Socket Mode" if settings.uses_socket_mode else "over HTTP")
            await asyncio.Event().wait()
    except asyncio.CancelledError:
        log.info("Stopped")


async def _check(console: Console, settings: Settings) -> bool:
    # Imported here, because the checks bring Slack's libraries, which `who` does not need.
    from bot.checks import check_everything
    from bot.checks.runner import Verdict

    all_well = True
    async for finding in check_everything(settings):
        terminal.show_line(console, finding.verdict.value, f"{finding.name}: {finding.said}", finding.next_step)
        all_well = all_well and finding.verdict is Verdict.PASSED
    return all_well


async def _reading(settings: Settings) -> Reading:
    async with bootstrap.open_feed(settings, Clock()) as feed:
        return await feed.current()
