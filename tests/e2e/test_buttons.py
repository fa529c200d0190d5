"""What people click in Slack, and what they then see: in Socket Mode and over HTTP."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from bot.languages import Language, translations
from playground.office import Office, big_office
from playground.slack import Delivery, Post
from tests.e2e.conftest import MODES, Stage, read, recovered, staged

pytestmark = pytest.mark.asyncio(loop_scope="module")

ASKER, NORWEGIAN_READER = "U0ASKER01", "U0ASKER02"


def office() -> Office:
    """87 agents are present, three pages of them; too many topics for a menu."""
    return big_office(130, 150)


@pytest_asyncio.fixture(scope="module", loop_scope="module", params=MODES)
async def shared(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stage]:
    """One process for the module, and each way for Slack to reach it."""
    async with staged(request.param, tmp_path_factory.mktemp("bot"), office()) as stage:
        await stage.acquaint(ASKER, NORWEGIAN_READER)
        await stage.acquaint(ASKER, channel="C0QUIET01")
        yield stage


@pytest_asyncio.fixture(loop_scope="module")
async def stage(shared: Stage) -> AsyncIterator[Stage]:
    """The shared bot; whatever the test changes is put right after it."""
    yield shared
    shared.superoffice.office = office()
    await shared.superoffice.come_back()
    await recovered(shared.slack)
    assert shared.slack.refused == []


def options_of(delivery: Delivery) -> list[str]:
    """What a menu was offered."""
    return [each["text"]["text"] for each in (delivery.body or {})["options"]]


async def test_refresh(stage: Stage) -> None:
    """Refresh puts what is so now in the place of the answer."""
    before = await stage.answer(stage.slack.command("1"))
    assert "Who's online: Topic number 001" in read(before)
    for agent in stage.superoffice.office.agents:
        agent.present = False
    after = await stage.answer(stage.slack.click(before, "show:refresh"))

    assert (after.replaces, after.ephemeral) == (before, True)
    assert "Nobody is online for Topic number 001" in read(after)


async def test_refresh_of_a_mention(stage: Stage) -> None:
    """What everybody sees in a thread is refreshed there, for everybody, by whoever clicks."""
    before = await stage.answer(stage.slack.mention("topics"))
    after = await stage.answer(stage.slack.click(before, "show:refresh", user="U0GUEST01"))

    assert (after.replaces, after.thread_ts, after.ephemeral) == (before, before.thread_ts, False)


async def test_refresh_without_superoffice(stage: Stage) -> None:
    """While SuperOffice is down, Refresh shows the last roster, with its age first."""
    before = await stage.answer(stage.slack.command(""))
    await stage.superoffice.go_down()
    after = await stage.answer(stage.slack.click(before, "show:refresh"))

    assert after.replaces is before
    assert "⚠️ SuperOffice is not reachable" in read(after)
    assert "Agent 00004" in read(after)


async def test_by_topic_and_by_agent(stage: Stage) -> None:
    """The two switches lead to the list by topic, and back."""
    before = await stage.answer(stage.slack.direct_message("all"))
    by_topic = await stage.answer(stage.slack.click(before, "show:by_topic"))
    by_agent = await stage.answer(stage.slack.click(by_topic, "show:by_agent"))

    assert "Who's online, by topic" in read(by_topic)
    assert "Topics 1–20 of 150" in read(by_topic)
    assert "Agents 1–30 of 87" in read(by_agent)
    assert (by_topic.replaces, by_agent.replaces) == (before, by_topic)


async def test_next_and_previous(stage: Stage) -> None:
    """The pages are turned in place, one at a time, and refreshed where they are."""
    post = await stage.answer(stage.slack.command(""))
    for action_id, shown in (
        ("show:next", "Agents 31–60 of 87"),
        ("show:next", "Agents 61–87 of 87"),
        ("show:previous", "Agents 31–60 of 87"),
        ("show:refresh", "Agents 31–60 of 87"),
    ):
        before, post = post, await stage.answer(stage.slack.click(post, action_id))
        assert shown in read(post)
        assert post.replaces is before


async def test_a_topic_is_chosen_by_typing(stage: Stage) -> None:
    """Where the topics are too many for a menu, they are offered as somebody types, and then chosen."""
    before = await stage.answer(stage.slack.command(""))
    at_first = await stage.slack.options(before, "show:topic", "")
    typed = await stage.slack.options(before, "show:topic", "number 14")
    assert options_of(at_first)[:2] == ["All topics", "Topic number 001"]
    assert options_of(typed) == [f"Topic number {n}" for n in range(140, 150)]

    option = (typed.body or {})["options"][7]
    after = await stage.answer(stage.slack.click(before, "show:topic", selected_option=option))
    assert after.replaces is before
    assert "Who's online: Topic number 147" in read(after)


async def test_share(stage: Stage) -> None:
    """Share shows the page to the whole channel, also where the bot is no member, under the sharer's name."""
    for channel in ("C0SUPPORT", "C0QUIET01"):
        before = await stage.answer(stage.slack.command("7", channel=channel))
        shared = await stage.answer(stage.slack.click(before, "share"))
        refreshed = await stage.answer(stage.slack.click(shared, "show:refresh", user="U0GUEST01"))

        assert (shared.channel, shared.ephemeral, shared.replaces) == (channel, False, None)
        assert before.visible
        assert "Who's online: Topic number 007" in read(shared)
        assert f"Shared by <@{ASKER}>" in str(shared.blocks)
        assert refreshed.replaces is shared
        assert f"Shared by <@{ASKER}>" in str(refreshed.blocks)


async def test_nothing_is_shared_with_outsiders(stage: Stage) -> None:
    """Where people of other companies read along, nothing is shared, and a mention is answered without a name."""
    command = await stage.answer(stage.slack.command("", channel="C0PARTNER"))
    mention = await stage.answer(stage.slack.mention("", channel="C0PARTNER"))

    assert "Agent 00004" in read(command)
    assert "Share to channel" not in str(command.blocks)
    assert (mention.via, mention.ephemeral, mention.user) == ("chat.postEphemeral", True, ASKER)
    assert "People of other companies are in this channel" in read(mention)
    assert "Agent 0" not in read(mention)


async def test_the_home_tab(stage: Stage) -> None:
    """The Home tab shows who is online by topic; its buttons change it in place."""
    home = await stage.home(stage.slack.open_home())
    assert "Who's online, by topic" in read(home)
    assert "What you can ask" in read(home)
    stage.superoffice.office.agents = []

    refreshed = await stage.home(stage.slack.click(home, "show:refresh"))
    assert "0 free · 0 busy · 0 away" in read(refreshed)
    by_agent = await stage.home(stage.slack.click(refreshed, "show:by_agent"))
    assert "Nobody is online" in read(by_agent)


async def test_the_home_tabs_menu_and_pages(stage: Stage) -> None:
    """The menu and the pages work on the Home tab as in a message."""
    home = await stage.home(stage.slack.open_home())
    home = await stage.home(stage.slack.click(home, "show:next"))
    assert "Topics 21–40 of 150" in read(home)
    offered = await stage.slack.options(home, "show:topic", "099")

    [option] = (offered.body or {})["options"]
    topic = await stage.home(stage.slack.click(home, "show:topic", selected_option=option))
    assert "Who's online: Topic number 099" in read(topic)


async def test_a_greeting(stage: Stage) -> None:
    """Who says hello in a direct message is told in a line what the bot is for."""
    post = await stage.answer(stage.slack.direct_message("hello"))

    assert "I tell who is online in SuperOffice Chat." in read(post)
    assert "No topic matches" not in read(post)


async def test_a_norwegian_reader(stage: Stage) -> None:
    """Who uses Slack in Norwegian reads Norwegian: in a command's answer, its pages, and the Home tab."""
    norwegian = translations(Language.NORWEGIAN).gettext
    title, title_by_topic = norwegian("Who's online"), norwegian("Who's online, by topic")
    assert title != "Who's online"

    post: Post = await stage.answer(stage.slack.command("", user=NORWEGIAN_READER))
    assert read(post).startswith(title)
    assert read(await stage.answer(stage.slack.click(post, "show:next"))).startswith(title)
    home = await stage.home(stage.slack.open_home(NORWEGIAN_READER), user=NORWEGIAN_READER)
    assert read(home).startswith(title_by_topic)
    mention = await stage.answer(stage.slack.mention("", user=NORWEGIAN_READER))
    assert read(mention).startswith("Who's online")


async def test_a_message_of_another_version(stage: Stage) -> None:
    """A button of an earlier version's message gets an answer: the clicker alone is told to ask again."""
    button = {"type": "button", "action_id": "v0", "text": {"type": "plain_text", "text": "Old"}, "value": "v0"}
    body = {"text": "old", "blocks": [{"type": "actions", "elements": [button]}]}
    old = stage.slack.take(body, via="chat.postMessage", channel="C0SUPPORT")
    assert isinstance(old, Post)
    told = await stage.answer(stage.slack.click(old, "v0"))

    assert (told.ephemeral, told.user, told.replaces) == (True, ASKER, None)
    assert "This message is from another version of me." in read(told)
    assert old.visible
