"""`python -m bot` is `who-is-online`."""

import gc
import os
import sys


def main() -> None:
    """Run the command line."""
    # Nothing of what imports make is garbage: looking for some takes 20 of the 300 ms that `who` works.
    gc.disable()
    # slack_sdk looks for the user's home when it is imported, and fails where there is none, as for a service's user.
    os.environ.setdefault("HOME", os.sep)
    try:
        from bot import cli

        cli.main(prog_name="who-is-online")
    except KeyboardInterrupt:  # so early that no command has begun
        sys.exit(130)


if __name__ == "__main__":
    main()
