"""SuperOffice as the product sees it: a source of snapshots."""

import asyncio
import dataclasses
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any

from bot.errors import Denied, Reason, TicketExpired, Unexpected, Unreachable
from bot.presence.model import Snapshot
from bot.presence.ports import Monotonic
from bot.superoffice.hours import OpeningHours
from bot.superoffice.parsing import TopicNames, read_is_open, read_snapshot, read_topic_names
from bot.superoffice.tickets import RenewingTicket
from bot.superoffice.topics import TopicDirectory
from bot.superoffice.transport import NetServer, Secrets


class SuperOfficeClient:
    """Asks NetServer who is present. A `PresenceSource`.

    Each call, with its sign-in and its one repetition, ends within `timeout_s` seconds.
    """

    def __init__(
        self,
        netserver: NetServer,
        ticket: RenewingTicket,
        *,
        application_token: str,
        timeout_s: float,
        own_topic_names: Mapping[int, str],
        now: Callable[[], datetime],
        monotonic: Monotonic,
    ) -> None:
        self._netserver = netserver
        self._ticket = ticket
        self._application_token = application_token
        self._timeout_s = timeout_s
        self._now = now
        self._topics = TopicDirectory(self.topic_names, own_names=own_topic_names, monotonic=monotonic)
        self._hours = OpeningHours(self._is_open, monotonic=monotonic)
        self._uncovered: frozenset[int] = frozenset()

    async def reach(self) -> None:
        """See whether NetServer is there, with a call that shows no secret, which NetServer itself refuses.

        Raises `SuperOfficeError` where something else than NetServer answers, or nothing.
        """
        async with _deadline(self._timeout_s):
            try:
                await self._netserver.call("Chat", "GetChatPresence", Secrets())
            except (Denied, TicketExpired):
                return
            except Unexpected as error:
                if error.reason is not Reason.FAILED:
                    raise

    async def sign_in(self) -> None:
        """Get a ticket, if there is none yet. Raises `SuperOfficeError`."""
        async with _deadline(self._timeout_s):
            await self._ticket.current()

    async def snapshot(self) -> Snapshot:
        """Everybody's presence now. Raises `SuperOfficeError`, never for the sake of topic names."""
        fetching_names = asyncio.create_task(self._topics.fetch())
        # Beside the call, for the topics that had nobody the last time; none while SuperOffice fails.
        self._hours.refresh(self._uncovered)
        self._uncovered = frozenset()
        try:
            reply = await self._call("Chat", "GetChatPresence")
            taken_at = self._now()
            names = await self._topics.names(fetching_names)
        finally:
            fetching_names.cancel()
        # A large roster would hold the event loop for as long as a small one takes to answer.
        snapshot = await asyncio.to_thread(read_snapshot, reply, names, taken_at)
        uncovered = {topic.id: topic for topic in snapshot.uncovered()}
        self._uncovered = frozenset(uncovered)
        self._hours.refresh(self._uncovered)
        closed = self._hours.closed(uncovered)
        return dataclasses.replace(snapshot, closed=frozenset(uncovered[topic_id] for topic_id in closed))

    async def topic_names(self) -> TopicNames:
        """What the server calls its topics. Raises `SuperOfficeError`."""
        return read_topic_names(await self._call("MDO", "GetSimpleList", Name="chatchannel"))

    async def close(self) -> None:
        """End what is under way."""
        await self._hours.close()
        await self._topics.close()

    async def _is_open(self, topic_id: int) -> bool | None:
        return read_is_open(await self._call("Chat", "IsWithinOpeningHours", ChatTopicId=topic_id))

    async def _call(self, agent: str, operation: str, **arguments: object) -> Any:
        """One call with the shared ticket. A ticket that has ended is renewed once, and the call repeated once."""
        async with _deadline(self._timeout_s):
            ticket = await self._ticket.current()
            try:
                return await self._netserver.call(agent, operation, self._secrets(ticket), **arguments)
            except TicketExpired:
                ticket = await self._ticket.current(refused=ticket)
            try:
                return await self._netserver.call(agent, operation, self._secrets(ticket), **arguments)
            except TicketExpired as error:
                raise Denied(Reason.TICKET_ENDED, f"{error.detail}, for a new ticket too") from None

    def _secrets(self, ticket: str) -> Secrets:
        return Secrets(application_token=self._application_token, ticket=ticket)


@asynccontextmanager
async def _deadline(seconds: float) -> AsyncIterator[None]:
    """An end to the whole of what happens inside: an answer dripping in outlasts every timeout of a single read."""
    try:
        async with asyncio.timeout(seconds):
            yield
    except TimeoutError:
        raise Unreachable(Reason.TIMEOUT, f"{seconds:g} s") from None
