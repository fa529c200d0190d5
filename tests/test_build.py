"""How the project is built: by the uv that is locked, into a wheel that has all of the bot and nothing else."""

import hashlib
import re
import shutil
import subprocess
import tomllib
import zipfile
from pathlib import Path

import pytest
from packaging.requirements import Requirement

PROJECT = Path(__file__).parents[1]


def locked_uv() -> Requirement:
    """What the Makefile installs."""
    [line] = [line for line in (PROJECT / "uv.txt").read_text().splitlines() if re.match(r"\w", line)]
    return Requirement(line.rstrip("\\"))


def test_uv_is_known_by_its_hashes() -> None:
    """One version of uv is installed, from files that are known by their SHA-256."""
    lines = (PROJECT / "uv.txt").read_text().splitlines()
    files = [line for line in lines if line.startswith(" ")]

    assert re.fullmatch(r"uv==[0-9.]+", str(locked_uv()))
    assert files
    assert all(re.fullmatch(r" +--hash=sha256:[0-9a-f]{64}( \\)?", file) for file in files)


def test_the_build_fetches_nothing() -> None:
    """What builds the project is a part of the locked uv, so it is known by the same hashes."""
    build = tomllib.loads((PROJECT / "pyproject.toml").read_text())["build-system"]
    [needed] = map(Requirement, build["requires"])
    [locked] = locked_uv().specifier

    assert (build["build-backend"], needed.name) == ("uv_build", "uv_build")
    assert locked.version in needed.specifier


@pytest.fixture(scope="module")
def dist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What `make dist` builds, in a folder of its own."""
    make = shutil.which("make")
    if make is None or not (PROJECT / ".uv").is_dir():
        pytest.skip("needs make, and the uv that it installs")
    folder = tmp_path_factory.mktemp("a folder with spaces")
    subprocess.run([make, "--silent", f"--directory={PROJECT}", "dist", f"DIST={folder}"], check=True)  # noqa: S603
    return folder


def test_the_wheel_has_all_of_the_bot_and_nothing_else(dist: Path) -> None:
    """The wheel has every file of bot/, with catalogues and contracts, and neither the playground nor tests."""
    [wheel] = dist.glob("*.whl")
    packed = {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name and name[-1] != "/"}

    files = {path for path in (PROJECT / "bot").rglob("*") if path.is_file() and "__pycache__" not in path.parts}
    assert packed == {path.relative_to(PROJECT).as_posix() for path in files}
    assert {".po", ".py", ".wsdl"} <= {path.suffix for path in files}


def test_the_constraints_are_the_lock(dist: Path) -> None:
    """constraints.txt has this wheel and all that it needs, by uv.lock's versions and hashes, and nothing else."""
    [wheel] = dist.glob("*.whl")
    entry, *entries = re.findall(
        r"^([a-z0-9-]+==\S+)((?: |\\\n)+--hash=.*(?:\n .*)*)$", (dist / "constraints.txt").read_text(), re.MULTILINE
    )
    own = hashlib.sha256(wheel.read_bytes()).hexdigest()
    hashes = {package: set(re.findall(r"--hash=sha256:([0-9a-f]{64})(?!\w)", written)) for package, written in entries}

    project = tomllib.loads((PROJECT / "pyproject.toml").read_text())
    assert entry == (f"who-is-online=={project['project']['version']}", f" --hash=sha256:{own}")
    locked = {
        f"{package['name']}=={package['version']}": {file["hash"].removeprefix("sha256:") for file in files}
        for package in tomllib.loads((PROJECT / "uv.lock").read_text())["package"]
        if (files := [*package.get("wheels", []), *filter(None, [package.get("sdist")])])
    }
    assert hashes == {package: locked[package] for package in hashes}
    names = {package.partition("==")[0] for package in hashes}
    assert {Requirement(each).name for each in project["project"]["dependencies"]} <= names
    assert names.isdisjoint(Requirement(each).name for each in project["dependency-groups"]["dev"])
