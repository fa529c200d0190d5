"""A pretend workspace: its people and channels, what was sent to the bot, and everything that was shown."""

import asyncio
import itertools
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal, TypeVar

from playground import blocks as block_kit

Json = dict[str, Any]
T = TypeVar("T")
Kind = Literal["slash_commands", "events_api", "interactive", "raw"]
Via = Literal["ack", "response_url", "chat.postMessage", "chat.postEphemeral", "views.publish"]

TEAM = "T0PRETEND"
PARTNER_TEAM = "T0PARTNER"
APP = "A0WHOAPP1"
BOT = "B0WHOBOT1"
BOT_USER = "U0WHOBOT1"

# After this Slack tells the asker "operation_timeout".
# https://docs.slack.dev/interactivity/handling-user-interaction#acknowledgment_response
ACK_DEADLINE_S = 3.0


@dataclass
class Person:
    """Someone in Slack.

    `team` differs for people of other companies, and for colleagues in another workspace of the `enterprise`.
    `is_hidden`: users.info does not tell about them.
    """

    id: str
    name: str
    locale: str = "en-GB"
    is_guest: bool = False
    is_single_channel_guest: bool = False
    is_bot: bool = False
    team: str = TEAM
    enterprise: str | None = None
    is_hidden: bool = False


@dataclass
class Channel:
    """A place for messages; with `person` it is that person's direct messages with the bot.

    `is_group_dm`: a group direct message, of which the bot's scopes tell nothing.
    """

    id: str
    name: str
    person: str | None = None
    is_ext_shared: bool = False
    is_pending_ext_shared: bool = False
    is_org_shared: bool = False
    is_private: bool = False
    is_group_dm: bool = False
    is_archived: bool = False
    has_bot: bool = True


@dataclass(eq=False)
class Delivery:
    """One request that Slack sent to the bot, how it was acknowledged, and what came of it."""

    kind: Kind
    payload: Json
    channel: str | None = None
    user: str | None = None
    root: str | None = None  # the thread in which an answer belongs: the `ts` of its first message
    retry_num: int = 0
    acked: bool = False
    ack_s: float | None = None  # from sending to the acknowledgement; None: none came
    status: int | None = None  # of HTTP; None in Socket Mode, or if nothing answered
    raw: bytes = b""
    body: Json | None = None  # what the acknowledgement carried
    posts: list["Post"] = field(default_factory=list)
    refused: list["Refusal"] = field(default_factory=list)

    @property
    def late(self) -> bool:
        """Whether the person saw Slack's own complaint instead of the bot's answer."""
        return self.ack_s is None or self.ack_s > ACK_DEADLINE_S

    @property
    def event_id(self) -> str | None:
        return self.payload.get("event_id")

    @property
    def response_url(self) -> str | None:
        return self.payload.get("response_url")


@dataclass(eq=False)
class Post:
    """A message as it was shown. A change is a new post, which `replaces` the one before it."""

    channel: str
    ts: str
    text: str
    blocks: list[Json]
    via: Via
    ephemeral: bool = False
    user: str | None = None  # the only one who sees it; None: the whole channel
    thread_ts: str | None = None
    cause: Delivery | None = None
    replaces: "Post | None" = None
    replaced_by: "Post | None" = None

    @property
    def visible(self) -> bool:
        return self.replaced_by is None


@dataclass(eq=False)
class Refusal:
    """A message that Slack did not take, or an acknowledgement that did not come in time."""

    via: Via
    error: str
    messages: list[str]
    body: Json
    cause: Delivery | None = None


@dataclass
class Call:
    """One call of the Web API or of a response_url; `error` as Slack answered it, `at` in monotonic seconds."""

    method: str
    args: Json
    error: str | None = None
    at: float = field(default_factory=time.monotonic)


@dataclass
class Switches:
    """What fails in Slack, as soon as it is set."""

    response_url_latency_s: float = 0.0
    latency_s: dict[str, float] = field(default_factory=dict)  # by method: after it is done, before it is answered
    replaces_acknowledgements: bool = False  # a command's response_url, for what answered the command
    response_url_status: int | None = None  # every response_url answers with it
    post_status: int | None = None  # every chat.* method answers with it
    rate_limit: dict[str, int] = field(default_factory=dict)  # by method: how many calls more get a 429
    retry_after_s: int = 1
    invalid_blocks_next: int = 0  # how many of the next messages with blocks are refused


class Workspace:
    """Takes messages or refuses them, as Slack does, and lets tests wait for them."""

    def __init__(self, *, clock: Callable[[], float] = time.time) -> None:
        self.clock = clock
        self.enterprise: str | None = None
        self.switches = Switches()
        self.people = {
            person.id: person
            for person in (
                Person("U0ASKER01", "Kari"),
                Person("U0ASKER02", "Ola", locale="nb-NO"),
                Person("U0ASKER03", "Eva"),
                Person("U0GUEST01", "Gina", is_guest=True),
                Person("U0STRANG1", "Sven", team=PARTNER_TEAM),
                Person(BOT_USER, "who", is_bot=True),
            )
        }
        self.channels = {
            channel.id: channel
            for channel in (
                Channel("C0SUPPORT", "support"),
                Channel("C0GENERAL", "general"),
                Channel("C0PARTNER", "partner", is_ext_shared=True),
                Channel("C0QUIET01", "quiet", has_bot=False),
                Channel("C0OLDNEWS", "old-news", is_archived=True),
                *(
                    Channel(f"D{person[1:]}", "directmessage", person=person)
                    for person in self.people
                    if person != BOT_USER
                ),
            )
        }
        self.deliveries: list[Delivery] = []
        self.posts: list[Post] = []
        self.refused: list[Refusal] = []
        self.homes: dict[str, Post] = {}
        self.calls: list[Call] = []
        self._count = itertools.count(1)
        self._change = asyncio.Event()

    @property
    def visible(self) -> list[Post]:
        """What is on people's screens now: nothing that was replaced."""
        return [post for post in self.posts if post.visible]

    def name_of(self, some_id: str) -> str | None:
        """Name a person or a channel; for `show`."""
        known = self.people.get(some_id) or self.channels.get(some_id)
        return known.name if known else None

    def direct_channel(self, user: str) -> str:
        """Find the channel of this person's direct messages with the bot."""
        return next(channel.id for channel in self.channels.values() if channel.person == user)

    def next_ts(self) -> str:
        """Give a message's time, which is also its id: no two are the same."""
        return f"{int(self.clock())}.{next(self._count):06d}"

    # --- what is shown ---

    def take(
        self,
        body: Json,
        *,
        via: Via,
        channel: str,
        user: str | None = None,
        ephemeral: bool = False,
        thread_ts: str | None = None,
        cause: Delivery | None = None,
        replaces: Post | None = None,
    ) -> Post | Refusal:
        """Show this message, or refuse it and say why."""
        # Only the chat methods count all of a message's characters together.
        reason = self._switched_off(body) or block_kit.refusal(
            body.get("text"), body.get("blocks"), total=via.startswith("chat.")
        )
        if reason is not None:
            return self.refuse(via, *reason, body=body, cause=cause)
        post = Post(
            channel=channel,
            ts=replaces.ts if replaces else self.next_ts(),
            text=body.get("text") or "",
            blocks=body.get("blocks") or [],
            via=via,
            ephemeral=ephemeral,
            user=user if ephemeral else None,
            thread_ts=thread_ts,
            cause=cause,
            replaces=replaces,
        )
        if replaces is not None:
            replaces.replaced_by = post
        self.posts.append(post)
        if cause is not None:
            cause.posts.append(post)
        self.changed()
        return post

    def take_home(self, user: str, view: Json) -> Post | Refusal:
        """Show this person's Home tab, or refuse it. It is no message: it is not among the posts."""
        blocks = view.get("blocks") or []
        found = block_kit.problems(blocks, surface="home")
        reason = self._switched_off(view) or (("invalid_blocks", found) if found else None)
        if reason is not None:
            return self.refuse("views.publish", *reason, body=view, cause=None)
        post = Post("", self.next_ts(), "", blocks, "views.publish", user=user, replaces=self.homes.get(user))
        if post.replaces is not None:
            post.replaces.replaced_by = post
        self.homes[user] = post
        self.changed()
        return post

    def _switched_off(self, body: Json) -> tuple[str, list[str]] | None:
        if not body.get("blocks") or not self.switches.invalid_blocks_next:
            return None
        self.switches.invalid_blocks_next -= 1
        return "invalid_blocks", ["refused by a switch of the playground [json-pointer:/blocks]"]

    def refuse(self, via: Via, error: str, messages: list[str], *, body: Json, cause: Delivery | None) -> Refusal:
        """Keep what was not shown."""
        refusal = Refusal(via, error, messages, body, cause)
        self.refused.append(refusal)
        if cause is not None:
            cause.refused.append(refusal)
        self.changed()
        return refusal

    def cause_of(self, channel: str, thread_ts: str | None) -> Delivery | None:
        """Find the event or click that a message into this channel, or this thread, answers.

        That is the newest one there. Nothing is known of messages that the bot sends unasked.
        """
        for delivery in reversed(self.deliveries):
            asked = delivery.kind in ("events_api", "interactive") and delivery.channel == channel
            if asked and (thread_ts is None or delivery.root == thread_ts):
                return delivery
        return None

    # --- waiting ---

    @property
    def next_change(self) -> asyncio.Event:
        """What is set at the next change. Take it before looking, so that nothing is missed between."""
        return self._change

    def changed(self) -> None:
        """Wake everyone who waits."""
        self._change.set()
        self._change = asyncio.Event()

    async def until(self, found: Callable[[], T | None], *, timeout_s: float = 5.0) -> T:
        """Wait until `found` gives something; it is asked again after each change.

        Raises TimeoutError, which says what there was instead.
        """
        try:
            async with asyncio.timeout(timeout_s):
                while not (result := found()):
                    await self._change.wait()
                return result
        except TimeoutError:
            seen = [f"{post.via} to {post.channel}: {post.text[:60]!r}" for post in self.posts[-5:]]
            refused = [f"{refusal.via}: {refusal.error} {refusal.messages}" for refusal in self.refused[-5:]]
            what = f"nothing of the kind within {timeout_s} s; last posts {seen}, refused {refused}"
            raise TimeoutError(what) from None

    async def post_after(self, after: Delivery | int, *, count: int = 1, timeout_s: float = 5.0) -> Post:
        """Wait for the `count`th post of this delivery, or the `count`th after this many posts in all."""

        def arrived() -> Post | None:
            posts = after.posts if isinstance(after, Delivery) else self.posts[after:]
            return posts[count - 1] if len(posts) >= count else None

        return await self.until(arrived, timeout_s=timeout_s)
