"""What the documents say about the bot is what the code does: figures, scopes, calls, links."""

import ast
import importlib
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.settings import FIELDS
from bot.slack.listeners import SCOPES
from bot.superoffice.soap.rows import IS_OPEN, PRESENCE, SIGN_IN, TOPIC_NAMES

ROOT = Path(__file__).parents[1]
PRIVACY, SECURITY = ROOT / "docs" / "privacy.md", ROOT / "docs" / "security.md"
DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])

UNITS = {"second": 1, "minute": 60, "hour": 3600, "KiB": 1024, "MiB": 1024 * 1024}
"""What a figure is worth; what is counted, as people, is worth one."""

FIGURE = re.compile(r"\b(\d[\d,]*) (?:of )?([a-z]+?|[KM]iB)s?\b")


def rows(document: Path) -> Iterator[tuple[str, list[str]]]:
    """Each row of a table that names in its last cell what sets its figures: the row, and those names."""
    for line in document.read_text().splitlines():
        row, _, last = line.rstrip("| ").rpartition(" | ")
        names = re.findall(r"`(bot\.[\w.]+|[A-Z_]{5,})`", last)
        if line.startswith("|") and names and FIGURE.search(row):
            yield row, names


def value(name: str) -> float:
    """The default of a setting, or the value of a constant, in seconds, bytes or pieces."""
    module, _, constant = name.rpartition(".")
    found = getattr(importlib.import_module(module), constant) if module else FIELDS[name.lower()].default
    return float(str(found))


@pytest.mark.parametrize("document", [PRIVACY, SECURITY], ids=lambda path: path.name)
def test_figures(document: Path) -> None:
    """Beside each figure stands the setting or constant that has this value, in the same order."""
    told = {
        row: [int(figure.replace(",", "")) * UNITS.get(unit, 1) for figure, unit in FIGURE.findall(row)]
        for row, _ in rows(document)
    }

    assert len(told) > 5
    assert told == {row: [value(name) for name in names] for row, names in rows(document)}


def test_nothing_is_kept_unsaid() -> None:
    """privacy.md names each constant of the code that says how long something is kept."""
    kept = {
        f"{'.'.join(path.relative_to(ROOT).with_suffix('').parts)}.{node.target.id}"
        for path in ROOT.glob("bot/**/*.py")
        for node in ast.parse(path.read_text()).body
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name)
        if node.target.id.endswith(("FRESH_S", "KEPT_S"))
    }

    assert kept
    assert kept <= {name for _, names in rows(PRIVACY) for name in names}


def test_scopes_and_calls() -> None:
    """security.md gives a reason for each scope that the bot asks for, and for each call to SuperOffice."""
    reasons = dict(re.findall(r"^\| `([\w:]+)` \| (.+) \|$", SECURITY.read_text(), re.MULTILINE))
    calls = {operation.name for operation in (SIGN_IN, PRESENCE, TOPIC_NAMES, IS_OPEN)}

    assert {name for name in reasons if not name.isupper() and name != "connections:write"} - calls == SCOPES
    assert calls <= reasons.keys()


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_links(document: Path) -> None:
    """Each link to another file of the project leads to one, and to a heading that is there."""
    for target in re.findall(r"(?:\]\(|(?:src|srcset)=\")(?!https?:)([^)\"]+)", document.read_text()):
        path, _, anchor = target.partition("#")
        there = document.parent / path if path else document
        assert there.exists(), target
        if anchor:
            headings = re.findall(r"^#+ (.+)$", there.read_text(), re.MULTILINE)
            assert anchor in {re.sub(r"[^\w -]", "", each.lower()).replace(" ", "-") for each in headings}, target
