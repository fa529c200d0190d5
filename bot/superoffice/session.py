"""The session that all calls share: what lets them in, and the address they go to.

A ticket ends without notice: after 6 idle hours, a server's restart, or a change of password. The only sign of it is a
refused call. https://docs.superoffice.com/en/authentication/onsite/sosession/using-soap.html
"""

import asyncio
from dataclasses import dataclass, field
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Session:
    """A way to call SuperOffice: at this address, with this ticket; "" is no ticket."""

    address: str
    ticket: str = field(default="", repr=False)


class SignIn(Protocol):
    """A way in."""

    async def session(self, refused: Session | None) -> Session:
        """A session other than the `refused` one. Raises `Denied` if there is none, and other `SuperOfficeError`s."""
        ...


class SharedSession:
    """The session of all calls. However many callers find it ended, one of them signs in and the others wait."""

    def __init__(self, sign_in: SignIn) -> None:
        self._sign_in = sign_in
        self._lock = asyncio.Lock()
        self._session: Session | None = None

    async def current(self, *, refused: Session | None = None) -> Session:
        """A session other than the `refused` one. Raises `SuperOfficeError`."""
        async with self._lock:
            if self._session is None or self._session == refused:
                self._session = None
                self._session = await self._sign_in.session(refused)
            return self._session
