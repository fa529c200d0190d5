"""Whether this machine's clock agrees with Slack's."""

from datetime import datetime, timedelta
from typing import Final

from bot.checks.runner import Failed

CLOCK_TOLERANCE: Final = timedelta(minutes=4)
"""Slack's signatures are good for 5 minutes: https://docs.slack.dev/authentication/verifying-requests-from-slack/."""


def clock_agrees(slack_time: datetime | None, now: datetime) -> str:
    """Compare the machine's clock with Slack's. Raises `Failed` if they are minutes apart."""
    if slack_time is None:
        return "Slack did not tell its own time"
    apart = abs(now - slack_time)
    if apart > CLOCK_TOLERANCE:
        said = f"{apart.total_seconds() / 60:.0f} minutes away from Slack's"
        raise Failed(said, "Set this machine's clock (NTP): Slack's signed requests seem too old.")
    return "agrees with Slack's"
