"""Buttons and menus: what a click shows, where, and to whom."""

import asyncio
import dataclasses
import json
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from playground.slack import Delivery, Post, Slack
from tests.slack.conftest import (
    DOWN,
    OTHER,
    PROFILES,
    STALE_S,
    TEAM,
    Bot,
    Choices,
    Clock,
    Source,
    a_moment_later,
    built,
    connected,
    controls_of,
    crowd,
    read,
)

Ask = Callable[[Slack, str], Awaitable[Post]]
"""A way to ask, and what comes of it."""

ASKER = "U0ASKER01"
MANY_AGENTS, MANY_TOPICS = 85, 150
FEWER = a_moment_later(dataclasses.replace(TEAM, agents=TEAM.agents[:1]))
"""What SuperOffice says a moment later: Anna alone."""

WITHOUT_RETURNS = a_moment_later(
    dataclasses.replace(TEAM, agents=(*TEAM.agents[:3], *TEAM.agents[4:]), topics=(*TEAM.topics[:2], *TEAM.topics[3:]))
)


async def clicked(slack: Slack, post: Post, action_id: str, **how: Any) -> Post:
    """What came of a click."""
    return await slack.post_after(await slack.click(post, action_id, **how))


async def command(slack: Slack, text: str) -> Post:
    """The answer to a command, for its asker alone."""
    return (await slack.command(text)).posts[0]


async def mention(slack: Slack, text: str) -> Post:
    """The answer to a mention, which everybody sees."""
    return await slack.post_after(await slack.mention(text))


async def direct(slack: Slack, text: str) -> Post:
    """The answer to a direct message."""
    return await slack.post_after(await slack.direct_message(text))


async def shared(slack: Slack, text: str) -> Post:
    """An answer that its asker shared."""
    return await clicked(slack, await command(slack, text), "share")


PLACES: dict[str, Ask] = {"ephemeral": command, "public": mention, "direct": direct, "shared": shared}
place = pytest.mark.parametrize("ask", PLACES.values(), ids=PLACES.keys())


def told_alone(post: Post, clicker: str = ASKER) -> bool:
    """Whether it was said beside the message that was clicked on, and to nobody else."""
    return post.ephemeral and post.user == clicker and post.replaces is None


# --- Refresh ---


@place
async def test_refresh_replaces_the_message(workspace: Slack, source: Source, ask: Ask) -> None:
    """Refresh puts what is so now in the place of the message, for the same people, and keeps its question."""
    before = await ask(workspace, "billing")
    source.says = FEWER
    after = await clicked(workspace, before, "show:refresh")

    assert after.via == "response_url"
    assert (after.replaces, before.visible) == (before, False)
    assert (after.ts, after.thread_ts, after.ephemeral, after.user) == (
        before.ts,
        before.thread_ts,
        before.ephemeral,
        before.user,
    )
    shown = read(after)
    assert "Who's online: Billing" in shown
    assert "1 free · 0 busy · 0 away" in shown
    assert controls_of(after) == controls_of(before)


@place
async def test_refresh_keeps_the_page(workspace: Slack, source: Source, ask: Ask) -> None:
    """Refresh shows the page that was shown, not the first."""
    source.says = crowd(MANY_AGENTS)
    page = await clicked(workspace, await ask(workspace, "all"), "show:next")
    after = await clicked(workspace, page, "show:refresh")

    assert "Agents 31–60 of 85" in read(after)
    assert "Agents 31–60 of 85" in read(await clicked(workspace, after, "show:refresh"))


async def test_refresh_shows_the_last_page_where_its_own_is_gone(workspace: Slack, source: Source) -> None:
    """A page that there is no more gives way to the last one, never to an empty one."""
    source.says = crowd(MANY_AGENTS)
    page = await clicked(workspace, await command(workspace, ""), "show:next")
    source.says = a_moment_later(crowd(3))

    shown = read(await clicked(workspace, page, "show:refresh"))
    assert "Agent 003" in shown
    assert "Agents 31" not in shown


async def test_anybody_may_refresh_what_all_see(workspace: Slack, source: Source) -> None:
    """A click by another person than the asker is served for everybody."""
    before = await mention(workspace, "")
    source.says = FEWER
    after = await clicked(workspace, before, "show:refresh", user=OTHER)

    assert (after.replaces, after.ephemeral) == (before, False)
    assert "Ole Hansen" not in read(after)


async def test_a_refreshed_name_still_leads_to_its_person(workspace: Slack) -> None:
    """The names of those who are known in Slack lead to their profiles, before a click and after it."""
    before = await mention(workspace, "")
    after = await clicked(workspace, before, "show:refresh")

    for post in (before, after):
        assert f'"url": "{PROFILES[4]}"' in json.dumps(post.blocks)


# --- when SuperOffice fails ---


@place
async def test_a_failure_takes_no_place(workspace: Slack, source: Source, clock: Clock, ask: Ask) -> None:
    """Where SuperOffice fails and nothing young is remembered, the message stays, and the clicker alone is told."""
    before = await ask(workspace, "")
    source.says = DOWN
    clock.passes(STALE_S)
    told = await clicked(workspace, before, "show:refresh", user=ASKER)

    assert told_alone(told)
    assert "I can't say who is online. SuperOffice is not reachable" in read(told)
    assert before.visible


@place
async def test_old_data_takes_the_place(workspace: Slack, source: Source, clock: Clock, ask: Ask) -> None:
    """Where SuperOffice fails and something young is remembered, that takes the place, and says first how old it is."""
    before = await ask(workspace, "")
    source.says = DOWN
    clock.passes(240)
    after = await clicked(workspace, before, "show:refresh", user=ASKER)

    assert after.replaces is before
    assert "⚠️ SuperOffice is not reachable: it refused the connection. This is from 14:03, 4 minutes ago." in read(
        after
    )


@place
async def test_a_topic_that_has_vanished_is_told_to_the_clicker_alone(
    workspace: Slack, source: Source, ask: Ask
) -> None:
    """A topic that there is no more takes nothing away from the others: the message stays, the clicker is told."""
    before = await ask(workspace, "returns")
    source.says = WITHOUT_RETURNS
    told = await clicked(workspace, before, "show:refresh", user=ASKER)

    assert told_alone(told)
    assert "No topic matches" in read(told)
    assert before.visible


async def test_who_clicked_in_a_thread_is_told_there(workspace: Slack, source: Source, clock: Clock) -> None:
    """What a clicker alone is told stands where they clicked: in the thread, where it is one.

    A response_url posts beside the thread unless it is told which: https://github.com/slackapi/bolt-js/issues/963
    """
    before = await mention(workspace, "")
    assert before.thread_ts
    source.says = DOWN
    clock.passes(STALE_S)

    assert (await clicked(workspace, before, "show:refresh")).thread_ts == before.thread_ts


async def test_a_fault_of_ours_is_told_to_the_clicker_alone(
    workspace: Slack, source: Source, caplog: pytest.LogCaptureFixture
) -> None:
    """What nobody expected is an incident for the clicker, and leaves the message as it is."""
    before = await mention(workspace, "")
    source.says = RuntimeError("the private details")
    told = await clicked(workspace, before, "show:refresh", user=OTHER)

    assert told_alone(told, OTHER)
    assert "incident" in read(told)
    assert "the private details" not in read(told)
    assert "the private details" in caplog.text
    assert before.visible


@pytest.mark.parametrize("action_id", ["show:refresh", "show:by_topic", "share"])
async def test_a_click_is_acknowledged_at_once(workspace: Slack, source: Source, action_id: str) -> None:
    """A click is acknowledged while SuperOffice has not answered; the answer follows when it has."""
    before = await command(workspace, "")
    source.gate = asyncio.Event()
    delivery = await workspace.click(before, action_id)

    assert delivery.acked
    assert delivery.posts == []
    source.gate.set()
    assert "Who's online" in read(await workspace.post_after(delivery))


# --- old messages ---


@place
async def test_a_click_on_a_message_from_before_a_restart_is_served(
    slack: Slack, client: AsyncWebClient, source: Source, clock: Clock, choices: Choices, bot: Bot, ask: Ask
) -> None:
    """A bot that has just started serves the controls of messages that an earlier one wrote."""
    async with connected(slack, bot.app, client):
        before = await ask(slack, "billing")
    async with built(slack, client, source, clock, choices) as new, connected(slack, new.app, client):
        after = await clicked(slack, before, "show:refresh")

    assert after.replaces is before
    assert "Who's online: Billing" in read(after)


@pytest.mark.parametrize("value", [None, "billing", '{"query": {"kind": "alerts"}}', '{"page": 2}'])
@pytest.mark.parametrize("action_id", ["show:refresh", "show:from_the_future", "share", "board.open"])
async def test_a_control_of_another_version_is_told(workspace: Slack, action_id: str, value: str | None) -> None:
    """A control whose value says nothing to this version gets an answer too: why, for the clicker alone."""
    before = old_message(workspace, {"type": "button", "action_id": action_id} | ({"value": value} if value else {}))
    told = await clicked(workspace, before, action_id, user=OTHER)

    assert told_alone(told, OTHER)
    assert "This message is from another version of me. Please ask again." in read(told)
    assert before.visible


async def test_an_unknown_control_whose_value_is_known_is_served(workspace: Slack) -> None:
    """What counts is what a control says to show, not what an earlier version called it."""
    before = old_message(
        workspace, {"type": "button", "action_id": "refresh_v0", "value": '{"query": {"kind": "all"}}'}
    )
    after = await clicked(workspace, before, "refresh_v0")

    assert after.replaces is before
    assert "Nils Ek — away" in read(after)


def old_message(slack: Slack, element: dict[str, Any]) -> Post:
    """A message of an earlier version with this control."""
    element = {"text": {"type": "plain_text", "text": "Old"}} | element
    body = {"text": "An old message", "blocks": [{"type": "actions", "elements": [element]}]}
    post = slack.take(body, via="chat.postMessage", channel="C0SUPPORT")
    assert isinstance(post, Post)
    return post


# --- the menu of topics, and the switch ---


@pytest.mark.parametrize("ask", [command, mention, direct], ids=["ephemeral", "public", "direct"])
async def test_the_menu_shows_a_topic(workspace: Slack, ask: Ask) -> None:
    """A topic chosen from the menu takes the place of what was shown; "All topics" leads back."""
    before = await ask(workspace, "")
    billing = await clicked(workspace, before, "show:topic", selected_option=option(before, "Billing"))

    assert billing.replaces is before
    assert "Who's online: Billing" in read(billing)
    everybody = await clicked(workspace, billing, "show:topic", selected_option=option(billing, "All topics"))
    assert everybody.replaces is billing
    assert read(everybody) == read(before)


async def test_the_menu_knows_topics_by_their_id(workspace: Slack, source: Source) -> None:
    """A topic that was renamed since the menu was shown is shown by its new name."""
    before = await command(workspace, "")
    topics = tuple(dataclasses.replace(topic, name="Invoices") if topic.id == 1 else topic for topic in TEAM.topics)
    source.says = a_moment_later(dataclasses.replace(TEAM, topics=topics))

    chosen = await clicked(workspace, before, "show:topic", selected_option=option(before, "Billing"))
    assert "Who's online: Invoices" in read(chosen)


async def test_a_choice_that_has_vanished_is_told_to_the_clicker_alone(workspace: Slack, source: Source) -> None:
    """A topic that is gone when it is chosen leaves the message as it is."""
    before = await mention(workspace, "")
    source.says = WITHOUT_RETURNS
    told = await clicked(workspace, before, "show:topic", selected_option=option(before, "Returns"), user=OTHER)

    assert told_alone(told, OTHER)
    assert before.visible


@pytest.mark.parametrize("ask", [command, mention, direct], ids=["ephemeral", "public", "direct"])
async def test_the_switch_goes_both_ways(workspace: Slack, ask: Ask) -> None:
    """By topic, and by agent again, each in the place of the other."""
    before = await ask(workspace, "")
    by_topic = await clicked(workspace, before, "show:by_topic")
    by_agent = await clicked(workspace, by_topic, "show:by_agent")

    assert "Who's online, by topic" in read(by_topic)
    assert (by_topic.replaces, by_agent.replaces) == (before, by_topic)
    assert read(by_agent) == read(before)


async def test_many_topics_are_chosen_by_typing(workspace: Slack, source: Source) -> None:
    """More topics than a menu holds are offered as somebody types, and chosen all the same."""
    source.says = crowd(MANY_AGENTS, MANY_TOPICS)
    before = await command(workspace, "")

    everything = await workspace.options(before, "show:topic", "")
    assert len(options_of(everything)) == 100
    assert options_of(everything)[0] == "All topics"
    some = await workspace.options(before, "show:topic", "PIC 07")
    assert options_of(some) == [f"Topic {n:03}" for n in range(70, 80)]
    assert options_of(await workspace.options(before, "show:topic", "no such")) == []

    offered = (some.body or {})["options"][2]
    chosen = await clicked(workspace, before, "show:topic", selected_option=offered)
    assert "Who's online: Topic 072" in read(chosen)
    assert "Agent 072" in read(chosen)
    back = (everything.body or {})["options"][0]
    assert "Agents 1–30 of 85" in read(await clicked(workspace, chosen, "show:topic", selected_option=back))
    assert workspace.refused == []


async def test_options_are_empty_where_topics_are_not_known(
    workspace: Slack, source: Source, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    """Where SuperOffice fails and nothing young is remembered the menu is empty, and that is no incident."""
    source.says = crowd(MANY_AGENTS, MANY_TOPICS)
    before = await command(workspace, "")
    source.says = DOWN
    clock.passes(STALE_S)

    delivery = await workspace.options(before, "show:topic", "7")
    assert delivery.acked
    assert delivery.body == {"options": []}
    assert not [said for said in caplog.messages if said.startswith("Incident")]


async def test_a_fault_of_ours_leaves_the_menu_empty(
    workspace: Slack, source: Source, caplog: pytest.LogCaptureFixture
) -> None:
    """What nobody expected is an incident in the log, and an answer to Slack all the same."""
    source.says = crowd(MANY_AGENTS, MANY_TOPICS)
    before = await command(workspace, "")
    source.says = RuntimeError("the private details")

    delivery = await workspace.options(before, "show:topic", "7")
    assert delivery.acked
    assert options_of(delivery) == []
    assert [said for said in caplog.messages if said.startswith("Incident")]


async def test_options_are_given_in_time_or_empty(impatient: Slack, source: Source) -> None:
    """A SuperOffice that hangs leaves the menu empty rather than unanswered."""
    source.says = crowd(MANY_AGENTS, MANY_TOPICS)
    before = await mention(impatient, "")
    gate = source.gate = asyncio.Event()

    delivery = await impatient.options(before, "show:topic", "7")
    assert delivery.acked
    assert options_of(delivery) == []
    gate.set()


def option(post: Post, text: str) -> str:
    """The value of a menu's option, by what it says."""
    [found] = [
        each["value"]
        for block in post.blocks
        for element in block.get("elements", [])
        for each in element.get("options", [])
        if each["text"]["text"] == text
    ]
    return str(found)


def options_of(delivery: Delivery) -> list[str]:
    """What a menu was offered."""
    return [each["text"]["text"] for each in (delivery.body or {}).get("options", [])]


# --- pages ---


@place
async def test_pages_are_turned_where_they_are(workspace: Slack, source: Source, ask: Ask) -> None:
    """Next, Next, Previous and Refresh show each page in the place of the one before it; the ends have one way each."""
    source.says = crowd(MANY_AGENTS)
    post = await ask(workspace, "")
    assert "Agents 1–30 of 85" in read(post)
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

    assert workspace.refused == []


async def test_pages_by_topic_are_turned_too(workspace: Slack, source: Source) -> None:
    """The list by topic has pages as well; the switch begins at the first."""
    source.says = crowd(MANY_AGENTS, 45)
    post = await clicked(workspace, await command(workspace, "topics"), "show:next")
    assert "Topics 21–40 of 45" in read(post)

    assert "Agents 1–30 of 85" in read(await clicked(workspace, post, "show:by_agent"))


async def test_every_agent_is_on_one_page(workspace: Slack, source: Source) -> None:
    """The pages together show everybody once."""
    source.says = crowd(MANY_AGENTS)
    post = await command(workspace, "")
    seen = read(post)
    while "show:next" in controls_of(post):
        post = await clicked(workspace, post, "show:next")
        seen += read(post)

    assert [seen.count(f"Agent {n:03} ") for n in range(1, MANY_AGENTS + 1)] == [1] * MANY_AGENTS


# --- among outsiders ---


async def test_a_click_shows_no_names_to_outsiders(workspace: Slack) -> None:
    """A message from before its channel was shared with another company is not brought up to date for them."""
    before = await mention(workspace, "billing")
    workspace.channels["C0SUPPORT"].is_ext_shared = True
    told = await clicked(workspace, before, "show:by_topic", user="U0STRANG1")

    assert told_alone(told, "U0STRANG1")
    assert "Ole Hansen" not in read(told)
