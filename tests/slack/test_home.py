"""The Home tab: by topic, for one person, published when they open it and when they click there."""

import pytest

from bot.presence.query import Numbered, Online
from bot.slack.view_state import ViewState, encode
from playground.slack import Slack
from tests.kit.clock import FakeClock
from tests.kit.crowd import DOWN, FakeSource, crowd
from tests.kit.stage import ASKER, OTHER, STALE_S, Bot, controls_of, home_after, offered, read


async def test_opening_it_shows_who_is_online_by_topic(workspace: Slack, source: FakeSource) -> None:
    """Who opens the Home tab sees there, alone, who is online now by topic, and what can be asked elsewhere."""
    home = await home_after(workspace, workspace.open_home())

    shown = read(home)
    assert "Who's online, by topic" in shown
    assert "Returns — nobody" in shown
    assert "What you can ask" in shown
    assert {"show:topic", "show:by_agent", "show:refresh"} <= set(controls_of(home))
    assert "share" not in controls_of(home)
    assert (list(workspace.homes), workspace.posts, workspace.refused) == ([ASKER], [], [])
    source.says = DOWN
    assert "This is from 14:03" in read(await home_after(workspace, workspace.open_home()))


async def test_opening_its_messages_publishes_nothing(workspace: Slack, bot: Bot, source: FakeSource) -> None:
    """Slack tells of the Messages tab too, by the same event; that asks nothing and shows nothing."""
    event = {"type": "app_home_opened", "user": ASKER, "channel": "D0ASKER01", "tab": "messages"}
    delivery = await workspace.event(event)

    await bot.outbox.drain(5)
    assert delivery.acked
    assert (workspace.homes, workspace.posts, source.calls) == ({}, [], 0)


async def test_clicks_change_it(workspace: Slack, source: FakeSource) -> None:
    """Switch, menu, pages and Refresh change the Home tab for the clicker, with the help below; nothing is posted."""
    source.says = crowd(85, 150)
    home = await home_after(workspace, workspace.open_home())
    topic_7, everybody = encode(ViewState(Numbered(7))), encode(ViewState(Online()))
    for action_id, option, shown in (
        ("show:next", None, "Topics 21–40 of 150"),
        ("show:refresh", None, "Topics 21–40 of 150"),
        ("show:by_agent", None, "Agents 1–30 of 85"),
        ("show:next", None, "Agents 31–60 of 85"),
        ("show:next", None, "Agents 61–85 of 85"),
        ("show:previous", None, "Agents 31–60 of 85"),
        ("show:topic", topic_7, "Who's online: Topic 007"),
        ("show:topic", everybody, "Agents 1–30 of 85"),
    ):
        if option is not None:
            assert offered(await workspace.options(home, "show:topic", "007")) == ["Topic 007"]
        chosen = None if option is None else {"text": {"type": "plain_text", "text": "any"}, "value": option}
        home = await home_after(workspace, workspace.click(home, action_id, selected_option=chosen))
        assert shown in read(home)
        assert "What you can ask" in read(home)

    assert (workspace.refused, workspace.posts) == ([], [])


async def test_a_failure_is_shown_with_a_way_to_try_again(
    workspace: Slack, source: FakeSource, clock: FakeClock
) -> None:
    """Where SuperOffice fails, it says what happened and what to do; its Refresh shows what was asked for before."""
    home = await home_after(workspace, workspace.open_home())
    source.says, team = DOWN, source.says
    clock.advance(STALE_S)
    failed = await home_after(workspace, workspace.click(home, "show:by_agent"))

    shown = read(failed)
    assert "I can't say who is online. SuperOffice is not reachable: it refused the connection." in shown
    assert "What you can ask" in shown
    assert "ConnectError" not in shown
    assert controls_of(failed) == ["show:refresh"]
    source.says = team
    clock.advance(60)
    assert "Anna Berg — free" in read(await home_after(workspace, workspace.click(failed, "show:refresh")))


async def test_a_fault_of_ours_is_an_incident(
    workspace: Slack, source: FakeSource, caplog: pytest.LogCaptureFixture
) -> None:
    """What nobody expected is shown there by its id, and nothing else of it."""
    source.says = RuntimeError("the private details")
    shown = read(await home_after(workspace, workspace.open_home()))

    assert "incident" in shown
    assert "the private details" not in shown
    assert "the private details" in caplog.text


async def test_a_control_of_another_version_shows_it_anew(workspace: Slack) -> None:
    """A Home tab that another version published, whose controls say nothing to this one, is shown anew."""
    button = {"type": "button", "action_id": "old", "text": {"type": "plain_text", "text": "Old"}, "value": "old"}
    workspace.take_home(OTHER, {"type": "home", "blocks": [{"type": "actions", "elements": [button]}]})
    after = await home_after(workspace, workspace.click(workspace.homes[OTHER], "old"), OTHER)

    assert "Who's online, by topic" in read(after)
