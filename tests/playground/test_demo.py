"""The demo: what can be typed, and the whole with the real bot, as a person runs it."""

import asyncio
import io
import os
import pty
import select
import signal
import subprocess
import sys
import termios
import time
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from playground.demo import HAPPENS, Demo, How, Question, Switch, read, trouble
from playground.stage import BOT, StageError, open_stage, stop

PROJECT = Path(__file__).parents[2]
PLAYGROUND = [sys.executable, "-m", "playground"]
PATIENCE_S = 30.0


# --- what can be typed ---


@pytest.mark.parametrize(
    ("line", "meant"),
    [
        ("/who-is-online", Question(How.COMMAND)),
        ("  /Who-Is-Online   technical support ", Question(How.COMMAND, "technical support")),
        ("@Who topics", Question(How.MENTION, "topics")),
        ("billing", Question(How.DIRECT_MESSAGE, "billing")),
        ("later than that?", Question(How.DIRECT_MESSAGE, "later than that?")),
        ("@whoever is there", Question(How.DIRECT_MESSAGE, "@whoever is there")),
        ("superofficer", Question(How.DIRECT_MESSAGE, "superofficer")),
        ("later", "later"),
        (" HELP ", "help"),
        ("  ", ""),
        ("?", "help"),
        ("down", "To change SuperOffice, type: superoffice down"),
        ("down under", Question(How.DIRECT_MESSAGE, "down under")),
        ("superoffice up", Switch.OK),
        ("who-is-online all", "A command begins with a slash: /who-is-online all"),
        ("/who-is-on", "The only command here is /who-is-online."),
        ("superoffice", "After superoffice, say one of: down, slow, garbage, ticket, ok, up."),
        ("superoffice down now", "After superoffice, say one of: down, slow, garbage, ticket, ok, up."),
        *((f"SuperOffice  {switch.value.upper()} ", switch) for switch in Switch),
    ],
)
def test_a_line_is_read(line: str, meant: Question | Switch | str) -> None:
    """Commands, mentions, switches and the prompt's few words are told apart; all else goes to the bot alone."""
    assert read(line) == meant


# --- the stage ---


async def test_the_bot_has_no_other_settings_than_the_stage_gives(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither the caller's settings nor a proxy nor a `.env` reach the bot."""
    for name in ("SLACK_SIGNING_SECRET", "SUPEROFFICE_TICKET", "PORT", "LOG_LEVEL", "HTTP_PROXY"):
        monkeypatch.setenv(name, "of another bot")
    tell = "import os; print(sorted(os.environ), os.listdir())"

    with pytest.raises(StageError) as caught:
        async with open_stage([sys.executable, "-c", tell]):
            pytest.fail("no bot, but a stage")

    assert "'SLACK_API_URL', 'SLACK_APP_TOKEN', 'SLACK_BOT_TOKEN', 'SUPEROFFICE_PASSWORD'" in caught.value.log
    assert "'SUPEROFFICE_SERVICES', 'SUPEROFFICE_URL', 'SUPEROFFICE_USERNAME'" in caught.value.log
    assert not any(name in caught.value.log for name in ("SIGNING", "TICKET", "'PORT'", "LOG_LEVEL", "PROXY"))
    assert caught.value.log.endswith("['bot.log']")


async def test_a_bot_that_ends_is_told_with_its_log() -> None:
    """When the bot ends by itself, the error says so and brings the end of the log."""
    complain = "import sys; print(*range(100), sep='\\n'); sys.exit('no such setting')"

    with pytest.raises(StageError, match=r"^The bot ended by itself, with exit code 1\.$") as caught:
        async with open_stage([sys.executable, "-uc", complain]):
            pytest.fail("no bot, but a stage")

    assert caught.value.log.splitlines() == [*map(str, range(81, 100)), "no such setting"]


async def test_a_bot_that_does_not_connect_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """A bot that lives and does not connect is given up after a while."""
    monkeypatch.setattr("playground.stage.CONNECTED_S", 0.1)
    with pytest.raises(StageError, match=r"did not connect to Slack within 0\.1 s"):
        async with open_stage([sys.executable, "-c", "import time; time.sleep(60)"]):
            pytest.fail("no bot, but a stage")


@pytest.mark.parametrize("cancelled", [False, True])
async def test_a_bot_that_does_not_stop_is_killed(cancelled: bool) -> None:
    """A bot that ignores SIGTERM is killed when patience ends, or when a second signal cancels the waiting."""
    stubborn = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print(); time.sleep(60)"
    process = await asyncio.create_subprocess_exec(sys.executable, "-uc", stubborn, stdout=subprocess.PIPE)
    assert process.stdout is not None
    await process.stdout.readline()

    stopping = asyncio.create_task(stop(process, 60 if cancelled else 0.01))
    if cancelled:
        await asyncio.sleep(0)
        stopping.cancel()
    await asyncio.wait([stopping])

    assert process.returncode == -signal.SIGKILL


# --- the play ---


def screen() -> Console:
    return Console(file=io.StringIO(), width=100)


def seen(console: Console) -> str:
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


async def test_a_bot_that_does_not_answer_fails_the_script() -> None:
    """The script waits for an answer for so long, and then says that there is none."""
    async with open_stage() as stage:
        stage.bot.send_signal(signal.SIGSTOP)
        try:
            with pytest.raises(StageError, match="There is no answer in Slack: operation_timeout"):
                await Demo(stage, screen()).script(patience_s=0.2)
        finally:
            stage.bot.send_signal(signal.SIGCONT)


def typing(*lines: str | None) -> Callable[[], Awaitable[str | None]]:
    said = iter(lines)

    async def typed() -> str | None:
        return next(said)

    return typed


async def test_the_prompt_asks_and_switches() -> None:
    """Each line does what it says, and is answered where Kari asked; what she typed is shown literally."""
    console = screen()
    lines = (
        "/who-is-online [bold]?",
        "billing",
        "@who help",
        "later",
        "superoffice slow",
        "superoffice ticket",
        "quit",
    )
    async with open_stage() as stage:
        await Demo(stage, console).prompt(typing(*lines))
        assert trouble(stage.superoffice) is Switch.SLOW
    assert stage.bot.returncode == 0  # the bot is stopped with the stage
    for words in (
        "No topic matches “[bold]?”.",
        "in the acknowledgement, ",
        "as a message, from memory",
        "in its thread, from memory",
        "It is 10:10 in the pretend office.",
        HAPPENS[Switch.SLOW],
        "Every ticket has ended, but first say superoffice ok: it is still at slow.",
    ):
        assert words in seen(console)


async def test_a_slow_answer_is_shown_after_its_promise() -> None:
    """While SuperOffice is slow, both messages are shown: the acknowledgement's, and the answer that follows."""
    console = screen()
    async with open_stage(["env", "PRESENCE_FRESH_S=0", *BOT]) as stage:  # else the roster of its start is still fresh
        stage.superoffice.switches.latency_s = 2.5  # the bot waits for 2 s before it promises
        await Demo(stage, console).prompt(typing("/who-is-online billing", None))
    promise, answer = seen(console).split("in the acknowledgement")
    assert "Katrin Müller" not in promise
    assert "Katrin Müller" in answer
    assert "after the acknowledgement" in answer


# --- the whole, as a person runs it ---


def test_without_a_terminal_it_plays_the_script() -> None:
    """`python -m playground` shows the roster, a topic and the topics, and ends by itself with exit code 0."""
    played = subprocess.run(  # noqa: S603 - our own
        PLAYGROUND, cwd=PROJECT, capture_output=True, text=True, timeout=50, stdin=subprocess.DEVNULL
    )

    assert (played.stderr, played.returncode) == ("", 0)
    _, roster, billing, topics = played.stdout.split("\nKari in ")
    for shown, words in (
        (roster, ("#support: /who-is-online\n", "Only visible to you", "Sigrún Jónsdóttir")),
        (billing, ("#support: /who-is-online billing\n", "Bjørn Dahl")),
        (topics, ("#general: @who topics\n", "Nordic partners", "in its thread")),
    ):
        assert all(each in shown for each in words)
    assert "Ole Hansen" not in billing


class Terminal:
    """The demo in a terminal of its own, and a person who reads before typing."""

    def __init__(self) -> None:
        self._ours, self.theirs = pty.openpty()
        self.process = subprocess.Popen(  # noqa: S603 - our own
            PLAYGROUND, cwd=PROJECT, env=os.environ | {"TERM": "dumb", "COLUMNS": "100"},
            stdin=self.theirs, stdout=self.theirs, stderr=self.theirs,
        )  # fmt: skip
        self._unread = ""

    def read_until(self, words: str) -> str:
        """Everything up to and including these words."""
        ends_at = time.monotonic() + PATIENCE_S
        while words not in self._unread:
            ready, _, _ = select.select([self._ours], [], [], max(ends_at - time.monotonic(), 0))
            assert ready, f"never {words!r}, but {self._unread!r}"
            self._unread += os.read(self._ours, 65536).decode(errors="replace")
        read, _, self._unread = self._unread.partition(words)
        return read + words

    def type(self, line: str) -> None:
        os.write(self._ours, line.encode())

    def close(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        os.close(self._ours)
        os.close(self.theirs)


@pytest.fixture
def terminal() -> Iterator[Terminal]:
    terminal = Terminal()
    yield terminal
    terminal.close()


def test_in_a_terminal_a_person_plays_on(terminal: Terminal) -> None:
    """After the script the page is named, and there is a prompt: it switches and asks, until Ctrl-D."""
    assert "In the browser: http://127.0.0.1:" in terminal.read_until("\n> ")
    terminal.type("superoffice down\n")
    assert HAPPENS[Switch.DOWN] in terminal.read_until("\n> ")
    terminal.type("/who-is-online\n")
    answer = terminal.read_until("\n> ")
    assert "Only visible to you" in answer
    assert "Anna Berg" in answer
    terminal.type("\x04")
    assert terminal.process.wait(PATIENCE_S) == 0


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_the_prompt(terminal: Terminal, number: signal.Signals) -> None:
    """At the prompt a signal is one more way to leave; the terminal is left as it was."""

    def settings() -> list[Any]:
        return termios.tcgetattr(terminal.theirs)

    before = settings()
    terminal.read_until("\n> ")
    terminal.type("half a li")
    terminal.process.send_signal(number)
    assert terminal.process.wait(PATIENCE_S) == 0
    assert settings() == before


def test_a_signal_before_the_end_of_the_script_is_no_success(terminal: Terminal) -> None:
    """Whoever stops the script learns that it was not played to its end."""
    terminal.read_until("the real one.")
    terminal.process.send_signal(signal.SIGTERM)
    assert terminal.process.wait(PATIENCE_S) == 130
