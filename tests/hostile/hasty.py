"""The bot, without the pauses that it makes after a failure, so that one process meets every failure there is.

python -m tests.hostile.hasty run
"""

from bot import limits
from bot.bootstrap import superoffice
from bot.cli import main
from bot.superoffice import hours, names

if __name__ == "__main__":
    for module, constants in {
        superoffice: ("FIRST_PAUSE_S", "LONGEST_PAUSE_S"),
        limits: ("LONGEST_ASKED_S",),
        names: ("FRESH_S", "PAUSE_S"),
        hours: ("PAUSE_S",),
    }.items():
        for constant in constants:
            setattr(module, constant, 0.0)
    main()
