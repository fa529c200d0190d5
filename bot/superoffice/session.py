"""The session that all calls share: what lets them in, and the address they go to.

A ticket ends without notice: after 6 idle hours, a server's restart, or a change of password. The only sign of it is a
refused call, and how NetServer words that is documented nowhere, so no words decide here.
https://docs.superoffice.com/en/authentication/onsite/sosession/using-soap.html
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Final, Protocol, TypeVar

from bot.clock import Clock
from bot.errors import Reason, Refused, SuperOfficeError
from bot.freshness import FreshValue

T = TypeVar("T")

DOUBT_S: Final = 600.0
"""How long a ticket is in doubt before a refusal replaces it, in seconds. Each sign-in adds a row in SuperOffice."""

_MAY_BE_THE_TICKET: Final = frozenset({Reason.TICKET_REFUSED, Reason.FAILED})


@dataclass(frozen=True, slots=True)
class Session:
    """A way to call SuperOffice: at this address, with this ticket; "" is no ticket."""

    address: str
    ticket: str = field(default="", repr=False)


class SignIn(Protocol):
    """A way in. `cannot_renew` says why it gives no second session; it is empty if it does."""

    cannot_renew: str

    async def session(self) -> Session:
        """A new session. Raises `SuperOfficeError`; `Denied` if SuperOffice says no."""
        ...


class SharedSession:
    """The session of all calls. However many callers find it ended, one of them signs in and the others wait.

    When SuperOffice itself refuses a call with a ticket that has worked, the ticket may have ended: one sign-in, and
    the call is repeated once. If that is refused too, it was not the ticket, which is remembered for that operation
    until the same call succeeds. A right that is missing costs one sign-in, therefore, and not one for each question.

    A ticket is in doubt from a refusal until the next success. After `DOUBT_S` in doubt, any refusal replaces it. So
    there is no dead end, even if SuperOffice forgets a ticket that never worked.

    A sign-in goes on when those who wait for it give up, and serves whoever comes next. A refusal that nobody heard
    would be asked for again, and a password that is often refused may lock the account.
    """

    def __init__(self, sign_in: SignIn, clock: Clock) -> None:
        self._sign_in = sign_in
        self._signing_in = FreshValue(self._sign_in_anew, fresh_s=0, clock=clock)
        self._clock = clock
        self._lock = asyncio.Lock()
        self._session: Session | None = None
        self._successes = 0
        self._in_doubt_since_s: float | None = None
        self._not_the_ticket: dict[str, Mapping[str, object]] = {}  # the call of each operation that showed it

    async def current(self) -> Session:
        """The session; the first caller signs in. Raises `SuperOfficeError`."""
        async with self._lock:
            return self._session or await self._signing_in.get()

    async def ask(self, operation: str, arguments: Mapping[str, object], call: Callable[[Session], Awaitable[T]]) -> T:
        """Make a call in the session, and make it once again if its ticket may have ended.

        Raises `SuperOfficeError`, but never `Refused`.
        """
        session = await self.current()
        successes = self._successes
        try:
            return await self._once(session, operation, arguments, call)
        except Refused as refused:
            renewed = await self._instead_of(session, operation, successes)
            if renewed is None:
                raise _final(refused, self._sign_in.cannot_renew) from None
        try:
            return await self._once(renewed, operation, arguments, call)
        except Refused as refused:
            self._not_the_ticket[operation] = arguments
            raise _final(refused, "with a new ticket too") from None

    async def close(self) -> None:
        """End a sign-in that is under way."""
        await self._signing_in.close()

    async def _once(
        self,
        session: Session,
        operation: str,
        arguments: Mapping[str, object],
        call: Callable[[Session], Awaitable[T]],
    ) -> T:
        answer = await call(session)
        if session is self._session:
            self._successes += 1
            self._in_doubt_since_s = None
        # Another call's success says nothing: one topic's hours are known, and another's are refused each time.
        if self._not_the_ticket.get(operation) == arguments:
            del self._not_the_ticket[operation]
        return answer

    async def _instead_of(self, session: Session, operation: str, successes: int) -> Session | None:
        """Another session for a call that was refused; None if the ticket is not to blame, or it is too early.

        `successes` is how many calls had succeeded when this one was made.
        """
        if self._sign_in.cannot_renew:
            return None
        async with self._lock:
            if self._session is not session:
                return self._session
            if self._successes != successes:
                return None
            now_s = self._clock.monotonic()
            if self._in_doubt_since_s is None:
                self._in_doubt_since_s = now_s
            may_have_ended = bool(self._successes) and operation not in self._not_the_ticket
            if may_have_ended or now_s - self._in_doubt_since_s >= DOUBT_S:
                return await self._signing_in.get()
            return None

    async def _sign_in_anew(self) -> Session:
        """Sign in. If that fails, the session stays as it was, and the next refusal tries again."""
        self._session = await self._sign_in.session()
        self._successes = 0
        self._in_doubt_since_s = None
        return self._session


def _final(refused: Refused, note: str) -> SuperOfficeError:
    """What a refusal means in the end. The note goes to the log, if the ticket may be to blame."""
    told = refused.told
    if note and told.reason in _MAY_BE_THE_TICKET:
        return type(told)(told.reason, f"{told.detail}; {note}" if told.detail else note)
    return told
