"""Ports that nothing else takes between the moment a test chooses one and the moment the bot listens on it."""

import os
import socket
from contextlib import suppress
from itertools import chain
from typing import Final

_FIRST: Final = 10_000
_LAST: Final = 32_000
"""Below the ports that systems give to outgoing connections, of which other tests open many."""

_BEGIN: Final = _FIRST + os.getpid() * 97 % (_LAST - _FIRST)
"""Where this process begins to look: other processes begin elsewhere."""

_ports = chain(range(_BEGIN, _LAST), range(_FIRST, _BEGIN))


def unused_port() -> int:
    """A port of 127.0.0.1 that is free, and is not given out again."""
    for port in _ports:
        with suppress(OSError), socket.socket() as taken:
            taken.bind(("127.0.0.1", port))
            return port
    raise RuntimeError("no port is left")
