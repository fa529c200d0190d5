"""Who may see staff names."""

import itertools

import aiohttp
import pytest
from slack_sdk.errors import SlackClientError

from bot.freshness import FreshValues
from bot.slack.audience import CLICK_PATIENCE_S, RULES, Action, Audience, Decision
from bot.slack.directory import PATIENCE_S, Directory
from bot.words.language import Language
from tests.kit.clock import FakeClock

SAYS: dict[str, bool | Exception | None] = {
    "internal": True,
    "shared": False,
    "unknown": None,
    "error": SlackClientError("internal_error"),
    "unreachable": aiohttp.ClientConnectionError(),
}
"""What Slack says about a channel."""

SHOW, SHARED, UNKNOWN = Decision.SHOW, Decision.SHARED, Decision.UNKNOWN
TABLE: dict[Action, tuple[Decision, Decision, Decision]] = {
    Action.ANSWER_EVENT: (SHOW, SHOW, SHOW),
    Action.UPDATE_PUBLIC: (SHOW, SHARED, SHOW),
    Action.OFFER_SHARE: (SHOW, SHARED, UNKNOWN),
    Action.SHARE: (SHOW, SHARED, UNKNOWN),
}
"""What is decided where Slack says that a channel is internal, that it is shared, and neither."""


class Channels:
    """Slack's answers about channels, and how often it was asked."""

    def __init__(self, says: bool | Exception | None) -> None:
        self.says = says
        self.asked: list[str] = []

    async def fetch(self, channel: str) -> bool | None:
        self.asked.append(channel)
        if isinstance(self.says, Exception):
            raise self.says
        return self.says

    def audience(self, *, share_externally: bool) -> Audience:
        internal = FreshValues(self.fetch, fresh_s=300, size=9, at_once=9, waiting=9, clock=FakeClock())
        languages = FreshValues(_no_language, fresh_s=300, size=9, at_once=9, waiting=9, clock=FakeClock())
        return Audience(Directory(languages, internal, default=Language.ENGLISH), share_externally=share_externally)


async def _no_language(_: str) -> Language | None:
    raise AssertionError


@pytest.mark.parametrize(
    ("action", "says", "share_externally", "has_outsiders"),
    [*itertools.product(Action, SAYS, (False, True), (False, True))],
)
async def test_names_stay_in_the_house(action: Action, says: str, share_externally: bool, has_outsiders: bool) -> None:
    """With share_externally all may see names; else none where an event has outsiders; else the table decides.

    Where names are not shown, it is known whether the channel is shared or Slack did not say.
    """
    channels = Channels(SAYS[says])
    audience = channels.audience(share_externally=share_externally)
    decision = await audience.decide(action, "C1", has_outsiders=has_outsiders)

    internal, shared, unknown = TABLE[action]
    by_table = {"internal": internal, "shared": shared}.get(says, unknown)
    assert decision is (SHOW if share_externally else SHARED if has_outsiders else by_table)
    asks = action is not Action.ANSWER_EVENT and not share_externally and not has_outsiders
    assert channels.asked == (["C1"] if asks else [])


class Patience(Directory):
    """A directory that notes what it is asked, and how long it may take."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, float]] = []

    async def is_internal(self, channel: str, patience_s: float) -> bool | None:
        self.asked.append((channel, patience_s))
        return None


@pytest.mark.parametrize("action", Action)
async def test_slack_has_as_long_as_the_action_can_wait(action: Action) -> None:
    """Slack may take as long to say whose channel it is as the table gives it, if nobody said that it has outsiders."""
    directory = Patience()
    await Audience(directory, share_externally=False).decide(action, "C1")

    patience_s = RULES[action].patience_s
    assert directory.asked == ([] if patience_s is None else [("C1", patience_s)])


def test_who_has_time_waits_to_be_sure() -> None:
    """A click, acknowledged already, waits 5 s for Slack; a command's acknowledgement has no time, so it waits less."""
    assert {action: rule.patience_s for action, rule in RULES.items()} == {
        Action.ANSWER_EVENT: None,
        Action.UPDATE_PUBLIC: CLICK_PATIENCE_S,
        Action.OFFER_SHARE: PATIENCE_S,
        Action.SHARE: CLICK_PATIENCE_S,
    }
    assert PATIENCE_S < 1 < CLICK_PATIENCE_S
