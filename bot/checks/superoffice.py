"""Whether SuperOffice is there, lets the bot in, and tells who is online."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from typing import Final

from bot import bootstrap
from bot.bootstrap import SuperOffice
from bot.checks.runner import Check, Failed
from bot.clock import Clock
from bot.errors import Reason, SuperOfficeError
from bot.settings import Settings
from bot.superoffice.names import TopicNames
from bot.words import words_in
from bot.words.language import Language

_NEXT_STEP: Final[Mapping[Reason, str]] = {
    Reason.HOST_NOT_FOUND: "Check the host name in SUPEROFFICE_URL, and this machine's DNS.",
    Reason.REFUSED: "Check the host and port in SUPEROFFICE_URL, that SuperOffice runs, and the firewall between.",
    Reason.NO_ROUTE: "Check SUPEROFFICE_URL, and this machine's network.",
    Reason.TLS: "Give the server a valid certificate, or this machine its authority (SSL_CERT_FILE: see the README).",
    Reason.TIMEOUT: "Check that SuperOffice runs, and the firewall; if it is just slow, raise SUPEROFFICE_TIMEOUT_S.",
    Reason.BROKEN: "Try again; if it goes on, look at the web server's or proxy's log.",
    Reason.BUSY: "Wait a while, then raise PRESENCE_FRESH_S so that the bot asks less often.",
    Reason.SERVER_ERROR: "Look at the log of SuperOffice's web server, or of the proxy before it.",
    Reason.PAGE: "Check SUPEROFFICE_URL: it ends with /Remote, and needs no sign-in page or proxy before it.",
    Reason.NOT_THERE: "Check SUPEROFFICE_URL: it ends with /Remote, and NetServer's web services are installed there.",
    Reason.WEB_SIGN_IN: "In IIS, allow anonymous access to NetServer's web services: NetServer does its own sign-in.",
    Reason.OTHER_ADDRESS: "Set SUPEROFFICE_URL to the address that NetServer's services have in IIS, or fix the proxy.",
    Reason.MESSAGE_SECURITY: "Offer NetServer's web services over BasicHttpBinding without message security.",
    Reason.PASSWORD: "Check SUPEROFFICE_USERNAME and SUPEROFFICE_PASSWORD, and that the account is not locked.",
    Reason.APPLICATION_TOKEN: "Check SUPEROFFICE_APPLICATION_TOKEN; SuperOffice gives it to a registered application.",
    Reason.SIGN_IN_REFUSED: "See in SuperOffice Admin that the bot's user is not locked or expired, and has a licence.",
    Reason.TICKET_REFUSED: "Look at NetServer's log: it refused the ticket that it had just given.",
    Reason.NO_RIGHT: "Give the bot's user the right to chat in SuperOffice Admin, or use another user.",
    Reason.NO_RIGHT_TO_TOPICS: "Give the bot's user the right to see chat topics, or name them in SUPEROFFICE_TOPICS.",
    Reason.NO_RIGHT_TO_HOURS: "Give the bot's user the right to see the topics' opening hours.",
    Reason.SWITCHED_OFF: "See that Chat and the web services are switched on in SuperOffice, and in its licence.",
    Reason.FAILED: "Look at NetServer's log for the time of this check.",
    Reason.DATABASE: "See that SuperOffice's database runs; NetServer's log tells more.",
    Reason.UNREADABLE: "Check SUPEROFFICE_URL and SUPEROFFICE_SERVICES; something answers, but not as NetServer does.",
    Reason.TOO_LARGE: "Tell us: no roster should be as large as this.",
}


_WITH_A_READY_TICKET: Final[Mapping[Reason, str]] = {
    Reason.TICKET_REFUSED: "Put a new ticket in SUPEROFFICE_TICKET, or set SUPEROFFICE_USERNAME and _PASSWORD instead.",
    Reason.FAILED: "Look at NetServer's log; if the ticket has ended, put a new one in SUPEROFFICE_TICKET.",
}
"""The next steps of those who brought a ticket, where they differ."""

_WITHOUT_APPLICATION_TOKEN: Final = (
    "Set SUPEROFFICE_APPLICATION_TOKEN; SuperOffice gives it to a registered application."  # noqa: S105  # no secret
)


REACHABLE: Final = "SuperOffice reachable"
SIGN_IN: Final = "SuperOffice sign-in"
PRESENCE: Final = "Chat presence"
TOPIC_NAMES: Final = "Topic names"


class SuperOfficeChecks:
    """Tries SuperOffice with these settings."""

    def __init__(self, settings: Settings, superoffice: SuperOffice, clock: Clock) -> None:
        self._settings = settings
        self._superoffice = superoffice
        self._clock = clock

    def checks(self) -> Sequence[Check]:
        """What is tried, in order."""
        return (
            Check(REACHABLE, self._reach),
            Check(SIGN_IN, self._sign_in, needs=REACHABLE),
            Check(PRESENCE, self._presence, needs=SIGN_IN),
            Check(TOPIC_NAMES, self._topic_names, needs=PRESENCE),
        )

    async def _reach(self) -> str:
        async with self._failing():
            await self._superoffice.api.reach()
        return f"NetServer's Services{self._settings.superoffice_services} answer"

    async def _sign_in(self) -> str:
        async with self._failing():
            await self._superoffice.api.sign_in()
        if self._settings.superoffice_ticket:
            return "a ready ticket, tried next"
        return f"as {self._settings.superoffice_username}"

    async def _presence(self) -> str:
        async with self._failing():
            agents = await self._superoffice.api.presence()
        return f"{len(agents)} agents, {sum(agent.present for agent in agents)} of them present"

    async def _topic_names(self) -> str:
        try:
            async with self._failing():
                listed = await self._superoffice.api.topic_names()
                return f"{len(TopicNames(listed, {}).in_use)} topics"
        except Failed:
            if self._settings.superoffice_topics:
                return "the server's list cannot be read; those of SUPEROFFICE_TOPICS serve"
            raise

    @asynccontextmanager
    async def _failing(self) -> AsyncIterator[None]:
        """Turn what SuperOffice raises into a failed check."""
        try:
            yield
        except SuperOfficeError as error:
            cause = words_in(Language.ENGLISH).failures.cause(error)
            said = f"{cause} ({error.detail})" if error.detail else cause
            raise Failed(said, await self._next_step(error)) from None

    async def _next_step(self, error: SuperOfficeError) -> str:
        if error.reason is Reason.NOT_THERE:
            for number in {86, 87, 88} - {self._settings.superoffice_services}:
                other = replace(self._settings, superoffice_services=number)
                with suppress(SuperOfficeError):
                    async with bootstrap.open_superoffice(other, self._clock) as superoffice:
                        await superoffice.api.reach()
                        return f"Services{number} answer there: set SUPEROFFICE_SERVICES={number}."
        if self._settings.superoffice_ticket is not None and error.reason in _WITH_A_READY_TICKET:
            return _WITH_A_READY_TICKET[error.reason]
        if error.reason is Reason.APPLICATION_TOKEN and self._settings.superoffice_application_token is None:
            return _WITHOUT_APPLICATION_TOKEN
        return _NEXT_STEP[error.reason]
