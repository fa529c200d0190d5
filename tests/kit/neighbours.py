"""The bot's neighbours, for each test anew. A conftest that imports these fixtures gives them to its folder."""

from collections.abc import AsyncIterator

import pytest

from playground.slack import Slack
from playground.superoffice import NetServer
from tests.kit.process import netserver


@pytest.fixture
async def superoffice() -> AsyncIterator[NetServer]:
    """A NetServer."""
    async with netserver() as server:
        yield server


@pytest.fixture
async def slack() -> AsyncIterator[Slack]:
    """A workspace."""
    async with Slack() as slack:
        yield slack
