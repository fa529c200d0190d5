"""docs/operate.md tells all that an administrator meets."""

import ast
import re
from collections.abc import Iterator

import pytest

from tests.deploy.page import PAGE, section
from tests.kit.process import PROJECT

LOUD = {"info", "warning", "error", "exception", "critical"}
"""The methods of a logger that write at INFO or above."""
WARNING = {"warn", "_own_line"}
"""The methods of `limits.Seldom` and `logs.Lines` that write a warning."""

CALLS = [
    node
    for file in sorted((PROJECT / "bot").rglob("*.py"))
    for node in ast.walk(ast.parse(file.read_text()))
    if isinstance(node, ast.Call)
]


def logged() -> Iterator[tuple[str, str]]:
    """The level and message of each line that the bot logs, with … for what it fills in."""
    for call in CALLS:
        match call:
            case ast.Call(func=ast.Attribute(attr=method), args=[message, *_]) if method in WARNING:
                yield "WARNING", told_as(message)
            case ast.Call(func=ast.Attribute(value=ast.Name(id="log"), attr=level), args=[message, *_]):
                if level in LOUD and ast.unparse(message) != "'%s%s'":  # `Seldom` writes what it is told to
                    yield level.upper(), told_as(message)


def told_as(message: ast.expr) -> str:
    """A message that is written where it is logged, as the page has it."""
    return re.sub(r"%(\.\d)?[sdfr]", "…", ast.literal_eval(message))


def named() -> Iterator[str]:
    """What bounds and back-offs are called, at the beginning of a line."""
    for call in CALLS:
        match call:
            case ast.Call(func=ast.Name(id="Bound" | "Backoff"), args=[ast.Constant(value=str(name)), *_]):
                yield name
            case ast.Call(func=ast.Name(id="FreshValues"), keywords=keywords):
                yield from (f"{ast.literal_eval(each.value)} that wait" for each in keywords if each.arg == "name")


def test_each_line_of_the_log_is_told() -> None:
    """The page has each message that the bot logs at INFO or above, with its level, and no other."""
    told = re.findall(
        r"^\| `(.*?)` \| ([A-Z]+) \| .+ \| .+ \|$", section("The log").partition("`slack_sdk`")[0], re.MULTILINE
    )

    assert sorted((level, message) for message, level in told) == sorted(set(logged()))


def test_each_name_in_the_log_is_told() -> None:
    """The page says what each bound and each back-off is that the log calls by a name, and of no other bound."""
    told = set(re.findall(r"^\| `(.*?)` \|", section("Bounds"), re.MULTILINE))
    outages = set(re.findall(r"`([\w -]+)`", re.findall(r"An outage begins: (.*?)\.", PAGE)[0]))

    assert len(told) > 5
    assert told | outages == set(named())


@pytest.mark.parametrize("path", re.findall(r"\]\(\.\./([^)#]+)", PAGE))
def test_what_it_names_is_there(path: str) -> None:
    """Each file of the project to which the page leads is there."""
    assert (PROJECT / path).is_file()
