"""Something asked, a message in return: how often it is made, and what is said while SuperOffice fails."""

import pytest

from bot.errors import BotError, Denied, Reason, SuperOfficeError, Unexpected, Unreachable
from bot.slack.questions import Question
from bot.slack.views.message import Message
from bot.words import words_in
from bot.words.language import Language
from playground.show import show
from tests.kit.clock import NOW, FakeClock
from tests.kit.crowd import DOWN, TEAM, FakeSource
from tests.kit.stage import ASKER, NORWEGIAN_READER, OTHER, STALE_S, Bot, later

PAUSE_S = 20.0
"""After a failure SuperOffice is left alone for less than this, which is less than the minute that ages an answer."""


async def asked(bot: Bot, text: str = "") -> Message:
    """What a command gets."""
    return await bot.conversation.to_command(text, ASKER, "C0SUPPORT")


async def shown(bot: Bot, text: str = "") -> str:
    """The same, as it is read."""
    message = await asked(bot, text)
    return show(message.text, list(message.blocks), width=400, now=NOW)


async def test_an_answer_is_made_once(bot: Bot) -> None:
    """All who ask the same in one kind of place and one language share a message; others have their own."""
    talk = bot.conversation
    first = await asked(bot, "billing")
    home = await talk.to_home(ASKER)
    norwegian = await talk.to_home(NORWEGIAN_READER)
    mentions = [
        await talk.to_mention(Question("topics", user, "C0SUPPORT", ts="1", thread_ts=None, has_outsiders=False))
        for user in (ASKER, OTHER)
    ]

    assert await asked(bot, "  billing ") is first
    assert await asked(bot, "orders") is not first
    assert await talk.to_home(OTHER) is home
    assert await talk.to_home(NORWEGIAN_READER) is norwegian
    assert mentions[0] is mentions[1]
    assert len({id(each) for each in (first, home, norwegian, mentions[0])}) == 4


async def test_a_new_snapshot_is_a_new_answer(bot: Bot, source: FakeSource) -> None:
    """What was made of an old snapshot is not shown for a new one, even where both have nobody."""
    assert "Ole Hansen" in await shown(bot)
    source.says = later(TEAM, agents=TEAM.agents[:1])
    assert "1 free · 0 busy · 0 away" in await shown(bot)
    source.says = later(source.says, agents=())
    assert "Nobody is online" in await shown(bot)
    source.says = later(source.says, topics=TEAM.topics[:1])
    assert "VIP" not in await shown(bot)


async def test_old_data_says_so_first(bot: Bot, source: FakeSource, clock: FakeClock) -> None:
    """A remembered roster begins with what is wrong now and how old it is now, and is shown until it is too old."""
    fresh = await shown(bot)
    assert "not reachable" not in fresh
    source.says = DOWN
    clock.advance(60)
    assert "it refused the connection. This is from 14:03, 1 minute ago." in (await shown(bot)).splitlines()[2]
    source.says = Unreachable(Reason.TIMEOUT)
    clock.advance(60)
    _title, _rule, stale, *_ = (await shown(bot)).splitlines()
    assert stale == "⚠️ SuperOffice is not reachable: it did not answer in time. This is from 14:03, 2 minutes ago."
    assert (await asked(bot)).text.startswith("SuperOffice is not reachable: it did not answer in time. This is from ")

    clock.advance(STALE_S - 120)
    too_old = await shown(bot)
    assert "I can't say who is online. SuperOffice is not reachable" in too_old
    assert "Anna Berg" not in too_old
    source.says = TEAM
    clock.advance(60)
    assert await shown(bot) == fresh


async def test_the_cause_of_old_data_is_the_last_one(bot: Bot, source: FakeSource, clock: FakeClock) -> None:
    """Within one minute of age too, a roster names why SuperOffice could not be asked this time."""
    await asked(bot)
    source.says = DOWN
    assert "it refused the connection" in await shown(bot)
    source.says = Unreachable(Reason.TIMEOUT)
    clock.advance(PAUSE_S)

    assert "it did not answer in time" in await shown(bot)


@pytest.mark.parametrize("error", [DOWN, Denied(Reason.PASSWORD, "detail"), Unexpected(Reason.FAILED, "detail")])
async def test_a_failure_of_superoffice_is_an_answer(bot: Bot, source: FakeSource, error: SuperOfficeError) -> None:
    """Every failure of SuperOffice says what happened and what to do, without its details."""
    source.says = error

    said = await shown(bot)
    assert words_in(Language.ENGLISH).failures.failed(error) in said
    assert error.detail not in said


async def test_help_needs_no_superoffice(bot: Bot, source: FakeSource) -> None:
    """Help is given without a question to SuperOffice."""
    assert "What you can ask" in await shown(bot, "help")
    assert source.calls == 0


async def test_a_fault_of_ours_is_no_answer(bot: Bot, source: FakeSource) -> None:
    """Only failures of SuperOffice become answers; everything else is raised, to be reported as an incident."""
    source.says = BotError("not SuperOffice's")

    with pytest.raises(BotError, match="not SuperOffice's"):
        await asked(bot)
