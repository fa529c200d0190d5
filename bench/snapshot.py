"""What a snapshot costs from the reply's bytes to the blocks, by the number of agents; a process of its own.

The bot's real path over a transport in memory, beside bare lxml that parses the same bytes and reads the same fields.
`python -m bench.snapshot 10 100` writes JSON: for each size milliseconds, and the event loop's longest hold.
"""

import asyncio
import gc
import json
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import asdict, dataclass
from statistics import median
from typing import Final

import httpx
from lxml import etree

from bot.clock import Clock
from bot.freshness import FreshValue, FreshValues
from bot.presence.feed import PresenceFeed
from bot.presence.query import Online
from bot.presence.reading import Fresh, Reading
from bot.presence.result import result_of
from bot.slack.view_state import ViewState
from bot.slack.views.places import to_asker_message
from bot.slack.views.roster import Reader
from bot.superoffice import hours, names
from bot.superoffice.session import SharedSession
from bot.superoffice.sign_in import ReadyTicket
from bot.superoffice.soap.api import SoapApi
from bot.superoffice.soap.netserver import NetServer
from bot.superoffice.source import SuperOfficeSource
from bot.words import words_in
from bot.words.language import Language
from playground.netserver_xml import Writer, namespace, presence_list, topic_list
from playground.office import big_office

SERVICES: Final = 86
TOPICS: Final = 50
ADDRESS: Final = "http://127.0.0.1/SuperOffice/Remote"

_LEAST_ROUNDS: Final = 5
_AGENTS_IN_ALL: Final = 20_000  # of all rounds of a size together
_MOST_ROUNDS: Final = 100
_PROBE_S: Final = 0.001


@dataclass(frozen=True, slots=True)
class Cost:
    """One size. `parse_ms`: from asking to the snapshot; `render_ms`: from it to the message; medians.

    `hold_ms`: the longest that nothing else could run on the event loop, the median of all rounds; and the most.
    """

    agents: int
    reply_bytes: int
    parse_ms: float
    render_ms: float
    lxml_ms: float
    hold_ms: float
    most_hold_ms: float


async def cost_of(agents: int) -> Cost:
    """Measure one size."""
    office = big_office(agents, TOPICS)
    writer = Writer(SERVICES, "http://127.0.0.1")
    replies = {
        "Chat": writer.reply("GetChatPresence", presence_list(office.agents)).encode(),
        "MDO": writer.reply("GetSimpleList", topic_list(office.topics)).encode(),
    }

    def reply(request: httpx.Request) -> httpx.Response:
        agent = request.url.path.rpartition("/")[2].removesuffix(".svc")
        headers = {"Content-Type": "text/xml; charset=utf-8"}
        return httpx.Response(200, stream=httpx.ByteStream(replies[agent]), headers=headers)

    state, reader = ViewState(Online()), Reader(words_in(Language.ENGLISH), {})
    parse_ms, render_ms, lxml_ms, holds_ms = [], [], [], []
    async with httpx.AsyncClient(transport=httpx.MockTransport(reply)) as http, open_feed(http) as feed:
        await feed.current()  # the first one asks for the topics' names too
        gc.collect()
        gc.freeze()  # as the bot does once it is ready
        for _ in range(min(max(_AGENTS_IN_ALL // agents, _LEAST_ROUNDS), _MOST_ROUNDS)):
            gc.collect()
            with probe() as holds:
                await asyncio.sleep(2 * _PROBE_S)  # the probe is at work
                started = time.perf_counter()
                reading = await feed.current()
                parsed = time.perf_counter()
                to_asker_message(result_of(state.query, shown(reading), busy_at=1), state, reader)
                rendered = time.perf_counter()
                await asyncio.sleep(2 * _PROBE_S)  # the probe sees the last hold
            parse_ms.append((parsed - started) * 1000)
            render_ms.append((rendered - parsed) * 1000)
            holds_ms.append(max(holds) * 1000)
            gc.collect()
            started = time.perf_counter()
            found = read_bare(replies["Chat"])
            lxml_ms.append((time.perf_counter() - started) * 1000)
            if len(found) != len(shown(reading).snapshot.agents):
                raise RuntimeError(f"lxml read {len(found)} agents, the bot {len(shown(reading).snapshot.agents)}")
            del reading  # the feed alone keeps it, as in the bot
    return Cost(
        agents=agents,
        reply_bytes=len(replies["Chat"]),
        parse_ms=median(parse_ms),
        render_ms=median(render_ms),
        lxml_ms=median(lxml_ms),
        hold_ms=median(holds_ms),
        most_hold_ms=max(holds_ms),
    )


@asynccontextmanager
async def open_feed(http: httpx.AsyncClient) -> AsyncIterator[PresenceFeed]:
    """The bot's feed of presence, with a ticket, which asks anew each time."""
    clock = Clock()
    shared = SharedSession(ReadyTicket("7T:bench==", address=ADDRESS), clock)
    netserver = NetServer(http, services=SERVICES)
    api = SoapApi(netserver, shared, address=ADDRESS, application_token="", timeout_s=60)
    topic_names = FreshValue(api.topic_names, fresh_s=names.FRESH_S, clock=clock)
    is_open = FreshValues(
        api.is_open, fresh_s=60, size=TOPICS, at_once=hours.AT_ONCE, waiting=TOPICS, clock=clock
    )  # none is asked: all topics have somebody
    opening_hours = hours.OpeningHours(is_open)
    source = SuperOfficeSource(api, topic_names, opening_hours, own_names={}, clock=clock)
    snapshots = FreshValue(source.snapshot, fresh_s=0, clock=clock)
    yield PresenceFeed(snapshots, stale_s=0)
    for each in (snapshots, opening_hours, is_open, topic_names):
        await each.close()


def shown(reading: Reading) -> Fresh:
    """The reading, which must be fresh."""
    if not isinstance(reading, Fresh):
        raise TypeError(f"no fresh reading: {reading}")
    return reading


def read_bare(reply: bytes) -> list[tuple[str | None, ...]]:
    """The five fields of each agent, by lxml alone: no contract, no checks, no types."""
    n = f"{{{namespace(SERVICES)}}}"
    fields = [f"{n}UserId", f"{n}DisplayName", f"{n}OngoingChats", f"{n}Present"]
    rows = []
    for row in etree.fromstring(reply).iter(f"{n}ChatPresence"):
        topics = row.find(f"{n}ChatTopics")
        ids = [] if topics is None else [each.text for each in topics]
        rows.append((*(row.findtext(field) for field in fields), *ids))
    return rows


@contextmanager
def probe() -> Iterator[list[float]]:
    """For how long the event loop was held each time, as a task sees it that wants to run every millisecond.

    While this process does not work, because others on the machine do, nothing of it holds anything.
    """
    holds = [0.0]

    async def look() -> None:
        while True:
            before, worked = time.perf_counter(), time.process_time()
            await asyncio.sleep(_PROBE_S)
            late = time.perf_counter() - before - _PROBE_S
            holds.append(min(late, time.process_time() - worked))

    looking = asyncio.create_task(look())
    try:
        yield holds
    finally:
        looking.cancel()


async def main(sizes: list[int]) -> None:
    """Measure these sizes and write them as JSON."""
    json.dump([asdict(await cost_of(size)) for size in sizes], sys.stdout)


if __name__ == "__main__":
    asyncio.run(main([int(size) for size in sys.argv[1:]]))
