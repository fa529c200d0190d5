"""What the settings of Slack change: the language, who people are, and what is told to other companies."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from bot.words import words_in
from bot.words.language import Language
from playground.slack import Post
from tests.kit.process import Stage, office, read, staged
from tests.kit.stage import ASKER, MODES, NORWEGIAN_READER, OTHER, answer, home_after

pytestmark = pytest.mark.asyncio(loop_scope="module")

RETURNS = 3
NORWEGIAN, ENGLISH = (words_in(language).roster.title() for language in (Language.NORWEGIAN, Language.ENGLISH))


@pytest_asyncio.fixture(scope="module", loop_scope="module", params=MODES)
async def stage(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stage]:
    """One process for the module, with all of these settings; nobody covers Returns, which is closed."""
    folder = tmp_path_factory.mktemp("bot")
    (folder / "people.csv").write_text(f"user_id,slack_user_id\n4,{NORWEGIAN_READER}\n", encoding="utf-8")
    crowd = office()
    crowd.hours[RETURNS] = (0, 0)
    choices = {"BOT_LANGUAGE": "nb", "SLACK_PEOPLE": "people.csv", "AUDIENCE": "everyone"}
    async with staged(request.param, folder, crowd, **choices) as stage:
        await stage.acquaint(ASKER)
        yield stage
        assert stage.slack.refused == []


async def test_the_workspaces_language(stage: Stage) -> None:
    """With BOT_LANGUAGE=nb everybody's answers are Norwegian; an English reader's own are English.

    So are not those of a reader whose language the bot does not speak.
    """
    slack = stage.slack
    slack.people[OTHER].locale = "fr-FR"
    mention = await answer(slack, slack.mention("", user=ASKER))
    own = await answer(slack, slack.command("", user=ASKER))
    shared = await answer(slack, slack.click(own, "share"))
    others = await answer(slack, slack.command("", user=OTHER))

    assert NORWEGIAN != ENGLISH
    assert read(own).startswith(ENGLISH)
    assert all(read(post).startswith(NORWEGIAN) for post in (mention, shared, others))


async def test_names_lead_to_people(stage: Stage) -> None:
    """With SLACK_PEOPLE the name of an agent whom the file names leads to their profile, and notifies nobody."""
    slack = stage.slack
    home = await home_after(slack, slack.open_home())
    for post in (
        await answer(slack, slack.command("")),
        await answer(slack, slack.mention("")),
        await home_after(slack, slack.click(home, "show:by_agent")),
    ):
        assert links(post) == {"Ole Hansen": f"https://pretend.slack.com/team/{NORWEGIAN_READER}"}
        assert f"<@{NORWEGIAN_READER}>" not in str(post.blocks)


async def test_other_companies_may_be_told(stage: Stage) -> None:
    """With AUDIENCE=everyone a mention among outsiders is answered to all, and a command's answer can be shared."""
    mention = await answer(stage.slack, stage.slack.mention("", channel="C0PARTNER"))
    command = await answer(stage.slack, stage.slack.command("", channel="C0PARTNER"))
    shared = await answer(stage.slack, stage.slack.click(command, "share"))

    for post in (mention, shared):
        assert (post.channel, post.ephemeral) == ("C0PARTNER", False)
        assert "Anna Berg" in read(post)


async def test_a_closed_topic_is_called_closed(stage: Stage) -> None:
    """A topic that nobody covers outside its opening hours is called closed, as soon as SuperOffice has said so."""
    said = (await stage.bot.ask_until(lambda said: "closed now" in said))[-1]

    assert "Nobody for: Returns (closed now)" in said
    assert "Returns — nobody, closed now" in await stage.bot.ask("topics")
    assert stage.superoffice.count("IsWithinOpeningHours") < 4


def links(post: Post) -> dict[str, str]:
    """Where the words of a post lead."""
    parts: list[dict[str, Any]] = [
        part
        for block in post.blocks
        if block["type"] == "rich_text"
        for line in block["elements"]
        for part in line["elements"]
    ]
    return {part["text"]: part["url"] for part in parts if part["type"] == "link"}
