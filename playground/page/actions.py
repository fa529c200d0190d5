"""Does what the page asks for: as somebody in Slack, or to the pretend SuperOffice."""

import json
import re
from typing import Any

from playground.blocks import OPTION
from playground.demo import LATER_MINUTES, How, Switch, escaped, turn
from playground.page.state import Scene
from playground.slack import BOT_USER, Delivery, Post

Json = dict[str, Any]

MOST_CHATS = 99


class DoesNotWorkError(Exception):
    """What was asked cannot be done; the message says why."""


async def act(scene: Scene, body: bytes) -> Json:
    """Do what the page asks for, as JSON. Raises DoesNotWorkError with a plain reason if that is impossible."""
    try:
        asked = json.loads(body)
    except (ValueError, RecursionError):
        raise DoesNotWorkError("That is not JSON.") from None
    try:
        return await _done(scene, asked)
    except LookupError:
        raise DoesNotWorkError("That is not there, or no longer: things may have changed meanwhile.") from None
    except TimeoutError:
        raise DoesNotWorkError("The bot is not connected to Slack.") from None


async def _done(scene: Scene, asked: Any) -> Json:
    slack, superoffice = scene.stage.slack, scene.stage.superoffice
    match asked:
        case {
            "do": "say",
            "viewer": str(viewer),
            "place": str(place),
            "text": str(text),
            "thread": str() | None as thread,
        } if text.strip():
            return await _say(scene, viewer, place, text.strip(), thread)
        case {"do": "open_home", "viewer": str(viewer)}:
            _acknowledged(await slack.open_home(slack.people[viewer].id))
        case {"do": "click", "viewer": str(viewer), "message": str(message), "action_id": str(action), **more}:
            value: Any = more.get("value")  # a wrong one finds nothing
            option: Any = more.get("option")
            if option is not None and list(OPTION(option, "")):
                raise DoesNotWorkError("That is not an option.")
            post = _post(scene, viewer, message)
            _acknowledged(await slack.click(post, action, value, user=viewer, selected_option=option))
        case {"do": "agent", "id": int(number), **change}:
            agent = {agent.user_id: agent for agent in superoffice.office.agents}[number]
            match change:
                case {"present": bool(present)}:
                    agent.present = present
                case {"chats": int(chats)} if 0 <= chats <= MOST_CHATS:
                    agent.ongoing_chats = chats
                case _:
                    raise DoesNotWorkError("An agent's presence and chats can be changed, and nothing else.")
        case {"do": "superoffice", "what": ("ok" | "down" | "slow" | "garbage" | "ticket") as what}:
            await turn(superoffice, Switch(what))
        case {"do": "later"}:
            superoffice.office.advance(LATER_MINUTES)
        case _:
            raise DoesNotWorkError("That is not an action of this page.")
    slack.changed()
    return {}


async def _say(scene: Scene, viewer: str, place: str, text: str, thread: str | None) -> Json:
    """Say this in Slack. A mention's answer is in a thread: `mention` names it."""
    slack = scene.stage.slack
    channel, person = slack.channels[place], slack.people[viewer]
    if channel.person not in (None, person.id) or not channel.has_bot:
        raise LookupError(place)
    if text.startswith("/"):
        command, _, words = text.partition(" ")
        if command != How.COMMAND.value:
            raise DoesNotWorkError(f"{command} is not a command here.")
        if thread:
            raise DoesNotWorkError("Slack has no commands in threads. Mention @who instead.")
        sent = await slack.command(escaped(words.strip()), user=person.id, channel=place)
        if sent.refused:
            raise DoesNotWorkError(f"{command} failed with the error “{sent.refused[0].error}”.")
        return {}
    mrkdwn = _with_mentions(scene, text)
    if channel.person:
        await slack.direct_message(mrkdwn, user=person.id, thread_ts=thread)
    elif f"<@{BOT_USER}>" in mrkdwn:
        delivery = await slack.mention(mrkdwn, user=person.id, channel=place, thread_ts=thread)
        return {} if thread else {"mention": delivery.root}
    else:
        scene.say(channel.id, mrkdwn, author=person.id, thread=thread)
    return {}


def _post(scene: Scene, viewer: str, message: str) -> Post:
    """Find the message that this person sees. Raises LookupError."""
    slack = scene.stage.slack
    if message == "home":
        return slack.homes[viewer]
    return {post.ts: post for post in slack.visible if post.user in (None, viewer)}[message]


def _acknowledged(delivery: Delivery) -> None:
    if delivery.late:
        raise DoesNotWorkError("The bot did not acknowledge this within 3 s. Slack shows a warning here.")


def _with_mentions(scene: Scene, text: str) -> str:
    """Write words as Slack keeps them: escaped, and people's names as their ids."""
    ids = {person.name.casefold(): person.id for person in scene.stage.slack.people.values()}
    names = "|".join(map(re.escape, ids))
    return re.sub(rf"(?i)@({names})\b", lambda found: f"<@{ids[found[1].casefold()]}>", escaped(text))
