"""What can go wrong, as one tree.

    BotError
    ├─ ConfigError(problems)         every wrong setting at once, by its name in .env
    ├─ SlackError(code)              Slack refuses a token, or cannot be reached, when the bot starts
    └─ SuperOfficeError(reason)      carries advice: one sentence for the person in Slack
       ├─ Unreachable                timeout, refused, reset, 5xx, 429, an HTML page
       ├─ Denied                     credentials, application token, rights; a wrong password is never tried again
       ├─ TicketExpired              handled inside superoffice/, never leaves it
       └─ Unexpected                 a reply that we cannot trust

Advice is for people in Slack; `detail` is for the log and for `check`. Neither ever holds a secret or a reply's text.
"""

from collections.abc import Sequence
from enum import Enum


def N_(text: str) -> str:  # noqa: N802  # gettext's own name for it
    """Mark words for the catalogues. They stay English here and in the log; the views translate them."""
    return text


class Reason(Enum):
    """Why SuperOffice could not answer, fine enough to name the cure; the value completes "SuperOffice …: "."""

    HOST_NOT_FOUND = N_("its host name could not be found")
    REFUSED = N_("it refused the connection")
    NO_ROUTE = N_("there is no way to its host")
    TLS = N_("its certificate could not be trusted")
    TIMEOUT = N_("it did not answer in time")
    BROKEN = N_("the connection broke off")
    BUSY = N_("it asked us to slow down")
    SERVER_ERROR = N_("its web server reported an error")
    PAGE = N_("a web page answered in its place")
    NOT_THERE = N_("its service is not at the configured address")

    PASSWORD = N_("it refused the bot's user name or password")
    APPLICATION_TOKEN = N_("it refused the bot's application token")
    TICKET_ENDED = N_("the bot's ticket has ended")
    NO_RIGHT = N_("the bot's user may not see the chat agents")

    FAILED = N_("it reported an error of its own")
    UNREADABLE = N_("its answer could not be read")
    TOO_LARGE = N_("its answer was too large")


class BotError(Exception):
    """Everything that this product raises on purpose."""


class ConfigError(BotError):
    """Settings are wrong. `problems` has one line for each, naming the setting and never a secret's value."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("; ".join(problems))
        self.problems = tuple(problems)


class SlackError(BotError):
    """Slack did not let the bot start. `code` is Slack's own, as "invalid_auth", or "unreachable".

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

    `reason` tells the causes apart, `detail` adds a fact for the log (a status, an exception's type), `headline` and
    `advice` are for people: what happened, and what to do. `retry_after_s` is how long SuperOffice asked us to wait.
    """

    headline = N_("SuperOffice did not help")
    advice = N_("Please try again in a minute.")

    def __init__(self, reason: Reason, detail: str = "", *, retry_after_s: float = 0.0) -> None:
        super().__init__(reason, detail)
        self.reason = reason
        self.detail = detail
        self.retry_after_s = retry_after_s

    def __str__(self) -> str:
        said = f"{self.headline}: {self.reason.value}"
        return f"{said} ({self.detail})" if self.detail else said


class Unreachable(SuperOfficeError):
    """No SuperOffice answered: time ran out, the line is broken, or something else spoke in its place."""

    headline = N_("SuperOffice is not reachable")
    advice = N_("Please try again in a minute. If it goes on, tell the person who looks after SuperOffice.")


class Denied(SuperOfficeError):
    """SuperOffice said no, and will until somebody changes a setting or a right."""

    headline = N_("SuperOffice does not let the bot in")
    advice = N_("The person who installed this bot can mend it: “who-is-online check” tells them how.")


class TicketExpired(SuperOfficeError):
    """The ticket has ended; the only proof is a refused call. Never leaves `bot.superoffice`."""


class Unexpected(SuperOfficeError):
    """SuperOffice answered something that we cannot trust, so nothing of it is shown."""

    headline = N_("SuperOffice gave no usable answer")
    advice = N_("Please try again in a minute. If it goes on, tell the person who installed this bot.")
