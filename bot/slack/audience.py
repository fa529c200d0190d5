"""Who may see staff names: one table and one function, asked before names go where more than one person sees them."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Final

from bot.slack.directory import PATIENCE_S, Directory

CLICK_PATIENCE_S: Final = 5.0
"""How long a click, which is acknowledged already, waits to be sure who is in a channel."""


class Action(Enum):
    """What is about to show names, and to whom."""

    ANSWER_EVENT = "answer a mention or a direct message"
    UPDATE_PUBLIC = "update a message that everybody in a channel sees"
    OFFER_SHARE = "offer to share with a channel"
    SHARE = "share with a channel"


class Decision(Enum):
    """Whether names are shown, and if not, what is known of the channel."""

    SHOW = "show"
    SHARED = "not shown: the channel is shared with another company, or about to be"
    UNKNOWN = "not shown: Slack does not say whose channel it is"


@dataclass(frozen=True, slots=True)
class Rule:
    """How to decide about an action if names may not leave the company.

    `patience_s`: how long Slack may take to say whose channel it is; None if it is not asked. `if_unknown`: what is
    decided if Slack does not say.
    """

    patience_s: float | None
    if_unknown: Decision


RULES: Final[Mapping[Action, Rule]] = {
    Action.ANSWER_EVENT: Rule(patience_s=None, if_unknown=Decision.SHOW),
    Action.UPDATE_PUBLIC: Rule(patience_s=CLICK_PATIENCE_S, if_unknown=Decision.SHOW),
    Action.OFFER_SHARE: Rule(patience_s=PATIENCE_S, if_unknown=Decision.UNKNOWN),
    Action.SHARE: Rule(patience_s=CLICK_PATIENCE_S, if_unknown=Decision.UNKNOWN),
}


class Audience:
    """Decides who may see staff names. With `share_externally` everybody may."""

    def __init__(self, directory: Directory, *, share_externally: bool, rules: Mapping[Action, Rule] = RULES) -> None:
        self._directory = directory
        self._share_externally = share_externally
        self._rules = rules

    async def decide(self, action: Action, channel: str, *, has_outsiders: bool = False) -> Decision:
        """Whether the action shows names in a channel. `has_outsiders`: Slack's event says that it is shared."""
        if self._share_externally:
            return Decision.SHOW
        if has_outsiders:
            return Decision.SHARED
        rule = self._rules[action]
        is_internal = None
        if rule.patience_s is not None:
            is_internal = await self._directory.is_internal(channel, rule.patience_s)
        if is_internal is None:
            return rule.if_unknown
        return Decision.SHOW if is_internal else Decision.SHARED
