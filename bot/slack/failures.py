"""Slack's failures, by name."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.errors import Reason, SlackError
from bot.network import why_broken
from bot.slack.proxy import ProxyFailed, SentElsewhere

UNREACHED: Final = (aiohttp.ClientError, SlackClientError, TimeoutError)
"""What a call raises if it did not reach Slack, or its answer did not come back whole."""

BLOCKS_REFUSED: Final = ("invalid_blocks", "msg_blocks_too_long")
"""Slack's errors for blocks that it refuses: https://docs.slack.dev/reference/methods/chat.postMessage/#errors"""


def error_code(error: SlackApiError) -> str:
    """Slack's word for what it refused, as "invalid_auth"; "not_slack" where something else answered.

    https://docs.slack.dev/apis/web-api/#slack-web-api__responses
    """
    response = error.response
    data = response.data if isinstance(response, AsyncSlackResponse) else response
    return str(data.get("error", "not_slack")) if isinstance(data, dict) else "not_slack"


@contextmanager
def from_slack() -> Iterator[None]:
    """Translate what a call to Slack raises into `SlackError`."""
    try:
        yield
    except SlackApiError as error:
        raise SlackError(error_code(error), _fact(error)) from None
    except ProxyFailed as error:
        raise SlackError("unreachable", str(error), reason=error.reason) from None
    except SentElsewhere as error:
        raise SlackError("not_slack", str(error)) from None
    except UNREACHED as error:
        raise SlackError("unreachable", type(error).__name__, reason=_why(error)) from None


def _fact(error: SlackApiError) -> str:
    """What the error's code does not tell: how long to wait, which scope is needed, or the status of another's page."""
    code, response = error_code(error), error.response
    if not isinstance(response, AsyncSlackResponse):
        return f"HTTP {response.status}" if isinstance(response, aiohttp.ClientResponse) else ""
    if code == "ratelimited":
        seconds = next((value for name, value in response.headers.items() if name.lower() == "retry-after"), "")
        return f"{seconds} s" if seconds.isdecimal() else ""
    if code == "missing_scope":
        return str(response.get("needed", ""))
    return f"HTTP {response.status_code}" if code == "not_slack" else ""


def _why(error: Exception) -> Reason:
    if isinstance(error, aiohttp.ConnectionTimeoutError):
        return Reason.NO_CONNECTION
    if isinstance(error, TimeoutError):
        return Reason.TIMEOUT
    return why_broken(error)
