"""What comes in a SOAP reply's place over HTTP, and the bounds of what is read, over a wire in memory."""

import errno
import ssl
import tracemalloc
import zlib

import httpx
import pytest

from bot.errors import Reason, Refused, SuperOfficeError, Unexpected, Unreachable
from bot.superoffice.session import Session
from bot.superoffice.soap.exchange import Exchange
from bot.superoffice.soap.failures import from_httpx
from bot.superoffice.soap.netserver import NetServer
from bot.superoffice.soap.rows import PRESENCE
from bot.superoffice.soap.transport import MAX_ANSWER_BYTES, open_http
from tests.kit import netserver as kit
from tests.kit.netserver import SESSION, Reply, Wire, everything_told, failure, kind, wired
from tests.kit.netserver_xml import anna, presence, row

TEXT = "the text of the page"
XHTML = f'<html xmlns="http://www.w3.org/1999/xhtml"><head><title>No</title></head><body><p>{TEXT}</p></body></html>'
SOUP = f"<!DOCTYPE html><html><title>No</title><br><body><p>{TEXT}<p>&nbsp;<a href=/x?a&b>Back"
SOUND = presence(row(*anna()))


async def rows_in(reply: Reply) -> int:
    """How many rows come of an answer to GetChatPresence."""
    wire = Wire()
    wire.says[kit.PRESENCE] = reply
    async with wired(wire) as netserver:
        return len(await netserver.call(PRESENCE, SESSION))


async def refused(reply: Reply) -> SuperOfficeError:
    """The error that stands for an answer to GetChatPresence."""
    error = await failure(rows_in(reply))
    return error.told if isinstance(error, Refused) else error


REASONS = {
    **dict.fromkeys((200, 204), Reason.PAGE),
    400: Reason.BAD_REQUEST,
    401: Reason.WEB_SIGN_IN,
    403: Reason.FORBIDDEN,
    **dict.fromkeys((404, 410), Reason.NOT_THERE),
    405: Reason.NO_POST,
    407: Reason.PROXY_SIGN_IN,
    415: Reason.NO_BINDING,
    429: Reason.BUSY,
    500: Reason.SERVER_ERROR,
    **dict.fromkeys((502, 503, 504), Reason.GATEWAY),
}


@pytest.mark.parametrize("page", [XHTML, SOUP, ""], ids=["XHTML", "soup", "nothing"])
@pytest.mark.parametrize("status", REASONS)
async def test_a_page_means_that_superoffice_was_not_reached(status: int, page: str) -> None:
    """A page that parses, one that does not, and none at all: each is Unreachable, with the reason of its status."""
    error = await refused(Reply(page, status, "text/html; charset=utf-8"))

    assert kind(error) == (Unreachable, REASONS[status])
    assert str(status) in error.detail
    assert TEXT not in everything_told(error)


@pytest.mark.parametrize(
    ("content_type", "told"),
    [
        ("text/html; charset=utf-8", "HTTP 502, text/html"),
        ("", "HTTP 502, no content type"),
        ("x" * 5000, f"HTTP 502, {'x' * 40}"),
    ],
)
async def test_of_a_page_its_status_and_kind_are_told(content_type: str, told: str) -> None:
    """The log hears of a page its status and the beginning of its content type, and no more."""
    assert (await refused(Reply(SOUP, 502, content_type))).detail == told


@pytest.mark.parametrize(
    ("location", "told"),
    [
        ("https://crm.example.com/Remote/", "https://crm.example.com/Remote/"),
        ("/login?ticket=7T:s3cret#7T:s3cret", "https://crm.example.com/login"),
        ("https://user:s3cret@[::1]:8443/" + "x" * 5000, f"https://[::1]:8443/{'x' * 181}"),
        ("", "nowhere"),
    ],
)
@pytest.mark.parametrize("status", [300, 302, 308])
async def test_a_redirect_is_told_and_not_followed(status: int, location: str, told: str) -> None:
    """Where a redirect leads is told without what may be a secret, however long it is."""
    error = await refused(Reply(SOUP, status, "text/html", location=location))

    assert (*kind(error), error.detail) == (Unreachable, Reason.REDIRECTED, told)


@pytest.mark.parametrize("content_type", ["", "text/xml; charset=utf-8"])
@pytest.mark.parametrize("status", [200, 500])
async def test_nothing_at_all_means_that_superoffice_was_not_reached(status: int, content_type: str) -> None:
    """An empty answer is never an empty roster, even if it calls itself XML."""
    error = await refused(Reply("", status, content_type))

    assert kind(error) == (Unreachable, Reason.EMPTY if status == 200 else REASONS[status])


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
    assert kind(await refused(page)) == (Unreachable, Reason.GATEWAY)


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize(
    ("said", "seconds"),
    [
        *(("7", 7), ("0", 0), (None, 0), ("", 0), ("-7", 0), ("7.5", 0), ("\u0667", 0), ("soon", 0)),
        ("Fri, 31 Dec 1999 23:59:59 GMT", 0),
    ],
)
async def test_a_server_may_ask_for_a_pause(status: int, said: str | None, seconds: float) -> None:
    """Retry-After goes along in seconds; a date, or anything else, asks for no more than the usual pause."""
    error = await refused(Reply(XHTML, status, "text/html", retry_after=said))

    assert error.retry_after_s == seconds


@pytest.mark.parametrize("status", [201, 202, 203, 206, 401, 403, 404, 429, 500, 501, 502, 503])
async def test_a_roster_with_a_status_that_is_no_success_is_not_believed(status: int) -> None:
    """A roster counts with HTTP 200 alone, however well it reads."""
    assert type(await refused(Reply(SOUND, status))) is (Unexpected if status == 500 else Unreachable)


@pytest.mark.parametrize("content_type", ["text/xml", "TEXT/XML;charset=UTF-8", "application/xml", ""])
async def test_a_reply_is_known_by_its_envelope(content_type: str) -> None:
    """Every content type that XML comes with will do, and so will none."""
    assert await rows_in(Reply(SOUND, content_type=content_type)) == 1


# --- where no answer comes ---


async def failed_with(error: Exception) -> SuperOfficeError:
    """The error that stands for what an HTTP exchange raises."""

    def fail(_: httpx.Request) -> httpx.Response:
        raise error

    async with httpx.AsyncClient(transport=httpx.MockTransport(fail), trust_env=False) as http:
        return await failure(NetServer(http, services=86).call(PRESENCE, SESSION))


@pytest.mark.parametrize("number", [errno.EHOSTUNREACH, errno.ENETUNREACH, errno.ENETDOWN], ids=errno.errorcode.get)
async def test_a_host_to_which_no_way_leads_is_told_apart(number: int) -> None:
    """A network that leads nowhere is not a server that refuses."""
    error = httpx.ConnectError("no way")
    error.__cause__ = OSError(number, "no way")

    assert kind(await failed_with(error)) == (Unreachable, Reason.NO_ROUTE)


@pytest.mark.parametrize("kind_of", [httpx.ReadTimeout, httpx.WriteTimeout, httpx.PoolTimeout, httpx.ConnectTimeout])
async def test_every_wait_that_is_too_long_is_a_timeout(kind_of: type[httpx.TimeoutException]) -> None:
    """Whatever took too long, SuperOffice did not answer in time; the log hears what it was, without its text."""
    error = await failed_with(kind_of(TEXT))

    reason = Reason.NO_CONNECTION if kind_of is httpx.ConnectTimeout else Reason.TIMEOUT
    assert (*kind(error), error.detail) == (Unreachable, reason, kind_of.__name__)


async def test_an_address_that_is_none_leads_to_no_host() -> None:
    """A port that is no number is as far as the bot gets: there is no such host."""
    async with wired(Wire()) as netserver:
        error = await failure(netserver.call(PRESENCE, Session("https://crm.example.com:port")))

    assert (*kind(error), error.detail) == (Unreachable, Reason.HOST_NOT_FOUND, "InvalidURL")


async def test_connections_trust_the_system_and_wait_no_longer_than_they_may() -> None:
    """The bot trusts the system's authorities, not those that httpx brings, and `timeout_s` bounds each single wait."""
    async with open_http(timeout_s=7) as http:
        trusted = http._transport._pool._ssl_context  # type: ignore[attr-defined]  # httpx shows it nowhere else

        assert trusted.get_ca_certs() == ssl.create_default_context().get_ca_certs()
        assert http.timeout == httpx.Timeout(7, connect=3.5)


# --- size and compression ---


@pytest.mark.parametrize("more", [0, 1])
async def test_an_answer_is_read_up_to_the_cap(more: int) -> None:
    """An answer of exactly the cap is read, and one of a byte more is too large."""
    sound = presence(row(*anna()))
    blank, rest = divmod(MAX_ANSWER_BYTES - len(sound) + more, 1024)  # libxml2 has a bound of its own for one long one
    filler = f"<!--{' ' * (1024 - 7)}-->" * blank + " " * rest
    answer = Reply(sound + filler, piece=MAX_ANSWER_BYTES)
    if more:
        assert kind(await refused(answer)) == (Unexpected, Reason.TOO_LARGE)
    else:
        assert await rows_in(answer) == 1


async def test_a_bomb_is_inflated_no_further_than_the_cap() -> None:
    """An answer that inflates to many times the cap takes the memory of a few."""
    bomb = zlib.compress(b" " * (8 * MAX_ANSWER_BYTES), wbits=31)
    tracemalloc.start(1)
    try:
        error = await refused(Reply(bomb, content_encoding="gzip", piece=len(bomb)))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert (*kind(error), error.detail) == (Unexpected, Reason.TOO_LARGE, f"over {MAX_ANSWER_BYTES:,} bytes")
    assert peak < 4 * MAX_ANSWER_BYTES


async def test_an_answer_may_be_compressed() -> None:
    """A roster that comes in gzip, which is what was asked for, in as many pieces as it likes, is a roster."""
    wire = Wire()
    said = zlib.compress(presence(*[row(*anna())] * 500).encode(), wbits=31)
    wire.says[kit.PRESENCE] = Reply(said, content_encoding="GZIP")
    async with wired(wire) as netserver:
        assert len(await netserver.call(PRESENCE, SESSION)) == 500
    assert wire.requests[0].headers["Accept-Encoding"] == "gzip"


@pytest.mark.parametrize(
    ("encoding", "content", "told"),
    [
        *((each, SOUND.encode(), f"content encoding {each!r}") for each in ("br", "deflate", "zstd", "gzip, gzip")),
        ("x" * 5000, SOUND.encode(), f"content encoding {'x' * 20!r}"),
        ("gzip", b"this is not gzip", "damaged compression"),
        ("gzip", zlib.compress(SOUND.encode(), wbits=31)[:-9], "compressed answer cut short"),
    ],
)
async def test_an_answer_in_another_encoding_or_a_damaged_one_is_refused(
    encoding: str, content: bytes, told: str
) -> None:
    """Only gzip was asked for; what calls itself anything else is not read, even if it could be."""
    error = await refused(Reply(content, content_encoding=encoding))

    assert (*kind(error), error.detail) == (Unexpected, Reason.UNREADABLE, told)


@pytest.mark.parametrize(
    ("cause", "reason"), [(ConnectionResetError(), Reason.BROKEN), (ConnectionRefusedError(), Reason.REFUSED)]
)
def test_let_in_and_dropped_at_once_is_not_refused(cause: OSError, reason: Reason) -> None:
    """A connection reset before its opening was noticed broke off; only one that was turned away was refused."""
    opening = httpx.ConnectError("All connection attempts failed")
    opening.__cause__ = ExceptionGroup("each address", [cause])
    with pytest.raises(Unreachable) as raised, from_httpx(Exchange(), None, "https://crm.example.com"):
        raise opening

    assert raised.value.reason is reason
