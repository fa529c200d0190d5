"""Logging as text or JSON, without secrets. It never waits for whoever reads the log."""

import copy
import json
import logging
import os
import queue
import re
import select
import sys
import threading
from collections.abc import Iterable
from typing import Final

from pythonjsonlogger.json import JsonFormatter

_PATTERNS: Final = (
    r"xox[a-z]-[\w-]+",  # Slack's tokens
    r"xapp-[\w-]+",
    r"\b7T:[\w+/=-]+",  # SuperOffice's tickets
    r"(?<=[?&]ticket=)[^&\s'\"]+",  # in the address of a Socket Mode connection
    r"https://hooks\.slack[\w.-]*/[^\s'\"]+",  # whoever knows a response_url can answer in the bot's name
)

_QUIET: Final = {
    # At DEBUG these log whole requests and answers: tickets, tokens, response_urls, what people typed.
    "aiohttp": logging.INFO,
    "asyncio": logging.INFO,
    "httpcore": logging.INFO,
    "httpx": logging.WARNING,
    # It warns that it ignores SLACK_BOT_TOKEN from the environment, which is what we want.
    "slack_bolt": logging.ERROR,
    # At INFO it tells of each connection that Slack renews, every few hours, and of nothing that somebody should do.
    "slack_sdk": logging.WARNING,
    "zeep": logging.CRITICAL,  # logs a traceback for each number that is none; those replies are refused anyway
}


WAITING: Final = 1_000
"""Lines that wait to be written. More are dropped; the log says how many as soon as somebody reads it again."""

FLUSH_S: Final = 1.0
"""How long the end of the process waits until the log is written."""


class Lines(logging.Handler):
    """Writes each record as a line, in a thread of its own, so that nobody waits for a pipe that nobody reads.

    What waits is finished text, without secrets. The file is written without Python's buffers: the end of the process
    waits for their locks, and for those of `logging.handlers.QueueListener`, without a limit.
    """

    def __init__(self, file: int, *, waiting: int = WAITING, flush_s: float = FLUSH_S) -> None:
        super().__init__()
        self._file = file
        self._flush_s = flush_s
        self._lines: queue.Queue[str] = queue.Queue(waiting)
        self._dropped = 0
        self._counting = threading.Lock()
        threading.Thread(target=self._write_all, name="log", daemon=True).start()

    def emit(self, record: logging.LogRecord) -> None:
        """Have it written soon. Never raises: a record that cannot be written is replaced by where it comes from."""
        try:
            line = self.format(record)
        except Exception as error:  # noqa: BLE001  # arguments may be anything, and the log must not end the rest
            line = self._own_line(
                "A line of %s:%s can't be written: %s", record.name, record.lineno, type(error).__name__
            )
        try:
            self._lines.put_nowait(line)
        except queue.Full:
            with self._counting:
                self._dropped += 1

    def flush(self) -> None:
        """Wait until what was logged is written, but not for long."""
        with self._lines.all_tasks_done:
            self._lines.all_tasks_done.wait_for(lambda: not self._lines.unfinished_tasks, self._flush_s)

    def _own_line(self, message: str, *args: object) -> str:
        level = logging.WARNING
        own = {"name": __name__, "levelno": level, "levelname": logging.getLevelName(level)}
        return self.format(logging.makeLogRecord({**own, "msg": message, "args": args}))

    def _write_all(self) -> None:
        while True:
            self._write(self._lines.get())
            with self._counting:
                dropped, self._dropped = self._dropped, 0
            if dropped:
                self._write(self._own_line("Nobody read the log, so %s lines are missing", dropped))
            self._lines.task_done()

    def _write(self, line: str) -> None:
        left = memoryview(f"{line}\n".encode(errors="backslashreplace"))
        while left:
            try:
                left = left[os.write(self._file, left) :]
            except BlockingIOError:  # whoever started us shares the pipe, and does not want to wait
                select.select([], [self._file], [])
            except OSError:
                return  # its reader is gone


def configure(*, level: str, style: str, secrets: Iterable[str]) -> None:
    """Send the log to standard error, at `level`, as "text" or "json", without the secrets."""
    inner = (
        JsonFormatter(("asctime", "levelname", "name", "message"), rename_fields={"levelname": "level"})
        if style == "json"
        else logging.Formatter("{asctime} {levelname} {name}: {message}", style="{")
    )
    # Where there is no standard error, its number may be that of a connection by now.
    handler = Lines(sys.__stderr__.fileno() if sys.__stderr__ else os.open(os.devnull, os.O_WRONLY))
    handler.setFormatter(Redacting(inner, secrets))
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for name, quiet in _QUIET.items():
        logging.getLogger(name).setLevel(max(quiet, logging.getLevelNamesMapping()[level]))


def _spellings(secret: str) -> tuple[str, ...]:
    """A secret as it is, as JSON writes it, and as Python's `repr` does."""
    return secret, json.dumps(secret)[1:-1], json.dumps(secret, ensure_ascii=False)[1:-1], repr(secret)[1:-1]


class Redacting(logging.Formatter):
    """Formats with another formatter, and replaces all that is a secret, or looks like one, by [secret].

    Messages and tracebacks are cleaned first, because JSON writes some characters of a secret in another way. The
    finished line is cleaned again.
    """

    def __init__(self, inner: logging.Formatter, secrets: Iterable[str]) -> None:
        super().__init__()
        spelt = {form for secret in secrets if secret for form in _spellings(secret)}
        longest_first = sorted(spelt, reverse=True)  # among those that begin alike, where it matters
        self._inner = inner
        self._secret = re.compile("|".join([*map(re.escape, longest_first), *_PATTERNS]))

    def format(self, record: logging.LogRecord) -> str:
        """The line, clean."""
        clean = copy.copy(record)
        clean.msg, clean.args = self._cleaned(record.getMessage()), None
        if record.exc_info:
            clean.exc_info, clean.exc_text = None, self._cleaned(self.formatException(record.exc_info))
        return self._cleaned(self._inner.format(clean))

    def _cleaned(self, text: str) -> str:
        return self._secret.sub("[secret]", text)
