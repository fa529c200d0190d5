"""Who reads what in which language: the workspace's for everybody, the reader's own for one person."""

import pytest

from bot.languages import Language
from bot.slack.views.words import Words, words_in
from playground.slack import Slack
from tests.slack.conftest import (
    DOWN,
    NORWEGIAN_READER,
    STALE_S,
    TEAM,
    Choices,
    Clock,
    Source,
    a_moment_later,
    crowd,
    home_after,
    read,
)

ENGLISH_READER = "U0ASKER01"
IN_NORWEGIAN = pytest.mark.parametrize("choices", [Choices(language=Language.NORWEGIAN)], ids=["LANGUAGE=nb"])


@pytest.fixture
def norwegian() -> Words:
    """What a Norwegian reads."""
    words = words_in(Language.NORWEGIAN)
    assert words.title() != words_in(Language.ENGLISH).title()
    return words


@pytest.fixture
def english() -> Words:
    """What everybody else reads."""
    return words_in(Language.ENGLISH)


async def test_a_command_speaks_its_askers_language(workspace: Slack, norwegian: Words) -> None:
    """What one person sees alone is in their language, its buttons too."""
    [post] = (await workspace.command("", user=NORWEGIAN_READER)).posts

    assert read(post).startswith(norwegian.title())
    assert norwegian.refresh() in str(post.blocks)
    assert norwegian.share() in str(post.blocks)


async def test_each_asker_is_answered_in_their_own(workspace: Slack, norwegian: Words, english: Words) -> None:
    """Two people who ask the same of one snapshot are each answered in their own language."""
    [first] = (await workspace.command("", user=NORWEGIAN_READER)).posts
    [second] = (await workspace.command("", user=ENGLISH_READER)).posts

    assert read(first).startswith(norwegian.title())
    assert read(second).startswith(english.title())


async def test_a_slow_answer_speaks_its_askers_language(impatient: Slack, norwegian: Words) -> None:
    """The notice that the answer follows, and the answer, are in the asker's language."""
    delivery = await impatient.command("", user=NORWEGIAN_READER)

    assert norwegian.slow() in read(delivery.posts[0])
    assert read(await impatient.post_after(delivery, count=2)).startswith(norwegian.title())


async def test_help_and_failures_speak_the_readers_language(workspace: Slack, source: Source, norwegian: Words) -> None:
    """What is no roster is in the reader's language as well."""
    source.says = DOWN
    [failure] = (await workspace.command("", user=NORWEGIAN_READER)).posts
    [help_] = (await workspace.command("help", user=NORWEGIAN_READER)).posts

    assert norwegian.failed(DOWN) in read(failure)
    assert norwegian.help_title() in read(help_)


async def test_direct_messages_speak_their_writers_language(workspace: Slack, norwegian: Words) -> None:
    """A direct message, a greeting too, is answered in the writer's language, and so are clicks on the answer."""
    roster = await workspace.post_after(await workspace.direct_message("all", user=NORWEGIAN_READER))
    greeting = await workspace.post_after(await workspace.direct_message("hei hei", user=NORWEGIAN_READER))
    by_topic = await workspace.post_after(await workspace.click(roster, "show:by_topic", user=NORWEGIAN_READER))

    assert read(roster).startswith(norwegian.title())
    assert read(by_topic).startswith(norwegian.title_by_topic())
    assert greeting.text == norwegian.short_help()


async def test_the_home_tab_speaks_its_owners_language(workspace: Slack, norwegian: Words) -> None:
    """Each person's Home tab is in their language, before a click and after it."""
    await workspace.open_home(NORWEGIAN_READER)
    home = await home_after(workspace, user=NORWEGIAN_READER)
    assert read(home).startswith(norwegian.title_by_topic())

    await workspace.click(home, "show:by_agent")
    assert read(await home_after(workspace, home, user=NORWEGIAN_READER)).startswith(norwegian.title())


async def test_the_menu_speaks_its_readers_language(workspace: Slack, source: Source, norwegian: Words) -> None:
    """What is offered while somebody types is in their language."""
    source.says = crowd(5, 150)
    [post] = (await workspace.command("", user=NORWEGIAN_READER)).posts
    offered = await workspace.options(post, "show:topic", "")

    assert (offered.body or {})["options"][0]["text"]["text"] == norwegian.all_topics()


@IN_NORWEGIAN
async def test_what_everybody_sees_is_in_the_workspaces_language(workspace: Slack, norwegian: Words) -> None:
    """A mention is answered in the workspace's language, whoever asks, and so is a click on that answer."""
    post = await workspace.post_after(await workspace.mention("", user=ENGLISH_READER))
    assert read(post).startswith(norwegian.title())
    after = await workspace.post_after(await workspace.click(post, "show:refresh", user=ENGLISH_READER))

    assert after.replaces is post
    assert read(after).startswith(norwegian.title())


@IN_NORWEGIAN
async def test_sharing_translates(workspace: Slack, norwegian: Words, english: Words) -> None:
    """What a person read in their language is shared in the workspace's, and stays in that when it is refreshed."""
    [before] = (await workspace.command("", user=ENGLISH_READER)).posts
    assert read(before).startswith(english.title())
    shared = await workspace.post_after(await workspace.click(before, "share"))
    after = await workspace.post_after(await workspace.click(shared, "show:refresh", user=ENGLISH_READER))

    assert read(shared).startswith(norwegian.title())
    assert read(after).startswith(norwegian.title())


async def test_outsiders_are_told_in_the_askers_language(workspace: Slack, norwegian: Words) -> None:
    """Who mentions the bot among outsiders is told why it says nothing, in their language."""
    delivery = await workspace.mention("", channel="C0PARTNER", user=NORWEGIAN_READER)

    assert (await workspace.post_after(delivery)).text == norwegian.outsiders()


async def test_a_failure_of_a_click_is_told_in_the_clickers_language(
    workspace: Slack, source: Source, clock: Clock, norwegian: Words
) -> None:
    """On a message for everybody, what the clicker alone is told is in the clicker's language."""
    post = await workspace.post_after(await workspace.mention(""))
    source.says = DOWN
    clock.passes(STALE_S)
    told = await workspace.post_after(await workspace.click(post, "show:refresh", user=NORWEGIAN_READER))

    assert told.user == NORWEGIAN_READER
    assert norwegian.failed(DOWN) in read(told)


@pytest.mark.parametrize("action_id", ["show:refresh", "share"])
async def test_a_vanished_topic_is_told_in_the_clickers_language(
    workspace: Slack, source: Source, norwegian: Words, action_id: str
) -> None:
    """That a topic is gone is told to the clicker alone, so in the clicker's language."""
    ask = workspace.command if action_id == "share" else workspace.mention
    post = await workspace.post_after(await ask("vip", user=NORWEGIAN_READER))
    before = len(workspace.posts)
    source.says = a_moment_later(crowd(3, 2))
    assert TEAM.topics[3].id not in {topic.id for topic in crowd(3, 2).topics}
    await workspace.click(post, action_id, user=NORWEGIAN_READER)
    told = await workspace.post_after(before)

    assert told.user == NORWEGIAN_READER
    assert norwegian.topics_known(crowd(3, 2).topics) in read(told)
