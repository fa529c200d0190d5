"""What reads replies, built once: to read the contracts takes longer than a reply."""

from collections.abc import AsyncIterator

import pytest_asyncio

from bot.superoffice.soap.netserver import NetServer
from tests.kit.netserver import Wire, wired


@pytest_asyncio.fixture(scope="package", loop_scope="package")
async def netserver() -> AsyncIterator[NetServer]:
    """A NetServer to read replies with."""
    async with wired(Wire()) as netserver:
        yield netserver
