"""The Home tab: by topic, for one person, published when they open it and when they click there."""

import asyncio

import pytest

from playground.slack import Slack
from playground.slack_workspace import Channel, Person
from tests.slack.conftest import DOWN, OTHER, STALE_S, Bot, Choices, Clock, Source, controls_of, crowd, home_after, read

ASKER = "U0ASKER01"
COLLEAGUES = 300


async def test_opening_it_shows_who_is_online_by_topic(workspace: Slack) -> None:
    """Who opens the Home tab sees there, alone, who is online by topic, and what can be asked elsewhere."""
    delivery = await workspace.open_home()
    home = await home_after(workspace)

    shown = read(home)
    assert "Who's online, by topic" in shown
    assert "Returns — nobody" in shown
    assert "What you can ask" in shown
    assert {"show:topic", "show:by_agent", "show:refresh"} <= set(controls_of(home))
    assert "share" not in controls_of(home)
    assert delivery.acked
    assert (list(workspace.homes), workspace.posts, workspace.refused) == ([ASKER], [], [])


async def test_opening_its_messages_publishes_nothing(workspace: Slack, bot: Bot, source: Source) -> None:
    """Slack tells of the Messages tab too, by the same event; that asks nothing and shows nothing."""
    event = {"type": "app_home_opened", "user": ASKER, "channel": "D0ASKER01", "tab": "messages"}
    delivery = await workspace.event(event)

    await bot.replies.drain(5)
    assert delivery.acked
    assert (workspace.homes, workspace.posts, source.asked) == ({}, [], 0)


async def test_opening_it_again_is_of_now(workspace: Slack, source: Source) -> None:
    """Each opening shows what is so then."""
    await workspace.open_home()
    first = await home_after(workspace)
    source.says = DOWN
    await workspace.open_home()

    assert "This is from 14:03" in read(await home_after(workspace, first))


@pytest.mark.parametrize("choices", [Choices(fresh_s=5)], ids=["as shipped"])
async def test_a_crowd_costs_one_question(workspace: Slack, source: Source) -> None:
    """However many open it at once, each gets a Home tab of their own, and SuperOffice is asked once."""
    people = [f"U0CROWD{n:03}" for n in range(COLLEAGUES)]
    workspace.people |= {user: Person(user, user) for user in people}
    workspace.channels |= {f"D{user[1:]}": Channel(f"D{user[1:]}", "directmessage", person=user) for user in people}
    opened = await asyncio.gather(*(workspace.open_home(user) for user in people))
    await workspace.until(lambda: len(workspace.homes) == COLLEAGUES, timeout_s=30)

    assert source.asked == 1
    assert all(delivery.acked for delivery in opened)
    assert set(workspace.homes) == set(people)


@pytest.mark.parametrize(
    ("action_id", "shown"), [("show:by_agent", "Anna Berg — free"), ("show:refresh", "Who's online, by topic")]
)
async def test_a_click_on_it_publishes_it_again(workspace: Slack, action_id: str, shown: str) -> None:
    """A click on the Home tab changes it for the clicker, with the help below, and posts nothing anywhere."""
    await workspace.open_home()
    before = await home_after(workspace)
    delivery = await workspace.click(before, action_id)
    after = await home_after(workspace, before)

    assert delivery.acked
    assert shown in read(after)
    assert "What you can ask" in read(after)
    assert workspace.posts == []


async def test_it_shows_a_topic(workspace: Slack) -> None:
    """The menu on the Home tab leads to a topic and, by "All topics", back to everybody."""
    await workspace.open_home()
    before = await home_after(workspace)
    await workspace.click(before, "show:topic", selected_option='{"query":{"kind":"topic","words":"#1"}}')
    billing = await home_after(workspace, before)
    assert "Who's online: Billing" in read(billing)

    await workspace.click(billing, "show:topic", selected_option='{"query":{"kind":""}}')
    assert "Ole Hansen" in read(await home_after(workspace, billing))


async def test_it_has_pages(workspace: Slack, source: Source) -> None:
    """The pages of the Home tab are turned there, and Refresh stays on its page."""
    source.says = crowd(85, 150)
    await workspace.open_home()
    home = await home_after(workspace)
    for action_id, shown in (
        ("show:next", "Topics 21–40 of 150"),
        ("show:refresh", "Topics 21–40 of 150"),
        ("show:by_agent", "Agents 1–30 of 85"),
        ("show:next", "Agents 31–60 of 85"),
        ("show:next", "Agents 61–85 of 85"),
        ("show:previous", "Agents 31–60 of 85"),
    ):
        await workspace.click(home, action_id)
        home = await home_after(workspace, home)
        assert shown in read(home)

    offered = await workspace.options(home, "show:topic", "041")
    assert [each["text"]["text"] for each in (offered.body or {})["options"]] == ["Topic 041"]
    assert workspace.refused == []


async def test_a_click_is_acknowledged_at_once(workspace: Slack, source: Source) -> None:
    """A click on the Home tab is acknowledged while SuperOffice has not answered."""
    await workspace.open_home()
    before = await home_after(workspace)
    source.gate = asyncio.Event()
    delivery = await workspace.click(before, "show:refresh")

    assert delivery.acked
    assert workspace.homes[ASKER] is before
    source.gate.set()
    await home_after(workspace, before)


async def test_a_failure_is_shown_with_a_way_to_try_again(workspace: Slack, source: Source) -> None:
    """Where SuperOffice fails, the Home tab says what happened and what to do, with a Refresh that tries again."""
    source.says = DOWN
    await workspace.open_home()
    failed = await home_after(workspace)

    shown = read(failed)
    assert "I can't say who is online. SuperOffice is not reachable: it refused the connection." in shown
    assert "What you can ask" in shown
    assert "ConnectError" not in shown
    assert controls_of(failed) == ["show:refresh"]


async def test_trying_again_shows_what_was_asked_for(workspace: Slack, source: Source, clock: Clock) -> None:
    """The Refresh of a failure shows what was asked for before, once SuperOffice answers."""
    await workspace.open_home()
    home = await home_after(workspace)
    source.says, team = DOWN, source.says
    clock.passes(STALE_S)
    await workspace.click(home, "show:by_agent")
    failed = await home_after(workspace, home)
    assert "SuperOffice is not reachable" in read(failed)
    source.says = team
    clock.passes(60)
    await workspace.click(failed, "show:refresh")

    assert "Anna Berg — free" in read(await home_after(workspace, failed))


async def test_a_topic_that_has_vanished_is_told_there(workspace: Slack, source: Source) -> None:
    """A topic that there is no more is told of on the Home tab itself, which still has its menu."""
    await workspace.open_home()
    before = await home_after(workspace)
    source.says = crowd(3, 2)
    await workspace.click(before, "show:topic", selected_option='{"query":{"kind":"topic","words":"#4"}}')
    after = await home_after(workspace, before)

    assert "No topic matches" in read(after)
    assert "show:topic" in controls_of(after)


async def test_a_fault_of_ours_is_an_incident(
    workspace: Slack, source: Source, caplog: pytest.LogCaptureFixture
) -> None:
    """What nobody expected is shown there by its id, and nothing else of it."""
    source.says = RuntimeError("the private details")
    await workspace.open_home()
    shown = read(await home_after(workspace))

    assert "incident" in shown
    assert "the private details" not in shown
    assert "the private details" in caplog.text


async def test_a_control_of_another_version_shows_it_anew(workspace: Slack) -> None:
    """A Home tab that an earlier version published, whose controls say nothing to this one, is shown anew."""
    button = {"type": "button", "action_id": "old", "text": {"type": "plain_text", "text": "Old"}, "value": "old"}
    workspace.take_home(OTHER, {"type": "home", "blocks": [{"type": "actions", "elements": [button]}]})
    old = workspace.homes[OTHER]
    await workspace.click(old, "old")

    assert "Who's online, by topic" in read(await home_after(workspace, old, user=OTHER))
