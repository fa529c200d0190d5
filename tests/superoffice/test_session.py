"""One session for all calls: when it is got, when it is renewed, and that it shows no ticket."""

import asyncio

import pytest

from bot.errors import Reason, SuperOfficeError, Unreachable
from bot.superoffice.session import Session, SharedSession
from tests.kit.netserver import (
    ADDRESS,
)

FIRST, SECOND = Session(ADDRESS, "t1"), Session(ADDRESS, "t2")


class FakeSignIn:
    """Gives t1, t2 and so on, once its gate is open; raises its errors first."""

    def __init__(self) -> None:
        self.calls = 0
        self.given = 0
        self.errors: list[SuperOfficeError] = []
        self.asked = asyncio.Event()
        self.gate = asyncio.Event()
        self.gate.set()

    async def session(self, refused: Session | None) -> Session:
        """The next session."""
        self.calls += 1
        self.asked.set()
        await self.gate.wait()
        if self.errors:
            raise self.errors.pop(0)
        self.given += 1
        assert refused is None or refused.ticket != f"t{self.given}"
        return Session(ADDRESS, f"t{self.given}")


async def test_a_late_refusal_of_an_old_session_renews_nothing() -> None:
    """Who brings a session that was replaced meanwhile gets the one that replaced it."""
    sign_in = FakeSignIn()
    shared = SharedSession(sign_in)

    assert await shared.current() == FIRST
    assert await shared.current(refused=FIRST) == SECOND
    assert await shared.current(refused=FIRST) == SECOND
    assert sign_in.calls == 2


async def test_a_failed_sign_in_is_not_kept() -> None:
    """After a failure the next caller signs in; the session that was refused is not given out again."""
    sign_in = FakeSignIn()
    shared = SharedSession(sign_in)
    await shared.current()
    sign_in.errors = [Unreachable(Reason.TIMEOUT)]

    with pytest.raises(Unreachable):
        await shared.current(refused=FIRST)
    assert await shared.current() == SECOND


async def test_one_who_gives_up_during_a_sign_in_leaves_it_to_the_next() -> None:
    """A caller that is cancelled while it signs in does not keep the others from a session."""
    sign_in = FakeSignIn()
    sign_in.gate.clear()
    shared = SharedSession(sign_in)
    async with asyncio.TaskGroup() as tasks:
        first = tasks.create_task(shared.current())
        second = tasks.create_task(shared.current())
        await sign_in.asked.wait()
        first.cancel()
        sign_in.gate.set()

    assert first.cancelled()
    assert second.result() == FIRST
