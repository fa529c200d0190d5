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
    """SuperOffice cannot be asked now, because of `because`; `age_s` seconds ago it said this."""

    snapshot: Snapshot
    because: SuperOfficeError
    age_s: float

    @property
    def closed(self) -> frozenset[Topic]:
        """None: an old snapshot cannot tell what is closed now."""
        return frozenset()


@dataclass(frozen=True, slots=True)
class Unavailable:
    """SuperOffice cannot be asked now, and said nothing recently enough to be shown."""

    because: SuperOfficeError


Shown = Fresh | Stale
"""A reading with something to show."""

Reading = Fresh | Stale | Unavailable
