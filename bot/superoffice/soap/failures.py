"""Vendor failures become our errors here and nowhere else: httpx's, zeep's, and pages that are not SOAP.

Our errors hold the names of things, never their texts: `str(zeep.TransportError)` is a whole answer, and an answer may
hold a ticket. For the same reason none of them keeps the vendor's exception as its cause.
"""

import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Final
from urllib.parse import urljoin, urlsplit

import httpx

from bot.errors import Reason, SuperOfficeError, Unexpected, Unreachable
from bot.network import why_broken
from bot.proxies import Proxy
from bot.superoffice.soap.exchange import Exchange
from bot.text import one_line

_XML: Final = frozenset({"text/xml", "application/xml", "application/soap+xml"})
_SOAP_STATUSES: Final = frozenset({200, 500})

_STATUSES: Final[Mapping[int, Reason]] = {
    400: Reason.BAD_REQUEST,
    401: Reason.WEB_SIGN_IN,
    403: Reason.FORBIDDEN,
    404: Reason.NOT_THERE,
    405: Reason.NO_POST,
    407: Reason.PROXY_SIGN_IN,
    410: Reason.NOT_THERE,
    415: Reason.NO_BINDING,
    421: Reason.BAD_REQUEST,
    429: Reason.BUSY,
    502: Reason.GATEWAY,
    503: Reason.GATEWAY,
    504: Reason.GATEWAY,
}

_PAGES: Final[Mapping[str, Reason]] = {
    "403.4": Reason.TLS_WANTED,
    "ssl is required": Reason.TLS_WANTED,
    "secure sockets layer": Reason.TLS_WANTED,
    "403.7": Reason.CLIENT_CERTIFICATE,
    "client certificate": Reason.CLIENT_CERTIFICATE,
    "no required ssl certificate": Reason.CLIENT_CERTIFICATE,
}
"""What a page with status 400 or 403 says that its status does not: IIS's pages, and nginx's.

https://learn.microsoft.com/troubleshoot/developer/webapps/iis/health-diagnostic-performance/http-status-code
"""

MAX_ADDRESS: Final = 200
"""How much of an address is told to which a server sends us on, in characters."""


@contextmanager
def from_httpx(exchange: Exchange, proxy: Proxy | None, address: str) -> Iterator[None]:
    """Translate what an HTTP exchange raises. `proxy` is the one on the way to `address`, to be named if it failed."""
    try:
        yield
    except httpx.ProxyError as error:
        raise _from_proxy(str(error)[:3], proxy) from None
    except httpx.HTTPError as error:
        reason = _why(error, exchange)
        if proxy is not None and exchange.ended_at_the_proxy(is_tunnel=address.startswith("https")):
            raise Unreachable(Reason.PROXY, f"{proxy}: {reason.value}") from None
        raise Unreachable(reason, type(error).__name__) from None
    except (httpx.InvalidURL, UnicodeError) as error:  # a host name that no DNS can hold
        raise Unreachable(Reason.HOST_NOT_FOUND, type(error).__name__) from None
    except OSError as error:  # TLS that the server ends after its beginning: httpx lets that through as it is
        raise Unreachable(why_broken(error), type(error).__name__) from None
    except zlib.error:
        raise Unexpected(Reason.UNREADABLE, "damaged compression") from None


@contextmanager
def from_zeep() -> Iterator[None]:
    """Translate what reading a reply raises.

    Whatever zeep or lxml make of a stranger's bytes, it means one thing: the reply is not to be trusted.
    """
    try:
        yield
    except SuperOfficeError:
        raise
    except Exception as error:  # noqa: BLE001  # not hidden: every one becomes an error of ours
        raise Unexpected(Reason.UNREADABLE, type(error).__name__) from None


def is_soap(status: int, headers: Mapping[str, str]) -> bool:
    """Whether an HTTP answer may be a SOAP 1.1 reply, which has status 200, or a fault, which has 500.

    https://www.w3.org/TR/2000/NOTE-SOAP-20000508/#_Toc478383529
    """
    return status in _SOAP_STATUSES and _media_type(headers) in _XML | {""}


def not_soap(
    status: int, headers: Mapping[str, str], address: str = "", page: str = "", proxy: Proxy | None = None
) -> Unreachable:
    """The error that stands for an answer that is no SOAP reply: a proxy's page, IIS's, a redirect, or nothing.

    `address` is what was asked. `page` is the beginning of the answer, in small letters.
    """
    detail = f"HTTP {status}, {_media_type(headers)[:40] or 'no content type'}"
    reason = _STATUSES.get(status, Reason.SERVER_ERROR if status >= 500 else Reason.PAGE)
    if status in {400, 403}:
        reason = next((meant for words, meant in _PAGES.items() if words in page), reason)
    elif 300 <= status < 400:
        reason, detail = Reason.REDIRECTED, _location(address, headers.get("location", ""))
    elif status == 401:
        detail = f"HTTP 401, {', '.join(_ways_in(headers)) or 'no way to sign in named'}"
    elif status == 407:
        detail = f"{proxy or 'one that is not named'}: HTTP 407"
    elif status == 200 and is_soap(status, headers):
        reason = Reason.EMPTY
    # Some servers give a date here; the usual pauses serve those.
    asked = headers.get("retry-after", "") if status in {429, 500, 503} else ""
    return Unreachable(reason, detail, retry_after_s=float(asked) if asked.isascii() and asked.isdigit() else 0.0)


def _location(address: str, location: str) -> str:
    """Where a redirect leads, without user, password and query, which may be secret; "nowhere" if it is not said."""
    try:
        parts = urlsplit(urljoin(address, location))
        place = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname or ""
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        return "nowhere"
    return one_line(f"{parts.scheme}://{place}{port}{parts.path}")[:MAX_ADDRESS] if location and place else "nowhere"


def _ways_in(headers: Mapping[str, str]) -> list[str]:
    """The known ways to sign in that a web server offers, such as Negotiate."""
    offered = headers.get("www-authenticate", "").lower()
    return [way for way in ("Negotiate", "NTLM", "Basic", "Digest", "Bearer") if way.lower() in offered]


def _from_proxy(status: str, proxy: Proxy | None) -> Unreachable:
    """What a proxy answered when it was asked for a way to the host."""
    said = f"HTTP {status}" if status.isdecimal() else "no HTTP"
    return Unreachable(Reason.PROXY_SIGN_IN if status == "407" else Reason.PROXY_NO_WAY, f"{proxy}: {said}")


def _media_type(headers: Mapping[str, str]) -> str:
    return headers.get("content-type", "").partition(";")[0].strip().lower()


def _why(error: httpx.HTTPError, exchange: Exchange) -> Reason:
    if isinstance(error, httpx.ConnectTimeout) and not exchange.is_connected():  # else it is TLS that takes too long
        return Reason.NO_CONNECTION
    if isinstance(error, httpx.TimeoutException):
        return Reason.TIMEOUT
    return why_broken(error)
