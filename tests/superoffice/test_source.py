"""SuperOffice as a source of snapshots, with names where there are names."""

import asyncio
import gc
import json
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import CodeType, FrameType, FunctionType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import Reason, SuperOfficeError, Unexpected
from bot.presence.model import Agent, Snapshot, Topic, uncovered
from bot.superoffice.api import PresenceRow, TopicRow
from bot.superoffice.names import TopicNames
from bot.superoffice.soap.netserver import NetServer
from bot.superoffice.source import agents_of
from playground.office import UNNAMED_TOPIC, Office, demo_office
from playground.superoffice import Fault
from playground.superoffice import NetServer as StandIn
from tests.kit.clock import NOW
from tests.kit.crowd import agent
from tests.kit.netserver import HOURS, NAMES, PRESENCE, Reply, Wire, superoffice
from tests.kit.netserver_xml import anna, presence, row, topic_list

NO_NAMES = TopicNames((), {})


def said(user_id: int = 3, name: str = "Anna Berg", chats: int = 0, *topics: int, present: bool = True) -> PresenceRow:
    return PresenceRow(user_id, name, chats, present=present, topic_ids=topics)


def names_in(snapshot: Snapshot) -> dict[int, str]:
    return {topic.id: topic.name for topic in snapshot.topics}


# --- agents ---


def test_no_agent_is_lost() -> None:
    """Every row with an id or a name, or that is present, is an agent, in the order of the reply.

    A name is one clean line; without one that shows it is "Agent" and the id. Less than no chats is none.
    """
    nobody = said(0, "", present=False)
    rows = [said(4, " O\u202ele\n B", -1), nobody, said(3, "\u200b\u202e"), said(0, ""), said(0, "Kim"), nobody]

    assert agents_of([*rows, said(4, "Ole B")], NO_NAMES) == (
        *(agent(name, user_id=user_id) for user_id, name in ((4, "Ole B"), (3, "Agent 3"), (0, "Agent 0"), (0, "Kim"))),
        agent("Ole B", user_id=4),
    )


@pytest.mark.parametrize("row", [said(0, "", present=False), said(0, "", 2, 1, present=False)])
def test_rows_with_nobody_in_them_are_not_nobody(row: PresenceRow) -> None:
    """Rows with nobody in any of them are no way to say that nobody is there; no rows are."""
    with pytest.raises(Unexpected) as caught:
        agents_of([row, row], NO_NAMES)

    assert (caught.value.reason, caught.value.detail) == (Reason.UNREADABLE, "rows, but nobody in them")
    assert agents_of([], NO_NAMES) == ()


async def test_a_name_is_cut_for_showing_and_loses_nobody(caplog: pytest.LogCaptureFixture) -> None:
    """Of an agent's or a topic's name 1,000 characters are shown, and the log is told so once; the agent is there."""
    wire = Wire()
    wire.says[PRESENCE] = Reply(presence(row(*anna(DisplayName=f"<DisplayName>{'x' * 1_001}</DisplayName>"))))
    wire.says[NAMES] = Reply(topic_list((1, "y" * 1_001), (12, "z" * 1_000)))
    async with superoffice(wire) as bot:
        for _ in range(2):
            snapshot = await bot.source.snapshot()

    assert [agent.name for agent in snapshot.agents] == ["x" * 1_000 + "…"]
    assert names_in(snapshot) == {1: "y" * 1_000 + "…", 12: "z" * 1_000}
    assert caplog.messages == ["Characters of a name: no more than 1,000 are taken"]


@pytest.mark.parametrize("more", [0, 1])
async def test_topics_have_a_bound(more: int) -> None:
    """2,000 topics are shown, and "All" beside them is none; one topic more, and nothing is known of any.

    Agents may bring as many themselves; then there is no roster.
    """
    ids = range(1, 2_001 + more)
    wire = Wire()
    wire.says[NAMES] = Reply(topic_list(*((n, f"Topic {n}") for n in ids)))
    async with superoffice(wire) as bot:
        assert (await bot.source.snapshot()).names_known is not bool(more)

    wire.says[NAMES] = Reply(topic_list())
    members = "".join(f"<a:int>{n}</a:int>" for n in ids)
    wire.says[PRESENCE] = Reply(presence(row(*anna(ChatTopics=f"<ChatTopics>{members}</ChatTopics>"))))
    async with superoffice(wire) as bot:
        if more:
            with pytest.raises(Unexpected, match="over 2,000 topics"):
                await bot.source.snapshot()
        else:
            assert len((await bot.source.snapshot()).topics) == 2_000


ints = st.integers(-(2**31), 2**31 - 1)
texts = st.text(st.characters())
rows = st.builds(PresenceRow, ints, texts, ints, st.booleans(), st.lists(ints).map(tuple))


@given(st.lists(rows), st.lists(st.builds(TopicRow, ints, texts, st.booleans())), st.dictionaries(ints, texts))
def test_whatever_is_read_is_valid(said: list[PresenceRow], listed: list[TopicRow], own: dict[int, str]) -> None:
    """Of every reply that is let through come agents and topics that all the rest of the product can hold."""
    names = TopicNames(listed, own)
    try:
        agents = agents_of(said, names)
    except Unexpected:
        assert said
        return

    assert len(agents) <= len(said)
    for each in agents:
        assert each.ongoing_chats >= 0
        assert len(set(each.topics)) == len(each.topics)
    shown = [each.name for each in agents] + [topic.name for topic in names.in_use]
    assert all(name.strip() and "\n" not in name for name in shown)
    assert json.dumps(shown, ensure_ascii=False).encode("utf-8")


# --- snapshots ---


def as_snapshot(office: Office) -> Snapshot:
    """What a snapshot of an office must be."""

    def topic(topic_id: int) -> Topic:
        return Topic(topic_id, office.topics.get(topic_id, f"Topic {topic_id}"))

    def by_name(ids: tuple[int, ...]) -> tuple[Topic, ...]:
        return tuple(sorted((topic(topic_id) for topic_id in ids), key=lambda topic: topic.sort_key))

    agents = tuple(
        Agent(each.user_id, each.name, each.present, each.ongoing_chats, by_name(each.topics)) for each in office.agents
    )
    ids = office.topics.keys() | {topic_id for each in office.agents for topic_id in each.topics}
    return Snapshot(taken_at=NOW, agents=agents, topics=by_name(tuple(ids)))


@pytest.mark.parametrize("office", [demo_office(), Office(agents=[], topics={1: "Billing"})], ids=["some", "nobody"])
async def test_a_snapshot_is_what_superoffice_knows(office: Office) -> None:
    """Every agent, in the server's order, with every field; every topic that has a name or a member; and when."""
    async with StandIn(office) as server, superoffice(server) as bot:
        assert await bot.source.snapshot() == as_snapshot(office)


# --- names of topics ---


async def test_names_are_kept_for_a_minute_and_serve_while_new_ones_fail(server: StandIn) -> None:
    """Topic names are asked for once a minute, also after a failure; meanwhile the old ones serve.

    So a topic that is new or gone is not told of wrongly for long. Presence is asked for anew each time.
    """
    async with superoffice(server) as bot:

        async def seen_after(seconds: float) -> tuple[str, int]:
            bot.clock.advance(seconds)
            return names_in(await bot.source.snapshot())[2], server.count(NAMES)

        assert await seen_after(0) == ("Billing", 1)
        server.office.topics[2] = "Invoices"
        server.switches.fault, server.switches.only = Fault.HTML_503, NAMES
        assert [await seen_after(seconds) for seconds in (59, 1, 59)] == [
            ("Billing", 1), ("Billing", 2), ("Billing", 2),
        ]  # fmt: skip
        server.switches.clear()
        assert await seen_after(1) == ("Invoices", 3)
    assert server.count(PRESENCE) == 5


@pytest.mark.parametrize("fault", [Fault.HTML_503, Fault.TICKET_REFUSED])
async def test_names_are_back_as_soon_as_presence_is(server: StandIn, fault: Fault) -> None:
    """Names that failed while presence did too are asked for again beside it, and have no pause of their own."""
    server.switches.fault = fault
    async with superoffice(server) as bot:
        for _ in range(3):
            with pytest.raises(SuperOfficeError):
                await bot.source.snapshot()
            while bot.source._names.is_under_way:  # noqa: ASYNC110  # the turns that the names' own failure takes
                await asyncio.sleep(0)
        server.switches.clear()
        snapshot = await bot.source.snapshot()

    assert snapshot.names_known
    assert names_in(snapshot)[2] == "Billing"


async def test_names_that_fail_alone_pause_alone(server: StandIn) -> None:
    """Names that fail alone, as where a right is missing, are asked for again only after their own pause."""
    server.switches.fault, server.switches.only = Fault.RESPONSE_NIL, NAMES
    async with superoffice(server) as bot:
        for _ in range(3):
            assert not (await bot.source.snapshot()).names_known
        assert server.count(NAMES) == 1
        server.switches.clear()
        bot.clock.advance(60)
        assert (await bot.source.snapshot()).names_known


async def test_own_names_are_not_the_whole_list(server: StandIn) -> None:
    """The administrator's names serve without SuperOffice's list, but do not stand for it."""
    server.switches.fault, server.switches.only = Fault.RESPONSE_NIL, NAMES
    async with superoffice(server, own_names={2: "Money"}) as bot:
        snapshot = await bot.source.snapshot()

    assert (names_in(snapshot)[2], snapshot.names_known) == ("Money", False)


async def test_own_names_override_the_servers(server: StandIn) -> None:
    """A name from the settings wins over the server's, and names a topic that has none."""
    async with superoffice(server, own_names={2: "Money", UNNAMED_TOPIC: "Night shift", 99: "Nobody yet"}) as bot:
        names = names_in(await bot.source.snapshot())

    assert (names[2], names[UNNAMED_TOPIC], names[99], names[3]) == ("Money", "Night shift", "Nobody yet", "Orders")


@pytest.mark.parametrize("fault", [Fault.RESPONSE_NIL, Fault.TICKET_REFUSED, Fault.RESET, Fault.STALLED])
async def test_no_failure_of_the_names_stops_the_roster(
    server: StandIn, fault: Fault, caplog: pytest.LogCaptureFixture
) -> None:
    """Whatever is wrong with the topic names, everybody is shown, with topics by number; the log has one line."""
    server.switches.fault, server.switches.only = fault, NAMES
    async with superoffice(server, timeout_s=0.2 if fault is Fault.STALLED else 20) as bot:
        snapshot = await bot.source.snapshot()

    assert len(snapshot.agents) == len(server.office.agents)
    assert names_in(snapshot)[2] == "Topic 2"
    assert not snapshot.names_known
    gc.collect()  # asyncio would now report an error that nobody looked at
    assert [record.name for record in caplog.records] == ["bot.limits"]


async def test_a_deleted_topic_is_named_where_it_still_has_members() -> None:
    """A deleted topic is listed only while somebody present is a member, who shows it by name; nobody misses cover."""
    wire = Wire()
    listed = topic_list((1, "Billing"), (12, "Fax"), (13, "Telex")).replace("<Deleted>false", "<Deleted>true")
    wire.says[NAMES] = Reply(listed)
    async with superoffice(wire) as bot:
        snapshot = await bot.source.snapshot()
        wire.says[PRESENCE] = Reply(presence(row(*anna(Present="<Present>false</Present>"))))
        away = await bot.source.snapshot()

    assert snapshot.agents[0].topics == snapshot.topics == (Topic(1, "Billing"), Topic(12, "Fax"))
    assert (away.agents[0].topics, away.topics) == (snapshot.topics, ())


async def test_slow_names_do_not_hold_the_roster() -> None:
    """A roster comes without names that do not come, and begins no second fetch; a later one has them."""
    wire = Wire()
    wire.held.add(NAMES)
    async with superoffice(wire, patience_s=0.0) as bot:
        without = await bot.source.snapshot()
        assert names_in(await bot.source.snapshot()) == names_in(without) == {1: "Topic 1", 12: "Topic 12"}
        wire.gate.set()
        while bot.source._names.last() is None:  # noqa: ASYNC110  # the turns that the answer takes to arrive
            await asyncio.sleep(0)
        assert names_in(await bot.source.snapshot()) == {1: "Billing", 12: "Topic 12"}

    assert wire.count(NAMES) == 1


async def test_names_are_asked_for_beside_the_presence() -> None:
    """Names cost no time of their own: they are on their way while presence is."""
    wire = Wire()
    wire.held.add(PRESENCE)
    async with superoffice(wire) as bot, asyncio.TaskGroup() as tasks:
        snapshot = tasks.create_task(bot.source.snapshot())
        await wire.asked[NAMES].wait()
        await wire.asked[PRESENCE].wait()
        wire.gate.set()

    assert snapshot.result().agents


# --- the event loop, and the end ---


@contextmanager
def noting_threads(*code: CodeType) -> Iterator[dict[CodeType, set[threading.Thread]]]:
    """Note on which threads code runs."""
    threads: dict[CodeType, set[threading.Thread]] = {each: set() for each in code}

    def note(frame: FrameType, event: str, _: object) -> None:
        if event == "call" and frame.f_code in threads:
            threads[frame.f_code].add(threading.current_thread())

    threading.setprofile(note)
    sys.setprofile(note)
    try:
        yield threads
    finally:
        sys.setprofile(None)
        threading.setprofile(None)


async def test_replies_are_read_off_the_event_loop() -> None:
    """Neither the reading of a reply nor what is made of it holds the event loop, however many agents there are."""
    assert isinstance(NetServer.read, FunctionType)
    assert isinstance(agents_of, FunctionType)
    assert isinstance(uncovered, FunctionType)
    with noting_threads(NetServer.read.__code__, agents_of.__code__, uncovered.__code__) as threads:
        async with superoffice(Wire()) as bot:
            await bot.source.snapshot()

    assert all(threads.values())
    assert threading.current_thread() not in set().union(*threads.values())


async def test_no_task_outlives_a_snapshot_that_was_given_up() -> None:
    """When a roster is given up, the names go on to serve the next, and nothing else is left behind."""
    wire = Wire()
    wire.held |= {NAMES, PRESENCE, HOURS}
    before = asyncio.all_tasks()
    async with superoffice(wire) as bot:
        task = asyncio.create_task(bot.source.snapshot())
        await wire.asked[NAMES].wait()
        await wire.asked[PRESENCE].wait()
        task.cancel()
        await asyncio.wait([task])
        await asyncio.sleep(0)

        assert len(asyncio.all_tasks() - before) == 1  # the fetch of the names
    assert asyncio.all_tasks() == before
