"""What Slack says about people and channels: kept for a while, waited for briefly, and never the end of an answer."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import replace
from functools import partial
from typing import Any

import pytest
from slack_sdk.errors import SlackClientError
from slack_sdk.web.async_client import AsyncWebClient

from bot.freshness import FreshValues
from bot.proxies import Proxies
from bot.slack.app import open_client
from bot.slack.audience import OFFER_PATIENCE_S, Level
from bot.slack.directory import (
    CHANNEL_FRESH_S,
    LANGUAGE_PATIENCE_S,
    PERSON_FRESH_S,
    Directory,
    Person,
    Standing,
    fetch_internal,
    fetch_person,
)
from bot.slack.failures import UNREACHED
from bot.slack.identity import Company
from bot.slack.listeners import ACK_S
from bot.words.language import Language
from playground.slack import Slack
from tests.kit.clock import FakeClock
from tests.kit.crowd import FakeSource
from tests.kit.not_slack import NOT_SLACK, Page, not_slack
from tests.kit.stage import ASKER, AT_ONCE_S, NORWEGIAN_READER, OTHER, Bot, Choices, answer, read

ACKNOWLEDGED_S = 2.5
HURRIED = Choices(patience_s=AT_ONCE_S, audience=Level.EVERYONE)
COMPANY = Company("T0PRETEND")
REFUSALS = ("internal_error", "fatal_error", "request_timeout", "team_added_to_org", "service_unavailable")


@pytest.fixture
async def client(slack: Slack) -> AsyncIterator[AsyncWebClient]:
    """A client that repeats nothing."""
    async with open_client(token=slack.bot_token, api_url=slack.api_url, proxies=Proxies()) as client:
        client.retry_handlers.clear()
        yield client


def directory(client: AsyncWebClient, clock: FakeClock, patience_s: float = 30) -> Directory:
    """A directory without a bot around it, in a workspace that reads Swedish."""
    kept = partial(FreshValues, size=100, at_once=8, waiting=200, clock=clock)
    return Directory(
        kept(partial(fetch_person, client, COMPANY), fresh_s=PERSON_FRESH_S),
        kept(partial(fetch_internal, client), fresh_s=CHANNEL_FRESH_S),
        default=Language.SWEDISH,
        language_patience_s=patience_s,
    )


def lookups(slack: Slack, method: str) -> int:
    """How often Slack was asked."""
    return [call.method for call in slack.calls].count(method)


# --- what it says ---


@pytest.mark.parametrize(
    ("locale", "language"),
    [
        ("en-GB", Language.ENGLISH),
        ("nb-NO", Language.NORWEGIAN),
        ("nn-NO", Language.NORWEGIAN),
        ("da-DK", Language.DANISH),
        ("nl-NL", Language.DUTCH),
        ("de-DE", Language.GERMAN),
        ("fr-FR", Language.SWEDISH),
        ("", Language.SWEDISH),
    ],
)
async def test_people_are_spoken_to_in_their_language(
    slack: Slack, client: AsyncWebClient, clock: FakeClock, locale: str, language: Language
) -> None:
    """A person's language is the one that they use Slack in; where the bot does not speak it, the workspace's."""
    slack.people[ASKER].locale = locale

    assert await directory(client, clock).language(ASKER) is language


MEMBER = {"team_id": "T0PRETEND", "is_restricted": False}


@pytest.mark.parametrize(
    ("said", "standing"),
    [
        (MEMBER, Standing.MEMBER),
        (MEMBER | {"team_id": "T0SISTER1", "enterprise_user": {"enterprise_id": "E0PRETEND"}}, Standing.MEMBER),
        (MEMBER | {"team_id": "E0PRETEND", "enterprise_user": None}, Standing.MEMBER),
        (MEMBER | {"enterprise_user": {"enterprise_id": "E0PRETEND", "teams": None}}, Standing.MEMBER),
        (MEMBER | {"is_restricted": True}, Standing.GUEST),
        ({"team_id": "T0PRETEND", "is_ultra_restricted": True}, Standing.GUEST),
        (MEMBER | {"is_stranger": True}, Standing.OUTSIDER),
        ({"team_id": "T0PARTNER"}, Standing.OUTSIDER),
        (MEMBER | {"team_id": "T0PARTNER", "enterprise_user": {"enterprise_id": "E0PARTNER"}}, Standing.OUTSIDER),
        (MEMBER | {"team_id": "T0PARTNER", "enterprise_user": "E0PRETEND"}, Standing.OUTSIDER),
        ({}, None),
        ({"team_id": "T0PRETEND"}, None),
        ({"is_restricted": False}, None),
        (MEMBER | {"team_id": None}, None),
        (MEMBER | {"is_restricted": None}, None),
        (MEMBER | {"is_bot": True}, None),
        (MEMBER | {"deleted": True}, None),
    ],
)
async def test_a_person_is_what_slack_says_in_so_many_words(said: dict[str, Any], standing: Standing | None) -> None:
    """Only who is said to be of the company, and not to be a guest, is a member; half a word says nothing.

    A bot, or somebody who has left, is nobody who asks.
    """
    text = json.dumps({"ok": True, "user": said})
    async with not_slack(Page(200, "application/json", text)) as client:
        person = await fetch_person(client, Company("T0PRETEND", "E0PRETEND"), ASKER)

    assert (person and person.standing) is standing


@pytest.mark.parametrize(
    ("said", "is_internal"),
    [
        ({"is_ext_shared": False}, True),
        ({"is_ext_shared": False, "is_pending_ext_shared": False, "pending_shared": []}, True),
        ({"is_ext_shared": False, "is_pending_ext_shared": True}, False),
        ({"is_ext_shared": False, "pending_connected_team_ids": ["T0PARTNER"]}, False),
        ({"is_ext_shared": False, "is_shared": True}, False),
        ({"is_ext_shared": False, "connected_team_ids": ["T0PARTNER"]}, False),
        ({"is_ext_shared": False, "is_shared": True, "is_org_shared": True, "connected_team_ids": ["T0SISTER1"]}, True),
        ({"is_ext_shared": True, "is_org_shared": True}, False),
        ({"is_pending_ext_shared": True}, False),
        ({"is_ext_shared": None}, None),
        ({}, None),
    ],
)
async def test_a_channel_is_the_companys_own_or_not(said: dict[str, Any], is_internal: bool | None) -> None:
    """A channel in which another company is, or to which one has been invited, is not the company's own any more.

    It is the company's own only if Slack says that it is not shared; half a word says nothing.
    """
    text = json.dumps({"ok": True, "channel": said})
    async with not_slack(Page(200, "application/json", text)) as client:
        assert await fetch_internal(client, "C0SUPPORT") is is_internal


# --- how often it asks ---


async def test_people_and_channels_are_asked_about_again(
    slack: Slack, client: AsyncWebClient, clock: FakeClock
) -> None:
    """Who a person is is asked for once an hour; whose a channel is after five minutes, for channels get shared."""
    known = directory(client, clock)
    assert (await known.language(OTHER), await known.is_internal("C0SUPPORT", 30)) == (Language.ENGLISH, True)
    slack.people[OTHER].locale = "de-DE"
    slack.channels["C0SUPPORT"].is_ext_shared = True
    clock.advance(299)
    assert await known.is_internal("C0SUPPORT", 30)
    clock.advance(1)
    assert not await known.is_internal("C0SUPPORT", 30)
    clock.advance(3600 - 301)
    assert await known.language(OTHER) is Language.ENGLISH
    clock.advance(1)
    assert await known.language(OTHER) is Language.GERMAN
    assert (lookups(slack, "users.info"), lookups(slack, "conversations.info")) == (2, 2)


@pytest.mark.parametrize(
    ("key", "scope", "method"),
    [
        (NORWEGIAN_READER, "users:read", "users.info"),
        ("U0NOBODY1", "", "users.info"),
        ("C0SUPPORT", "channels:read", "conversations.info"),
        ("C0UNKNOWN", "", "conversations.info"),
    ],
)
async def test_a_definite_refusal_is_kept_for_a_minute(
    slack: Slack, client: AsyncWebClient, clock: FakeClock, key: str, scope: str, method: str
) -> None:
    """What asking again would not change, as a missing scope or person, is asked about again after a minute."""
    slack.scopes.discard(scope)
    known = directory(client, clock)
    for pause_s, asked in ((0, 1), (59, 1), (1, 2)):
        clock.advance(pause_s)
        assert await (known.person(key, 30) if key[0] == "U" else known.is_internal(key, 30)) is None
        assert lookups(slack, method) == asked


def _refused(code: str) -> Page:
    return Page(200, "application/json", f'{{"ok": false, "error": "{code}"}}')


@pytest.mark.parametrize(
    "page",
    [
        *NOT_SLACK,
        *(pytest.param(_refused(code), id=code) for code in REFUSALS),
        pytest.param(Page(200, "application/json", '{"ok": true}'), id="nothing said"),
        pytest.param(Page(200, "application/json", '{"ok": true, "user": null, "channel": null}'), id="null"),
        pytest.param(Page(429, "application/json", '{"ok": false, "error": "ratelimited"}'), id="too fast"),
        pytest.param(None, id="gone"),
    ],
)
async def test_what_passes_is_no_answer(page: Page | None) -> None:
    """What is not Slack's word about a person or channel is not taken for it."""
    async with not_slack(page) as client:
        for asking in (fetch_person(client, COMPANY, ASKER), fetch_internal(client, "C0SUPPORT")):
            with pytest.raises(UNREACHED):
                await asking


# --- how long it is waited for ---


class Lookups:
    """A directory whose look-ups a test answers itself."""

    def __init__(self, clock: FakeClock, patience_s: float) -> None:
        self.gate = asyncio.Event()
        self.failures = 0
        kept = partial(FreshValues, fresh_s=60, size=9, at_once=1, waiting=1, clock=clock)
        self.people: FreshValues[str, Person | None] = kept(self._person)
        internal: FreshValues[str, bool | None] = kept(self._internal)
        self.directory = Directory(
            self.people, internal, default=Language.ENGLISH, language_patience_s=patience_s, retry_s=0
        )

    async def _person(self, _user: str) -> Person | None:
        await self.gate.wait()
        self.failures -= 1
        if self.failures >= 0:
            raise SlackClientError("internal_error")
        return Person(Standing.MEMBER, Language.GERMAN)

    async def _internal(self, _channel: str) -> bool | None:
        raise AssertionError


async def test_a_lookup_that_hangs_holds_nothing_up(clock: FakeClock) -> None:
    """A lookup that hangs is not waited for beyond patience; what it says when it comes serves the next answer."""
    lookups = Lookups(clock, patience_s=0)
    assert await lookups.directory.language(ASKER) is Language.ENGLISH
    assert await lookups.directory.language(OTHER) is Language.ENGLISH  # nor is one that has no place any more

    lookups.gate.set()
    while lookups.people.last(ASKER) is None:  # noqa: ASYNC110  # it tells nobody when it lands
        await asyncio.sleep(0)
    assert lookups.directory.language_now(ASKER) is Language.GERMAN


async def test_a_lookup_that_fails_is_tried_again(clock: FakeClock) -> None:
    """A lookup that fails is tried again for as long as somebody waits for it."""
    lookups = Lookups(clock, patience_s=30)
    lookups.gate.set()
    lookups.failures = 3

    assert await lookups.directory.language(ASKER) is Language.GERMAN


def test_what_is_waited_for_before_an_answer_fits_beside_an_acknowledgement() -> None:
    """Neither a language nor the offer to share makes an answer late that would be in time without them."""
    assert LANGUAGE_PATIENCE_S + OFFER_PATIENCE_S < ACK_S


@pytest.mark.parametrize("choices", [HURRIED], ids=["hurried"])
async def test_a_command_and_a_click_are_answered_though_lookups_hang(workspace: Slack, bot: Bot) -> None:
    """Where all may see names, and Slack hangs, a command is answered in time, in the workspace's language.

    A click is served in the same way.
    """
    bot.lookups.clear()
    [post] = (await workspace.command("", user=NORWEGIAN_READER)).posts
    after = await answer(workspace, workspace.click(post, "show:refresh", user=NORWEGIAN_READER))

    assert (post.via, after.replaces) == ("ack", post)
    for each in (post, after):
        assert "Who's online" in read(each)


@pytest.mark.parametrize("choices", [replace(HURRIED, ack_s=0)], ids=["hurried"])
async def test_a_command_is_acknowledged_though_everything_hangs(
    workspace: Slack, source: FakeSource, bot: Bot
) -> None:
    """A command is acknowledged though neither SuperOffice nor Slack answers; its answer follows."""
    bot.lookups.clear()
    source.gate.clear()
    delivery = await workspace.command("")

    assert "The answer follows" in read(delivery.posts[0])
    source.gate.set()
    assert "Who's online" in read(await workspace.post_after(delivery, count=2))
