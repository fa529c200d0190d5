"""Sign-in on site: a ready ticket, or user name and password."""

import logging
from typing import Final
from urllib.parse import urlsplit

from bot.errors import Denied, Reason, Refused, Unexpected
from bot.limits import Backoff
from bot.superoffice.session import Session
from bot.superoffice.soap.netserver import NetServer, deadline
from bot.superoffice.soap.rows import SIGN_IN
from bot.superoffice.soap.transport import SIGN_IN_S

log = logging.getLogger(__name__)

FIRST_PAUSE_S: Final = 600.0
LONGEST_PAUSE_S: Final = 2250.0
"""The pauses after SuperOffice refused a sign-in: 10, 20, then 30 minutes, each with a random part. Often
tried, an account may lock."""


class ReadyTicket:
    """A ticket that somebody made beforehand. It is good until it ends, and cannot be renewed."""

    cannot_renew = "SUPEROFFICE_TICKET may have ended"

    def __init__(self, ticket: str, *, address: str) -> None:
        self._session = Session(address, ticket)

    async def session(self) -> Session:
        """The session with this ticket."""
        return self._session


class PasswordSignIn:
    """User name and password. A refused password is remembered: trying it again could lock the account.

    After any other refusal the next try waits for `pauses`. A SuperOffice that is down, or breaks, refuses nothing.
    """

    cannot_renew = ""

    def __init__(
        self,
        netserver: NetServer,
        *,
        address: str,
        username: str,
        password: str,
        application_token: str,
        pauses: Backoff,
    ) -> None:
        self._netserver = netserver
        self._address = address
        self._username = username
        self._password = password
        self._application_token = application_token
        self._pauses = pauses
        self._password_refused = False

    async def session(self) -> Session:
        """Sign in. Raises `SuperOfficeError`, and only `Denied` once the password was refused."""
        if self._password_refused:
            raise Denied(Reason.PASSWORD)
        began_s = self._pauses.begin()
        try:
            async with deadline(SIGN_IN_S):
                ticket = await self._ticket()
        except Denied as denied:
            if denied.reason is Reason.PASSWORD:
                self._password_refused = True
                host = urlsplit(self._address).hostname
                log.error("SuperOffice at %s refused the user name or password; not tried again until a restart", host)
            else:
                self._pauses.failed(denied)
            raise
        self._pauses.succeeded(began_s)
        log.info("Signed in to SuperOffice")
        return Session(self._address, ticket)

    async def _ticket(self) -> str:
        try:
            signed_in = await self._netserver.call(
                SIGN_IN,
                Session(self._address),
                application_token=self._application_token,
                UserName=self._username,
                Password=self._password,
            )
        except Refused as refused:
            raise refused.told from None
        if not signed_in.succeeded:
            raise Denied(Reason.PASSWORD)
        if not signed_in.ticket:
            raise Unexpected(Reason.UNREADABLE, "signed in without a ticket")
        return signed_in.ticket
