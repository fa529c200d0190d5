"""What speaks at a port: looked at where https and http seem to be mixed up. Nothing secret is sent."""

import asyncio
import ssl
from collections.abc import Mapping
from contextlib import suppress
from typing import Final
from urllib.parse import urlsplit

from bot.checks.network import place_of
from bot.checks.runner import Failed
from bot.proxies import port_of

PROBE_S: Final = 3.0
"""How long a look at a port may take, in seconds."""

_OTHERS: Final[Mapping[str, str]] = {"SSH-": "SSH", "220 ": "a mail or file server", "* OK": "a mail server"}
"""How other protocols greet."""


async def misnamed(url: str) -> Failed | None:
    """What is wrong with the beginning of this address, if its port speaks something else. It is sent no secret."""
    parts = urlsplit(url)
    host, port, place, is_https = parts.hostname or "", port_of(url), place_of(url), parts.scheme == "https"
    spoken = "https" if not is_https and await _speaks_tls(host, port) else await _greeting(host, port)
    if spoken == "https":
        return Failed(f"{place} speaks https, and the address says http", "Write https:// in SUPEROFFICE_URL.")
    if spoken == "http" and is_https:
        return Failed(
            f"{place} speaks http, and the address says https",
            "Write the port that speaks https in SUPEROFFICE_URL; if there is none, http://, which sends the password "
            "unencrypted.",
        )
    if spoken in _OTHERS.values():
        return Failed(f"{spoken} answers at {place}, not a web server", "Check the port in SUPEROFFICE_URL.")
    return None


async def _speaks_tls(host: str, port: int) -> bool:
    """Whether a TLS handshake succeeds, whoever is at the other end."""
    anybody = ssl.create_default_context()
    anybody.check_hostname = False
    anybody.verify_mode = ssl.CERT_NONE
    with suppress(OSError, TimeoutError):
        async with asyncio.timeout(PROBE_S):
            _, writer = await asyncio.open_connection(host, port, ssl=anybody)
            writer.transport.abort()
            return True
    return False


async def _greeting(host: str, port: int) -> str:
    """What answers to a line of HTTP without TLS: "http", the name of another protocol, or ""."""
    beginning = b""
    with suppress(OSError, TimeoutError, asyncio.IncompleteReadError):
        async with asyncio.timeout(PROBE_S):
            reader, writer = await asyncio.open_connection(host, port)
            try:
                writer.write(b"HEAD / HTTP/1.0\r\n\r\n")
                beginning = await reader.readexactly(4)
            finally:
                writer.transport.abort()
    said = beginning.decode("ascii", errors="replace")
    return "http" if said == "HTTP" else _OTHERS.get(said, "")
