"""The bot, without the pauses that it makes after a failure, so that one process meets every failure there is.

python -m tests.hostile.hasty run
"""

from bot.cli import main
from bot.presence import outage
from bot.superoffice import topics

if __name__ == "__main__":
    for module, names in {
        outage: ("FIRST_PAUSE_S", "LONGEST_PAUSE_S", "LONGEST_ASKED_PAUSE_S"),
        topics: ("FRESH_S", "PAUSE_S"),
    }.items():
        for name in names:
            setattr(module, name, 0.0)
    main()
