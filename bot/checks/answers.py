"""What comes from SuperOffice, or from its web server, in place of an answer: the cause and the next step."""

import re
from collections.abc import Mapping
from typing import Final
from urllib.parse import urlsplit

from bot.checks.runner import Failed
from bot.errors import Reason, SuperOfficeError

_FAILED: Final[Mapping[Reason, tuple[str, str]]] = {
    Reason.BUSY: (
        "SuperOffice asks to be asked less often",
        "Wait a while, then raise PRESENCE_FRESH_S so that the bot asks less often.",
    ),
    Reason.BAD_REQUEST: (
        "the web server does not take the request",
        "Check the host in SUPEROFFICE_URL: IIS answers only to the host names that its site is bound to.",
    ),
    Reason.FORBIDDEN: (
        "the web server forbids it",
        "Let this machine in: check the site's IP restrictions, its authorization rules, and the firewall before it.",
    ),
    Reason.TLS_WANTED: ("the web server allows https only", "Write https:// in SUPEROFFICE_URL."),
    Reason.GATEWAY: (
        "the web server is there, but SuperOffice behind it is not",
        "Start NetServer's application pool in IIS, or look at the log of the proxy before it.",
    ),
    Reason.SERVER_ERROR: (
        "the web server reports an error of its own",
        "Look at the log of SuperOffice's web server, or of the proxy before it.",
    ),
    Reason.PAGE: (
        "a web page answers, not NetServer",
        "Check SUPEROFFICE_URL: it ends with /Remote, and needs no sign-in page or proxy before it.",
    ),
    Reason.EMPTY: (
        "the web server answers with nothing",
        "Check SUPEROFFICE_URL, and look at the log of SuperOffice's web server, or of the proxy before it.",
    ),
    Reason.NOT_THERE: (
        "the web server is there, but NetServer is not at this address",
        "Check SUPEROFFICE_URL: it ends with /Remote, and NetServer's web services are installed there.",
    ),
    Reason.NO_POST: (
        "the web server is there, but takes no calls at this address",
        "Check SUPEROFFICE_URL; if it is right, turn on HTTP activation of WCF (Windows features) on the server.",
    ),
    Reason.NO_BINDING: (
        "NetServer offers no SOAP 1.1 at this address",
        "Turn on basicHttpBinding for NetServer's web services: the bot cannot speak wsHttpBinding.",
    ),
    Reason.WEB_SIGN_IN: (
        "the web server asks for a sign-in before NetServer does",
        "In IIS, turn on Anonymous Authentication for Remote: NetServer does its own sign-in.",
    ),
    Reason.OTHER_ADDRESS: (
        "NetServer's services expect another address",
        "Write in SUPEROFFICE_URL the address that they have in IIS, or have the proxy before them keep the host name.",
    ),
    Reason.MESSAGE_SECURITY: (
        "NetServer's services expect signed messages",
        "Set basicHttpBinding without message security for NetServer's web services.",
    ),
    Reason.PASSWORD: (
        "SuperOffice refuses the user name or password",
        "Check SUPEROFFICE_USERNAME and SUPEROFFICE_PASSWORD, and that the account is not locked.",
    ),
    Reason.APPLICATION_TOKEN: (
        "SuperOffice refuses the application token",
        "Check SUPEROFFICE_APPLICATION_TOKEN; SuperOffice gives it to a registered application.",
    ),
    Reason.SIGN_IN_REFUSED: (
        "SuperOffice refuses the bot's sign-in",
        "See in SuperOffice Admin that the bot's user is not locked or expired, and has a licence.",
    ),
    Reason.TICKET_REFUSED: (
        "SuperOffice refuses the ticket that it has just given",
        "Look at NetServer's log; if several servers share the address, see that each knows the tickets of the others.",
    ),
    Reason.NO_RIGHT: (
        "the bot's user may not see the chat agents",
        "Give the bot's user the right to chat in SuperOffice Admin, or use another user.",
    ),
    Reason.NO_RIGHT_TO_TOPICS: (
        "the bot's user may not see the list of topics",
        "Give the bot's user the right to see chat topics, or name the topics in SUPEROFFICE_TOPICS.",
    ),
    Reason.NO_RIGHT_TO_HOURS: (
        "the bot's user may not see the opening hours",
        "Give the bot's user the right to see the opening hours of topics.",
    ),
    Reason.SWITCHED_OFF: (
        "SuperOffice's licence or settings do not allow this",
        "See that Chat and the web services are switched on in SuperOffice, and in its licence.",
    ),
    Reason.FAILED: ("SuperOffice reports an error", "Look at NetServer's log for the time of this check."),
    Reason.DATABASE: (
        "SuperOffice reports an error of its database",
        "See that SuperOffice's database runs; NetServer's log tells more.",
    ),
    Reason.UNREADABLE: (
        "something answers, but not as NetServer does",
        "Check SUPEROFFICE_URL and SUPEROFFICE_SERVICES.",
    ),
    Reason.TOO_LARGE: ("the answer is too large", "Tell us: no roster should be as large as this."),
}

_WITH_READY_TICKET: Final[Mapping[Reason, tuple[str, str]]] = {
    Reason.TICKET_REFUSED: (
        "SuperOffice refuses the ticket",
        "Put a new ticket in SUPEROFFICE_TICKET, or set SUPEROFFICE_USERNAME and _PASSWORD instead.",
    ),
    Reason.FAILED: (
        "SuperOffice reports an error",
        "Look at NetServer's log. If the ticket has ended, put a new one in SUPEROFFICE_TICKET.",
    ),
}
"""What differs for those who brought a ticket."""

_NO_APPLICATION_TOKEN: Final = (
    "SuperOffice asks for an application token",
    "Set SUPEROFFICE_APPLICATION_TOKEN; SuperOffice gives it to a registered application.",
)

_WINDOWS: Final = frozenset({"Negotiate", "NTLM"})


def failed_by(error: SuperOfficeError, url: str, *, has_ticket: bool, has_application_token: bool) -> Failed:
    """What to say of a failure behind the connection. `url`: where SuperOffice should be.

    `has_ticket` and `has_application_token`: whether these are set, because no advice names a setting that is not.
    """
    if error.reason is Reason.REDIRECTED:
        return _redirected(url, error.detail)
    cause, next_step = _FAILED[error.reason]
    if has_ticket and error.reason in _WITH_READY_TICKET:
        cause, next_step = _WITH_READY_TICKET[error.reason]
    if error.reason is Reason.APPLICATION_TOKEN and not has_application_token:
        cause, next_step = _NO_APPLICATION_TOKEN
    if error.reason is Reason.WEB_SIGN_IN and _WINDOWS & set(re.findall(r"\w+", error.detail)):
        cause = "the web server asks for a Windows sign-in before NetServer does"
    return Failed(f"{cause} ({error.detail})" if error.detail else cause, next_step)


def _redirected(url: str, to: str) -> Failed:
    """What to do where the web server sends the bot on. `to`: the address, or "nowhere"."""
    asked, sent = urlsplit(url), urlsplit(to)
    base, services, _ = to.partition("/Services")
    if (
        services
        and (asked.hostname, asked.path.lower()) == (sent.hostname, urlsplit(base).path.lower())
        and base != url
    ):
        step = f"Write {base} in SUPEROFFICE_URL."
    elif services and base != url:
        step = f"If that is your SuperOffice, write {base} in SUPEROFFICE_URL; the bot sends its ticket nowhere else."
    elif services:
        step = "It sends the bot in a circle: look at the rewrite rules of the web server."
    else:
        step = "Check SUPEROFFICE_URL; at that address, no page for signing in may come before NetServer."
    return Failed(f"the web server sends the bot on to {to}", step)
