"""A stand-in for Slack on loopback: what people do there, over the same wire as the real one.

It knows nothing of any bot: it sends and takes what Slack does, and keeps what people would see.
"""

import asyncio
import json
import time
from collections.abc import Awaitable, Callable, Mapping
from email.utils import formatdate
from functools import partial
from typing import Any, Self, Unpack
from urllib.parse import urlencode

import aiohttp
from aiohttp import web

from playground import blocks as block_kit
from playground.slack_api import WebApi
from playground.slack_delivery import RETRY_REASON, SocketMode, Wire, post_http, sign
from playground.slack_payloads import (
    action_of,
    chosen,
    command_payload,
    element_of,
    event_payload,
    interaction_payload,
    message_event,
)
from playground.slack_workspace import BOT_USER, Call, Delivery, Post, Refusal, Switches, Workspace
from playground.watch import Exchange, Observer, told, watched

__all__ = ["BOT_USER", "Call", "Delivery", "Post", "Refusal", "Slack", "Switches", "Workspace"]

Json = dict[str, Any]

SCOPES = frozenset(
    {"app_mentions:read", "channels:read", "chat:write", "commands", "groups:read", "im:history", "users:read"}
)


class Slack(Workspace):
    """A workspace that a bot reaches at `api_url`, and that reaches the bot.

    Without an `events_url` it speaks Socket Mode; with one it posts there, signed.
    """

    def __init__(
        self,
        *,
        bot_token: str = "xoxb-pretend-bot",
        app_token: str = "xapp-pretend-app",
        signing_secret: str = "9f86d081884c7d659a2feaa0c55ad015",
        scopes: set[str] | frozenset[str] = SCOPES,
        clock: Callable[[], float] = time.time,
    ) -> None:
        super().__init__(clock=clock)
        self.bot_token = bot_token
        self.app_token = app_token
        self.signing_secret = signing_secret
        self.scopes = set(scopes)
        self.events_url: str | None = None
        self.observer: Observer | None = None
        self.date_skew_s = 0.0  # how far the `Date` of every answer is ahead of the clock
        self.url = ""
        self._socket = SocketMode(self.changed)
        self._api = WebApi(
            self,
            bot_token=bot_token,
            app_token=app_token,
            scopes=self.scopes,
            socket_url=lambda: f"{self.url.replace('http', 'ws', 1)}/link/?ticket={self._socket.ticket()}",
        )

    @property
    def api_url(self) -> str:
        """The address in place of https://slack.com/api/."""
        return f"{self.url}/api/"

    async def __aenter__(self) -> Self:
        app = web.Application()
        app.router.add_route("*", "/api/{method}", partial(self._watched, self._api.call))
        app.router.add_post("/response/{key}", partial(self._watched, self._api.respond))
        app.router.add_get("/link/", self._socket.serve)
        app.on_response_prepare.append(self._date)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.5)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        self._session = aiohttp.ClientSession()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._session.close()
        await self._socket.close()
        await self._runner.cleanup()

    async def _date(self, _request: web.Request, response: web.StreamResponse) -> None:
        response.headers["Date"] = formatdate(self.clock() + self.date_skew_s, usegmt=True)

    async def _watched(
        self, answer: Callable[[web.Request], Awaitable[web.Response]], request: web.Request
    ) -> web.StreamResponse:
        return await watched(self.observer, "slack", request, partial(answer, request))

    # --- the connection ---

    async def connected(self, count: int = 1, *, timeout_s: float = 5.0) -> None:
        """Wait until at least `count` Socket Mode connections take requests."""
        await self.until(lambda: len(self._socket.open) >= count, timeout_s=timeout_s)

    @property
    def connections(self) -> int:
        """How many Socket Mode connections take requests."""
        return len(self._socket.open)

    async def disconnect(self) -> None:
        """Announce over Socket Mode that the connections end; the bot is to open new ones."""
        await self._socket.disconnect()
        self.changed()

    async def cut(self) -> None:
        """Drop the Socket Mode connections without a close frame."""
        self._socket.cut()
        self.changed()

    # --- what people do ---

    async def command(
        self,
        text: str,
        *,
        command: str = "/who-is-online",
        user: str = "U0ASKER01",
        channel: str = "C0SUPPORT",
        **wire: Unpack[Wire],
    ) -> Delivery:
        """Type a slash command."""
        payload = command_payload(self, command, text, user, channel)
        delivery = Delivery("slash_commands", payload, channel, user)
        payload["response_url"] = self.url + self._api.response_path(delivery)
        return await self._deliver(delivery, wire)

    async def mention(
        self,
        text: str,
        *,
        user: str = "U0ASKER01",
        channel: str = "C0SUPPORT",
        thread_ts: str | None = None,
        event_id: str | None = None,
        **wire: Unpack[Wire],
    ) -> Delivery:
        """Write to the bot in a channel; the bot's name is put in front if `text` lacks it."""
        said = text if f"<@{BOT_USER}" in text else f"<@{BOT_USER}> {text}".strip()
        event = message_event(self, "app_mention", said, user, channel, thread_ts)
        return await self.event(event, event_id=event_id, **wire)

    async def direct_message(
        self,
        text: str,
        *,
        user: str = "U0ASKER01",
        thread_ts: str | None = None,
        event_id: str | None = None,
        subtype: str | None = None,
        bot_id: str | None = None,
        **wire: Unpack[Wire],
    ) -> Delivery:
        """Write to the bot alone; with `bot_id` it is a bot that writes."""
        event = message_event(self, "message", text, user, self.direct_channel(user), thread_ts)
        event["channel_type"] = "im"
        event |= {key: value for key, value in {"subtype": subtype, "bot_id": bot_id}.items() if value}
        return await self.event(event, event_id=event_id, **wire)

    async def open_home(self, user: str = "U0ASKER01", **wire: Unpack[Wire]) -> Delivery:
        """Open the bot's Home tab; what it then publishes is in `homes`."""
        event = {"type": "app_home_opened", "user": user, "channel": self.direct_channel(user), "tab": "home"}
        return await self.event(event | {"event_ts": self.next_ts()}, **wire)

    async def event(self, event: Json, *, event_id: str | None = None, **wire: Unpack[Wire]) -> Delivery:
        """Send any event."""
        payload = event_payload(self, event, event_id)
        channel = event["channel"] if event.get("channel") in self.channels else None
        root = event.get("thread_ts") or event.get("ts")
        delivery = Delivery("events_api", payload, channel, event.get("user"), root)
        return await self._deliver(delivery, wire)

    async def click(
        self,
        post: Post,
        action_id: str,
        value: str | None = None,
        *,
        user: str | None = None,
        selected_option: str | Json | None = None,
        **wire: Unpack[Wire],
    ) -> Delivery:
        """Click a button or choose from a menu of this post.

        `value` tells buttons of the same action_id apart; `selected_option` is an option's value, or a
        whole option of an external menu. Raises LookupError for what nobody could click.
        """
        user = user or post.user or "U0ASKER01"
        if not post.visible or (post.user is not None and post.user != user):
            raise LookupError(f"{user} does not see this post")
        action = action_of(self, post, action_id, value, selected_option)
        payload = interaction_payload(self, "block_actions", post, user)
        payload |= {"actions": [action], "state": {"values": chosen(post, action)}}
        delivery = _interaction(payload, post, user)
        if post.via != "views.publish":
            payload["response_url"] = self.url + self._api.response_path(delivery, post)
        return await self._deliver(delivery, wire)

    async def options(
        self, post: Post, action_id: str, value: str = "", *, user: str | None = None, **wire: Unpack[Wire]
    ) -> Delivery:
        """Type into an external menu of this post; the options come in the acknowledgement's body."""
        user = user or post.user or "U0ASKER01"
        block_id, _ = element_of(post, action_id)
        payload = interaction_payload(self, "block_suggestion", post, user)
        payload |= {"action_id": action_id, "block_id": block_id, "value": value}
        return await self._deliver(_interaction(payload, post, user), wire)

    async def redeliver(self, delivery: Delivery, **wire: Unpack[Wire]) -> Delivery:
        """Send the same again, as Slack does up to three times with an event that was not acknowledged."""
        again = Delivery(delivery.kind, delivery.payload, delivery.channel, delivery.user, delivery.root)
        again.retry_num = delivery.retry_num + 1
        return await self._deliver(again, wire)

    async def raw_post(self, body: bytes, headers: Mapping[str, str], *, timeout_s: float = 10.0) -> Delivery:
        """Post these very bytes to the events_url, with these headers and no signature of ours."""
        if self.events_url is None:
            raise RuntimeError("set events_url first")
        delivery = Delivery("raw", {})
        time_s = asyncio.get_running_loop().time
        started = time_s()
        await post_http(self._session, self.events_url, delivery, body, headers, timeout_s)
        delivery.ack_s = time_s() - started if delivery.status is not None else None
        return delivery

    # --- how it is sent ---

    async def _deliver(self, delivery: Delivery, wire: Wire) -> Delivery:
        if self.events_url is None:
            await self.connected()
        self.deliveries.append(delivery)
        self.changed()
        time_s = asyncio.get_running_loop().time
        started = time_s()
        exchange = Exchange("bot", delivery.kind, {}, delivery.payload)
        with told(self.observer, exchange):
            if self.events_url is None:
                await self._socket.send(delivery, wire)
            else:
                body, exchange.headers = self._request(delivery, wire)
                timeout_s = wire.get("timeout_s", 10.0)
                await post_http(self._session, self.events_url, delivery, body, exchange.headers, timeout_s)
            exchange.status, exchange.answer = delivery.status or (200 if delivery.acked else None), delivery.raw
        if delivery.acked or delivery.status is not None:
            delivery.ack_s = time_s() - started
        self._read_ack(delivery)
        return delivery

    def _request(self, delivery: Delivery, wire: Wire) -> tuple[bytes, dict[str, str]]:
        """Write the body and the signed headers of one HTTP request."""
        kind = "application/x-www-form-urlencoded"
        if delivery.kind == "events_api":
            kind, body = "application/json", json.dumps(delivery.payload).encode()
        elif delivery.kind == "interactive":
            body = urlencode({"payload": json.dumps(delivery.payload)}).encode()
        else:
            body = urlencode(delivery.payload).encode()
        timestamp = wire.get("timestamp", int(self.clock()))
        headers = {
            "Content-Type": kind,
            "User-Agent": "Slackbot 1.0 (+https://api.slack.com/robots)",
            "X-Slack-Request-Timestamp": str(timestamp),
            "X-Slack-Signature": wire.get("signature") or sign(self.signing_secret, timestamp, body),
        }
        if delivery.retry_num:
            headers["X-Slack-Retry-Num"] = str(delivery.retry_num)
            headers["X-Slack-Retry-Reason"] = RETRY_REASON
        return body, headers

    def _read_ack(self, delivery: Delivery) -> None:
        """Show what an acknowledgement carries; a command's may be a message, a menu's must be options."""
        body = delivery.body or {}
        if delivery.kind == "slash_commands":
            if not delivery.acked or delivery.late:
                error = "operation_timeout" if delivery.late else "dispatch_failed"
                self.refuse("ack", error, [], body=body, cause=delivery)
            elif body.get("text") or body.get("blocks"):
                self.take(
                    body,
                    via="ack",
                    channel=delivery.payload["channel_id"],
                    user=delivery.user,
                    ephemeral=body.get("response_type", "ephemeral") != "in_channel",
                    cause=delivery,
                )
        elif delivery.payload.get("type") == "block_suggestion":
            found = block_kit.options_problems(body)
            if found:
                self.refuse("ack", "invalid_options", found, body=body, cause=delivery)


def _interaction(payload: Json, post: Post, user: str) -> Delivery:
    return Delivery("interactive", payload, post.channel, user, post.thread_ts or post.ts)
