"""What Slack knows of people and channels: a reader's language, and whether a channel is the company's own."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from functools import partial
from typing import Final, Generic, TypeVar

import aiohttp
from cachetools import LRUCache
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_client import AsyncWebClient

from bot.languages import Language
from bot.presence.cache import FreshValue
from bot.presence.ports import Monotonic
from bot.slack.failures import error_code

log = logging.getLogger(__name__)

T = TypeVar("T")

PATIENCE_S: Final = 0.4
"""How long an answer waits for what is only about its form. What comes later serves the next one."""

LANGUAGE_S: Final = 86_400.0
CHANNEL_S: Final = 300.0
"""How long what Slack said serves: people hardly ever change their language, channels are shared now and then."""

AT_ONCE: Final = 8
WAITING: Final = 200
"""Questions of one kind under way, and with those that wait. Beyond these, answers do without."""

_KEPT: Final = 5_000
_PASSING: Final = frozenset({"ratelimited", "internal_error", "fatal_error", "service_unavailable", "not_slack"})


class Directory:
    """Looks up people and channels, each once for a while, and never makes an answer wait long, or fail."""

    def __init__(
        self, client: AsyncWebClient, *, fallback: Language, share_externally: bool, monotonic: Monotonic
    ) -> None:
        self._client = client
        self._fallback = fallback
        self._share_externally = share_externally
        self._languages = _Lookup(self._ask_language, kept_s=LANGUAGE_S, monotonic=monotonic)
        self._channels = _Lookup(self._ask_whether_internal, kept_s=CHANNEL_S, monotonic=monotonic)

    async def language(self, user: str) -> Language:
        """The language that a person uses Slack in, if the bot speaks it; else the fallback."""
        return await self._languages.get(user) or self._fallback

    async def may_share(self, channel: str) -> bool:
        """Whether staff names may be shown to all of a channel: where nobody of another company is, for certain."""
        return self._share_externally or await self._channels.get(channel) is True

    async def close(self) -> None:
        """End what is under way."""
        await self._languages.close()
        await self._channels.close()

    async def _ask_language(self, user: str) -> Language | None:
        """https://docs.slack.dev/reference/methods/users.info."""
        response = await self._client.users_info(user=user, include_locale=True)
        return Language.of(response["user"].get("locale") or "")

    async def _ask_whether_internal(self, channel: str) -> bool:
        """https://docs.slack.dev/reference/methods/conversations.info."""
        response = await self._client.conversations_info(channel=channel)
        place = response["channel"]
        return not (place.get("is_ext_shared") or place.get("is_pending_ext_shared"))


class _Lookup(Generic[T]):
    """Something asked of Slack by id: bounded, kept for a while, and asked once for all who wait."""

    def __init__(self, ask: Callable[[str], Awaitable[T]], *, kept_s: float, monotonic: Monotonic) -> None:
        self._ask = ask
        self._kept_s = kept_s
        self._monotonic = monotonic
        self._values: LRUCache[str, FreshValue[tuple[T | None]]] = LRUCache(_KEPT)
        self._places = asyncio.Semaphore(AT_ONCE)
        self._waiting = 0

    async def get(self, key: str) -> T | None:
        """What Slack says; None where it does not, or not soon."""
        value = self._values.get(key)
        if value is None:
            value = FreshValue(partial(self._try, key), fresh_s=self._kept_s, monotonic=self._monotonic)
            self._values[key] = value
        if kept := value.last(self._kept_s):
            return kept[0]
        if self._waiting >= WAITING:
            return None
        with suppress(TimeoutError, aiohttp.ClientError, SlackClientError):
            async with asyncio.timeout(PATIENCE_S):
                return (await value.get())[0]
        return None

    async def close(self) -> None:
        """End what is under way."""
        for value in self._values.values():
            await value.close()

    async def _try(self, key: str) -> tuple[T | None]:
        self._waiting += 1
        try:
            async with self._places:
                return (await self._ask(key),)
        except SlackApiError as error:
            code = error_code(error)
            if code in _PASSING:
                raise
            log.debug("Slack does not tell about %s: %s", key, code)
            return (None,)  # asking again would give the same
        finally:
            self._waiting -= 1
