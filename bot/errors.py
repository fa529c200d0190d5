"""What can go wrong, as one tree.

    BotError
    ├─ ConfigError(problems)         every wrong setting at once, by its name in .env
    ├─ SlackError(code)              Slack refuses a token, or cannot be reached, when the bot starts
    └─ SuperOfficeError(reason)      SuperOffice could not answer
       ├─ Unreachable                timeout, refused, reset, 5xx, 429, an HTML page
       ├─ Denied                     password, application token, rights; a wrong password is never tried again
       ├─ TicketExpired              handled inside `bot.superoffice`, never leaves it
       └─ Unexpected                 a reply that cannot be trusted

These errors speak to the log. What people are told about them is in `bot.words`. None of them ever holds a secret, or
the text of a reply.
"""

from collections.abc import Sequence
from enum import Enum


class Reason(Enum):
    """Why SuperOffice could not answer, fine enough to name the next step. The value is what the log says."""

    HOST_NOT_FOUND = "host name not found"
    REFUSED = "connection refused"
    NO_ROUTE = "no route to the host"
    TLS = "certificate not trusted"
    TIMEOUT = "no answer in time"
    BROKEN = "connection broken"
    BUSY = "asked to slow down"
    SERVER_ERROR = "error from the web server"
    PAGE = "web page instead of an answer"
    NOT_THERE = "no service at this address"

    PASSWORD = "user name or password refused"
    APPLICATION_TOKEN = "application token refused"
    TICKET_ENDED = "ticket ended"
    NO_RIGHT = "right missing"

    FAILED = "error reported by SuperOffice"
    UNREADABLE = "unreadable answer"
    TOO_LARGE = "answer too large"


class BotError(Exception):
    """The root of the errors below."""


class ConfigError(BotError):
    """Settings are wrong. `problems` has one line for each, naming the setting and never a secret's value.

    `warnings` has a line for each thing beside them that is only doubtful, but may explain a problem.
    """

    def __init__(self, problems: Sequence[str], warnings: Sequence[str] = ()) -> None:
        super().__init__("; ".join(problems))
        self.problems = tuple(problems)
        self.warnings = tuple(warnings)


class SlackError(BotError):
    """Slack refused a call, or could not be reached. `code` is Slack's own, as "invalid_auth", or "unreachable".

    https://docs.slack.dev/reference/methods/auth.test/#errors
    """

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(code, detail)
        self.code = code
        self.detail = detail

    def __str__(self) -> str:
        return f"Slack: {self.code} ({self.detail})" if self.detail else f"Slack: {self.code}"


class SuperOfficeError(BotError):
    """SuperOffice could not answer.

    `reason` tells the causes apart. `detail` adds a fact for the log, such as a status or the name of an exception.
    `retry_after_s` is how long SuperOffice asked us to wait, in seconds.
    """

    def __init__(self, reason: Reason, detail: str = "", *, retry_after_s: float = 0.0) -> None:
        super().__init__(reason, detail)
        self.reason = reason
        self.detail = detail
        self.retry_after_s = retry_after_s

    def __str__(self) -> str:
        return f"{self.reason.value} ({self.detail})" if self.detail else self.reason.value


class Unreachable(SuperOfficeError):
    """SuperOffice did not answer: it took too long, the connection failed, or something else answered in its place."""


class Denied(SuperOfficeError):
    """SuperOffice said no, and will say no until somebody changes a setting or a right."""


class TicketExpired(SuperOfficeError):
    """SuperOffice refused the ticket. Never leaves `bot.superoffice`."""


class Unexpected(SuperOfficeError):
    """SuperOffice answered something that cannot be trusted, so nothing of it is shown."""
