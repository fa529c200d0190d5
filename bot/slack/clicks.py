"""What a click says: who clicked, where, and what to show next."""

from dataclasses import dataclass
from typing import Any

from bot.slack.view_state import ViewState, decode


@dataclass(frozen=True, slots=True)
class Click:
    """A click on a control. `state` is None if this version of the bot cannot read the control's value.

    `teams`: the workspace that the person comes from. `is_home`: on the Home tab, where there is no message and no
    `response_url`. `is_ephemeral`: on a message that the person alone sees. `is_direct`: in direct messages: the
    person's own with the bot, unless the message was shared. `thread_ts`: of the thread that the message is in; a
    message that begins a thread is not in it.
    https://docs.slack.dev/reference/interaction-payloads/block_actions-payload
    """

    user: str
    teams: frozenset[str]
    channel: str
    state: ViewState | None
    response_url: str
    is_home: bool
    is_ephemeral: bool
    is_direct: bool
    thread_ts: str | None


def read_click(body: dict[str, Any]) -> Click:
    """The click of a `block_actions` payload."""
    action = body["actions"][0]
    value = action.get("value") or (action.get("selected_option") or {}).get("value") or ""
    channel, container = body.get("channel") or {}, body.get("container") or {}
    thread_ts = container.get("thread_ts")
    return Click(
        user=body["user"]["id"],
        teams=teams_of(body),
        channel=channel.get("id", ""),
        state=decode(value),
        response_url=body.get("response_url", ""),
        is_home=bool(body.get("view")),
        is_ephemeral=bool(container.get("is_ephemeral")),
        is_direct=channel.get("id", "").startswith("D"),  # Slack's name for it, "directmessage", any channel may have
        thread_ts=thread_ts if thread_ts != container.get("message_ts") else None,
    )


def teams_of(body: dict[str, Any]) -> frozenset[str]:
    """The workspace that the person comes from who clicked, or typed into a menu."""
    return frozenset(filter(None, [body["user"].get("team_id")]))
