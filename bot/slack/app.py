"""Builds the Bolt app, and the client it answers with."""

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

import aiohttp
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.http_retry.builtin_async_handlers import (
    AsyncConnectionErrorRetryHandler,
    AsyncRateLimitErrorRetryHandler,
)
from slack_sdk.web.async_client import AsyncWebClient

from bot.slack.answers import Answers
from bot.slack.identity import Identity
from bot.slack.listeners import register
from bot.slack.replies import Replies

API_TIMEOUT_S: Final = 10


@asynccontextmanager
async def open_client(*, token: str, api_url: str) -> AsyncIterator[AsyncWebClient]:
    """Slack's Web API over one session. Waits where Slack asks to, which slack_sdk does not by itself.

    Nothing is sent again after an error of Slack's own: it may have been posted all the same.

    https://docs.slack.dev/tools/python-slack-sdk/web/#retryhandler
    """
    # slack_sdk keeps its own time limit only in sessions of its own.
    limit = aiohttp.ClientTimeout(total=API_TIMEOUT_S)
    async with aiohttp.ClientSession(timeout=limit) as session:
        yield AsyncWebClient(
            token=token,
            base_url=api_url,
            session=session,
            timeout=API_TIMEOUT_S,
            retry_handlers=[
                AsyncConnectionErrorRetryHandler(max_retry_count=1),
                AsyncRateLimitErrorRetryHandler(max_retry_count=2),
            ],
        )


def build_app(
    *,
    identity: Identity,
    client: AsyncWebClient,
    signing_secret: str,
    answers: Answers,
    replies: Replies,
    share_externally: bool,
) -> AsyncApp:
    """The app with its listeners. `signing_secret` is for HTTP; Socket Mode needs none."""

    async def authorize() -> AuthorizeResult:
        return identity.authorization

    app = AsyncApp(
        name="who-is-online",
        logger=logging.getLogger("slack_bolt"),  # else each of Bolt's loggers takes the root's level
        client=AsyncWebClient(base_url=client.base_url, session=client.session),
        signing_secret=signing_secret,
        authorize=authorize,
        # Bolt's other way polls every 10 ms for the acknowledgement, and owns no task that it starts.
        process_before_response=True,
    )
    register(app, answers=answers, replies=replies, share_externally=share_externally)
    return app
