"""Replies that are sent after the acknowledgement: each has an owner, a bound, and an end."""

import asyncio
import logging
import uuid
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Final

from aiojobs import Scheduler
from slack_sdk.errors import SlackApiError

from bot.clock import Clock
from bot.limits import Bound
from bot.slack.failures import BLOCKS_REFUSED, UNREACHED, error_code
from bot.slack.views.message import Message, without_blocks
from bot.slack.views.notices import incident_message
from bot.words import Words

log = logging.getLogger(__name__)

MakeMessage = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

SEND_S: Final = 60
"""How long sending one reply may take, in seconds, with the pauses that Slack asks for."""

AT_ONCE: Final = 100
WAITING: Final = 5_000
"""Replies under way, and replies that are made or wait for their turn. If there are more, acknowledgements wait too."""


class Outbox:
    """Makes messages and has them sent, each by the `send` that its caller gives. Must be made inside an event loop.

    `at_once` replies are under way together, `waiting` more wait for their turn, as many are being made for callers,
    and sending one ends after `send_s` seconds. `words` are for apologies, which everybody may see.
    """

    def __init__(
        self,
        words: Words,
        clock: Clock,
        *,
        at_once: int = AT_ONCE,
        waiting: int = WAITING,
        send_s: float = SEND_S,
    ) -> None:
        self._words = words
        self._send_s = send_s
        # Two, because a message that may still be in time does not wait behind replies that Slack takes slowly.
        self._making = Scheduler(limit=waiting, pending_limit=1)
        self._late = Scheduler(limit=at_once, pending_limit=waiting)
        self._waiting = Bound("Replies that wait", waiting, clock)
        self._not_begun = 0

    def report(self, error: Exception) -> Message:
        """Log an error that nobody expected under a new incident id, and tell the person that id."""
        incident_id = uuid.uuid4().hex[:8]
        log.error("Incident %s", incident_id, exc_info=error)
        return incident_message(incident_id, self._words)

    async def later(self, make: MakeMessage, send: Send) -> None:
        """Make a message and send it. Returns as soon as the reply has its place in the queue."""
        self._waiting.note(self._late.pending_count)
        self._not_begun += 1
        await self._late.spawn(self._deliver(make, send))

    async def later_with_notice(self, make: MakeMessage, send: Send, notice: Message, seconds: float) -> None:
        """The same, but if the message takes longer than so many seconds to make, the notice is sent before it."""

        async def make_with_notice() -> Message:
            async with asyncio.TaskGroup() as group:
                making = group.create_task(self._made(make))
                await asyncio.wait([making], timeout=seconds)
                if not making.done():
                    await self._sent(send, notice)
            return making.result()

        await self.later(make_with_notice, send)

    async def in_time(self, make: MakeMessage, send: Send, seconds: float) -> Message | None:
        """Make a message, and return it if it is made within so many seconds. Else return None, and send it later.

        The message is either returned or sent. It is sent too if its caller is cancelled. Returns without awaiting
        anything once that is decided.
        """
        made: asyncio.Future[Message] = asyncio.get_running_loop().create_future()
        await self._making.spawn(self._hand_over(make, send, made))
        try:
            await asyncio.wait([made], timeout=seconds)
            return made.result() if made.done() else None
        finally:
            made.cancel()  # from now on it is late

    async def drain(self, seconds: float) -> None:
        """Wait at most this many seconds for replies under way, then cancel them. The wait itself may be cancelled."""
        time_s = asyncio.get_running_loop().time
        ends_s = time_s() + seconds
        try:
            await self._making.wait_and_close(timeout=seconds)
            await self._late.wait_and_close(timeout=max(ends_s - time_s(), 0.0))
        finally:
            await self._making.close()
            await self._late.close()
            if self._not_begun:
                log.error("The bot ended before %s replies were begun", self._not_begun)

    async def _made(self, make: MakeMessage) -> Message:
        try:
            return await make()
        except Exception as error:  # noqa: BLE001  # reported with an incident id, as Bolt's error handler does
            return self.report(error)

    async def _hand_over(self, make: MakeMessage, send: Send, made: "asyncio.Future[Message]") -> None:
        """Make a message for whoever waits for it; send it if nobody does any more."""
        with _end_told():
            message = await self._made(make)
            if made.cancelled():
                await self.later(partial(_ready, message), send)
            else:
                made.set_result(message)

    async def _deliver(self, make: MakeMessage, send: Send) -> None:
        self._not_begun -= 1
        with _end_told():
            await self._sent(send, await self._made(make))

    async def _sent(self, send: Send, message: Message) -> None:
        try:
            async with asyncio.timeout(self._send_s):
                await _send_somehow(send, message)
        except SlackApiError as error:
            log.error("Slack did not take a reply: %s", error_code(error))
        except UNREACHED as error:
            log.error("A reply did not reach Slack: %s", type(error).__name__)
        except Exception as error:  # noqa: BLE001  # a reply that nobody can be sent is still told in the log, by its id
            self.report(error)


@contextmanager
def _end_told() -> Iterator[None]:
    """Tell the log of a reply that the end cuts off."""
    try:
        yield
    except asyncio.CancelledError:
        log.error("The bot ended before a reply was sent")
        raise


async def _ready(message: Message) -> Message:
    return message


async def _send_somehow(send: Send, message: Message) -> None:
    """Send the message; as plain text, if Slack refuses its blocks."""
    try:
        await send(message)
    except SlackApiError as error:
        if error_code(error) not in BLOCKS_REFUSED:
            raise
        log.error("Slack refused the blocks of a reply (%s), so it is sent as plain text", error_code(error))
        await send(without_blocks(message))
