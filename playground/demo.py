"""What is played on the stage: a short script, and then a prompt at which a person plays on."""

import asyncio
import contextlib
import sys
import termios
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum, auto

from rich.console import Console
from rich.text import Text

from playground.netserver_xml import Fault
from playground.show import show
from playground.slack import Delivery, Post
from playground.stage import Stage

COMMAND = "/who-is-online"
MENTION = "@who"
SCRIPT = (COMMAND, f"{COMMAND} billing", f"{MENTION} topics")
SCRIPT_S = 10.0
"""How long the script waits for an answer."""
PROMPT_S = 15.0
"""How long the prompt does, which can make SuperOffice slow: longer than the bot waits for it."""

SLOW_S = 4.0
LATER_MINUTES = 30
WIDEST = 100
_BAR = "  │ "


# --- what a line says ---


@dataclass(frozen=True, slots=True)
class Command:
    """The slash command, with these words."""

    words: str


@dataclass(frozen=True, slots=True)
class Mention:
    """The bot's name in a channel, with these words."""

    words: str


@dataclass(frozen=True, slots=True)
class DirectMessage:
    """These words to the bot alone."""

    words: str


class Switch(Enum):
    """What is done to SuperOffice; the values are the words for it."""

    DOWN = "down"
    UP = "up"
    SLOW = "slow"
    FAST = "fast"
    TICKET = "ticket"
    GARBAGE = "garbage"
    OK = "ok"


class Word(Enum):
    """What is said to the prompt itself."""

    LATER = auto()
    HELP = auto()
    QUIT = auto()
    NOTHING = auto()


@dataclass(frozen=True, slots=True)
class Unknown:
    """Something that cannot be said, and what can be instead."""

    advice: str


Question = Command | Mention | DirectMessage
Line = Question | Switch | Word | Unknown

_WORDS = {"": Word.NOTHING, "later": Word.LATER, "help": Word.HELP, "quit": Word.QUIT, "exit": Word.QUIT}
_SWITCHES = {switch.value: switch for switch in Switch}


def read(line: str) -> Line:
    """Read what a person typed at the prompt."""
    said = line.strip()
    first, *rest = said.split(maxsplit=1) or [""]
    words = "".join(rest)
    match first.casefold():
        case "/who-is-online":
            return Command(words)
        case "@who":
            return Mention(words)
        case "superoffice":
            switch = _SWITCHES.get(words.casefold())
            return switch or Unknown(f"SuperOffice can be made: {', '.join(_SWITCHES)}.")
        case slash if slash.startswith("/"):
            return Unknown(f"The only command here is {COMMAND}.")
        case _:
            return _WORDS.get(said.casefold()) or DirectMessage(said)


HAPPENS = {
    Switch.DOWN: (
        "SuperOffice refuses every connection. When its roster is older than 5 s, the bot says so and shows the old one."
    ),
    Switch.UP: "SuperOffice takes connections again. The bot's next answer is a fresh one.",
    Switch.SLOW: (
        f"SuperOffice takes {SLOW_S:g} s for each answer. Slack waits for 3 s, so the bot answers twice: at once and then."
    ),
    Switch.FAST: "SuperOffice answers at once again.",
    Switch.TICKET: "Every ticket has ended. The bot signs in again by itself, and nobody notices.",
    Switch.GARBAGE: "SuperOffice answers with a web page. The bot does not mistake it for an empty roster.",
    Switch.OK: "SuperOffice is up, quick and well again.",
}

WELCOME = f"Your turn: {COMMAND} orders, {MENTION} all, or plain words to the bot alone. More with help; quit ends."

HELP = f"""\
You are Kari, and ask the bot:
  {COMMAND} [words]   the command, in #support
  {MENTION} [words]             a mention, in #general
  anything else            a direct message
  The words are a topic, such as billing, or all, topics or help.

You change what is around it:
  superoffice down, up     refuses connections; takes them again
  superoffice slow, fast   takes {SLOW_S:g} s for each answer; takes none
  superoffice ticket       ends every ticket
  superoffice garbage      answers with a web page
  superoffice ok           undoes all of this
  later                    {LATER_MINUTES} minutes pass in the pretend office

  help                     shows these lines
  quit, or Ctrl-D          ends the demo

The bot keeps a roster for 5 s before it asks SuperOffice again. When SuperOffice fails, it shows the last
roster with its age until that is 5 minutes old. So a change may take 5 s to show."""


# --- the play ---


class Demo:
    """Asks what people ask, and prints what they would see."""

    def __init__(self, stage: Stage, console: Console) -> None:
        self._stage = stage
        self._console = console
        self._width = min(console.width, WIDEST)

    async def script(self) -> None:
        """Play the script. Raises StageError when an answer fails to come."""
        for line in SCRIPT:
            question = read(line)
            assert isinstance(question, Question)  # noqa: S101 - the script holds nothing else
            self._say(f"\n{self._place(question)}: {line}", "bold")
            await self._ask(question, SCRIPT_S)

    async def prompt(self) -> None:
        """Do what a person types, until they quit."""
        self._say(f"\n{WELCOME}", "dim")
        while (line := await _type("\n> ")) is not None:
            match read(line):
                case Word.QUIT:
                    return
                case Word.HELP:
                    self._say(HELP)
                case Word.LATER:
                    self._stage.superoffice.office.advance(LATER_MINUTES)
                    self._say(f"It is {self._stage.superoffice.office.time} in the pretend office.")
                case Switch() as switch:
                    await self._turn(switch)
                    self._say(HAPPENS[switch])
                case Unknown(advice):
                    self._say(advice)
                case (Command() | Mention() | DirectMessage()) as question:
                    try:
                        await self._ask(question, PROMPT_S)
                    except StageError as error:
                        self.failed(error)

    def failed(self, error: StageError) -> None:
        """Print what went wrong, and the end of the bot's log."""
        self._say(str(error), "red")
        self._say(error.log, "dim")

    async def _turn(self, switch: Switch) -> None:
        superoffice = self._stage.superoffice
        match switch:
            case Switch.DOWN:
                await superoffice.go_down()
            case Switch.UP:
                await superoffice.come_back()
            case Switch.SLOW:
                superoffice.switches.latency_s = SLOW_S
            case Switch.FAST:
                superoffice.switches.latency_s = 0
            case Switch.TICKET:
                superoffice.end_tickets()
            case Switch.GARBAGE:
                superoffice.switches.fault = Fault.HTML_200
            case Switch.OK:
                superoffice.switches.clear()
                await superoffice.come_back()

    async def _ask(self, question: Question, patience_s: float) -> None:
        """Ask, and print every answer as it comes: one, or a promise and then the answer."""
        slack, started = self._stage.slack, time.perf_counter()
        try:
            delivery = await self._send(question, patience_s)
            shown = 0
            while not shown or (shown == 1 and self._is_asked):
                post = await self._next(delivery, shown, patience_s)
                self._show(post, time.perf_counter() - started)
                shown += 1
        except TimeoutError:
            raise self._stage.failure(f"The bot did not answer within {patience_s:g} s.") from None
