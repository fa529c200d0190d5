"""What Slack writes to a bot: the bodies of commands, events and clicks."""

import uuid
from typing import Any

from playground import blocks as block_kit
from playground.slack_workspace import APP, BOT, BOT_USER, TEAM, Post, Workspace

Json = dict[str, Any]

VERIFICATION_TOKEN = "pretend-verification-token"


def command_payload(workspace: Workspace, command: str, text: str, user: str, channel: str) -> Json:
    """Write a slash command: https://docs.slack.dev/interactivity/implementing-slash-commands."""
    return {
        "token": VERIFICATION_TOKEN,
        "team_id": TEAM,
        "team_domain": "pretend",
        "channel_id": channel,
        "channel_name": workspace.channels[channel].name,
        "user_id": user,
        "user_name": workspace.people[user].name.lower(),
        "command": command,
        "text": text,
        "api_app_id": APP,
        "is_enterprise_install": "false",
        "trigger_id": trigger_id(workspace),
    }


def message_event(workspace: Workspace, kind: str, text: str, user: str, channel: str, thread_ts: str | None) -> Json:
    """Write what a person said: https://docs.slack.dev/reference/events/app_mention."""
    ts = workspace.next_ts()
    event = {
        "type": kind,
        "user": user,
        "text": text,
        "ts": ts,
        "channel": channel,
        "event_ts": ts,
        "client_msg_id": str(uuid.uuid4()),
        "team": workspace.people[user].team,
    }
    if workspace.people[user].team != TEAM:  # https://docs.slack.dev/apis/slack-connect
        event |= dict.fromkeys(("user_team", "source_team"), workspace.people[user].team)
    return event | ({"thread_ts": thread_ts} if thread_ts else {})


def event_payload(workspace: Workspace, event: Json, event_id: str | None) -> Json:
    """Wrap an event: https://docs.slack.dev/apis/events-api."""
    place = workspace.channels.get(str(event.get("channel")))
    authorization = {
        "enterprise_id": None,
        "team_id": TEAM,
        "user_id": BOT_USER,
        "is_bot": True,
        "is_enterprise_install": False,
    }
    return {
        "token": VERIFICATION_TOKEN,
        "team_id": TEAM,
        "api_app_id": APP,
        "event": event,
        "type": "event_callback",
        "event_id": event_id or f"Ev{uuid.uuid4().hex[:10].upper()}",
        "event_time": int(workspace.clock()),
        "authorizations": [authorization],
        "is_ext_shared_channel": place is not None and place.is_ext_shared,
    }


def interaction_payload(workspace: Workspace, kind: str, post: Post, user: str) -> Json:
    """Write what every interaction says of its person, its place and its message.

    https://docs.slack.dev/reference/interaction-payloads/block_actions-payload
    """
    person = workspace.people[user]
    name = person.name.lower()
    payload: Json = {
        "type": kind,
        "user": {"id": user, "username": name, "name": name, "team_id": person.team},
        "api_app_id": APP,
        "token": VERIFICATION_TOKEN,
        "trigger_id": trigger_id(workspace),
        "team": {"id": TEAM, "domain": "pretend"},
        "enterprise": None,
        "is_enterprise_install": False,
    }
    if post.via == "views.publish":
        view = {"id": view_id(user), "type": "home", "team_id": TEAM, "blocks": post.blocks}
        return payload | {"container": {"type": "view", "view_id": view["id"]}, "view": view}
    container: Json = {"type": "message", "message_ts": post.ts, "channel_id": post.channel}
    container["is_ephemeral"] = post.ephemeral
    if post.thread_ts:
        container["thread_ts"] = post.thread_ts
    payload["container"] = container
    payload["channel"] = {"id": post.channel, "name": workspace.channels[post.channel].name}
    if not post.ephemeral:  # Slack does not keep those, so it cannot hand them back
        payload["message"] = message(post)
    return payload


def action_of(workspace: Workspace, post: Post, action_id: str, value: str | None, wanted: str | Json | None) -> Json:
    """Write what was clicked. Raises LookupError for what nobody could click."""
    block_id, element = element_of(post, action_id, value)
    action: Json = {key: element[key] for key in ("type", "action_id", "text", "value") if key in element}
    action |= {"block_id": block_id, "action_ts": workspace.next_ts()}
    if element["type"] != "button":
        action["selected_option"] = option_of(element, wanted)
    elif value is not None:
        action["value"] = value
    return action


def message(post: Post) -> Json:
    """Write a message as Slack hands it back."""
    written: Json = {
        "type": "message",
        "user": BOT_USER,
        "bot_id": BOT,
        "team": TEAM,
        "ts": post.ts,
        "text": post.text,
        "blocks": post.blocks,
    }
    return written | ({"thread_ts": post.thread_ts} if post.thread_ts else {})


def view_id(user: str) -> str:
    """Name this person's Home tab."""
    return f"V{user[1:]}"


def trigger_id(workspace: Workspace) -> str:
    """Give the id by which a bot could open a modal."""
    return f"{workspace.next_ts()}.{uuid.uuid4().hex}"


def block_id_of(post: Post, index: int) -> str:
    """Name a block as Slack does with those that have no name."""
    return str(post.blocks[index].get("block_id") or f"block-{index}")


def element_of(post: Post, action_id: str, value: str | None = None) -> tuple[str, Json]:
    """Find what is clicked, with its block's id. Raises LookupError if nothing has this action_id."""
    shown = [
        (block_id_of(post, index), element)
        for index, block in enumerate(post.blocks)
        for element in block_kit.elements(block)
    ]
    named = [(block_id, each) for block_id, each in shown if each.get("action_id") == action_id]
    if not named:
        raise LookupError(f"nothing called {action_id!r}, but {[each.get('action_id') for _, each in shown]}")
    return next((found for found in named if value is not None and found[1].get("value") == value), named[0])


def option_of(element: Json, wanted: str | Json | None) -> Json:
    """Find the option with this value; a whole one is what an external menu offered."""
    if isinstance(wanted, dict):
        return wanted
    options = element.get("options", [])
    for option in options:
        if option["value"] == wanted:
            return dict(option)
    raise LookupError(f"no option {wanted!r}, but {[option['value'] for option in options]}")


def chosen(post: Post, action: Json) -> Json:
    """Write what is chosen in every menu of the message, also in the one just used."""
    values: Json = {}
    for index, block in enumerate(post.blocks):
        for element in block_kit.elements(block):
            if not element["type"].endswith("_select"):
                continue
            used = element.get("action_id") == action["action_id"] and block_id_of(post, index) == action["block_id"]
            option = action.get("selected_option") if used else element.get("initial_option")
            state = {"type": element["type"], "selected_option": option}
            values.setdefault(block_id_of(post, index), {})[element.get("action_id")] = state
    return values
