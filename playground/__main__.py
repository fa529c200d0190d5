"""`python -m playground`: a pretend Slack, a pretend SuperOffice, and the real bot between them."""

import argparse
import asyncio
import contextlib
import signal
import sys
import termios
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

from rich.console import Console

from playground.demo import Demo, print_failure
from playground.page.server import open_page
from playground.stage import StageError, open_stage

ABOUT = "A pretend Slack and a pretend SuperOffice on this machine; the bot between them is the real one."


async def main(arguments: argparse.Namespace) -> int:
    """Play the demo. Gives 0 if it was played, 1 if the bot failed, 130 if it was stopped before the script's end."""
    console = Console(highlight=False, markup=False)
    plays = serve() if arguments.page else play(console)
    playing = asyncio.create_task(plays)
    for number in (signal.SIGHUP, signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, playing.cancel)
    try:
        await playing
    except asyncio.CancelledError:
        return 130
    except StageError as error:
        print_failure(console, error)
        return 1
    return 0


async def play(console: Console) -> None:
    """Play the script; then, in a terminal, let a person play on. The page is served all the while."""
    console.print(ABOUT, soft_wrap=True)
    async with open_stage() as stage, open_page(stage) as address:
        demo = Demo(stage, console)
        await stage.while_bot_lives(demo.script())
        if sys.stdin.isatty() and sys.stdout.isatty():
            console.print(f"\nIn the browser: {address}", soft_wrap=True)
            # From here on, a signal is a normal way to leave.
            with terminal_restored(), contextlib.suppress(asyncio.CancelledError):
                await stage.while_bot_lives(demo.prompt(typed))


async def serve() -> None:
    """Serve the page until a signal comes. Raises StageError if the bot ends by itself."""
    async with open_stage() as stage, open_page(stage) as address:
        print(address, flush=True)
        with contextlib.suppress(asyncio.CancelledError):
            await stage.while_bot_lives(forever())


async def forever() -> None:
    """Wait until this is cancelled."""
    await asyncio.Event().wait()


async def typed() -> str | None:
    """Wait for a line from the keyboard; None at its end.

    The thread is a daemon: asyncio.to_thread would hold up the program's end until Enter.
    """
    loop = asyncio.get_running_loop()
    line: asyncio.Future[str | None] = loop.create_future()

    def settle(said: str | None) -> None:
        if not line.done():
            line.set_result(said)

    def wait_for_line() -> None:
        said = None
        with contextlib.suppress(EOFError):
            said = input("\n> ")
        with contextlib.suppress(RuntimeError):  # the loop has ended meanwhile
            loop.call_soon_threadsafe(partial(settle, said))

    threading.Thread(target=wait_for_line, daemon=True).start()
    return await line


@contextmanager
def terminal_restored() -> Iterator[None]:
    """Edit lines with readline, and leave the terminal as it was, also in the middle of a line."""
    with contextlib.suppress(ImportError):
        import readline  # noqa: F401 - `input` uses it once it is there
    before = termios.tcgetattr(sys.stdin)
    try:
        yield
    finally:
        termios.tcsetattr(sys.stdin, termios.TCSADRAIN, before)
        print()  # the prompt's line may be half written


if __name__ == "__main__":
    options = argparse.ArgumentParser(prog="python -m playground", description=ABOUT)
    options.add_argument("--page", action="store_true", help="serve the page alone, until Ctrl-C")
    sys.exit(asyncio.run(main(options.parse_args())))
