"""What Slack says about people and channels: kept for a while, waited for briefly, and never the end of an answer."""

import asyncio
import json
from collections.abc import AsyncIterator
from functools import partial

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.freshness import FreshValues
from bot.proxies import Proxies
from bot.slack.app import open_client
from bot.slack.audience import CLICK_PATIENCE_S, RULES, Action
from bot.slack.directory import CHANNEL_FRESH_S, LANGUAGE_FRESH_S, PATIENCE_S, Directory, fetch_internal, fetch_language
from bot.slack.listeners import ACK_S
from bot.words.language import Language
from playground.slack import Slack
from tests.kit.clock import FakeClock
from tests.kit.crowd import FakeSource
from tests.kit.not_slack import NOT_SLACK, Page, not_slack
from tests.kit.stage import ASKER, AT_ONCE_S, NORWEGIAN_READER, OTHER, Bot, Choices, answer, controls_of, read

ACKNOWLEDGED_S = 2.5
HURRIED = pytest.mark.parametrize("choices", [Choices(patience_s=AT_ONCE_S)], ids=["hurried"])
REFUSALS = ("internal_error", "fatal_error", "request_timeout", "team_added_to_org", "service_unavailable")


@pytest.fixture
async def client(slack: Slack) -> AsyncIterator[AsyncWebClient]:
    """A client that repeats nothing."""
    async with open_client(token=slack.bot_token, api_url=slack.api_url, proxies=Proxies()) as client:
        client.retry_handlers.clear()
        yield client


def directory(client: AsyncWebClient, clock: FakeClock) -> Directory:
    """A directory without a bot around it, in a workspace that reads Swedish."""
    kept = partial(FreshValues, size=100, at_once=8, waiting=200, clock=clock)
    return Directory(
        kept(partial(fetch_language, client), fresh_s=LANGUAGE_FRESH_S),
        kept(partial(fetch_internal, client), fresh_s=CHANNEL_FRESH_S),
        default=Language.SWEDISH,
        patience_s=30,
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


@pytest.mark.parametrize(
    ("said", "is_internal"),
    [
        ({"is_ext_shared": False}, True),
        ({"is_ext_shared": False, "is_pending_ext_shared": False}, True),
        ({"is_ext_shared": False, "is_pending_ext_shared": True}, False),
        ({"is_ext_shared": True}, False),
        ({}, None),
    ],
)
async def test_a_channel_is_the_companys_own_or_not(said: dict[str, bool], is_internal: bool | None) -> None:
    """A channel in which another company is, or to which one has been invited, is not the company's own any more."""
    text = json.dumps({"ok": True, "channel": said})
    async with not_slack(Page(200, "application/json", text)) as client:
        assert await fetch_internal(client, "C0SUPPORT") is is_internal


# --- how often it asks ---


async def test_people_and_channels_are_asked_about_again(
    slack: Slack, client: AsyncWebClient, clock: FakeClock
) -> None:
    """A person's language is asked for once a day; whose channel it is after five minutes, for channels get shared."""
    known = directory(client, clock)
    assert (await known.language(OTHER), await known.is_internal("C0SUPPORT", 30)) == (Language.ENGLISH, True)
    slack.people[OTHER].locale = "de-DE"
    slack.channels["C0SUPPORT"].is_ext_shared = True
    clock.advance(299)
    assert await known.is_internal("C0SUPPORT", 30)
    clock.advance(1)
    assert not await known.is_internal("C0SUPPORT", 30)
    clock.advance(24 * 3600 - 301)
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
async def test_a_definite_refusal_is_kept(
    slack: Slack, client: AsyncWebClient, clock: FakeClock, key: str, scope: str, method: str
) -> None:
    """What asking again would not change, as a missing scope or person, is not asked again."""
    slack.scopes.discard(scope)
    known = directory(client, clock)
    for _ in range(3):
        assert (await known.language(key) if key[0] == "U" else await known.is_internal(key, 30)) in {
            Language.SWEDISH,
            None,
        }

    assert lookups(slack, method) == 1


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
async def test_what_passes_fails_no_answer_and_is_asked_again(page: Page | None, clock: FakeClock) -> None:
    """What is not Slack's word about a person or channel neither fails an answer nor is kept."""
    calls: list[str] = []
    async with not_slack(page, calls) as client:
        known = directory(client, clock)
        for _ in range(2):
            assert await known.language(ASKER) is Language.SWEDISH
            assert await known.is_internal("C0SUPPORT", 30) is None

    assert page is None or [calls.count(f"/api/{method}") for method in ("users.info", "conversations.info")] == [2, 2]


# --- how long it is waited for ---


async def test_a_lookup_that_hangs_holds_nothing_up(clock: FakeClock) -> None:
    """A lookup that hangs is not waited for beyond patience; what it says when it comes serves the next answer."""
    gate = asyncio.Event()

    async def slow(_key: str) -> Language | None:
        await gate.wait()
        return Language.GERMAN

    async def unused(_key: str) -> bool | None:
        raise AssertionError

    kept = partial(FreshValues, fresh_s=60, size=9, at_once=1, waiting=1, clock=clock)
    languages = kept(slow)
    known = Directory(languages, kept(unused), default=Language.ENGLISH, patience_s=0)
    assert await known.language(ASKER) is Language.ENGLISH
    assert await known.language(OTHER) is Language.ENGLISH  # nor is a look-up that has no place any more

    gate.set()
    while languages.last(ASKER) is None:  # noqa: ASYNC110  # it tells nobody when it lands
        await asyncio.sleep(0)
    assert await known.language(ASKER) is Language.GERMAN


def test_both_lookups_fit_beside_an_acknowledgement() -> None:
    """What an acknowledgement waits for, with the words of its "slow" notice, stays within 2.5 s of Slack's three."""
    assert ACK_S + PATIENCE_S <= ACKNOWLEDGED_S
    assert PATIENCE_S + (RULES[Action.OFFER_SHARE].patience_s or 0) < ACK_S
    assert all((rule.patience_s or 0) <= CLICK_PATIENCE_S for rule in RULES.values())


@HURRIED
async def test_a_command_and_a_click_are_answered_though_both_lookups_hang(workspace: Slack, bot: Bot) -> None:
    """Where Slack hangs a command is answered in its acknowledgement, in the workspace's language, without Share.

    A click is served in the same way.
    """
    bot.lookups.clear()
    [post] = (await workspace.command("", user=NORWEGIAN_READER)).posts
    after = await answer(workspace, workspace.click(post, "show:refresh", user=NORWEGIAN_READER))

    assert (post.via, after.replaces) == ("ack", post)
    for each in (post, after):
        assert "Who's online" in read(each)
        assert "share" not in controls_of(each)


@pytest.mark.parametrize("choices", [Choices(patience_s=AT_ONCE_S, ack_s=0)], ids=["hurried"])
async def test_a_command_is_acknowledged_though_everything_hangs(
    workspace: Slack, source: FakeSource, bot: Bot
) -> None:
    """A command is acknowledged though neither SuperOffice nor Slack answers; its answer follows."""
    bot.lookups.clear()
    source.gate.clear()
    delivery = await workspace.command("")

    assert "SuperOffice is slow just now" in read(delivery.posts[0])
    source.gate.set()
    assert "Who's online" in read(await workspace.post_after(delivery, count=2))
