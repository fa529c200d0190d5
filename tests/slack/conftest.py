"""The bot on its stage, for each test anew."""

from collections.abc import AsyncIterator

import pytest

from playground.slack import Slack
from tests.kit.clock import FakeClock
from tests.kit.crowd import FakeSource
from tests.kit.neighbours import slack
from tests.kit.stage import Bot, Choices, Mode, built, reached

__all__ = ["slack"]


@pytest.fixture
async def source() -> FakeSource:
    """Where presence comes from."""
    return FakeSource()


@pytest.fixture
def clock() -> FakeClock:
    """The bot's time."""
    return FakeClock()


@pytest.fixture
def choices() -> Choices:
    """What the administrator chose; a test parametrizes it to choose otherwise."""
    return Choices()


@pytest.fixture
def mode() -> Mode:
    """How Slack reaches the bot; a test parametrizes it where that may make a difference."""
    return "socket"


@pytest.fixture
async def bot(slack: Slack, source: FakeSource, clock: FakeClock, choices: Choices) -> AsyncIterator[Bot]:
    """The bot, not reached by Slack yet."""
    async with built(slack, source, clock, choices) as bot:
        yield bot


@pytest.fixture
async def workspace(bot: Bot, mode: Mode) -> AsyncIterator[Slack]:
    """The workspace with the bot in it."""
    async with reached(bot, mode) as slack:
        yield slack
