"""Requests that Slack sends over HTTP. Nothing of a request is decoded until its signature is checked."""

import asyncio
import hashlib
import hmac
import re
from collections.abc import Awaitable, Callable, Mapping
from typing import Final

from aiohttp import web
from cachetools import TTLCache
from slack_bolt.adapter.aiohttp import to_aiohttp_response
from slack_bolt.async_app import AsyncApp, AsyncBoltRequest

from bot.clock import Clock
from bot.connections import KNOWN
from bot.limits import Bound, Seldom

EVENTS_PATH: Final = "/slack/events"

FORM: Final = "application/x-www-form-urlencoded"

BODY_BYTES: Final = 384 * 1024
"""The largest body that is read: twice that of a click on the fullest message that the bot shows."""

SSL_CHECK_BYTES: Final = 4 * 1024
"""The largest body that is read of a request without a signature."""

BODY_S: Final = 5.0
"""How long a body may take to come. Slack itself waits for 3 seconds, for the acknowledgement."""

FIELDS: Final = 100
"""The most fields of a form. Slack's commands have about 15, and clicks have one."""

VALID_S: Final = 300
"""How far the time of a request may be from ours, in seconds: Slack's own advice against recordings."""

SEEN: Final = 20_000
"""Signatures that are remembered until their time is over: 33 requests a second."""

_PLAUSIBLE_TIME: Final = re.compile("[0-9]{1,12}")
_PLAUSIBLE_SIGNATURE: Final = re.compile("v0=[0-9a-f]{64}")


class Signatures:
    """Tells what Slack signed, with `secret`, from what it did not, and what it sent for the first time.

    https://docs.slack.dev/authentication/verifying-requests-from-slack/
    """

    def __init__(self, secret: str, clock: Clock) -> None:
        self._secret = secret.encode()
        self._clock = clock
        # A time may be ahead of ours as far as behind it.
        self._seen: TTLCache[str, bool] = TTLCache(SEEN, 2 * VALID_S, timer=clock.monotonic)
        self._most_seen = Bound("Signatures that are remembered", SEEN, clock)

    def plausible(self, headers: Mapping[str, str]) -> str | None:
        """The signature, if it has the form of one and its time is now; else None."""
        time_said, signature = headers.get("X-Slack-Request-Timestamp", ""), headers.get("X-Slack-Signature", "")
        if not (_PLAUSIBLE_TIME.fullmatch(time_said) and _PLAUSIBLE_SIGNATURE.fullmatch(signature)):
            return None
        off_s = abs(self._clock.now().timestamp() - int(time_said))
        return signature if off_s <= VALID_S else None

    def is_right(self, signature: str, headers: Mapping[str, str], body: bytes) -> bool:
        """Whether Slack signed these very bytes. slack_sdk's own check decodes them first."""
        signed = b"v0:%b:%b" % (headers["X-Slack-Request-Timestamp"].encode(), body)
        return hmac.compare_digest(f"v0={hmac.new(self._secret, signed, hashlib.sha256).hexdigest()}", signature)

    def take(self, signature: str) -> bool:
        """Whether it is the first time. The oldest is forgotten if there are too many: Slack's requests go first."""
        if signature in self._seen:
            return False
        self._most_seen.note(len(self._seen))
        self._seen[signature] = True
        return True

    def give_back(self, signature: str) -> None:
        """Forget it: its request was not served, and may come again."""
        self._seen.pop(signature, None)


def events_route(
    app: AsyncApp, signing_secret: str, clock: Clock
) -> dict[str, tuple[str, Callable[[web.BaseRequest], Awaitable[web.Response]]]]:
    """The route at which Slack's requests are answered, each once.

    Slack repeats an event that it believes lost, with a new time and so a new signature, or the same one within the
    same second; commands and clicks it never repeats. So whoever sends a signature again gets 200 and nothing more,
    unless the first try failed.
    """
    signatures, seldom = Signatures(signing_secret, clock), Seldom(clock)

    async def slack_events(request: web.BaseRequest) -> web.Response:
        if "Content-Encoding" in request.headers:
            return web.Response(status=415)  # Slack sends none
        signature = signatures.plausible(request.headers)
        try:
            body = await _read(request, BODY_BYTES if signature else SSL_CHECK_BYTES)
        except ValueError:
            return web.Response(status=413 if signature else 401)
        except TimeoutError:
            return web.Response(status=408)
        except (web.RequestPayloadError, ConnectionError) as error:
            # aiohttp keeps the error, and so what was read, until garbage is collected, which is seldom.
            error.__traceback__ = None
            return web.Response(status=400)
        if not (signature and signatures.is_right(signature, request.headers, body)):
            if _is_ssl_check(request, body):
                return web.Response()
            seldom.warn(
                "A request had a wrong signature or time: if it is Slack's, check SLACK_SIGNING_SECRET and clock"
            )
            return web.Response(status=401)
        request[KNOWN] = True
        if not signatures.take(signature):
            return web.Response()
        answer = await _served(app, request.headers.get("Content-Type", ""), body)
        if answer.status >= 300:
            signatures.give_back(signature)
        return answer

    return {EVENTS_PATH: ("POST", slack_events)}


async def _read(request: web.BaseRequest, most: int) -> bytes:
    """The body as it came. Raises `ValueError` if it has more bytes, before they are read, and `TimeoutError`."""
    if (request.content_length or 0) > most:
        raise ValueError("too large")
    if request.headers.get("Expect", "").lower() == "100-continue":
        await request.writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        request.writer.output_size = 0  # the answer itself has not begun
    if request.content.is_eof():  # it came together with the headers, as most do
        body = request.content.read_nowait()
        if len(body) > most:
            raise ValueError("too large")
        return body
    size, parts = 0, []
    async with asyncio.timeout(BODY_S):
        async for some in request.content.iter_any():
            size += len(some)
            if size > most:
                raise ValueError("too large")
            parts.append(some)
    return b"".join(parts)


def _is_ssl_check(request: web.BaseRequest, body: bytes) -> bool:
    """Whether Slack looks at the certificate, for which it need not sign: the bytes are compared as they are.

    https://docs.slack.dev/interactivity/implementing-slash-commands/
    """
    return request.content_type == FORM and len(body) <= SSL_CHECK_BYTES and b"ssl_check=1" in body.split(b"&")


async def _served(app: AsyncApp, content_type: str, body: bytes) -> web.Response:
    """What the bot's listeners answer; 400 to what Slack never sends. Errors of listeners do not come this way."""
    if not body.startswith(b"{") and body.count(b"&") >= FIELDS:
        return web.Response(status=400)
    try:
        request = AsyncBoltRequest(body=body.decode(), headers={"content-type": content_type})
        return await to_aiohttp_response(await app.async_dispatch(request))
    except (AttributeError, LookupError, RecursionError, TypeError, ValueError):
        return web.Response(status=400)
