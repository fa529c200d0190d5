"""What the client makes of a bad line, with real HTTP against the stand-in NetServer."""

import asyncio
import socket
import ssl
import tracemalloc
import zlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest
import trustme

from bot.errors import Denied, Reason, SuperOfficeError, Unexpected, Unreachable
from bot.superoffice.client import SuperOfficeClient
from bot.superoffice.failures import from_httpx
from bot.superoffice.tickets import PasswordSignIn, ReadyTicket
from bot.superoffice.transport import MAX_ANSWER_BYTES, NetServer, Secrets, open_netserver
from playground.office import big_office
from playground.superoffice import Fault
from playground.superoffice import NetServer as StandIn
from tests.fakes import (
    TICKET,
    Reply,
    Wire,
    anna,
    client_of,
    everything_told,
    nobody_trusted,
    over_http,
    presence,
    row,
    wired,
)

PATIENT_S = 20.0
HASTY_S = 0.2

PAGES = ("the gateway has something to say", "This is elsewhere", "StackTrace", "SoCore")
"""Words of the stand-in's pages and errors."""

F, R = Fault, Reason
EXPECTED: dict[Fault, tuple[type[SuperOfficeError], Reason] | None] = {
    # None: a roster
    F.SUCCEEDED_FALSE_EMPTY_LIST: (Unexpected, R.FAILED),
    F.SUCCEEDED_FALSE_EMPTY_BODY: (Unexpected, R.FAILED),
    F.SUCCEEDED_FALSE_FULL_LIST: (Unexpected, R.FAILED),
    F.SUCCEEDED_FALSE_WITHOUT_EXCEPTION: (Unexpected, R.FAILED),
    F.SUCCEEDED_FALSE_AS_ZERO: (Unexpected, R.FAILED),
    F.SUCCEEDED_TRUE_AS_ONE: None,
    F.SUCCEEDED_TRUE_WITH_SPACES: None,
    F.SUCCEEDED_MISSING: (Unexpected, R.UNREADABLE),
    F.NO_HEADER: (Unexpected, R.UNREADABLE),
    F.EMPTY_BODY: (Unexpected, R.UNREADABLE),
    F.RESPONSE_NIL: (Unexpected, R.UNREADABLE),
    F.RESPONSE_MISSING: (Unexpected, R.UNREADABLE),
    F.RESPONSE_EMPTY: None,
    F.NIL_PRESENCE: None,
    F.EMPTY_PRESENCE: None,
    F.NIL_NAME: None,
    F.NIL_TOPICS: None,
    F.MISSING_USER_ID: None,
    F.MISSING_NAME: None,
    F.MISSING_CHATS: None,
    F.MISSING_PRESENT: None,
    F.MISSING_TOPICS: None,
    F.MISSING_FIELDS: None,
    F.CHATS_NOT_A_NUMBER: (Unexpected, R.UNREADABLE),
    F.USER_ID_NOT_A_NUMBER: (Unexpected, R.UNREADABLE),
    F.UNKNOWN_AT_START: None,
    F.UNKNOWN_IN_MIDDLE: None,
    F.UNKNOWN_AT_END: None,
    F.TICKET_REFUSED: (Denied, R.TICKET_ENDED),
    F.NO_RIGHT: (Denied, R.NO_RIGHT),
    F.APPLICATION_TOKEN_REFUSED: (Denied, R.APPLICATION_TOKEN),
    F.DATABASE: (Unexpected, R.FAILED),
    F.SOAP_FAULT: (Unexpected, R.FAILED),
    F.SOAP12_ENVELOPE: (Unexpected, R.UNREADABLE),
    F.TRUNCATED_XML: (Unexpected, R.UNREADABLE),
    F.DTD: (Unexpected, R.UNREADABLE),
    F.ENTITY_BOMB: (Unexpected, R.UNREADABLE),
    F.EXTERNAL_ENTITY: (Unexpected, R.UNREADABLE),
    F.REDIRECT_302: (Unreachable, R.NOT_THERE),
    F.REDIRECT_307: (Unreachable, R.NOT_THERE),
    F.TRUNCATED_HTTP: (Unreachable, R.BROKEN),
    F.RESET: (Unreachable, R.BROKEN),
    F.STALLED: (Unreachable, R.TIMEOUT),
    F.DRIP: (Unreachable, R.TIMEOUT),
    F.GZIP_BOMB: (Unexpected, R.TOO_LARGE),
    F.OVERSIZED: (Unexpected, R.TOO_LARGE),
}
PAGE_REASONS = {200: R.PAGE, 401: R.PAGE, 403: R.PAGE, 404: R.NOT_THERE, 429: R.BUSY}
EXPECTED |= {
    fault: (Unreachable, PAGE_REASONS.get(fault.status or 0, R.SERVER_ERROR))
    for fault in Fault
    if fault.name.startswith(("HTML_", "SOUP_", "NOTHING_"))
}
EXPECTED[F.NOTHING_200] = (Unreachable, R.BROKEN)


@pytest.fixture
async def server() -> AsyncIterator[StandIn]:
    async with StandIn() as server:
        yield server


@asynccontextmanager
async def asking(server: StandIn, *, timeout_s: float = PATIENT_S, url: str = "") -> AsyncIterator[SuperOfficeClient]:
    """A client with a good ticket. `timeout_s` is its total deadline."""
    async with (
        over_http(url or server.url) as netserver,
        client_of(netserver, sign_in=ReadyTicket(server.issue_ticket()), timeout_s=timeout_s) as client,
    ):
        yield client


@asynccontextmanager
async def asking_as_in_production(
    server: StandIn, *, timeout_s: float = PATIENT_S, each_wait_s: float = PATIENT_S
) -> AsyncIterator[SuperOfficeClient]:
    """The same, over connections as the bot opens them. `each_wait_s` bounds their single waits."""
    async with (
        open_netserver(base_url=server.url, services=86, timeout_s=each_wait_s) as netserver,
        client_of(netserver, sign_in=ReadyTicket(server.issue_ticket()), timeout_s=timeout_s) as client,
    ):
        yield client


async def failure(client: SuperOfficeClient) -> SuperOfficeError:
    with pytest.raises(SuperOfficeError) as caught:
        await client.snapshot()
    return caught.value


@pytest.mark.parametrize("fault", Fault, ids=lambda fault: fault.name)
async def test_every_fault_ends_as_itself(server: StandIn, fault: Fault) -> None:
    """Each thing that goes wrong has its own error and reason, tells no secret and no text, and is no empty roster."""
    server.switches.fault, server.switches.only = fault, "GetChatPresence"
    ends_late = fault in (Fault.STALLED, Fault.DRIP)
    expected = EXPECTED[fault]
    async with asking(server, timeout_s=HASTY_S if ends_late else PATIENT_S) as client:
        if expected is None:
            agents = (await client.snapshot()).agents
            assert len(agents) == (0 if fault is Fault.RESPONSE_EMPTY else len(server.office.agents))
            return
        error = await failure(client)

    assert (type(error), error.reason) == expected
    told = everything_told(error)
    assert not [text for text in ("7T:", *PAGES) if text in told]
    assert not server.redirect_followed
    assert not server.external_entity_fetched


async def test_superoffice_that_is_down_refuses(server: StandIn) -> None:
    """Where nobody listens, the connection was refused; once it is back, so is the roster."""
    async with asking(server) as client:
        await server.go_down()
        error = await failure(client)
        assert (type(error), error.reason) == (Unreachable, Reason.REFUSED)
        assert "7T:" not in everything_told(error)

        await server.come_back()
        assert (await client.snapshot()).agents


@pytest.mark.parametrize(
    ("cause", "reason"), [(ConnectionResetError(), Reason.BROKEN), (ConnectionRefusedError(), Reason.REFUSED)]
)
def test_let_in_and_dropped_at_once_is_not_refused(cause: OSError, reason: Reason) -> None:
    """A connection reset before its opening was noticed broke off; only one that was turned away was refused."""
    opening = httpx.ConnectError("All connection attempts failed")
    opening.__cause__ = ExceptionGroup("each address", [cause])
    with pytest.raises(Unreachable) as raised, from_httpx():
        raise opening

    assert raised.value.reason is reason


async def test_a_stall_ends_at_the_connections_own_deadline_too(server: StandIn) -> None:
    """A single wait that is too long ends as one that did not answer in time."""
    server.switches.fault = Fault.STALLED
    async with asking_as_in_production(server, each_wait_s=HASTY_S) as client:
        error = await failure(client)

    assert (type(error), error.reason, error.detail) == (Unreachable, Reason.TIMEOUT, "ReadTimeout")


async def test_the_deadline_is_of_the_whole_call(server: StandIn) -> None:
    """An answer that drips in without ever pausing ends at the deadline all the same."""
    server.switches.fault = Fault.DRIP
    async with asking_as_in_production(server, timeout_s=HASTY_S) as client:
        error = await failure(client)

    assert (type(error), error.reason, error.detail) == (Unreachable, Reason.TIMEOUT, "0.2 s")


async def test_a_deadline_spans_sign_in_and_repetition(server: StandIn) -> None:
    """Signing in is a part of the call, so a sign-in that hangs ends with it."""
    server.switches.fault, server.switches.only = Fault.STALLED, "AuthenticateUsernamePassword"
    async with over_http(server.url) as netserver:
        sign_in = PasswordSignIn(netserver, username="who", password="demo-password", application_token="")
        async with client_of(netserver, sign_in=sign_in, timeout_s=HASTY_S) as client:
            error = await failure(client)

    assert (type(error), error.reason) == (Unreachable, Reason.TIMEOUT)


@pytest.mark.parametrize("fault", [Fault.REDIRECT_302, Fault.REDIRECT_307], ids=lambda fault: fault.name)
async def test_a_redirect_is_not_followed_with_the_password(server: StandIn, fault: Fault) -> None:
    """Neither ticket nor password goes to an address that nobody configured, even where the client would follow."""
    server.switches.fault = fault
    async with over_http(server.url, follow_redirects=True) as netserver:
        sign_in = PasswordSignIn(netserver, username="who", password="demo-password", application_token="")
        async with client_of(netserver, sign_in=sign_in) as client:
            error = await failure(client)

    assert (type(error), error.reason) == (Unreachable, Reason.NOT_THERE)
    assert not server.redirect_followed


async def test_a_large_roster_is_no_bomb() -> None:
    """A thousand agents are an honest answer."""
    async with StandIn(big_office(agents=1000, topics=40)) as server, asking(server) as client:
        snapshot = await client.snapshot()

    assert len(snapshot.agents) == 1000
    assert len(snapshot.topics) == 40


@pytest.mark.parametrize("services", [86, 87, 88])
async def test_every_services_number_is_understood(services: int) -> None:
    """The stand-in, as strict as WCF, answers the bot under each number; under another it is not there."""
    async with StandIn(services=services) as server:
        ticket = server.issue_ticket()
        for asked in (86, 87, 88):
            async with (
                open_netserver(base_url=server.url, services=asked, timeout_s=PATIENT_S) as netserver,
                client_of(netserver, sign_in=ReadyTicket(ticket)) as client,
            ):
                if asked == services:
                    assert len((await client.snapshot()).agents) == len(server.office.agents)
                else:
                    assert (await failure(client)).reason is Reason.NOT_THERE


async def test_a_wrong_path_is_not_there(server: StandIn) -> None:
    """A host without NetServer at the configured path says so by its 404."""
    async with asking(server, url=f"{server.origin}/elsewhere/Remote") as client:
        error = await failure(client)

    assert (type(error), error.reason) == (Unreachable, Reason.NOT_THERE)


async def test_a_slash_at_the_end_of_the_address_changes_nothing(server: StandIn) -> None:
    """The address may end with a slash."""
    async with asking(server, url=f"{server.url}/") as client:
        assert (await client.snapshot()).agents


# Certificates and names


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


async def one_call_fails(netserver: NetServer) -> SuperOfficeError:
    """One exchange with none beside it: httpcore leaves a cancelled handshake's socket to the garbage collector."""
    with pytest.raises(SuperOfficeError) as caught:
        await netserver.call("Chat", "GetChatPresence", Secrets(ticket=TICKET))
    return caught.value


def serving(authority: trustme.CA, name: str = "127.0.0.1") -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(name).configure_cert(context)
    return context


async def test_a_certificate_that_nobody_vouches_for_ends_the_call(authority: trustme.CA) -> None:
    """The client as it is opened for production sends nothing to a server whose certificate is not trusted."""
    async with (
        StandIn(ssl_context=serving(authority)) as server,
        open_netserver(base_url=server.url, services=86, timeout_s=PATIENT_S) as netserver,
    ):
        error = await one_call_fails(netserver)

    assert (type(error), error.reason) == (Unreachable, Reason.TLS)
    assert not server.calls
    assert "7T:" not in everything_told(error)


async def test_a_certificate_for_another_host_ends_the_call(authority: trustme.CA) -> None:
    """A trusted authority is not enough: the certificate must name the host."""
    trusting = nobody_trusted()
    authority.configure_trust(trusting)
    async with (
        StandIn(ssl_context=serving(authority, "other.example")) as server,
        over_http(server.url, verify=trusting) as netserver,
    ):
        error = await one_call_fails(netserver)

    assert (type(error), error.reason) == (Unreachable, Reason.TLS)
    assert not server.calls


async def test_an_authority_of_ones_own_is_named_by_its_file(
    authority: trustme.CA, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SSL_CERT_FILE names an on-site authority, and its certificates are trusted."""
    with authority.cert_pem.tempfile() as file:
        monkeypatch.setenv("SSL_CERT_FILE", file)
        async with StandIn(ssl_context=serving(authority)) as server, asking_as_in_production(server) as client:
            assert (await client.snapshot()).agents


async def test_a_server_that_wants_a_certificate_of_ours_is_unreachable(authority: trustme.CA) -> None:
    """A handshake that the server ends late, after it seemed done, is translated too."""
    demanding, trusting = serving(authority), nobody_trusted()
    authority.configure_trust(demanding)
    authority.configure_trust(trusting)
    demanding.verify_mode = ssl.CERT_REQUIRED
    async with (
        StandIn(ssl_context=demanding) as server,
        over_http(server.url, verify=trusting) as netserver,
    ):
        assert type(await one_call_fails(netserver)) is Unreachable


async def test_a_host_that_does_not_exist_is_not_found(server: StandIn) -> None:
    """A name that nobody knows is told apart from a server that is down."""
    name = "superoffice.invalid"  # never exists: https://www.rfc-editor.org/rfc/rfc6761#section-6.4
    try:
        await asyncio.get_running_loop().getaddrinfo(name, 80)
    except socket.gaierror:
        pass
    else:
        pytest.skip("this machine's resolver answers for names that do not exist")
    async with asking(server, url=f"http://{name}/Remote") as client:
        error = await failure(client)

    assert (type(error), error.reason) == (Unreachable, Reason.HOST_NOT_FOUND)


async def test_a_bomb_is_inflated_no_further_than_the_cap() -> None:
    """An answer that inflates to many times the cap takes the memory of a few."""
    bomb = zlib.compress(b" " * (8 * MAX_ANSWER_BYTES), wbits=31)
    wire = Wire()
    wire.says["GetChatPresence"] = Reply(bomb, content_encoding="gzip", piece=len(bomb))
    async with wired(wire) as netserver:
        tracemalloc.start(1)
        try:
            with pytest.raises(Unexpected) as caught:
                await netserver.call("Chat", "GetChatPresence", Secrets(ticket=TICKET))
            _, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()

    assert caught.value.reason is Reason.TOO_LARGE
    assert peak < 4 * MAX_ANSWER_BYTES


@pytest.mark.parametrize(
    "page",
    [
        Reply(b"x", status=502, content_type="text/html", content_encoding="br"),
        Reply(b"x" * (MAX_ANSWER_BYTES + 1), status=502, content_type="text/html", piece=MAX_ANSWER_BYTES),
    ],
    ids=["an encoding not asked for", "too large"],
)
async def test_a_page_counts_whatever_its_body(page: Reply) -> None:
    """A proxy's page is told by its status, without a look at its body."""
    wire = Wire()
    wire.says["GetChatPresence"] = page
    async with wired(wire) as netserver, client_of(netserver) as client:
        with pytest.raises(Unreachable) as caught:
            await client.snapshot()

    assert caught.value.reason is Reason.SERVER_ERROR


async def test_a_host_name_that_cannot_be_is_not_found() -> None:
    """A host name that no DNS can hold is a host that is not found."""
    async with (
        open_netserver(base_url="http://xn--/Remote", services=86, timeout_s=PATIENT_S) as netserver,
        client_of(netserver) as client,
    ):
        with pytest.raises(Unreachable) as caught:
            await client.snapshot()

    assert caught.value.reason is Reason.HOST_NOT_FOUND


async def test_an_answer_may_be_compressed() -> None:
    """A roster that comes in gzip, in as many pieces as it likes, is a roster."""
    wire = Wire()
    said = zlib.compress(presence(*[row(*anna())] * 500).encode(), wbits=31)
    wire.says["GetChatPresence"] = Reply(said, content_encoding="GZIP")
    async with wired(wire) as netserver, client_of(netserver) as client:
        assert len((await client.snapshot()).agents) == 500
    assert wire.sent("GetChatPresence")[0].headers["Accept-Encoding"] == "gzip"


@pytest.mark.parametrize("encoding", ["br", "deflate", "zstd", "gzip, gzip", "x" * 5000])
async def test_an_answer_in_an_encoding_that_was_not_asked_for_is_refused(encoding: str) -> None:
    """Only gzip was asked for; what calls itself anything else is not read, even if it could be."""
    wire = Wire()
    wire.says["GetChatPresence"] = Reply(presence(row(*anna())), content_encoding=encoding)
    async with wired(wire) as netserver, client_of(netserver) as client:
        error = await failure(client)

    assert (type(error), error.reason) == (Unexpected, Reason.UNREADABLE)
    assert len(str(error)) < 200


# Answers that no server of ours can send, byte by byte


@asynccontextmanager
async def answering(answer: bytes) -> AsyncIterator[str]:
    """A server that reads a request and sends these bytes, and nothing more."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        length = next(line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:"))
        await reader.readexactly(int(length.partition(b":")[2]))
        writer.write(answer)
        writer.close()
        await writer.wait_closed()

    listening = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with listening:
        yield f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}/Remote"


OK = b"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nConnection: close\r\n"


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        pytest.param(b"", (Unreachable, Reason.BROKEN), id="nothing"),
        pytest.param(b"SSH-2.0-OpenSSH_9.6\r\n", (Unreachable, Reason.BROKEN), id="no HTTP"),
        pytest.param(b"HTTP/1.1 200 OK\r\nContent-Le", (Unreachable, Reason.BROKEN), id="half a head"),
        pytest.param(OK + b"Content-Length: 0\r\n\r\n", (Unreachable, Reason.BROKEN), id="no body"),
        pytest.param(
            OK + b"Transfer-Encoding: chunked\r\n\r\n5\r\n<s:En\r\n", (Unreachable, Reason.BROKEN), id="a chunk missing"
        ),
        pytest.param(
            OK + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n", (Unreachable, Reason.BROKEN), id="chunks that are none"
        ),
        pytest.param(
            OK + b"Content-Encoding: gzip\r\n\r\nthis is not gzip", (Unexpected, Reason.UNREADABLE), id="no gzip"
        ),
        pytest.param(
            OK + b"Content-Encoding: gzip\r\n\r\n\x1f\x8b\x08\x00", (Unexpected, Reason.UNREADABLE), id="half a gzip"
        ),
        pytest.param(OK + b"Content-Encoding: br\r\n\r\n<x/>", (Unexpected, Reason.UNREADABLE), id="not asked for"),
    ],
)
async def test_bytes_that_are_no_answer(answer: bytes, expected: tuple[type[SuperOfficeError], Reason]) -> None:
    """Whatever comes back in place of HTTP ends as an error of ours."""
    async with (
        answering(answer) as url,
        over_http(url) as netserver,
        client_of(netserver) as client,
    ):
        error = await failure(client)

    assert (type(error), error.reason) == expected
