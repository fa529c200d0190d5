"""The machine under the bot, as a test wants it: a clock that jumps, a name server that comes and goes.

Python imports this by itself, before the bot. The file that FAULTS_FILE names says in JSON how things are now:
`clock_ahead_s` shifts the clock of the wall, never the monotonic one, and with `name_server` true the name
`superoffice.invalid`, which no name server knows, is this machine's.
"""

import datetime as dt
import json
import os
import socket
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

_FILE = Path(os.environ["FAULTS_FILE"])
_TIME, _LOOK_UP = time.time, socket.getaddrinfo
_OWN = "superoffice.invalid"


def _now_is() -> dict[str, Any]:
    said: dict[str, Any] = json.loads(_FILE.read_text())
    return said


def _time() -> float:
    return _TIME() + float(_now_is().get("clock_ahead_s", 0))


class _Moment(dt.datetime):
    @classmethod
    def now(cls, tz: dt.tzinfo | None = None) -> "_Moment":
        return cls.fromtimestamp(_time(), tz)


def _looking_up(look_up: Callable[..., Any]) -> Callable[..., Any]:
    def getaddrinfo(host: Any, *arguments: Any, **more: Any) -> Any:
        name = host.decode() if isinstance(host, bytes) else host
        known = name == _OWN and _now_is().get("name_server")
        return look_up("127.0.0.1" if known else host, *arguments, **more)

    return getaddrinfo


time.time = _time
dt.datetime = _Moment  # type: ignore[misc]  # what every later `from datetime import datetime` sees
socket.getaddrinfo = _looking_up(_LOOK_UP)
