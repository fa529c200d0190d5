"""What is installed is what was locked: every file of every package is known by its hash."""

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

PROJECT = Path(__file__).parents[2]
INDEX = {"registry": "https://pypi.org/simple"}
FILES = "https://files.pythonhosted.org/"

LOCK = tomllib.loads((PROJECT / "uv.lock").read_text())
PYPROJECT = tomllib.loads((PROJECT / "pyproject.toml").read_text())
PACKAGES: list[dict[str, Any]] = LOCK["package"]
OTHERS = [package for package in PACKAGES if package["name"] != PYPROJECT["project"]["name"]]


def files(package: dict[str, Any]) -> list[dict[str, Any]]:
    """The files from which a package may be installed."""
    return [*package.get("wheels", []), *([package["sdist"]] if "sdist" in package else [])]


@pytest.mark.parametrize("package", OTHERS, ids=lambda package: package["name"])
def test_every_file_of_a_package_is_known_by_its_hash(package: dict[str, Any]) -> None:
    """A package comes from PyPI over TLS, in files whose SHA-256 is locked; none is taken on trust."""
    assert package["source"] == INDEX
    assert files(package)
    for file in files(package):
        assert file["url"].startswith(FILES)
        assert re.fullmatch(r"sha256:[0-9a-f]{64}", file["hash"])


def test_the_project_itself_is_all_that_is_not_hashed() -> None:
    """Of all that is locked, only the project itself comes from a folder."""
    [own] = [package for package in PACKAGES if package not in OTHERS]

    assert own["source"] == {"editable": "."}


def test_every_dependency_is_locked() -> None:
    """What pyproject.toml asks for, to run and to develop, is in the lock, and so is what that asks for in turn."""
    locked = {package["name"] for package in PACKAGES}
    asked = [*PYPROJECT["project"]["dependencies"], *PYPROJECT["dependency-groups"]["dev"]]

    assert {re.split(r"[\[<>=~! ;]", each)[0] for each in asked} <= locked
    assert {each["name"] for package in PACKAGES for each in package.get("dependencies", [])} <= locked


def test_no_file_is_locked_twice_with_different_hashes() -> None:
    """One address has one hash."""
    hashes: dict[str, set[str]] = {}
    for file in (file for package in OTHERS for file in files(package)):
        hashes.setdefault(file["url"], set()).add(file["hash"])

    assert all(len(each) == 1 for each in hashes.values())
