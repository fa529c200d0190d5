"""What more than one file of this folder needs."""

from collections.abc import AsyncIterator

import pytest

from playground.superoffice import NetServer


@pytest.fixture
async def server() -> AsyncIterator[NetServer]:
    """A stand-in NetServer."""
    async with NetServer() as server:
        yield server
