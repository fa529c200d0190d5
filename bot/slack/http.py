"""Requests that Slack sends over HTTP."""

import logging
import re
from collections.abc import Mapping
from typing import Final

from aiohttp import web
from cachetools import TTLCache
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request
from slack_bolt.async_app import AsyncApp

log = logging.getLogger(__name__)

EVENTS_PATH: Final = "/slack/events"

STRANGERS_S: Final = 60.0
"""Requests that are not Slack's are logged at most once in so many seconds."""


def events_route(app: AsyncApp) -> web.RouteDef:
    """The route at which Slack's requests are answered.

    https://docs.slack.dev/authentication/verifying-requests-from-slack/
    """
    told_lately: TTLCache[str, bool] = TTLCache(1, STRANGERS_S)

    async def slack_events(request: web.Request) -> web.Response:
        if not _may_be_signed(request.headers):
            return web.Response(status=401)
        try:
            answer = await app.async_dispatch(await to_bolt_request(request))
        except (AttributeError, LookupError, RecursionError, TypeError, ValueError):
            # Bolt reads the body before it checks the signature, and fails on bodies that Slack never sends. Errors of
            # listeners do not come this way.
            return web.Response(status=400)
        if answer.status == 401 and not told_lately:
            told_lately["401"] = True
            log.warning(
                "A request had a wrong signature or time: if it is Slack's, check SLACK_SIGNING_SECRET and clock"
            )
        return await to_aiohttp_response(answer)

    return web.post(EVENTS_PATH, slack_events)


def _may_be_signed(headers: Mapping[str, str]) -> bool:
    """Whether Bolt can check the signature: it expects a time in digits, and a signature in ASCII."""
    time_said, signature = headers.get("X-Slack-Request-Timestamp", ""), headers.get("X-Slack-Signature", "")
    return re.fullmatch("[0-9]{1,12}", time_said) is not None and signature.isascii()
