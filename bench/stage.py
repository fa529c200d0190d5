"""Sets the stage: the stand-ins, the driver, and what is under test, each when it is wanted."""

import asyncio
import json
import socket
import tempfile
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from bench.driver import LOOPBACK, Driver, open_driver
from bench.processes import ENDED_S, PROJECT, Running, serving, start
from playground.stage import stop

CONTRACTS: Final = PROJECT / "bot" / "superoffice" / "soap" / "wsdl"
LATENCY_S: Final = 0.05
AGENTS: Final = 50
TOPICS: Final = 12

_SAID_S: Final = 10.0


@dataclass(frozen=True, slots=True)
class Calls:
    """GetChatPresence calls since the last reset, and the most that were in flight at once."""

    presence: int
    presence_at_once: int


class Stage:
    """The stand-ins and the driver, with a folder for what processes write.

    `http`: the settings of a bot that serves HTTP and signs in with a password. `app_token`, `ticket`: for Socket Mode,
    and for those that have a ready ticket.
    """

    def __init__(self, stand_ins: Process, said: dict[str, str], driver: Driver, folder: Path) -> None:
        self.driver = driver
        self.folder = folder
        self.app_token = said.pop("SLACK_APP_TOKEN")
        self.ticket = said.pop("SUPEROFFICE_TICKET")
        self.http = said
        self._stand_ins = stand_ins

    @property
    def with_ticket(self) -> dict[str, str]:
        """The settings with the ready ticket in place of the password."""
        signs_in = ("SUPEROFFICE_USERNAME", "SUPEROFFICE_PASSWORD")
        return {name: value for name, value in self.http.items() if name not in signs_in} | {
            "SUPEROFFICE_TICKET": self.ticket
        }

    def bot(self, **settings: object) -> AbstractAsyncContextManager[Running]:
        """The bot, as it is started in production, over HTTP unless the settings say otherwise."""
        port = _free_port()
        api = {} if "SLACK_APP_TOKEN" in settings else {"SLACK_API_URL": self.driver.api_url}
        environment = self.http | api | {"HOST": LOOPBACK, "PORT": str(port)}
        environment |= {name: str(value) for name, value in settings.items()}
        return serving(
            *("-m", "bot", "run"), environment=environment, port=port, folder=self.folder, ready_path="/readyz"
        )

    def tutorial_bot(self) -> AbstractAsyncContextManager[Running]:
        """The bot of the quick starts."""
        return self._script("tutorial_bot", CONTRACTS)

    def bare_bolt(self, message: bytes) -> AbstractAsyncContextManager[Running]:
        """Bolt that acknowledges everything with this message, written in JSON."""
        message_file = self.folder / "message.json"
        message_file.write_bytes(message)
        return self._script("bare_bolt", message_file)

    async def calls(self) -> Calls:
        """What SuperOffice was asked since the last reset."""
        said = await _ask(self._stand_ins, "stats")
        return Calls(*(said[name].get("GetChatPresence", 0) for name in ("calls", "max_in_flight")))

    async def reset_calls(self) -> None:
        """Count the calls anew."""
        await _ask(self._stand_ins, "reset")

    async def churn(self) -> None:
        """Have agents come, go and chat from now on."""
        await _ask(self._stand_ins, "churn")

    def _script(self, name: str, file: Path) -> AbstractAsyncContextManager[Running]:
        port = _free_port()
        words = ("-m", f"bench.{name}", str(port), str(file))
        return serving(*words, environment=self.http, port=port, folder=self.folder)


@asynccontextmanager
async def open_stage() -> AsyncIterator[Stage]:
    """A stage; at its end everything on it has ended."""
    words = ("-m", "bench.stand_ins", str(LATENCY_S), str(AGENTS), str(TOPICS))
    stand_ins = await start(*words, environment={}, under_test=False, stdin=PIPE, stdout=PIPE)
    try:
        said = await _ask(stand_ins)
        with tempfile.TemporaryDirectory(prefix="who-is-online-bench-") as folder:
            async with open_driver(said["SLACK_SIGNING_SECRET"]) as driver:
                yield Stage(stand_ins, said, driver, Path(folder))
    finally:
        await stop(stand_ins, ENDED_S)


async def _ask(stand_ins: Process, word: str = "") -> dict[str, Any]:
    """What the stand-ins say next, to a word if one is given."""
    assert stand_ins.stdin is not None  # noqa: S101  # for mypy: both are pipes
    assert stand_ins.stdout is not None  # noqa: S101
    if word:
        stand_ins.stdin.write(f"{word}\n".encode())
    async with asyncio.timeout(_SAID_S):
        said: dict[str, Any] = json.loads(await stand_ins.stdout.readline())
    return said


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        return int(probe.getsockname()[1])
