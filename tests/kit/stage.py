"""One stage in this process: the real bot from Bolt inwards, in a pretend Slack, with presence that tests decide on."""

import asyncio
import dataclasses
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any, Final, Literal, TypeVar

from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.clock import Clock
from bot.freshness import FreshValue, FreshValues
from bot.limits import Backoff
from bot.presence.feed import PresenceFeed
from bot.presence.model import Snapshot
from bot.proxies import Proxies
from bot.server import serve
from bot.slack import directory
from bot.slack.app import build_app, open_client
from bot.slack.audience import Audience, Level
from bot.slack.conversation import Conversation
from bot.slack.directory import Directory
from bot.slack.http import EVENTS_PATH, events_route
from bot.slack.identity import Company, identify
from bot.slack.listeners import ACK_S
from bot.slack.outbox import Outbox
from bot.slack.renderings import Renderings
from bot.slack.sender import Sender
from bot.slack.socket_mode import SocketMode
from bot.words import words_in
from bot.words.language import Language
from playground.blocks import elements
from playground.show import show
from playground.slack import Delivery, Post, Slack
from tests.kit.clock import NOW, FakeClock
from tests.kit.crowd import FakeSource
from tests.kit.ports import unused_port

T = TypeVar("T")

Mode = Literal["socket", "http"]
MODES: Final[tuple[Mode, ...]] = ("socket", "http")
"""The two ways in which Slack reaches the bot."""

HOST: Final = "127.0.0.1"

ASKER, OTHER, NORWEGIAN_READER, GUEST, STRANGER = "U0ASKER01", "U0ASKER03", "U0ASKER02", "U0GUEST01", "U0STRANG1"
"""Kari and Eva, who read English; Ola, who reads Norwegian; Gina, a guest; Sven, of another company."""

PROFILES: Final = {4: f"https://pretend.slack.com/team/{NORWEGIAN_READER}"}
"""Ole Hansen is Ola in Slack; nobody else is linked."""

STALE_S: Final = 300.0
"""How old a snapshot may be that is shown while SuperOffice fails."""

AT_ONCE_S: Final = 0.01
"""The patience of somebody who hardly waits."""


@dataclass(frozen=True)
class Choices:
    """What an administrator chose, and how long the bot waits for others: by default, longer than it ever should."""

    language: Language = Language.ENGLISH
    audience: Level = Level.COMPANY
    fresh_s: float = 0.0
    ack_s: float = ACK_S
    patience_s: float = 30.0
    """How long the bot waits for what Slack says about people and channels."""


@dataclass
class Bot:
    """The real bot. Its questions about people and channels wait while `lookups` is not set."""

    slack: Slack
    client: AsyncWebClient
    conversation: Conversation
    outbox: Outbox
    app: AsyncApp
    lookups: asyncio.Event

    def socket_mode(self, app_token: str = "", **more: Any) -> SocketMode:
        """The way in over Socket Mode."""
        proxies, clock = Proxies(), Clock()
        token = app_token or self.slack.app_token
        return SocketMode(self.app, self.client, token, proxies=proxies, clock=clock, **more)


@asynccontextmanager
async def built(slack: Slack, source: FakeSource, clock: FakeClock, choices: Choices) -> AsyncIterator[Bot]:
    """A bot as `bot.bootstrap` builds it, which no request reaches yet. It remembers nothing of another one."""
    lookups = asyncio.Event()
    lookups.set()
    async with AsyncExitStack() as stack:
        snapshots = FreshValue(
            source.snapshot,
            fresh_s=choices.fresh_s,
            clock=clock,
            backoff=Backoff("SuperOffice", first_s=1, longest_s=30, clock=clock, chance=lambda: 0.0),
        )
        stack.push_async_callback(snapshots.close)
        client = await stack.enter_async_context(
            open_client(token=slack.bot_token, api_url=slack.api_url, proxies=Proxies())
        )
        identity = await identify(client)
        known = await stack.enter_async_context(_directory(client, identity.company, lookups, clock, choices))
        outbox = Outbox(words_in(choices.language), clock)
        stack.push_async_callback(outbox.drain, 5)
        conversation = Conversation(
            PresenceFeed(snapshots, stale_s=STALE_S),
            known,
            Audience(known, choices.audience, patience_s=choices.patience_s, offer_patience_s=choices.patience_s),
            Renderings(busy_at=1, profiles=PROFILES),
            language=choices.language,
        )
        app = build_app(
            identity=identity,
            client=client,
            conversation=conversation,
            directory=known,
            sender=Sender(client),
            outbox=outbox,
            clock=clock,
            ack_s=choices.ack_s,
        )
        yield Bot(slack, client, conversation, outbox, app, lookups)
        lookups.set()


@asynccontextmanager
async def _directory(
    client: AsyncWebClient, company: Company, lookups: asyncio.Event, clock: FakeClock, choices: Choices
) -> AsyncIterator[Directory]:
    def values(fetch: Callable[[str], Awaitable[T]], fresh_s: float) -> FreshValues[str, T]:
        async def fetch_when_open(key: str) -> T:
            await lookups.wait()
            return await fetch(key)

        return FreshValues(fetch_when_open, fresh_s=fresh_s, size=5_000, at_once=8, waiting=200, clock=clock)

    people = values(partial(directory.fetch_person, client, company), directory.PERSON_FRESH_S)
    internal = values(partial(directory.fetch_internal, client), directory.CHANNEL_FRESH_S)
    yield Directory(people, internal, default=choices.language, language_patience_s=choices.patience_s)
    await people.close()
    await internal.close()


@asynccontextmanager
async def reached(bot: Bot, mode: Mode, port: int = 0) -> AsyncIterator[Slack]:
    """The workspace with the bot in it, which Slack reaches in this way; over HTTP at this port, or any."""
    slack = bot.slack
    if mode == "socket":
        async with bot.socket_mode().connected():
            await slack.connected()
            yield slack
        await slack.until(lambda: not slack.connections)
    else:
        port = port or unused_port()
        clock = Clock()  # Slack signs with the time that is
        route = events_route(bot.app, slack.signing_secret, clock)
        async with serve(route, is_ready=lambda: True, host=HOST, port=port, clock=clock):
            slack.events_url = f"http://{HOST}:{port}{EVENTS_PATH}"
            yield slack


# What people do, and what they see


def read(post: Post) -> str:
    """A post as its reader sees it 4 minutes after the clock of tests began, not wrapped."""
    return show(post.text, post.blocks, width=400, now=NOW + timedelta(minutes=4))


def controls_of(post: Post) -> list[str]:
    """What can be clicked below a post, by its action_id."""
    return [element["action_id"] for block in post.blocks for element in elements(block)]


def option_of(post: Post, text: str) -> str:
    """The value of a menu's option, by what it says."""
    options = (each for block in post.blocks for element in elements(block) for each in element.get("options", []))
    return next(str(each["value"]) for each in options if each["text"]["text"] == text)


def offered(delivery: Delivery) -> list[str]:
    """What a menu offered while somebody typed."""
    return [each["text"]["text"] for each in (delivery.body or {}).get("options", [])]


async def answer(slack: Slack, asking: Coroutine[Any, Any, Delivery]) -> Post:
    """The first that came of a command, a mention, a message or a click."""
    return await slack.post_after(await asking)


async def home_after(slack: Slack, asking: Coroutine[Any, Any, Delivery], user: str = ASKER) -> Post:
    """A person's Home tab after they opened it, or clicked there."""
    before = slack.homes.get(user)
    await asking

    def published() -> Post | None:
        home = slack.homes.get(user)
        return home if home is not before else None

    return await slack.until(published)


def later(snapshot: Snapshot, **changed: Any) -> Snapshot:
    """The same with these changes, taken a second later."""
    return dataclasses.replace(snapshot, taken_at=snapshot.taken_at + timedelta(seconds=1), **changed)
