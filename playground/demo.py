"""What is played on the stage: a short script, and then a prompt at which a person plays on."""

import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum

from rich.console import Console
from rich.text import Text

from playground.netserver_xml import Fault
from playground.show import show
from playground.slack import BOT_USER, Delivery, Post
from playground.stage import Stage, StageError
from playground.superoffice import NetServer

SCRIPT_S = 10.0  # how long an answer may take in the script
PROMPT_S = 15.0  # and at the prompt, where SuperOffice may be slow; longer than the bot's own timeout
SLOW_S = 4.0
LATER_MINUTES = 30
WIDEST = 100
BAR = "  │ "

ASKER, SUPPORT, GENERAL = "U0ASKER01", "C0SUPPORT", "C0GENERAL"


class How(Enum):
    """How Kari asks; the values are the lines' first words."""

    COMMAND = "/who-is-online"
    MENTION = "@who"
    DIRECT_MESSAGE = ""


@dataclass(frozen=True, slots=True)
class Question:
    """What Kari asks the bot."""

    how: How
    words: str = ""

    def __str__(self) -> str:
        return f"{self.how.value} {self.words}".strip()


class Switch(Enum):
    """What is done to SuperOffice; the values are the words for it."""

    DOWN = "down"
    SLOW = "slow"
    GARBAGE = "garbage"
    TICKET = "ticket"
    OK = "ok"


SWITCHES = {switch.value: switch for switch in Switch} | {"up": Switch.OK}

HAPPENS = {
    Switch.DOWN: "SuperOffice now refuses connections. Once its roster is 5 s old, the bot shows it with its age.",
    Switch.SLOW: f"SuperOffice now takes {SLOW_S:g} s to answer. The bot says so in time, and answers later.",
    Switch.GARBAGE: "SuperOffice now answers with a web page. The bot does not take it for an empty roster.",
    Switch.TICKET: "Every ticket has ended. The bot signs in again; nobody notices.",
    Switch.OK: "SuperOffice is well again. The bot needs no restart.",
}

SCRIPT = (Question(How.COMMAND), Question(How.COMMAND, "billing"), Question(How.MENTION, "topics"))

WELCOME = """\
Your turn. Ask the bot, as with /who-is-online billing, or change SuperOffice, as with superoffice down.
Type help for more, quit to end."""

HELP = f"""\
/who-is-online [words]   Kari's command in #support
@who [words]             Kari's mention of the bot in #general
anything else            Kari's direct message to the bot
                         The words: a topic such as billing, or all, topics, help.

superoffice down         refuses connections
superoffice slow         takes {SLOW_S:g} s to answer
superoffice garbage      answers with a web page
superoffice ticket       ends every ticket
superoffice ok           is well again
later                    {LATER_MINUTES} minutes pass in the pretend office: agents come and go

help                     shows these lines
quit, Ctrl-D             ends the demo

The bot shows a roster for 5 s before it asks SuperOffice again, so a change may take 5 s to show.
While SuperOffice fails, it shows the last roster with its age, for 5 minutes."""


def read(line: str) -> Question | Switch | str:
    """Read what a person typed: a question, a switch, or a word to the prompt: help, later, quit or a complaint."""
    said = line.strip()
    first, _, words = (part.strip() for part in said.partition(" "))
    match first.casefold():
        case How.COMMAND.value | How.MENTION.value as how:
            return Question(How(how), words)
        case "superoffice":
            return SWITCHES.get(words.casefold()) or f"After superoffice, say one of: {', '.join(SWITCHES)}."
        case command if command.startswith("/"):
            return f"The only command here is {How.COMMAND.value}."
        case "who-is-online":
            return f"A command begins with a slash: {Question(How.COMMAND, words)}"
        case word if not words and word in SWITCHES:
            return f"To change SuperOffice, type: superoffice {word}"
        case "?" if not words:
            return "help"
        case word if not words and word in ("", "help", "later", "quit", "exit"):
            return word
        case _:
            return Question(How.DIRECT_MESSAGE, said)


class Demo:
    """Asks what people ask, and prints what they would see."""

    def __init__(self, stage: Stage, console: Console) -> None:
        self._slack = stage.slack
        self._superoffice = stage.superoffice
        self._failure = stage.failure
        self._console = console
        self._width = min(console.width, WIDEST)

    async def script(self, patience_s: float = SCRIPT_S) -> None:
        """Play the script. Raises StageError if an answer does not come in time."""
        for question in SCRIPT:
            place = SUPPORT if question.how is How.COMMAND else GENERAL
            self._say(f"\n{self._slack.name_of(ASKER)} in #{self._slack.name_of(place)}: {question}", "bold")
            await self._ask(question, patience_s)

    async def prompt(self, typed: Callable[[], Awaitable[str | None]]) -> None:
        """Do what a person types, until they quit."""
        self._say(f"\n{WELCOME}")
        while (line := await typed()) is not None:
            match read(line):
                case "quit" | "exit":
                    return
                case "help":
                    self._say(HELP)
                case "later":
                    self._superoffice.office.advance(LATER_MINUTES)
                    self._say(
                        f"It is {self._superoffice.office.time} in the pretend office. Agents have come and gone."
                    )
                case Switch() as switch:
                    await turn(self._superoffice, switch)
                    fault = trouble(self._superoffice)
                    if switch is Switch.TICKET and fault is not Switch.OK:
                        self._say(
                            f"Every ticket has ended, but first say superoffice ok: it is still at {fault.value}."
                        )
                    else:
                        self._say(HAPPENS[switch])
                case Question() as question:
                    try:
                        await self._ask(question, PROMPT_S)
                    except StageError as error:
                        print_failure(self._console, error)
                case str(complaint):
                    self._say(complaint)

    # --- a question and its answers ---

    async def _ask(self, question: Question, patience_s: float) -> None:
        """Ask, and print what is answered: at once, or a promise and then the answer."""
        started, asked = time.perf_counter(), self._times_asked
        try:
            delivery = await self._send(question, patience_s)
            shown = 0
            # While SuperOffice is still being asked, the first answer was a promise.
            while shown == 0 or (shown == 1 and self._superoffice.in_flight.total()):
                post = await self._answer(delivery, shown, patience_s)
                source = "after asking SuperOffice" if self._times_asked > asked else "from memory"
                self._show(post, f"answered in {_duration(time.perf_counter() - started)}, {_way(post)}, {source}")
                shown += 1
        except TimeoutError:
            raise self._failure(f"The bot did not answer within {patience_s:g} s.") from None

    @property
    def _times_asked(self) -> int:
        return self._superoffice.count("GetChatPresence")

    async def _send(self, question: Question, timeout_s: float) -> Delivery:
        words = escaped(question.words)
        match question.how:
            case How.COMMAND:
                return await self._slack.command(words, user=ASKER, channel=SUPPORT, timeout_s=timeout_s)
            case How.MENTION:
                return await self._slack.mention(words, user=ASKER, channel=GENERAL, timeout_s=timeout_s)
            case How.DIRECT_MESSAGE:
                return await self._slack.direct_message(words, user=ASKER, timeout_s=timeout_s)

    async def _answer(self, delivery: Delivery, shown: int, timeout_s: float) -> Post:
        """Wait for the next answer. Raises StageError if Slack refuses it or has waited too long."""
        await self._slack.until(lambda: len(delivery.posts) > shown or delivery.refused, timeout_s=timeout_s)
        if delivery.refused:
            raise self._failure(f"There is no answer in Slack: {delivery.refused[0].error}.")
        return delivery.posts[shown]

    # --- the screen ---

    def _show(self, post: Post, footer: str) -> None:
        timezone = datetime.now(UTC).astimezone().tzinfo or UTC
        width, names = self._width - len(BAR), self._slack.name_of
        seen = show(post.text, post.blocks, width=width, timezone=timezone, name_of=names)
        note = "  Only visible to you" if post.ephemeral else "  in the thread" if post.thread_ts else ""
        self._frame(Text(names(BOT_USER) or "", "bold cyan") + Text(note, "dim"))
        for line in seen.splitlines():
            self._frame(Text(line))
        self._say(f"  {footer}", "dim")

    def _frame(self, line: Text) -> None:
        self._console.print(Text(BAR, "cyan") + line, soft_wrap=True)

    def _say(self, text: str, style: str = "") -> None:
        self._console.print(Text(text, style), soft_wrap=True)


async def turn(superoffice: NetServer, switch: Switch) -> None:
    """Do to SuperOffice what the switch says. Of down, slow and garbage there is one at a time."""
    if switch is Switch.TICKET:
        superoffice.end_tickets()
        return
    superoffice.switches.clear()
    if switch is Switch.DOWN:
        await superoffice.go_down()
        return
    await superoffice.come_back()
    if switch is Switch.SLOW:
        superoffice.switches.latency_s = SLOW_S
    elif switch is Switch.GARBAGE:
        superoffice.switches.fault = Fault.HTML_200


def trouble(superoffice: NetServer) -> Switch:
    """Say which switch SuperOffice is at: down, slow, garbage or ok."""
    if not superoffice.is_up:
        return Switch.DOWN
    if superoffice.switches.latency_s:
        return Switch.SLOW
    return Switch.GARBAGE if superoffice.switches.fault else Switch.OK


def print_failure(console: Console, error: StageError) -> None:
    """Print what went wrong, and the end of the bot's log."""
    console.print(Text(str(error), "red"), soft_wrap=True)
    console.print(Text(f"The end of the bot's log:\n{error.log}" if error.log else "The bot's log is empty.", "dim"))


def _way(post: Post) -> str:
    match post.via:
        case "ack":
            return "in the acknowledgement"
        case "response_url":
            return "after the acknowledgement"
        case _:
            return "in its thread" if post.thread_ts else "as a message"


def _duration(seconds: float) -> str:
    return f"{seconds:.1f} s" if seconds >= 1 else f"{max(round(seconds * 1000), 1)} ms"


def escaped(words: str) -> str:
    """Write words as Slack sends them: https://docs.slack.dev/messaging/formatting-message-text#escaping."""
    return words.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
