"""What one reply of GetChatPresence, packed on standard input, does to the bot: a process of its own, for its memory.

It writes what became of the reply, and the most memory that this took, in MiB: python -m tests.hostile.heavy <reply.gz
"""

import resource
import sys

import httpx

from bot.errors import SuperOfficeError
from playground.office import demo_office
from tests.hostile.conftest import Line


def peak_mib() -> float:
    """The most memory that this process has had."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> None:
    """Read the reply, after a small one."""
    line = Line()
    line.agents(*demo_office().agents)
    line.run(line.snapshot())
    headers = {"Content-Type": "text/xml; charset=utf-8", "Content-Encoding": "gzip"}
    reply = httpx.Response(200, headers=headers, stream=httpx.ByteStream(sys.stdin.buffer.read()))
    line.says["GetChatPresence"] = lambda: reply
    before_mib = peak_mib()
    try:
        outcome = f"{len(line.run(line.snapshot()).agents):,} agents"
    except SuperOfficeError as error:
        outcome = str(error)
    sys.stdout.write(f"{outcome}\n{peak_mib() - before_mib}\n")


if __name__ == "__main__":
    main()
