"""Who reads what in which language: the workspace's for everybody, the reader's own for one person."""

import pytest

from bot.words import words_in
from bot.words.language import Language
from playground.slack import Slack
from tests.kit.clock import FakeClock
from tests.kit.crowd import DOWN, FakeSource, crowd
from tests.kit.stage import ASKER, NORWEGIAN_READER, STALE_S, Choices, answer, home_after, later, read

NORWEGIAN, ENGLISH = words_in(Language.NORWEGIAN), words_in(Language.ENGLISH)
IN_NORWEGIAN = pytest.mark.parametrize("choices", [Choices(language=Language.NORWEGIAN)], ids=["BOT_LANGUAGE=nb"])


async def test_a_command_speaks_its_askers_language(workspace: Slack) -> None:
    """Each asker of a command is answered in their own language, its buttons and its help too."""
    [norwegian] = (await workspace.command("", user=NORWEGIAN_READER)).posts
    [english] = (await workspace.command("", user=ASKER)).posts
    [help_] = (await workspace.command("help", user=NORWEGIAN_READER)).posts

    assert ENGLISH.roster.title() != NORWEGIAN.roster.title()
    assert read(english).startswith(ENGLISH.roster.title())
    assert read(norwegian).startswith(NORWEGIAN.roster.title())
    assert NORWEGIAN.controls.share() in str(norwegian.blocks)
    assert NORWEGIAN.help.title() in read(help_)


@pytest.mark.parametrize("choices", [Choices(ack_s=0)], ids=["hurried"])
async def test_a_slow_answer_speaks_its_askers_language(workspace: Slack) -> None:
    """The notice that the answer follows, and the answer, are in the asker's language once Slack has said it."""
    await workspace.command("help", user=NORWEGIAN_READER)
    delivery = await workspace.command("", user=NORWEGIAN_READER)

    assert NORWEGIAN.failures.slow() in read(delivery.posts[0])
    assert read(await workspace.post_after(delivery, count=2)).startswith(NORWEGIAN.roster.title())


async def test_direct_messages_speak_their_writers_language(workspace: Slack) -> None:
    """A direct message, a greeting too, is answered in the writer's language, and so are clicks on the answer."""
    roster = await answer(workspace, workspace.direct_message("all", user=NORWEGIAN_READER))
    greeting = await answer(workspace, workspace.direct_message("hei hei", user=NORWEGIAN_READER))
    by_topic = await answer(workspace, workspace.click(roster, "show:by_topic", user=NORWEGIAN_READER))

    assert read(roster).startswith(NORWEGIAN.roster.title())
    assert read(by_topic).startswith(NORWEGIAN.roster.title_by_topic())
    assert greeting.text == NORWEGIAN.help.short()


async def test_the_home_tab_speaks_its_owners_language(workspace: Slack) -> None:
    """Each person's Home tab is in their language, before a click and after it."""
    home = await home_after(workspace, workspace.open_home(NORWEGIAN_READER), NORWEGIAN_READER)
    clicked = await home_after(workspace, workspace.click(home, "show:by_agent"), NORWEGIAN_READER)

    assert read(home).startswith(NORWEGIAN.roster.title_by_topic())
    assert read(clicked).startswith(NORWEGIAN.roster.title())


async def test_the_menu_speaks_its_readers_language(workspace: Slack, source: FakeSource) -> None:
    """What is offered while somebody types is in their language."""
    source.says = crowd(5, 150)
    [post] = (await workspace.command("", user=NORWEGIAN_READER)).posts
    offered = await workspace.options(post, "show:topic", "")

    assert (offered.body or {})["options"][0]["text"]["text"] == NORWEGIAN.controls.all_topics()


@IN_NORWEGIAN
async def test_what_everybody_sees_is_in_the_workspaces_language(workspace: Slack) -> None:
    """Mentions, shared answers, and clicks on either are in the workspace's language, whoever asks and clicks."""
    mention = await answer(workspace, workspace.mention("", user=ASKER))
    [command] = (await workspace.command("", user=ASKER)).posts
    shared = await answer(workspace, workspace.click(command, "share"))

    assert read(command).startswith(ENGLISH.roster.title())
    for post in (mention, shared):
        after = await answer(workspace, workspace.click(post, "show:refresh", user=ASKER))
        assert after.replaces is post
        assert read(post).startswith(NORWEGIAN.roster.title())
        assert read(after).startswith(NORWEGIAN.roster.title())


async def test_outsiders_are_told_in_the_askers_language(workspace: Slack) -> None:
    """Who mentions the bot among outsiders is told why it says nothing, in their language."""
    told = await answer(workspace, workspace.mention("", channel="C0PARTNER", user=NORWEGIAN_READER))

    assert told.text == f"{NORWEGIAN.failures.shared_channel()} {NORWEGIAN.failures.instead()}"


async def test_what_a_clicker_alone_is_told_is_in_their_language(
    workspace: Slack, source: FakeSource, clock: FakeClock
) -> None:
    """On a message for everybody, a failure or a topic that is gone is told to the clicker, in their language."""
    everybodys = await answer(workspace, workspace.mention("vip"))
    [own] = (await workspace.command("vip", user=NORWEGIAN_READER)).posts
    source.says = smaller = later(crowd(3, 2))
    for post, action_id in ((everybodys, "show:refresh"), (own, "share")):
        told = await answer(workspace, workspace.click(post, action_id, user=NORWEGIAN_READER))
        assert told.user == NORWEGIAN_READER
        assert NORWEGIAN.roster.topics_known(smaller.topics) in read(told)

    source.says = DOWN
    clock.advance(STALE_S)
    told = await answer(workspace, workspace.click(everybodys, "show:refresh", user=NORWEGIAN_READER))
    assert told.user == NORWEGIAN_READER
    assert NORWEGIAN.failures.failed(DOWN) in read(told)
