"""HTTP: only what Slack signed is read. Bodies and signatures of every kind are tried in tests/faults."""

import io
import json
from collections.abc import AsyncIterator

import aiohttp
import pytest

from bot.slack.http import BODY_BYTES
from playground.slack import Delivery, Slack
from playground.slack_delivery import sign
from tests.kit.crowd import FakeSource
from tests.kit.stage import MODES, Bot, reached, read

FORM = "application/x-www-form-urlencoded"
FIVE_MINUTES_S = 300


@pytest.fixture
async def http(bot: Bot) -> AsyncIterator[Slack]:
    """The workspace, which reaches the bot over HTTP."""
    async with reached(bot, MODES[1]) as slack:
        yield slack


def signed(slack: Slack, body: bytes, content_type: str = FORM) -> dict[str, str]:
    """The headers with which Slack sends this body."""
    timestamp = int(slack.clock())
    signature = sign(slack.signing_secret, timestamp, body)
    return {"Content-Type": content_type, "X-Slack-Request-Timestamp": str(timestamp), "X-Slack-Signature": signature}


async def test_a_wrong_signature_is_refused(
    http: Slack, bot: Bot, source: FakeSource, caplog: pytest.LogCaptureFixture
) -> None:
    """What has no signature, or a wrong one, did not come from Slack: 401, and nothing is asked or answered.

    The log says so once, because SLACK_SIGNING_SECRET may be wrong, and not for each request.
    """
    refused: list[Delivery] = [
        await http.command("", signature=sign("another secret", 0, b"")),
        await http.mention("", signature="v0="),
        await http.raw_post(b"command=%2Fwho-is-online&text=", {"Content-Type": FORM}),
    ]

    await bot.outbox.drain(5)
    assert [each.status for each in refused] == [401, 401, 401]
    assert (source.calls, http.posts) == (0, [])
    assert ["check SLACK_SIGNING_SECRET" in said for said in caplog.messages] == [True]


@pytest.mark.parametrize("off_s", [-FIVE_MINUTES_S - 1, FIVE_MINUTES_S + 2])
async def test_an_old_request_is_refused(http: Slack, source: FakeSource, off_s: int) -> None:
    """A request whose time is five minutes off may be a recording of an old one: 401, though the signature is right."""
    delivery = await http.command("", timestamp=int(http.clock()) + off_s)

    assert delivery.status == 401
    assert source.calls == 0


@pytest.mark.parametrize(("more", "status"), [(0, 200), (1, 413)], ids=["as large as may be", "one byte more"])
async def test_a_body_has_a_largest_size(http: Slack, source: FakeSource, more: int, status: int) -> None:
    """A body of `BODY_BYTES` is read; of one with a byte more nothing is, whatever it is signed with: 413."""
    begin = b"command=%2Fwho-is-online&user_id=U0ASKER01&channel_id=C0SUPPORT&text=help&more="
    body = begin.ljust(BODY_BYTES + more, b"x")
    async with (
        aiohttp.ClientSession() as session,
        session.post(str(http.events_url), data=io.BytesIO(body), headers=signed(http, body)) as response,
    ):
        assert response.status == status

    assert source.calls == 0


async def test_an_incident_is_no_error_page(http: Slack, source: FakeSource, caplog: pytest.LogCaptureFixture) -> None:
    """A fault of ours is a message in the response too, and not an error page, which Slack would hide."""
    source.says = RuntimeError("the private details")
    delivery = await http.command("")

    assert delivery.status == 200
    assert "incident" in read(delivery.posts[0])
    assert "Incident" in caplog.text


async def test_it_proves_to_slack_that_it_listens(http: Slack) -> None:
    """When the address is entered at Slack, Slack sends a challenge, and gets it back."""
    body = json.dumps({"type": "url_verification", "challenge": "a-challenge"}).encode()
    delivery = await http.raw_post(body, signed(http, body, "application/json"))

    assert (delivery.status, delivery.body) == (200, {"challenge": "a-challenge"})
