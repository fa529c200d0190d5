"""What comes in is not what Slack sends, or not in its order: no crash, no wrong answer, and the next is answered."""

from collections.abc import AsyncIterator, Callable
from typing import Any
from urllib.parse import urlencode

import pytest
import pytest_asyncio

from playground.slack import Delivery, Slack
from playground.slack_delivery import sign
from playground.slack_payloads import command_payload, event_payload, message_event
from tests.kit.process import EVERYBODY, PRESENCE, Bot, Stage, is_fresh, read, staged
from tests.kit.stage import MODES

pytestmark = pytest.mark.asyncio(loop_scope="module")

Json = dict[str, Any]
FORM, JSON = "application/x-www-form-urlencoded", "application/json"
TIME, SIGNATURE = "X-Slack-Request-Timestamp", "X-Slack-Signature"
PRIVATE = "a private question"


@pytest_asyncio.fixture(scope="module", loop_scope="module", params=MODES)
async def shared(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stage]:
    """One process for the module in each of the two ways to reach it."""
    async with staged(request.param, tmp_path_factory.mktemp("bot")) as stage:
        stage.bot.may_fail = True  # what is no request of Slack's may be an incident
        yield stage
    assert PRIVATE not in "\n".join(stage.bot.log)


@pytest_asyncio.fixture(loop_scope="module")
async def bot(shared: Stage) -> AsyncIterator[Bot]:
    """The shared bot, which after the test answers commands and mentions as if nothing had been."""
    yield shared.bot
    await shared.bot.is_well()


over_http = pytest.mark.parametrize("shared", ["http"], indirect=True)
over_socket = pytest.mark.parametrize("shared", ["socket"], indirect=True)


def signed(slack: Slack, body: bytes, content_type: str) -> dict[str, str]:
    """The headers of these bytes, truly signed."""
    timestamp = int(slack.clock())
    return {
        "Content-Type": content_type,
        "X-Slack-Request-Timestamp": str(timestamp),
        "X-Slack-Signature": sign(slack.signing_secret, timestamp, body),
    }


async def sent(slack: Slack, payload: Json, kind: str) -> Delivery:
    """Send a payload in whichever way Slack reaches the bot, without the tidiness of the stand-in."""
    delivery = Delivery("events_api" if kind == "event" else "slash_commands", payload, "C0SUPPORT", "U0ASKER01")
    return await slack._deliver(delivery, {"timeout_s": 0.5})


# --- events ---


# --- fields that are not there ---


def without(*names: str) -> Callable[[Json], Json]:
    return lambda payload: {name: value for name, value in payload.items() if name not in names}


def event_without(*names: str) -> Callable[[Json], Json]:
    return lambda payload: payload | {"event": without(*names)(payload["event"])}


def event_with(**more: object) -> Callable[[Json], Json]:
    return lambda payload: payload | {"event": payload["event"] | more}


ODD_EVENTS: dict[str, Callable[[Json], Json]] = {
    "no event id": without("event_id"),
    "no event": without("event"),
    "an event of null": lambda payload: payload | {"event": None},
    "an event that is a list": lambda payload: payload | {"event": []},
    "an event without a type": event_without("type"),
    "an event without a channel": event_without("channel"),
    "an event without a time": event_without("ts"),
    "an event without a channel or a user": event_without("channel", "user"),
    "an event of nothing but its type": event_without("channel", "user", "ts", "text", "event_ts", "team"),
    "a text of null": event_with(text=None),
    "a text that is a number": event_with(text=7),
    "a channel that is not there": event_with(channel="C0NOWHERE"),
    "an unknown type": event_with(type="sky_fell"),
    "another type of body": lambda payload: payload | {"type": "sky_fell"},
    "no team": without("team_id", "authorizations"),
    "an empty payload": lambda _: {},
}


@pytest.mark.parametrize("odd", ODD_EVENTS)
async def test_an_odd_event(odd: str, bot: Bot) -> None:
    """An event in which something is missing or strange is answered nowhere but where it was asked, or not at all."""
    slack = bot.slack
    event = message_event(slack, "app_mention", f"<@U0WHOBOT1> {PRIVATE}", "U0ASKER01", "C0SUPPORT", None)
    before, mark = len(slack.posts), len(bot.log)
    delivery = await sent(slack, ODD_EVENTS[odd](event_payload(slack, event, None)), "event")
    await bot.settled()

    assert delivery.status is None or delivery.status < 500
    for post in slack.posts[before:]:
        assert post.channel == "D0ASKER01" or post.thread_ts == event["ts"]
    assert bot.log.lines("never awaited", since=mark) == []


@pytest.mark.parametrize("text", [None, "", "   ", "all"])
async def test_a_command_without_words_or_response_url(text: str | None, bot: Bot) -> None:
    """A command without text is the question without words; while its answer is in time it needs no response_url."""
    payload = command_payload(bot.slack, "/who-is-online", text or "", "U0ASKER01", "C0SUPPORT")
    assert "response_url" not in payload
    delivery = await sent(bot.slack, payload if text is not None else without("text")(payload), "command")

    [post] = delivery.posts
    assert is_fresh(read(post))


# --- over HTTP ---

GARBAGE: dict[str, tuple[bytes, str]] = {
    "nothing": (b"", FORM),
    "nothing, as JSON": (b"", JSON),
    "nothing of no type": (b"", ""),
    "JSON that is none": (b'{"type": "event_callback", ', JSON),
    "words as JSON": (b"who is online?", JSON),
    "JSON that is a list": (b"[]", JSON),
    "JSON that is a number": (b"7", JSON),
    "JSON that is null": (b"null", JSON),
    "very deep JSON": (b"[" * 100_000, JSON),
    "JSON as a form": (b'{"type": "event_callback", "event": {"type": "app_mention"}}', FORM),
    "a form as JSON": (urlencode({"command": "/who-is-online", "text": ""}).encode(), JSON),
    "a payload that is no JSON": (b"payload=%7Bbroken", FORM),
    "a payload that is a list": (b"payload=[]", FORM),
    "not UTF-8": (b"command=%2Fwho-is-online&text=\xff\xfe", FORM),
    "not UTF-8, as JSON": (b'{"type": "\xff"}', JSON),
    "a charset that nobody knows": (b"command=%2Fwho-is-online", f"{FORM}; charset=klingon"),
    "zeros": (b"\x00" * 1000, FORM),
    "a multipart form": (b"--x\r\n\r\n", "multipart/form-data; boundary=x"),
    "a form of nothing but ends": (b"&" * 100_000, FORM),
    "a charset that is not JSON's": (b"{}", f"{JSON}; charset=utf-16"),
    "a challenge": (b'{"type": "url_verification", "challenge": "x"}', JSON),
    "fields of the wrong kind": (b'{"event": 1, "authorizations": 1}', JSON),
}


@over_http
@pytest.mark.parametrize("garbage", GARBAGE)
async def test_a_body_that_is_not_what_it_claims(garbage: str, shared: Stage, bot: Bot) -> None:
    """A body that cannot be read is the sender's fault, though it be signed, and shows nobody a roster.

    One that nobody has signed is refused before it is looked at, asks nothing of SuperOffice, and costs no more of the
    log than a line.
    """
    body, content_type = GARBAGE[garbage]
    before, mark, asked = len(bot.slack.posts), len(bot.log), shared.superoffice.count(PRESENCE)
    stranger = await bot.slack.raw_post(body, {"Content-Type": content_type})
    await bot.settled()
    assert stranger.status in {400, 401}
    assert len(bot.log) - mark <= 1

    delivery = await bot.slack.raw_post(body, signed(bot.slack, body, content_type))
    await bot.settled()
    assert delivery.status is not None
    assert delivery.status < 500
    assert delivery.body is None or EVERYBODY not in str(delivery.body)
    assert {post.channel for post in bot.slack.posts[before:]} == {"D0ASKER01"}
    assert shared.superoffice.count(PRESENCE) == asked
    assert bot.log.lines("Error handling request", since=mark) == []


NOT_SIGNED: dict[str, Callable[[str, int], dict[str, object]]] = {
    # from the right signature and the time, what is sent in their place
    "no signature": lambda _right, now: {TIME: now},
    "no time": lambda right, _now: {SIGNATURE: right},
    "a wrong signature": lambda _right, now: {TIME: now, SIGNATURE: "v0=" + "0" * 64},
    "half a signature": lambda right, now: {TIME: now, SIGNATURE: right[:35]},
    "another version": lambda right, now: {TIME: now, SIGNATURE: right.replace("v0", "v1")},
    "of another second": lambda right, now: {TIME: now - 1, SIGNATURE: right},
    "not ASCII": lambda _right, now: {TIME: now, SIGNATURE: "v0=ü"},
    "a time in words": lambda right, _now: {TIME: "noon", SIGNATURE: right},
    "a time without end": lambda right, _now: {TIME: "9" * 400, SIGNATURE: right},
}


@over_http
@pytest.mark.parametrize("row", NOT_SIGNED)
async def test_a_command_that_is_not_signed(row: str, bot: Bot) -> None:
    """What is not signed, or not for this body and this second, is refused: 401, and no word more, also in the log."""
    now, mark = int(bot.slack.clock()), len(bot.log)
    body = urlencode(command_payload(bot.slack, "/who-is-online", PRIVATE, "U0ASKER01", "C0SUPPORT")).encode()
    signed_as = NOT_SIGNED[row](sign(bot.slack.signing_secret, now, body), now)
    headers = {"Content-Type": FORM} | {name: str(value) for name, value in signed_as.items()}
    delivery = await bot.slack.raw_post(body, headers)
    await bot.settled()

    assert delivery.status == 401
    assert "incident" not in delivery.raw.decode()
    assert len(bot.log) - mark <= 1


# --- over Socket Mode ---


@over_socket
@pytest.mark.parametrize(
    "frame",
    [
        "", "who is online?", "{broken", "[]", "7", "null", "{}", '{"type": "hello"}', '{"type": "sky_fell"}',
        '{"type": "events_api"}', '{"type": "events_api", "envelope_id": "1"}',
        '{"type": "events_api", "envelope_id": "1", "payload": null}',
        '{"type": "slash_commands", "envelope_id": "1", "payload": []}',
        '{"type": "slash_commands", "envelope_id": "1", "payload": "text"}',
        '{"type": "slash_commands", "envelope_id": null, "payload": {}}',
        '{"type": "interactive", "envelope_id": "1", "payload": {"type": "block_actions"}}', b"\xff\xfe{",
    ],
)  # fmt: skip
async def test_a_frame_that_is_not_what_it_claims(frame: str | bytes, bot: Bot) -> None:
    """What comes over the WebSocket and is no request of Slack's is left alone, and the connection stays."""
    before = len(bot.slack.posts)
    [connection] = bot.slack._socket.open
    await (connection.ws.send_str(frame) if isinstance(frame, str) else connection.ws.send_bytes(frame))
    await bot.settled()

    assert bot.slack._socket.open == [connection]
    assert [post.channel for post in bot.slack.posts[before:]] == ["D0ASKER01"]
