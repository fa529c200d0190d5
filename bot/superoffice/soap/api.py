"""SuperOffice asked over SOAP."""

from typing import TypeVar

from bot.errors import Refused, Unexpected, Unreachable
from bot.superoffice.api import PresenceRow, TopicRow
from bot.superoffice.session import Session, SharedSession
from bot.superoffice.soap.netserver import NetServer, deadline
from bot.superoffice.soap.rows import IS_OPEN, PRESENCE, TOPIC_NAMES, Operation

T = TypeVar("T")


class SoapApi:
    """A `SuperOfficeApi` over SOAP. `address` is where `reach` looks; other calls go to the session's.

    Each call, with its sign-in and its one repetition, ends within `timeout_s` seconds.
    """

    def __init__(
        self,
        netserver: NetServer,
        shared: SharedSession,
        *,
        address: str,
        application_token: str,
        timeout_s: float,
    ) -> None:
        self._netserver = netserver
        self._shared = shared
        self._address = address
        self._application_token = application_token
        self._timeout_s = timeout_s

    async def reach(self) -> None:
        """See whether NetServer is there: with a call that shows no secret, so that NetServer itself refuses it.

        Raises `SuperOfficeError` if something other than NetServer answers, or nothing.
        """
        async with deadline(self._timeout_s):
            try:
                await self._netserver.call(PRESENCE, Session(self._address))
            except Refused as refused:
                if isinstance(refused.told, Unreachable):  # refused by what stands before NetServer
                    raise refused.told from None

    async def sign_in(self) -> None:
        """Sign in, unless there is a session."""
        async with deadline(self._timeout_s):
            await self._shared.current()

    async def presence(self) -> list[PresenceRow]:
        """All chat users, in SuperOffice's order, for the caller to keep."""
        return await self._call(PRESENCE)

    async def topic_names(self) -> tuple[TopicRow, ...]:
        """The topics in SuperOffice's list `chatchannel`."""
        return await self._call(TOPIC_NAMES, Name="chatchannel")

    async def is_open(self, topic_id: int) -> bool | None:
        """Whether the topic is within its opening hours; None where SuperOffice cannot say that of this topic.

        https://docs.superoffice.com/en/api/reference/soap/Services86/Chat/IsWithinOpeningHours.html
        """
        try:
            return await self._call(IS_OPEN, ChatTopicId=topic_id)
        except Unexpected:  # it may have been deleted, and others not
            return None

    async def _call(self, operation: Operation[T], **arguments: object) -> T:
        """One call in the shared session, with its renewal and repetition."""

        async def once(session: Session) -> T:
            return await self._netserver.call(
                operation, session, application_token=self._application_token, **arguments
            )

        async with deadline(self._timeout_s):
            return await self._shared.ask(operation.name, arguments, once)
