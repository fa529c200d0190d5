"""The file that links agents to people in Slack: a CSV table of `user_id,slack_user_id`."""

import csv
import re
from pathlib import Path
from typing import Final

_COLUMNS: Final = ("user_id", "slack_user_id")
_SLACK_USER: Final = re.compile(r"[UW][A-Z0-9]{5,20}")
_PROBLEMS_TOLD: Final = 5


def read_people(path: Path) -> dict[int, str]:
    """The Slack user id of each agent, by the agent's user id. Raises `ValueError`, which says what is wrong."""
    people: dict[int, str] = {}
    problems = []
    for line, row in _rows(path):
        agent, person = ((row.get(column) or "").strip() for column in _COLUMNS)
        if not (agent.isascii() and agent.isdigit() and _SLACK_USER.fullmatch(person)):
            problems.append(f"line {line} is not like 3,U012AB3CD")
        elif int(agent) in people:
            problems.append(f"line {line} names agent {agent} again")
        else:
            people[int(agent)] = person
    if problems:
        raise ValueError(f"names a file with mistakes: {'; '.join(problems[:_PROBLEMS_TOLD])}")
    return people


def _rows(path: Path) -> list[tuple[int, dict[str, str | None]]]:
    """The rows of the table with their line numbers. Raises `ValueError` if there is no such table."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            table = csv.DictReader(file)
            if not set(_COLUMNS) <= set(table.fieldnames or ()):
                raise ValueError(f"names a file without the first line {','.join(_COLUMNS)}")
            return [(table.line_num, row) for row in table]
    except OSError as error:
        raise ValueError(f"names a file that cannot be read: {path.absolute()}: {error.strerror}") from None
    except (UnicodeDecodeError, csv.Error):
        raise ValueError("names a file that is no table in UTF-8") from None
