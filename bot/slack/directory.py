"""What Slack knows of people and channels: a reader's language, and whether a channel is the company's own."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from functools import partial
from typing import Any, Final, Generic, TypeVar

import aiohttp
from cachetools import LRUCache
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.languages import Language
from bot.presence.cache import FreshValue
from bot.presence.ports import Monotonic
from bot.slack.failures import error_code

log = logging.getLogger(__name__)

T = TypeVar("T")

PATIENCE_S: Final = 0.4
"""How long an answer waits for what is only about its form. What comes later serves the next one."""

CLICK_PATIENCE_S: Final = 5.0
"""How long a click, which is acknowledged already, waits to be sure who is in a channel."""

LANGUAGE_S: Final = 86_400.0
CHANNEL_S: Final = 300.0
"""How long what Slack said serves: people hardly ever change their language, channels are shared now and then."""

AT_ONCE: Final = 8
WAITING: Final = 200
"""Questions of one kind under way, and with those that wait. Beyond these, answers do without."""

_KEPT: Final = 5_000
_FOR_GOOD: Final = frozenset(
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
"""What Slack would answer again; other refusals pass."""


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
        return await self._languages.get(user, PATIENCE_S) or self._fallback

    async def may_share(self, channel: str, patience_s: float = PATIENCE_S) -> bool:
        """Whether staff names may be shown to all of a channel: where nobody of another company is, for certain."""
        return self._share_externally or await self._channels.get(channel, patience_s) is True

    async def has_outsiders(self, channel: str) -> bool:
        """Whether people of another company are in a channel, for certain, who may not see staff names."""
        return not self._share_externally and await self._channels.get(channel, CLICK_PATIENCE_S) is False

    async def close(self) -> None:
        """End what is under way."""
        await self._languages.close()
        await self._channels.close()

    async def _ask_language(self, user: str) -> Language | None:
        """https://docs.slack.dev/reference/methods/users.info."""
        response = await self._client.users_info(user=user, include_locale=True)
        return Language.of(_part(response, "user").get("locale") or "")

    async def _ask_whether_internal(self, channel: str) -> bool | None:
        """https://docs.slack.dev/reference/methods/conversations.info."""
        response = await self._client.conversations_info(channel=channel)
        place = _part(response, "channel")
        if "is_ext_shared" not in place:
            return None
        return not (place["is_ext_shared"] or place.get("is_pending_ext_shared"))


def _part(response: AsyncSlackResponse, name: str) -> dict[str, Any]:
    """What was asked for. Raises `SlackClientError` where the answer does not hold it."""
    part = response.get(name)
    if not isinstance(part, dict):
        raise SlackClientError(f"an answer without {name}")
    return part


class _Lookup(Generic[T]):
    """Something asked of Slack by id: bounded, kept for a while, and asked once for all who wait."""

    def __init__(self, ask: Callable[[str], Awaitable[T | None]], *, kept_s: float, monotonic: Monotonic) -> None:
        self._ask = ask
        self._kept_s = kept_s
        self._monotonic = monotonic
        self._values: LRUCache[str, FreshValue[tuple[T | None]]] = LRUCache(_KEPT)
        self._places = asyncio.Semaphore(AT_ONCE)
        self._under_way: set[asyncio.Task[Any]] = set()

    async def get(self, key: str, patience_s: float) -> T | None:
        """What Slack says; None where it does not, or not so soon."""
        value = self._values.get(key)
        if value is None:
            value = FreshValue(partial(self._try, key), fresh_s=self._kept_s, monotonic=self._monotonic)
            self._values[key] = value
        if kept := value.last(self._kept_s):
            return kept[0]
        if len(self._under_way) >= WAITING:
            return None
        with suppress(TimeoutError, aiohttp.ClientError, SlackClientError):
            async with asyncio.timeout(patience_s):
                return (await value.get())[0]
        return None

    async def close(self) -> None:
        """End what is under way."""
        for task in self._under_way:
            task.cancel()
        if self._under_way:
            await asyncio.wait(self._under_way)

    async def _try(self, key: str) -> tuple[T | None]:
        task = asyncio.current_task()
        assert task is not None  # noqa: S101  # a coroutine that runs has a task
        self._under_way.add(task)
        try:
            async with self._places:
                return (await self._ask(key),)
        except SlackApiError as error:
            code = error_code(error)
            if code not in _FOR_GOOD:
                raise
            log.debug("Slack does not tell about %s: %s", key, code)
            return (None,)  # asking again would give the same
        finally:
            self._under_way.discard(task)
