"""How much a question in a terminal may import: most of its time goes there."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

HEAVY = {"aiohttp", "aiojobs", "babel", "pydantic", "slack_bolt", "slack_sdk", "yaml"}
"""Slack's libraries, and others that cost tens of milliseconds each and answer no question in English."""

SETTINGS = {
    "SLACK_BOT_TOKEN": "xoxb-1",
    "SLACK_APP_TOKEN": "xapp-1",
    "SUPEROFFICE_URL": "http://127.0.0.1:1/Remote",
    "SUPEROFFICE_TICKET": "7T:x",
}
"""Nobody listens on port 1, so the question fails, after everything that it needs was imported."""


def imported(tmp_path: Path, *arguments: str) -> tuple[set[str], str]:
    """The packages that Python imports when it runs with these arguments, and what it prints beside them."""
    usual = {name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "COVERAGE_PROCESS_START")}
    ended = subprocess.run(  # noqa: S603  # our own Python, with our own arguments
        [sys.executable, "-X", "importtime", *arguments],
        env=usual | SETTINGS | {"PYTHONPATH": str(Path(__file__).parent.parent)},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        timeout=50,
    )
    lines = ended.stderr.splitlines()
    told = "\n".join(line for line in lines if not line.startswith("import time:"))
    return {line.rpartition("|")[2].strip().partition(".")[0] for line in lines if "|" in line}, told


def test_a_question_in_a_terminal_imports_nothing_of_slack(tmp_path: Path) -> None:
    """`who` in English imports neither Slack's libraries nor Babel."""
    packages, told = imported(tmp_path, "-m", "bot", "who")

    assert "SuperOffice is not reachable: it refused the connection." in told
    assert packages >= {"bot", "httpx", "zeep"}
    assert packages & HEAVY == set()


@pytest.mark.parametrize(
    "module", ["cli", "settings", "logs", "terminal", "words", "presence.feed", "presence.result", "limits"]
)
def test_what_all_commands_share_imports_no_vendor(tmp_path: Path, module: str) -> None:
    """The command line, settings, words and presence import neither Slack's libraries, nor SOAP's, nor Babel."""
    packages, told = imported(tmp_path, "-c", f"import bot.{module}")

    assert told == ""
    assert packages & (HEAVY | {"zeep", "httpx", "lxml"}) == set()
