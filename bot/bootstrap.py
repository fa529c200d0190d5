"""The only place that builds objects, and the only one that knows in which order they end."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Final

from bot.clock import Clock
from bot.freshness import FreshValue, FreshValues
from bot.limits import Backoff
from bot.presence.feed import PresenceFeed
from bot.presence.ports import PresenceSource
from bot.presence.reading import Fresh
from bot.readers.tokens import Secret
from bot.settings import Settings
from bot.superoffice import hours, names, sign_in
from bot.superoffice.api import SuperOfficeApi
from bot.superoffice.session import SharedSession, SignIn
from bot.superoffice.sign_in import PasswordSignIn, ReadyTicket
from bot.superoffice.soap.api import SoapApi
from bot.superoffice.soap.netserver import NetServer, open_netserver
from bot.superoffice.source import PATIENCE_S, SuperOfficeSource

if TYPE_CHECKING:
    from slack_bolt.async_app import AsyncApp
    from slack_sdk.web.async_client import AsyncWebClient

    from bot.slack.directory import Directory
    from bot.slack.identity import Company

log = logging.getLogger(__name__)

FIRST_PAUSE_S: Final = 1.0
LONGEST_PAUSE_S: Final = 30.0
"""The pauses between tries while SuperOffice fails: 1 s, then 2 s, 4 s and so on up to 30 s."""

DRAIN_S: Final = 6.0
"""How long the end waits for replies under way. Requests had up to 3 s before, and Socket Mode 1 s more."""


@dataclass(frozen=True, slots=True)
class SuperOffice:
    """SuperOffice's API, for the checks, and a source of snapshots."""

    api: SuperOfficeApi
    source: PresenceSource


@asynccontextmanager
async def open_superoffice(
    settings: Settings, clock: Clock, *, needs_names: bool = False
) -> AsyncIterator[SuperOffice]:
    """SuperOffice, ready to be asked. Nothing is sent yet.

    `needs_names`: a snapshot waits for topic names as long as for presence, for somebody whom it serves only with them.
    """
    netserver = open_netserver(
        services=settings.superoffice_services,
        timeout_s=settings.superoffice_timeout_s,
        proxy=settings.proxies.for_url(settings.superoffice_url),
    )
    async with netserver as opened, AsyncExitStack() as closing:
        api = SoapApi(
            opened,
            SharedSession(_sign_in(settings, opened, clock), clock),
            address=settings.superoffice_url,
            application_token=reveal(settings.superoffice_application_token),
            timeout_s=settings.superoffice_timeout_s,
        )
        topic_names = FreshValue(
            api.topic_names,
            fresh_s=names.FRESH_S,
            clock=clock,
            backoff=Backoff("Topic names", first_s=FIRST_PAUSE_S, longest_s=names.PAUSE_S, clock=clock),
        )
        is_open = FreshValues(
            api.is_open,
            fresh_s=hours.FRESH_S,
            size=hours.MOST_TOPICS,
            at_once=hours.AT_ONCE,
            waiting=hours.MOST_TOPICS,
            clock=clock,
            backoff=Backoff("Opening hours", first_s=hours.PAUSE_S, longest_s=hours.PAUSE_S, clock=clock),
            name="Look-ups of opening hours",
        )
        opening_hours = hours.OpeningHours(is_open)
        own_names = settings.superoffice_topics
        patience_s = settings.superoffice_timeout_s if needs_names else PATIENCE_S
        source = SuperOfficeSource(
            api, topic_names, opening_hours, own_names=own_names, clock=clock, patience_s=patience_s
        )
        for part in (topic_names, is_open, opening_hours):
            closing.push_async_callback(part.close)
        yield SuperOffice(api, source)


@asynccontextmanager
async def open_feed(settings: Settings, clock: Clock, *, needs_names: bool = False) -> AsyncIterator[PresenceFeed]:
    """A presence feed with its own connection to SuperOffice. `needs_names`: see `open_superoffice`."""
    opening = open_superoffice(settings, clock, needs_names=needs_names)
    async with opening as superoffice, AsyncExitStack() as closing:
        snapshots = FreshValue(
            superoffice.source.snapshot,
            fresh_s=settings.presence_fresh_s,
            clock=clock,
            backoff=Backoff("SuperOffice", first_s=FIRST_PAUSE_S, longest_s=LONGEST_PAUSE_S, clock=clock),
        )
        closing.push_async_callback(snapshots.close)
        yield PresenceFeed(snapshots, stale_s=settings.presence_stale_s)


@asynccontextmanager
async def open_slack(settings: Settings, *, tries_again: bool = True) -> AsyncIterator["AsyncWebClient"]:
    """Slack's Web API; what fails is tried once more, unless it matters at once. Nothing is sent yet."""
    from bot.slack.app import open_client

    token, api_url = reveal(settings.slack_bot_token), settings.slack_api_url
    async with open_client(token=token, api_url=api_url, proxies=settings.proxies, tries_again=tries_again) as client:
        yield client


@asynccontextmanager
async def open_bot(settings: Settings, clock: Clock) -> AsyncIterator[None]:
    """The bot, answering Slack inside the context.

    At the end it stops taking requests, answers those under way for at most 10 s, and closes.
    Raises `SlackError` if Slack does not let it start, `ConfigError` if the port is taken.
    """
    # Slack's libraries are imported here, because a person waits for `who`, which does not need them.
    from bot.slack.app import build_app
    from bot.slack.audience import Audience, Level
    from bot.slack.conversation import Conversation
    from bot.slack.identity import identify
    from bot.slack.listeners import SCOPES
    from bot.slack.outbox import Outbox
    from bot.slack.renderings import Renderings
    from bot.words import words_in
    from bot.words.language import Language

    for language in Language:
        words_in(language)  # read from its file now, not while somebody waits

    async with AsyncExitStack() as stack:
        feed = await stack.enter_async_context(open_feed(settings, clock))
        client = await stack.enter_async_context(open_slack(settings))
        identity = await identify(client)
        if missing := SCOPES - identity.scopes:
            log.warning("Slack does not grant %s. “who-is-online check” tells what to do", ", ".join(sorted(missing)))
        directory = await stack.enter_async_context(_open_directory(settings, client, identity.company, clock))
        outbox = Outbox(client, words_in(settings.bot_language), clock)
        stack.push_async_callback(outbox.drain, DRAIN_S)
        profiles = {agent: identity.profile(person) for agent, person in settings.slack_people.items()}
        conversation = Conversation(
            feed,
            directory,
            Audience(directory, Level(settings.audience)),
            Renderings(busy_at=settings.busy_at, profiles=profiles),
            language=settings.bot_language,
        )
        app = build_app(
            identity=identity,
            client=client,
            conversation=conversation,
            directory=directory,
            outbox=outbox,
            clock=clock,
        )
        await stack.enter_async_context(_open_entrance(settings, app, client, clock))
        # Last: where a start fails and is tried again and again, a wrong password is not.
        await stack.enter_async_context(_asked_once(feed))
        yield


@asynccontextmanager
async def _open_directory(
    settings: Settings, client: "AsyncWebClient", company: "Company", clock: Clock
) -> AsyncIterator["Directory"]:
    from bot.slack import directory

    people = FreshValues(
        partial(directory.fetch_person, client, company),
        fresh_s=directory.PERSON_FRESH_S,
        size=directory.SIZE,
        at_once=directory.AT_ONCE,
        waiting=directory.WAITING,
        clock=clock,
        name="Look-ups of languages",
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
        yield directory.Directory(people, internal, default=settings.bot_language)


@asynccontextmanager
async def _open_entrance(
    settings: Settings, app: "AsyncApp", client: "AsyncWebClient", clock: Clock
) -> AsyncIterator[None]:
    """The way in for Slack's requests: Socket Mode, or HTTP."""
    from bot.server import serve
    from bot.slack.http import events_route
    from bot.slack.socket_mode import SocketMode

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
            said = "SuperOffice does not tell who is online: %s. “who-is-online check” tells what to do"
            log.warning(said, reading.because)

    asking = asyncio.create_task(ask())
    try:
        yield
    finally:
        asking.cancel()
        await asyncio.wait([asking])


def _sign_in(settings: Settings, netserver: NetServer, clock: Clock) -> SignIn:
    if settings.superoffice_ticket is not None:
        return ReadyTicket(reveal(settings.superoffice_ticket), address=settings.superoffice_url)
    return PasswordSignIn(
        netserver,
        address=settings.superoffice_url,
        username=settings.superoffice_username or "",
        password=reveal(settings.superoffice_password),
        application_token=reveal(settings.superoffice_application_token),
        pauses=Backoff("Sign-in", first_s=sign_in.FIRST_PAUSE_S, longest_s=sign_in.LONGEST_PAUSE_S, clock=clock),
    )


def reveal(secret: Secret | None) -> str:
    """A secret's value, or "" if there is none."""
    return secret.value if secret is not None else ""
