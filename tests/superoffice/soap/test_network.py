"""A bad line: real HTTP against the stand-in NetServer, and bytes that no server would send."""

import asyncio
import gzip
import socket
import ssl
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager, suppress
from typing import Final

import pytest
import trustme

from bot.errors import Denied, Reason, Unexpected, Unreachable
from bot.superoffice.session import Session
from bot.superoffice.soap.netserver import NetServer, open_netserver
from bot.superoffice.soap.rows import IS_OPEN, PRESENCE
from bot.superoffice.soap.transport import CONNECTIONS
from playground.superoffice import Fault
from playground.superoffice import NetServer as StandIn
from tests.kit.netserver import Kind, everything_told, failure, kind, over_http, superoffice
from tests.kit.netserver_xml import TICKET, anna, presence, row

Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Coroutine[None, None, None]]

PATIENT_S = 20.0
HASTY_S = 0.2

PAGES = ("the gateway has something to say", "This is elsewhere", "StackTrace", "SoCore")
"""Words of the stand-in's pages and errors."""

F, R = Fault, Reason
EXPECTED: Final[dict[Kind, tuple[Fault, ...]]] = {
    (Unexpected, R.FAILED): (
        F.SUCCEEDED_FALSE_EMPTY_LIST, F.SUCCEEDED_FALSE_EMPTY_BODY, F.SUCCEEDED_FALSE_FULL_LIST,
        F.SUCCEEDED_FALSE_WITHOUT_EXCEPTION, F.SUCCEEDED_FALSE_AS_ZERO, F.SOAP_FAULT,
    ),
    (Unexpected, R.DATABASE): (F.DATABASE,),
    (Unexpected, R.UNREADABLE): (
        F.SUCCEEDED_MISSING, F.NO_HEADER, F.EMPTY_BODY, F.RESPONSE_NIL, F.RESPONSE_MISSING, F.CHATS_NOT_A_NUMBER,
        F.USER_ID_NOT_A_NUMBER, F.SOAP12_ENVELOPE, F.TRUNCATED_XML, F.DTD, F.ENTITY_BOMB, F.EXTERNAL_ENTITY,
    ),
    (Unexpected, R.TOO_LARGE): (F.GZIP_BOMB, F.OVERSIZED,),
    (Denied, R.TICKET_REFUSED): (F.TICKET_REFUSED,),
    (Denied, R.NO_RIGHT): (F.NO_RIGHT,),
    (Denied, R.APPLICATION_TOKEN): (F.APPLICATION_TOKEN_REFUSED,),
    (Unreachable, R.REDIRECTED): (F.REDIRECT_302, F.REDIRECT_307,),
    (Unreachable, R.NOT_THERE): (F.HTML_404, F.SOUP_404, F.NOTHING_404,),
    (Unreachable, R.BROKEN): (F.TRUNCATED_HTTP, F.RESET,),
    (Unreachable, R.EMPTY): (F.NOTHING_200,),
    (Unreachable, R.TIMEOUT): (F.STALLED, F.DRIP,),
    (Unreachable, R.BUSY): (F.HTML_429, F.SOUP_429, F.NOTHING_429,),
    (Unreachable, R.PAGE): (F.HTML_200, F.SOUP_200,),
    (Unreachable, R.WEB_SIGN_IN): (F.HTML_401, F.SOUP_401, F.NOTHING_401,),
    (Unreachable, R.FORBIDDEN): (F.HTML_403, F.SOUP_403, F.NOTHING_403,),
    (Unreachable, R.SERVER_ERROR): (F.HTML_500, F.SOUP_500, F.NOTHING_500,),
    (Unreachable, R.GATEWAY): (F.HTML_502, F.SOUP_502, F.NOTHING_502, F.HTML_503, F.SOUP_503, F.NOTHING_503,),
}  # fmt: skip
FAILURES: Final = {fault: expected for expected, faults in EXPECTED.items() for fault in faults}
"""What each fault of the stand-in is to the bot. The others are odd, and harmless."""


@pytest.mark.parametrize("fault", [fault for fault in Fault if fault not in FAILURES], ids=lambda fault: fault.name)
async def test_what_is_odd_and_allowed_costs_nothing(server: StandIn, fault: Fault) -> None:
    """A reply that is written in an odd way, or leaves things out, gives as many agents as it has."""
    server.switches.fault = fault
    async with superoffice(server) as bot:
        agents = (await bot.source.snapshot()).agents

    assert len(agents) == (0 if fault is Fault.RESPONSE_EMPTY else len(server.office.agents))


@pytest.mark.parametrize(("fault", "expected"), FAILURES.items(), ids=lambda value: getattr(value, "name", ""))
async def test_every_fault_ends_as_itself(server: StandIn, fault: Fault, expected: Kind) -> None:
    """Each thing that goes wrong has its own error and reason, tells no secret and no text, and is no roster."""
    server.switches.fault, server.switches.only = fault, "GetChatPresence"
    async with superoffice(server, timeout_s=HASTY_S if expected[1] is R.TIMEOUT else PATIENT_S) as bot:
        error = await failure(bot.source.snapshot())

    assert kind(error) == expected
    told = everything_told(error)
    assert not [text for text in ("7T:", *PAGES) if text in told]
    assert not server.redirect_followed
    assert not server.external_entity_fetched


@pytest.mark.parametrize("fault", [Fault.REDIRECT_302, Fault.REDIRECT_307], ids=lambda fault: fault.name)
async def test_a_redirect_is_not_followed_with_the_password(server: StandIn, fault: Fault) -> None:
    """Neither ticket nor password goes to an address that nobody configured, even where the client would follow."""
    server.switches.fault = fault
    async with (
        over_http(follow_redirects=True) as netserver,
        superoffice(netserver, address=server.url, password="demo-password") as bot,
    ):
        error = await failure(bot.api.presence())

    assert kind(error) == (Unreachable, Reason.REDIRECTED)
    assert not server.redirect_followed


# --- as production opens it: its deadlines, connections and certificates ---


@asynccontextmanager
async def in_production(*, each_wait_s: float = PATIENT_S) -> AsyncIterator[NetServer]:
    """A NetServer as the bot opens it. `each_wait_s` bounds its single waits."""
    async with open_netserver(services=86, timeout_s=each_wait_s) as netserver:
        yield netserver


def session(server: StandIn) -> Session:
    """A good session."""
    return Session(server.url, server.issue_ticket())


async def test_a_single_wait_has_an_end(server: StandIn) -> None:
    """A server that says nothing for too long did not answer in time."""
    server.switches.fault = Fault.STALLED
    async with in_production(each_wait_s=HASTY_S) as netserver:
        error = await failure(netserver.call(PRESENCE, session(server)))

    assert (*kind(error), error.detail) == (Unreachable, Reason.TIMEOUT, "ReadTimeout")


async def test_a_deadline_spans_the_sign_in(server: StandIn) -> None:
    """Signing in is a part of the call, so a sign-in that hangs ends with it; so does what `check` asks."""
    server.switches.fault, server.switches.only = Fault.STALLED, "AuthenticateUsernamePassword"
    async with superoffice(server, password="demo-password", timeout_s=HASTY_S) as bot:
        assert kind(await failure(bot.api.presence())) == (Unreachable, Reason.TIMEOUT)
        server.switches.only = None
        assert kind(await failure(bot.api.reach())) == (Unreachable, Reason.TIMEOUT)


async def test_ten_calls_run_side_by_side_each_on_a_connection_of_its_own() -> None:
    """However many calls there are, ten run side by side, and no connection serves a second one."""
    count = {"open": 0, "most": 0, "all": 0}
    ten, answered = asyncio.Event(), asyncio.Event()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        count["open"] += 1
        count["all"] += 1
        count["most"] = max(count["most"], count["open"])
        if count["open"] == CONNECTIONS:
            ten.set()
        while await _request(reader):
            await answered.wait()
            count["open"] -= 1
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nContent-Length: 1\r\n\r\nx")
        await _end(writer)

    async with listening(serve) as address, in_production() as netserver:
        questions = (netserver.call(IS_OPEN, Session(address), ChatTopicId=n) for n in range(3 * CONNECTIONS))
        calls = [asyncio.create_task(question) for question in questions]
        await ten.wait()
        answered.set()
        await asyncio.wait(calls)

    assert {type(call.exception()) for call in calls} == {Unexpected}  # "x" is no reply
    assert (count["most"], count["all"]) == (CONNECTIONS, 3 * CONNECTIONS) == (10, 30)


async def test_a_reply_that_comes_twice_answers_no_other_question() -> None:
    """Where a gateway sends a reply twice, the second one is not taken for the answer to the next question."""
    present = ["true", "false"]

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while await _request(reader):
            content = presence(row(*anna(Present=f"<Present>{present.pop(0)}</Present>"))).encode()
            head = b"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nContent-Length: %d\r\n\r\n" % len(content)
            writer.write((head + content) * 2)
        await _end(writer)

    async with listening(serve) as address, in_production() as netserver:
        rows = [await netserver.call(PRESENCE, Session(address)) for _ in range(2)]

    assert [each.present for (each,) in rows] == [True, False]


async def test_a_connection_that_is_cut_is_not_tried_again() -> None:
    """What fails was tried once: a sign-in could count twice towards the lock of an account."""
    count = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        count.append(await _request(reader))
        await _end(writer)

    async with listening(serve) as address, in_production() as netserver:
        assert kind(await failure(netserver.call(PRESENCE, Session(address)))) == (Unreachable, Reason.BROKEN)
    assert len(count) == 1


@asynccontextmanager
async def listening(serve: Serve) -> AsyncIterator[str]:
    """The address of a server of our own, whose connections end before the test does."""
    async with asyncio.TaskGroup() as connections:

        def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            connections.create_task(serve(reader, writer))

        server = await asyncio.start_server(connected, "127.0.0.1", 0)
        async with server:
            yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/Remote"


async def _end(writer: asyncio.StreamWriter) -> None:
    writer.close()
    with suppress(ConnectionError):
        await writer.wait_closed()


async def _request(reader: asyncio.StreamReader) -> bool:
    """Read a request; False where there is no more."""
    try:
        head = await reader.readuntil(b"\r\n\r\n")
    except (asyncio.IncompleteReadError, ConnectionError):
        return False
    length = next(line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:"))
    await reader.readexactly(int(length.partition(b":")[2]))
    return True


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


def serving(authority: trustme.CA, name: str = "127.0.0.1") -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(name).configure_cert(context)
    return context


@pytest.mark.parametrize(("name", "trusted"), [("127.0.0.1", False), ("other.example", True)])
async def test_a_certificate_that_is_not_trusted_ends_the_call(
    authority: trustme.CA, name: str, trusted: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is sent to a server whose authority nobody vouches for, or whose certificate is for another host."""
    with authority.cert_pem.tempfile() as file:
        if trusted:
            monkeypatch.setenv("SSL_CERT_FILE", file)
        async with StandIn(ssl_context=serving(authority, name)) as server, in_production() as netserver:
            error = await failure(netserver.call(PRESENCE, session(server)))

    assert kind(error) == (Unreachable, Reason.CERTIFICATE_HOST if trusted else Reason.TLS)
    assert not server.calls


@pytest.mark.parametrize("demanding", [False, True])
async def test_an_authority_of_ones_own_is_named_by_its_file(
    authority: trustme.CA, demanding: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SSL_CERT_FILE names an on-site authority, and its certificates are trusted.

    A server that wants one of ours ends the handshake late, after it seemed done, and is unreachable.
    """
    context = serving(authority)
    if demanding:
        authority.configure_trust(context)
        context.verify_mode = ssl.CERT_REQUIRED
    with authority.cert_pem.tempfile() as file:
        monkeypatch.setenv("SSL_CERT_FILE", file)
        async with StandIn(ssl_context=context) as server, in_production() as netserver:
            asking = netserver.call(PRESENCE, session(server))
            if demanding:
                assert type(await failure(asking)) is Unreachable
            else:
                assert await asking


@pytest.mark.parametrize("name", ["superoffice.invalid", "xn--"])
async def test_a_host_that_does_not_exist_is_not_found(name: str) -> None:
    """A name that nobody knows, or that no DNS can hold, is told apart from a server that is down."""
    try:  # .invalid never exists: https://www.rfc-editor.org/rfc/rfc6761#section-6.4
        await asyncio.get_running_loop().getaddrinfo("superoffice.invalid", 80)
    except socket.gaierror:
        pass
    else:
        pytest.skip("this machine's resolver answers for names that do not exist")
    async with over_http() as netserver:
        error = await failure(netserver.call(PRESENCE, Session(f"http://{name}/Remote", TICKET)))

    assert kind(error) == (Unreachable, Reason.HOST_NOT_FOUND)


OK = b"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nConnection: close\r\n"
CHUNKED = b"Transfer-Encoding: chunked\r\n\r\n"


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"SSH-2.0-OpenSSH_9.6\r\n", id="no HTTP"),
        pytest.param(b"HTTP/1.1 200 OK\r\nContent-Le", id="half a head"),
        pytest.param(OK + b"Transfer-Encoding: chunked\r\n\r\n5\r\n<s:En\r\n", id="a chunk missing"),
        pytest.param(OK + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n", id="chunks that are none"),
    ],
)
async def test_bytes_that_are_no_answer_broke_off(answer: bytes) -> None:
    """Whatever comes back in place of HTTP is a broken connection."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await _request(reader)
        writer.write(answer)
        await _end(writer)

    async with listening(serve) as address, over_http() as netserver:
        error = await failure(netserver.call(PRESENCE, Session(address, TICKET)))

    assert kind(error) == (Unreachable, Reason.BROKEN)


@pytest.mark.parametrize(
    ("head", "piece", "told"),
    [
        pytest.param(b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 1_000, "over 32,768 bytes on the wire", id="100"),
        pytest.param(OK, b"a: b\r\n" * 10_000, "over 32,768 bytes on the wire", id="headers"),
        pytest.param(OK + CHUNKED, b"1\r\nx\r\n" * 1_000, "over 20,480 pieces", id="tiny chunks"),
        pytest.param(OK + CHUNKED, b"100000\r\n%b\r\n" % (b"x" * 2**20), "over 10,485,760 bytes", id="huge chunks"),
        pytest.param(
            OK + CHUNKED, b"1;%b\r\nx\r\n" % (b"x" * 50_000), "over 20,971,520 bytes on the wire", id="extensions"
        ),
    ],
)
async def test_what_has_no_end_is_too_large(head: bytes, piece: bytes, told: str) -> None:
    """Whatever a server sends without end, it is given up at a bound, before the deadline."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await _request(reader)
        writer.write(head)
        with suppress(ConnectionError):
            while True:
                writer.write(piece)
                await writer.drain()

    async with listening(serve) as address, in_production() as netserver:
        error = await failure(netserver.call(PRESENCE, Session(address)))

    assert (*kind(error), error.detail) == (Unexpected, Reason.TOO_LARGE, told)


async def test_what_follows_a_packed_reply_is_not_read() -> None:
    """A packed reply ends where it says so, whatever a server goes on to send."""
    packed = gzip.compress(presence(row(*anna())).encode())

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await _request(reader)
        writer.write(OK + b"Content-Encoding: gzip\r\n" + CHUNKED + b"%x\r\n%b\r\n" % (len(packed), packed))
        with suppress(ConnectionError):
            while True:
                writer.write(b"1000\r\n%b\r\n" % (b"x" * 0x1000))
                await writer.drain()

    async with listening(serve) as address, in_production() as netserver:
        assert len(await netserver.call(PRESENCE, Session(address))) == 1
