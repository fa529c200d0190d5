"""What the page shows, in pieces: each by its key, so that only what has changed needs to be sent."""

from pathlib import Path
from typing import Any

import yaml

from playground.demo import SLOW_S
from playground.page.wire import WireLog
from playground.show import EMOJI
from playground.slack import BOT_USER
from playground.slack_workspace import TEAM, Delivery, Person, Post
from playground.stage import Stage

Json = dict[str, Any]
Pieces = dict[str, Any]

MOST_MESSAGES = 150
MANIFEST = Path(__file__).parents[2] / "manifest.yml"


class Scene:
    """Everything on the page: what the stage has, and what people said that was not for the bot."""

    def __init__(self, stage: Stage, wire: WireLog) -> None:
        self.stage = stage
        self.wire = wire
        self.restarting = False
        self._said: list[Json] = []
        self.app = _app()

    def say(self, channel: str, text: str, *, author: str, thread: str | None = None, only: str | None = None) -> None:
        """Show a message that no bot hears of; with `only`, to this person alone."""
        at = self.stage.slack.next_ts()
        del self._said[:-MOST_MESSAGES]
        self._said.append(_message(at, channel, author, text, thread=thread, only=only))
        self.stage.slack.changed()

    def pieces(self) -> Pieces:
        """Give all that the page shows at this moment."""
        slack = self.stage.slack
        pieces: Pieces = {
            "app": self.app,
            "people": {each.id: _person(each) for each in slack.people.values()},
            "places": [
                {"id": each.id, "name": each.name, "person": each.person, "shared": each.is_ext_shared}
                for each in slack.channels.values()
                if each.has_bot and not each.is_archived
            ],
            "bot": {"connected": bool(slack.connections), "restarting": self.restarting},
            "office": self._office(),
        }
        pieces |= {f"message:{each['id']}": each for each in self._messages()}
        pieces |= {f"home:{user}": {"id": f"home:{user}", "blocks": home.blocks} for user, home in slack.homes.items()}
        return pieces | {f"wire:{number}": line for number, line in self.wire.lines().items()}

    def _messages(self) -> list[Json]:
        """The newest messages of everyone, in their order: people's, and the bot's as they stand now."""
        heard = {delivery.event_id: delivery for delivery in self.stage.slack.deliveries if delivery.event_id}
        people = [said for said in map(_said, heard.values()) if said is not None]
        bots = [_posted(post) for post in self.stage.slack.visible]
        everything = [*self._said, *people, *bots]
        return sorted(everything, key=lambda each: in_order(each["id"]))[-MOST_MESSAGES:]

    def _office(self) -> Json:
        superoffice = self.stage.superoffice
        office = superoffice.office
        return {
            "time": office.time,
            "topics": [{"id": number, "name": name} for number, name in office.topics.items()],
            "agents": [
                {
                    "id": each.user_id,
                    "name": each.name,
                    "present": each.present,
                    "chats": each.ongoing_chats,
                    "topics": list(each.topics),
                }
                for each in office.agents
            ],
            "down": not superoffice.is_up,
            "slow": superoffice.switches.latency_s > 0,
            "slow_s": SLOW_S,
            "garbage": superoffice.switches.fault is not None,
        }


def in_order(ts: str) -> tuple[int, int]:
    """Order messages as they were written: by their second, and within it by their count."""
    second, _, count = ts.partition(".")
    return int(second), int(count)


def _app() -> Json:
    """What Slack learns of the bot from its manifest, and the emoji that the page knows."""
    manifest = yaml.safe_load(MANIFEST.read_text())
    commands = manifest["features"]["slash_commands"]
    return {
        "name": manifest["features"]["bot_user"]["display_name"],
        "bot": BOT_USER,
        "commands": [{key: each.get(key, "") for key in ("command", "description", "usage_hint")} for each in commands],
        "emoji": EMOJI,
    }


def _person(person: Person) -> Json:
    plays = not person.is_bot and not person.is_guest and person.team == TEAM
    return {"id": person.id, "name": person.name, "bot": person.is_bot, "plays": plays, "locale": person.locale}


def _said(delivery: Delivery) -> Json | None:
    """What a person wrote to the bot; None for what is no message."""
    event = delivery.payload["event"]
    if event["type"] not in ("app_mention", "message"):
        return None
    return _message(event["ts"], event["channel"], event["user"], event["text"], thread=event.get("thread_ts"))


def _posted(post: Post) -> Json:
    shown = _message(post.ts, post.channel, BOT_USER, post.text, thread=post.thread_ts, only=post.user)
    return shown | {"blocks": post.blocks, "via": post.via, "edited": post.via == "chat.update"}


def _message(
    at: str, channel: str, author: str, text: str, *, thread: str | None = None, only: str | None = None
) -> Json:
    return {"id": at, "channel": channel, "author": author, "text": text, "thread": thread, "only": only, "blocks": []}
