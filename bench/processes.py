"""Programs under test as processes: started, watched in /proc, and ended by their own handle."""

import asyncio
import contextlib
import os
import sys
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

from bench.driver import LOOPBACK
from playground.stage import stop

PROJECT: Final = Path(__file__).parents[1]
READY_S: Final = 30.0
ENDED_S: Final = 15.0
LOG_LINES: Final = 20

_POLL_S: Final = 0.005
# All that a process gets of the caller's environment: no settings, and no proxy.
_KEPT: Final = ("HOME", "LANG", "LD_LIBRARY_PATH", "PATH", "TMPDIR", "TZ")
_CORES: Final = sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else []
_TICKS_A_SECOND: Final = os.sysconf("SC_CLK_TCK")


class ProcessError(Exception):
    """A process did not do as it should; the end of its log is in the message."""


class Running:
    """A process that listens on `port`. `ready_s`: from its start until it did."""

    def __init__(self, process: asyncio.subprocess.Process, port: int, log: Path) -> None:
        self.port = port
        self.ready_s = 0.0
        self._process = process
        self._log = log
        self._proc = Path("/proc", str(process.pid))

    def log_ends(self) -> str:
        """The last lines of what it wrote."""
        return "\n".join(self._log.read_text(errors="replace").splitlines()[-LOG_LINES:])

    def rss_mb(self) -> float:
        """Resident memory, in MB; 0 where there is no /proc."""
        return self._status("VmRSS") / 1024

    def threads(self) -> int:
        """How many threads it has."""
        return self._status("Threads")

    def open_files(self) -> int:
        """How many file descriptors it has open."""
        with contextlib.suppress(OSError):
            return sum(1 for _ in self._proc.joinpath("fd").iterdir())
        return 0

    def cpu_s(self) -> float:
        """Processor time used so far, in all its threads."""
        with contextlib.suppress(OSError):
            user, system = self._proc.joinpath("stat").read_text().rpartition(")")[2].split()[11:13]
            return (int(user) + int(system)) / _TICKS_A_SECOND
        return 0.0

    async def until_ready(self, path: str | None) -> None:
        """Wait until GET `path` is answered with 200, or without a path, until the port is open."""
        started = time.perf_counter()
        while not await _is_ready(self.port, path):
            if self._process.returncode is not None:
                raise ProcessError(f"ended with {self._process.returncode} before it was ready:\n{self.log_ends()}")
            if time.perf_counter() - started > READY_S:
                raise ProcessError(f"not ready after {READY_S:g} s:\n{self.log_ends()}")
            await asyncio.sleep(_POLL_S)
        self.ready_s = time.perf_counter() - started

    def _status(self, name: str) -> int:
        with contextlib.suppress(OSError):
            for line in self._proc.joinpath("status").read_text().splitlines():
                if line.startswith(f"{name}:"):
                    return int(line.split()[1])
        return 0


@asynccontextmanager
async def serving(
    command: Sequence[str], *, environment: Mapping[str, str], port: int, folder: Path, ready_path: str | None = None
) -> AsyncIterator[Running]:
    """A program under test, ready, on a core of its own; stopped at the end."""
    log = folder / f"{port}.log"
    with log.open("wb") as file:
        process = await asyncio.create_subprocess_exec(
            *command,
            cwd=folder,
            env=clean_environment() | dict(environment),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=file,
            stderr=asyncio.subprocess.STDOUT,
        )
    try:
        give_core(process.pid, under_test=True)
        running = Running(process, port, log)
        await running.until_ready(ready_path)
        yield running
    finally:
        await stop(process, ENDED_S)


async def output_of(
    *words: str, environment: Mapping[str, str], folder: Path, timeout_s: float, under_test: bool = True
) -> tuple[str, str]:
    """Run a program to its end: what it wrote to standard output and to standard error. Raises ProcessError."""
    process = await asyncio.create_subprocess_exec(
        *words,
        cwd=folder,
        env=clean_environment() | dict(environment),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        give_core(process.pid, under_test=under_test)
        async with asyncio.timeout(timeout_s):
            out, err = await process.communicate()
    except TimeoutError:
        raise ProcessError(f"{' '.join(words[:4])} took longer than {timeout_s:g} s") from None
    finally:
        await stop(process, ENDED_S)
    if process.returncode:
        raise ProcessError(f"{' '.join(words[:4])} ended with {process.returncode}:\n{err.decode()[-2000:]}")
    return out.decode(), err.decode()


def python(*words: str) -> tuple[str, ...]:
    """A command for this Python."""
    return (sys.executable, *words)


def clean_environment() -> dict[str, str]:
    """What a process needs of ours."""
    kept = {name: value for name, value in os.environ.items() if name in _KEPT or name.startswith("LC_")}
    return kept | {"PYTHONPATH": str(PROJECT)}


def give_core(pid: int, *, under_test: bool) -> None:
    """Keep what is under test on the last core, and everything else off it, where there are several."""
    if len(_CORES) > 1:
        with contextlib.suppress(ProcessLookupError):
            os.sched_setaffinity(pid, _CORES[-1:] if under_test else _CORES[:-1])


async def _is_ready(port: int, path: str | None) -> bool:
    try:
        reader, writer = await asyncio.open_connection(LOOPBACK, port)
    except OSError:
        return False
    try:
        if path is None:
            return True
        writer.write(f"GET {path} HTTP/1.1\r\nHost: {LOOPBACK}\r\nConnection: close\r\n\r\n".encode())
        return b" 200 " in await reader.readline()
    except OSError:
        return False
    finally:
        writer.close()
