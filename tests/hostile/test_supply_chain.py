"""What is installed is what was locked: each package in files that are known by their hash, under a known licence."""

import json
import os
import re
import shutil
import subprocess
import tomllib
from importlib.metadata import metadata
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement

from tests.kit.ports import unused_port

PROJECT = Path(__file__).parents[2]
INDEX = {"registry": "https://pypi.org/simple"}
FILES = "https://files.pythonhosted.org/"

LOCK = tomllib.loads((PROJECT / "uv.lock").read_text())
PYPROJECT = tomllib.loads((PROJECT / "pyproject.toml").read_text())
RUN = {Requirement(each).name for each in PYPROJECT["project"]["dependencies"]}
DEVELOP = {Requirement(each).name for each in PYPROJECT["dependency-groups"]["dev"]}
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

    assert locked >= RUN | DEVELOP
    assert {each["name"] for package in PACKAGES for each in package.get("dependencies", [])} <= locked


PERMITTED = {"0BSD", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "ISC", "MIT", "MPL-2.0", "PSF-2.0"}
"""Licences, by SPDX's names, that ask nothing of who runs the bot, nor of who gives it to others unchanged."""

SPELT = {
    "Apache 2": "Apache-2.0",
    "Apache 2.0": "Apache-2.0",
    "License :: OSI Approved :: BSD License": "BSD-3-Clause",
    "License :: OSI Approved :: MIT License": "MIT",
}
"""What packages that don't use SPDX's names call their licence. BSD has several: isodate's has three clauses."""

_, _, TABLE = (PROJECT / "docs/licences.md").read_text().partition("|---|---|\n")
LICENCES = dict(re.findall(r"^\| ([a-z0-9-]+) \| (.+) \|$", TABLE, re.MULTILINE))


def make(*words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run make in the project."""
    program = shutil.which("make")
    if program is None or not (PROJECT / ".uv").is_dir():
        pytest.skip("needs make, and the uv that it installs")
    return subprocess.run(  # noqa: S603
        [program, "--silent", f"--directory={PROJECT}", *words],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def declared(name: str) -> str:
    """The licence that an installed package says it has."""
    about = metadata(name)
    said: str
    [said] = about.get_all("License-Expression") or about.get_all("License") or [""]
    if not said or "\n" in said:  # some have the whole text there
        [said] = [each for each in about.get_all("Classifier", []) if each.startswith("License ::")]
    return SPELT.get(said, said)


def test_the_bill_of_materials_is_the_lock(tmp_path: Path) -> None:
    """`make sbom` lists, as CycloneDX, what the bot needs to run, in the locked version and files; licences.md too."""
    assert make("sbom", f"DIST={tmp_path}/a folder").returncode == 0
    bill = json.loads((tmp_path / "a folder" / "sbom.cdx.json").read_text())
    locked = {
        f"pkg:pypi/{each['name']}@{each['version']}": {file["hash"].removeprefix("sha256:") for file in files(each)}
        for each in OTHERS
    }
    listed = {
        component["purl"]: {each["content"] for file in component["externalReferences"] for each in file["hashes"]}
        for component in bill["components"]
    }
    names = {component["name"] for component in bill["components"]}

    assert (bill["bomFormat"], bill["metadata"]["component"]["name"]) == ("CycloneDX", PYPROJECT["project"]["name"])
    assert listed == {purl: locked[purl] for purl in listed}
    assert names >= RUN
    assert names.isdisjoint(DEVELOP)
    assert LICENCES.keys() == names


@pytest.mark.parametrize("name", LICENCES)
def test_licences(name: str) -> None:
    """Each package has the licence that licences.md gives it, or says so itself, and it is one of those permitted."""
    assert LICENCES[name] == declared(name)
    assert set(re.split(" AND | OR ", LICENCES[name])) <= PERMITTED


def test_an_audit_that_could_not_look_fails() -> None:
    """`make audit` fails, and says that nothing is known, where it does not reach who knows of vulnerabilities."""
    audit = make("audit", HTTPS_PROXY=f"http://127.0.0.1:{unused_port()}", NO_PROXY="", UV_HTTP_RETRIES="0")

    assert audit.returncode != 0
    assert "Nothing was looked up, so nothing is known" in audit.stderr
