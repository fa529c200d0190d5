"""“Share to channel”: for everybody in the channel, and never for people of other companies."""

import dataclasses
from typing import Any

import pytest

from playground.slack import Delivery, Post, Slack
from playground.slack_workspace import Channel
from tests.slack.conftest import (
    DOWN,
    OTHER,
    STALE_S,
    TEAM,
    Choices,
    Clock,
    Source,
    a_moment_later,
    controls_of,
    crowd,
    read,
)

ASKER = "U0ASKER01"
PRIVATE = Channel("C0PRIVATE", "private", is_private=True, has_bot=False)
EXTERNALLY = pytest.mark.parametrize("choices", [Choices(share_externally=True)], ids=["share_externally"])


@pytest.fixture
def unseen(slack: Slack, monkeypatch: pytest.MonkeyPatch) -> None:
    """A private channel without the bot, of which Slack says that there is none.

    https://docs.slack.dev/reference/methods/conversations.info/#errors
    """
    slack.channels[PRIVATE.id] = PRIVATE
    kind, scope, info = slack._api._methods["conversations.info"]
    hidden = {"channel": "C0UNKNOWN"}
    methods = slack._api._methods | {
        "conversations.info": (kind, scope, lambda args: info(hidden if args["channel"] == PRIVATE.id else args))
    }
    monkeypatch.setattr(slack._api, "_methods", methods)


async def command(slack: Slack, text: str = "", channel: str = "C0SUPPORT") -> Post:
    return (await slack.command(text, channel=channel)).posts[0]


async def share(slack: Slack, post: Post, **how: Any) -> tuple[Delivery, Post]:
    delivery = await slack.click(post, "share", **how)
    return delivery, await slack.post_after(delivery)


async def test_sharing_shows_it_to_everybody(workspace: Slack) -> None:
    """What is shared is a new message for the whole channel, under the name of who shared it."""
    before = await command(workspace, "billing")
    _, post = await share(workspace, before)

    assert (post.via, post.channel, post.ephemeral, post.user) == ("response_url", "C0SUPPORT", False, None)
    assert post.replaces is None
    assert before.visible
    shown = read(post)
    assert "Who's online: Billing" in shown
    assert f"Shared by <@{ASKER}>" in str(post.blocks)
    assert controls_of(post) == ["show:refresh"]


async def test_sharing_needs_no_membership(workspace: Slack) -> None:
    """It works in a channel without the bot too, where it could not post by itself."""
    _, post = await share(workspace, await command(workspace, channel="C0QUIET01"))

    assert (post.channel, post.ephemeral) == ("C0QUIET01", False)
    assert "Anna Berg" in read(post)


async def test_what_is_shared_is_of_now(workspace: Slack, source: Source) -> None:
    """What is shared is the page that was shown, as it is when it is shared."""
    source.says = crowd(85)
    page = await workspace.post_after(await workspace.click(await command(workspace), "show:next"))
    source.says = a_moment_later(crowd(84))
    _, post = await share(workspace, page)

    assert "Agents 31–60 of 84" in read(post)
    assert controls_of(post) == ["show:refresh", "show:previous", "show:next"]


async def test_others_keep_the_sharers_name(workspace: Slack) -> None:
    """Whoever refreshes a shared roster, it stays the sharer's."""
    _, post = await share(workspace, await command(workspace))
    after = await workspace.post_after(await workspace.click(post, "show:refresh", user=OTHER))

    assert after.replaces is post
    assert f"Shared by <@{ASKER}>" in str(after.blocks)
    assert OTHER not in str(after.blocks)


@pytest.mark.parametrize("kind", ["mention", "direct_message"])
async def test_there_is_nothing_to_share_where_all_see_it(workspace: Slack, kind: str) -> None:
    """Neither a channel's own answer nor a direct message offers to be shared."""
    post = await workspace.post_after(await getattr(workspace, kind)(""))

    assert "show:refresh" in controls_of(post)
    assert "share" not in controls_of(post)


# --- among outsiders ---


async def test_sharing_is_not_offered_among_outsiders(workspace: Slack) -> None:
    """Where people of other companies read along, a roster cannot be shared."""
    assert "share" not in controls_of(await command(workspace, channel="C0PARTNER"))


async def test_sharing_among_outsiders_is_refused(workspace: Slack, clock: Clock) -> None:
    """A button from before a channel was shared with another company shows nothing there: the clicker is told why."""
    before = await command(workspace)
    assert "share" in controls_of(before)
    workspace.channels["C0SUPPORT"].is_ext_shared = True
    clock.passes(301)
    _, post = await share(workspace, before)

    assert (post.ephemeral, post.user) == (True, ASKER)
    assert "I can't tell that only people of your company are in this channel" in read(post)
    assert "Anna Berg" not in read(post)


async def test_an_invited_company_counts_too(workspace: Slack, monkeypatch: pytest.MonkeyPatch) -> None:
    """A channel to which another company has been invited is not the company's own any more."""
    kind, scope, info = workspace._api._methods["conversations.info"]

    def invited(args: dict[str, Any]) -> dict[str, Any]:
        return {"channel": info(args)["channel"] | {"is_pending_ext_shared": True}}

    methods = workspace._api._methods | {"conversations.info": (kind, scope, invited)}
    monkeypatch.setattr(workspace._api, "_methods", methods)

    assert "share" not in controls_of(await command(workspace))


@pytest.mark.usefixtures("unseen")
async def test_sharing_is_not_offered_where_slack_does_not_tell(workspace: Slack) -> None:
    """In a private channel without the bot Slack does not tell who reads along, so nothing can be shared."""
    post = await command(workspace, channel=PRIVATE.id)

    assert "Anna Berg" in read(post)
    assert "share" not in controls_of(post)


async def test_sharing_is_refused_where_slack_does_not_tell(workspace: Slack, clock: Clock) -> None:
    """A button from before the bot lost the scope to ask who reads along shows nothing there."""
    before = await command(workspace)
    workspace.scopes.discard("channels:read")
    clock.passes(301)
    _, post = await share(workspace, before)

    assert (post.ephemeral, post.user) == (True, ASKER)
    assert "Anna Berg" not in read(post)


async def test_sharing_is_not_offered_without_the_scope(slack: Slack, workspace: Slack) -> None:
    """An installation from before the scope was asked for still answers, and shares nothing."""
    slack.scopes.discard("channels:read")
    post = await command(workspace)

    assert "Anna Berg" in read(post)
    assert "share" not in controls_of(post)


@EXTERNALLY
@pytest.mark.usefixtures("unseen")
@pytest.mark.parametrize("channel", ["C0PARTNER", PRIVATE.id])
async def test_sharing_externally_is_a_choice(workspace: Slack, channel: str) -> None:
    """With share_externally a roster can be shared everywhere, and Slack is not asked who reads along."""
    _, post = await share(workspace, await command(workspace, channel=channel))

    assert (post.channel, post.ephemeral) == (channel, False)
    assert "Anna Berg" in read(post)
    assert "conversations.info" not in [call.method for call in workspace.calls]


# --- when it cannot be had ---


async def test_a_failure_is_not_shared(workspace: Slack, source: Source, clock: Clock) -> None:
    """Where SuperOffice fails and nothing young is remembered, nothing is posted, and the clicker alone is told."""
    before = await command(workspace)
    source.says = DOWN
    clock.passes(STALE_S)
    _, post = await share(workspace, before)

    assert (post.ephemeral, post.user) == (True, ASKER)
    assert "SuperOffice is not reachable" in read(post)


async def test_a_topic_that_has_vanished_is_not_shared(workspace: Slack, source: Source) -> None:
    """Where the topic is gone meanwhile there is nothing to share, and the clicker alone is told."""
    before = await command(workspace, "vip")
    source.says = a_moment_later(dataclasses.replace(TEAM, topics=TEAM.topics[:3]))
    _, post = await share(workspace, before)

    assert (post.ephemeral, post.user) == (True, ASKER)
    assert "No topic matches" in read(post)


async def test_old_data_is_shared_with_its_age(workspace: Slack, source: Source, clock: Clock) -> None:
    """A remembered roster can be shared, and says to everybody first how old it is."""
    before = await command(workspace)
    source.says = DOWN
    clock.passes(240)
    _, post = await share(workspace, before)

    assert not post.ephemeral
    assert "This is from 14:03, 4 minutes ago." in read(post)
