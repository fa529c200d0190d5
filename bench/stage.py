"""Sets the stage: the stand-ins, the driver, and what is under test, each when it is wanted."""

import asyncio
import json
import socket
import tempfile
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from bench.driver import LOOPBACK, Driver, open_driver
from bench.processes import ENDED_S, PROJECT, Running, clean_environment, give_core, python, serving
from playground.stage import stop

LATENCY_S: Final = 0.05
AGENTS: Final = 50
TOPICS: Final = 12

_SAID_S: Final = 10.0


@dataclass(frozen=True, slots=True)
class Calls:
    """What SuperOffice was asked since the last reset."""

    presence: int
    presence_at_once: int
    all: int


class Stage:
    """The stand-ins and the driver, with a folder for what processes write."""

    def __init__(self, stand_ins: asyncio.subprocess.Process, addresses: dict[str, str], driver: Driver, folder: Path):
        self.driver = driver
        self.folder = folder
        self.addresses = addresses
        self._stand_ins = stand_ins

    def bot(self, **settings: object) -> AbstractAsyncContextManager[Running]:
        """The bot, as it is started in production, over HTTP."""
        port = _free_port()
        environment = self.addresses | {"HOST": LOOPBACK, "PORT": str(port)}
        environment |= {name: str(value) for name, value in settings.items()}
        return serving(
            python("-m", "bot", "run"), environment=environment, port=port, folder=self.folder, ready_path="/readyz"
        )

    def tutorial_bot(self) -> AbstractAsyncContextManager[Running]:
        """The bot of the quick starts."""
        port = _free_port()
        contracts = PROJECT / "bot" / "superoffice" / "soap" / "wsdl"
        command = python("-m", "bench.tutorial_bot", str(port), str(contracts))
        return serving(command, environment=self.addresses, port=port, folder=self.folder)

    def bare_bolt(self, message: bytes) -> AbstractAsyncContextManager[Running]:
        """Bolt that acknowledges everything with this message, written in JSON."""
        port = _free_port()
        message_file = self.folder / "message.json"
        message_file.write_bytes(message)
        command = python("-m", "bench.bare_bolt", str(port), str(message_file))
        return serving(command, environment=self.addresses, port=port, folder=self.folder)

    async def calls(self) -> Calls:
        """What SuperOffice was asked since the last reset."""
        return await self._ask("stats")

    async def reset_calls(self) -> None:
        """Count the calls anew."""
        await self._ask("reset")

    async def churn(self) -> None:
        """Have agents come, go and chat from now on."""
        await self._ask("churn")

    async def _ask(self, word: str) -> Calls:
        said = json.loads(await _ask(self._stand_ins, word))
        calls, at_once = said["calls"], said["max_in_flight"]
        return Calls(
            presence=calls.get("GetChatPresence", 0),
            presence_at_once=at_once.get("GetChatPresence", 0),
            all=sum(calls.values()),
        )


@asynccontextmanager
async def open_stage() -> AsyncIterator[Stage]:
    """A stage; at its end everything on it has ended."""
    words = (f"--latency-s={LATENCY_S}", f"--agents={AGENTS}", f"--topics={TOPICS}")
    stand_ins = await asyncio.create_subprocess_exec(
        *python("-m", "bench.stand_ins", *words),
        env=clean_environment(),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        give_core(stand_ins.pid, under_test=False)
        addresses = json.loads(await _ask(stand_ins))
        with tempfile.TemporaryDirectory(prefix="who-is-online-bench-") as folder:
            async with open_driver(addresses["SLACK_SIGNING_SECRET"]) as driver:
                yield Stage(stand_ins, addresses, driver, Path(folder))
    finally:
        await stop(stand_ins, ENDED_S)


async def _ask(stand_ins: asyncio.subprocess.Process, word: str = "") -> bytes:
    """What the stand-ins say next, to a word if one is given."""
    assert stand_ins.stdin is not None  # noqa: S101  # for mypy: both are pipes
    assert stand_ins.stdout is not None  # noqa: S101
    if word:
        stand_ins.stdin.write(f"{word}\n".encode())
    async with asyncio.timeout(_SAID_S):
        return await stand_ins.stdout.readline()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        return int(probe.getsockname()[1])
