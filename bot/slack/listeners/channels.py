"""A channel that is shared with another company, or that somebody joins, is looked up again before names go there."""

from typing import Any, Final

from slack_bolt.async_app import AsyncApp

from bot.slack.directory import Directory

EVENTS: Final = ("channel_shared", "channel_unshared", "member_joined_channel")
"""https://docs.slack.dev/reference/events/channel_shared, https://docs.slack.dev/reference/events/channel_unshared,
https://docs.slack.dev/reference/events/member_joined_channel"""


def register(app: AsyncApp, directory: Directory) -> None:
    """Attach the listeners."""

    async def forget(event: dict[str, Any]) -> None:
        directory.forget_channel(event["channel"])

    for kind in EVENTS:
        app.event(kind)(forget)
