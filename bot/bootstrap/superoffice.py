"""SuperOffice's part: what asks it, what is kept of its answers, and the feed that tells of them."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Final

from bot.clock import Clock
from bot.freshness import FreshValue, FreshValues
from bot.limits import Backoff
from bot.presence.feed import PresenceFeed
from bot.presence.ports import PresenceSource
from bot.readers.tokens import reveal
from bot.settings import Settings
from bot.superoffice import hours, names, sign_in
from bot.superoffice.api import SuperOfficeApi
from bot.superoffice.session import SharedSession, SignIn
from bot.superoffice.sign_in import PasswordSignIn, ReadyTicket
from bot.superoffice.soap.api import SoapApi
from bot.superoffice.soap.netserver import NetServer, open_netserver
from bot.superoffice.source import PATIENCE_S, SuperOfficeSource

FIRST_PAUSE_S: Final = 1.0
LONGEST_PAUSE_S: Final = 30.0
"""The pauses between tries while SuperOffice fails: 1 s, then 2 s, 4 s and so on up to 30 s."""


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
        shared = SharedSession(_sign_in(settings, opened, clock), clock)
        api = SoapApi(
            opened,
            shared,
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
        for part in (shared, topic_names, is_open, opening_hours):
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
