"""A wrong setting, and what `who-is-online check` must make of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Row:
    """One cause of failure.

    `cause`: what is wrong, in a few words; the name of the test. `settings`: what differs from good settings, by name
    in .env; None takes a setting away. `said`: a part of the line that names the cause. `next_step`: a part of what the
    administrator is told to do. `exit_code`: 2 if a setting can be seen to be wrong, 1 if trying it showed that, and 0
    for a warning.

    `lines`: more lines of .env, as they are written there. `environment`: what is in the environment. `files`: what is
    beside .env, by name; it can take the place of .env itself, and None is a folder.
    """

    cause: str
    settings: Mapping[str, str | None]
    said: str
    next_step: str
    exit_code: int
    lines: str = ""
    environment: Mapping[str, str] = field(default_factory=dict)
    files: Mapping[str, str | bytes | None] = field(default_factory=dict)
