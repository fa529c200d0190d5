"""Sign-in on site: a ready ticket, or user name and password."""

import logging

from bot.errors import Denied, Reason, TicketExpired, Unexpected
from bot.superoffice.session import Session
from bot.superoffice.soap.netserver import NetServer
from bot.superoffice.soap.rows import SIGN_IN

log = logging.getLogger(__name__)


class ReadyTicket:
    """A ticket that somebody made beforehand. It is good until it ends, and cannot be renewed."""

    def __init__(self, ticket: str, *, address: str) -> None:
        self._session = Session(address, ticket)

    async def session(self, refused: Session | None) -> Session:
        """The session with this ticket. Raises `Denied` once it was refused."""
        if refused == self._session:
            raise Denied(Reason.TICKET_ENDED, "SUPEROFFICE_TICKET cannot be renewed")
        return self._session


class PasswordSignIn:
    """User name and password. A refused password is remembered: trying it again could lock the account."""

    def __init__(
        self, netserver: NetServer, *, address: str, username: str, password: str, application_token: str
    ) -> None:
        self._netserver = netserver
        self._address = address
        self._username = username
        self._password = password
        self._application_token = application_token
        self._password_refused = False

    async def session(self, refused: Session | None) -> Session:  # noqa: ARG002  # every sign-in gives a new ticket
        """Sign in. Raises `SuperOfficeError`, and only `Denied` once the password was refused."""
        if self._password_refused:
            raise Denied(Reason.PASSWORD)
        try:
            signed_in = await self._netserver.call(
                SIGN_IN,
                Session(self._address),
                application_token=self._application_token,
                UserName=self._username,
                Password=self._password,
            )
        except TicketExpired as error:  # no ticket was shown, so it is the password that was refused
            raise Denied(Reason.PASSWORD, error.detail) from None
        if not signed_in.succeeded:
            self._password_refused = True
            raise Denied(Reason.PASSWORD)
        if not signed_in.ticket:
            raise Unexpected(Reason.UNREADABLE, "signed in without a ticket")
        log.info("Signed in to SuperOffice")
        return Session(self._address, signed_in.ticket)
