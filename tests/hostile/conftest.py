"""The real client with the real zeep, at a line on which tests say whatever they like."""

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from typing import Any, TypeVar

import httpx
import pytest

from bot.presence.model import Snapshot
from bot.presence.service import PresenceService
from bot.slack.answers import Answers
from bot.slack.views.message import Message
from bot.superoffice.client import SuperOfficeClient
from bot.superoffice.parsing import TopicNames
from bot.superoffice.transport import NetServer
from playground.netserver_xml import Writer, presence_list, topic_list
from playground.office import PretendAgent
from tests.fakes import Clock, client_of

T = TypeVar("T")


class Line:
    """A NetServer's line, and a loop to ask over it. `says` has what comes back for each operation.

    It is opened once, because to read the contracts takes longer than an answer; nothing is remembered in between.
    """

    def __init__(self) -> None:
        self.says: dict[str, Callable[[], httpx.Response]] = {}
        self._runner = asyncio.Runner()
        self._http = httpx.AsyncClient(transport=httpx.MockTransport(self._respond), trust_env=False)
        self.netserver = NetServer(self._http, base_url="https://crm.example.com/SuperOffice/Remote", services=86)
        self.topics({})

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
        """What the client makes of it."""
        async with client_of(self.netserver) as client:
            return await client.snapshot()

    async def topic_names(self) -> TopicNames:
        """What the client calls the topics."""
        async with client_of(self.netserver) as client:
            return await client.topic_names()

    async def answers(self, *questions: str, busy_at: int = 1) -> list[Message]:
        """What people in Slack are answered."""
        async with client_of(self.netserver) as client:
            return await answered(client, questions, busy_at)

    async def answers_in_an_outage(self, *questions: str) -> list[Message]:
        """What people in Slack are answered from memory, by a bot that SuperOffice has failed."""
        clock = Clock()
        async with client_of(self.netserver) as client:
            presence = PresenceService(client, fresh_s=5, stale_s=300, monotonic=clock, chance=lambda: 0.5)
            answers = Answers(presence, busy_at=1)
            await answers.to("")
            clock.advance(10)
            self.says["GetChatPresence"] = lambda: xml(b"no XML")
            said = [await answers.to(question) for question in questions]
            await presence.close()
            return said

    def close(self) -> None:
        """Let go of what was opened."""
        self.run(self._http.aclose())
        self._runner.close()

    async def _respond(self, request: httpx.Request) -> httpx.Response:
        return self.says[request.headers["SOAPAction"].strip('"').rpartition("/")[2]]()


async def answered(client: SuperOfficeClient, questions: tuple[str, ...], busy_at: int) -> list[Message]:
    """The answers of a bot that has just been started."""
    presence = PresenceService(client, fresh_s=5, stale_s=300, monotonic=Clock(), chance=lambda: 0.5)
    answers = Answers(presence, busy_at=busy_at)
    try:
        return [await answers.to(question) for question in questions]
    finally:
        await presence.close()


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
