"""`python -m bot` is `who-is-online`."""

import gc
import os


def main() -> None:
    """Run the command line."""
    # Nothing of what imports make is garbage: looking for some takes 20 of the 300 ms that `who` works.
    gc.disable()

    # slack_sdk looks for the user's home when it is imported, and fails where there is none, as for a service's user.
    os.environ.setdefault("HOME", os.sep)

    from bot import cli

    cli.main()


if __name__ == "__main__":
    main()
