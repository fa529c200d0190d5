"""The machine under the bot, whose clock and name server a test decides on."""

import json
from pathlib import Path
from typing import Final

from tests.kit.process import PROJECT

OUTSIDE: Final = Path(__file__).parent / "outside"


class Machine:
    """Has a process look at `file` for how things are, by `settings` in its environment."""

    def __init__(self, folder: Path, **now: object) -> None:
        self._file = folder / "now.json"
        self.settings = {"PYTHONPATH": f"{OUTSIDE}:{PROJECT}", "FAULTS_FILE": str(self._file)}
        self.is_now(**now)

    def is_now(self, **now: object) -> None:
        """Change how things are, at once: the process never reads half of it."""
        new = self._file.with_suffix(".new")
        new.write_text(json.dumps(now))
        new.replace(self._file)
