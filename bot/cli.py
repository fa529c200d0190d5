"""The command line: `run`, `check`, `who` and `demo`, and what their exit codes mean.

0: it worked. 1: SuperOffice or Slack failed. 2: a setting or an argument is wrong. 130: Ctrl-C. 141: nobody reads the
output any more. What takes long to import is imported by the command that needs it: a shell that completes a word with
Tab runs this file too.
"""

import asyncio
import codecs
import errno
import gc
import importlib.util
import io
import logging
import os
import signal
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click
from click.shell_completion import CompletionItem

from bot.errors import ConfigError, SlackError
from bot.presence.query import KEYWORDS, Everybody, Help, Online, parse
from bot.text import spelt_out

if TYPE_CHECKING:
    from bot.presence.reading import Reading
    from bot.settings import Settings
    from bot.terminal import Terminal

log = logging.getLogger(__name__)

_NEEDED_BY_DEMO: Final = ("playground", "yaml")
"""The demo comes with a checkout, and needs what `make demo` installs."""

FAILED: Final = 1
WRONG_INPUT: Final = 2
INTERRUPTED: Final = 128 + 2
UNREAD: Final = 128 + 13
"""What shells report for programs that SIGINT or SIGPIPE ends. Windows has no name for the second."""

_NO_SPACE: Final = frozenset({errno.ENOSPC, errno.EDQUOT})

_env_file = click.option(
    "--env-file",
    type=click.Path(path_type=Path, readable=False),  # what reads it says more
    default=".env",
    show_default=True,
    help="The file with the settings; the environment wins over it.",
)


class _Commands(click.Group):
    """Commands that end quietly at Ctrl-C, when nobody reads their output any more, and when it has no room."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            sys.exit(INTERRUPTED)
        except BrokenPipeError:
            _drop_output()
            sys.exit(UNREAD)
        except OSError as error:
            if error.errno not in _NO_SPACE:
                raise
            _drop_output()
            click.echo(f"The output cannot be written: {error.strerror}. Make room, or write it elsewhere.", err=True)
            sys.exit(FAILED)


def _drop_output() -> None:
    """Let what is left go nowhere.

    Python writes it at its exit, and would complain: https://docs.python.org/3/library/signal.html.
    """
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="who-is-online")
def main() -> None:
    """Who is online in SuperOffice Chat? Answered in Slack, and here.

    Exit codes: 0 it worked, 1 SuperOffice or Slack failed, 2 a setting or an argument is wrong.
    """
    codecs.register_error("spelt_out", spelt_out)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # it is None if the caller has closed it
            stream.reconfigure(errors="spelt_out")
    try:
        Path.cwd()
    except FileNotFoundError:
        click.echo("The folder in which this was started is gone: start it in another one", err=True)
        sys.exit(WRONG_INPUT)


@main.command()
@_env_file
def run(env_file: Path) -> None:
    """Serve Slack until SIGTERM, SIGINT (Ctrl-C) or SIGHUP."""
    settings = _settings(env_file)
    try:
        asyncio.run(_serve(settings))
    except ConfigError as error:
        log.error("Not started: %s", error)
        sys.exit(WRONG_INPUT)
    except SlackError as error:
        log.error("Not started: %s. “who-is-online check” tells what to do", error)
        sys.exit(FAILED)


@main.command()
@_env_file
def check(env_file: Path) -> None:
    """Try every setting for real, and say how to fix what is wrong. Changes nothing."""
    from bot import logs, terminal
    from bot.settings import Settings

    console = terminal.Terminal()
    try:
        settings = Settings.load(env_file)
    except ConfigError as error:
        for problem in error.problems:
            terminal.show_line(console, "✗", problem)
        for warning in error.warnings:
            terminal.show_line(console, "!", warning)
        sys.exit(WRONG_INPUT)
    logs.configure(level="CRITICAL", style="text", secrets=settings.secrets())
    if not asyncio.run(_check(console, settings)):
        sys.exit(FAILED)


def _completed(_context: click.Context, _parameter: click.Parameter, begun: str) -> list[CompletionItem]:
    return [CompletionItem(word) for word in KEYWORDS if word.startswith(begun)]


@main.command()
@click.argument("words_said", metavar="[WORDS]...", nargs=-1, shell_complete=_completed)
@click.option("--json", "as_json", is_flag=True, help="Print JSON, for scripts.")
@_env_file
def who(words_said: tuple[str, ...], *, as_json: bool, env_file: Path) -> None:
    """Show who is online. WORDS: a topic, all, topics, or help.

    Needs the settings of SuperOffice, but none of Slack. Write -- before words that begin with a dash.
    """
    query = parse(" ".join(words_said))
    if as_json and isinstance(query, Help):
        raise click.UsageError("help is for people: leave out --json, or ask for a roster.")

    from bot import terminal
    from bot.as_json import to_json
    from bot.bootstrap.superoffice import open_feed
    from bot.clock import Clock
    from bot.presence.reading import Unavailable
    from bot.presence.result import NamesMissing, NoMatch, result_of
    from bot.words import words_in

    console = terminal.Terminal()
    if isinstance(query, Help):
        terminal.show_help(console)
        return
    settings = _settings(env_file, level="ERROR", needs_slack=False)
    words = words_in(settings.bot_language)

    async def ask() -> "Reading":
        # A question about topics waits for their names, as there is no answer without them.
        needs_names = not isinstance(query, Online | Everybody)
        async with open_feed(settings, Clock(), needs_names=needs_names) as feed:
            return await feed.current()

    reading = asyncio.run(ask())
    if isinstance(reading, Unavailable):
        click.echo(words.failures.failed(reading.because), err=True)
        sys.exit(FAILED)
    result = result_of(query, reading, busy_at=settings.busy_at)
    if isinstance(result, NoMatch | NamesMissing):  # no answer to the words: a script must not read it as one
        terminal.show(terminal.Terminal(stderr=True), result, words)
        sys.exit(WRONG_INPUT if isinstance(result, NoMatch) else FAILED)
    if as_json:
        click.echo(to_json(result, settings.busy_at, ascii_only=console.encoding != "utf-8"))
    else:
        terminal.show(console, result, words)


@main.command()
def demo() -> None:
    """Try the bot with a pretend Slack and SuperOffice."""
    if not all(map(importlib.util.find_spec, _NEEDED_BY_DEMO)):
        click.echo("The demo needs more than the bot: run “make demo” in a checkout of the project.", err=True)
        sys.exit(FAILED)
    os.execv(sys.executable, [sys.executable, "-m", "playground"])  # noqa: S606  # the playground takes our place


def _settings(env_file: Path, *, level: str | None = None, needs_slack: bool = True) -> "Settings":
    """Load the settings and set up logging. If a setting is wrong, print a line for each problem and exit."""
    from bot import logs
    from bot.settings import Settings

    try:
        settings = Settings.load(env_file, needs_slack=needs_slack)
    except ConfigError as error:
        for line in (*error.problems, *error.warnings):
            click.echo(line, err=True)
        sys.exit(WRONG_INPUT)
    logs.configure(level=level or settings.log_level, style=settings.log_format, secrets=settings.secrets())
    for warning in settings.warnings:
        log.warning("Settings: %s", warning)
    return settings


async def _serve(settings: "Settings") -> None:
    """Serve until a signal asks to stop. A second signal ends the wait for replies."""
    from bot.bootstrap.slack import open_bot
    from bot.clock import Clock

    serving = asyncio.current_task()
    assert serving is not None  # noqa: S101  # a coroutine that runs has a task
    loop = asyncio.get_running_loop()
    stopping = [signal.SIGTERM, signal.SIGINT]
    if hasattr(signal, "SIGHUP") and signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:  # as nohup has it
        stopping.append(signal.SIGHUP)
    with suppress(NotImplementedError):  # on Windows, where asyncio.run makes the same of Ctrl-C
        for number in stopping:
            loop.add_signal_handler(number, serving.cancel)
    try:
        async with open_bot(settings, Clock()):
            # All that was built so far lives until the end. Frozen, it is left out of garbage collections.
            gc.collect()
            gc.freeze()
            gc.enable()
            log.info("Ready: answering Slack %s", "in Socket Mode" if settings.uses_socket_mode else "over HTTP")
            await asyncio.Event().wait()
    except asyncio.CancelledError:
        log.info("Stopped")


async def _check(console: "Terminal", settings: "Settings") -> bool:
    from bot import terminal
    from bot.checks import check_everything
    from bot.checks.runner import Verdict

    all_well = True
    async for finding in check_everything(settings):
        terminal.show_line(console, finding.verdict.value, f"{finding.name}: {finding.said}", finding.next_step)
        all_well = all_well and finding.verdict in {Verdict.PASSED, Verdict.WARNED}
    return all_well
