"""The only place that builds objects, and the only one that knows in which order they end."""

import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from pydantic import SecretStr

from bot.languages import Language
from bot.presence.service import PresenceService
from bot.settings import Settings
from bot.superoffice.client import SuperOfficeClient
from bot.superoffice.tickets import PasswordSignIn, ReadyTicket, RenewingTicket, SignIn
from bot.superoffice.transport import NetServer, open_netserver

if TYPE_CHECKING:
    from slack_sdk.web.async_client import AsyncWebClient

REPLIES_S: Final = 7.0
"""How long replies under way are waited for at the end, after at most 3 s for acknowledgements."""


def utc_now() -> datetime:
    """The time, aware, in UTC."""
    return datetime.now(UTC)


@asynccontextmanager
async def open_superoffice(settings: Settings) -> AsyncIterator[SuperOfficeClient]:
    """SuperOffice, ready to be asked. Nothing is sent yet."""
    async with open_netserver(
        base_url=settings.superoffice_url,
        services=settings.superoffice_services,
        timeout_s=settings.superoffice_timeout_s,
    ) as netserver:
        client = SuperOfficeClient(
            netserver,
            RenewingTicket(_sign_in(settings, netserver)),
            application_token=reveal(settings.superoffice_application_token),
            timeout_s=settings.superoffice_timeout_s,
            own_topic_names=settings.superoffice_topics,
            now=utc_now,
            monotonic=time.monotonic,
        )
        try:
            yield client
        finally:
            await client.close()


@asynccontextmanager
async def open_presence(settings: Settings) -> AsyncIterator[PresenceService]:
    """Presence, from SuperOffice and from memory."""
    async with open_superoffice(settings) as source:
        presence = PresenceService(
            source,
            fresh_s=settings.presence_fresh_s,
            stale_s=settings.presence_stale_s,
            monotonic=time.monotonic,
        )
        try:
            yield presence
        finally:
            await presence.close()


@asynccontextmanager
async def open_slack(settings: Settings) -> AsyncIterator["AsyncWebClient"]:
    """Slack's Web API. Nothing is sent yet."""
    from bot.slack.app import open_client

    async with open_client(token=reveal(settings.slack_bot_token), api_url=settings.slack_api_url) as client:
        yield client


@asynccontextmanager
async def open_bot(settings: Settings) -> AsyncIterator[None]:
    """The bot, answering Slack inside the context.

    At the end it stops taking requests, answers those under way for at most 10 s, and closes.
    Raises `SlackError` where Slack does not let it start, `ConfigError` where the port is taken.
    """
    # Imported here, because a person waits for `who`, which needs no Slack.
    from bot.slack.answers import Answers
    from bot.slack.app import build_app
    from bot.slack.directory import Directory
    from bot.slack.identity import identify
    from bot.slack.replies import Replies
    from bot.slack.transports import serve_health, serve_slack, socket_mode
    from bot.slack.views.words import words_in

    for language in Language:
        words_in(language)  # read from its file now, rather than while somebody waits

    async with AsyncExitStack() as stack:
        presence = await stack.enter_async_context(open_presence(settings))
        client = await stack.enter_async_context(open_slack(settings))
        identity = await identify(client)
        directory = Directory(
            client,
            fallback=settings.language,
            share_externally=settings.share_externally,
            monotonic=time.monotonic,
        )
        stack.push_async_callback(directory.close)
        replies = Replies(client, words_in(settings.language))
        stack.push_async_callback(replies.drain, REPLIES_S)
        app = build_app(
            identity=identity,
            client=client,
            signing_secret=reveal(settings.slack_signing_secret),
            answers=Answers(
                presence,
                directory,
                busy_at=settings.busy_at,
                language=settings.language,
                profiles={agent: identity.profile(person) for agent, person in settings.slack_people.items()},
            ),
            replies=replies,
            share_externally=settings.share_externally,
        )
        if not settings.uses_socket_mode:
            await stack.enter_async_context(serve_slack(app, host=settings.host, port=settings.port))
        else:
            connection = socket_mode(app, client, reveal(settings.slack_app_token))
            is_connected = await stack.enter_async_context(connection)
            if settings.serves_http:
                await stack.enter_async_context(serve_health(is_connected, host=settings.host, port=settings.port))
        yield


def _sign_in(settings: Settings, netserver: NetServer) -> SignIn:
    if settings.superoffice_ticket is not None:
        return ReadyTicket(reveal(settings.superoffice_ticket))
    return PasswordSignIn(
        netserver,
        username=settings.superoffice_username or "",
        password=reveal(settings.superoffice_password),
        application_token=reveal(settings.superoffice_application_token),
    )


def reveal(secret: SecretStr | None) -> str:
    """A secret's value, or "" where there is none."""
    return secret.get_secret_value() if secret is not None else ""
