"""Results and messages, made once for a reading."""

from dataclasses import replace

import pytest

from bot.errors import Reason, Unreachable
from bot.presence.model import Snapshot
from bot.presence.query import ByTopic, Named, Numbered, Online, Query
from bot.presence.reading import Shown, Stale
from bot.presence.result import Roster, TopicList
from bot.slack.renderings import SIZE, Renderings
from bot.slack.view_state import ViewState
from bot.slack.views.message import Message
from bot.slack.views.places import in_place_message, to_asker_message
from bot.words.language import Language
from tests.kit.crowd import DOWN, TEAM, fresh, stale
from tests.kit.views import PROFILES, SHARER, button, office, read, value_of

ONLINE = ViewState(Online())


def renderings(*, busy_at: int = 1) -> Renderings:
    return Renderings(busy_at=busy_at, profiles=PROFILES)


def rendered(kept: Renderings, reading: Shown, state: ViewState = ONLINE) -> Message:
    return kept.message(in_place_message, state, Language.ENGLISH, reading)


def test_a_message_is_made_once_for_a_reading() -> None:
    """All who ask the same of one reading get one message, also if it was read again from memory."""
    kept = renderings()

    assert rendered(kept, fresh()) is rendered(kept, fresh())
    assert kept.result(Online(), fresh()) is kept.result(Online(), fresh())
    assert rendered(kept, stale(age_s=61)) is rendered(kept, stale(age_s=119))


def test_what_is_kept_differs_by_all_that_shows() -> None:
    """Another query, page, sharer, view or language is another message."""
    kept, reading = renderings(), fresh(office(85, 2))
    made = [
        rendered(kept, reading),
        rendered(kept, reading, ViewState(ByTopic())),
        rendered(kept, reading, ViewState(Online(), 1)),
        rendered(kept, reading, ViewState(Online(), 0, SHARER)),
        kept.message(to_asker_message, ONLINE, Language.ENGLISH, reading),
        kept.message(in_place_message, ONLINE, Language.GERMAN, reading),
    ]

    assert len({str(message) for message in made}) == len(made)


OTHER_READINGS: dict[str, tuple[Shown, Shown]] = {
    "another snapshot": (fresh(), fresh(replace(TEAM, agents=TEAM.agents[:1]))),
    "an old one": (fresh(), stale()),
    "a fresh one after an old one": (stale(), fresh()),
    "another minute of age": (stale(age_s=119.9), stale(age_s=120)),
    "another cause": (stale(), Stale(TEAM, Unreachable(Reason.TIMEOUT), 240)),
    "another old snapshot": (stale(), stale(replace(TEAM, agents=()))),
}


@pytest.mark.parametrize("name", OTHER_READINGS)
def test_what_is_kept_belongs_to_one_reading(name: str) -> None:
    """Another snapshot, minute of age or cause drops what was kept, also if the time of day was set back."""
    before, after = OTHER_READINGS[name]
    kept = renderings()
    for query in (Online(), ByTopic(), Named("billing"), Numbered(1)):
        state = ViewState(query)
        assert rendered(kept, before, state) == rendered(renderings(), before, state)
        assert rendered(kept, after, state) == rendered(renderings(), after, state)
        assert kept.result(query, after).reading == after


@pytest.mark.parametrize(
    ("query", "known", "last"), [(Online(), office(85, 1), 2), (ByTopic(), office(1, 45), 2), (Online(), TEAM, 0)]
)
def test_the_last_page_takes_the_place_of_one_that_is_gone(query: Query, known: Snapshot, last: int) -> None:
    """A page that exists is shown; in the place of one that does not, the last, and its controls mean that one."""
    kept = renderings()
    pages = [rendered(kept, fresh(known), ViewState(query, page)) for page in range(last + 1)]

    assert len({message.text + str(message.blocks) for message in pages}) == last + 1
    for beyond in (last + 1, 999_999):
        message = rendered(kept, fresh(known), ViewState(query, beyond))
        assert message == pages[last]
        assert value_of(button(message, "show:refresh")) == ViewState(query, last)


def test_no_more_than_size_messages_are_kept() -> None:
    """However many pages somebody asks for, memory holds a bounded number of messages and results."""
    kept = renderings()
    for number in range(3 * SIZE):
        rendered(kept, fresh(), ViewState(Named(f"x{number}"), number))

    assert (len(kept._messages), len(kept._results)) == (SIZE, SIZE)


def test_settings_reach_the_message() -> None:
    """An agent is busy from busy_at chats, and profiles lead to people in Slack."""
    lazy = renderings(busy_at=3)

    assert "3 free · 0 busy · 2 away" in read(rendered(lazy, fresh()))
    assert f"Ole Hansen ({PROFILES[4]})" in read(rendered(lazy, fresh()))
    result = lazy.result(ByTopic(), stale())
    assert isinstance(result, TopicList)
    assert result.count.free == 3
    roster = lazy.result(Online(), stale())
    assert isinstance(roster, Roster)
    assert roster.reading == Stale(TEAM, DOWN, 240)
