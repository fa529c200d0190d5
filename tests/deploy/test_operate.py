"""docs/operate.md tells all that an administrator meets."""

import ast
import re
from collections.abc import Iterator

import pytest

from tests.deploy.page import PAGE, section
from tests.kit.process import PROJECT

LOUD = {"info", "warning", "error", "exception", "critical"}
"""The methods of a logger that write at INFO or above."""


def logged() -> Iterator[tuple[str, str]]:
    """The level and message of each line that the bot logs, with … for what it fills in."""
    for file in sorted((PROJECT / "bot").rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text())):
            match node:
                case ast.Call(func=ast.Attribute(value=ast.Name(id="log"), attr=level), args=[message, *_]):
                    if level in LOUD:
                        yield level.upper(), re.sub(r"%(\.\d)?[sdf]", "…", ast.literal_eval(message))


def test_each_line_of_the_log_is_told() -> None:
    """The page has each message that the bot logs at INFO or above, with its level, and no other."""
    told = re.findall(
        r"^\| `(.*?)` \| ([A-Z]+) \| .+ \| .+ \|$", section("The log").partition("`slack_sdk`")[0], re.MULTILINE
    )

    assert sorted((level, message) for message, level in told) == sorted(set(logged()))


@pytest.mark.parametrize("path", re.findall(r"\]\(\.\./([^)#]+)", PAGE))
def test_what_it_names_is_there(path: str) -> None:
    """Each file of the project to which the page leads is there."""
    assert (PROJECT / path).is_file()
