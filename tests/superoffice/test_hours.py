"""Which topics are closed: told only where the server said so, and never at a roster's cost."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import httpx
import pytest
from lxml import etree

from bot.errors import Denied, Reason, SuperOfficeError, Unreachable
from bot.freshness import FreshValues
from bot.superoffice.hours import AT_ONCE, FRESH_S, MOST_TOPICS, PAUSE_S, OpeningHours
from tests.kit.clock import FakeClock
from tests.kit.netserver import HOURS, NAMES, PRESENCE, Reply, SuperOffice, Wire, failure, keeper_of_hours, superoffice
from tests.kit.netserver_xml import anna, is_open, presence, row, succeeded, topic_list

CLOSED_TOPICS = {2: "Orders", 3: "Returns", 4: "VIP"}


@dataclass
class FakeHours:
    """Says of each topic what it is told to, closed by default, or fails; waits while its gate is not set."""

    says: dict[int, bool | None] = field(default_factory=dict)
    error: SuperOfficeError | None = None
    asked: list[int] = field(default_factory=list)
    under_way: int = 0
    most: int = 0
    gate: asyncio.Event = field(default_factory=asyncio.Event)

    async def is_open(self, topic_id: int) -> bool | None:
        """What the test decided."""
        self.asked.append(topic_id)
        self.under_way += 1
        self.most = max(self.most, self.under_way)
        try:
            await self.gate.wait()
            await asyncio.sleep(0)
        finally:
            self.under_way -= 1
        if self.error is not None:
            raise self.error
        return self.says.get(topic_id, False)


@dataclass
class Scene:
    """Opening hours, those who are asked for them, and the clock."""

    ask: FakeHours
    clock: FakeClock
    kept: FreshValues[int, bool | None]
    hours: OpeningHours

    async def settled(self) -> None:
        """Wait for the questions under way."""
        if self.hours._asking is not None:
            await asyncio.wait([self.hours._asking])

    async def refreshed(self, *topic_ids: int) -> frozenset[int]:
        """What is known of these topics after they were asked for."""
        self.hours.refresh(topic_ids)
        await self.settled()
        return self.hours.closed(topic_ids)


@pytest.fixture
async def scene() -> AsyncIterator[Scene]:
    """Opening hours of which nothing is known yet."""
    ask, clock = FakeHours(), FakeClock()
    ask.gate.set()
    kept = keeper_of_hours(ask.is_open, clock)
    scene = Scene(ask, clock, kept, OpeningHours(kept))
    yield scene
    await scene.hours.close()
    await kept.close()


# --- what is told ---


async def test_a_topic_is_closed_where_the_server_says_so(scene: Scene) -> None:
    """Of the topics in question, those are closed that the server said are; an answer that says nothing is none."""
    scene.ask.says = {1: True, 2: False, 3: None}

    assert scene.hours.closed([1, 2, 3]) == frozenset()
    assert await scene.refreshed(1, 2, 3) == {2}


async def test_some_are_not_marked_while_others_are_unknown(scene: Scene) -> None:
    """While one topic has not been asked for, none is called closed: beside those, it would look open."""
    assert await scene.refreshed(1) == {1}
    assert scene.hours.closed([1, 2]) == frozenset()
    assert await scene.refreshed(1, 2) == {1, 2}


async def test_an_answer_serves_for_a_minute(scene: Scene) -> None:
    """What the server said a minute ago is not told any more, even if it can't be asked again; until then it is."""
    await scene.refreshed(1)
    scene.ask.error = Unreachable(Reason.REFUSED)
    scene.clock.advance(59)
    assert await scene.refreshed(1) == {1}
    scene.clock.advance(1)

    assert scene.hours.closed([1]) == frozenset()


async def test_an_answer_is_renewed_before_it_ends(scene: Scene) -> None:
    """A topic that somebody wants to know of is asked for again after 45 s, so that nothing flickers."""
    await scene.refreshed(1)
    scene.clock.advance(44)
    await scene.refreshed(1)
    assert scene.ask.asked == [1]

    scene.ask.says = {1: True}
    scene.clock.advance(1)
    assert await scene.refreshed(1) == frozenset()
    assert scene.ask.asked == [1, 1]


# --- how it asks ---


async def test_four_at_once_at_most(scene: Scene) -> None:
    """However many topics nobody covers, four questions are under way at most, and each topic is asked for once."""
    assert await scene.refreshed(*range(1, 101)) == set(range(1, 101))
    assert sorted(scene.ask.asked) == list(range(1, 101))
    assert scene.ask.most == AT_ONCE == 4


async def test_five_hundred_topics_at_most(scene: Scene) -> None:
    """Of more topics than that, the first by number are asked for, and no others."""
    await scene.refreshed(*range(600, 0, -1))

    assert sorted(scene.ask.asked) == list(range(1, MOST_TOPICS + 1)) == list(range(1, 501))


async def test_one_round_at_a_time(scene: Scene) -> None:
    """While questions are under way no others are begun."""
    scene.ask.gate.clear()
    for topic_ids in ([1, 2], [1, 2], [3]):
        scene.hours.refresh(topic_ids)
        await asyncio.sleep(0)
    scene.ask.gate.set()
    await scene.settled()

    assert sorted(scene.ask.asked) == [1, 2]


async def test_the_end_ends_what_is_under_way(scene: Scene) -> None:
    """Questions under way end with it, and none is begun after."""
    before = asyncio.all_tasks()
    scene.ask.gate.clear()
    scene.hours.refresh(range(10))
    while scene.ask.under_way < AT_ONCE:  # noqa: ASYNC110  # the turns that the questions take to begin
        await asyncio.sleep(0)
    await scene.hours.close()
    await scene.kept.close()

    assert (scene.ask.under_way, len(scene.ask.asked)) == (0, AT_ONCE)
    assert asyncio.all_tasks() == before


# --- when it cannot be had ---


async def test_a_failure_is_paused_and_told_once(scene: Scene, caplog: pytest.LogCaptureFixture) -> None:
    """A server that fails is left alone for a minute, by the questions of the same round too, and told of once."""
    scene.ask.error = Denied(Reason.NO_RIGHT_TO_HOURS)
    assert await scene.refreshed(*range(10)) == frozenset()
    asked = len(scene.ask.asked)
    assert asked <= AT_ONCE
    scene.clock.advance(PAUSE_S - 1)
    await scene.refreshed(1)
    assert (len(scene.ask.asked), PAUSE_S) == (asked, 60)

    scene.clock.advance(1)
    await scene.refreshed(1)
    assert len(scene.ask.asked) == asked + 1
    [told] = caplog.records
    assert told.getMessage() == "Opening hours: failed: no right to see the opening hours"
    assert told.exc_info is None


# --- in a snapshot ---


@pytest.fixture
def wire() -> Wire:
    """Anna covers topic 1; nobody covers the others, which are closed."""
    wire = Wire()
    only_billing = anna(ChatTopics="<ChatTopics><a:int>1</a:int></ChatTopics>")
    wire.says[PRESENCE] = Reply(presence(row(*only_billing)))
    wire.says[NAMES] = Reply(topic_list((1, "Billing"), *CLOSED_TOPICS.items()))
    wire.says[HOURS] = Reply(is_open("<Response>false</Response>"))
    return wire


async def closed_at_last(bot: SuperOffice) -> set[int]:
    """The topics that the second snapshot calls closed: the first begins to ask."""
    await bot.source.snapshot()
    await bot.settled()
    return {topic.id for topic in (await bot.source.snapshot()).closed}


def asked_for(request: httpx.Request) -> int:
    """The topic in question."""
    [element] = etree.fromstring(request.content).xpath("//*[local-name() = 'ChatTopicId']")
    return int(element.text)


async def test_only_topics_without_anyone_are_asked_for_and_closed(wire: Wire) -> None:
    """A topic without anybody is closed once the server said so, until somebody comes; others are not asked for."""
    async with superoffice(wire) as bot:
        assert (await bot.source.snapshot()).closed == frozenset()
        await bot.settled()
        assert {topic.name for topic in (await bot.source.snapshot()).closed} == set(CLOSED_TOPICS.values())
        assert sorted(map(asked_for, wire.sent(HOURS))) == sorted(CLOSED_TOPICS)
        both = anna(ChatTopics="<ChatTopics><a:int>1</a:int><a:int>2</a:int></ChatTopics>")
        wire.says[PRESENCE] = Reply(presence(row(*both)))
        assert {topic.id for topic in (await bot.source.snapshot()).closed} == {3, 4}


async def test_a_snapshot_does_not_wait_for_hours(wire: Wire) -> None:
    """A snapshot comes though the server never tells of opening hours, and so does the next; the end ends the rest."""
    wire.held = {HOURS}
    async with superoffice(wire) as bot:
        first = await bot.source.snapshot()
        await wire.asked[HOURS].wait()
        second = await bot.source.snapshot()

        assert first.agents == second.agents != ()
        assert first.closed == second.closed == frozenset()


async def test_known_topics_are_asked_for_beside_the_presence(wire: Wire) -> None:
    """For topics that had nobody last time, the answer is on its way while presence is."""
    async with superoffice(wire) as bot:
        await closed_at_last(bot)
        bot.clock.advance(FRESH_S)
        wire.held = {PRESENCE}
        wire.asked.clear()
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(bot.source.snapshot())
            await wire.asked[HOURS].wait()
            wire.gate.set()


@pytest.mark.parametrize("failing", [Reply("", status=503), Reply(presence(headers=succeeded("false")))])
async def test_hours_are_not_asked_for_while_superoffice_fails(wire: Wire, failing: Reply) -> None:
    """From the first failed snapshot on, no opening hours are asked for until one succeeds, however long it takes."""
    async with superoffice(wire) as bot:
        await closed_at_last(bot)
        wire.says[PRESENCE] = failing
        await failure(bot.source.snapshot())
        await bot.settled()
        wire.requests.clear()
        for _ in range(5):
            bot.clock.advance(max(FRESH_S, PAUSE_S))
            await failure(bot.source.snapshot())
            await bot.settled()
        assert (wire.count(PRESENCE), wire.count(HOURS)) == (5, 0)

        wire.says[PRESENCE] = Wire().says[PRESENCE]
        await bot.source.snapshot()
        await bot.settled()
        assert wire.count(HOURS) > 0
