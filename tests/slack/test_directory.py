"""What Slack knows of people and channels: asked seldom, waited for briefly, and never the end of an answer."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any, Literal

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from slack_sdk.http_retry.async_handler import AsyncRetryHandler
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.languages import Language
from bot.slack import directory as directory_module
from bot.slack.app import open_client
from bot.slack.directory import CHANNEL_S, LANGUAGE_S, PATIENCE_S, Directory
from bot.slack.listeners import ACK_S
from playground.slack import Slack
from tests.slack.conftest import NORWEGIAN_READER, OTHER, Choices, Clock, Source, controls_of, read

ASKER = "U0ASKER01"
ACKNOWLEDGED_S = 2.5
IMPATIENT_S = 0.01
DAY_S = 24 * 3600


class Gated(AsyncWebClient):
    """Slack's client, which tells of people and channels only while its gate is open."""

    def __init__(self, client: AsyncWebClient, retry_handlers: list[AsyncRetryHandler]) -> None:
        super().__init__(client.token, base_url=client.base_url, session=client.session, retry_handlers=retry_handlers)
        self.gate = asyncio.Event()
        self.gate.set()
        self.asked = asyncio.Event()
        self.cancelled = 0

    async def users_info(self, **asked: Any) -> AsyncSlackResponse:
        """As soon as the gate is open."""
        await self._wait()
        return await super().users_info(**asked)

    async def conversations_info(self, **asked: Any) -> AsyncSlackResponse:
        """Likewise."""
        await self._wait()
        return await super().conversations_info(**asked)

    async def _wait(self) -> None:
        self.asked.set()
        try:
            await self.gate.wait()
        except asyncio.CancelledError:
            self.cancelled += 1
            raise


@pytest.fixture
async def client(slack: Slack) -> AsyncIterator[Gated]:
    """The bot's way to Slack, with a gate; it repeats nothing by itself."""
    async with open_client(token=slack.bot_token, api_url=slack.api_url) as client:
        yield Gated(client, [])


@pytest.fixture
async def directory(client: Gated, clock: Clock, choices: Choices) -> AsyncIterator[Directory]:
    """A directory without a bot around it."""
    directory = Directory(
        client,
        fallback=choices.language,
        share_externally=choices.share_externally,
        monotonic=lambda: clock.monotonic_s,
    )
    yield directory
    await directory.close()


@pytest.fixture
def impatience(monkeypatch: pytest.MonkeyPatch) -> None:
    """Answers that wait for nothing."""
    monkeypatch.setattr(directory_module, "PATIENCE_S", IMPATIENT_S)


def lookups(slack: Slack, method: str = "users.info") -> int:
    """How often Slack was asked."""
    return [call.method for call in slack.calls].count(method)


# --- what it says ---


@pytest.mark.parametrize(
    ("locale", "language"),
    [
        ("en-GB", Language.ENGLISH),
        ("nb-NO", Language.NORWEGIAN),
        ("nn-NO", Language.NORWEGIAN),
        ("sv-SE", Language.SWEDISH),
        ("da-DK", Language.DANISH),
        ("nl-NL", Language.DUTCH),
        ("de-DE", Language.GERMAN),
        ("fr-FR", Language.SWEDISH),
        ("", Language.SWEDISH),
    ],
)
@pytest.mark.parametrize("choices", [Choices(language=Language.SWEDISH)], ids=["sv"])
async def test_people_are_spoken_to_in_their_language(
    slack: Slack, directory: Directory, locale: str, language: Language
) -> None:
    """A person's language is the one that they use Slack in; where the bot does not speak it, the workspace's."""
    slack.people[ASKER].locale = locale

    assert await directory.language(ASKER) is language


@pytest.mark.parametrize(("channel", "may"), [("C0SUPPORT", True), ("C0QUIET01", True), ("C0PARTNER", False)])
async def test_a_channel_is_the_companys_own_or_not(directory: Directory, channel: str, may: bool) -> None:
    """Names may be shared where Slack says that nobody of another company is, and nowhere else."""
    assert await directory.may_share(channel) is may


async def test_a_channel_that_nobody_knows_is_not_the_companys_own(directory: Directory) -> None:
    """Where Slack does not say, names may not be shared."""
    assert not await directory.may_share("C0UNKNOWN")


# --- how often it asks ---


async def test_a_person_is_asked_about_once_a_day(slack: Slack, directory: Directory, clock: Clock) -> None:
    """A person's language is asked for once a day, and a change of it is seen then."""
    await directory.language(OTHER)
    slack.people[OTHER].locale = "de-DE"
    clock.passes(DAY_S - 1)
    assert await directory.language(OTHER) is Language.ENGLISH
    clock.passes(1)

    assert await directory.language(OTHER) is Language.GERMAN
    assert (lookups(slack), LANGUAGE_S) == (2, DAY_S)


async def test_a_channel_is_asked_about_every_five_minutes(slack: Slack, directory: Directory, clock: Clock) -> None:
    """Whether a channel is the company's own is asked for again after five minutes, because channels get shared."""
    assert await directory.may_share("C0SUPPORT")
    slack.channels["C0SUPPORT"].is_ext_shared = True
    clock.passes(299)
    assert await directory.may_share("C0SUPPORT")
    clock.passes(1)

    assert not await directory.may_share("C0SUPPORT")
    assert (lookups(slack, "conversations.info"), CHANNEL_S) == (2, 300)


async def test_all_who_wait_share_one_lookup(slack: Slack, directory: Directory, client: Gated) -> None:
    """A person who asks ten times at once is asked about once; another person has a lookup of their own."""
    client.gate.clear()
    asking = [asyncio.create_task(directory.language(user)) for user in [NORWEGIAN_READER] * 10 + [ASKER]]
    await client.asked.wait()
    client.gate.set()

    assert await asyncio.gather(*asking) == [Language.NORWEGIAN] * 10 + [Language.ENGLISH]
    assert lookups(slack) == 2


async def test_what_is_kept_is_bounded(slack: Slack, client: Gated, monkeypatch: pytest.MonkeyPatch) -> None:
    """However many people ask, only the last few thousand are remembered; who is forgotten is asked about again."""
    monkeypatch.setattr(directory_module, "_KEPT", 2)
    directory = Directory(client, fallback=Language.ENGLISH, share_externally=False, monotonic=lambda: 0.0)
    for user in (ASKER, OTHER, NORWEGIAN_READER, OTHER):
        await directory.language(user)
    assert lookups(slack) == 3

    await directory.language(ASKER)
    assert lookups(slack) == 4


# --- how long it waits ---


@pytest.mark.usefixtures("impatience")
async def test_a_lookup_that_hangs_holds_nothing_up(slack: Slack, directory: Directory, client: Gated) -> None:
    """A lookup that hangs is not waited for beyond patience; what it says when it comes serves the next answer."""
    client.gate.clear()
    assert await directory.language(NORWEGIAN_READER) is Language.ENGLISH
    assert not await directory.may_share("C0SUPPORT")

    client.gate.set()
    await slack.until(lambda: lookups(slack) == lookups(slack, "conversations.info") == 1)
    assert await until_known(directory) is Language.NORWEGIAN
    assert await directory.may_share("C0SUPPORT")
    assert lookups(slack) == lookups(slack, "conversations.info") == 1


async def until_known(directory: Directory) -> Language:
    """The reader's language, as soon as the lookup under way has landed."""
    async with asyncio.timeout(5):
        while await directory.language(NORWEGIAN_READER) is Language.ENGLISH:
            pass
    return await directory.language(NORWEGIAN_READER)


def test_both_lookups_fit_beside_an_acknowledgement() -> None:
    """What an acknowledgement waits for, with the words of its "slow" notice, stays within 2.5 s of Slack's three."""
    assert ACK_S + PATIENCE_S <= ACKNOWLEDGED_S
    assert 2 * PATIENCE_S < ACK_S


@pytest.mark.usefixtures("impatience")
async def test_a_command_is_answered_though_both_lookups_hang(workspace: Slack, client: Gated) -> None:
    """A command is answered in its acknowledgement, in the workspace's language, without Share, if Slack hangs."""
    client.gate.clear()
    [post] = (await workspace.command("", user=NORWEGIAN_READER)).posts

    assert post.via == "ack"
    assert "Who's online" in read(post)
    assert "share" not in controls_of(post)


@pytest.mark.usefixtures("impatience")
async def test_a_command_is_acknowledged_though_everything_hangs(
    impatient: Slack, source: Source, client: Gated
) -> None:
    """A command is acknowledged though neither SuperOffice nor Slack answers; its answer follows."""
    client.gate.clear()
    gate = source.gate = asyncio.Event()
    delivery = await impatient.command("")

    assert "SuperOffice is slow just now" in read(delivery.posts[0])
    gate.set()
    assert "Who's online" in read(await impatient.post_after(delivery, count=2))


@pytest.mark.usefixtures("impatience")
@pytest.mark.parametrize("action_id", ["show:refresh", "show:by_topic", "show:topic"])
async def test_a_click_is_served_though_both_lookups_hang(
    workspace: Slack, client: Gated, clock: Clock, action_id: str
) -> None:
    """A click is served in the workspace's language though Slack does not tell of its person."""
    before = (await workspace.command("")).posts[0]
    client.gate.clear()
    clock.passes(DAY_S)
    option = '{"query":{"kind":"topic","words":"#1"}}' if action_id == "show:topic" else None
    after = await workspace.post_after(await workspace.click(before, action_id, selected_option=option))

    assert after.replaces is before
    assert "share" not in controls_of(after)


async def test_the_end_ends_what_is_under_way(directory: Directory, client: Gated) -> None:
    """Lookups under way end with the directory, and who waits for them is released."""
    client.gate.clear()
    asking = [asyncio.create_task(directory.language(ASKER)), asyncio.create_task(directory.may_share("C0SUPPORT"))]
    await client.asked.wait()
    await asyncio.sleep(0)

    await directory.close()
    await asyncio.wait(asking)
    assert client.cancelled == 2


async def test_the_end_ends_what_was_forgotten_too(client: Gated, monkeypatch: pytest.MonkeyPatch) -> None:
    """A lookup under way of a person who is remembered no more ends with the directory as well."""
    monkeypatch.setattr(directory_module, "_KEPT", 1)
    directory = Directory(client, fallback=Language.ENGLISH, share_externally=False, monotonic=lambda: 0.0)
    client.gate.clear()
    asking = [asyncio.create_task(directory.language(user)) for user in (ASKER, OTHER)]
    await client.asked.wait()
    await asyncio.sleep(0)

    await directory.close()
    under_way = 2 - client.cancelled
    client.gate.set()
    await asyncio.wait(asking)
    assert under_way == 0


# --- what Slack refuses ---


@pytest.mark.parametrize("lost", ["users:read", None], ids=["missing_scope", "user_not_found"])
async def test_a_definite_refusal_is_kept(slack: Slack, directory: Directory, lost: str | None) -> None:
    """What asking again would not change is not asked again, and the workspace's language serves."""
    user = NORWEGIAN_READER if lost else "U0NOBODY1"
    slack.scopes.discard(lost or "")
    for _ in range(3):
        assert await directory.language(user) is Language.ENGLISH

    assert lookups(slack) == 1


async def test_a_missing_scope_for_channels_is_kept(slack: Slack, directory: Directory) -> None:
    """Without the scope a channel is asked about once, and names are not shared there."""
    slack.scopes.discard("channels:read")
    for _ in range(3):
        assert not await directory.may_share("C0SUPPORT")

    assert lookups(slack, "conversations.info") == 1


async def test_a_passing_refusal_is_not_kept(slack: Slack, directory: Directory) -> None:
    """Where Slack asks to wait, the workspace's language serves this time, and Slack is asked again the next."""
    slack.switches.rate_limit["users.info"] = 1
    slack.switches.retry_after_s = 0
    assert await directory.language(NORWEGIAN_READER) is Language.ENGLISH

    assert await directory.language(NORWEGIAN_READER) is Language.NORWEGIAN


Asked = Literal["language", "may_share"]


@pytest.mark.parametrize(
    ("status", "content_type", "text"),
    [
        (200, "application/json", '{"ok": false, "error": "internal_error"}'),
        (200, "application/json", '{"ok": false, "error": "fatal_error"}'),
        (200, "application/json", '{"ok": false, "error": "request_timeout"}'),
        (200, "application/json", '{"ok": false, "error": "team_added_to_org"}'),
        (503, "application/json", '{"ok": false, "error": "service_unavailable"}'),
        (502, "text/html", "<html>Bad gateway</html>"),
        (200, "text/html", "<html>Sign in to the proxy</html>"),
        (503, "text/plain", "upstream connect error"),
        (200, "application/json", '{"ok": tr'),
        (200, "application/json", "[]"),
        (200, "application/json", '{"ok": true}'),
        (200, "application/json", '{"ok": true, "user": null, "channel": null}'),
    ],
)
@pytest.mark.parametrize("about", ["language", "may_share"])
async def test_what_passes_is_asked_again(about: Asked, status: int, content_type: str, text: str) -> None:
    """What is not Slack's word about a person or channel neither fails an answer nor is kept."""
    asked = 0

    async def anything(_request: web.Request) -> web.Response:
        nonlocal asked
        asked += 1
        return web.Response(status=status, content_type=content_type, text=text)

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", anything)
    async with (
        TestServer(app) as server,
        open_client(token="xoxb-pretend-bot", api_url=str(server.make_url("/api/"))) as client,
    ):
        client.retry_handlers.clear()
        directory = Directory(client, fallback=Language.SWEDISH, share_externally=False, monotonic=lambda: 0.0)
        for _ in range(2):
            assert await getattr(directory, about)("U0ASKER01") in (Language.SWEDISH, False)
        await directory.close()

    assert asked == 2


async def test_a_slack_that_is_gone_fails_no_answer() -> None:
    """Where Slack cannot be reached the workspace's language serves, and names are not shared."""
    async with open_client(token="xoxb-pretend-bot", api_url="http://127.0.0.1:9/api/") as client:
        client.retry_handlers.clear()
        directory = Directory(client, fallback=Language.SWEDISH, share_externally=False, monotonic=lambda: 0.0)

        assert await directory.language(ASKER) is Language.SWEDISH
        assert not await directory.may_share("C0SUPPORT")
        await directory.close()
