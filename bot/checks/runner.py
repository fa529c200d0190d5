"""One runner for all checks: each ends with what was found and, if it failed, the next step to take."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from dataclasses import dataclass
from enum import Enum


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


async def run_checks(checks: Iterable[Check]) -> AsyncIterator[Finding]:
    """Try everything in order. What needs a check that failed, or was skipped, is skipped."""
    failed_because: dict[str, str] = {}
    for check in checks:
        if cause := failed_because.get(check.needs):
            failed_because[check.name] = cause
            yield Finding(check.name, Verdict.SKIPPED, f"not tried: it needs “{cause}”")
            continue
        try:
            said = await check.run()
        except Warned as warning:
            yield Finding(check.name, Verdict.WARNED, warning.said, warning.next_step)
        except Failed as failure:
            failed_because[check.name] = check.name
            yield Finding(check.name, Verdict.FAILED, failure.said, failure.next_step)
        else:
            yield Finding(check.name, Verdict.PASSED, said)
