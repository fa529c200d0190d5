"""What the page shows."""

from typing import Any

from playground.demo import trouble
from playground.page.wire import WireLog
from playground.show import EMOJI
from playground.slack import BOT_USER, Delivery, Post
from playground.slack_workspace import TEAM, Channel, Person
from playground.stage import Stage

Json = dict[str, Any]

MOST_MESSAGES = 100


class Scene:
    """Everything on the page: what the stage has, and what people said that was not for the bot."""

    def __init__(self, stage: Stage, wire: WireLog) -> None:
        self.stage = stage
        self.wire = wire
        self._said: list[Json] = []

    def say(self, channel: str, text: str, *, author: str, thread: str | None = None) -> None:
        """Show a message that the bot does not hear of."""
        del self._said[:-MOST_MESSAGES]
        self._said.append(_message(self.stage.slack.next_ts(), channel, author, text, thread=thread))
        self.stage.slack.changed()

    def state(self) -> Json:
        """Give all that the page shows at this moment."""
        slack, superoffice = self.stage.slack, self.stage.superoffice
        bot = slack.people[BOT_USER].name
        return {
            "name": bot,
            "connected": bool(slack.connections),
            "emoji": EMOJI,
            "people": [_person(each) for each in slack.people.values()],
            "places": [_place(each, bot) for each in slack.channels.values() if each.has_bot and not each.is_archived],
            "messages": self._messages(),
            "homes": {user: home.blocks for user, home in slack.homes.items()},
            "office": {
                "time": superoffice.office.time,
                "trouble": trouble(superoffice).value,
                "agents": [
                    {
                        "id": each.user_id,
                        "name": each.name,
                        "present": each.present,
                        "chats": each.ongoing_chats,
                        "topics": [superoffice.office.topics.get(topic, f"Topic {topic}") for topic in each.topics],
                    }
                    for each in superoffice.office.agents
                ],
            },
            "wire": self.wire.lines(),
        }

    def _messages(self) -> list[Json]:
        """The newest messages of everyone, in their order: people's, and the bot's as they are now."""
        heard = {delivery.event_id: delivery for delivery in self.stage.slack.deliveries if delivery.event_id}
        people = [said for said in map(_said, heard.values()) if said is not None]
        bots = [_posted(post) for post in self.stage.slack.visible]
        return sorted([*self._said, *people, *bots], key=lambda each: in_order(each["id"]))[-MOST_MESSAGES:]


def in_order(ts: str) -> tuple[int, int]:
    """Order messages as they were written: by their second, and within it by their count."""
    second, _, count = ts.partition(".")
    return int(second), int(count)


def _person(person: Person) -> Json:
    plays = not person.is_bot and not person.is_guest and person.team == TEAM
    return {"id": person.id, "name": person.name, "bot": person.is_bot, "plays": plays, "locale": person.locale}


def _place(channel: Channel, bot: str) -> Json:
    name = bot if channel.person else channel.name
    return {"id": channel.id, "name": name, "person": channel.person, "shared": channel.is_ext_shared}


def _said(delivery: Delivery) -> Json | None:
    """What a person wrote to the bot; None for what is not a message."""
    event = delivery.payload["event"]
    if event["type"] not in ("app_mention", "message"):
        return None
    return _message(event["ts"], event["channel"], event["user"], event["text"], thread=event.get("thread_ts"))


def _posted(post: Post) -> Json:
    shown = _message(post.ts, post.channel, BOT_USER, post.text, thread=post.thread_ts, only=post.user)
    return shown | {"blocks": post.blocks}


def _message(
    at: str, channel: str, author: str, text: str, *, thread: str | None = None, only: str | None = None
) -> Json:
    return {"id": at, "channel": channel, "author": author, "text": text, "thread": thread, "only": only, "blocks": []}
