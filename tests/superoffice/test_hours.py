"""Which topics are closed: told only where the server said so, and never at a roster's cost."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest

from bot.errors import Denied, Reason, Unexpected, Unreachable
from bot.superoffice.client import SuperOfficeClient
from bot.superoffice.hours import ASK_AGAIN_S, AT_ONCE, KEPT_S, PAUSE_S, OpeningHours
from bot.superoffice.tickets import PasswordSignIn
from playground.office import Office, PretendAgent
from playground.superoffice import Fault
from playground.superoffice import NetServer as StandIn
from tests.fakes import (
    Clock,
    Reply,
    Wire,
    anna,
    client_of,
    exception_info,
    over_http,
    presence,
    response,
    row,
    succeeded,
    topic_list,
    wired,
    xml,
)

HOURS = "IsWithinOpeningHours"
CLOSED_TOPICS = {2: "Orders", 3: "Returns", 4: "VIP"}


class FakeHours:
    """Says of each topic what it is told to, or fails with its error; waits while its gate is not set."""

    def __init__(self, says: dict[int, bool | None] | None = None) -> None:
        self.says = says or {}
        self.error: Exception | None = None
        self.asked: list[int] = []
        self.under_way = 0
        self.most = 0
        self.cancelled = 0
        self.gate = asyncio.Event()
        self.gate.set()

    async def __call__(self, topic_id: int) -> bool | None:
        self.asked.append(topic_id)
        self.under_way += 1
        self.most = max(self.most, self.under_way)
        try:
            await self.gate.wait()
            await asyncio.sleep(0)
        except asyncio.CancelledError:
            self.cancelled += 1
            raise
        finally:
            self.under_way -= 1
        if self.error is not None:
            raise self.error
        return self.says.get(topic_id, False)


async def settled(hours: OpeningHours) -> None:
    """Wait for the questions under way."""
    if hours._asking is not None:
        await asyncio.wait([hours._asking])


async def refreshed(hours: OpeningHours, *topic_ids: int) -> frozenset[int]:
    """What is known of these topics after they were asked for."""
    hours.refresh(topic_ids)
    await settled(hours)
    return hours.closed(topic_ids)


# --- what is told ---


async def test_a_topic_is_closed_where_the_server_says_so() -> None:
    """Of the topics in question, those are closed that the server said are; an answer that says nothing is none."""
    hours = OpeningHours(FakeHours({1: True, 2: False, 3: None}), monotonic=Clock())

    assert hours.closed([1, 2, 3]) == frozenset()
    assert await refreshed(hours, 1, 2, 3) == {2}
    assert hours.closed([1, 3, 4]) == frozenset()


async def test_an_answer_serves_for_a_minute() -> None:
    """What the server said a minute ago is not told any more, whether or not it can be asked again."""
    ask, clock = FakeHours(), Clock()
    hours = OpeningHours(ask, monotonic=clock)
    await refreshed(hours, 1)
    clock.advance(59)
    assert hours.closed([1]) == {1}
    clock.advance(1)

    assert hours.closed([1]) == frozenset()
    assert KEPT_S == 60


async def test_an_answer_is_renewed_before_it_ends() -> None:
    """A topic that somebody wants to know of is asked for again in time, so that nothing flickers."""
    ask, clock = FakeHours(), Clock()
    hours = OpeningHours(ask, monotonic=clock)
    await refreshed(hours, 1)
    clock.advance(ASK_AGAIN_S - 1)
    await refreshed(hours, 1)
    assert ask.asked == [1]
    clock.advance(1)
    assert await refreshed(hours, 1) == {1}
    assert ask.asked == [1, 1]

    ask.says = {1: True}
    clock.advance(ASK_AGAIN_S)
    assert await refreshed(hours, 1) == frozenset()


async def test_an_answer_counts_from_when_it_was_asked_for() -> None:
    """An answer that took long is as old as its question: it may have been true only then."""
    ask, clock = FakeHours(), Clock()
    ask.gate.clear()
    hours = OpeningHours(ask, monotonic=clock)
    hours.refresh([1])
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert ask.asked == [1]
    clock.advance(30)
    ask.gate.set()
    await settled(hours)
    assert hours.closed([1]) == {1}

    clock.advance(31)
    assert hours.closed([1]) == frozenset()


# --- how it asks ---


async def test_four_at_once_at_most() -> None:
    """However many topics nobody covers, four questions are under way at most, and each topic is asked for once."""
    ask = FakeHours()
    hours = OpeningHours(ask, monotonic=Clock())

    assert await refreshed(hours, *range(1, 101)) == set(range(1, 101))
    assert sorted(ask.asked) == list(range(1, 101))
    assert ask.most == AT_ONCE == 4


async def test_one_round_at_a_time() -> None:
    """While questions are under way no others are begun."""
    ask = FakeHours()
    ask.gate.clear()
    hours = OpeningHours(ask, monotonic=Clock())
    for _ in range(3):
        hours.refresh([1, 2])
        await asyncio.sleep(0)
    ask.gate.set()
    await settled(hours)

    assert sorted(ask.asked) == [1, 2]


async def test_nothing_is_asked_for_nothing() -> None:
    """Where every topic has somebody, nothing is asked."""
    ask = FakeHours()
    hours = OpeningHours(ask, monotonic=Clock())

    assert await refreshed(hours) == frozenset()
    assert hours._asking is None


async def test_the_end_ends_what_is_under_way() -> None:
    """Questions under way end with it, and none is begun after."""
    ask = FakeHours()
    ask.gate.clear()
    hours = OpeningHours(ask, monotonic=Clock())
    hours.refresh(range(10))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert ask.under_way == AT_ONCE

    await hours.close()
    assert (ask.under_way, ask.cancelled, len(ask.asked)) == (0, AT_ONCE, AT_ONCE)


async def test_the_end_may_come_before_anything_was_asked() -> None:
    """There may be nothing to end."""
    await OpeningHours(FakeHours(), monotonic=Clock()).close()


async def test_some_are_not_marked_while_others_are_unknown() -> None:
    """While one topic has not been asked for, none is called closed: beside those, it would look open."""
    hours = OpeningHours(FakeHours({1: False, 2: False}), monotonic=Clock())

    assert await refreshed(hours, 1) == {1}
    assert hours.closed([1, 2]) == frozenset()
    assert await refreshed(hours, 1, 2) == {1, 2}


# --- when it cannot be had ---


async def test_one_topic_that_fails_keeps_no_other_waiting() -> None:
    """Where the server cannot tell of one topic, that one is unknown, and all others are told."""
    asked: list[int] = []

    async def ask(topic_id: int) -> bool:
        asked.append(topic_id)
        if topic_id == 3:
            raise Unexpected(Reason.FAILED)
        return False

    hours = OpeningHours(ask, monotonic=Clock())
    assert await refreshed(hours, *range(1, 41)) == set(range(1, 41)) - {3}
    assert sorted(asked) == list(range(1, 41))


async def test_a_failure_is_paused_and_told_once(caplog: pytest.LogCaptureFixture) -> None:
    """A server that does not tell is left alone for a minute, and named in the log once, when it fails again."""
    ask, clock = FakeHours(), Clock()
    ask.error = Denied(Reason.NO_RIGHT)
    hours = OpeningHours(ask, monotonic=clock)
    assert await refreshed(hours, *range(10)) == frozenset()
    asked = len(ask.asked)
    clock.advance(PAUSE_S - 1)
    await refreshed(hours, 1)
    assert (len(ask.asked), PAUSE_S) == (asked, 60)
    assert asked <= AT_ONCE

    clock.advance(1)
    await refreshed(hours, 1)
    assert len(ask.asked) == asked + 1
    clock.advance(PAUSE_S)
    await refreshed(hours, 1)
    [told] = caplog.records
    assert told.getMessage().startswith("Opening hours could not be fetched: SuperOffice does not let the bot in")
    assert told.exc_info is None


async def test_a_single_failure_is_not_told(caplog: pytest.LogCaptureFixture) -> None:
    """One failure, which a roster's own may stand beside, is not told; nor two that something good separates."""
    ask, clock = FakeHours(), Clock()
    hours = OpeningHours(ask, monotonic=clock)
    for error in (Unexpected(Reason.FAILED), None, Unexpected(Reason.FAILED)):
        ask.error = error
        await refreshed(hours, 1)
        clock.advance(PAUSE_S)

    assert caplog.records == []


async def test_a_failure_takes_nothing_away() -> None:
    """What is known stays known for its minute when the server does not tell any more."""
    ask, clock = FakeHours(), Clock()
    hours = OpeningHours(ask, monotonic=clock)
    await refreshed(hours, 1)
    clock.advance(ASK_AGAIN_S)
    ask.error = Unreachable(Reason.REFUSED)

    assert await refreshed(hours, 1) == {1}
    clock.advance(KEPT_S - ASK_AGAIN_S)
    assert hours.closed([1]) == frozenset()


# --- over the wire ---


@pytest.fixture
def wire() -> Wire:
    """Anna covers topic 1; nobody covers the others, which are closed."""
    wire = Wire()
    only_billing = anna(ChatTopics="<ChatTopics><a:int>1</a:int></ChatTopics>")
    wire.says["GetChatPresence"] = Reply(presence(row(*only_billing)))
    wire.says["GetSimpleList"] = Reply(topic_list((1, "Billing"), *CLOSED_TOPICS.items()))
    wire.says[HOURS] = Reply(is_open("<Response>false</Response>"))
    return wire


def is_open(inner: str, headers: str | None = None) -> str:
    """A reply of IsWithinOpeningHours."""
    return response("IsWithinOpeningHoursResponse", inner, headers=headers)


async def closed_at_last(client: SuperOfficeClient) -> set[int]:
    """The topics that the second snapshot calls closed: the first begins to ask."""
    await client.snapshot()
    await settled(client._hours)
    return {topic.id for topic in (await client.snapshot()).closed}


async def test_closed_topics_are_in_the_snapshot(wire: Wire) -> None:
    """A topic without anybody is closed in the snapshot, once the server has said so."""
    async with wired(wire) as netserver, client_of(netserver) as client:
        assert (await client.snapshot()).closed == frozenset()
        await settled(client._hours)

        assert {topic.name for topic in (await client.snapshot()).closed} == set(CLOSED_TOPICS.values())


async def test_only_topics_without_anyone_are_asked_for(wire: Wire) -> None:
    """A topic that somebody covers is not asked for, and is not called closed whatever the server thinks."""
    async with wired(wire) as netserver, client_of(netserver) as client:
        assert await closed_at_last(client) == set(CLOSED_TOPICS)
        await settled(client._hours)

    assert sorted(_asked_for(request) for request in wire.sent(HOURS)) == sorted(CLOSED_TOPICS)


async def test_a_topic_that_somebody_took_is_not_closed(wire: Wire) -> None:
    """When somebody comes to a topic that was closed, it is not called closed any more."""
    async with wired(wire) as netserver, client_of(netserver) as client:
        await closed_at_last(client)
        everything = anna(ChatTopics="<ChatTopics><a:int>1</a:int><a:int>2</a:int></ChatTopics>")
        wire.says["GetChatPresence"] = Reply(presence(row(*everything)))

        assert {topic.id for topic in (await client.snapshot()).closed} == {3, 4}


async def test_a_snapshot_does_not_wait_for_hours(wire: Wire) -> None:
    """A snapshot comes though the server never tells of opening hours, and so does the next; the end ends the rest."""
    wire.held = {HOURS}
    async with wired(wire) as netserver, client_of(netserver) as client:
        first = await client.snapshot()
        await wire.asked[HOURS].wait()
        second = await client.snapshot()

        assert first.agents == second.agents != ()
        assert first.closed == second.closed == frozenset()
        assert wire.count(HOURS) <= AT_ONCE


@pytest.mark.parametrize(
    "says",
    [
        "",
        "<Response/>",
        '<Response i:nil="true"/>',
        "<Response>  </Response>",
        "<Response>maybe</Response>",
        "<Response>False</Response>",
    ],
)
async def test_an_answer_that_does_not_say_is_none(wire: Wire, says: str) -> None:
    """Only a plain "false" closes a topic: nothing, nil, or another word leaves it unknown."""
    wire.says[HOURS] = Reply(is_open(says))
    async with wired(wire) as netserver, client_of(netserver) as client:
        assert await closed_at_last(client) == set()


@pytest.mark.parametrize("says", ["false", "0", " false "])
async def test_a_plain_no_closes(wire: Wire, says: str) -> None:
    """XML's ways to say false all do: https://www.w3.org/TR/xmlschema-2/#boolean."""
    wire.says[HOURS] = Reply(is_open(f"<Response>{says}</Response>"))
    async with wired(wire) as netserver, client_of(netserver) as client:
        assert await closed_at_last(client) == set(CLOSED_TOPICS)


@pytest.mark.parametrize(
    "reply",
    [
        Reply(is_open("<Response>false</Response>", succeeded("false", exception_info()))),
        Reply(is_open("<Response>false</Response>", "")),
        Reply("<html><body>false</body></html>", content_type="text/html"),
        Reply("", status=500),
    ],
    ids=["Succeeded=false", "no Succeeded", "a web page", "HTTP 500"],
)
async def test_a_failure_closes_nothing(wire: Wire, reply: Reply) -> None:
    """An answer that failed closes no topic and fails no snapshot, whatever its body says."""
    wire.says[HOURS] = reply
    async with wired(wire) as netserver, client_of(netserver) as client:
        assert await closed_at_last(client) == set()
        assert (await client.snapshot()).agents != ()


def _asked_for(request: httpx.Request) -> int:
    """The topic in question."""
    [element] = xml(request).xpath("//*[local-name() = 'ChatTopicId']")
    return int(element.text)


# --- over HTTP ---


@asynccontextmanager
async def asking(server: StandIn, clock: Clock | None = None) -> AsyncIterator[SuperOfficeClient]:
    """A client that signs in to the stand-in."""
    async with over_http(server.url) as netserver:
        sign_in = PasswordSignIn(netserver, username="who", password="demo-password", application_token="")
        async with client_of(netserver, sign_in=sign_in, monotonic=clock) as client:
            yield client


def closing_office(topics: int) -> Office:
    """An office with one agent for topic 1, and all topics closed but the last."""
    named = {n: f"Topic {n:02}" for n in range(1, topics + 1)}
    hours = dict.fromkeys(range(1, topics), (0, 0))
    return Office(agents=[PretendAgent(3, "Anna Berg", present=True, topics=(1,))], topics=named, hours=hours)


async def test_the_server_is_not_flooded() -> None:
    """A server with many topics that nobody covers has four questions at once at most, and one for each topic."""
    async with StandIn(closing_office(40)) as server, asking(server) as client:
        closed = await closed_at_last(client)

        assert closed == set(range(2, 40))
        assert server.max_in_flight[HOURS] <= AT_ONCE
        assert server.count(HOURS) == 39


async def test_a_ticket_that_ended_is_renewed() -> None:
    """Where the ticket ends just before opening hours are asked for, one sign-in serves all questions."""
    clock = Clock()
    async with StandIn(closing_office(10)) as server, asking(server, clock) as client:
        await client.sign_in()
        server.end_tickets()
        client._hours.refresh(range(2, 11))
        await settled(client._hours)

        assert client._hours.closed(range(2, 11)) == set(range(2, 10))
        assert server.count("AuthenticateUsernamePassword") == 2


async def test_a_fault_of_the_server_passes() -> None:
    """A server that cannot tell today is asked again a minute later, and rosters never notice."""
    clock = Clock()
    async with StandIn(closing_office(10)) as server, asking(server, clock) as client:
        server.switches.fault, server.switches.only = Fault.DATABASE, HOURS
        assert await closed_at_last(client) == set()
        asked = server.count(HOURS)
        server.switches.clear()
        assert await closed_at_last(client) == set()
        assert server.count(HOURS) == asked

        clock.advance(PAUSE_S)
        assert await closed_at_last(client) == set(range(2, 10))


async def test_the_clock_of_the_server_decides() -> None:
    """When a topic opens, the bot knows within the minute, without a guess of its own."""
    clock = Clock()
    async with StandIn(closing_office(3)) as server, asking(server, clock) as client:
        assert await closed_at_last(client) == {2}
        server.office.hours.clear()
        clock.advance(KEPT_S)

        assert (await client.snapshot()).closed == frozenset()
        await settled(client._hours)
        assert (await client.snapshot()).closed == frozenset()
