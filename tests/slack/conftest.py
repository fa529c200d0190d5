"""A presence that tests decide on, and the real bot around it."""

import asyncio
import dataclasses
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
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
from bot.slack import directory as directory_module
from bot.slack.answers import Answers
from bot.slack.app import build_app, open_client
from bot.slack.directory import Directory
from bot.slack.identity import Identity, identify
from bot.slack.listeners import register
from bot.slack.replies import Replies
from bot.slack.transports import socket_mode
from bot.slack.views.words import words_in
from playground.blocks import elements
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
OTHER = "U0GUEST01"
"""Somebody else, who reads English, as the usual asker does."""

NORWEGIAN_READER = "U0ASKER02"
"""Ola, whose Slack is in Norwegian."""

PROFILES = {4: "https://pretend.slack.com/team/U0ASKER02"}
"""Ole is Ola in Slack; nobody else is known there."""

DOWN = Unreachable(Reason.REFUSED, "ConnectError")


def read(post: Post) -> str:
    """A post as its reader sees it, not wrapped."""
    return show(post.text, post.blocks, width=400, now=NOW)


def a_moment_later(snapshot: Snapshot) -> Snapshot:
    """The same, taken a second after all the others here."""
    return dataclasses.replace(snapshot, taken_at=TAKEN_AT + timedelta(seconds=1))


def controls_of(post: Post) -> list[str]:
    """What can be clicked below a post, by its action_id."""
    return [element["action_id"] for block in post.blocks for element in elements(block)]


async def home_after(slack: Slack, before: Post | None = None, *, user: str = "U0ASKER01") -> Post:
    """Wait for a person's Home tab, other than the one `before`."""

    def published() -> Post | None:
        home = slack.homes.get(user)
        return home if home is not before else None

    return await slack.until(published)


def crowd(agents: int, topics: int = 4) -> Snapshot:
    """So many agents, free and in the order of their numbers; so many topics, with one agent each as far as they go."""
    named = tuple(Topic(n, f"Topic {n:03}") for n in range(1, topics + 1))
    staff = (
        Agent(n, f"Agent {n:03}", present=True, ongoing_chats=0, topics=named[n - 1 : n]) for n in range(1, agents + 1)
    )
    return Snapshot(TAKEN_AT, tuple(staff), named)


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


@dataclass(frozen=True)
class Choices:
    """What whoever installed the bot chose; a test parametrizes them to have others."""

    language: Language = Language.ENGLISH
    share_externally: bool = False
    fresh_s: float = 0


@dataclass
class Bot:
    """The real bot from Bolt inwards; only its presence comes from the test."""

    client: AsyncWebClient
    identity: Identity
    answers: Answers
    replies: Replies
    app: AsyncApp


@asynccontextmanager
async def built(
    slack: Slack, client: AsyncWebClient, source: Source, clock: Clock, choices: Choices
) -> AsyncIterator[Bot]:
    """A bot as the product builds it, not yet connected; it remembers nothing of another one."""
    async with AsyncExitStack() as stack:
        presence = PresenceService(
            source,
            fresh_s=choices.fresh_s,
            stale_s=STALE_S,
            monotonic=lambda: clock.monotonic_s,
            chance=lambda: 0.0,
        )
        stack.push_async_callback(presence.close)
        directory = Directory(
            client,
            fallback=choices.language,
            share_externally=choices.share_externally,
            monotonic=lambda: clock.monotonic_s,
        )
        stack.push_async_callback(directory.close)
        replies = Replies(client, words_in(choices.language))
        stack.push_async_callback(replies.drain, 5)
        answers = Answers(presence, directory, busy_at=1, language=choices.language, profiles=PROFILES)
        identity = await identify(client)
        app = build_app(
            identity=identity,
            client=client,
            signing_secret=slack.signing_secret,
            answers=answers,
            replies=replies,
            share_externally=choices.share_externally,
        )
        yield Bot(client, identity, answers, replies, app)


@asynccontextmanager
async def connected(slack: Slack, app: AsyncApp, client: AsyncWebClient) -> AsyncIterator[Slack]:
    """The workspace with the app in it, in Socket Mode."""
    async with socket_mode(app, client, slack.app_token):
        await slack.connected()
        yield slack
    await slack.until(lambda: not slack.connections)


@pytest.fixture(autouse=True)
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """Answers that wait for what Slack knows however busy this machine is; what hangs is for tests that say so."""
    monkeypatch.setattr(directory_module, "PATIENCE_S", 30)


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
def choices() -> Choices:
    """The usual choices, and presence that is asked for anew with each question."""
    return Choices()


@pytest.fixture
async def client(slack: Slack) -> AsyncIterator[AsyncWebClient]:
    """The bot's way to Slack."""
    async with open_client(token=slack.bot_token, api_url=slack.api_url) as client:
        yield client


@pytest.fixture
async def bot(
    slack: Slack, client: AsyncWebClient, source: Source, clock: Clock, choices: Choices
) -> AsyncIterator[Bot]:
    """The bot, not yet connected."""
    async with built(slack, client, source, clock, choices) as bot:
        yield bot


@pytest.fixture
def answers(bot: Bot) -> Answers:
    """What the bot answers, without its listeners."""
    return bot.answers


@pytest.fixture
def replies(bot: Bot) -> Replies:
    """The owner of replies under way."""
    return bot.replies


@pytest.fixture
async def workspace(slack: Slack, bot: Bot) -> AsyncIterator[Slack]:
    """The workspace with the bot in it, connected in Socket Mode."""
    async with connected(slack, bot.app, bot.client):
        yield slack


@pytest.fixture
async def impatient(slack: Slack, bot: Bot, choices: Choices) -> AsyncIterator[Slack]:
    """The same, but that the acknowledgement of a command waits for no answer at all."""
    app = AsyncApp(
        client=AsyncWebClient(base_url=bot.client.base_url, session=bot.client.session),
        authorize=_always(bot.identity.authorization),
        process_before_response=True,
    )
    register(app, answers=bot.answers, replies=bot.replies, share_externally=choices.share_externally, ack_s=0)
    async with connected(slack, app, bot.client):
        yield slack


def _always(value: Any) -> Callable[[], Awaitable[Any]]:
    async def authorize() -> Any:
        return value

    return authorize
