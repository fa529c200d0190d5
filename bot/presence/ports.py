"""What the outside implements for presence."""

from typing import Protocol

from bot.presence.model import Snapshot


class PresenceSource(Protocol):
    """Where presence comes from."""

    async def snapshot(self) -> Snapshot:
        """Everybody's presence now. Raises `SuperOfficeError`."""
        ...
