"""Slack's part, and the whole bot around it: it knows in which order the parts end."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from typing import Final

from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.bootstrap.superoffice import open_feed
from bot.clock import Clock
from bot.freshness import FreshValues
from bot.presence.feed import PresenceFeed
from bot.presence.reading import Fresh
from bot.readers.tokens import reveal
from bot.server import serve
from bot.settings import Settings
from bot.slack import directory
from bot.slack.app import build_app, open_client
from bot.slack.audience import Audience, Level
from bot.slack.conversation import Conversation
from bot.slack.directory import Directory
from bot.slack.http import events_route
from bot.slack.identity import Company, identify
from bot.slack.listeners import SCOPES
from bot.slack.outbox import Outbox
from bot.slack.renderings import Renderings
from bot.slack.sender import Sender
from bot.slack.socket_mode import SocketMode
from bot.words import words_in
from bot.words.language import Language

log = logging.getLogger(__package__)

DRAIN_S: Final = 6.0
"""How long the end waits for replies under way. Requests had their `CLOSING_S`, 3 s, before, and Socket Mode its
`GOODBYE_S`, 1 s: 10 s in all, which is what docs/operate.md promises."""


@asynccontextmanager
async def open_slack(settings: Settings, *, tries_again: bool = True) -> AsyncIterator[AsyncWebClient]:
    """Slack's Web API; what fails is tried once more, unless it matters at once. Nothing is sent yet."""
    token, api_url = reveal(settings.slack_bot_token), settings.slack_api_url
    async with open_client(token=token, api_url=api_url, proxies=settings.proxies, tries_again=tries_again) as client:
        yield client


@asynccontextmanager
async def open_bot(settings: Settings, clock: Clock) -> AsyncIterator[None]:
    """The bot, answering Slack inside the context.

    At the end it stops taking requests, answers those under way for at most 10 s, and closes.
    Raises `SlackError` if Slack does not let it start, `ConfigError` if the port is taken.
    """
    for language in Language:
        words_in(language)  # read from its file now, not while somebody waits

    async with AsyncExitStack() as stack:
        feed = await stack.enter_async_context(open_feed(settings, clock))
        client = await stack.enter_async_context(open_slack(settings))
        identity = await identify(client)
        if missing := SCOPES - identity.scopes:
            log.warning("Slack does not grant %s. “who-is-online check” tells what to do", ", ".join(sorted(missing)))
        slack_directory = await stack.enter_async_context(_open_directory(settings, client, identity.company, clock))
        outbox = Outbox(words_in(settings.bot_language), clock)
        stack.push_async_callback(outbox.drain, DRAIN_S)
        profiles = {agent: identity.profile(person) for agent, person in settings.slack_people.items()}
        conversation = Conversation(
            feed,
            slack_directory,
            Audience(slack_directory, Level(settings.audience)),
            Renderings(busy_at=settings.busy_at, profiles=profiles),
            language=settings.bot_language,
        )
        app = build_app(
            identity=identity,
            client=client,
            conversation=conversation,
            directory=slack_directory,
            sender=Sender(client),
            outbox=outbox,
            clock=clock,
        )
        await stack.enter_async_context(_open_entrance(settings, app, client, clock))
        # Last: where a start fails and is tried again and again, a wrong password is not.
        await stack.enter_async_context(_asked_once(feed))
        yield


@asynccontextmanager
async def _open_directory(
    settings: Settings, client: AsyncWebClient, company: Company, clock: Clock
) -> AsyncIterator[Directory]:
    people = FreshValues(
        partial(directory.fetch_person, client, company),
        fresh_s=directory.PERSON_FRESH_S,
        size=directory.SIZE,
        at_once=directory.AT_ONCE,
        waiting=directory.WAITING,
        clock=clock,
        name="Look-ups of people",
    )
    internal = FreshValues(
        partial(directory.fetch_internal, client),
        fresh_s=directory.CHANNEL_FRESH_S,
        size=directory.SIZE,
        at_once=directory.AT_ONCE,
        waiting=directory.WAITING,
        clock=clock,
        name="Look-ups of channels",
    )
    async with AsyncExitStack() as closing:
        for part in (people, internal):
            closing.push_async_callback(part.close)
        yield Directory(people, internal, default=settings.bot_language)


@asynccontextmanager
async def _open_entrance(
    settings: Settings, app: AsyncApp, client: AsyncWebClient, clock: Clock
) -> AsyncIterator[None]:
    """The way in for Slack's requests: Socket Mode, or HTTP."""
    listen = partial(serve, host=settings.host, port=settings.port, clock=clock)
    if not settings.uses_socket_mode:
        routes = events_route(app, reveal(settings.slack_signing_secret), clock)
        async with listen(routes, is_ready=lambda: True):
            yield
        return
    socket: SocketMode | None = None
    async with AsyncExitStack() as stack:
        # The port comes first. Where another bot has it, Slack would send this one requests that it cannot answer.
        if settings.serves_http:
            is_ready = lambda: socket is not None and socket.is_connected()  # noqa: E731
            await stack.enter_async_context(listen({}, is_ready=is_ready))
        socket = SocketMode(app, client, reveal(settings.slack_app_token), proxies=settings.proxies, clock=clock)
        await stack.enter_async_context(socket.connected())
        yield


@asynccontextmanager
async def _asked_once(feed: PresenceFeed) -> AsyncIterator[None]:
    """Ask SuperOffice in the background, and log what comes of it: before anybody asks, and while somebody looks on."""

    async def ask() -> None:
        reading = await feed.current()
        if isinstance(reading, Fresh):
            log.info("SuperOffice tells who is online: %d agents", len(reading.snapshot.agents))
        else:
            log.warning(
                "SuperOffice does not tell who is online: %s. “who-is-online check” tells what to do", reading.because
            )

    asking = asyncio.create_task(ask())
    try:
        yield
    finally:
        asking.cancel()
        await asyncio.wait([asking])
