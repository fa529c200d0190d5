"""Who may see staff names."""

from typing import cast

import pytest

from bot.slack.audience import RULES, Action, Audience
from bot.slack.directory import Directory


class Says:
    """A directory that says this of every channel, and keeps how long it was waited for."""

    def __init__(self, is_internal: bool | None) -> None:
        self.waited_s: list[float] = []
        self._is_internal = is_internal

    async def is_internal(self, _channel: str, patience_s: float) -> bool | None:
        """What the test decided."""
        self.waited_s.append(patience_s)
        return self._is_internal


def audience(says: Says, *, share_externally: bool = False) -> Audience:
    return Audience(cast("Directory", says), share_externally=share_externally)


DECIDED = {
    # what is decided if the channel is the company's own, if it is not, and if Slack does not say
    Action.ANSWER_ONE: (True, True, True),
    Action.ANSWER_EVENT: (True, True, True),
    Action.UPDATE_PUBLIC: (True, False, True),
    Action.OFFER_SHARE: (True, False, False),
    Action.SHARE: (True, False, False),
}


@pytest.mark.parametrize("action", Action)
async def test_names_stay_in_the_house(action: Action) -> None:
    """What everybody in a channel would see is not shown where outsiders are, and not shared where Slack doesn't say.

    Slack is asked where that matters, and waited for as long as the rule says. What one person sees, and an event,
    which itself says whether outsiders are there, need no question.
    """
    says = [Says(is_internal) for is_internal in (True, False, None)]
    decided = [await audience(each).may_show(action, "C0SUPPORT") for each in says]

    assert tuple(decided) == DECIDED[action]
    asked = [] if action in {Action.ANSWER_ONE, Action.ANSWER_EVENT} else [RULES[action].patience_s]
    assert [each.waited_s for each in says] == [asked] * 3


@pytest.mark.parametrize("action", Action)
async def test_an_event_from_a_shared_channel_is_believed(action: Action) -> None:
    """Where Slack's event says that outsiders are there, no names are shown, and Slack is not asked."""
    says = Says(is_internal=True)

    assert not await audience(says).may_show(action, "C0SUPPORT", has_outsiders=True)
    assert says.waited_s == []


@pytest.mark.parametrize("action", Action)
async def test_sharing_externally_is_a_choice(action: Action) -> None:
    """With share_externally names may be shown everywhere, and Slack is not asked."""
    says = Says(is_internal=False)

    assert await audience(says, share_externally=True).may_show(action, "C0PARTNER", has_outsiders=True)
    assert says.waited_s == []
