"""What is installed is what was locked: every file of every package is known by its hash."""

import re
import tomllib
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).parents[2]
INDEX = {"registry": "https://pypi.org/simple"}
FILES = "https://files.pythonhosted.org/"

LOCK = tomllib.loads((PROJECT / "uv.lock").read_text())
PYPROJECT = tomllib.loads((PROJECT / "pyproject.toml").read_text())
PACKAGES: list[dict[str, Any]] = LOCK["package"]
OWN = [package for package in PACKAGES if package["name"] == PYPROJECT["project"]["name"]]
OTHERS = [package for package in PACKAGES if package not in OWN]


def files(package: dict[str, Any]) -> list[dict[str, Any]]:
    """The files from which a package may be installed."""
    return [*package.get("wheels", []), *([package["sdist"]] if "sdist" in package else [])]


def test_every_file_of_every_package_is_known_by_its_hash() -> None:
    """A package comes from PyPI over TLS, in files with one locked SHA-256 each; only the project is a folder."""
    hashes: dict[str, set[str]] = {}
    for package in OTHERS:
        assert package["source"] == INDEX, package["name"]
        assert files(package), package["name"]
        for file in files(package):
            assert file["url"].startswith(FILES), file["url"]
            assert re.fullmatch(r"sha256:[0-9a-f]{64}", file["hash"]), file["url"]
            hashes.setdefault(file["url"], set()).add(file["hash"])

    assert len(OTHERS) > 50
    assert all(len(each) == 1 for each in hashes.values())
    assert [own["source"] for own in OWN] == [{"editable": "."}]


def test_every_dependency_is_locked() -> None:
    """What pyproject.toml asks for, to run and to develop, is in the lock, and so is what that asks for in turn."""
    locked = {package["name"] for package in PACKAGES}
    asked = [*PYPROJECT["project"]["dependencies"], *PYPROJECT["dependency-groups"]["dev"]]

    assert {re.split(r"[\[<>=~! ;]", each)[0] for each in asked} <= locked
    assert {each["name"] for package in PACKAGES for each in package.get("dependencies", [])} <= locked
