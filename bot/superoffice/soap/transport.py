"""The HTTP under SOAP, with bounds. zeep's own transport has no cap on size, and rewrites the client's headers."""

import ssl
import zlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Final

import httpx
from lxml import etree

from bot.errors import Reason, Unexpected
from bot.superoffice.soap.failures import from_httpx, is_soap, not_soap

MAX_ANSWER_BYTES: Final = 10 * 1024 * 1024
"""The largest answer that is read, after decompression: about 35,000 agents."""

CONNECTIONS: Final = 10
"""How many calls run side by side; others wait for their turn."""

CONNECTIONS_KEPT: Final = 2
"""How many connections stay open when nothing is asked."""


@dataclass(frozen=True, slots=True)
class RawReply:
    """An HTTP response that may be a SOAP reply."""

    status: int
    content: bytes = field(repr=False)


@asynccontextmanager
async def open_http(*, timeout_s: float) -> AsyncIterator[httpx.AsyncClient]:
    """Connections to SuperOffice. `timeout_s` bounds each single wait; callers bound the whole.

    Certificates are checked against the system's authorities, as aiohttp does for Slack, or against those in
    SSL_CERT_FILE. httpx by itself brings its own list, which lacks a company's own authority.
    """
    limits = httpx.Limits(max_connections=CONNECTIONS, max_keepalive_connections=CONNECTIONS_KEPT)
    authorities = ssl.create_default_context()
    async with httpx.AsyncClient(timeout=timeout_s, limits=limits, verify=authorities) as http:
        yield http


class Transport:
    """What zeep sends through."""

    def __init__(self, http: httpx.AsyncClient) -> None:
        self._http = http

    async def post_xml(self, address: str, envelope: etree._Element, headers: dict[str, str]) -> RawReply:
        """Send an envelope. Raises `SuperOfficeError` for what cannot be a SOAP reply."""
        content = etree.tostring(envelope, xml_declaration=True, encoding="utf-8")
        headers = headers | {"Accept-Encoding": "gzip"}
        with from_httpx():
            # A redirect would carry the ticket to an address that nobody configured.
            request = self._http.stream("POST", address, content=content, headers=headers, follow_redirects=False)
            async with request as response:
                body = await _bounded_body(response) if is_soap(response.status_code, response.headers) else b""
        if not body:
            raise not_soap(response.status_code, response.headers)
        return RawReply(response.status_code, body)


async def _bounded_body(response: httpx.Response) -> bytes:
    """The body, inflated no further than the cap. httpx inflates a bomb whole before we could look."""
    encoding = response.headers.get("content-encoding", "identity").strip().lower()
    if encoding not in {"identity", "gzip"}:
        raise Unexpected(Reason.UNREADABLE, f"content encoding {encoding[:20]!r}")
    inflate = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16) if encoding == "gzip" else None
    body = bytearray()
    async for chunk in response.aiter_raw():
        room = MAX_ANSWER_BYTES - len(body) + 1
        body += inflate.decompress(chunk, room) if inflate else chunk
        if len(body) > MAX_ANSWER_BYTES:
            raise Unexpected(Reason.TOO_LARGE, f"over {MAX_ANSWER_BYTES} bytes")
    if inflate and not inflate.eof:
        raise Unexpected(Reason.UNREADABLE, "compressed answer cut short")
    return bytes(body)
