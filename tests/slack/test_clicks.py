"""Buttons and menus: what a click shows, where, and to whom."""

import dataclasses
import json
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from playground.slack import Post, Slack
from tests.kit.clock import FakeClock
from tests.kit.crowd import DOWN, TEAM, FakeSource, crowd
from tests.kit.stage import (
    ASKER,
    OTHER,
    PROFILES,
    STALE_S,
    Bot,
    Choices,
    answer,
    built,
    controls_of,
    later,
    offered,
    option_of,
    reached,
    read,
)

Ask = Callable[[Slack, str], Awaitable[Post]]
"""A way to ask, and what comes of it."""

MANY_AGENTS, MANY_TOPICS = 85, 150
WITHOUT_RETURNS = later(TEAM, agents=(*TEAM.agents[:3], *TEAM.agents[4:]), topics=(*TEAM.topics[:2], *TEAM.topics[3:]))


async def clicked(slack: Slack, post: Post, action_id: str, **how: Any) -> Post:
    """What came of a click."""
    return await answer(slack, slack.click(post, action_id, **how))


async def command(slack: Slack, text: str) -> Post:
    """The answer to a command, for its asker alone."""
    return (await slack.command(text)).posts[0]


async def mention(slack: Slack, text: str) -> Post:
    """The answer to a mention, which everybody sees."""
    return await answer(slack, slack.mention(text))


async def direct(slack: Slack, text: str) -> Post:
    """The answer to a direct message."""
    return await answer(slack, slack.direct_message(text))


async def shared(slack: Slack, text: str) -> Post:
    """An answer that its asker shared."""
    return await clicked(slack, await command(slack, text), "share")


PLACES: dict[str, Ask] = {"ephemeral": command, "public": mention, "direct": direct, "shared": shared}
place = pytest.mark.parametrize("ask", PLACES.values(), ids=PLACES.keys())


def told_alone(post: Post, clicker: str = ASKER) -> bool:
    """Whether it was said beside the message that was clicked on, and to nobody else."""
    return post.ephemeral and post.user == clicker and post.replaces is None


# --- Refresh and pages ---


@place
async def test_refresh_replaces_the_message(workspace: Slack, source: FakeSource, ask: Ask) -> None:
    """Refresh puts what is so now in the place of the message, for the same people, and keeps its question.

    Anybody may refresh what all see. Names of those who are known in Slack still lead to their profiles.
    """
    before = await ask(workspace, "orders")
    source.says = later(TEAM, agents=TEAM.agents[1:2])
    after = await clicked(workspace, before, "show:refresh", user=OTHER if ask in (mention, shared) else ASKER)

    def stand(post: Post) -> tuple[object, ...]:
        return post.ts, post.thread_ts, post.ephemeral, post.user

    assert (after.via, after.replaces, before.visible) == ("response_url", before, False)
    assert stand(after) == stand(before)
    assert "Who's online: Orders" in read(after)
    assert "1 free · 0 busy · 0 away" in read(after)
    assert controls_of(after) == controls_of(before)
    for post in (before, after):
        assert f'"url": "{PROFILES[4]}"' in json.dumps(post.blocks)


@place
async def test_pages_are_turned_where_they_are(workspace: Slack, source: FakeSource, ask: Ask) -> None:
    """Next, Previous and Refresh show each page in the place of the one before it; the ends have one way each.

    The pages together show everybody once. A page that there is no more gives way to the last one.
    """
    source.says = crowd(MANY_AGENTS)
    post = await ask(workspace, "")
    seen = read(post)
    assert "Agents 1–30 of 85" in seen
    assert "show:previous" not in controls_of(post)
    for action_id, shown in (
        ("show:next", "Agents 31–60 of 85"),
        ("show:next", "Agents 61–85 of 85"),
        ("show:previous", "Agents 31–60 of 85"),
        ("show:refresh", "Agents 31–60 of 85"),
    ):
        before, post = post, await clicked(workspace, post, action_id)
        assert shown in read(post)
        assert post.replaces is before
        assert ("show:next" in controls_of(post)) == ("61–85" not in shown)
        seen += read(post) if action_id == "show:next" else ""

    assert [seen.count(f"Agent {n:03} ") for n in range(1, MANY_AGENTS + 1)] == [1] * MANY_AGENTS
    source.says = later(crowd(3))
    last = read(await clicked(workspace, post, "show:refresh"))
    assert "Agent 003" in last
    assert "Agents 31" not in last
    assert workspace.refused == []


@pytest.mark.parametrize("action_id", ["show:refresh", "show:by_topic", "share"])
async def test_a_click_is_acknowledged_at_once(workspace: Slack, source: FakeSource, action_id: str) -> None:
    """A click is acknowledged while SuperOffice has not answered; the answer follows when it has."""
    before = await command(workspace, "")
    source.gate.clear()
    delivery = await workspace.click(before, action_id)

    assert delivery.acked
    assert delivery.posts == []
    source.gate.set()
    assert "Who's online" in read(await workspace.post_after(delivery))


# --- what takes no place ---


@place
async def test_what_is_no_answer_takes_no_place(
    workspace: Slack, source: FakeSource, clock: FakeClock, caplog: pytest.LogCaptureFixture, ask: Ask
) -> None:
    """Old data takes the place, with its age first. What is no answer does not: the clicker alone is told.

    That is a topic that is gone, a failure of SuperOffice, and a fault of ours. A response_url posts beside the thread
    unless it is told which: https://github.com/slackapi/bolt-js/issues/963
    """
    before = await ask(workspace, "returns")
    source.says = DOWN
    clock.advance(240)
    old = await clicked(workspace, before, "show:refresh", user=ASKER)
    assert old.replaces is before
    stale = "⚠️ SuperOffice is not reachable: it refused the connection. This is from 14:03, 4 minutes ago."
    assert stale in read(old)

    for says, told, passes_s in (
        (DOWN, "I can't say who is online. SuperOffice is not reachable", STALE_S),
        (WITHOUT_RETURNS, "No topic matches", 60),
        (RuntimeError("the private details"), "incident", 0),
    ):
        source.says = says
        clock.advance(passes_s)
        post = await clicked(workspace, old, "show:refresh", user=ASKER)
        assert told_alone(post)
        assert told in read(post)
        assert "the private details" not in read(post)
        assert post.thread_ts == before.thread_ts
        assert old.visible
    assert "the private details" in caplog.text


@place
async def test_names_that_are_missing_take_no_place_of_everybodys(
    workspace: Slack, source: FakeSource, ask: Ask
) -> None:
    """While SuperOffice's list is missing, a topic's name gets everybody, in the place of what one person sees alone.

    What others see too keeps its topic: the clicker alone is told.
    """
    before = await ask(workspace, "returns")
    source.says = later(crowd(MANY_AGENTS), names_known=False)
    after = await clicked(workspace, before, "show:refresh", user=ASKER)

    assert "I can't look up “returns” just now" in read(after)
    assert "Agents 1–30 of 85" in read(after)
    assert "share" not in controls_of(after)
    if ask in (command, direct):
        assert after.replaces is before
    else:
        assert told_alone(after)
    assert "Agents 31–60 of 85" in read(await clicked(workspace, after, "show:next", user=ASKER))


# --- old messages ---


@place
async def test_a_click_on_a_message_from_before_a_restart_is_served(
    slack: Slack, source: FakeSource, clock: FakeClock, choices: Choices, bot: Bot, ask: Ask
) -> None:
    """A bot that has just started serves the controls of messages that an earlier one wrote."""
    async with reached(bot, "socket"):
        before = await ask(slack, "billing")
    async with built(slack, source, clock, choices) as new, reached(new, "socket"):
        after = await clicked(slack, before, "show:refresh")

    assert after.replaces is before
    assert "Who's online: Billing" in read(after)


def old_message(slack: Slack, action_id: str, value: str | None) -> Post:
    """A message of another version with this button."""
    button = {"type": "button", "action_id": action_id, "text": {"type": "plain_text", "text": "Old"}}
    button |= {} if value is None else {"value": value}
    body = {"text": "An old message", "blocks": [{"type": "actions", "elements": [button]}]}
    post = slack.take(body, via="chat.postMessage", channel="C0SUPPORT")
    assert isinstance(post, Post)
    return post


@pytest.mark.parametrize("value", [None, "billing", '{"v": 2}'])
@pytest.mark.parametrize("action_id", ["show:refresh", "show:from_the_future", "share", "board.open"])
async def test_a_control_of_another_version_is_told(workspace: Slack, action_id: str, value: str | None) -> None:
    """A control whose value says nothing to this version gets an answer too: why, for the clicker alone."""
    before = old_message(workspace, action_id, value)
    told = await clicked(workspace, before, action_id, user=OTHER)

    assert told_alone(told, OTHER)
    assert "This message is from another version of me. Please ask again." in read(told)
    assert before.visible


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ('{"query": {"kind": "all"}}', "Nils Ek — away"),
        ('{"v": 1, "show": "all"}', "Nils Ek — away"),
        ('{"query":{"kind":"topic","words":"#2"}}', "Who's online: Orders"),
    ],
)
async def test_an_unknown_control_whose_value_is_known_is_served(workspace: Slack, value: str, shown: str) -> None:
    """What counts is what a control says to show, in each format that was ever sent, and not what it was called."""
    before = old_message(workspace, "refresh_v0", value)
    after = await clicked(workspace, before, "refresh_v0")

    assert after.replaces is before
    assert shown in read(after)


# --- the menu of topics, and the switch ---


@pytest.mark.parametrize("ask", [command, mention, direct], ids=["ephemeral", "public", "direct"])
async def test_the_menu_and_the_switch_lead_there_and_back(workspace: Slack, ask: Ask) -> None:
    """A topic from the menu, or the list by topic, takes the place of what was shown; there is a way back."""
    before = await ask(workspace, "")
    billing = await clicked(workspace, before, "show:topic", selected_option=option_of(before, "Billing"))
    everybody = await clicked(workspace, billing, "show:topic", selected_option=option_of(billing, "All topics"))
    by_topic = await clicked(workspace, everybody, "show:by_topic")
    by_agent = await clicked(workspace, by_topic, "show:by_agent")

    assert "Who's online: Billing" in read(billing)
    assert "Who's online, by topic" in read(by_topic)
    shown = [before, billing, everybody, by_topic, by_agent]
    assert [post.replaces for post in shown[1:]] == shown[:-1]
    assert read(before) == read(everybody) == read(by_agent)


async def test_the_menu_knows_topics_by_their_id(workspace: Slack, source: FakeSource) -> None:
    """A topic that was renamed since the menu was shown is shown by its new name; of one that is gone, that is said."""
    before = await mention(workspace, "")
    renamed = (dataclasses.replace(TEAM.topics[0], name="Invoices"), *TEAM.topics[1:])
    source.says = later(WITHOUT_RETURNS, topics=tuple(topic for topic in renamed if topic.id != 3))

    told = await clicked(workspace, before, "show:topic", selected_option=option_of(before, "Returns"), user=OTHER)
    assert told_alone(told, OTHER)
    assert before.visible
    chosen = await clicked(workspace, before, "show:topic", selected_option=option_of(before, "Billing"))
    assert "Who's online: Invoices" in read(chosen)


async def test_many_topics_are_chosen_by_typing(workspace: Slack, source: FakeSource) -> None:
    """More topics than a menu holds are offered as somebody types, and chosen all the same."""
    source.says = crowd(MANY_AGENTS, MANY_TOPICS)
    before = await command(workspace, "")

    everything = await workspace.options(before, "show:topic", "")
    assert len(offered(everything)) == 100
    assert offered(everything)[0] == "All topics"
    some = await workspace.options(before, "show:topic", "PIC 07")
    assert offered(some) == [f"Topic {n:03}" for n in range(70, 80)]
    assert offered(await workspace.options(before, "show:topic", "no such")) == []

    one, all_topics = (some.body or {})["options"][2], (everything.body or {})["options"][0]
    chosen = await clicked(workspace, before, "show:topic", selected_option=one)
    assert "Who's online: Topic 072" in read(chosen)
    assert "Agent 072" in read(chosen)
    assert "Agents 1–30 of 85" in read(await clicked(workspace, chosen, "show:topic", selected_option=all_topics))
    assert workspace.refused == []


UNKNOWN = ["Topics not available just now"]


async def test_a_menu_says_where_topics_are_not_known(
    workspace: Slack, source: FakeSource, clock: FakeClock, caplog: pytest.LogCaptureFixture
) -> None:
    """Where topics are not known the menu says so, and no word of it is called wrong; that leads to everybody.

    That is while SuperOffice fails, or has not given its list. A fault of ours is an incident, and an empty menu.
    """
    source.says = crowd(MANY_AGENTS, MANY_TOPICS)
    before = await command(workspace, "")
    nameless = later(crowd(MANY_AGENTS, 5), names_known=False)
    for says, options, incidents in (
        (DOWN, UNKNOWN, 0),
        (nameless, UNKNOWN, 0),
        (RuntimeError("the private details"), [], 1),
    ):
        source.says = says
        clock.advance(STALE_S)
        delivery = await workspace.options(before, "show:topic", "7")
        assert delivery.acked
        assert offered(delivery) == options
        assert [said.startswith("Incident") for said in caplog.messages].count(True) == incidents


@pytest.mark.parametrize("choices", [Choices(ack_s=0)], ids=["hurried"])
async def test_options_are_given_in_time(workspace: Slack, source: FakeSource) -> None:
    """Where SuperOffice hangs, the menu says that topics are not known, rather than nothing."""
    source.says = crowd(MANY_AGENTS, MANY_TOPICS)
    before = await mention(workspace, "")
    source.gate.clear()

    delivery = await workspace.options(before, "show:topic", "7")
    assert (delivery.acked, offered(delivery)) == (True, UNKNOWN)
    source.gate.set()
