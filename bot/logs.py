"""Logging as text or JSON, without secrets."""

import copy
import json
import logging
import re
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


def configure(*, level: str, style: str, secrets: Iterable[str]) -> None:
    """Send the log to standard error, at `level`, as "text" or "json", without the secrets."""
    inner = (
        JsonFormatter(("asctime", "levelname", "name", "message"), rename_fields={"levelname": "level"})
        if style == "json"
        else logging.Formatter("{asctime} {levelname} {name}: {message}", style="{")
    )
    handler = logging.StreamHandler()  # to standard error
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
