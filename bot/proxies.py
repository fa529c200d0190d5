"""Which proxy a request goes through, for SuperOffice and Slack alike.

Four variables say so, in capitals or small letters: HTTPS_PROXY and HTTP_PROXY for addresses of that kind, ALL_PROXY
for those of both kinds that have none, and NO_PROXY for hosts that are reached without one. The libraries' own ways
differ from each other: httpx overlooks networks in NO_PROXY, and slack_sdk overlooks NO_PROXY. So they are told nothing
of the environment, and ask here.
"""

import base64
import ipaddress
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import quote, unquote, urlsplit

_VARIABLES: Final[Mapping[str, tuple[str, ...]]] = {
    "https": ("https_proxy", "all_proxy"),
    "http": ("http_proxy", "all_proxy"),
}
"""The variables for each kind of address; the first that is set counts."""

_SECURE: Final = frozenset({"https", "wss"})
_DEFAULT_PORTS: Final[Mapping[str, int]] = {"http": 80, "ws": 80, "https": 443, "wss": 443}
_HOST: Final = re.compile(r"[^\s@\\%]+")
_EXEMPTS_NOTHING: Final = re.compile(r";|.\*|/(?![0-9a-f.:]+$)")
"""A scheme or path, a semicolon, or a star that is not at the beginning."""


@dataclass(frozen=True, slots=True)
class Proxy:
    """A proxy, and the variable that names it. `user` and `password` are "" if it asks for none."""

    variable: str
    scheme: str
    host: str
    port: int
    user: str = field(default="", repr=False)
    password: str = field(default="", repr=False)

    @property
    def url(self) -> str:
        """Its address, without user and password."""
        return f"{self.scheme}://{self._place}"

    @property
    def authorization(self) -> str:
        """The header `Proxy-Authorization`; "" if there is no user. The libraries disagree about letters like é."""
        if not self.user:
            return ""
        return "Basic " + base64.b64encode(f"{self.user}:{self.password}".encode()).decode()

    def __str__(self) -> str:
        return f"{self._place} ({self.variable})"

    @property
    def _place(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


@dataclass(frozen=True, slots=True)
class Proxies:
    """The proxies by the kind of address, "http" and "https", and the entries of NO_PROXY."""

    by_scheme: Mapping[str, Proxy] = field(default_factory=dict)
    exempt: tuple[str, ...] = ()

    def for_url(self, url: str) -> Proxy | None:
        """The proxy on the way to this address; None if it is reached without one."""
        parts = urlsplit(url)
        proxy = self.by_scheme.get("https" if parts.scheme in _SECURE else "http")
        if proxy is None or not parts.hostname:
            return None
        host = parts.hostname.rstrip(".")
        return None if any(_exempts(entry, host, port_of(url)) for entry in self.exempt) else proxy

    def warnings(self) -> Iterator[str]:
        """A line if NO_PROXY, where it matters, has an entry that exempts nothing."""
        if self.by_scheme and any(map(_EXEMPTS_NOTHING.search, self.exempt)):
            step = "write them like crm.example.com,10.0.0.0/8"
            yield f"NO_PROXY has an entry that is neither a host nor a network, so that it does not count: {step}"

    def secrets(self) -> tuple[str, ...]:
        """Passwords, as they are and as they are sent, for the log to leave out."""
        secrets = [
            secret
            for proxy in self.by_scheme.values()
            for secret in (proxy.password, quote(proxy.password, safe=""), proxy.authorization.removeprefix("Basic "))
        ]
        return tuple(filter(None, secrets))


def port_of(url: str) -> int:
    """The port that an address names, or that of its scheme."""
    parts = urlsplit(url)
    return parts.port or _DEFAULT_PORTS.get(parts.scheme, 0)


def read_proxies(environment: Mapping[str, str]) -> tuple[Proxies, Sequence[str]]:
    """The proxies of this environment, and a problem for each that the bot cannot use."""
    named: dict[str, tuple[str, str]] = {}
    # Small letters come last, because they win, as in curl and urllib.
    for name, value in sorted(environment.items(), key=lambda item: item[0].islower()):
        if value.strip():
            named[name.lower()] = name, value.strip()
    proxies = {}
    problems = {}
    for scheme, variables in _VARIABLES.items():
        if variable := next(filter(named.__contains__, variables), ""):
            name, value = named[variable]
            try:
                proxies[scheme] = _proxy(name, value)
            except ValueError as error:
                problems[name] = f"{name} {error}"
    _, exempt = named.get("no_proxy", ("", ""))
    return Proxies(proxies, tuple(re.split(r"[\s,]+", exempt.lower())) if exempt else ()), list(problems.values())


def _proxy(variable: str, text: str) -> Proxy:
    """Read a proxy's address. Raises `ValueError`, in words that go after the variable's name and hold no secret."""
    scheme, separator, rest = text.partition("://")
    if not separator:
        scheme, rest = "http", text
    if scheme.lower().startswith("socks"):
        raise ValueError(
            "is a SOCKS proxy, which the bot cannot use; set HTTPS_PROXY to an http:// or https:// proxy instead"
        )
    with suppress(ValueError):  # its text would quote the address, which may hold a password
        parts = urlsplit(f"{scheme}://{rest}")
        port = parts.port if parts.port is not None else _DEFAULT_PORTS.get(parts.scheme, 0)
        host = parts.hostname or ""
        if parts.scheme in {"http", "https"} and port and _HOST.fullmatch(host) and parts.path in {"", "/"}:
            host.encode("idna")
            user, password = unquote(parts.username or ""), unquote(parts.password or "")
            return Proxy(variable, parts.scheme, host, port, user, password)
    raise ValueError(
        "is not an address like http://proxy.example.com:3128; in a user name or password, write @ : / # ? % as %40 "
        "%3A %2F %23 %3F %25"
    )


def _exempts(entry: str, host: str, port: int) -> bool:
    """Whether an entry of NO_PROXY is about this host and port."""
    return any(
        asked in {None, port} and (pattern == "*" or _is_below(host, pattern) or _is_within(host, pattern))
        for pattern, asked in _readings(entry)
    )


def _readings(entry: str) -> Iterator[tuple[str, int | None]]:
    """The host or network that an entry names, and its port: `[::1]:443` and `host:443` have one, `::1` has none."""
    host, separator, port = entry.rpartition(":")
    if separator and port.isdecimal() and (":" not in host or host.endswith("]")):
        yield host.strip("[]"), int(port)
    else:
        yield entry.replace("[", "").replace("]", ""), None


def _is_below(host: str, pattern: str) -> bool:
    domain = pattern.removeprefix("*").strip(".")
    return bool(domain) and (host == domain or host.endswith(f".{domain}"))


def _is_within(host: str, pattern: str) -> bool:
    with suppress(ValueError):  # one of them is a name
        return ipaddress.ip_address(host) in ipaddress.ip_network(pattern, strict=False)
    return False
