"""A presence that tests decide on, and the real bot around it."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.errors import Reason, Unreachable
from bot.languages import Language
from bot.presence.model import Agent, Snapshot, Topic
from bot.presence.service import PresenceService
from bot.slack.answers import Answers
from bot.slack.app import build_app, open_client
from bot.slack.directory import Directory
from bot.slack.identity import Identity, identify
from bot.slack.listeners import register
from bot.slack.replies import Replies
from bot.slack.transports import socket_mode
from bot.slack.views.words import words_in
from playground.show import show
from playground.slack import Post, Slack

TAKEN_AT = datetime(2026, 3, 2, 14, 3, tzinfo=UTC)
NOW = TAKEN_AT + timedelta(minutes=4)
STALE_S = 300.0

BILLING, ORDERS, RETURNS, VIP = Topic(1, "Billing"), Topic(2, "Orders"), Topic(3, "Returns"), Topic(4, "VIP & Co")

TEAM = Snapshot(
    taken_at=TAKEN_AT,
    agents=(
        Agent(3, "Anna Berg", present=True, ongoing_chats=0, topics=(BILLING, ORDERS)),
        Agent(4, "Ole Hansen", present=True, ongoing_chats=0, topics=(ORDERS,)),
        Agent(5, "Bjørn Dahl", present=True, ongoing_chats=2, topics=(BILLING,)),
        Agent(6, "Åse Lindqvist", present=False, ongoing_chats=1, topics=(RETURNS,)),
        Agent(7, "Nils Ek", present=False, ongoing_chats=0, topics=()),
    ),
    topics=(BILLING, ORDERS, RETURNS, VIP),
)
PROFILES = {4: "https://pretend.slack.com/team/U0ASKER02"}
"""Ole is Ola in Slack; nobody else is known there."""

DOWN = Unreachable(Reason.REFUSED, "ConnectError")


def read(post: Post) -> str:
    """A post as its reader sees it, not wrapped."""
    return show(post.text, post.blocks, width=400, now=NOW)


class Source:
    """Says what it is told to, or raises it; with a `gate`, only once that is open."""

    def __init__(self) -> None:
        self.says: Snapshot | Exception = TEAM
        self.gate: asyncio.Event | None = None
        self.asked = 0
        self.was_asked = asyncio.Event()

    async def snapshot(self) -> Snapshot:
        """What was told."""
        self.asked += 1
        self.was_asked.set()
        if self.gate is not None:
            await self.gate.wait()
        if isinstance(self.says, Exception):
            raise self.says
        return self.says


@dataclass
class Clock:
    """Tells the times that a test sets."""

    monotonic_s: float = 0.0

    def passes(self, seconds: float) -> None:
        """Let time pass."""
        self.monotonic_s += seconds


@dataclass
class Bot:
    """The real bot from Bolt inwards; only its presence comes from the test."""

    client: AsyncWebClient
    identity: Identity
    answers: Answers
    replies: Replies
    app: AsyncApp


@pytest.fixture
async def slack() -> AsyncIterator[Slack]:
    """A workspace of its own for each test."""
    async with Slack() as slack:
        yield slack


@pytest.fixture
def source() -> Source:
    """Where presence comes from."""
    return Source()


@pytest.fixture
def clock() -> Clock:
    """The bot's time."""
    return Clock()


@pytest.fixture
async def presence(source: Source, clock: Clock) -> AsyncIterator[PresenceService]:
    """Presence that is asked for anew with each question."""
    presence = PresenceService(
        source, fresh_s=0, stale_s=STALE_S, monotonic=lambda: clock.monotonic_s, chance=lambda: 0.0
    )
    yield presence
    await presence.close()


@pytest.fixture
def answers(presence: PresenceService, directory: Directory) -> Answers:
    """Answers from that presence."""
    return Answers(presence, directory, busy_at=1, language=Language.ENGLISH, profiles=PROFILES)


@pytest.fixture
async def client(slack: Slack) -> AsyncIterator[AsyncWebClient]:
    """The bot's way to Slack."""
    async with open_client(token=slack.bot_token, api_url=slack.api_url) as client:
        yield client


@pytest.fixture
async def directory(client: AsyncWebClient, clock: Clock) -> AsyncIterator[Directory]:
    """What Slack knows of people and channels, asked of the stand-in."""
    directory = Directory(
        client, fallback=Language.ENGLISH, share_externally=False, monotonic=lambda: clock.monotonic_s
    )
    yield directory
    await directory.close()


@pytest.fixture
async def replies(client: AsyncWebClient) -> AsyncIterator[Replies]:
    """The owner of replies under way."""
    replies = Replies(client, words_in(Language.ENGLISH))
    yield replies
    await replies.drain(5)


@pytest.fixture
async def bot(slack: Slack, client: AsyncWebClient, answers: Answers, replies: Replies) -> Bot:
    """The bot as the product builds it, not yet connected."""
    identity = await identify(client)
    app = build_app(
        identity=identity,
        client=client,
        signing_secret=slack.signing_secret,
        answers=answers,
        replies=replies,
        share_externally=False,
    )
    return Bot(client, identity, answers, replies, app)


@pytest.fixture
async def workspace(slack: Slack, bot: Bot) -> AsyncIterator[Slack]:
    """The workspace with the bot in it, connected in Socket Mode."""
    async with socket_mode(bot.app, bot.client, slack.app_token):
        await slack.connected()
        yield slack


@pytest.fixture
async def impatient(slack: Slack, bot: Bot) -> AsyncIterator[Slack]:
    """The same, but that the acknowledgement of a command waits for no answer at all."""
    app = AsyncApp(
        client=AsyncWebClient(base_url=bot.client.base_url, session=bot.client.session),
        authorize=_always(bot.identity.authorization),
        process_before_response=True,
    )
    register(app, answers=bot.answers, replies=bot.replies, ack_s=0)
    async with socket_mode(app, bot.client, slack.app_token):
        await slack.connected()
        yield slack


def _always(value: Any) -> Callable[[], Awaitable[Any]]:
    async def authorize() -> Any:
        return value

    return authorize
