"""What the settings of Slack change: the language, who people are, and what is told to other companies."""

import asyncio
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from bot.languages import Language, translations
from playground.slack import Post
from tests.e2e.conftest import MODES, Stage, office, read, staged

pytestmark = pytest.mark.asyncio(loop_scope="module")

ASKER = "U0ASKER01"
RETURNS = 3
KNOWN_S = 10.0


@pytest_asyncio.fixture(scope="module", loop_scope="module", params=MODES)
async def stage(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stage]:
    """One process for the module, with all of these settings; nobody covers Returns, which is closed."""
    folder = tmp_path_factory.mktemp("bot")
    (folder / "people.csv").write_text("user_id,slack_user_id\n4,U0ASKER02\n", encoding="utf-8")
    crowd = office()
    crowd.hours[RETURNS] = (0, 0)
    choices = {"LANGUAGE": "nb", "SLACK_PEOPLE": "people.csv", "SHARE_EXTERNALLY": "true"}
    async with staged(request.param, folder, crowd, **choices) as stage:
        await stage.acquaint(ASKER)
        yield stage
        assert stage.slack.refused == []


@pytest.fixture
def title() -> str:
    """What a Norwegian roster begins with."""
    title = translations(Language.NORWEGIAN).gettext("Who's online")
    assert title != "Who's online"
    return title


async def test_everybody_reads_the_workspaces_language(stage: Stage, title: str) -> None:
    """With LANGUAGE=nb a mention is answered in Norwegian, though an Englishman asks, and a click on it too."""
    post = await stage.answer(stage.slack.mention("", user=ASKER))
    after = await stage.answer(stage.slack.click(post, "show:refresh", user=ASKER))

    assert read(post).startswith(title)
    assert read(after).startswith(title)
    assert not post.ephemeral


async def test_one_person_reads_their_own_language(stage: Stage, title: str) -> None:
    """With LANGUAGE=nb an English reader's command is answered in English; what they share of it is in Norwegian."""
    post = await stage.answer(stage.slack.command("", user=ASKER))
    shared = await stage.answer(stage.slack.click(post, "share"))

    assert read(post).startswith("Who's online")
    assert read(shared).startswith(title)


async def test_a_reader_without_a_language_of_ours(stage: Stage, title: str) -> None:
    """Who uses Slack in a language that the bot does not speak is answered in the workspace's."""
    stage.slack.people["U0GUEST01"].locale = "fr-FR"

    assert read(await stage.answer(stage.slack.command("", user="U0GUEST01"))).startswith(title)


async def test_names_lead_to_people(stage: Stage) -> None:
    """With SLACK_PEOPLE the name of an agent whom the file names leads to their profile, and notifies nobody."""
    command = await stage.answer(stage.slack.command(""))
    mention = await stage.answer(stage.slack.mention(""))
    home = await stage.home(stage.slack.open_home())
    home = await stage.home(stage.slack.click(home, "show:by_agent"))

    for post in (command, mention, home):
        assert links(post) == {"Ole Hansen": "https://pretend.slack.com/team/U0ASKER02"}
        assert "<@U0ASKER02>" not in str(post.blocks)


async def test_other_companies_may_be_told(stage: Stage) -> None:
    """With SHARE_EXTERNALLY=true a mention among outsiders is answered to all, and a command's answer can be shared."""
    mention = await stage.answer(stage.slack.mention("", channel="C0PARTNER"))
    command = await stage.answer(stage.slack.command("", channel="C0PARTNER"))
    shared = await stage.answer(stage.slack.click(command, "share"))

    for post in (mention, shared):
        assert (post.channel, post.ephemeral) == ("C0PARTNER", False)
        assert "Anna Berg" in read(post)


async def test_a_topic_is_chosen_from_the_menu(stage: Stage) -> None:
    """Where there are few topics the menu holds them all."""
    before = await stage.answer(stage.slack.command(""))
    [option] = [
        each["value"]
        for block in before.blocks
        for element in block.get("elements", [])
        for each in element.get("options", [])
        if each["text"]["text"] == "Billing"
    ]
    after = await stage.answer(stage.slack.click(before, "show:topic", selected_option=option))

    assert after.replaces is before
    assert "Who's online: Billing" in read(after)


async def test_a_closed_topic_is_called_closed(stage: Stage) -> None:
    """A topic that nobody covers outside its opening hours is called closed, as soon as SuperOffice has said so."""
    async with asyncio.timeout(KNOWN_S):
        while "closed now" not in (said := read(await stage.answer(stage.slack.command("topics")))):
            pass

    assert "Returns — nobody, closed now" in said
    assert said.count("closed now") == 1
    assert "Nobody for: Returns (closed now)" in read(await stage.answer(stage.slack.command("")))
    assert stage.superoffice.count("IsWithinOpeningHours") < 4


def links(post: Post) -> dict[str, str]:
    """Where the words of a post lead."""
    return {
        part["text"]: part["url"]
        for block in post.blocks
        if block["type"] == "rich_text"
        for line in block["elements"]
        for part in line["elements"]
        if part["type"] == "link"
    }
