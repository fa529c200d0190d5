"""Slack's failures, by name."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.errors import SlackError

UNREACHED: Final = (aiohttp.ClientError, SlackClientError, TimeoutError)
"""What a call raises if it did not reach Slack, or its answer did not come back whole."""


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
        raise SlackError(error_code(error)) from None
    except UNREACHED as error:
        raise SlackError("unreachable", type(error).__name__) from None
