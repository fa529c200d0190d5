"""How the project is built: by the uv that is locked, into a wheel that has all of the bot and nothing else."""

import os
import re
import shutil
import subprocess
import tomllib
import zipfile
from pathlib import Path

import pytest
from packaging.requirements import Requirement

PROJECT = Path(__file__).parents[1]
UV = os.environ.get("UV") or shutil.which("uv")
"""The uv that runs these tests, as it tells them."""


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


@pytest.mark.skipif(UV is None, reason="needs uv, which builds the wheel")
def test_the_wheel_has_all_of_the_bot_and_nothing_else(tmp_path: Path) -> None:
    """The wheel has every file of bot/, with catalogues and contracts, and neither the playground nor tests."""
    subprocess.run(  # noqa: S603
        [str(UV), "build", "--quiet", "--offline", "--wheel", "--out-dir", str(tmp_path), str(PROJECT)], check=True
    )
    [wheel] = tmp_path.glob("*.whl")
    packed = {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name and name[-1] != "/"}

    files = {path for path in (PROJECT / "bot").rglob("*") if path.is_file() and "__pycache__" not in path.parts}
    assert packed == {path.relative_to(PROJECT).as_posix() for path in files}
    assert {".po", ".py", ".wsdl"} <= {path.suffix for path in files}
