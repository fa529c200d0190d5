"""The client as the product sees it: a source of snapshots, with names where there are names."""

import asyncio
import sys
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from types import FrameType, FunctionType

import pytest

from bot.errors import Reason, SuperOfficeError, Unexpected, Unreachable
from bot.presence.model import Agent, Snapshot, Topic
from bot.superoffice.client import SuperOfficeClient
from bot.superoffice.envelope import EnvelopeGuard
from bot.superoffice.parsing import read_agents
from bot.superoffice.tickets import PasswordSignIn, ReadyTicket
from playground.netserver_xml import PRESENCE_FAULTS
from playground.office import UNNAMED_TOPIC, Office, PretendAgent, demo_office
from playground.superoffice import Fault
from playground.superoffice import NetServer as StandIn
from tests.fakes import (
    NOW,
    PASSWORD,
    TICKET,
    Clock,
    Reply,
    Wire,
    anna,
    client_of,
    exception_info,
    over_http,
    presence,
    row,
    succeeded,
    topic_list,
    wired,
)

NAMES = "GetSimpleList"


@pytest.fixture
async def server() -> AsyncIterator[StandIn]:
    async with StandIn() as server:
        yield server


@asynccontextmanager
async def asking(
    server: StandIn, *, timeout_s: float = 20.0, monotonic: Clock | None = None, topics: dict[int, str] | None = None
) -> AsyncIterator[SuperOfficeClient]:
    async with (
        over_http(server.url) as netserver,
        client_of(
            netserver,
            sign_in=ReadyTicket(server.issue_ticket()),
            timeout_s=timeout_s,
            own_topic_names=topics,
            monotonic=monotonic,
        ) as client,
    ):
        yield client


def as_snapshot(office: Office) -> Snapshot:
    """What a snapshot of an office must be."""

    def topic(topic_id: int) -> Topic:
        return Topic(topic_id, office.topics.get(topic_id, f"Topic {topic_id}"))

    def by_name(ids: tuple[int, ...]) -> tuple[Topic, ...]:
        return tuple(sorted((topic(topic_id) for topic_id in ids), key=lambda topic: topic.name.casefold()))

    agents = tuple(
        Agent(agent.user_id, agent.name, agent.present, agent.ongoing_chats, by_name(agent.topics))
        for agent in office.agents
    )
    ids = office.topics.keys() | {topic_id for agent in office.agents for topic_id in agent.topics}
    return Snapshot(taken_at=NOW, agents=agents, topics=tuple(sorted(topic(topic_id) for topic_id in ids)))


def topics_of(snapshot: Snapshot) -> dict[int, str]:
    return {topic.id: topic.name for topic in snapshot.topics}


async def test_a_snapshot_is_what_superoffice_knows(server: StandIn) -> None:
    """Every agent, in the server's order, with every field; every topic that has a name or a member."""
    async with asking(server) as client:
        assert await client.snapshot() == as_snapshot(demo_office())


async def test_nobody_is_an_answer() -> None:
    """An office without chat users gives a snapshot without agents, with its topics."""
    async with StandIn(Office(agents=[], topics={1: "Billing"})) as server, asking(server) as client:
        snapshot = await client.snapshot()

    assert (snapshot.agents, snapshot.topics) == ((), (Topic(1, "Billing"),))


async def test_every_snapshot_is_asked_for_anew(server: StandIn) -> None:
    """The client keeps no presence: what changed is seen by the next call."""
    async with asking(server) as client:
        await client.snapshot()
        server.office.agents = [PretendAgent(9, "Kim Smit", present=True, ongoing_chats=4)]
        (agent,) = (await client.snapshot()).agents

    assert (agent.user_id, agent.present, agent.ongoing_chats) == (9, True, 4)


# Names of topics


async def test_names_are_kept_for_an_hour(server: StandIn) -> None:
    """Topic names are asked for once an hour, by the injected clock."""
    clock = Clock()
    async with asking(server, monotonic=clock) as client:
        await client.snapshot()
        server.office.topics[2] = "Invoices"
        clock.advance(3599)
        kept = await client.snapshot()
        clock.advance(1)
        renewed = await client.snapshot()

    assert (topics_of(kept)[2], topics_of(renewed)[2]) == ("Billing", "Invoices")
    assert server.count(NAMES) == 2


async def test_own_names_override_the_servers(server: StandIn) -> None:
    """A name from the settings wins over the server's, and names a topic that has none."""
    async with asking(server, topics={2: "Money", UNNAMED_TOPIC: "Night shift", 99: "Nobody yet"}) as client:
        topics = topics_of(await client.snapshot())

    assert (topics[2], topics[UNNAMED_TOPIC], topics[99], topics[3]) == ("Money", "Night shift", "Nobody yet", "Orders")


async def test_own_names_are_one_clean_line_too(server: StandIn) -> None:
    """A name from the settings is cleaned like the server's."""
    async with asking(server, topics={2: " Mo\u202eney\n& more "}) as client:
        topics = topics_of(await client.snapshot())

    assert topics[2] == "Money & more"


async def test_a_topic_without_a_name_shows_by_number(server: StandIn) -> None:
    """The server's list may leave topics out, so "Topic 31" is normal."""
    async with asking(server) as client:
        snapshot = await client.snapshot()

    assert topics_of(snapshot)[UNNAMED_TOPIC] == "Topic 31"
    assert Topic(31, "Topic 31") in {topic for agent in snapshot.agents for topic in agent.topics}


async def test_the_item_0_is_no_topic(server: StandIn) -> None:
    """The list begins with "All", which is no topic."""
    async with asking(server) as client:
        snapshot = await client.snapshot()

    assert 0 not in topics_of(snapshot)
    assert "All" not in topics_of(snapshot).values()


async def test_a_deleted_topic_is_named_where_it_still_has_members() -> None:
    """A deleted topic is not listed, but an agent who is still a member of it shows it by name."""
    wire = Wire()
    deleted = topic_list((1, "Billing"), (12, "Fax"), (13, "Telex")).replace("<Deleted>false", "<Deleted>true")
    wire.says[NAMES] = Reply(deleted)
    async with wired(wire) as netserver, client_of(netserver) as client:
        snapshot = await client.snapshot()

    assert snapshot.agents[0].topics == (Topic(1, "Billing"), Topic(12, "Fax"))
    assert topics_of(snapshot) == {1: "Billing", 12: "Fax"}


NAME_FAULTS = [
    fault
    for fault in Fault
    if fault not in PRESENCE_FAULTS
    and fault not in (Fault.SUCCEEDED_TRUE_AS_ONE, Fault.SUCCEEDED_TRUE_WITH_SPACES, Fault.RESPONSE_EMPTY)
]


@pytest.mark.parametrize("fault", NAME_FAULTS, ids=lambda fault: fault.name)
async def test_no_failure_of_the_names_stops_the_roster(server: StandIn, fault: Fault) -> None:
    """Whatever is wrong with the topic names, everybody is shown, with topics by number."""
    server.switches.fault, server.switches.only = fault, NAMES
    async with asking(server, timeout_s=0.2 if fault in (Fault.STALLED, Fault.DRIP) else 20) as client:
        snapshot = await client.snapshot()

    assert len(snapshot.agents) == len(server.office.agents)
    assert topics_of(snapshot)[2] == "Topic 2"
    assert server.count(NAMES) >= 1


async def test_names_that_failed_are_left_alone_for_a_minute(server: StandIn) -> None:
    """After a failure the names are not asked for again for a minute, however many rosters there are."""
    clock = Clock()
    server.switches.fault, server.switches.only = Fault.DATABASE, NAMES
    async with asking(server, monotonic=clock) as client:
        for _ in range(5):
            await client.snapshot()
        clock.advance(59)
        await client.snapshot()
        assert server.count(NAMES) == 1

        server.switches.clear()
        clock.advance(1)
        snapshot = await client.snapshot()

    assert server.count(NAMES) == 2
    assert topics_of(snapshot)[2] == "Billing"


async def test_old_names_serve_while_new_ones_fail(server: StandIn) -> None:
    """Names that cannot be renewed after their hour still serve: an old name says more than a number."""
    clock = Clock()
    async with asking(server, monotonic=clock) as client:
        await client.snapshot()
        server.switches.fault, server.switches.only = Fault.HTML_503, NAMES
        clock.advance(3600)
        snapshot = await client.snapshot()

    assert topics_of(snapshot)[2] == "Billing"
    assert server.count(NAMES) == 2


async def test_slow_names_do_not_hold_the_roster() -> None:
    """A roster comes without names that do not come; the next one has them."""
    wire = Wire()
    wire.held.add(NAMES)
    async with wired(wire) as netserver, client_of(netserver) as client:
        without = await client.snapshot()
        wire.gate.set()
        named = await client.snapshot()

    assert [topic.name for topic in without.agents[0].topics] == ["Topic 1", "Topic 12"]
    assert [topic.name for topic in named.agents[0].topics] == ["Billing", "Topic 12"]
    assert wire.count(NAMES) == 1


async def test_names_are_asked_for_beside_the_presence() -> None:
    """Names cost no time of their own: they are on their way while presence is."""
    wire = Wire()
    wire.held.add("GetChatPresence")
    async with wired(wire) as netserver, client_of(netserver) as client, asyncio.TaskGroup() as tasks:
        snapshot = tasks.create_task(client.snapshot())
        await wire.asked[NAMES].wait()
        await wire.asked["GetChatPresence"].wait()
        wire.gate.set()

    assert snapshot.result().agents


async def test_the_names_themselves_fail_loudly(server: StandIn) -> None:
    """Who asks for the names alone, as `check` does, hears what is wrong with them."""
    server.switches.fault = Fault.DATABASE
    async with asking(server) as client:
        with pytest.raises(Unexpected) as caught:
            await client.topic_names()

    assert caught.value.reason is Reason.FAILED


# The event loop, and the end


@contextmanager
def noting_threads(*functions: FunctionType) -> Iterator[dict[str, set[threading.Thread]]]:
    """Note on which threads these functions are called, by their names."""
    names = {function.__code__: function.__qualname__ for function in functions}
    threads: dict[str, set[threading.Thread]] = {name: set() for name in names.values()}

    def note(frame: FrameType, event: str, _: object) -> None:
        if event == "call" and frame.f_code in names:
            threads[names[frame.f_code]].add(threading.current_thread())

    threading.setprofile(note)
    sys.setprofile(note)
    try:
        yield threads
    finally:
        sys.setprofile(None)
        threading.setprofile(None)


async def test_replies_are_read_off_the_event_loop() -> None:
    """Neither zeep's parsing nor ours holds the event loop, however many agents there are."""
    guard = EnvelopeGuard.ingress
    assert isinstance(guard, FunctionType)
    assert isinstance(read_agents, FunctionType)
    with noting_threads(guard, read_agents) as threads:
        async with wired(Wire()) as netserver, client_of(netserver) as client:
            await client.snapshot()

    assert all(threads.values())
    assert threading.current_thread() not in set().union(*threads.values())


async def test_closing_ends_what_is_under_way() -> None:
    """Names that are still being fetched when the client closes are given up, and no task is left behind."""
    wire = Wire()
    wire.held.add(NAMES)
    before = asyncio.all_tasks()
    async with wired(wire) as netserver, client_of(netserver) as client:
        task = asyncio.create_task(client.snapshot())
        await wire.asked[NAMES].wait()
        task.cancel()
        await asyncio.wait([task])
        assert asyncio.all_tasks() > before
        await client.close()

        assert asyncio.all_tasks() == before


async def test_a_caller_that_gives_up_is_cancelled_not_timed_out() -> None:
    """Cancellation passes through as it is: it is no failure of SuperOffice's."""
    wire = Wire()
    wire.held.add("GetChatPresence")
    async with wired(wire) as netserver, client_of(netserver) as client:
        task = asyncio.create_task(client.snapshot())
        await wire.asked["GetChatPresence"].wait()
        task.cancel()
        await asyncio.wait([task])

    assert task.cancelled()


# What `check` asks


async def test_reaching_is_to_be_refused_by_netserver_itself(server: StandIn) -> None:
    """NetServer is there if it refuses a call without a ticket in its own words."""
    async with asking(server) as client:
        await client.reach()

    assert server.count("AuthenticateUsernamePassword") == 0


REACH_FAULTS = [
    (Fault.HTML_200, Unreachable, Reason.PAGE),
    (Fault.HTML_404, Unreachable, Reason.NOT_THERE),
    (Fault.HTML_503, Unreachable, Reason.SERVER_ERROR),
    (Fault.REDIRECT_302, Unreachable, Reason.NOT_THERE),
    (Fault.RESET, Unreachable, Reason.BROKEN),
]


@pytest.mark.parametrize(("fault", "kind", "reason"), REACH_FAULTS, ids=lambda value: getattr(value, "name", ""))
async def test_reaching_anything_else_is_a_failure(
    server: StandIn, fault: Fault, kind: type[SuperOfficeError], reason: Reason
) -> None:
    """Where anything but NetServer's own refusal comes back, NetServer was not reached."""
    server.switches.fault = fault
    async with asking(server) as client:
        with pytest.raises(SuperOfficeError) as caught:
            await client.reach()

    assert (type(caught.value), caught.value.reason) == (kind, reason)


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        (presence(row(*anna())), None),
        (presence(headers=succeeded("false", exception_info("System.NullReferenceException"))), None),
        (presence(headers=""), Reason.UNREADABLE),
        ("<html/>", Reason.UNREADABLE),
    ],
    ids=["a roster", "an error of its own", "no Succeeded", "a page that calls itself XML"],
)
async def test_reaching_takes_every_word_of_netservers_own(reply: str, reason: Reason | None) -> None:
    """An error that only NetServer can report shows that it is there; what cannot be read does not."""
    wire = Wire()
    wire.says["GetChatPresence"] = Reply(reply)
    async with wired(wire) as netserver, client_of(netserver) as client:
        if reason is None:
            await client.reach()
            return
        with pytest.raises(Unexpected) as caught:
            await client.reach()

    assert caught.value.reason is reason


async def test_signing_in_alone_asks_for_nothing_else() -> None:
    """`sign_in` gets a ticket, once, and makes no other call."""
    wire = Wire()
    async with wired(wire) as netserver:
        sign_in = PasswordSignIn(netserver, username="who", password=PASSWORD, application_token="")
        async with client_of(netserver, sign_in=sign_in) as client:
            await client.sign_in()
            await client.sign_in()

    assert len(wire.requests) == wire.count("AuthenticateUsernamePassword") == 1


async def test_the_ticket_that_was_got_is_the_one_that_is_shown() -> None:
    """A call shows the ticket of the sign-in before it."""
    wire = Wire()
    wire.says["GetChatPresence"] = Reply(presence(row(*anna())))
    async with wired(wire) as netserver:
        sign_in = PasswordSignIn(netserver, username="who", password=PASSWORD, application_token="")
        async with client_of(netserver, sign_in=sign_in) as client:
            await client.snapshot()

    (request,) = wire.sent("GetChatPresence")
    assert TICKET.encode() in request.content
