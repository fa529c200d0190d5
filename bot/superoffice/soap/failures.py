"""Vendor failures become our errors here and nowhere else: httpx's, zeep's, and pages that are not SOAP.

Our errors hold the names of things, never their texts: `str(zeep.TransportError)` is a whole answer, and an answer may
hold a ticket. For the same reason none of them keeps the vendor's exception as its cause.
"""

import errno
import socket
import ssl
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Final

import httpx

from bot.errors import Reason, SuperOfficeError, Unexpected, Unreachable

_XML: Final = frozenset({"text/xml", "application/xml", "application/soap+xml"})
_SOAP_STATUSES: Final = frozenset({200, 500})
_NOT_THERE: Final = frozenset({404, 405, 410, 415})
_NO_ROUTE: Final = frozenset({errno.EHOSTUNREACH, errno.ENETUNREACH, errno.ENETDOWN})


@contextmanager
def from_httpx() -> Iterator[None]:
    """Translate what an HTTP exchange raises."""
    try:
        yield
    except httpx.TimeoutException as error:
        raise Unreachable(Reason.TIMEOUT, type(error).__name__) from None
    except httpx.HTTPError as error:
        raise Unreachable(_why_broken(error), type(error).__name__) from None
    except (httpx.InvalidURL, UnicodeError) as error:  # a host name that no DNS can hold
        raise Unreachable(Reason.HOST_NOT_FOUND, type(error).__name__) from None
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


def not_soap(status: int, headers: Mapping[str, str]) -> Unreachable:
    """The error that stands for an answer that is no SOAP reply: a proxy's page, IIS's, a redirect, or nothing."""
    detail = f"HTTP {status}, {_media_type(headers)[:40] or 'no content type'}"
    # Some servers give a date here; the usual pauses serve those.
    asked = headers.get("retry-after", "")
    retry_after_s = float(asked) if asked.isascii() and asked.isdigit() else 0.0
    if status == 401:
        return Unreachable(Reason.WEB_SIGN_IN, detail)
    if status == 429:
        return Unreachable(Reason.BUSY, detail, retry_after_s=retry_after_s)
    if status in _NOT_THERE or 300 <= status < 400:
        return Unreachable(Reason.NOT_THERE, detail)
    if status >= 500:
        return Unreachable(Reason.SERVER_ERROR, detail, retry_after_s=retry_after_s)
    reason = Reason.BROKEN if is_soap(status, headers) else Reason.PAGE
    return Unreachable(reason, detail)


def _media_type(headers: Mapping[str, str]) -> str:
    return headers.get("content-type", "").partition(";")[0].strip().lower()


def _why_broken(error: httpx.HTTPError) -> Reason:
    """The reason in an error's chain: httpx wraps the socket's own error in several of its own."""
    if not isinstance(error, httpx.ConnectError):
        return Reason.BROKEN
    chain = list(_chain(error))
    if any(isinstance(link, socket.gaierror) for link in chain):
        return Reason.HOST_NOT_FOUND
    if any(isinstance(link, ssl.SSLCertVerificationError) for link in chain):
        return Reason.TLS
    if any(isinstance(link, ssl.SSLError) for link in chain):
        return Reason.BROKEN
    if any(isinstance(link, OSError) and link.errno in _NO_ROUTE for link in chain):
        return Reason.NO_ROUTE
    if any(isinstance(link, ConnectionResetError) for link in chain):  # let in, and dropped before it was noticed
        return Reason.BROKEN
    return Reason.REFUSED


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        if isinstance(error, BaseExceptionGroup):  # one for each of the host's addresses
            for each in error.exceptions:
                yield from _chain(each)
        error = error.__cause__ or error.__context__
