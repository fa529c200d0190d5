"""Why a connection failed: the socket's and TLS's errors, told apart for SuperOffice and Slack alike."""

import errno
import socket
import ssl
from collections.abc import Iterator, Mapping
from typing import Final

from bot.errors import Reason

_NO_ROUTE: Final = frozenset({errno.EHOSTUNREACH, errno.ENETUNREACH, errno.ENETDOWN})

_CERTIFICATES: Final[Mapping[int, Reason]] = {
    9: Reason.CERTIFICATE_EARLY,
    10: Reason.CERTIFICATE_EXPIRED,
    18: Reason.CERTIFICATE_OWN,
    62: Reason.CERTIFICATE_HOST,
    64: Reason.CERTIFICATE_HOST,  # of an IP address
}
"""By OpenSSL's number: https://docs.openssl.org/3.0/man3/X509_STORE_CTX_get_error/#error-codes. The others are TLS."""

_TLS: Final[Mapping[str, Reason]] = {
    "WRONG_VERSION_NUMBER": Reason.NO_TLS,  # what answers is no TLS
    "PACKET_LENGTH_TOO_LONG": Reason.NO_TLS,
    "RECORD_LAYER_FAILURE": Reason.NO_TLS,
    "UNSUPPORTED_PROTOCOL": Reason.OLD_TLS,
    "TLSV1_ALERT_PROTOCOL_VERSION": Reason.OLD_TLS,
    "UNSAFE_LEGACY_RENEGOTIATION_DISABLED": Reason.OLD_TLS,
    "DH_KEY_TOO_SMALL": Reason.OLD_TLS,
    "SSLV3_ALERT_HANDSHAKE_FAILURE": Reason.OLD_TLS,
    "TLSV1_ALERT_INSUFFICIENT_SECURITY": Reason.OLD_TLS,
    "TLSV13_ALERT_CERTIFICATE_REQUIRED": Reason.CLIENT_CERTIFICATE,
    "SSLV3_ALERT_BAD_CERTIFICATE": Reason.CLIENT_CERTIFICATE,
}
"""By OpenSSL's name of the error, which holds no words of the other side."""


def why_broken(error: BaseException) -> Reason:
    """The reason in an error's chain: the libraries wrap the socket's own error in several of theirs."""
    links = list(_chain(error))
    for link in links:
        if isinstance(link, socket.gaierror):
            return Reason.HOST_NOT_FOUND
        # aiohttp's own errors are of ssl's kinds, without their facts; the real ones are their causes.
        if isinstance(link, ssl.SSLCertVerificationError) and (code := getattr(link, "verify_code", 0)):
            return _CERTIFICATES.get(code, Reason.TLS)
        if isinstance(link, ssl.SSLError) and (reason := _TLS.get(getattr(link, "reason", ""))):
            return reason
    if any(isinstance(link, ConnectionRefusedError) for link in links):  # IPv4, where there may be no route by IPv6
        return Reason.REFUSED
    if any(isinstance(link, OSError) and link.errno in _NO_ROUTE for link in links):
        return Reason.NO_ROUTE
    return Reason.BROKEN


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        if isinstance(error, BaseExceptionGroup):  # one for each of the host's addresses
            for each in error.exceptions:
                yield from _chain(each)
        error = error.__cause__ or error.__context__
