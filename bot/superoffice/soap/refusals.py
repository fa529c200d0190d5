"""What it means when NetServer refuses a call: by what was being done, by its exceptions, and last by their words.

Whether a ticket is renewed is not decided here: one that has ended may be worded in any way.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from bot.errors import Denied, Reason, Refused, SuperOfficeError, Unexpected, Unreachable
from bot.superoffice.soap.rows import SIGN_IN, Operation

_FAULTS: Final[Mapping[str, Reason]] = {
    "ActionNotSupported": Reason.NOT_THERE,
    "DestinationUnreachable": Reason.OTHER_ADDRESS,
    "InvalidSecurity": Reason.MESSAGE_SECURITY,
}
"""WCF's own faults, from before a call reaches NetServer.

https://learn.microsoft.com/dotnet/framework/wcf/specifying-and-handling-faults-in-contracts-and-services
"""

_BREAKDOWNS: Final = frozenset({"", "InternalServiceFault", "DeserializationFailed"})
"""Faults that say that NetServer broke. At a sign-in, any other fault may be a no."""

_DATABASE: Final = re.compile(r"(So)?(Db|Sql|Odbc|OleDb|Oracle)[A-Z]\w*")
_DOTNET: Final = re.compile(r"(System|Microsoft)\.(?!Security\.|Exception$).+|NullReferenceException|TimeoutException")
"""Exceptions of .NET's: something broke. Those of its security may be a no, and a bare Exception may be anything."""

_APPLICATION_TOKEN: Final = re.compile(r"application ?token", re.IGNORECASE)
_SESSION: Final = re.compile(r"session|ticketexpired", re.IGNORECASE)
_NO_RIGHT: Final = re.compile(r"permission|access ?(is |was )?denied|not have the right", re.IGNORECASE)
_SWITCHED_OFF: Final = re.compile(r"licen[cs]e", re.IGNORECASE)
_WRONG_PASSWORD: Final = re.compile(r"\s*authentication failed\s*[!.]?\s*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Problem:
    """An exception as NetServer reports it: its type's full name, and its texts.

    Those may hold anything, so they go nowhere.
    """

    type: str
    texts: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The type's short name; "" if it is no name."""
        name = self.type.rpartition(".")[2]
        return name[:60] if name.isidentifier() else ""


@dataclass(frozen=True, slots=True)
class Report:
    """What NetServer says of a call that it refused: the code of a SOAP fault, or exceptions, the innermost last."""

    problems: tuple[Problem, ...] = ()
    fault: str | None = None

    @property
    def detail(self) -> str:
        """Its names, for the log."""
        if self.fault is not None:
            return f"SOAP fault {self.fault[:40]}" if self.fault.isidentifier() else "SOAP fault"
        ends = dict.fromkeys((*self.problems[:1], *self.problems[-1:]))
        return " from ".join(filter(None, (problem.name for problem in ends)))


def refused(report: Report, operation: Operation[Any]) -> Refused:
    """The error that stands for a refusal of this operation."""
    return Refused(_signing_in(report) if operation is SIGN_IN else _asking(report, operation))


def _asking(report: Report, operation: Operation[Any]) -> SuperOfficeError:
    names = " ".join(problem.name for problem in report.problems)
    if "Sentry" in names:
        return Denied(operation.no_right, report.detail)
    if "FeatureToggle" in names:
        return Denied(Reason.SWITCHED_OFF, report.detail)
    if (broke := _broke(report)) is not None:
        return broke
    if _SESSION.search(names):
        return Denied(Reason.TICKET_REFUSED, report.detail)
    if _says(report, _APPLICATION_TOKEN):
        return Denied(Reason.APPLICATION_TOKEN, report.detail)
    if _says(report, _NO_RIGHT):
        return Denied(operation.no_right, report.detail)
    if _says(report, _SWITCHED_OFF):
        return Denied(Reason.SWITCHED_OFF, report.detail)
    return Unexpected(Reason.FAILED, report.detail)


def _signing_in(report: Report) -> SuperOfficeError:
    """What is not known is called neither a wrong password, nor a breakdown that passes."""
    if (broke := _broke(report)) is not None:
        return broke
    if _says(report, _APPLICATION_TOKEN):
        return Denied(Reason.APPLICATION_TOKEN, report.detail)
    cause = report.problems[-1] if report.problems else Problem("")
    if cause.name == "SoSessionException" and any(map(_WRONG_PASSWORD.fullmatch, cause.texts)):
        return Denied(Reason.PASSWORD, report.detail)
    return Denied(Reason.SIGN_IN_REFUSED, report.detail)


def _broke(report: Report) -> SuperOfficeError | None:
    """The error if NetServer broke, or was not reached, and refused nothing."""
    if report.fault is not None and report.fault in _FAULTS:
        return Unreachable(_FAULTS[report.fault], report.detail)
    if report.fault in _BREAKDOWNS:
        return Unexpected(Reason.FAILED, report.detail)
    if any(_DATABASE.fullmatch(problem.name) for problem in report.problems):
        return Unexpected(Reason.DATABASE, report.detail)
    if report.problems and _DOTNET.fullmatch(report.problems[-1].type):
        return Unexpected(Reason.FAILED, report.detail)
    return None


def _says(report: Report, pattern: re.Pattern[str]) -> bool:
    return any(pattern.search(said) for problem in report.problems for said in (problem.name, *problem.texts))
