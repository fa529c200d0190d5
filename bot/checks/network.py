"""The way to a server, told in words: what failed on it, and what an administrator can do about that."""

from collections.abc import Mapping
from typing import Final
from urllib.parse import urlsplit

from bot.checks.runner import Failed
from bot.errors import Reason
from bot.proxies import Proxy, port_of

_CLOCK: Final = "Also check this machine's clock."

_FAILED: Final[Mapping[Reason, tuple[str, str]]] = {
    Reason.HOST_NOT_FOUND: (
        "the host name {host} is not found",
        "Check the host name in {setting}, and this machine's DNS.",
    ),
    Reason.REFUSED: (
        "{place} refuses the connection",
        "Check the host and port in {setting}, that the server runs, and the firewall between.",
    ),
    Reason.NO_ROUTE: ("no network route leads to {host}", "Check {setting}, and this machine's network."),
    Reason.NO_CONNECTION: (
        "{place} did not take the connection in time",
        "Check the host and port in {setting}, and that the firewall between lets this machine through.",
    ),
    Reason.NO_TLS: (
        "{place} does not answer in TLS",
        "Check the port in {setting}, and whether the address begins with http:// instead.",
    ),
    Reason.OLD_TLS: (
        "{place} offers no version or cipher of TLS that is still safe",
        "Turn on TLS 1.2 or newer on the server: 1.0 and 1.1 are no longer used.",
    ),
    Reason.CERTIFICATE_EXPIRED: (
        "the certificate of {place} has expired",
        f"Renew the server's certificate. {_CLOCK}",
    ),
    Reason.CERTIFICATE_EARLY: (
        "the certificate of {place} is not valid yet",
        "Check this machine's clock, and from when the server's certificate is valid.",
    ),
    Reason.CERTIFICATE_HOST: (
        "the certificate of {place} is for another host",
        "Write the host name in {setting} that the certificate is for, or give the server one for {host}.",
    ),
    Reason.CERTIFICATE_OWN: (
        "the certificate of {place} is signed by itself",
        "Give the server a certificate of an authority, or put this one in the file of SSL_CERT_FILE (see the README).",
    ),
    Reason.TLS: (
        "the certificate of {place} is from an authority that this machine does not know",
        (
            "Put the authority's certificate in the file of SSL_CERT_FILE (see the README), or have the server send "
            "its intermediate certificates too. If a proxy or firewall inspects TLS, it is that one's authority."
        ),
    ),
    Reason.CLIENT_CERTIFICATE: (
        "{place} wants a client certificate, which the bot does not have",
        "Have the server ask for none at the address in {setting}.",
    ),
    Reason.PROXY: (
        "the proxy {proxy} cannot be reached: {why}",
        "Check {variable}; if {host} is reached without a proxy, add it to NO_PROXY.",
    ),
    Reason.PROXY_SIGN_IN: (
        "the proxy {proxy} asks for a password (407)",
        (
            "Put user and password in {variable}, as in http://user:password@proxy.example.com:3128. The bot signs in "
            "with Basic alone, not with NTLM or Kerberos."
        ),
    ),
    Reason.PROXY_NO_WAY: (
        "the proxy {proxy} did not reach {host} ({why})",
        "Let the proxy through to {place}, or, if it is reached without a proxy, add {host} to NO_PROXY.",
    ),
    Reason.TIMEOUT: (
        "{place} took the connection, but did not answer in time",
        "Check that the server is well.",
    ),
    Reason.BROKEN: (
        "{place} ended the connection without an answer",
        "Check the port in {setting}; then look at the log of the web server, or of the proxy or firewall before it.",
    ),
}

_OF_THE_PROXY: Final = frozenset({Reason.PROXY, Reason.PROXY_SIGN_IN, Reason.PROXY_NO_WAY})

_PROXYS_LOG: Final = "Check {variable}, and the proxy's log; if {host} is reached without a proxy, add it to NO_PROXY."
_THROUGH: Final = dict.fromkeys([Reason.BROKEN, Reason.NO_TLS, Reason.TIMEOUT], _PROXYS_LOG)
"""The next steps where a proxy is between that may have failed."""


def failed_on_the_way(
    reason: Reason, url: str, *, setting: str, proxy: Proxy | None, detail: str = "", next_step: str = ""
) -> Failed | None:
    """What to say of a connection that failed; None if the reason is another one.

    A `next_step` takes the place of the usual one.
    """
    if reason not in _FAILED:
        return None
    place = place_of(url)
    facts = {
        "host": urlsplit(url).hostname,
        "place": place,
        "setting": setting,
        "proxy": proxy or "on the way",
        "variable": proxy.variable if proxy else "HTTPS_PROXY",
        "why": detail.rpartition(": ")[2],
    }
    cause, usual_step = _FAILED[reason]
    if proxy and reason not in _OF_THE_PROXY:
        cause += ", through the proxy {proxy}"
        next_step = _THROUGH.get(reason, next_step)
    return Failed(cause.format_map(facts), (next_step or usual_step).format_map(facts))


def place_of(url: str) -> str:
    """The host and port of an address, as "crm.example.com:443"."""
    host = urlsplit(url).hostname or ""
    return f"[{host}]:{port_of(url)}" if ":" in host else f"{host}:{port_of(url)}"
