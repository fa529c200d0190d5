"""The Bolt app, and the Web API client that it answers with."""

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

import aiohttp
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.http_retry.async_handler import AsyncRetryHandler
from slack_sdk.http_retry.builtin_async_handlers import (
    AsyncConnectionErrorRetryHandler,
    AsyncRateLimitErrorRetryHandler,
)
from slack_sdk.web.async_client import AsyncWebClient

from bot.clock import Clock
from bot.proxies import Proxies
from bot.slack.conversation import Conversation
from bot.slack.directory import Directory
from bot.slack.identity import Identity
from bot.slack.listeners import ACK_S, register
from bot.slack.outbox import Outbox
from bot.slack.proxy import through
from bot.slack.sender import Sender

API_TIMEOUT_S: Final = 10
"""How long one call to Slack may take, in seconds."""


@asynccontextmanager
async def open_client(
    *, token: str, api_url: str, proxies: Proxies, tries_again: bool = True
) -> AsyncIterator[AsyncWebClient]:
    """Slack's Web API over one session. If it `tries_again`, it waits when Slack asks for that.

    Nothing is sent again after an error inside Slack: it may have been posted all the same.

    https://docs.slack.dev/tools/python-slack-sdk/web/#retryhandler
    """
    # slack_sdk applies its own time limit only to sessions that it made.
    limit = aiohttp.ClientTimeout(total=API_TIMEOUT_S)
    again: list[AsyncRetryHandler] = [
        AsyncConnectionErrorRetryHandler(max_retry_count=1),
        AsyncRateLimitErrorRetryHandler(max_retry_count=2),
    ]
    async with aiohttp.ClientSession(timeout=limit, middlewares=[through(proxies)]) as session:
        yield AsyncWebClient(
            token=token,
            base_url=api_url,
            session=session,
            timeout=API_TIMEOUT_S,
            retry_handlers=again if tries_again else [],
        )


def build_app(
    *,
    identity: Identity,
    client: AsyncWebClient,
    conversation: Conversation,
    directory: Directory,
    sender: Sender,
    outbox: Outbox,
    clock: Clock,
    ack_s: float = ACK_S,
) -> AsyncApp:
    """The app with its listeners. What comes to it is Slack's: signatures are checked in `http.py`, before it is read.

    Acknowledgements wait at most `ack_s` seconds for an answer.
    """

    async def authorize() -> AuthorizeResult:
        return identity.authorization

    app = AsyncApp(
        name="who-is-online",
        logger=logging.getLogger("slack_bolt"),  # else each of Bolt's loggers takes the root's level
        client=AsyncWebClient(base_url=client.base_url, session=client.session),
        request_verification_enabled=False,
        authorize=authorize,
        # Bolt's other way polls every 10 ms for the acknowledgement, and owns no task that it starts.
        process_before_response=True,
    )
    register(app, conversation, directory, sender, outbox, clock, ack_s=ack_s)
    return app
