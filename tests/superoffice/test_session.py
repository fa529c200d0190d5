"""One session for all calls: when it is got, when it is renewed, and that there is no dead end."""

import asyncio
import re
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from functools import cache
from typing import Final

import httpx
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from bot.errors import Denied, Reason, Refused, SuperOfficeError
from bot.superoffice.session import DOUBT_S
from bot.superoffice.soap.netserver import NetServer
from tests.kit import netserver as kit
from tests.kit.netserver import Reply, Wire, failure, kind, superoffice
from tests.kit.netserver_xml import TICKET, failed, fault, response, signed_in

SO: Final = "SuperOffice.Exceptions"
ENDED: Final = {
    "SoException": failed(f"{SO}.SoException", "Session expired"),
    "SoTicketExpiredException": failed(f"{SO}.SoTicketExpiredException"),
    "denied": failed(f"{SO}.SoSessionException", "Access denied. The ticket has expired"),
    "from NullReferenceException": failed(f"{SO}.SoSessionException", "", "System.NullReferenceException"),
    "German": failed("", "Sitzung abgelaufen"),
    "in FriendlyText": failed("", "", friendly="Your session has ended"),
    "nothing": failed(""),
    "SqlException": failed("System.Data.SqlClient.SqlException"),
    "a right": failed(f"{SO}.SoSentryException"),
    "a fault": fault("f:FailedAuthentication"),
    "401": "401",
}
"""How a refusal of a ticket may be worded."""


class Office(Wire):
    """A NetServer that knows its tickets, at its end of the wire. A test breaks it as it likes."""

    def __init__(self) -> None:
        super().__init__()
        self.tickets: set[str] = set()
        self.given = 0
        self.password = kit.PASSWORD
        self.wrong_passwords = 0
        self.without_right: set[str] = set()
        self.refuses_all = False
        self.is_down = self.breaks_at_sign_in = self.refuses_sign_ins = False
        self.refused_sign_ins = 0
        self.words = ENDED["SoException"]

    async def __call__(self, request: httpx.Request) -> httpx.Response:
        """Answer as NetServer does, be it well or not."""
        if self.is_down:
            raise httpx.ConnectError("down")
        operation = str(request.headers["SOAPAction"]).strip('"').rpartition("/")[2]
        if operation == kit.SIGN_IN:
            self.says[operation] = self._sign_in(request.content.decode())
        elif self._refuses(operation, request.content.decode()):
            self.requests.append(request)
            self.asked[operation].set()
            if operation in self.held:
                await self.gate.wait()
            return (Reply("", status=401) if self.words == "401" else Reply(self.words)).sent()
        else:
            self.says[operation] = Wire().says[operation]
        return await super().__call__(request)

    def _sign_in(self, content: str) -> Reply:
        if f">{self.password}<" not in content:
            self.wrong_passwords += 1
            return Reply(response("AuthenticateResponse", "<AuthenticationSucceeded>false</AuthenticationSucceeded>"))
        if self.breaks_at_sign_in:
            return Reply(failed("System.NullReferenceException"))
        if self.refuses_sign_ins:
            self.refused_sign_ins += 1
            return Reply(failed("", "No"))
        self.given += 1
        self.tickets.add(f"7T:{self.given}")
        return Reply(signed_in(f"7T:{self.given}"))

    def _refuses(self, operation: str, content: str) -> bool:
        ticket = re.search(r"Ticket>([^<]*)<", content)
        known = ticket is not None and ticket[1] in self.tickets
        topic = re.search(r"ChatTopicId>(\d+)<", content)
        asked = f"{operation} {topic[1]}" if topic else operation
        return self.refuses_all or not known or bool({operation, asked} & self.without_right)


@pytest.mark.parametrize("words", ENDED)
@pytest.mark.parametrize("asking", ["presence", "topic_names"])
async def test_a_ticket_that_has_ended_is_renewed_once_however_that_is_worded(words: str, asking: str) -> None:
    """A refusal by NetServer itself, of a ticket that has worked, costs one sign-in and one more call, in any words."""
    office = Office()
    office.words = ENDED[words]
    async with superoffice(office, password=kit.PASSWORD) as bot:
        for _ in range(2):
            await bot.api.presence()
        office.tickets.clear()

        assert await getattr(bot.api, asking)()
        assert await bot.api.presence()
    assert office.given == 2


async def test_calls_with_the_same_ended_ticket_share_one_sign_in() -> None:
    """However many calls are refused at once, one of them signs in, and all are answered."""
    office = Office()
    async with superoffice(office, password=kit.PASSWORD) as bot:
        for given in (1, 2, 3):
            assert all(await asyncio.gather(*(bot.api.presence() for _ in range(100))))
            assert office.given == given
            office.tickets.clear()


async def test_a_missing_right_costs_one_sign_in_and_not_one_for_each_question() -> None:
    """What was found not to be the ticket is remembered for the operation, until the same call succeeds."""
    office = Office()
    office.without_right = {kit.NAMES, f"{kit.HOURS} 5"}
    async with superoffice(office, password=kit.PASSWORD) as bot:
        for _ in range(20):
            await bot.api.presence()
            await failure(bot.api.topic_names())
            assert await bot.api.is_open(4)
            assert await bot.api.is_open(5) is None
            bot.clock.advance(60)
        assert office.given == 3

        office.without_right.clear()
        await bot.api.topic_names()
        assert await bot.api.is_open(5)
        office.tickets.clear()
        assert await bot.api.topic_names()
        assert office.given == 4


async def test_a_call_that_succeeded_meanwhile_clears_the_ticket() -> None:
    """If another call succeeds with the ticket after the refused one was sent, nobody signs in."""
    office = Office()
    office.words, office.without_right, office.held = ENDED["a right"], {kit.NAMES}, {kit.NAMES}
    async with superoffice(office, password=kit.PASSWORD) as bot:
        await bot.api.presence()
        names = asyncio.create_task(bot.api.topic_names())
        await office.asked[kit.NAMES].wait()
        await bot.api.presence()
        office.gate.set()
        assert kind(await failure(names)) == (Denied, Reason.NO_RIGHT_TO_TOPICS)
    assert office.given == 1


@pytest.mark.parametrize("fails", ["is_down", "breaks_at_sign_in"])
async def test_a_sign_in_that_fails_uses_nothing_up(fails: str) -> None:
    """If SuperOffice is down, or breaks, when the bot signs in anew, the next refusal signs in again, at once.

    If the old ticket is good after all, it serves.
    """
    office = Office()
    async with superoffice(office, password=kit.PASSWORD) as bot:
        await bot.api.presence()
        office.refuses_all = office.breaks_at_sign_in = True
        await failure(bot.api.presence())
        office.refuses_all = False
        assert await bot.api.presence()

        office.tickets.clear()
        setattr(office, fails, True)
        for _ in range(3):
            await failure(bot.api.presence())
        office.is_down = office.breaks_at_sign_in = False

        assert await bot.api.presence()
    assert office.given == 2


async def test_a_new_ticket_that_is_forgotten_before_it_worked_is_no_dead_end() -> None:
    """A ticket that nothing has succeeded with is replaced too, at most once every 10 minutes.

    That a call with the ticket before it succeeds late says nothing about it.
    """
    office = Office()
    async with superoffice(office, password=kit.PASSWORD) as bot:
        await bot.api.presence()
        office.held = {kit.HOURS}
        late = asyncio.create_task(bot.api.is_open(4))
        await office.asked[kit.HOURS].wait()
        office.refuses_all = True
        error = await failure(bot.api.presence())
        assert (error.reason, error.detail) == (Reason.FAILED, "SoException; with a new ticket too")
        office.gate.set()
        assert await late
        office.refuses_all = False
        office.tickets.clear()
        for _ in range(20):
            await failure(bot.api.topic_names())
            assert (await failure(bot.api.presence())).detail == "SoException"
            bot.clock.advance(DOUBT_S / 20 - 0.1)
        assert office.given == 2
        bot.clock.advance(2)

        assert await bot.api.presence()
    assert (office.given, DOUBT_S) == (3, 600)


async def test_a_ready_ticket_is_refused_in_netservers_words_and_may_have_ended() -> None:
    """A ready ticket cannot be renewed: what NetServer said is told, with the doubt, and the next call tries it again.

    What is surely not the ticket is told without that.
    """
    office = Office()
    office.tickets.add(TICKET)
    async with superoffice(office) as bot:
        for worked in (False, True):
            office.refuses_all = True
            for words, reason, doubt in (
                ("denied", Reason.TICKET_REFUSED, "SoSessionException; SUPEROFFICE_TICKET may have ended"),
                ("nothing", Reason.FAILED, "SUPEROFFICE_TICKET may have ended"),
                ("a right", Reason.NO_RIGHT, "SoSentryException"),
            ):
                office.words = ENDED[words]
                error = await failure(bot.api.presence())
                assert (error.reason, error.detail) == (reason, doubt), worked
            office.refuses_all = False
            assert await bot.api.presence()
    assert office.count(kit.SIGN_IN) == 0


async def test_one_who_gives_up_during_a_sign_in_leaves_it_to_the_next() -> None:
    """A caller that is cancelled while it signs in does not keep the others from a session."""
    office = Office()
    office.held = {kit.SIGN_IN}
    async with superoffice(office, password=kit.PASSWORD) as bot:
        first, second = (asyncio.create_task(bot.api.presence()) for _ in range(2))
        await office.asked[kit.SIGN_IN].wait()
        first.cancel()
        office.gate.set()
        assert await second
    assert first.cancelled()


# --- any order of events ---


class Line:
    """A NetServer for all machines, because to read the contracts takes longer than a call; each has its own office."""

    def __init__(self) -> None:
        self.office = Office()
        self._http = httpx.AsyncClient(transport=httpx.MockTransport(self._respond), trust_env=False)
        self.netserver = NetServer(self._http, services=86)

    async def _respond(self, request: httpx.Request) -> httpx.Response:
        return await self.office(request)


line = cache(Line)


class Events(RuleBasedStateMachine):
    """Somebody asks, while tickets are forgotten, rights taken, and SuperOffice goes and comes, in any order."""

    OPERATIONS: Final = (kit.PRESENCE, kit.NAMES, f"{kit.HOURS} 4", f"{kit.HOURS} 5")

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.office = Office()
        self.opened = AsyncExitStack()
        line().office = self.office
        opening = superoffice(line().netserver, password=kit.PASSWORD)
        self.bot = self.runner.run(self.opened.enter_async_context(opening))
        self.elapsed_s = 0.0
        self.ends = 0
        """How often a ticket ended, or a call began to be refused."""

    def _ask(self, *operations: str) -> list[SuperOfficeError]:
        """The errors of these questions, asked at once."""
        asking: dict[str, Callable[[], Awaitable[object]]] = {
            kit.PRESENCE: self.bot.api.presence,
            kit.NAMES: self.bot.api.topic_names,
            f"{kit.HOURS} 4": lambda: self.bot.api.is_open(4),
            f"{kit.HOURS} 5": lambda: self.bot.api.is_open(5),
        }

        async def ask() -> list[object]:
            return await asyncio.gather(*(asking[each]() for each in operations), return_exceptions=True)

        errors = [answer for answer in self.runner.run(ask()) if isinstance(answer, BaseException)]
        assert all(isinstance(error, SuperOfficeError) and not isinstance(error, Refused) for error in errors), errors
        return [error for error in errors if isinstance(error, SuperOfficeError)]

    @rule(operations=st.lists(st.sampled_from(OPERATIONS), min_size=1, max_size=6))
    def somebody_asks(self, operations: list[str]) -> None:
        self._ask(*operations)

    @rule(seconds=st.sampled_from([1, 60, 599, 600, 3600]))
    def time_passes(self, seconds: float) -> None:
        self.elapsed_s += seconds
        self.bot.clock.advance(seconds)

    @rule()
    def tickets_are_forgotten(self) -> None:
        self.ends += bool(self.office.tickets)
        self.office.tickets.clear()

    @rule(operation=st.sampled_from(OPERATIONS))
    def a_right_comes_or_goes(self, operation: str) -> None:
        self.ends += operation not in self.office.without_right
        self.office.without_right ^= {operation}

    @rule()
    def everything_is_refused_or_no_longer(self) -> None:
        self.ends += not self.office.refuses_all
        self.office.refuses_all = not self.office.refuses_all

    @rule(words=st.sampled_from(sorted(ENDED)))
    def refusals_are_worded(self, words: str) -> None:
        self.office.words = ENDED[words]

    @rule()
    def it_goes_down_or_comes_back(self) -> None:
        self.office.is_down = not self.office.is_down

    @rule()
    def sign_ins_break_or_no_longer(self) -> None:
        self.office.breaks_at_sign_in = not self.office.breaks_at_sign_in

    @rule()
    def sign_ins_are_refused_or_no_longer(self) -> None:
        self.office.refuses_sign_ins = not self.office.refuses_sign_ins

    @precondition(lambda self: self.office.password == kit.PASSWORD)
    @rule(chance=st.integers(0, 9))
    def the_password_changes(self, chance: int) -> None:
        if chance == 0:
            self.office.password = "another"

    @precondition(lambda self: self.office.password == kit.PASSWORD)
    @rule()
    def netserver_is_well_again(self) -> None:
        """Whatever was, whoever asks for the roster is answered, after 10 minutes in doubt at the latest."""
        self.office.without_right.clear()
        self.office.refuses_all = self.office.is_down = False
        self.office.breaks_at_sign_in = self.office.refuses_sign_ins = False
        if self._ask(kit.PRESENCE):
            self.time_passes(1.25 * DOUBT_S)
        assert self._ask(kit.PRESENCE) == []

    @invariant()
    def sign_ins_are_bounded(self) -> None:
        """One at the start, one for each end, and one every 10 minutes at most; a wrong password is sent once."""
        paced = self.elapsed_s // DOUBT_S
        assert self.office.given <= 1 + self.ends + paced
        assert self.office.refused_sign_ins <= 1 + paced
        assert self.office.wrong_passwords <= 1

    def teardown(self) -> None:
        self.runner.run(self.opened.aclose())
        self.runner.close()


TestEvents = Events.TestCase
TestEvents.settings = settings(max_examples=100, stateful_step_count=30)
