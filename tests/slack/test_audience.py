"""Who may see staff names: every kind of person, place and action, and whatever Slack says, also nothing."""

import dataclasses
from collections.abc import AsyncIterator
from typing import Final

import pytest

from bot.slack.audience import Level
from playground.slack import Delivery, Post, Slack
from playground.slack_workspace import PARTNER_TEAM, Channel, Person
from tests.kit.clock import FakeClock
from tests.kit.crowd import FakeSource
from tests.kit.stage import ASKER, AT_ONCE_S, GUEST, Bot, Choices, answer, home_after, read

ORGANISATION, SISTER_TEAM = "E0PRETEND", "T0SISTER1"

PEOPLE: Final = {
    "a member": Person("U1", "Mia"),
    "a colleague in another workspace": Person("U1", "Cleo", team=SISTER_TEAM, enterprise=ORGANISATION),
    "a guest": Person("U1", "Gina", is_guest=True),
    "a guest of one channel": Person("U1", "Sina", is_single_channel_guest=True),
    "a guest in another workspace": Person("U1", "Gus", team=SISTER_TEAM, enterprise=ORGANISATION, is_guest=True),
    "a person of another company": Person("U1", "Sven", team=PARTNER_TEAM),
    "a person of another organisation": Person("U1", "Otto", team=PARTNER_TEAM, enterprise="E0PARTNER"),
    "somebody of whom Slack does not tell": Person("U1", "Nemo", is_hidden=True),
}
MEMBERS, GUESTS, OUTSIDERS = tuple(PEOPLE)[:2], tuple(PEOPLE)[2:5], tuple(PEOPLE)[5:7]

CHANNELS: Final = {
    "the company's own": Channel("C1OWN", "own"),
    "a private one": Channel("C2PRIVATE", "private", is_private=True),
    "shared in the organisation": Channel("C3ORG", "org", is_org_shared=True),
    "shared": Channel("C4SHARED", "shared", is_ext_shared=True),
    "to be shared": Channel("C5SOON", "soon", is_pending_ext_shared=True),
    "shared in both ways": Channel("C6BOTH", "both", is_ext_shared=True, is_org_shared=True),
    "a group direct message": Channel("C7GROUP", "mpdm", is_group_dm=True),
}
OWN, SHARED = tuple(CHANNELS)[:3], tuple(CHANNELS)[3:6]

NAMES, TO_MEMBERS = "Anna Berg", "I show who is online to full members of this workspace only"
TO_COMPANY, WHO_ARE_YOU = "only to people of the company that I work for", "Slack didn't tell me who you are"
AMONG_OTHERS, WHO_IS_HERE = "This channel is shared with another company", "I can't tell whether people of other"
SAID: Final = (NAMES, TO_MEMBERS, TO_COMPANY, WHO_ARE_YOU, AMONG_OTHERS, WHO_IS_HERE)
"""What is shown: names, or one of the reasons why not."""


def seen_by(person: str, level: Level) -> str:
    """What a person is shown where they alone see it."""
    if level is Level.EVERYONE or person in MEMBERS or (person in GUESTS and level is Level.GUESTS):
        return NAMES
    return TO_MEMBERS if person in GUESTS else TO_COMPANY if person in OUTSIDERS else WHO_ARE_YOU


def seen_in(channel: str, person: str, level: Level) -> str:
    """What is shown where everybody in a channel sees it; a reason why not is for the person alone."""
    alone = seen_by(person, level)
    if alone != NAMES or level is Level.EVERYONE or channel in OWN:
        return alone
    return AMONG_OTHERS if channel in SHARED else WHO_IS_HERE


def said(post: Post) -> str:
    """Which of these a post says. Fails unless it is exactly one."""
    [found] = [each for each in SAID if each in read(post)]
    return found


@pytest.fixture
async def company(workspace: Slack) -> AsyncIterator[Slack]:
    """A workspace with all these channels. Nothing that Slack is sent is refused."""
    workspace.channels |= {each.id: dataclasses.replace(each) for each in CHANNELS.values()}
    workspace.channels["D1"] = Channel("D1", "directmessage", person="U1")
    yield workspace
    assert workspace.refused == []


@pytest.fixture
def slack(slack: Slack) -> Slack:
    """A workspace of an organisation."""
    slack.enterprise = ORGANISATION
    return slack


EACH_LEVEL = pytest.mark.parametrize(
    "choices", [Choices(audience=level) for level in Level], ids=lambda c: c.audience.value
)


@EACH_LEVEL
@pytest.mark.parametrize("person", PEOPLE)
async def test_who_is_shown_names(company: Slack, choices: Choices, person: str) -> None:
    """Names are shown to those whom AUDIENCE names, and where no others see them; everybody else is told why not.

    That holds for a command, a direct message, Home, a click on either, a mention, a click on a public message, and
    Share, in every kind of channel.
    """
    own, public = await company.command("", user=ASKER), await answer(company, company.mention("", user=ASKER))
    company.people["U1"] = dataclasses.replace(PEOPLE[person])
    alone = seen_by(person, choices.audience)

    assert said(await answer(company, company.direct_message("all", user="U1"))) == alone
    assert said(await home_after(company, company.open_home("U1"), "U1")) == alone
    for kind, channel in CHANNELS.items():
        asked = (await company.command("", channel=channel.id, user="U1")).posts[0]
        shown = await answer(company, company.mention("", channel=channel.id, user="U1"))
        seen = dataclasses.replace(own.posts[0], channel=channel.id, user="U1")
        refreshed = await answer(company, company.click(seen, "show:refresh", user="U1"))
        for_all = dataclasses.replace(public, channel=channel.id)
        updated = await answer(company, company.click(for_all, "show:refresh", user="U1"))
        seen = dataclasses.replace(seen, replaced_by=None)
        shared = await answer(company, company.click(seen, "share", user="U1"))

        assert (said(asked), said(refreshed)) == (alone, alone)
        for_everybody = seen_in(kind, person, choices.audience)
        assert (said(updated), said(shared)) == (for_everybody, for_everybody)
        # Of a group direct message Slack tells nothing: a mention there is answered to its asker alone.
        assert said(shown) == (NAMES if for_everybody == WHO_IS_HERE else for_everybody)
        assert [each.ephemeral for each in (asked, refreshed, shown, updated, shared)] == [
            True,
            True,
            for_everybody != NAMES,
            for_everybody != NAMES,
            for_everybody != NAMES,
        ]


@EACH_LEVEL
async def test_everyone_needs_no_look_up(company: Slack, choices: Choices) -> None:
    """With AUDIENCE=everyone Slack is not asked whose a channel is; else it is asked before names go there."""
    await answer(company, company.mention("", channel="C0SUPPORT"))

    asked = [call.method for call in company.calls if call.method == "conversations.info"]
    assert asked == ([] if choices.audience is Level.EVERYONE else ["conversations.info"])


# --- what Slack does not say at once ---


async def ask_all(slack: Slack, user: str) -> list[Delivery]:
    """Ask in each of the ways."""
    return [
        await slack.command("", user=user),
        await slack.mention("", user=user),
        await slack.direct_message("all", user=user),
    ]


@pytest.mark.parametrize("choices", [Choices(ack_s=0)], ids=["slow"])
@pytest.mark.parametrize(("user", "shown"), [(ASKER, NAMES), (GUEST, TO_MEMBERS)])
async def test_what_is_not_known_is_found_out(workspace: Slack, bot: Bot, user: str, shown: str) -> None:
    """Until Slack says who somebody is they are shown no name; then they are answered where they asked."""
    bot.lookups.clear()
    await workspace.open_home(user)
    asked = await ask_all(workspace, user)
    assert not [post for post in workspace.posts if NAMES in read(post)]

    bot.lookups.set()
    answers = [await workspace.post_after(each, count=count) for each, count in zip(asked, (2, 1, 1), strict=True)]
    assert [said(each) for each in answers] == [shown] * 3
    assert said(await workspace.until(lambda: workspace.homes.get(user))) == shown


@pytest.mark.parametrize("choices", [Choices(patience_s=AT_ONCE_S)], ids=["hurried"])
async def test_who_stays_unknown_is_told_so(workspace: Slack, bot: Bot) -> None:
    """Where Slack does not say who somebody is in time, they are told that, and shown no name."""
    bot.lookups.clear()

    assert [said(await workspace.post_after(each)) for each in await ask_all(workspace, ASKER)] == [WHO_ARE_YOU] * 3
    bot.lookups.set()


async def test_a_refusal_is_no_last_word(company: Slack, clock: FakeClock) -> None:
    """A refusal of Slack's, as for a missing scope, is asked about again after a minute."""
    company.scopes.discard("users:read")
    assert said((await company.command("")).posts[0]) == WHO_ARE_YOU
    company.scopes.add("users:read")
    clock.advance(60)
    assert said((await company.command("")).posts[0]) == NAMES


# --- what changes ---


@pytest.mark.parametrize("event", ["channel_shared", "channel_unshared", "member_joined_channel"])
async def test_a_channel_that_changes_is_looked_up_again(company: Slack, event: str) -> None:
    """Slack's word that a channel was shared, or that somebody joined, ends at once what was known of it."""
    was_shared = event == "channel_unshared"
    channel = company.channels["C1OWN"]
    channel.is_ext_shared = was_shared
    before = await answer(company, company.mention("", channel="C1OWN"))
    channel.is_ext_shared = not was_shared
    # An event itself may call the channel shared, or not: what Slack says when asked is what counts.
    await company.event({"type": event, "channel": "C1OWN", "user": ASKER})
    after = await answer(company, company.click(await public_post(company), "show:refresh", user=ASKER))

    assert [said(before), said(after)] == ([AMONG_OTHERS, NAMES] if was_shared else [NAMES, AMONG_OTHERS])


async def test_a_channel_that_is_shared_while_superoffice_is_asked(company: Slack, source: FakeSource) -> None:
    """A channel that is shared while an answer is being made gets no names: what counts is what is known at the end."""
    source.gate.clear()
    source.asked.clear()
    await company.mention("", channel="C1OWN")
    await source.asked.wait()
    await company.until(lambda: any(call.method == "conversations.info" for call in company.calls))
    company.channels["C1OWN"].is_ext_shared = True
    await company.event({"type": "channel_shared", "channel": "C1OWN", "user": ASKER})
    source.gate.set()

    assert said(await company.post_after(0)) == AMONG_OTHERS


async def public_post(slack: Slack) -> Post:
    """An answer that everybody sees, as if it stood in C1OWN."""
    post = await answer(slack, slack.mention("", channel="C2PRIVATE"))
    return dataclasses.replace(post, channel="C1OWN")


async def test_an_event_from_elsewhere_is_an_outsiders(company: Slack) -> None:
    """An event whose workspace contradicts what Slack says of its person is answered as an outsider's."""
    company.people["U1"] = Person("U1", "Mia")
    event = {
        "type": "app_mention",
        "user": "U1",
        "text": "",
        "ts": "1.1",
        "channel": "C1OWN",
        "user_team": PARTNER_TEAM,
    }
    delivery = await company.event(event)

    assert said(await company.post_after(delivery)) == TO_COMPANY


async def test_a_refused_person_costs_superoffice_nothing_shown(company: Slack, source: FakeSource) -> None:
    """A guest's question is refused without waiting for SuperOffice."""
    source.gate.clear()
    assert said((await company.command("", user=GUEST)).posts[0]) == TO_MEMBERS
    source.gate.set()
