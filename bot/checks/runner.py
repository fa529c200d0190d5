"""One runner for all checks: each ends with what was found and, if it failed, the next step to take."""

import traceback
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Final


class Verdict(Enum):
    """How a check ended."""

    PASSED = "✓"
    WARNED = "!"
    FAILED = "✗"
    SKIPPED = "–"


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of `check`: what was tried, how it ended, the fact or cause and, unless all is well, the next step."""

    name: str
    verdict: Verdict
    said: str
    next_step: str = ""


class _NotWell(Exception):
    """What was found, and the next step to take."""

    def __init__(self, said: str, next_step: str) -> None:
        super().__init__(said, next_step)
        self.said = said
        self.next_step = next_step


class Failed(_NotWell):
    """A check failed."""


class Warned(_NotWell):
    """Nothing fails, but something is doubtful that only a person can judge."""


@dataclass(frozen=True, slots=True)
class Check:
    """Something to try. `run` gives what is well, or raises `Failed` or `Warned`.

    `needs` names a check that may not fail before.
    """

    name: str
    run: Callable[[], Awaitable[str]]
    needs: str = ""


_BOT: Final = Path(__file__).parents[1]

REPORT: Final = "Please report this line to those who make the bot, with the version: who-is-online --version."


async def run_checks(checks: Iterable[Check]) -> AsyncIterator[Finding]:
    """Try everything in order. What needs a check that failed, or was skipped, is skipped.

    An error that nobody expected fails its check alone.
    """
    failed_because: dict[str, str] = {}
    for check in checks:
        if cause := failed_because.get(check.needs):
            failed_because[check.name] = cause
            yield Finding(check.name, Verdict.SKIPPED, f"not tried, because “{cause}” failed")
            continue
        try:
            said = await check.run()
        except Warned as warning:
            yield Finding(check.name, Verdict.WARNED, warning.said, warning.next_step)
        except Failed as failure:
            failed_because[check.name] = check.name
            yield Finding(check.name, Verdict.FAILED, failure.said, failure.next_step)
        except Exception as error:  # noqa: BLE001  # not hidden: it is told in full, but for its text
            failed_because[check.name] = check.name
            yield Finding(check.name, Verdict.FAILED, f"a fault in the bot itself: {_place(error)}", REPORT)
        else:
            yield Finding(check.name, Verdict.PASSED, said)


def _place(error: Exception) -> str:
    """The kind of error and where it arose, as "KeyError in bot/checks/slack.py, line 97": its text may be a secret."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if Path(frame.filename).is_relative_to(_BOT)] or frames
    file = Path(ours[-1].filename)
    shown = file.relative_to(_BOT.parent).as_posix() if file.is_relative_to(_BOT) else file.name
    return f"{type(error).__name__} in {shown}, line {ours[-1].lineno}"
