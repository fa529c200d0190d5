"""How Slack's requests come in."""

import asyncio
import io
import json
from collections.abc import AsyncIterator

import aiohttp
import pytest
from aiohttp.test_utils import unused_port

from bot.errors import ConfigError, SlackError
from bot.slack.replies import Replies
from bot.slack.transports import EVENTS_PATH, serve_health, serve_slack, socket_mode
from playground.slack import Delivery, Slack
from playground.slack_delivery import sign
from tests.slack.conftest import Bot, Source, read

HOST = "127.0.0.1"
FIVE_MINUTES_S = 300


@pytest.fixture
def port() -> int:
    """A port that nothing listens on."""
    return unused_port()


@pytest.fixture
async def http(slack: Slack, bot: Bot, port: int) -> AsyncIterator[Slack]:
    """The workspace with the bot in it, reached over HTTP."""
    async with serve_slack(bot.app, host=HOST, port=port):
        slack.events_url = f"http://{HOST}:{port}{EVENTS_PATH}"
        yield slack


async def get(port: int, path: str) -> tuple[int, str]:
    async with aiohttp.ClientSession() as session, session.get(f"http://{HOST}:{port}{path}") as response:
        return response.status, await response.text()


# --- HTTP ---


async def test_http_takes_commands_and_events(http: Slack) -> None:
    """Over HTTP a command is answered in its response, and an event with a message."""
    command = await http.command("billing")
    mention = await http.mention("orders")

    assert (command.status, mention.status) == (200, 200)
    assert "Who's online: Billing" in read(command.posts[0])
    assert "Who's online: Orders" in read(await http.post_after(mention))


async def test_http_answers_a_repeated_event_once(http: Slack, replies: Replies) -> None:
    """An event that Slack posts again is acknowledged again, and not answered again."""
    first = await http.mention("")
    again = await http.redeliver(first)

    await replies.drain(5)
    assert (first.status, again.status) == (200, 200)
    assert len(http.posts) == 1


async def test_http_tells_of_an_incident(http: Slack, source: Source, caplog: pytest.LogCaptureFixture) -> None:
    """A fault of ours is a message in the response too, not an error page that Slack would hide."""
    source.says = RuntimeError("the private details")
    delivery = await http.command("")

    assert delivery.status == 200
    [post] = delivery.posts
    assert "incident" in read(post)
    assert "Incident" in caplog.text


async def test_a_wrong_signature_is_refused(http: Slack, replies: Replies, source: Source) -> None:
    """What is not signed with the signing secret did not come from Slack: 401, and nothing is asked or answered."""
    command = await http.command("", signature=sign("another secret", 0, b""))
    mention = await http.mention("", signature="v0=")

    await replies.drain(5)
    assert (command.status, mention.status) == (401, 401)
    assert source.asked == 0
    assert http.posts == []


async def test_a_missing_signature_is_refused(http: Slack, source: Source) -> None:
    """A request without a signature is refused like one with a wrong one."""
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    delivery = await http.raw_post(b"command=%2Fwho-is-online&text=", form)

    assert delivery.status == 401
    assert source.asked == 0


@pytest.mark.parametrize("off_s", [-FIVE_MINUTES_S - 1, FIVE_MINUTES_S + 2])
async def test_an_old_request_is_refused(http: Slack, source: Source, off_s: int) -> None:
    """A request whose time is off by five minutes may be a recording of an old one: 401, though signed right."""
    delivery = await http.command("", timestamp=int(http.clock()) + off_s)

    assert delivery.status == 401
    assert source.asked == 0


async def test_a_request_that_is_too_large_is_refused(http: Slack, source: Source, port: int) -> None:
    """More than 1 MiB is not read: 413, whatever it is signed with."""
    body = b"text=" + b"x" * (1024 * 1024)
    timestamp = int(http.clock())
    headers = {
        "Content-Type": "application/x-www-form-urlencoded",
        "X-Slack-Request-Timestamp": str(timestamp),
        "X-Slack-Signature": sign(http.signing_secret, timestamp, body),
    }
    url = f"http://{HOST}:{port}{EVENTS_PATH}"
    async with (
        aiohttp.ClientSession() as session,
        session.post(url, data=io.BytesIO(body), headers=headers) as response,
    ):
        assert response.status == 413

    assert source.asked == 0


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("application/json", b'{"type": '),
        ("application/json", b"[]"),
        ("application/x-www-form-urlencoded", b"payload=nothing"),
        ("application/json", b"\xff\xfe"),
        ("application/json; charset=klingon", b"{}"),
    ],
)
async def test_a_body_that_is_not_what_it_claims_is_refused(
    http: Slack, content_type: str, body: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    """A body that cannot be read is refused in a word, and writes nothing into the log."""
    delivery = await http.raw_post(body, {"Content-Type": content_type})

    assert delivery.status in (400, 401)
    assert not [record for record in caplog.records if record.exc_info]


async def test_a_wrong_signature_is_told_once(http: Slack, caplog: pytest.LogCaptureFixture) -> None:
    """The log tells of requests that are not Slack's, so that a wrong secret shows, but not of each."""
    for _ in range(3):
        await http.command("", signature="v0=wrong")

    assert len([said for said in caplog.messages if "check SLACK_SIGNING_SECRET" in said]) == 1


async def test_http_proves_to_slack_that_it_listens(http: Slack) -> None:
    """When the address is entered at Slack, Slack sends a challenge, and gets it back."""
    body = json.dumps({"type": "url_verification", "challenge": "a-challenge"}).encode()
    timestamp = int(http.clock())
    headers = {
        "Content-Type": "application/json",
        "X-Slack-Request-Timestamp": str(timestamp),
        "X-Slack-Signature": sign(http.signing_secret, timestamp, body),
    }
    delivery = await http.raw_post(body, headers)

    assert (delivery.status, delivery.body) == (200, {"challenge": "a-challenge"})


async def test_http_leaves_other_requests_alone(http: Slack) -> None:
    """Events and commands that the bot has no listener for do it no harm, and get no answer."""
    join = await http.event({"type": "team_join", "user": {"id": "U0ASKER01"}})
    wave = await http.event({"type": "reaction_added", "user": "U0ASKER01", "reaction": "wave"})
    other = await http.command("", command="/another-command")

    assert {join.status, wave.status, other.status} == {404}
    assert http.posts == []
    assert (await http.command("")).posts


@pytest.mark.usefixtures("http")
async def test_http_is_ready_as_soon_as_it_listens(port: int) -> None:
    """Over HTTP the bot lives and can answer once it listens."""
    assert await get(port, "/healthz") == (200, "ok\n")
    assert await get(port, "/readyz") == (200, "ready\n")


@pytest.mark.usefixtures("http")
async def test_other_paths_are_not_there(port: int) -> None:
    """There is nothing to see but what is meant to be."""
    assert (await get(port, "/"))[0] == 404
    assert (await get(port, EVENTS_PATH))[0] == 405


@pytest.mark.usefixtures("http")
async def test_a_port_that_is_taken_is_a_wrong_setting(bot: Bot, port: int) -> None:
    """Where the port is taken, the settings are named that say which it is."""
    with pytest.raises(ConfigError) as caught:
        async with serve_slack(bot.app, host=HOST, port=port):
            pass

    [problem] = caught.value.problems
    assert problem.startswith(f"HOST and PORT: cannot listen on {HOST}:{port}: ")


async def test_http_finishes_what_is_under_way(slack: Slack, bot: Bot, source: Source, port: int) -> None:
    """When it has stopped listening, the server still lets the request that it has taken be answered."""
    gate = source.gate = asyncio.Event()

    async def answer_once_nobody_listens() -> None:
        refused = 0
        while refused < 50:  # as many as make sure that it waits, and has not just been too slow to end the request
            refused += (await slack.raw_post(b"", {})).status is None
        gate.set()

    async with serve_slack(bot.app, host=HOST, port=port):
        slack.events_url = f"http://{HOST}:{port}{EVENTS_PATH}"
        asking = asyncio.create_task(slack.command(""))
        await source.was_asked.wait()
        answering = asyncio.create_task(answer_once_nobody_listens())

    await answering
    assert "Anna Berg" in read((await asking).posts[0])


async def test_http_takes_nothing_after_its_end(slack: Slack, bot: Bot, port: int) -> None:
    """Once it has ended, nothing listens, and the port is free."""
    async with serve_slack(bot.app, host=HOST, port=port):
        pass
    slack.events_url = f"http://{HOST}:{port}{EVENTS_PATH}"

    assert (await slack.command("")).status is None
    async with serve_slack(bot.app, host=HOST, port=port):
        assert (await slack.command("")).status == 200


# --- Socket Mode ---


async def test_socket_mode_tells_whether_it_is_connected(slack: Slack, bot: Bot) -> None:
    """It is connected while the WebSocket is open, and not after."""
    async with socket_mode(bot.app, bot.client, slack.app_token) as is_connected:
        assert is_connected()
        await slack.connected()

    assert not is_connected()


async def test_socket_mode_needs_no_signing_secret(workspace: Slack) -> None:
    """What comes over the bot's own WebSocket is from Slack, and carries no signature."""
    assert "Anna Berg" in read((await workspace.command("")).posts[0])


@pytest.mark.parametrize(
    ("token", "code"), [("xapp-wrong", "invalid_auth"), ("xoxb-pretend-bot", "not_allowed_token_type")]
)
async def test_a_refused_app_token_ends_the_start(slack: Slack, bot: Bot, token: str, code: str) -> None:
    """An app token that Slack refuses is said at once; it is not tried again and again."""
    with pytest.raises(SlackError) as caught:
        async with socket_mode(bot.app, bot.client, token):
            pass

    assert caught.value.code == code
    assert [call.method for call in slack.calls].count("apps.connections.open") == 1


async def test_socket_mode_follows_when_slack_moves(workspace: Slack) -> None:
    """When Slack announces the end of a connection, the bot opens another and answers there."""
    await workspace.disconnect()
    await workspace.connected()

    assert "Anna Berg" in read((await workspace.command("")).posts[0])


async def test_socket_mode_asks_for_a_new_address(slack: Slack, bot: Bot) -> None:
    """An address that does not let the bot in is not tried for ever: a new one is asked for."""

    class Void(set[str]):
        """Tickets that are void as soon as they are issued."""

        def add(self, _ticket: str) -> None:
            """Forget it."""

    async with socket_mode(bot.app, bot.client, slack.app_token, ping_s=0.05) as is_connected:
        slack._socket._tickets = Void()
        issued = len([call for call in slack.calls if call.method == "apps.connections.open"])
        await slack.cut()
        await slack.until(
            lambda: len([call for call in slack.calls if call.method == "apps.connections.open"]) > issued + 2
        )
        assert not is_connected()
        slack._socket._tickets = set()
        await slack.connected()

        assert (await slack.command("")).posts


async def test_socket_mode_answers_many_at_once(workspace: Slack, source: Source) -> None:
    """A request that waits for its answer keeps no other one waiting."""
    source.gate = asyncio.Event()
    waiting = [asyncio.create_task(workspace.command("")) for _ in range(3)]
    await source.was_asked.wait()

    assert "What you can ask" in read((await workspace.command("help")).posts[0])
    source.gate.set()
    assert all("Anna Berg" in read(delivery.posts[0]) for delivery in await asyncio.gather(*waiting))


async def test_socket_mode_finishes_what_is_under_way(slack: Slack, bot: Bot, source: Source) -> None:
    """At its end it lets the request that it has taken be acknowledged, over the connection that it came by."""
    source.gate = asyncio.Event()
    async with socket_mode(bot.app, bot.client, slack.app_token):
        await slack.connected()
        asking = asyncio.create_task(slack.command(""))
        await source.was_asked.wait()
        asyncio.get_running_loop().call_soon(source.gate.set)

    assert "Anna Berg" in read((await asking).posts[0])


async def test_socket_mode_takes_nothing_at_its_end(slack: Slack, bot: Bot, source: Source) -> None:
    """While it ends it leaves new requests to Slack, which gives them to another connection or tells the asker."""
    gate = source.gate = asyncio.Event()

    async def ask_late() -> Delivery:
        delivery = await slack.command("help", timeout_s=0.2)
        gate.set()
        return delivery

    async with socket_mode(bot.app, bot.client, slack.app_token):
        await slack.connected()
        first = asyncio.create_task(slack.command(""))
        await source.was_asked.wait()
        late = asyncio.create_task(ask_late())

    assert (await first).acked
    assert not (await late).acked


# --- whether it lives ---


async def test_health_of_socket_mode(port: int) -> None:
    """In Socket Mode the process lives whether or not it is connected; it is ready only while it is."""
    connected = True
    async with serve_health(lambda: connected, host=HOST, port=port):
        assert await get(port, "/readyz") == (200, "ready\n")
        connected = False
        assert await get(port, "/readyz") == (503, "not connected to Slack\n")
        assert await get(port, "/healthz") == (200, "ok\n")


async def test_health_takes_no_requests_of_slack(port: int) -> None:
    """The port of Socket Mode tells of health alone: what it were sent is not signed."""
    async with serve_health(lambda: True, host=HOST, port=port):
        assert (await get(port, EVENTS_PATH))[0] == 404


async def test_a_health_port_that_is_taken_is_a_wrong_setting(port: int) -> None:
    """Where the port is taken in Socket Mode, the settings are named that say which it is."""
    async with serve_health(lambda: True, host=HOST, port=port):
        with pytest.raises(ConfigError, match=f"HOST and PORT: cannot listen on {HOST}:{port}"):
            async with serve_health(lambda: True, host=HOST, port=port):
                pass
