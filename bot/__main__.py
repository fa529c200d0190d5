"""`python -m bot` is `who-is-online`."""

import gc


def main() -> None:
    """Run the command line."""
    # Nothing of what imports make is garbage: looking for some takes 20 of the 300 ms that `who` works.
    gc.disable()

    from bot import cli

    cli.main()


if __name__ == "__main__":
    main()
