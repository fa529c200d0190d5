"""Replies that outlive their acknowledgement: each has an owner, a bound, and an end."""

import asyncio
import logging
import uuid
from collections.abc import Awaitable, Callable
from typing import Final

import aiohttp
from aiojobs import Scheduler
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.webhook.async_client import AsyncWebhookClient

from bot.slack.failures import error_code
from bot.slack.views.message import Message, without_blocks
from bot.slack.views.notices import incident_message

log = logging.getLogger(__name__)

Answer = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

SEND_S: Final = 60
"""The longest that sending one reply may take, with the pauses that Slack asks for."""

BLOCKS_REFUSED: Final = ("invalid_blocks", "msg_blocks_too_long")
"""What Slack says of blocks that it does not take: https://docs.slack.dev/reference/methods/chat.postMessage/#errors"""

AT_ONCE: Final = 100
WAITING: Final = 5_000
"""Replies under way, and replies that wait for a place. Beyond these, Slack's requests wait to be acknowledged."""


def report(error: Exception) -> Message:
    """Log what nobody expected under a new incident id, and tell the person that id."""
    incident_id = uuid.uuid4().hex[:8]
    log.error("Incident %s", incident_id, exc_info=error)
    return incident_message(incident_id)


class Replies:
    """Sends messages, now or when they are ready. To be made inside a running event loop."""

    def __init__(self, client: AsyncWebClient) -> None:
        self._client = client
        self._jobs = Scheduler(limit=AT_ONCE, pending_limit=WAITING)

    async def later(self, answer: Answer, send: Send) -> None:
        """See to it that the answer is sent when it is ready. Returns as soon as somebody owns that."""
        await self._jobs.spawn(self._deliver(answer, send))

    async def drain(self, seconds: float) -> None:
        """Let the replies under way be sent for so long, then end them."""
        await self._jobs.wait_and_close(timeout=seconds)

    async def to_response_url(self, url: str, message: Message) -> None:
        """Answer a command to its asker alone.

        Bolt's own `respond` opens an HTTP session for each reply; this one shares the client's.
        https://docs.slack.dev/interactivity/handling-user-interaction/#message_responses
        """
        webhook = AsyncWebhookClient(
            url,
            session=self._client.session,
            timeout=self._client.timeout,
            retry_handlers=self._client.retry_handlers,
        )
        response = await webhook.send_dict(
            message.payload() | {"response_type": "ephemeral", "replace_original": False}
        )
        if response.status_code != 200:
            code = next(filter(response.body.__contains__, BLOCKS_REFUSED), f"HTTP {response.status_code}")
            raise SlackApiError("response_url", {"error": code})  # type: ignore[no-untyped-call]  # slack_sdk leaves it so

    async def to_channel(self, channel: str, thread_ts: str | None, message: Message) -> None:
        """Post in a channel, a thread of it, or a direct message."""
        await self._client.chat_postMessage(
            channel=channel,
            thread_ts=thread_ts,
            text=message.text,
            blocks=message.blocks or None,
            unfurl_links=False,
        )

    async def to_person(self, channel: str, user: str, thread_ts: str | None, message: Message) -> None:
        """Post where one person alone sees it: https://docs.slack.dev/reference/methods/chat.postEphemeral."""
        await self._client.chat_postEphemeral(
            channel=channel, user=user, thread_ts=thread_ts, text=message.text, blocks=message.blocks or None
        )

    async def _deliver(self, answer: Answer, send: Send) -> None:
        try:
            try:
                message = await answer()
            except Exception as error:  # noqa: BLE001  # reported with an incident id, as Bolt's error handler does
                message = report(error)
            async with asyncio.timeout(SEND_S):
                await _send_somehow(send, message)
        except asyncio.CancelledError:
            log.error("The bot ended before a reply was sent")
            raise
        except SlackApiError as error:
            log.error("Slack did not take a reply: %s", error_code(error))
        except (aiohttp.ClientError, SlackClientError, TimeoutError) as error:
            log.error("A reply did not reach Slack: %s", type(error).__name__)


async def _send_somehow(send: Send, message: Message) -> None:
    """Send the message; as plain text, if Slack does not take its blocks."""
    try:
        await send(message)
    except SlackApiError as error:
        if error_code(error) not in BLOCKS_REFUSED:
            raise
        log.error("Slack refused the blocks of a reply (%s), so it is sent as plain text", error_code(error))
        await send(without_blocks(message))
