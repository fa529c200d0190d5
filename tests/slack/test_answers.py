"""Words in, message out."""

from datetime import timedelta

import pytest

from bot.errors import BotError, Denied, Reason, SuperOfficeError, Unexpected, Unreachable
from bot.presence.model import Snapshot
from bot.slack.answers import Answers
from bot.slack.views.message import Message
from playground.show import show
from tests.slack.conftest import DOWN, NORWEGIAN_READER, NOW, OTHER, STALE_S, TEAM, Clock, Source

PAUSE_S = 20.0
"""After a failure SuperOffice is left alone for less than this, for less than the minute that makes an answer older."""


async def asked(answers: Answers, text: str) -> Message:
    """What a command gets."""
    return await answers.to_command(text, "U0ASKER01", "C0SUPPORT")


def read(message: Message) -> str:
    return show(message.text, list(message.blocks), width=400, now=NOW)


async def test_an_answer_is_rendered_once_for_a_snapshot_and_question(answers: Answers) -> None:
    """Everybody who asks the same of one snapshot is shown the same message; it is not made anew for each."""
    first = await asked(answers, "billing")

    assert await asked(answers, "  billing ") is first
    assert await asked(answers, "orders") is not first


async def test_an_answer_is_rendered_once_for_a_place_and_a_language(answers: Answers) -> None:
    """Readers of one language in one kind of place are shown one message; other places and languages have theirs."""
    home = await answers.to_home("U0ASKER01")

    assert await answers.to_home(OTHER) is home
    norwegian = await answers.to_home(NORWEGIAN_READER)
    assert norwegian is not home
    assert await answers.to_home(NORWEGIAN_READER) is norwegian
    assert await answers.to_home("U0ASKER01") is home
    by_topic = await answers.to_mention("topics")
    assert by_topic is not home
    assert await answers.to_mention("topics") is by_topic


async def test_a_new_snapshot_is_a_new_answer(answers: Answers, source: Source) -> None:
    """What was rendered for an old snapshot is not shown for a new one."""
    await asked(answers, "")
    source.says = Snapshot(TEAM.taken_at + timedelta(seconds=1), TEAM.agents[:1], TEAM.topics)

    shown = read(await asked(answers, ""))
    assert "1 free · 0 busy · 0 away" in shown
    assert "Ole Hansen" not in shown


async def test_nobody_now_is_not_nobody_then(answers: Answers, source: Source) -> None:
    """A new snapshot without any agents is a new answer too, with its own time and topics."""
    source.says = Snapshot(TEAM.taken_at, (), TEAM.topics)
    before = await asked(answers, "")
    source.says = Snapshot(TEAM.taken_at + timedelta(minutes=47), (), TEAM.topics[:1])

    after = await asked(answers, "")
    assert after is not before
    assert "VIP" not in read(after)


async def test_old_data_says_so_first(answers: Answers, source: Source, clock: Clock) -> None:
    """A remembered roster begins with what is wrong and how old it is, also where the same one was shown fresh."""
    assert "not reachable" not in read(await asked(answers, ""))
    source.says = DOWN
    clock.passes(240)

    message = await asked(answers, "")
    assert message.text.startswith("SuperOffice is not reachable: it refused the connection. This is from ")
    _title, _rule, stale, *_ = read(message).split("\n")
    assert stale == "⚠️ SuperOffice is not reachable: it refused the connection. This is from 14:03, 4 minutes ago."


async def test_old_data_ages(answers: Answers, source: Source, clock: Clock) -> None:
    """The age of a remembered roster is told as of now, not as of when it was first told."""
    await asked(answers, "")
    source.says = DOWN
    clock.passes(60)
    assert "1 minute ago" in read(await asked(answers, ""))
    clock.passes(60)

    assert "2 minutes ago" in read(await asked(answers, ""))


async def test_the_cause_of_old_data_is_the_last_one(answers: Answers, source: Source, clock: Clock) -> None:
    """A remembered roster names why SuperOffice could not be asked this time, not the time before."""
    await asked(answers, "")
    source.says = DOWN
    await asked(answers, "")
    source.says = Unreachable(Reason.TIMEOUT)
    clock.passes(PAUSE_S)

    assert "it did not answer in time" in read(await asked(answers, ""))


async def test_data_that_is_too_old_is_not_shown(answers: Answers, source: Source, clock: Clock) -> None:
    """Beyond its age a remembered roster is no answer: the failure is."""
    await asked(answers, "")
    source.says = DOWN
    clock.passes(STALE_S)

    shown = read(await asked(answers, ""))
    assert "I can't say who is online. SuperOffice is not reachable" in shown
    assert "Anna Berg" not in shown


async def test_data_is_fresh_again(answers: Answers, source: Source, clock: Clock) -> None:
    """Once SuperOffice answers again, nothing of its failure is left in the answer."""
    fresh = await asked(answers, "")
    source.says = DOWN
    await asked(answers, "")
    source.says = TEAM
    clock.passes(PAUSE_S)

    assert await asked(answers, "") == fresh


@pytest.mark.parametrize("error", [DOWN, Denied(Reason.PASSWORD, "detail"), Unexpected(Reason.FAILED, "detail")])
async def test_a_failure_of_superoffice_is_an_answer(answers: Answers, source: Source, error: SuperOfficeError) -> None:
    """Every failure of SuperOffice says what happened and what to do, without its details."""
    source.says = error

    shown = read(await asked(answers, ""))
    assert f"{error.headline}: {error.reason.value}. {error.advice}" in shown
    assert error.detail not in shown


async def test_help_needs_no_superoffice(answers: Answers, source: Source) -> None:
    """Help is given without a question to SuperOffice."""
    source.says = DOWN

    assert "What you can ask" in read(await asked(answers, "help"))
    assert source.asked == 0


async def test_a_fault_of_ours_is_no_answer(answers: Answers, source: Source) -> None:
    """Only failures of SuperOffice become answers; everything else is raised, to be reported as an incident."""
    source.says = BotError("not SuperOffice's")

    with pytest.raises(BotError, match="not SuperOffice's"):
        await asked(answers, "")
