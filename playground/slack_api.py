"""The pretend Slack's HTTP side: the Web API's methods and the response_urls."""

import asyncio
import json
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from playground import blocks as block_kit
from playground.slack_payloads import message, view_id
from playground.slack_workspace import BOT, BOT_USER, TEAM, Call, Channel, Delivery, Post, Refusal, Via, Workspace

Json = dict[str, Any]

# https://docs.slack.dev/interactivity/handling-user-interaction#message_responses
RESPONSE_URL_LIFE_S = 30 * 60
RESPONSE_URL_USES = 5


class _RefusedCall(Exception):
    def __init__(self, error: str, **more: Any) -> None:
        super().__init__(error)
        self.error = error
        self.more = more


@dataclass
class _ResponseUrl:
    delivery: Delivery
    origin: Post | None  # the message that was clicked; None for a command
    made_at: float
    uses: int = 0


class WebApi:
    """The few methods that a small bot calls: https://docs.slack.dev/reference/methods."""

    def __init__(
        self, workspace: Workspace, *, bot_token: str, app_token: str, scopes: set[str], socket_url: Callable[[], str]
    ) -> None:
        self._workspace = workspace
        self._tokens = {bot_token: "bot", app_token: "app"}
        self._scopes = scopes
        self._socket_url = socket_url
        self._response_urls: dict[str, _ResponseUrl] = {}
        # For each method: the kind of token, the scope, what it does.
        self._methods: dict[str, tuple[str, str | None, Callable[[Json], Json]]] = {
            "auth.test": ("bot", None, self._auth_test),
            "apps.connections.open": ("app", None, lambda _: {"url": self._socket_url()}),
            "chat.postMessage": ("bot", "chat:write", self._post_message),
            "chat.postEphemeral": ("bot", "chat:write", self._post_ephemeral),
            "users.info": ("bot", "users:read", self._users_info),
            "conversations.info": ("bot", None, self._conversations_info),
            "views.publish": ("bot", None, self._views_publish),
        }

    # --- the Web API ---

    async def call(self, request: web.Request) -> web.Response:
        """Answer one method; Slack says what went wrong in the body, with status 200."""
        method = request.match_info["method"]
        switches = self._workspace.switches
        args = await _args(request)
        token = request.headers.get("Authorization", "").removeprefix("Bearer ") or args.pop("token", "")
        call = Call(method, args)
        self._workspace.calls.append(call)
        self._workspace.changed()
        headers = {"x-oauth-scopes": ",".join(sorted(self._scopes)), "x-slack-req-id": uuid.uuid4().hex}
        if switches.rate_limit.get(method, 0) > 0:
            switches.rate_limit[method] -= 1
            call.error = "ratelimited"
            headers["Retry-After"] = str(switches.retry_after_s)
            return web.json_response({"ok": False, "error": "ratelimited"}, status=429, headers=headers)
        if switches.post_status is not None and method.startswith("chat."):
            call.error = "internal_error"
            return web.json_response(
                {"ok": False, "error": "internal_error"}, status=switches.post_status, headers=headers
            )
        try:
            answer = {"ok": True, **self._run(method, token, args)}
        except _RefusedCall as refused:
            call.error = refused.error
            answer = {"ok": False, "error": refused.error, **refused.more}
        if method in switches.latency_s:
            await asyncio.sleep(switches.latency_s[method])
        return web.json_response(answer, headers=headers)

    def _run(self, method: str, token: str, args: Json) -> Json:
        if method not in self._methods:
            raise _RefusedCall("unknown_method", req_method=method)
        kind, scope, run = self._methods[method]
        if not token:
            raise _RefusedCall("not_authed")
        if token not in self._tokens:
            raise _RefusedCall("invalid_auth")
        if self._tokens[token] != kind:
            raise _RefusedCall("not_allowed_token_type")
        self._need(scope)
        return run(args)

    def _need(self, scope: str | None) -> None:
        if scope is not None and scope not in self._scopes:
            raise _RefusedCall("missing_scope", needed=scope, provided=",".join(sorted(self._scopes)))

    def _auth_test(self, _args: Json) -> Json:
        return {
            "url": "https://pretend.slack.com/",
            "team": "Pretend",
            "user": self._workspace.people[BOT_USER].name,
            "team_id": TEAM,
            "user_id": BOT_USER,
            "bot_id": BOT,
            "is_enterprise_install": False,
        } | ({"enterprise_id": self._workspace.enterprise} if self._workspace.enterprise else {})

    def _post_message(self, args: Json) -> Json:
        channel = self._channel(args, to_write=True)
        post = self._take(args, "chat.postMessage", channel)
        answer: Json = {"channel": channel.id, "ts": post.ts, "message": message(post)}
        said = block_kit.warnings(args.get("text"))
        return answer | ({"response_metadata": {"warnings": said}} if said else {})

    def _post_ephemeral(self, args: Json) -> Json:
        channel = self._channel(args, to_write=True)
        user = args.get("user", "")
        if user not in self._workspace.people or channel.person not in (None, user):
            raise _RefusedCall("user_not_in_channel")
        post = self._take(args, "chat.postEphemeral", channel, user=user)
        return {"message_ts": post.ts}

    def _take(self, args: Json, via: Via, channel: Channel, *, user: str | None = None) -> Post:
        thread_ts = args.get("thread_ts")
        taken = self._workspace.take(
            args,
            via=via,
            channel=channel.id,
            user=user,
            ephemeral=user is not None,
            thread_ts=thread_ts,
            cause=self._workspace.cause_of(channel.id, thread_ts),
        )
        if isinstance(taken, Refusal):
            raise _refused(taken)
        return taken

    def _channel(self, args: Json, *, to_write: bool = False) -> Channel:
        asked = args.get("channel") or ""
        if asked in self._workspace.people and to_write:
            asked = self._workspace.direct_channel(asked)  # a message to a person goes to their DM
        channel = self._workspace.channels.get(asked)
        if channel is None:
            raise _RefusedCall("channel_not_found")
        if to_write and channel.is_archived:
            raise _RefusedCall("is_archived")
        if to_write and not channel.has_bot:
            raise _RefusedCall("not_in_channel")
        return channel

    def _users_info(self, args: Json) -> Json:
        person = self._workspace.people.get(args.get("user", ""))
        if person is None:
            raise _RefusedCall("user_not_found")
        if person.is_hidden:
            raise _RefusedCall("user_not_visible")
        user = {
            "id": person.id,
            "team_id": person.team,
            "name": person.name.lower(),
            "real_name": person.name,
            "profile": {"real_name": person.name, "display_name": person.name},
            "deleted": False,
            "is_bot": person.is_bot,
            "is_restricted": person.is_guest or person.is_single_channel_guest,
            "is_ultra_restricted": person.is_single_channel_guest,
            "is_stranger": False,  # strangers are in no channel of the bot: https://docs.slack.dev/apis/slack-connect
        }
        if person.enterprise:
            user["enterprise_user"] = {"id": person.id, "enterprise_id": person.enterprise, "teams": [person.team]}
        if str(args.get("include_locale", "")).lower() in ("1", "true"):
            user["locale"] = person.locale
        return {"user": user}

    def _conversations_info(self, args: Json) -> Json:
        channel = self._channel(args)
        direct = channel.person is not None
        if channel.is_group_dm:
            self._need("mpim:read")
        self._need("im:read" if direct else "groups:read" if channel.is_private else "channels:read")
        about: Json = {
            "id": channel.id,
            "is_im": direct,
            "is_channel": not direct,
            "is_private": channel.is_private or direct,
            "is_archived": channel.is_archived,
            "is_shared": channel.is_ext_shared or channel.is_org_shared,
            "is_ext_shared": channel.is_ext_shared,
            "is_pending_ext_shared": channel.is_pending_ext_shared,
            "is_org_shared": channel.is_org_shared,
        } | dict.fromkeys(("is_group", "is_mpim"), False)
        about |= {"user": channel.person} if direct else {"name": channel.name, "is_member": channel.has_bot}
        return {"channel": about}

    def _views_publish(self, args: Json) -> Json:
        user, view = args.get("user_id", ""), args.get("view")
        if user not in self._workspace.people:
            raise _RefusedCall("user_not_found")
        if not isinstance(view, dict) or view.get("type") != "home":
            raise _RefusedCall("invalid_arguments")
        taken = self._workspace.take_home(user, view)
        if isinstance(taken, Refusal):
            raise _refused(taken)
        return {"view": {**view, "id": view_id(user), "team_id": TEAM, "bot_id": BOT}}

    # --- response_url ---

    def response_path(self, delivery: Delivery, origin: Post | None = None) -> str:
        """Give a fresh path by which this request can be answered."""
        key = uuid.uuid4().hex
        self._response_urls[key] = _ResponseUrl(delivery, origin, self._workspace.clock())
        return f"/response/{key}"

    async def respond(self, request: web.Request) -> web.Response:
        """Take what comes over a response_url: five times, for half an hour."""
        switches = self._workspace.switches
        body = await _args(request)
        call = Call("response_url", body)
        self._workspace.calls.append(call)
        self._workspace.changed()
        await asyncio.sleep(switches.response_url_latency_s)
        known = self._response_urls.get(request.match_info["key"])
        status, error = 404, None
        if switches.response_url_status is not None:
            status, error = switches.response_url_status, "switched_off"
        elif known is None:
            error = "invalid_url"
        elif self._workspace.clock() - known.made_at > RESPONSE_URL_LIFE_S:
            error = "expired_url"
        elif known.uses >= RESPONSE_URL_USES:
            error = "used_url"
        else:
            status, error = 400, self._respond(known, body)
        if error is not None:
            call.error = error
            return web.json_response({"ok": False, "error": error}, status=status)
        return web.json_response({"ok": True})

    def _respond(self, known: _ResponseUrl, body: Json) -> str | None:
        """Show or replace. Gives Slack's error if it refuses.

        What acknowledged a command is not replaced: a new message is shown, as people report of Slack.
        https://github.com/slackapi/bolt-js/issues/2287, https://github.com/slackapi/bolt-python/issues/1268
        """
        origin = known.origin
        if origin is None and self._workspace.switches.replaces_acknowledgements:
            origin = next((post for post in known.delivery.posts if post.via == "ack"), None)
        while origin is not None and origin.replaced_by is not None:
            origin = origin.replaced_by
        replaces = origin if body.get("replace_original") else None
        ephemeral = body.get("response_type", "ephemeral") != "in_channel"
        taken = self._workspace.take(
            body,
            via="response_url",
            channel=known.delivery.channel or "",
            user=known.delivery.user if replaces is None else replaces.user,
            # What is replaced stays seen by those who see it.
            ephemeral=ephemeral if replaces is None else replaces.ephemeral,
            thread_ts=body.get("thread_ts") if replaces is None else replaces.thread_ts,
            cause=known.delivery,
            replaces=replaces,
        )
        if isinstance(taken, Refusal):
            return taken.error
        known.uses += 1
        return None


async def _args(request: web.Request) -> Json:
    """Read a call's arguments from the query, a form or JSON: Slack takes all three."""
    args: Json = dict(request.query)
    if request.content_type == "application/json":
        try:
            body = json.loads(await request.text() or "{}")
        except ValueError:
            body = {}
        return args | body if isinstance(body, dict) else args
    return args | dict(await request.post())


def _refused(refusal: Refusal) -> _RefusedCall:
    if not refusal.messages:
        return _RefusedCall(refusal.error)
    said = [f"[ERROR] {line}" for line in refusal.messages]
    return _RefusedCall(refusal.error, errors=refusal.messages, response_metadata={"messages": said})
