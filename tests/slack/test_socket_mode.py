"""Socket Mode: a WebSocket that the bot opens, and opens again."""

import asyncio

import pytest

from bot.errors import SlackError
from playground.slack import Slack
from tests.faults.proxy import Cable
from tests.kit.crowd import FakeSource
from tests.kit.process import until
from tests.kit.stage import Bot, read


def addresses(slack: Slack) -> int:
    """How often Slack was asked for an address to connect to."""
    return [call.method for call in slack.calls].count("apps.connections.open")


async def test_it_tells_whether_it_is_connected(slack: Slack, bot: Bot) -> None:
    """It is connected while the WebSocket is open, and not before or after."""
    socket = bot.socket_mode()
    before = socket.is_connected()
    async with socket.connected():
        assert socket.is_connected()
        await slack.connected()

    assert not before
    assert not socket.is_connected()


@pytest.mark.parametrize(
    ("token", "code"), [("xapp-wrong", "invalid_auth"), ("xoxb-pretend-bot", "not_allowed_token_type")]
)
async def test_a_refused_app_token_ends_the_start(slack: Slack, bot: Bot, token: str, code: str) -> None:
    """An app token that Slack refuses ends the start at once; it is not tried again and again."""
    with pytest.raises(SlackError) as caught:
        async with bot.socket_mode(token).connected():
            pass

    assert caught.value.code == code
    assert addresses(slack) == 1


async def test_another_bot_with_the_same_tokens_is_told(
    slack: Slack, bot: Bot, caplog: pytest.LogCaptureFixture
) -> None:
    """A bot that is not alone says so once, at its first connection: at a later one, its own last one still counts."""

    def told() -> list[str]:
        return [record.message for record in caplog.records if record.name == "bot.slack.socket_mode"]

    async with bot.socket_mode().connected():
        await slack.connected()
        await slack.disconnect()
        await slack.connected()
        alone = told()
        async with bot.socket_mode().connected():
            await until(told)

    assert alone == []
    assert told() == ["Slack counts 2 connections of this app: another bot may run with the same tokens"]


async def test_it_follows_when_slack_moves(workspace: Slack) -> None:
    """When Slack announces the end of a connection, the bot opens another and answers there."""
    await workspace.disconnect()
    await workspace.connected()

    assert "Anna Berg" in read((await workspace.command("")).posts[0])


async def test_a_new_address_is_asked_for(slack: Slack, bot: Bot) -> None:
    """An address that does not let the bot in is not tried for ever: each `ping_s` seconds it asks for a new one."""

    class Void(set[str]):
        """Passes that are void as soon as they are given."""

        def add(self, _ticket: str) -> None:
            """Forget it."""

    socket = bot.socket_mode(ping_s=0.05)
    async with socket.connected():
        slack._socket._tickets = Void()
        issued = addresses(slack)
        await slack.cut()
        await slack.until(lambda: addresses(slack) > issued + 2)
        assert not socket.is_connected()
        slack._socket._tickets = set()
        await slack.connected()

        assert (await slack.command("")).posts


async def test_a_first_connection_that_hangs_ends_the_start(slack: Slack, bot: Bot) -> None:
    """A WebSocket that is not open after `connect_s` seconds ends the start."""
    async with Cable(slack.url) as cable:
        slack.url = cable.url
        cable.hold()
        with pytest.raises(SlackError, match="unreachable"):
            async with bot.socket_mode(connect_s=0.05).connected():
                pass
    assert cable.connections == 1


async def test_a_later_connection_that_hangs_is_given_up(slack: Slack, bot: Bot) -> None:
    """A connection that is lost is opened again; a try that hangs is given up after `connect_s`, and repeated."""
    async with Cable(slack.url) as cable:
        slack.url = cable.url
        async with bot.socket_mode(connect_s=0.2, ping_s=0.05).connected():
            await slack.connected()
            cable.hold()
            await slack.cut()
            await cable.connected(3, timeout_s=10)
            cable.lose()
            await slack.connected()

            assert (await slack.command("")).posts


async def test_more_requests_than_are_taken(slack: Slack, bot: Bot, source: FakeSource) -> None:
    """A request over the bound is not acknowledged, for Slack to repeat; those under way are, and those after them."""
    source.gate.clear()
    async with bot.socket_mode(at_once=1).connected():
        await slack.connected()
        first = asyncio.create_task(slack.command(""))
        await source.asked.wait()
        over = await slack.command("help", timeout_s=0.1)
        source.gate.set()
        taken = [await first, await slack.command("help")]

    assert not over.acked
    assert all(each.acked for each in taken)
