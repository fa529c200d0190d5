"""Programs under test as processes: started, watched in /proc, and ended by their own handle."""

import asyncio
import contextlib
import os
import sys
import time
from asyncio.subprocess import DEVNULL, PIPE, STDOUT, Process
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final

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


class ProcessError(Exception):
    """A process did not do as it should; the end of its log is in the message."""


class Running:
    """A process that listens on `port`. `ready_s`: from its start until then. Without /proc, figures are 0."""

    def __init__(self, process: Process, port: int, log: Path) -> None:
        self.port = port
        self.ready_s = 0.0
        self._process = process
        self._log = log
        self._proc = Path("/proc", str(process.pid))

    def rss_mb(self) -> float:
        """Resident memory, in MB."""
        return self._status("VmRSS") / 1024

    def peak_mb(self) -> float:
        """The most resident memory that it has had, in MB."""
        return self._status("VmHWM") / 1024

    def threads(self) -> int:
        """How many threads it has."""
        return self._status("Threads")

    def open_files(self) -> int:
        """How many file descriptors it has open."""
        with contextlib.suppress(OSError):
            return len(list(self._proc.joinpath("fd").iterdir()))
        return 0

    def cpu_s(self) -> float:
        """Processor time used so far, in all its threads."""
        with contextlib.suppress(OSError):
            user, system = self._proc.joinpath("stat").read_text().rpartition(")")[2].split()[11:13]
            return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")
        return 0.0

    async def until_ready(self, path: str | None) -> None:
        """Wait until GET `path` is answered with 200, or without a path, until the port is open."""
        started = time.perf_counter()
        while not await _is_ready(self.port, path):
            problem = "it ended before it was ready" if self._process.returncode is not None else ""
            if time.perf_counter() - started > READY_S:
                problem = f"not ready after {READY_S:g} s"
            if problem:
                lines = self._log.read_text(errors="replace").splitlines()
                raise ProcessError("\n".join([problem, *lines[-LOG_LINES:]]))
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
    *words: str, environment: Mapping[str, str], port: int, folder: Path, ready_path: str | None = None
) -> AsyncIterator[Running]:
    """A program under test in Python, ready, on a core of its own; stopped at the end."""
    log = folder / f"{port}.log"
    with log.open("wb") as file:
        process = await start(*words, environment=environment, cwd=folder, stdin=DEVNULL, stdout=file, stderr=STDOUT)
    running = Running(process, port, log)
    try:
        await running.until_ready(ready_path)
        yield running
    finally:
        await stop(process, ENDED_S)


async def output_of(*words: str, environment: Mapping[str, str], folder: Path, timeout_s: float) -> tuple[str, str]:
    """Run a program under test in Python to its end: its standard output and standard error. Raises ProcessError."""
    process = await start(*words, environment=environment, cwd=folder, stdin=DEVNULL, stdout=PIPE, stderr=PIPE)
    try:
        async with asyncio.timeout(timeout_s):
            out, err = await process.communicate()
    except TimeoutError:
        raise ProcessError(f"{' '.join(words)} took longer than {timeout_s:g} s") from None
    finally:
        await stop(process, ENDED_S)
    if process.returncode:
        raise ProcessError(f"{' '.join(words)} ended with {process.returncode}:\n{err.decode()[-2000:]}")
    return out.decode(), err.decode()


async def start(*words: str, environment: Mapping[str, str], under_test: bool = True, **options: Any) -> Process:
    """Start a program of this Python, without our settings; what is under test gets a core of its own."""
    kept = {name: value for name, value in os.environ.items() if name in _KEPT or name.startswith("LC_")}
    environment = {**kept, "PYTHONPATH": str(PROJECT), **environment}
    process = await asyncio.create_subprocess_exec(sys.executable, *words, env=environment, **options)
    give_core(process.pid, under_test=under_test)
    return process


def give_core(pid: int, *, under_test: bool) -> None:
    """Keep what is under test on the last core, and everything else off it, if there are several."""
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
