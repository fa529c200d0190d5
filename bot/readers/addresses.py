"""Web addresses and hosts."""

import re
from contextlib import suppress
from ipaddress import ip_address
from typing import Final

from bot.readers.texts import visible

_LABEL: Final = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)", re.IGNORECASE)
_SITE: Final = re.compile(
    r"(?P<scheme>https?)://(?P<host>\[(?P<ipv6>[^\]]*)\]|[^:/]*)(?::(?P<port>[^/:]*))?(?P<path>/.*)?", re.IGNORECASE
)
_AFTER_REMOTE: Final = re.compile(r"/remote/+[^/?#]", re.IGNORECASE)

_MISWRITTEN: Final = (
    (re.compile(r"\s"), "holds a space: take it out"),
    (re.compile(r"\\"), "holds a “\\”: write “/”"),
    (
        re.compile(r"^(?!https?://)", re.IGNORECASE),
        "does not begin with https:// (or http://): write the whole address",
    ),
    (re.compile("://.*://"), "holds “://” twice: keep one address"),
    (re.compile("@"), "holds an “@”: take out the user name and password, which have settings of their own"),
    (re.compile(r"\?"), "holds a “?”: leave it out, and what follows it"),
    (re.compile("#"), "holds a “#”: leave it out, and what follows it"),
)
"""Mistakes in an address, in the order in which they hide each other."""


def address(text: str) -> str:
    """A web address: scheme, host, perhaps port and path, nothing else."""
    text = visible(text)
    for wrong, said in _MISWRITTEN:
        if wrong.search(text):
            raise ValueError(said)
    site = _SITE.fullmatch(text)
    if site is None:
        raise ValueError("has too many “:” in its host: write an IPv6 address in brackets, like https://[2001:db8::1]/")
    port = site["port"]
    if port is not None and not (re.fullmatch("[0-9]{1,5}", port) and 0 < int(port) < 2**16):
        raise ValueError("has a port that is no number from 1 to 65535: correct it, or leave out the “:” too")
    if not _is_host(site["ipv6"] or site["host"]) or bool(site["ipv6"]) != (":" in site["host"]):
        raise ValueError("has a host that can be neither a name nor an IP address: write one after the “//”")
    return text


def remote(text: str) -> str:
    """The address of NetServer, up to and including `Remote`."""
    if _AFTER_REMOTE.search(text):
        raise ValueError("goes on after /Remote: end it there, without the service's name")
    text = address(text).rstrip("/")
    if not _path(text).lower().endswith("/remote"):
        raise ValueError("does not end with /Remote: write it as in https://crm.example.com/SuperOffice/Remote")
    return text


def web_api(text: str) -> str:
    """The address of Slack's Web API, or of something that stands in for it."""
    text = address(text)
    if f".{host_of(text)}".endswith(".slack.com") and _path(text).strip("/") != "api":
        raise ValueError("is not where Slack's Web API is: leave it out, or write https://slack.com/api/")
    return text


def is_unprotected(web_address: str) -> bool:
    """Whether what is sent to this address crosses a network as it is: over http, and not to this machine."""
    host = host_of(web_address)
    with suppress(ValueError):
        return web_address.lower().startswith("http:") and not ip_address(host).is_loopback
    return web_address.lower().startswith("http:") and not f".{host}".endswith(".localhost")


def host_of(web_address: str) -> str:
    """The host of an address that `address` has read, in lower case."""
    site = _SITE.fullmatch(web_address)
    return (site["ipv6"] or site["host"]).lower() if site else ""


def _path(web_address: str) -> str:
    site = _SITE.fullmatch(web_address)
    return site["path"] or "" if site else ""


def host(text: str) -> str:
    """Where to listen: a host name, or an IP address without brackets."""
    text = visible(text)
    if "/" in text:
        raise ValueError("holds a “/”: write the host alone, like 127.0.0.1")
    if not _is_host(text):
        raise ValueError("is neither a host name nor an IP address: write it like 127.0.0.1, and the port in PORT")
    return text


def _is_host(text: str) -> bool:
    """Whether this can be a host's name or address: https://www.rfc-editor.org/rfc/rfc1123#page-13."""
    with suppress(ValueError):
        return "%" not in text and bool(ip_address(text))
    name = text.removesuffix(".")
    if not name.isascii():
        import idna  # its tables are large, and most names need none of them

        try:
            name = idna.encode(name.lower()).decode()
        except idna.IDNAError:
            return False
    labels = name.split(".")
    return all(map(_LABEL.fullmatch, labels)) and len(name) < 254 and not labels[-1].isdigit()
