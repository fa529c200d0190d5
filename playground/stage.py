"""Sets the stage: both stand-ins in this process, and the real bot as a process of its own.

They are joined by the bot's settings alone; nothing here knows the bot from inside.
"""

import asyncio
import contextlib
import os
import sys
import tempfile
from collections.abc import AsyncIterator, Coroutine, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from playground.slack import Slack
from playground.superoffice import NetServer

BOT = (sys.executable, "-m", "bot", "run")
CONNECTED_S = 20.0
STOPPED_S = 12.0  # the bot finishes the replies under way, in 10 s at most
LOG_LINES = 20

_PROJECT = Path(__file__).parents[1]
_USERNAME, _PASSWORD, _SERVICES = "who", "demo-password", 86
# The bot gets these of the caller's environment: no settings, no proxy, but coverage's own names.
_KEPT = {"HOME", "LANG", "LD_LIBRARY_PATH", "PATH", "TMPDIR", "TZ"}
_KEPT_PREFIXES = ("COV", "LC_")


class StageError(Exception):
    """The bot failed. `log` is the end of what it logged."""

    def __init__(self, sentence: str, log: str) -> None:
        super().__init__(sentence)
        self.log = log


class Stage:
    """The two stand-ins, and the bot between them once `start` was called."""

    bot: asyncio.subprocess.Process

    def __init__(self, superoffice: NetServer, slack: Slack, log: Path) -> None:
        self.superoffice = superoffice
        self.slack = slack
        self._log = log

    @property
    def secrets(self) -> list[str]:
        """What must not be shown of the settings that join the three."""
        return [self.slack.bot_token, self.slack.app_token, self.slack.signing_secret, _PASSWORD]

    async def start(self, command: Sequence[str]) -> None:
        """Start the bot in the folder of its log, where it finds no .env."""
        with self._log.open("ab") as file:
            self.bot = await asyncio.create_subprocess_exec(
                *command,
                cwd=self._log.parent,
                env=_environment(self.superoffice, self.slack, os.environ),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=file,
                stderr=asyncio.subprocess.STDOUT,
            )

    async def connected(self) -> None:
        """Wait until the bot is connected to Slack. Raises StageError if it is not in time."""
        try:
            await self.slack.connected(timeout_s=CONNECTED_S)
        except TimeoutError:
            raise self.failure(f"The bot did not connect to Slack within {CONNECTED_S:g} s.") from None

    def failure(self, sentence: str) -> StageError:
        """Say that the bot failed, with the end of its log."""
        lines = self._log.read_text(errors="replace").splitlines()
        return StageError(sentence, "\n".join(lines[-LOG_LINES:]))

    async def while_bot_lives(self, act: Coroutine[Any, Any, None]) -> None:
        """Do this to its end. Raises StageError if the bot ends first."""
        acting, ended = asyncio.create_task(act), asyncio.create_task(self.bot.wait())
        try:
            await asyncio.wait({acting, ended}, return_when=asyncio.FIRST_COMPLETED)
            if not acting.done():
                raise self.failure(f"The bot ended by itself, with exit code {ended.result()}.")
            acting.result()
        finally:
            for task in (acting, ended):
                task.cancel()
            await asyncio.gather(acting, ended, return_exceptions=True)


@asynccontextmanager
async def open_stage(bot: Sequence[str] = BOT) -> AsyncIterator[Stage]:
    """Give a stage on which the bot is connected; at its end the bot is stopped first.

    Raises StageError if the bot ends by itself or is not connected in time.
    """
    superoffice = NetServer(username=_USERNAME, password=_PASSWORD, services=_SERVICES)
    with tempfile.TemporaryDirectory(prefix="who-is-online-", ignore_cleanup_errors=True) as folder:
        async with superoffice, Slack() as slack:
            stage = Stage(superoffice, slack, Path(folder, "bot.log"))
            await stage.start(bot)
            try:
                await stage.while_bot_lives(stage.connected())
                yield stage
            finally:
                await stop(stage.bot)


async def stop(process: asyncio.subprocess.Process, patience_s: float = STOPPED_S) -> None:
    """End a process as an operator would; by force when patience ends, or when this is cancelled."""
    if process.returncode is not None:
        return
    with contextlib.suppress(ProcessLookupError):
        process.terminate()
    try:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(patience_s):
                await process.wait()
    finally:
        if process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()


def _environment(superoffice: NetServer, slack: Slack, caller: Mapping[str, str]) -> dict[str, str]:
    """Write the settings that join the three, and nothing that the caller has set for another bot."""
    kept = {name: value for name, value in caller.items() if name in _KEPT or name.startswith(_KEPT_PREFIXES)}
    return kept | {
        "PYTHONPATH": str(_PROJECT),
        "SLACK_BOT_TOKEN": slack.bot_token,
        "SLACK_APP_TOKEN": slack.app_token,
        "SLACK_API_URL": slack.api_url,
        "SUPEROFFICE_URL": superoffice.url,
        "SUPEROFFICE_USERNAME": _USERNAME,
        "SUPEROFFICE_PASSWORD": _PASSWORD,
        "SUPEROFFICE_SERVICES": str(_SERVICES),
    }
