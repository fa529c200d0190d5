"""Time."""

import time
from datetime import UTC

import pytest

from bot.clock import Clock


def test_the_machines_time_of_day_is_in_utc() -> None:
    """The time of day is aware and in UTC, so that nobody has to guess its zone."""
    assert Clock().now().tzinfo is UTC


@pytest.mark.skipif(not hasattr(time, "CLOCK_BOOTTIME"), reason="only Linux has this clock")
def test_a_suspended_machine_does_not_stop_the_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """On Linux, time goes on while the machine is suspended: what was known before is old when it wakes."""
    monkeypatch.setattr(time, "clock_gettime", {time.CLOCK_BOOTTIME: 30_000.0, time.CLOCK_MONOTONIC: 1.0}.__getitem__)

    assert Clock().monotonic() == 30_000
