"""The file that links agents to people in Slack: a CSV table of `user_id,slack_user_id`."""

import csv
import io
import re
from pathlib import Path
from typing import Final

from bot.files import read_text

_COLUMNS: Final = ("user_id", "slack_user_id")
_SLACK_USER: Final = re.compile(r"[UW][A-Z0-9]{5,20}")
_SLACK_OTHER: Final = re.compile(r"([A-Z])[A-Z0-9]{5,20}")
_KINDS: Final = {"B": "a bot", "C": "a channel", "D": "a direct message", "G": "a group", "S": "a group", "T": "a team"}
"""What else Slack has ids for, by their first letter."""

_AGENT: Final = re.compile("[0-9]{1,10}")
_PROBLEMS_TOLD: Final = 5


def read_people(path: Path) -> dict[int, str]:
    """The Slack user id of each agent, by the agent's user id. Raises `ValueError`, which says what is wrong."""
    people: dict[int, str] = {}
    problems = []
    for line, row in _rows(path):
        agent, person = ((row.get(column) or "").strip() for column in _COLUMNS)
        if not (_AGENT.fullmatch(agent) and 0 < int(agent) < 2**31 and _SLACK_USER.fullmatch(person)):
            problems.append(f"line {line} {_wrong(agent, person)}")
        elif int(agent) in people:
            problems.append(f"line {line} names agent {int(agent)} again")
        else:
            people[int(agent)] = person
    if problems:
        more = f"; and {len(problems) - _PROBLEMS_TOLD} more" if len(problems) > _PROBLEMS_TOLD else ""
        step = "write each line like 3,U012AB3CD"
        raise ValueError(f"names a file with mistakes ({'; '.join(problems[:_PROBLEMS_TOLD])}{more}): {step}")
    return people


def _wrong(agent: str, person: str) -> str:
    """What is wrong with one of these. Neither is shown: what stands in a wrong column may be private."""
    if not _AGENT.fullmatch(agent):
        return "has no agent's number in user_id" if agent else "has nothing in user_id"
    if not _SLACK_USER.fullmatch(person):
        other = _SLACK_OTHER.fullmatch(person)
        kind = _KINDS.get(other[1], "") if other else ""
        return f"has the id of {kind} in slack_user_id" if kind else "has no member ID of Slack in slack_user_id"
    return "has a number in user_id that no agent can have"


def _rows(path: Path) -> list[tuple[int, dict[str, str | None]]]:
    """The rows of the table with their line numbers. Raises `ValueError` if there is no such table.

    Columns may be separated by semicolons or tabs, as spreadsheets write them in many countries.
    Names of columns may be in capitals.
    """
    file = io.StringIO(_text(path), newline="")
    separator = max(",;\t", key=file.readline().count)
    file.seek(0)
    table = csv.DictReader(file, delimiter=separator)
    try:
        names = [name.strip().lower() for name in table.fieldnames or ()]
        if not set(_COLUMNS) <= set(names):
            raise ValueError(f"names a file without its first line: write {','.join(_COLUMNS)} there")
        table.fieldnames = names
        return [(table.line_num, row) for row in table]
    except csv.Error:
        raise ValueError("names a file that is no table: save it as CSV in UTF-8") from None


def _text(path: Path) -> str:
    try:
        return read_text(path)
    except FileNotFoundError:
        where = "there" if path.is_absolute() else f"in {Path.cwd()}, where the bot was started"
        raise ValueError(f"names a file that is not {where}: write its whole name") from None
    except IsADirectoryError:
        raise ValueError("names a folder: write a file's name") from None
    except ValueError as error:
        raise ValueError(f"names a file that {error}") from None
