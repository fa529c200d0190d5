"""What people are told when something fails or may not be shown, and how old old data is."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from gettext import NullTranslations
from typing import Final

from bot.errors import Reason, SuperOfficeError
from bot.presence.reading import Stale
from bot.words.language import Language


def N_(text: str) -> str:  # noqa: N802  # gettext's own name for it
    """Mark a text for the catalogues; it is translated when it is said."""
    return text


@dataclass(frozen=True, slots=True)
class _Trouble:
    """A kind of trouble: what it is called, and what an agent can do."""

    headline: str
    advice: str


_UNREACHABLE: Final = _Trouble(
    N_("SuperOffice is not reachable"),
    N_("Please try again in a minute. If it goes on, tell the person who looks after SuperOffice."),
)
_IN_TROUBLE: Final = _Trouble(N_("SuperOffice gave no usable answer"), _UNREACHABLE.advice)
_MISREAD: Final = _Trouble(
    _IN_TROUBLE.headline,
    N_("Please try again in a minute. If it goes on, tell the person who installed this bot."),
)
_DENIED: Final = _Trouble(
    N_("SuperOffice does not let the bot in"),
    N_("The person who installed this bot can fix it: “who-is-online check” tells them how."),
)

_LATE: Final = (_UNREACHABLE, N_("it did not answer in time"))
_INSECURE: Final = (_UNREACHABLE, N_("no secure connection to it could be made"))
_UNTRUSTED: Final = (_UNREACHABLE, N_("its certificate could not be trusted"))
_PROXY: Final = (_UNREACHABLE, N_("the proxy on the way to it failed"))
_ELSEWHERE: Final = (_UNREACHABLE, N_("its service is not at the configured address"))
_REFUSED: Final = (_DENIED, N_("its web server refused the request"))
_WEB_SERVER: Final = (_IN_TROUBLE, N_("its web server reported an error"))
_UNREADABLE: Final = (_MISREAD, N_("its answer could not be read"))

_REASONS: Final[Mapping[Reason, tuple[_Trouble, str]]] = {
    Reason.HOST_NOT_FOUND: (_UNREACHABLE, N_("its host name could not be found")),
    Reason.REFUSED: (_UNREACHABLE, N_("it refused the connection")),
    Reason.NO_ROUTE: (_UNREACHABLE, N_("there is no way to its host")),
    Reason.NO_CONNECTION: _LATE,
    Reason.NO_TLS: _INSECURE,
    Reason.OLD_TLS: _INSECURE,
    Reason.CERTIFICATE_EXPIRED: _UNTRUSTED,
    Reason.CERTIFICATE_EARLY: _UNTRUSTED,
    Reason.CERTIFICATE_HOST: _UNTRUSTED,
    Reason.CERTIFICATE_OWN: _UNTRUSTED,
    Reason.TLS: _UNTRUSTED,
    Reason.CLIENT_CERTIFICATE: _INSECURE,
    Reason.PROXY: _PROXY,
    Reason.PROXY_SIGN_IN: _PROXY,
    Reason.PROXY_NO_WAY: _PROXY,
    Reason.TIMEOUT: _LATE,
    Reason.BROKEN: (_UNREACHABLE, N_("the connection broke off")),
    Reason.BUSY: (_IN_TROUBLE, N_("it asked us to slow down")),
    Reason.BAD_REQUEST: _REFUSED,
    Reason.FORBIDDEN: _REFUSED,
    Reason.TLS_WANTED: _REFUSED,
    Reason.GATEWAY: _WEB_SERVER,
    Reason.SERVER_ERROR: _WEB_SERVER,
    Reason.PAGE: (_UNREACHABLE, N_("a web page answered in its place")),
    Reason.EMPTY: _UNREADABLE,
    Reason.REDIRECTED: _ELSEWHERE,
    Reason.NOT_THERE: _ELSEWHERE,
    Reason.NO_POST: _ELSEWHERE,
    Reason.NO_BINDING: _ELSEWHERE,
    Reason.OTHER_ADDRESS: _ELSEWHERE,
    Reason.WEB_SIGN_IN: (_DENIED, N_("its web server asks for a sign-in")),
    Reason.MESSAGE_SECURITY: (_DENIED, N_("its web server asks for a sign-in")),
    Reason.PASSWORD: (_DENIED, N_("it refused the bot's user name or password")),
    Reason.SIGN_IN_REFUSED: (_DENIED, N_("it refused the bot's sign-in")),
    Reason.APPLICATION_TOKEN: (_DENIED, N_("it refused the bot's application token")),
    Reason.TICKET_REFUSED: (_DENIED, N_("it refused the bot's sign-in")),
    Reason.NO_RIGHT: (_DENIED, N_("the bot's user may not see the chat agents")),
    Reason.NO_RIGHT_TO_TOPICS: (_DENIED, N_("the bot's user may not see the topics")),
    Reason.NO_RIGHT_TO_HOURS: (_DENIED, N_("the bot's user may not see the opening hours")),
    Reason.SWITCHED_OFF: (_DENIED, N_("its licence or settings do not allow this")),
    Reason.FAILED: (_IN_TROUBLE, N_("it reported an error of its own")),
    Reason.DATABASE: (_IN_TROUBLE, N_("it reported an error of its own")),
    Reason.UNREADABLE: _UNREADABLE,
    Reason.TOO_LARGE: (_MISREAD, N_("its answer was too large")),
}
"""What each reason is said to be, below the headline that fits it."""


class FailureWords:
    """What is said in place of an answer, or before an old one."""

    def __init__(self, catalogue: NullTranslations, language: Language) -> None:
        self._ = catalogue.gettext
        self._language = language

    def cause(self, error: SuperOfficeError) -> str:
        """What went wrong: "SuperOffice is not reachable: it did not answer in time"."""
        trouble, reason = _REASONS[error.reason]
        return f"{self._(trouble.headline)}: {self._(reason)}"

    def failed(self, error: SuperOfficeError) -> str:
        """What to say when there is no snapshot to show: what happened, what to do, and who can do it."""
        sorry = self._("I can't say who is online.")
        trouble, _ = _REASONS[error.reason]
        return f"{sorry} {self.cause(error)}. {self._(trouble.advice)}"

    def stale(self, reading: Stale, at: str) -> str:
        """What an old roster says first. `at` is the time it was taken, as its readers see it."""
        said = self._("{happened} This is from {time}, {ago}.")
        return said.format(happened=f"{self.cause(reading.because)}.", time=at, ago=self.ago(reading.age_minutes))

    def ago(self, minutes: int) -> str:
        """How long ago something was, as people say it: "4 minutes ago"."""
        if minutes < 1:
            return self._("less than a minute ago")
        from babel.dates import format_timedelta  # 60 ms to import; `who` rarely needs it

        # Babel rounds to the nearest hour, so whole hours are passed: nothing is called older than it is.
        past = -timedelta(minutes=minutes if minutes < 60 else minutes // 60 * 60)
        return format_timedelta(past, granularity="minute", threshold=1, add_direction=True, locale=self._language.cldr)

    def slow(self) -> str:
        """The answer takes longer than Slack waits for an acknowledgement, whoever is slow.

        It may stay above the answer for ever, so it is true then too.
        """
        return self._("One moment, please. The answer follows; if it doesn't, please ask again.")

    def incident(self, incident_id: str) -> str:
        """Something is wrong with the bot itself; the id finds it in the log."""
        said = self._(
            "Sorry, something went wrong in me, not in SuperOffice, so I can't say who is online. "
            "Please tell the person who installed this bot about incident {id}."
        )
        return said.format(id=incident_id)

    def guest(self) -> str:
        """Why a guest of the workspace is shown no names."""
        return self._("I show who is online to full members of this workspace only, so please ask one of them.")

    def outsider(self) -> str:
        """Why a person of another company is shown no names."""
        return self._("I show who is online only to people of the company that I work for.")

    def shared_channel(self) -> str:
        """Why nothing is said to everybody in a channel that Slack calls shared."""
        return self._(
            "This channel is shared with another company, or about to be, so I don't show here who is online."
        )

    def instead(self) -> str:
        """What people can do where a mention is not answered."""
        return self._("Type the command instead: its answer is visible to you alone.")

    def unknown_person(self) -> str:
        """Slack did not say whether the person may be shown names."""
        return self._(
            "Slack didn't tell me who you are, so I can't show you who is online. Please try again in a minute."
        )

    def unknown_channel(self) -> str:
        """Why nothing is said to everybody in a channel of which Slack does not say whose it is."""
        return self._(
            "I can't tell whether people of other companies are in this channel, so I don't share names here."
        )

    def outdated(self) -> str:
        """The control that was clicked comes from another version of the bot."""
        return self._("This message is from another version of me. Please ask again.")
