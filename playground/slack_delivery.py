"""How Slack reaches a bot: over its own Socket Mode connections, or by signed HTTP."""

import asyncio
import contextlib
import hashlib
import hmac
import itertools
import json
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NotRequired, TypedDict

import aiohttp
from aiohttp import WSMsgType, web

from playground.slack_workspace import APP, Delivery

Json = dict[str, Any]

RETRY_REASON = "http_timeout"


class Wire(TypedDict):
    """How one delivery differs from Slack's usual ones."""

    signature: NotRequired[str]  # instead of the right one
    timestamp: NotRequired[int]  # instead of now, in seconds since 1970; the signature fits it
    timeout_s: NotRequired[float]  # how long to wait for an acknowledgement; 10 by default


@dataclass(eq=False)
class _Connection:
    ws: web.WebSocketResponse
    transport: asyncio.Transport | None
    leaving: bool = False  # told to disconnect: gets nothing more, may still acknowledge


class SocketMode:
    """Socket Mode's side of Slack: https://docs.slack.dev/apis/events-api/using-socket-mode."""

    def __init__(self, changed: Callable[[], None]) -> None:
        self._changed = changed
        self._tickets: set[str] = set()
        self._connections: list[_Connection] = []
        self._turn = itertools.count()
        self._waiting: dict[str, asyncio.Future[bytes]] = {}

    @property
    def open(self) -> list[_Connection]:
        """The connections that take requests."""
        return [connection for connection in self._connections if not connection.leaving]

    def ticket(self) -> str:
        """Give a pass for one more connection."""
        ticket = uuid.uuid4().hex
        self._tickets.add(ticket)
        return ticket

    async def serve(self, request: web.Request) -> web.WebSocketResponse:
        """Hold one connection: greet, then take acknowledgements until it ends."""
        if request.query.get("ticket") not in self._tickets:
            raise web.HTTPForbidden(text="unknown ticket")
        # The time that closing may take when the bot no longer answers.
        ws = web.WebSocketResponse(timeout=0.5)
        await ws.prepare(request)
        connection = _Connection(ws, request.transport)
        try:
            with contextlib.suppress(ConnectionError):
                await ws.send_json(self._hello())
                self._connections.append(connection)
                self._changed()
                async for message in ws:
                    if message.type is WSMsgType.TEXT:
                        self._acknowledge(message.data)
        finally:
            with contextlib.suppress(ValueError):
                self._connections.remove(connection)
            self._changed()
        return ws

    def _hello(self) -> Json:
        return {
            "type": "hello",
            "num_connections": len(self._connections) + 1,
            "debug_info": {"host": "applink-playground", "build_number": 1, "approximate_connection_time": 18060},
            "connection_info": {"app_id": APP},
        }

    def _acknowledge(self, text: str) -> None:
        try:
            envelope_id = json.loads(text)["envelope_id"]
        except (ValueError, KeyError, TypeError):
            return  # Slack does not mind what it does not know
        waiting = self._waiting.get(envelope_id)
        if waiting is not None and not waiting.done():
            waiting.set_result(text.encode())

    async def send(self, delivery: Delivery, wire: Wire) -> None:
        """Send to the next connection in turn, and wait for the acknowledgement over any of them."""
        if not self.open:
            return
        envelope: Json = {
            "envelope_id": str(uuid.uuid4()),
            "type": delivery.kind,
            "payload": delivery.payload,
            "accepts_response_payload": delivery.kind != "events_api",
        }
        if delivery.kind == "events_api":
            envelope["retry_attempt"] = delivery.retry_num
            envelope["retry_reason"] = RETRY_REASON if delivery.retry_num else ""
        waiting = asyncio.get_running_loop().create_future()
        self._waiting[envelope["envelope_id"]] = waiting
        connection = self.open[next(self._turn) % len(self.open)]
        try:
            async with asyncio.timeout(wire.get("timeout_s", 10.0)):
                await connection.ws.send_json(envelope)
                delivery.raw = await waiting
        except (TimeoutError, ConnectionError):
            return
        finally:
            del self._waiting[envelope["envelope_id"]]
        delivery.acked = True
        delivery.body = json.loads(delivery.raw).get("payload")

    async def disconnect(self) -> None:
        """Announce the end of every connection; the bot is to open another."""
        leaving = self.open
        for connection in leaving:
            connection.leaving = True
        message = {"type": "disconnect", "reason": "refresh_requested", "debug_info": {"host": "applink-playground"}}
        for connection in leaving:
            with contextlib.suppress(ConnectionError):
                await connection.ws.send_json(message)

    def cut(self) -> None:
        """Drop every connection as a broken network does: no close frame."""
        for connection in list(self._connections):
            connection.leaving = True
            if connection.transport is not None:
                connection.transport.abort()

    async def close(self) -> None:
        """End every connection properly, in half a second at most."""
        await asyncio.gather(*(connection.ws.close(code=1001) for connection in list(self._connections)))


def sign(secret: str, timestamp: int, body: bytes) -> str:
    """Sign as Slack does: https://docs.slack.dev/authentication/verifying-requests-from-slack."""
    base = b"v0:%d:%b" % (timestamp, body)
    return "v0=" + hmac.new(secret.encode(), base, hashlib.sha256).hexdigest()


async def post_http(
    session: aiohttp.ClientSession,
    url: str,
    delivery: Delivery,
    body: bytes,
    headers: Mapping[str, str],
    timeout_s: float,
) -> None:
    """Post to the bot's address; a bot that cannot be reached leaves the status None."""
    try:
        async with asyncio.timeout(timeout_s), session.post(url, data=body, headers=headers) as response:
            delivery.raw = await response.read()
    except (TimeoutError, aiohttp.ClientError):
        return
    delivery.status = response.status
    delivery.acked = response.status == 200
    if not delivery.raw:
        return
    if response.content_type == "application/json":
        # What is not JSON after all counts as no message.
        with contextlib.suppress(ValueError):
            parsed = json.loads(delivery.raw)
            delivery.body = parsed if isinstance(parsed, dict) else None
    else:
        delivery.body = {"text": delivery.raw.decode(errors="replace")}
