"""What can go wrong, as one tree.

    BotError
    ├─ ConfigError(problems)         every wrong setting at once, by its name in .env
    ├─ SlackError(code)              Slack refuses a token, or cannot be reached, when the bot starts
    └─ SuperOfficeError(reason)      SuperOffice could not answer
       ├─ Unreachable                timeout, refused, reset, 5xx, 429, an HTML page
       ├─ Denied                     password, application token, rights; a wrong password is never tried again
       ├─ Unexpected                 an error of SuperOffice's own, or a reply that cannot be trusted
       └─ Refused(told)              one of these, if the ticket is good; handled inside `bot.superoffice`

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
    NO_CONNECTION = "no connection in time"
    NO_TLS = "no TLS at this port"
    OLD_TLS = "no version or cipher of TLS in common"
    CERTIFICATE_EXPIRED = "certificate expired"
    CERTIFICATE_EARLY = "certificate not valid yet"
    CERTIFICATE_HOST = "certificate of another host"
    CERTIFICATE_OWN = "self-signed certificate"
    TLS = "certificate not trusted"
    CLIENT_CERTIFICATE = "client certificate wanted"
    PROXY = "proxy not reached"
    PROXY_SIGN_IN = "proxy asks for a password"
    PROXY_NO_WAY = "proxy did not reach the host"
    TIMEOUT = "no answer in time"
    BROKEN = "connection broken"
    BUSY = "asked to slow down"
    BAD_REQUEST = "request refused by the web server"
    FORBIDDEN = "forbidden by the web server"
    TLS_WANTED = "only https allowed"
    GATEWAY = "gateway without an answer"
    SERVER_ERROR = "error from the web server"
    PAGE = "web page instead of an answer"
    EMPTY = "empty answer"
    REDIRECTED = "sent to another address"
    NOT_THERE = "no service at this address"
    NO_POST = "no web service at this address"
    NO_BINDING = "no SOAP 1.1 at this address"
    OTHER_ADDRESS = "service expects another address"
    WEB_SIGN_IN = "web server asks for a sign-in"
    MESSAGE_SECURITY = "service expects message security"

    PASSWORD = "user name or password refused"
    SIGN_IN_REFUSED = "sign-in refused"
    APPLICATION_TOKEN = "application token refused"
    TICKET_REFUSED = "ticket refused"
    NO_RIGHT = "no right to see the chat agents"
    NO_RIGHT_TO_TOPICS = "no right to see the topics"
    NO_RIGHT_TO_HOURS = "no right to see the opening hours"
    SWITCHED_OFF = "feature or licence missing"

    FAILED = "error reported by SuperOffice"
    DATABASE = "database error reported by SuperOffice"
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
    """Slack refused a call, or could not be reached. `code` is Slack's own, as "invalid_auth", or one of ours.

    "unreachable": there was no answer; `reason` tells why, if that is known. "not_slack": something else answered.
    `detail` adds a fact for the log. https://docs.slack.dev/reference/methods/auth.test/#errors
    """

    def __init__(self, code: str, detail: str = "", *, reason: Reason | None = None) -> None:
        super().__init__(code, detail)
        self.code = code
        self.detail = detail
        self.reason = reason

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


class Unexpected(SuperOfficeError):
    """SuperOffice answered something that cannot be trusted, so nothing of it is shown."""


class Refused(SuperOfficeError):
    """SuperOffice itself refused a call, perhaps because its ticket has ended. Never leaves `bot.superoffice`.

    `told` is what the refusal means if the ticket is good.
    """

    def __init__(self, told: SuperOfficeError) -> None:
        super().__init__(told.reason, told.detail)
        self.told = told
