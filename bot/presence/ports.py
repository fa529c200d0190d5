"""What the outside implements for presence."""

from collections.abc import Callable
from typing import Protocol

from bot.presence.model import Snapshot

Monotonic = Callable[[], float]
"""Seconds on a clock that never jumps, as `time.monotonic`."""


class PresenceSource(Protocol):
    """Where presence comes from."""

    async def snapshot(self) -> Snapshot:
        """Everybody's presence now. Raises `SuperOfficeError`."""
        ...
