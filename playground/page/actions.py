"""Does what the page asks for: as somebody in Slack, and behind the scenes."""

import re
from typing import Any

from playground.blocks import OPTION
from playground.demo import HAPPENS, LATER_MINUTES, Switch, escaped, turn
from playground.office import PretendAgent
from playground.page.asked import (
    Action,
    Agent,
    Behind,
    Click,
    DoesNotWorkError,
    InMessage,
    OpenHome,
    Options,
    Say,
    SuperOffice,
    read,
)
from playground.page.state import Scene
from playground.slack import BOT_USER, Delivery, Post
from playground.stage import StageError

Json = dict[str, Any]

MOST_AGENTS = 100
SLACKBOT = "USLACKBOT"
_PATIENCE_S = 5.0


async def act(scene: Scene, body: bytes) -> Json:
    """Do what the page asks for. Raises DoesNotWorkError with a plain reason where that is impossible."""
    action = read(body)
    try:
        return await _done(scene, action)
    except LookupError:
        raise DoesNotWorkError("That is not there, or no longer: things may have changed meanwhile.") from None


async def _done(scene: Scene, action: Action) -> Json:
    match action:
        case Say():
            await _say(scene, action)
        case OpenHome(viewer=viewer):
            await _connected(scene)
            _acknowledged(await scene.stage.slack.open_home(viewer))
        case Click():
            await _click(scene, action)
        case Options():
            await _connected(scene)
            post = _post(scene, action)
            delivery = await scene.stage.slack.options(post, action.action_id, action.typed, user=action.viewer)
            _acknowledged(delivery)
            return delivery.body or {}
        case Agent():
            _agent(scene, action)
        case SuperOffice():
            await _superoffice(scene, action)
        case Behind():
            await _behind(scene, action)
    return {}


# --- in Slack ---


async def _say(scene: Scene, said: Say) -> None:
    slack = scene.stage.slack
    place, person = slack.channels[said.place], slack.people[said.viewer]
    if place.person not in (None, person.id) or not place.has_bot:
        raise KeyError(place.id)
    text = said.text.strip()
    if text.startswith("/"):
        await _command(scene, said, text)
        return
    mrkdwn = _with_mentions(scene, text)
    to_bot = place.person == person.id or f"<@{BOT_USER}>" in mrkdwn
    if not text or not to_bot:
        scene.say(place.id, mrkdwn, author=person.id, thread=said.thread)
        return
    if not slack.connections:
        scene.say(place.id, mrkdwn, author=person.id, thread=said.thread)
        raise DoesNotWorkError("The bot is not connected to Slack, so it did not hear this.")
    if place.person:
        await slack.direct_message(mrkdwn, user=person.id, thread_ts=said.thread)
    else:
        await slack.mention(mrkdwn, user=person.id, channel=place.id, thread_ts=said.thread)


async def _command(scene: Scene, said: Say, text: str) -> None:
    """Send a command as Slack does, or complain as Slackbot does."""
    command, _, words = text.partition(" ")
    complaint = ""
    if command not in [each["command"] for each in scene.app["commands"]]:
        complaint = f"`{escaped(command)}` is not a valid command."
    elif said.thread:
        complaint = f"{command} is not supported in threads. Sorry! Mention @who here instead."
    elif not scene.stage.slack.connections:
        complaint = f"{command} failed with the error “dispatch_failed”: the bot is not connected."
    else:
        sent = await scene.stage.slack.command(
            escaped(words.strip()), command=command, user=said.viewer, channel=said.place
        )
        complaint = f"{command} failed with the error “{sent.refused[0].error}”." if sent.refused else ""
    if complaint:
        scene.say(said.place, complaint, author=SLACKBOT, thread=said.thread, only=said.viewer)


async def _click(scene: Scene, click: Click) -> None:
    await _connected(scene)
    if click.option is not None and list(OPTION(click.option, "")):
        raise DoesNotWorkError("That is no option.")
    post = _post(scene, click)
    _acknowledged(
        await scene.stage.slack.click(
            post, click.action_id, click.value, user=click.viewer, selected_option=click.option
        )
    )


def _post(scene: Scene, place: InMessage) -> Post:
    """Find the message that this person sees."""
    slack = scene.stage.slack
    if place.message == "home":
        return slack.homes[place.viewer]
    return {post.ts: post for post in slack.visible if post.user in (None, place.viewer)}[place.message]


async def _connected(scene: Scene) -> None:
    try:
        await scene.stage.slack.connected(timeout_s=_PATIENCE_S)
    except TimeoutError:
        raise DoesNotWorkError("The bot is not connected to Slack.") from None


def _acknowledged(delivery: Delivery) -> None:
    if delivery.late:
        raise DoesNotWorkError("The bot did not acknowledge this within 3 s. Slack shows a warning here.")


def _with_mentions(scene: Scene, text: str) -> str:
    """Write words as Slack keeps them: escaped, and people's names as their ids."""
    ids = {person.name.casefold(): person.id for person in scene.stage.slack.people.values()}
    names = "|".join(map(re.escape, ids))
    return re.sub(rf"(?i)@({names})\b", lambda found: f"<@{ids[found[1].casefold()]}>", escaped(text))


# --- behind the scenes ---


def _agent(scene: Scene, change: Agent) -> None:
    office = scene.stage.superoffice.office
    if any(topic not in office.topics for topic in change.topics or ()):
        raise DoesNotWorkError("There is no such topic.")
    if change.id is None:
        if len(office.agents) >= MOST_AGENTS:
            raise DoesNotWorkError(f"There are {MOST_AGENTS} agents already.")
        newest = max((agent.user_id for agent in office.agents), default=0)
        agent = PretendAgent(newest + 1, change.name or "New agent", present=True)
        office.agents.append(agent)
    else:
        agent = {agent.user_id: agent for agent in office.agents}[change.id]
    agent.name = agent.name if change.name is None else change.name
    agent.present = agent.present if change.present is None else change.present
    agent.ongoing_chats = agent.ongoing_chats if change.chats is None else change.chats
    agent.topics = agent.topics if change.topics is None else tuple(dict.fromkeys(change.topics))
    scene.stage.slack.changed()


async def _superoffice(scene: Scene, change: SuperOffice) -> None:
    superoffice = scene.stage.superoffice
    match change.what, change.on:
        case "garbage", False:
            superoffice.switches.fault = None
            scene.wire.note("SuperOffice answers in its own words again.")
            return
        case "down", False:
            switch = Switch.UP
        case "slow", False:
            switch = Switch.FAST
        case what, _:
            switch = Switch(what)
    await turn(superoffice, switch)
    scene.wire.note(HAPPENS[switch])


async def _behind(scene: Scene, action: Behind) -> None:
    match action.do:
        case "later":
            office = scene.stage.superoffice.office
            office.advance(LATER_MINUTES)
            scene.wire.note(f"{LATER_MINUTES} minutes pass: it is {office.time} in the pretend office.")
        case "clear":
            scene.wire.clear()
        case "restart":
            if scene.restarting:
                raise DoesNotWorkError("The bot is being restarted already.")
            scene.restarting = True
            scene.wire.note("The bot is stopped and started anew. What it remembered is gone.")
            try:
                await scene.stage.restart()
            except (StageError, TimeoutError) as error:
                raise DoesNotWorkError(str(error)) from None
            finally:
                scene.restarting = False
                scene.stage.slack.changed()
