"""The HTTP under SOAP, with bounds. zeep's own transport has no cap on size, and rewrites the client's headers."""

import asyncio
import ssl
import zlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Final

import httpx
from lxml import etree

from bot.errors import Reason, Unexpected
from bot.proxies import Proxy
from bot.superoffice.soap.exchange import Exchange
from bot.superoffice.soap.failures import from_httpx, is_soap, not_soap
from bot.superoffice.soap.wire import Network, Wire

MAX_ANSWER_BYTES: Final = 10 * 1024 * 1024
"""The largest answer that is read, after decompression."""

CONNECTIONS: Final = 10
"""How many calls run side by side; others wait for their turn."""

MAX_PIECES: Final = MAX_ANSWER_BYTES // 512
"""In how many pieces an answer may come. No network cuts a large one smaller, but a chunk may be a single byte."""

_PIECES_AT_ONCE: Final = 64
"""After so many pieces others have their turn, because those that are there already are read without a pause."""

CONNECT_PART: Final = 0.5
"""The part of the time limit in which a connection must open, so that a server that is slow can be told from none."""

SIGN_IN_S: Final = 60.0
"""How long a sign-in may take. Its answer may be a no, which must be heard, and some servers delay that on purpose."""

MAX_PAGE_BYTES: Final = 16 * 1024
"""How much of a web page is looked at for what it asks."""


@dataclass(frozen=True, slots=True)
class RawReply:
    """An HTTP response that may be a SOAP reply."""

    status: int
    content: bytes = field(repr=False)


@asynccontextmanager
async def open_http(*, timeout_s: float, proxy: Proxy | None = None) -> AsyncIterator[httpx.AsyncClient]:
    """Connections to SuperOffice, one for each request. `timeout_s` bounds each single wait; callers bound the whole.

    Nothing on a kept connection tells which request a reply belongs to: one that a gateway sent twice would answer the
    next question, with who was there before.

    Certificates are checked against the system's authorities, as aiohttp does for Slack, or against those in
    SSL_CERT_FILE. httpx by itself brings its own list, which lacks a company's own authority. Nothing else is read from
    the environment: httpx by itself would send what ~/.netrc holds for the host.
    """
    limits = httpx.Limits(max_connections=CONNECTIONS)
    authorities = ssl.create_default_context()
    through = None
    if proxy is not None:
        sign_in = {"Proxy-Authorization": proxy.authorization} if proxy.authorization else None
        secure = authorities if proxy.scheme == "https" else None
        through = httpx.Proxy(proxy.url, headers=sign_in, ssl_context=secure)
    timeout = httpx.Timeout(timeout_s, connect=CONNECT_PART * timeout_s)
    transport = httpx.AsyncHTTPTransport(verify=authorities, limits=limits, proxy=through, trust_env=False)
    pool = transport._pool  # noqa: SLF001  # httpcore takes a network from its callers, and httpx has no argument for it
    pool._network_backend = Network(pool._network_backend)  # noqa: SLF001
    async with httpx.AsyncClient(transport=transport, timeout=timeout, trust_env=False) as http:
        yield http


class Transport:
    """What zeep sends through. `proxy` is the one that `http` uses, to name it in errors.

    Each request has a connection of its own. On one that is kept, whatever came after a reply would be read as the
    reply to the next request, and a request could be lost because the server closes the connection as it leaves.
    """

    def __init__(self, http: httpx.AsyncClient, *, proxy: Proxy | None = None, is_sign_in: bool = False) -> None:
        self._http = http
        self._proxy = proxy
        self._timeout = httpx.Timeout(SIGN_IN_S, connect=http.timeout.connect) if is_sign_in else http.timeout

    async def post_xml(self, address: str, envelope: etree._Element, headers: dict[str, str]) -> RawReply:
        """Send an envelope. Raises `SuperOfficeError` for what cannot be a SOAP reply."""
        content = etree.tostring(envelope, xml_declaration=True, encoding="utf-8")
        headers = headers | {"Accept-Encoding": "gzip", "Connection": "close"}
        exchange = Exchange()
        with from_httpx(exchange, self._proxy, address):
            return await self._post(address, content, headers, exchange)

    async def _post(self, address: str, content: bytes, headers: dict[str, str], exchange: Exchange) -> RawReply:
        # A redirect would carry the ticket to an address that nobody configured.
        request = self._http.stream(
            "POST",
            address,
            content=content,
            headers=headers,
            follow_redirects=False,
            timeout=self._timeout,
            extensions={"trace": exchange.trace},
        )
        async with request as response:
            wire = response.extensions.get("network_stream")
            if isinstance(wire, Wire):
                wire.expect(2 * MAX_ANSWER_BYTES)  # around the chunks there are bytes too
            if is_soap(response.status_code, response.headers):
                body = await _bounded_body(response)
                if body:
                    return RawReply(response.status_code, body)
            raise not_soap(response.status_code, response.headers, address, await _page(response), self._proxy)


async def _page(response: httpx.Response) -> str:
    """The beginning of a web page, in small letters, to look for what it asks; "" where it cannot be read."""
    if response.is_stream_consumed or response.headers.get("content-encoding", "identity") != "identity":
        return ""
    page = bytearray()
    with suppress(httpx.HTTPError):
        async for piece in _pieces(response):
            page += piece
            if len(page) >= MAX_PAGE_BYTES:
                break
    return page[:MAX_PAGE_BYTES].decode("ascii", errors="ignore").lower()


async def _bounded_body(response: httpx.Response) -> bytes:
    """The body, inflated no further than the cap. httpx inflates a bomb whole before we could look."""
    encoding = response.headers.get("content-encoding", "identity").strip().lower()
    if encoding not in {"identity", "gzip"}:
        raise Unexpected(Reason.UNREADABLE, f"content encoding {encoding[:20]!r}")
    inflate = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16) if encoding == "gzip" else None
    body = bytearray()
    async for piece in _pieces(response):
        room = MAX_ANSWER_BYTES - len(body) + 1
        body += inflate.decompress(piece, room) if inflate else piece
        if len(body) > MAX_ANSWER_BYTES:
            raise Unexpected(Reason.TOO_LARGE, f"over {MAX_ANSWER_BYTES:,} bytes")
        if inflate and inflate.eof:
            break  # what follows would be kept, and copied with each piece
    if inflate and not inflate.eof:
        raise Unexpected(Reason.UNREADABLE, "compressed answer cut short")
    return bytes(body)


async def _pieces(response: httpx.Response) -> AsyncIterator[bytes]:
    """The body as it comes, in no more pieces than there may be."""
    number = 0
    async for piece in response.aiter_raw():
        number += 1
        if number > MAX_PIECES:
            raise Unexpected(Reason.TOO_LARGE, f"over {MAX_PIECES:,} pieces")
        if number % _PIECES_AT_ONCE == 0:
            await asyncio.sleep(0)
        yield piece
