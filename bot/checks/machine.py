"""Whether this machine has what the settings name: files out of others' reach, a free port, the right time."""

import asyncio
import errno
import os
import socket
import ssl
import stat
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from shlex import quote
from typing import Final

from bot.checks.runner import Check, Failed, Warned
from bot.server import HEALTHY, why_not
from bot.settings import Settings

CLOCK_TOLERANCE: Final = timedelta(minutes=4)
"""Slack's signatures are good for 5 minutes: https://docs.slack.dev/authentication/verifying-requests-from-slack/."""

ANSWER_S: Final = 2.0
"""How long the program that has our port may take to say that it is the bot, in seconds."""

_HEALTH: Final = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"


class MachineChecks:
    """Tries this machine with these settings."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def checks(self) -> Sequence[Check]:
        """What is tried, in order."""
        checks = []
        if os.name == "posix":  # elsewhere, a file's mode does not tell who may read it
            files = ((self._settings.env_file, stat.S_IROTH | stat.S_IWOTH), (self._settings.people_file, stat.S_IWOTH))
            checks += [
                Check(f"File {path}", partial(asyncio.to_thread, _is_kept, path, bits))
                for path, bits in files
                if path is not None
            ]
        if os.environ.get("SSL_CERT_FILE"):
            checks.append(Check("SSL_CERT_FILE", partial(asyncio.to_thread, _authorities)))
        if self._settings.serves_http:
            checks.append(Check("HOST and PORT", self._port))
        return checks

    async def _port(self) -> str:
        host, port = self._settings.host, self._settings.port
        try:
            for family, kind, number, _, address in await asyncio.get_running_loop().getaddrinfo(
                host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
            ):
                with socket.socket(family, kind, number) as tried:
                    if os.name == "posix":  # as servers do; on Windows it would take a port that is in use
                        tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                    tried.bind(address)
        except OSError as error:
            said, step = why_not(error)
            if error.errno == errno.EADDRINUSE and await _is_the_bot(host, port):
                said, step = "the bot itself seems to listen there", "If it is another program, set PORT to a free one."
                raise Warned(said, step) from None
            raise Failed(f"cannot listen on {host}, port {port}: {said}", f"{step[0].upper()}{step[1:]}.") from None
        return f"{host}, port {port} is free"


def _is_kept(path: Path, bits: int) -> str:
    """Whether others, who neither own a file nor are in its group, have none of these rights."""
    too_many = path.stat().st_mode & bits
    if too_many:
        what = "change" if too_many & stat.S_IWOTH else "read"
        rights = "o-rw" if bits & stat.S_IROTH else "o-w"
        raise Warned(f"everybody on this machine can {what} it", f"Run: chmod {rights} {quote(str(path.absolute()))}")
    return "out of others' reach"


def _authorities() -> str:
    """Whether the file, which takes the place of the system's list of authorities, can be used."""
    path = Path(os.environ["SSL_CERT_FILE"])
    step = "Write the name of a file with certificates in PEM, or unset SSL_CERT_FILE for the system's list."
    try:
        known = len(ssl.create_default_context(cafile=path).get_ca_certs())
    except ssl.SSLError:
        raise Failed(f"{path.absolute()} holds no certificates", step) from None
    except OSError as error:
        raise Failed(f"{path.absolute()} cannot be read ({error.strerror})", step) from None
    return f"{known} authorities"


async def _is_the_bot(host: str, port: int) -> bool:
    """Whether what listens there answers as the bot does."""
    at_home = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104  # where all addresses are listened on
    with suppress(OSError, TimeoutError):
        async with asyncio.timeout(ANSWER_S):
            reader, writer = await asyncio.open_connection(at_home, port)
            try:
                writer.write(_HEALTH)
                head, _, body = (await reader.read(4096)).partition(b"\r\n\r\n")
                return head.startswith(b"HTTP/1.1 200") and (body or await reader.read(16)) == HEALTHY.encode()
            finally:
                writer.close()
    return False


def clock_agrees(slack_time: datetime | None, now: datetime) -> str:
    """Compare the machine's clock with Slack's. Raises `Failed` if they are minutes apart."""
    if slack_time is None:
        return "Slack did not tell its own time"
    apart = abs(now - slack_time)
    if apart > CLOCK_TOLERANCE:
        said = f"{apart.total_seconds() / 60:.0f} minutes away from Slack's"
        raise Failed(
            said,
            "Set this machine's clock (NTP): times in answers are wrong, and Slack's requests over HTTP are refused.",
        )
    return "agrees with Slack's"
