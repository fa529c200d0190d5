"""Which proxy a request goes through."""

from collections.abc import Mapping

import pytest

from bot.proxies import Proxies, read_proxies

BOTH = {"HTTPS_PROXY": "http://secure:1", "HTTP_PROXY": "http://plain:2"}
CRM = "https://crm.example.com/SuperOffice/Remote"


def way(url: str, **environment: str) -> str:
    """The proxy on the way to an address, or "direct"."""
    proxies, problems = read_proxies(environment)
    assert not problems
    return str(proxies.for_url(url) or "direct")


@pytest.mark.parametrize(
    ("url", "environment", "said"),
    [
        (CRM, {}, "direct"),
        (CRM, BOTH, "secure:1 (HTTPS_PROXY)"),
        ("wss://wss-primary.slack.com/link", BOTH, "secure:1 (HTTPS_PROXY)"),
        ("http://crm.example.com/", BOTH, "plain:2 (HTTP_PROXY)"),
        ("ws://127.0.0.1:1/link", BOTH, "plain:2 (HTTP_PROXY)"),
        (CRM, {"HTTP_PROXY": "http://plain:2"}, "direct"),
        (CRM, {"ALL_PROXY": "every:3"}, "every:3 (ALL_PROXY)"),
        (CRM, BOTH | {"ALL_PROXY": "socks5://every:3"}, "secure:1 (HTTPS_PROXY)"),
        (CRM, BOTH | {"https_proxy": "http://small:4"}, "small:4 (https_proxy)"),
        (CRM, {"HTTPS_PROXY": " ", "ALL_PROXY": "every:3"}, "every:3 (ALL_PROXY)"),
        (CRM, {"HTTPS_PROXY": "proxy.example.com"}, "proxy.example.com:80 (HTTPS_PROXY)"),
        (CRM, {"HTTPS_PROXY": "https://proxy.example.com/"}, "proxy.example.com:443 (HTTPS_PROXY)"),
        (CRM, {"HTTPS_PROXY": "http://u:p@[fd00::1]:3128"}, "[fd00::1]:3128 (HTTPS_PROXY)"),
    ],
)
def test_the_kind_of_an_address_decides(url: str, environment: Mapping[str, str], said: str) -> None:
    """HTTPS_PROXY and HTTP_PROXY are for addresses of their kind, ALL_PROXY for the rest; small letters win."""
    assert way(url, **environment) == said


@pytest.mark.parametrize(
    ("no_proxy", "url", "is_direct"),
    [
        ("crm.example.com", CRM, True),
        ("CRM.Example.Com.", CRM, True),
        ("example.com", CRM, True),
        (".example.com", CRM, True),
        ("*.example.com", CRM, True),
        ("other.com, example.com", CRM, True),
        ("other.com example.com", CRM, True),
        ("ample.com", CRM, False),
        ("www.crm.example.com", CRM, False),
        (".", CRM, False),
        (",", CRM, False),
        ("*", CRM, True),
        ("example.com:443", CRM, True),
        ("example.com:8443", CRM, False),
        ("example.com:port", CRM, False),
        ("crm.example.com", "https://crm.example.com./", True),
        ("10.0.0.0/8", "https://10.1.2.3/", True),
        ("10.1.2.3/8", "https://10.1.2.3/", True),
        ("10.0.0.0/8", "https://11.1.2.3/", False),
        ("10.0.0.0/8", CRM, False),
        ("10.0.0.0/99", "https://10.1.2.3/", False),
        ("::1", "https://[::1]:8443/", True),
        ("[::1]", "https://[::1]:8443/", True),
        ("[::1]:8443", "https://[::1]:8443/", True),
        ("[::1]:443", "https://[::1]:8443/", False),
        ("0:0::1", "https://[::1]/", True),
        ("fd00::/8", "https://[fd12::1]/", True),
        ("[fd00::]/8", "https://[fd12::1]/", True),
        ("fd00::/8", "https://[fe80::1]/", False),
    ],
)
def test_hosts_and_networks_may_be_exempt(no_proxy: str, url: str, is_direct: bool) -> None:
    """NO_PROXY names hosts with all below them, networks, and ports; a network is of addresses, not of names."""
    assert (way(url, NO_PROXY=no_proxy, **BOTH) == "direct") is is_direct


def test_a_password_is_sent_and_not_shown() -> None:
    """User and password are read as an address writes them, and no `repr` or message holds them."""
    proxies, _ = read_proxies({"HTTPS_PROXY": "http://us%40er:s3cr%C3%A9t@proxy:3128"})
    proxy = proxies.for_url(CRM)

    assert proxy is not None
    assert (proxy.user, proxy.password, proxy.url) == ("us@er", "s3crét", "http://proxy:3128")
    assert proxy.authorization == "Basic dXNAZXI6czNjcsOpdA=="  # in UTF-8
    assert set(proxies.secrets()) == {"s3crét", "s3cr%C3%A9t", "dXNAZXI6czNjcsOpdA=="}
    assert not [secret for secret in proxies.secrets() if secret in f"{proxies!r} {proxy} {proxy.url}"]


@pytest.mark.parametrize(
    "address",
    ["http://proxy:port", "http://proxy:0", "http://pro xy:1", "http://proxy:1/path", "http://s3cret@", "://", "[::1"],
)
def test_what_is_no_address_of_a_proxy_is_told_once(address: str) -> None:
    """A proxy that cannot be used is one problem, though it is for two kinds of addresses, without its password."""
    proxies, [problem] = read_proxies({"ALL_PROXY": address})

    assert proxies == Proxies()
    assert problem.startswith("ALL_PROXY is not an address like http://proxy.example.com:3128")
    assert "s3cret" not in problem
