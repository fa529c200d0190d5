"""The names of topics: kept, renewed, overridden, and never in the way."""

import asyncio

from bot.errors import Reason, Unreachable
from bot.superoffice.parsing import TopicNames
from bot.superoffice.topics import FRESH_S, PAUSE_S, TopicDirectory
from tests.fakes import Clock

BILLING = TopicNames({1: "Billing"})


class FakeNames:
    """Fetches names, or fails with its error; waits while its gate is not set."""

    def __init__(self, names: TopicNames = BILLING) -> None:
        self.names = names
        self.error: Unreachable | None = None
        self.calls = 0
        self.asked = asyncio.Event()
        self.gate = asyncio.Event()
        self.gate.set()

    async def __call__(self) -> TopicNames:
        self.calls += 1
        self.asked.set()
        await self.gate.wait()
        if self.error is not None:
            raise self.error
        return self.names


async def named(directory: TopicDirectory) -> dict[int, str]:
    """The names as a roster gets them."""
    return dict((await directory.names(asyncio.create_task(directory.fetch()))).names)


async def test_names_are_fetched_once_for_all_who_ask() -> None:
    """Rosters that come together share one fetch."""
    fetch = FakeNames()
    directory = TopicDirectory(fetch, own_names={}, monotonic=Clock())

    assert await asyncio.gather(*(named(directory) for _ in range(10))) == [{1: "Billing"}] * 10
    assert fetch.calls == 1


async def test_names_are_fresh_for_an_hour() -> None:
    """Names are fetched again once they are an hour old, and not before."""
    fetch, clock = FakeNames(), Clock()
    directory = TopicDirectory(fetch, own_names={}, monotonic=clock)
    await named(directory)
    fetch.names = TopicNames({1: "Invoices"})

    clock.advance(FRESH_S - 1)
    assert await named(directory) == {1: "Billing"}
    clock.advance(1)
    assert await named(directory) == {1: "Invoices"}
    assert (fetch.calls, FRESH_S) == (2, 3600)


async def test_own_names_lie_on_top() -> None:
    """The administrator's names win over the server's, with and without any from the server."""
    fetch = FakeNames(TopicNames({1: "Billing", 2: "Orders"}, deleted=frozenset({2})))
    directory = TopicDirectory(fetch, own_names={2: "Purchases", 3: "VIP"}, monotonic=Clock())
    before = await directory.names(asyncio.create_task(asyncio.sleep(0)))
    await directory.fetch()
    names = await directory.names(asyncio.create_task(asyncio.sleep(0)))

    assert before.names == {2: "Purchases", 3: "VIP"}
    assert names.names == {1: "Billing", 2: "Purchases", 3: "VIP"}
    assert not names.deleted


async def test_a_failure_is_followed_by_a_pause() -> None:
    """Names that could not be fetched are left alone for a minute, then asked for again."""
    fetch, clock = FakeNames(), Clock()
    fetch.error = Unreachable(Reason.TIMEOUT)
    directory = TopicDirectory(fetch, own_names={}, monotonic=clock)

    assert await named(directory) == {}
    clock.advance(PAUSE_S - 1)
    assert await named(directory) == {}
    assert (fetch.calls, PAUSE_S) == (1, 60)

    fetch.error = None
    clock.advance(1)
    assert await named(directory) == {1: "Billing"}
    assert fetch.calls == 2


async def test_a_failure_that_nobody_waited_for_is_followed_by_a_pause_too() -> None:
    """Names that fail after the roster's patience ended are left alone as well, or every roster would wait for them."""
    fetch = FakeNames()
    fetch.gate.clear()
    fetch.error = Unreachable(Reason.TIMEOUT)
    directory = TopicDirectory(fetch, own_names={}, monotonic=Clock())
    impatient = asyncio.create_task(directory.fetch())
    await fetch.asked.wait()
    impatient.cancel()
    await asyncio.wait([impatient])

    fetch.gate.set()
    for _ in range(10):  # the turns of the loop that the failure takes to arrive
        await asyncio.sleep(0)
    await directory.fetch()

    assert fetch.calls == 1


async def test_old_names_serve_while_new_ones_cannot_be_had() -> None:
    """A failure to renew does not take away the names that are known."""
    fetch, clock = FakeNames(), Clock()
    directory = TopicDirectory(fetch, own_names={}, monotonic=clock)
    await named(directory)
    fetch.error = Unreachable(Reason.REFUSED)
    clock.advance(10 * FRESH_S)

    assert await named(directory) == {1: "Billing"}
    assert fetch.calls == 2


async def test_a_roster_that_gives_up_takes_the_names_from_nobody() -> None:
    """A fetch goes on when the roster that began it is gone, and serves the next."""
    fetch = FakeNames()
    fetch.gate.clear()
    directory = TopicDirectory(fetch, own_names={}, monotonic=Clock())
    impatient = asyncio.create_task(directory.fetch())
    await fetch.asked.wait()
    impatient.cancel()
    fetch.gate.set()

    assert await named(directory) == {1: "Billing"}
    assert fetch.calls == 1
