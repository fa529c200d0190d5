"""What Slack says about people and channels, kept for a while: who somebody is, and whose a channel is."""

import asyncio
import logging
from collections.abc import Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass
from enum import Enum
from typing import Any, Final, TypeVar

from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.freshness import FreshValues, Overloaded
from bot.slack.failures import UNREACHED, error_code
from bot.slack.identity import Company
from bot.words.language import Language

log = logging.getLogger(__name__)

T = TypeVar("T")

LANGUAGE_PATIENCE_S: Final = 0.4
"""How long a message waits for a person's language, in seconds. What comes later serves the next one."""

RETRY_S: Final = 1.0
"""The pause before a look-up that failed is tried again, in seconds, while somebody still waits for it."""

PERSON_FRESH_S: Final = 3600.0
CHANNEL_FRESH_S: Final = 300.0
"""People seldom become guests or change their language. Channels are shared with other companies now and then, and
Slack does not tell of every one."""

UNKNOWN_FRESH_S: Final = 60.0
"""How long a refusal of Slack's is kept, such as that of a missing scope, in seconds."""

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

_SHARED: Final = ("is_ext_shared", "is_pending_ext_shared", "pending_shared", "pending_connected_team_ids")
"""What says that another company is in a channel, or was invited to it:
https://docs.slack.dev/reference/objects/conversation-object."""


class Standing(Enum):
    """What a person is to the company."""

    MEMBER = "full member of the workspace"
    GUEST = "guest of the workspace"
    OUTSIDER = "person of another company"


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody in Slack. `language` is None if the bot does not speak it, or Slack does not say.

    `team_ids`: the workspaces and organisations that a message of theirs may come from.
    """

    standing: Standing
    language: Language | None
    team_ids: frozenset[str] = frozenset()

    def standing_from(self, teams: Collection[str]) -> Standing:
        """What they are to the company when an event says that they come from these workspaces.

        Any other workspace contradicts what Slack said about them, so they count as an outsider.
        """
        return self.standing if self.team_ids.issuperset(teams) else Standing.OUTSIDER


class Directory:
    """Looks up people and channels. It never fails, and nobody waits for it longer than they choose.

    `default` is the language of people whose own is not known within `language_patience_s` seconds.
    """

    def __init__(
        self,
        people: FreshValues[str, Person | None],
        internal: FreshValues[str, bool | None],
        *,
        default: Language,
        language_patience_s: float = LANGUAGE_PATIENCE_S,
        retry_s: float = RETRY_S,
    ) -> None:
        self._people = people
        self._internal = internal
        self._default = default
        self._language_patience_s = language_patience_s
        self._retry_s = retry_s

    async def language(self, user: str) -> Language:
        """The language in which a person uses Slack, if the bot speaks it and Slack says so soon; else the default."""
        return self._language_of(await self.person(user, self._language_patience_s))

    def language_now(self, user: str) -> Language:
        """The same without a look-up: the default, unless Slack has said something else before."""
        kept = self._people.last(user)
        return self._language_of(kept.value if kept is not None else None)

    async def person(self, user: str, patience_s: float) -> Person | None:
        """Who a person is; None if Slack does not say so within `patience_s` seconds."""
        return await self._ask(self._people, user, patience_s)

    async def is_internal(self, channel: str, patience_s: float) -> bool | None:
        """Whether a channel is the company's own; None if Slack does not say so within `patience_s` seconds."""
        return await self._ask(self._internal, channel, patience_s)

    def begin_channel(self, channel: str) -> None:
        """Begin what `is_internal` would wait for, for somebody who will ask in a moment."""
        self._internal.begin(channel)

    def forget_channel(self, channel: str) -> None:
        """Ask again about a channel: Slack says that it was shared, or that somebody joined it."""
        self._internal.forget(channel)

    async def _ask(self, values: FreshValues[str, T | None], key: str, patience_s: float) -> T | None:
        """What Slack says; None if it does not say, or not within `patience_s` seconds."""
        kept = values.fresh(key)
        if kept is not None:
            if kept.value is not None or kept.age_s < UNKNOWN_FRESH_S:
                return kept.value
            values.forget(key)
        with suppress(TimeoutError):
            async with asyncio.timeout(patience_s):
                while True:
                    with suppress(Overloaded, *UNREACHED):
                        return await values.get(key)
                    await asyncio.sleep(self._retry_s)
        return None

    def _language_of(self, person: Person | None) -> Language:
        return person.language if person is not None and person.language is not None else self._default


async def fetch_person(client: AsyncWebClient, company: Company, user: str) -> Person | None:
    """Ask Slack who a person is; None if it does not say what they are to the company.

    https://docs.slack.dev/reference/methods/users.info
    """
    try:
        response = await client.users_info(user=user, include_locale=True)
    except SlackApiError as error:
        _raise_unless_final(error, user)
        return None
    said = _part(response, "user")
    standing = _standing(said, company)
    if standing is None:
        return None
    teams = {said.get("team_id"), *(_in_organisation(said).get("teams") or ())} | company.ids
    return Person(standing, Language.of(said.get("locale") or ""), frozenset(filter(None, teams)))


def _standing(said: Mapping[str, Any], company: Company) -> Standing | None:
    """What a person is to the company; None if Slack does not say.

    On Enterprise Grid, people of the company's other workspaces are colleagues: what counts is the organisation.
    https://docs.slack.dev/reference/objects/user-object, https://docs.slack.dev/apis/slack-connect
    """
    if said.get("is_bot") or said.get("deleted"):
        return None  # whoever acts here, it is not the person
    if said.get("is_stranger"):
        return Standing.OUTSIDER
    of = set(filter(None, (said.get("team_id"), _in_organisation(said).get("enterprise_id"))))
    if of and of.isdisjoint(company.ids):
        return Standing.OUTSIDER
    if said.get("is_restricted") or said.get("is_ultra_restricted"):
        return Standing.GUEST
    return Standing.MEMBER if of and said.get("is_restricted") is False else None


def _in_organisation(said: Mapping[str, Any]) -> Mapping[str, Any]:
    part = said.get("enterprise_user")
    return part if isinstance(part, dict) else {}


async def fetch_internal(client: AsyncWebClient, channel: str) -> bool | None:
    """Ask Slack whether a channel is the company's own: https://docs.slack.dev/reference/methods/conversations.info."""
    try:
        response = await client.conversations_info(channel=channel)
    except SlackApiError as error:
        _raise_unless_final(error, channel)
        return None
    place = _part(response, "channel")
    if any(map(place.get, _SHARED)):
        return False
    # Workspaces of the company's own organisation share channels too, which is no reason to hide names.
    if (place.get("is_shared") or place.get("connected_team_ids")) and not place.get("is_org_shared"):
        return False
    return True if place.get("is_ext_shared") is False else None


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
