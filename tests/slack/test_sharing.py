"""“Share to channel”: for everybody in the channel, and never for people of other companies."""

from typing import Any

import pytest

from playground.slack import Post, Slack
from playground.slack_workspace import Channel
from tests.kit.crowd import FakeSource, crowd
from tests.kit.stage import ASKER, OTHER, answer, controls_of, later, read

PRIVATE = "C0PRIVATE"
"""A private channel without the bot, of which Slack says that there is none."""


async def command(slack: Slack, text: str = "", channel: str = "C0SUPPORT") -> Post:
    return (await slack.command(text, channel=channel)).posts[0]


async def share(slack: Slack, post: Post) -> Post:
    return await answer(slack, slack.click(post, "share"))


@pytest.fixture
def unseen(slack: Slack) -> None:
    """People type in the private channel all the same.

    https://docs.slack.dev/reference/methods/conversations.info/#errors
    """
    info = slack._api._methods["conversations.info"]

    def hidden(args: dict[str, Any]) -> dict[str, Any]:
        return info[2](args | {"channel": "C0UNKNOWN"} if args["channel"] == PRIVATE else args)

    slack.channels[PRIVATE] = Channel(PRIVATE, "private", is_private=True, has_bot=False)
    slack._api._methods |= {"conversations.info": (*info[:2], hidden)}


@pytest.mark.parametrize("channel", ["C0SUPPORT", "C0QUIET01"], ids=["with the bot", "without it"])
async def test_sharing_shows_it_to_everybody(workspace: Slack, source: FakeSource, channel: str) -> None:
    """What is shared is a new message for the whole channel, also where the bot is not.

    It is the page that was shown, as it is now, and under the sharer's name, whoever refreshes it.
    """
    source.says = crowd(85)
    page = await answer(workspace, workspace.click(await command(workspace, channel=channel), "show:next"))
    source.says = later(crowd(84))
    post = await share(workspace, page)
    after = await answer(workspace, workspace.click(post, "show:refresh", user=OTHER))

    assert (post.via, post.channel, post.ephemeral, post.user) == ("response_url", channel, False, None)
    assert (post.replaces, page.visible, after.replaces) == (None, True, post)
    for each in (post, after):
        assert "Agents 31–60 of 84" in read(each)
        assert controls_of(each) == ["show:refresh", "show:previous", "show:next"]
        assert f"Shared by <@{ASKER}>" in str(each.blocks)


# --- among outsiders ---


@pytest.mark.usefixtures("unseen")
@pytest.mark.parametrize(
    ("channel", "scope"),
    [("C0PARTNER", ""), (PRIVATE, ""), ("C0SUPPORT", "channels:read")],
    ids=["among outsiders", "where Slack does not tell", "without the scope"],
)
async def test_sharing_is_offered_only_where_it_is_safe(workspace: Slack, channel: str, scope: str) -> None:
    """Where outsiders read along, or Slack does not tell, the asker alone is answered, and nothing can be shared."""
    workspace.scopes.discard(scope)
    post = await command(workspace, channel=channel)

    assert post.ephemeral
    assert "Anna Berg" in read(post)
    assert "share" not in controls_of(post)
