"""What Slack says about people and channels, kept for a while: a person's language, and who a channel belongs to."""

import asyncio
import logging
from contextlib import suppress
from typing import Any, Final, TypeVar

from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.freshness import FreshValues, Overloaded
from bot.slack.failures import UNREACHED, error_code
from bot.words.language import Language

log = logging.getLogger(__name__)

T = TypeVar("T")

PATIENCE_S: Final = 0.4
"""How long a message waits for what Slack says about a person or a channel. What comes later serves the next one."""

LANGUAGE_FRESH_S: Final = 86_400.0
CHANNEL_FRESH_S: Final = 300.0
"""People hardly ever change their language; channels are shared with other companies now and then."""

SIZE: Final = 5_000
AT_ONCE: Final = 8
WAITING: Final = 200
"""People and channels that are kept; look-ups that run side by side, and those that may wait, of each kind."""

_LASTING: Final = frozenset(
    {
        "access_denied",
        "channel_not_found",
        "method_not_supported_for_channel_type",
        "missing_scope",
        "no_permission",
        "user_not_found",
        "user_not_visible",
    }
)
"""Errors that Slack would give again; others pass."""


class Directory:
    """Looks up people and channels. It never fails, and nobody waits long for it.

    `default` is the language of people whose own is not known within `patience_s` seconds.
    """

    def __init__(
        self,
        languages: FreshValues[str, Language | None],
        internal: FreshValues[str, bool | None],
        *,
        default: Language,
        patience_s: float = PATIENCE_S,
    ) -> None:
        self._languages = languages
        self._internal = internal
        self._default = default
        self._patience_s = patience_s

    async def language(self, user: str) -> Language:
        """The language in which a person uses Slack, if the bot speaks it and Slack says so soon; else the default."""
        return await _ask(self._languages, user, self._patience_s) or self._default

    async def is_internal(self, channel: str, patience_s: float) -> bool | None:
        """Whether a channel is the company's own; None if Slack does not say so within `patience_s` seconds."""
        return await _ask(self._internal, channel, patience_s)


async def fetch_language(client: AsyncWebClient, user: str) -> Language | None:
    """Ask Slack for a person's language: https://docs.slack.dev/reference/methods/users.info."""
    try:
        response = await client.users_info(user=user, include_locale=True)
    except SlackApiError as error:
        _raise_unless_final(error, user)
        return None
    return Language.of(_part(response, "user").get("locale") or "")


async def fetch_internal(client: AsyncWebClient, channel: str) -> bool | None:
    """Ask Slack whether a channel is the company's own: https://docs.slack.dev/reference/methods/conversations.info."""
    try:
        response = await client.conversations_info(channel=channel)
    except SlackApiError as error:
        _raise_unless_final(error, channel)
        return None
    place = _part(response, "channel")
    if "is_ext_shared" not in place:
        return None
    return not (place["is_ext_shared"] or place.get("is_pending_ext_shared"))


async def _ask(values: FreshValues[str, T | None], key: str, patience_s: float) -> T | None:
    """What Slack says; None if it does not say, or not within `patience_s` seconds."""
    with suppress(Overloaded, *UNREACHED):
        async with asyncio.timeout(patience_s):
            return await values.get(key)
    return None


def _part(response: AsyncSlackResponse, name: str) -> dict[str, Any]:
    """What was asked for. Raises `SlackClientError` if the answer does not hold it."""
    part = response.get(name)
    if not isinstance(part, dict):
        raise SlackClientError(f"an answer without {name}")
    return part


def _raise_unless_final(error: SlackApiError, key: str) -> None:
    """Raise the error again, unless it is a refusal that Slack would repeat: that one is kept, as an answer."""
    code = error_code(error)
    if code not in _LASTING:
        raise error
    log.debug("Slack does not tell about %s: %s", key, code)
