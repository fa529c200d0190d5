"""Who may see staff names: one table and one function, asked wherever names are about to be shown."""

import asyncio
from collections.abc import Mapping
from enum import Enum
from typing import Final

from bot.slack.directory import Directory, Standing

PATIENCE_S: Final = 10.0
"""How long Slack may take to say who somebody is and whose a channel is, in seconds. Until then no name is shown."""

OFFER_PATIENCE_S: Final = 0.4
"""The same before Share is offered, which the answer waits for."""


class Level(Enum):
    """Who is shown staff names, as the setting AUDIENCE says."""

    COMPANY = "company"
    GUESTS = "guests"
    EVERYONE = "everyone"


class Action(Enum):
    """What is about to show names, and to whom."""

    SHOW_ALONE = "show one person an answer"
    SHOW_ALL = "show an answer to everybody in a channel"
    OFFER_SHARE = "offer to share with a channel"


class Verdict(Enum):
    """What was decided; all but SHOWN are refusals, each with its reason."""

    SHOWN = "may be shown"
    GUEST = "the person is a guest"
    OUTSIDER = "the person is of another company"
    SHARED_CHANNEL = "people of other companies are in the channel"
    UNKNOWN_PERSON = "Slack did not say who the person is"
    UNKNOWN_CHANNEL = "Slack did not say whose the channel is"


BY_STANDING: Final[Mapping[Level, Mapping[Standing | None, Verdict]]] = {
    Level.COMPANY: {
        Standing.MEMBER: Verdict.SHOWN,
        Standing.GUEST: Verdict.GUEST,
        Standing.OUTSIDER: Verdict.OUTSIDER,
        None: Verdict.UNKNOWN_PERSON,
    },
    Level.GUESTS: {
        Standing.MEMBER: Verdict.SHOWN,
        Standing.GUEST: Verdict.SHOWN,
        Standing.OUTSIDER: Verdict.OUTSIDER,
        None: Verdict.UNKNOWN_PERSON,
    },
}
"""The verdict about a person, by what they are to the company; None if Slack does not say."""

BY_CHANNEL: Final[Mapping[bool | None, Verdict]] = {
    True: Verdict.SHOWN,
    False: Verdict.SHARED_CHANNEL,
    None: Verdict.UNKNOWN_CHANNEL,
}
"""The verdict about a channel, by whether it is the company's own; None if Slack does not say."""


class Audience:
    """Decides who may see staff names."""

    def __init__(
        self,
        directory: Directory,
        level: Level,
        *,
        patience_s: float = PATIENCE_S,
        offer_patience_s: float = OFFER_PATIENCE_S,
    ) -> None:
        self._directory = directory
        self._level = level
        self._patience_s = patience_s
        self._offer_patience_s = offer_patience_s

    async def decide(
        self,
        action: Action,
        user: str,
        channel: str = "",
        *,
        teams: frozenset[str] = frozenset(),
        is_shared: bool = False,
    ) -> Verdict:
        """Whether an action of this person may show names.

        `teams`: the workspaces that Slack's event says the person comes from. `is_shared`: the event says that people
        of other companies are in the channel.
        """
        if self._level is Level.EVERYONE:
            return Verdict.SHOWN
        time_s = asyncio.get_running_loop().time
        ends_s = time_s() + (self._offer_patience_s if action is Action.OFFER_SHARE else self._patience_s)
        if action is not Action.SHOW_ALONE and not is_shared:
            self._directory.begin_channel(channel)  # beside the person
        about_person = await self._about_person(user, teams, ends_s - time_s())
        if action is Action.SHOW_ALONE or about_person is not Verdict.SHOWN:
            return about_person
        return await self._about_channel(channel, is_shared, ends_s - time_s())

    def begin(self, channel: str) -> None:
        """Begin what a decision about a channel would wait for, for somebody who will ask for it in a moment."""
        if self._level is not Level.EVERYONE:
            self._directory.begin_channel(channel)

    async def _about_person(self, user: str, teams: frozenset[str], patience_s: float) -> Verdict:
        person = await self._directory.person(user, patience_s)
        standing = person.standing_from(teams) if person is not None else None
        return BY_STANDING[self._level][standing]

    async def _about_channel(self, channel: str, is_shared: bool, patience_s: float) -> Verdict:
        is_internal = False if is_shared else await self._directory.is_internal(channel, patience_s)
        return BY_CHANNEL[is_internal]
