"""One runner for all checks: each ends with what was found and, if it failed, the next step to take."""

import os
import traceback
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from dataclasses import dataclass
from enum import Enum
from typing import Final


class Verdict(Enum):
    """How a check ended."""

    PASSED = "✓"
    FAILED = "✗"
    SKIPPED = "–"


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of `check`: what was tried, how it ended, the fact or cause and, for a failure, the next step."""

    name: str
    verdict: Verdict
    said: str
    next_step: str = ""


class Failed(Exception):
    """A check failed: what was found, and the next step to take."""

    def __init__(self, said: str, next_step: str) -> None:
        super().__init__(said, next_step)
        self.said = said
        self.next_step = next_step


@dataclass(frozen=True, slots=True)
class Check:
    """Something to try. `run` gives what is well, or raises `Failed`. `needs` names a check that must pass before."""

    name: str
    run: Callable[[], Awaitable[str]]
    needs: str = ""


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
    ours = [frame for frame in frames if f"{os.sep}bot{os.sep}" in frame.filename] or frames
    _, _, file = ours[-1].filename.rpartition(f"{os.sep}bot{os.sep}")
    return f"{type(error).__name__} in bot/{file}, line {ours[-1].lineno}"
