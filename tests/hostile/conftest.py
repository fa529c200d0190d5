"""The bot with the real zeep, at a line on which tests say whatever they like."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import asynccontextmanager
from typing import Any, TypeVar

import httpx
import pytest

from bot.freshness import FreshValue
from bot.presence.feed import PresenceFeed
from bot.presence.model import Snapshot
from bot.slack.audience import Audience, Level
from bot.slack.clicks import Click
from bot.slack.conversation import Conversation
from bot.slack.directory import Directory
from bot.slack.renderings import Renderings
from bot.slack.view_state import decode
from bot.slack.views.message import Message
from bot.superoffice.api import TopicRow
from bot.superoffice.soap.netserver import NetServer
from bot.words.language import Language
from playground.netserver_xml import Writer, presence_list, topic_list
from playground.office import PretendAgent
from tests.kit.netserver import SuperOffice, superoffice

T = TypeVar("T")


class Line:
    """A NetServer's line, and a loop to ask over it. `says` has what comes back for each operation.

    It is opened once, because to read the contracts takes longer than an answer; nothing is remembered in between.
    """

    def __init__(self) -> None:
        self.says: dict[str, Callable[[], httpx.Response]] = {}
        self._runner = asyncio.Runner()
        self._http = httpx.AsyncClient(transport=httpx.MockTransport(self._respond), trust_env=False)
        self.netserver = NetServer(self._http, services=86)
        self.topics({})
        is_open = Writer(86, "").reply("IsWithinOpeningHours", "<Response>true</Response>").encode()
        self.says["IsWithinOpeningHours"] = lambda: xml(is_open)

    def topics(self, names: dict[int, str]) -> None:
        """Say what the topics are called."""
        reply = Writer(86, "").reply("GetSimpleList", topic_list(names)).encode()
        self.says["GetSimpleList"] = lambda: xml(reply)

    def agents(self, *agents: PretendAgent) -> None:
        """Say who is there."""
        reply = Writer(86, "").reply("GetChatPresence", presence_list(agents)).encode()
        self.says["GetChatPresence"] = lambda: xml(reply)

    def run(self, asking: Coroutine[Any, Any, T]) -> T:
        """Ask, and wait for what comes of it."""
        return self._runner.run(asking)

    async def snapshot(self) -> Snapshot:
        """What the bot makes of it."""
        async with superoffice(self.netserver) as bot:
            return await bot.source.snapshot()

    async def topic_names(self) -> tuple[TopicRow, ...]:
        """What the topics are called."""
        async with superoffice(self.netserver) as bot:
            return await bot.api.topic_names()

    async def answers(self, *questions: str, busy_at: int = 1) -> list[Message]:
        """What people in Slack are answered."""
        return [first for first, *_ in await self.pages(*questions, busy_at=busy_at)]

    async def pages(self, *questions: str, busy_at: int = 1) -> list[list[Message]]:
        """The same, with the pages that they see who click "Next" until there is none."""
        async with superoffice(self.netserver) as bot, conversing(bot, busy_at) as conversation:
            return [await all_pages(conversation, question) for question in questions]

    def close(self) -> None:
        """Let go of what was opened."""
        self.run(self._http.aclose())
        self._runner.close()

    async def _respond(self, request: httpx.Request) -> httpx.Response:
        return self.says[request.headers["SOAPAction"].strip('"').rpartition("/")[2]]()


class English(Directory):
    """A company without neighbours, whose people read English; nothing is asked of Slack."""

    def __init__(self) -> None:
        pass

    async def language(self, _user: str) -> Language:
        """English."""
        return Language.ENGLISH


@asynccontextmanager
async def conversing(bot: SuperOffice, busy_at: int = 1) -> AsyncIterator[Conversation]:
    """The conversation of a bot that has just been started."""
    snapshots = FreshValue(bot.source.snapshot, fresh_s=5, clock=bot.clock)
    directory = English()
    try:
        yield Conversation(
            PresenceFeed(snapshots, stale_s=300),
            directory,
            Audience(directory, Level.EVERYONE),
            Renderings(busy_at=busy_at, profiles={}),
            language=Language.ENGLISH,
        )
    finally:
        await snapshots.close()


async def ask(conversation: Conversation, question: str) -> Message:
    """What somebody is answered who types the command."""
    return await conversation.to_command(question, "U0ASKER01", "C0OFFICE1")


async def all_pages(conversation: Conversation, question: str) -> list[Message]:
    """The answer to a question, and what each click on "Next" makes of it."""
    pages = [await ask(conversation, question)]
    while value := _next(pages[-1]):
        click = Click(
            user="U0ASKER01", teams=frozenset(), channel="C0OFFICE1", state=decode(value), is_ephemeral=True,
            is_direct=False, thread_ts=None, response_url="", is_home=False,
        )  # fmt: skip
        pages.append(await conversation.to_click(click))
    return pages


def _next(message: Message) -> str | None:
    buttons = (each for block in message.blocks if block["type"] == "actions" for each in block["elements"])
    return next((str(each["value"]) for each in buttons if each["action_id"] == "show:next"), None)


def xml(content: bytes) -> httpx.Response:
    """An answer as a NetServer gives it."""
    headers = {"Content-Type": "text/xml; charset=utf-8"}
    return httpx.Response(200, headers=headers, stream=httpx.ByteStream(content))


@pytest.fixture(scope="module")
def line() -> Iterator[Line]:
    """A line for a module; a test says anew whatever it needs."""
    line = Line()
    yield line
    line.close()
