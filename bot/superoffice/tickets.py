"""The ways to get a ticket, and the one ticket that all calls share.

A ticket ends without notice (idle for hours, a server's restart, a new password). The only proof is a refused call.
https://docs.superoffice.com/en/authentication/onsite/sosession/using-soap.html
"""

import asyncio
import logging
from typing import Protocol

from bot.errors import Denied, Reason, TicketExpired, Unexpected
from bot.superoffice.transport import NetServer, Secrets

log = logging.getLogger(__name__)


class SignIn(Protocol):
    """A way in."""

    async def ticket(self, refused: str | None) -> str:
        """A ticket other than the `refused` one. Raises `Denied` where there is none, else `SuperOfficeError`."""
        ...


class ReadyTicket:
    """A ticket that somebody made beforehand. It is good until it ends, and cannot be renewed."""

    def __init__(self, ticket: str) -> None:
        self._ticket = ticket

    async def ticket(self, refused: str | None) -> str:
        """The ticket. Raises `Denied` to one who has just seen it refused."""
        if refused == self._ticket:
            raise Denied(Reason.TICKET_ENDED, "SUPEROFFICE_TICKET cannot be renewed")
        return self._ticket


class PasswordSignIn:
    """User name and password, on site. A refused password is remembered: to try again would lock the account."""

    def __init__(self, netserver: NetServer, *, username: str, password: str, application_token: str) -> None:
        self._netserver = netserver
        self._username = username
        self._password = password
        self._secrets = Secrets(application_token=application_token)
        self._password_refused = False

    async def ticket(self, refused: str | None) -> str:  # noqa: ARG002  # every sign-in gives a new ticket
        """Sign in. Raises `SuperOfficeError`; `Denied` for good once the password was refused."""
        if self._password_refused:
            raise Denied(Reason.PASSWORD)
        try:
            return await self._authenticate()
        except TicketExpired as error:  # no ticket was shown, so it is the password that was refused
            raise Denied(Reason.PASSWORD, error.detail) from None

    async def _authenticate(self) -> str:
        """One sign-in. A wrong password is `AuthenticationSucceeded=false` on a call that succeeded, not a fault.

        https://docs.superoffice.com/en/api/reference/soap/Services86/SoPrincipal/AuthenticateUsernamePassword.html
        """
        reply = await self._netserver.call(
            "SoPrincipal",
            "AuthenticateUsernamePassword",
            self._secrets,
            UserName=self._username,
            Password=self._password,
        )
        if reply.AuthenticationSucceeded is None:
            raise Unexpected(Reason.UNREADABLE, "neither signed in nor refused")
        if not reply.AuthenticationSucceeded:
            self._password_refused = True
            raise Denied(Reason.PASSWORD)
        ticket = reply.Credentials.Ticket if reply.Credentials else None
        if not ticket:
            raise Unexpected(Reason.UNREADABLE, "signed in without a ticket")
        log.info("Signed in to SuperOffice")
        return str(ticket)


class RenewingTicket:
    """The ticket of all calls. However many callers find it ended, one of them signs in and the others wait."""

    def __init__(self, sign_in: SignIn) -> None:
        self._sign_in = sign_in
        self._lock = asyncio.Lock()
        self._ticket: str | None = None

    async def current(self, *, refused: str | None = None) -> str:
        """A ticket other than the `refused` one. Raises `SuperOfficeError`."""
        async with self._lock:
            if self._ticket is None or self._ticket == refused:
                self._ticket = None
                self._ticket = await self._sign_in.ticket(refused)
            return self._ticket
