"""What may be told about presence now."""

from dataclasses import replace

from tests.kit.crowd import TEAM, VIP, fresh, stale

CLOSED = replace(TEAM, closed=frozenset({VIP}))


def test_only_a_fresh_reading_knows_what_is_closed_now() -> None:
    """An old snapshot knew which topics were closed then, so a stale reading calls none of them closed."""
    assert fresh(CLOSED).closed == {VIP}
    assert stale(CLOSED).closed == frozenset()
    assert stale(CLOSED).snapshot.closed == {VIP}
