"""What may be told about presence now: a fresh snapshot, an old one with its reason, or only the reason."""

from dataclasses import dataclass

from bot.errors import SuperOfficeError
from bot.presence.model import Snapshot, Topic


@dataclass(frozen=True, slots=True)
class Fresh:
    """SuperOffice said this just now."""

    snapshot: Snapshot

    @property
    def closed(self) -> frozenset[Topic]:
        """The topics without anyone that are outside their opening hours now."""
        return self.snapshot.closed


@dataclass(frozen=True, slots=True)
class Stale:
    """SuperOffice said this `age_s` seconds ago and has given no usable answer since; `because` says why."""

    snapshot: Snapshot
    because: SuperOfficeError
    age_s: float

    @property
    def closed(self) -> frozenset[Topic]:
        """No topics: an old snapshot cannot tell what is closed now."""
        return frozenset()

    @property
    def age_minutes(self) -> int:
        """The age as people are told it, in whole minutes."""
        return int(self.age_s // 60)


@dataclass(frozen=True, slots=True)
class Unavailable:
    """SuperOffice gives no usable answer, and its last one is too old to show."""

    because: SuperOfficeError


Shown = Fresh | Stale
"""A reading with something to show."""

Reading = Fresh | Stale | Unavailable
