"""`python -m bot` is `who-is-online`."""

from bot.cli import main

if __name__ == "__main__":
    main()
