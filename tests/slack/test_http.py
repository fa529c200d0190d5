"""HTTP: only what Slack signed is read. Bodies and signatures of every kind are tried in tests/faults."""

import asyncio
import gzip
import io
import json
from collections.abc import AsyncIterator
from urllib.parse import urlencode, urlsplit

import aiohttp
import pytest
from aiohttp import web
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from slack_bolt.async_app import AsyncBoltRequest

from bot.presence.model import Topic
from bot.presence.query import ByTopic, Named, Numbered, Online
from bot.slack.http import BODY_BYTES, SEEN, SSL_CHECK_BYTES, Signatures
from bot.slack.renderings import Renderings
from bot.slack.view_state import ViewState
from bot.slack.views.controls import MAX_OPTIONS
from bot.slack.views.places import home_message, shared_message, to_asker_message
from bot.words.language import Language
from playground.slack import Slack
from playground.slack_delivery import sign
from tests.kit.clock import FakeClock
from tests.kit.crowd import FakeSource, agent, fresh, snapshot
from tests.kit.stage import HOST, MODES, Bot, reached

FORM = "application/x-www-form-urlencoded"
TIME, SIGNATURE = "X-Slack-Request-Timestamp", "X-Slack-Signature"
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


def largest_click() -> int:
    """The bytes of a click on the fullest message: long names in the letters that take most when Slack writes them."""
    topics = tuple(Topic(10**9 + number, f"{number:03}".ljust(300, "😀")) for number in range(MAX_OPTIONS))
    agents = [agent(f"{n:03}".ljust(300, "😀"), *topics, user_id=10**9 + n, chats=n % 3) for n in range(100)]
    profiles = {each.user_id: "https://enterprise.slack.com/team/U0123ABCDEF".ljust(100, "x") for each in agents}
    shown = Renderings(busy_at=1, profiles=profiles)
    sizes = []
    for view in (home_message, to_asker_message, shared_message):
        for query in (Online(), ByTopic(), Numbered(topics[0].id), Named("😀")):
            message = shown.message(view, ViewState(query, 1), Language.GERMAN, fresh(snapshot(*agents, topics=topics)))
            payload = {"message": {"text": message.text, "blocks": message.blocks}, "around it": "x" * 4_000}
            sizes.append(len(urlencode({"payload": json.dumps(payload)})))
    return max(sizes)


def test_the_largest_click_fits_twice() -> None:
    """A body may have twice the bytes of a click on the fullest message or Home that the bot shows, and not far more.

    Slack hands the whole message back with each click on it.
    """
    assert 256 * 1024 <= 2 * largest_click() <= BODY_BYTES <= 2.5 * largest_click()


async def test_a_signature_is_served_once(http: Slack, source: FakeSource, bot: Bot) -> None:
    """Who records a request and sends it again within its five minutes gets an empty 200: nothing is asked or posted.

    Slack's own retry of an event has a new time and so a new signature, or comes within the same second: what was not
    served before is served then.
    """
    then = int(http.clock()) - 60
    roster = (await http.command("")).posts[0]
    taken = [
        await http.command("all", timestamp=then),
        await http.click(roster, "share", timestamp=then),
        await http.mention("", timestamp=then),
    ]
    unknown = await http.event({"type": "team_join", "user": {"id": "U0ASKER01"}}, timestamp=then)
    await http.until(lambda: len(http.posts) == 4)
    calls = source.calls

    again = [await http.raw_post(*http._request(each, {"timestamp": then})) for each in (*taken, unknown)]
    await bot.outbox.drain(5)
    assert [each.status for each in taken] == [200, 200, 200]
    assert [(each.status, each.raw) for each in again[:3]] == [(200, b"")] * 3
    assert again[3].status == unknown.status == 404
    assert (len(http.posts), source.calls) == (4, calls)


def test_more_signatures_than_are_remembered(caplog: pytest.LogCaptureFixture) -> None:
    """Where more requests come than are remembered, Slack's are served and the oldest is forgotten; the log says so."""
    signatures = Signatures("secret", FakeClock())
    assert all(signatures.take(str(number)) for number in range(SEEN + 1))
    assert not signatures.take(str(SEEN))
    assert signatures.take("0")
    assert caplog.messages == [f"Signatures that are remembered: no more than {SEEN:,} are taken"]


NOT_SLACKS: dict[str, tuple[bytes, dict[str, str], int]] = {
    # a body without a right signature, more headers, and the status
    "a charset that takes long": (b"x" * 200_000, {"Content-Type": f"{FORM}; charset=punycode"}, 401),
    "many fields": (b"a=&" * 100_000, {}, 401),
    "utf-7": (b"+AGE-" * 50_000, {"Content-Type": f"{FORM}; charset=utf-7"}, 401),
    "half a letter": (b"payload=%C3" * 20_000, {}, 401),
    "deep JSON": (b"[" * 300_000, {"Content-Type": "application/json"}, 401),
    "JSON in a form": (b"payload=" + b"%5B" * 100_000, {}, 401),
    "JSON with many values": (
        json.dumps(["x"] * 60_000).encode(),
        {"Content-Type": "application/json"},
        401,
    ),
    "too large": (b"x" * (BODY_BYTES + 1), {}, 413),
    "compressed": (gzip.compress(b"x" * 10_000_000), {"Content-Encoding": "gzip"}, 415),
    "a look at the certificate": (b"token=x&ssl_check=1", {}, 200),
    "one in another field": (b"token=ssl_check=1", {}, 401),
    "one that is escaped": (b"ssl%5Fcheck=1", {}, 401),
    "one of many": (b"ssl_check=10", {}, 401),
    "one as text": (b"ssl_check=1", {"Content-Type": "text/plain"}, 401),
    "one that is too large": (b"ssl_check=1&".ljust(SSL_CHECK_BYTES + 1, b"x"), {}, 401),
}


@pytest.fixture
def unread(http: Slack, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: ARG001  # which begins with all of it
    """What decodes or parses a body is not there: whoever tries fails."""
    monkeypatch.setattr(AsyncBoltRequest, "__init__", None)
    for name in ("text", "json", "post"):
        monkeypatch.setattr(web.BaseRequest, name, None)


@pytest.mark.usefixtures("unread")
@pytest.mark.parametrize("signed_by", ["nothing", "a wrong signature", "an old time"])
@pytest.mark.parametrize("row", NOT_SLACKS)
async def test_what_is_not_slacks_is_not_read(
    http: Slack, row: str, signed_by: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Of what Slack did not sign nothing is decoded or parsed, whatever it claims to be; the log has a line at most.

    A look at Slack's own certificate check is all that is answered, and no answer tells what the bot runs on.
    """
    body, more, status = NOT_SLACKS[row]
    headers = {"Content-Type": FORM} | more
    if signed_by != "nothing":
        now = int(http.clock()) - (FIVE_MINUTES_S + 60 if signed_by == "an old time" else 0)
        headers |= {TIME: str(now), SIGNATURE: sign("a stranger's secret", now, body)}
    if status == 413 and signed_by != "a wrong signature":
        status = 401  # without a signature that may be right, not even so much is looked at
    delivery = await http.raw_post(body, headers)

    assert (delivery.status, delivery.raw) == (status, b"")
    assert len(caplog.messages) <= 1
    if (status, signed_by) == (401, "a wrong signature"):
        assert "check SLACK_SIGNING_SECRET" in caplog.messages[0]


PIECES = st.sampled_from(
    [b"a=b&", b"payload=", b"%C3", b"+AGE-", b"[", b'{"a":', b"ssl_check=1", b"&", b"\xff", b"\x00", b"=", b"x" * 999]
)
TYPES = st.sampled_from([FORM, "application/json", "multipart/form-data; boundary=x", "text/plain", "nonsense", ""])
CHARSETS = st.sampled_from(["", "; charset=punycode", "; charset=utf-7", "; charset=idna", "; charset=klingon"])


@pytest.mark.usefixtures("unread")
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    pieces=st.lists(st.tuples(PIECES, st.integers(1, 3_000)), max_size=6),
    content_type=TYPES,
    charset=CHARSETS,
    encoding=st.sampled_from(["", "gzip", "br"]),
    is_plausible=st.booleans(),
    is_chunked=st.booleans(),
)
async def test_what_a_stranger_costs(
    http: Slack,
    caplog: pytest.LogCaptureFixture,
    pieces: list[tuple[bytes, int]],
    content_type: str,
    charset: str,
    encoding: str,
    is_plausible: bool,
    is_chunked: bool,
) -> None:
    """Whatever a stranger's body is made of, it is refused before anything but its bytes is looked at.

    Nothing is decoded or parsed, and the log has three lines at most.
    """
    body = b"".join(piece * times for piece, times in pieces)
    headers = {"Content-Type": content_type + charset}
    if encoding:
        headers["Content-Encoding"] = encoding
    if is_plausible:
        headers |= {TIME: str(int(http.clock())), SIGNATURE: "v0=" + "0" * 64}

    async def in_chunks() -> AsyncIterator[bytes]:
        for start in range(0, len(body), 10_000):
            yield body[start : start + 10_000]

    async with (
        aiohttp.ClientSession() as session,
        session.post(
            str(http.events_url), data=in_chunks() if is_chunked else io.BytesIO(body), headers=headers
        ) as response,
    ):
        said = await response.read()

    is_ssl_check = len(body) <= SSL_CHECK_BYTES and content_type == FORM and b"ssl_check=1" in body.split(b"&")
    expected = {415} if encoding else {200} if is_ssl_check else {401, 413 if len(body) > BODY_BYTES else 401}
    assert response.status in expected
    assert said == b""
    assert len(caplog.messages) <= 3


async def test_no_answer_tells_what_the_bot_runs_on(http: Slack) -> None:
    """No answer has a Server header, not even one to what is no HTTP; mistakes of strangers are no faults of ours."""
    port = urlsplit(str(http.events_url)).port
    for sent, status in {
        b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n": b"200",
        b"GET /elsewhere HTTP/1.1\r\nHost: x\r\n\r\n": b"404",
        b"GET /slack/events HTTP/1.1\r\nHost: x\r\n\r\n": b"405",
        b"nonsense\r\n\r\n": b"400",
    }.items():
        reader, writer = await asyncio.open_connection(HOST, port)
        writer.write(sent)
        head = await reader.readuntil(b"\r\n\r\n")
        writer.close()
        assert head.split()[1] == status
        assert b"server:" not in head.lower()


async def test_it_proves_to_slack_that_it_listens(http: Slack) -> None:
    """When the address is entered at Slack, Slack sends a challenge, and gets it back."""
    body = json.dumps({"type": "url_verification", "challenge": "a-challenge"}).encode()
    delivery = await http.raw_post(body, signed(http, body, "application/json"))

    assert (delivery.status, delivery.body) == (200, {"challenge": "a-challenge"})
