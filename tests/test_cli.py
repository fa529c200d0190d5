"""The command line: what it says and how it exits. What it does for real is tested end to end."""

import importlib.util
from pathlib import Path

import pytest
from click.testing import CliRunner

from bot import cli
from bot.settings import FIELDS


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in FIELDS:
        monkeypatch.delenv(name.upper(), raising=False)


@pytest.mark.parametrize("command", ["run", "check", "who"])
def test_wrong_settings(command: str, tmp_path: Path) -> None:
    """Wrong settings end every command with exit code 2 and a line for each, by its name and without its secret."""
    env_file = tmp_path / ".env"
    env_file.write_text("SLACK_BOT_TOKEN=hunter2\nBUSY_AT=0\n")
    result = CliRunner().invoke(cli.main, [command, "--env-file", str(env_file)])
    assert result.exit_code == 2
    for name in ("SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "SUPEROFFICE_URL", "SUPEROFFICE_USERNAME", "BUSY_AT"):
        assert sum(name in line.split()[:2] for line in result.output.splitlines()) == 1
    assert "hunter2" not in result.output
    assert (result.stdout == "") == (command != "check")


def test_who_help_needs_no_settings() -> None:
    """`who help` says what can be said, before anything is set up."""
    result = CliRunner().invoke(cli.main, ["who", "help"])
    assert result.exit_code == 0
    assert "who billing" in result.output


def test_help_names_every_command() -> None:
    """`--help` names the commands."""
    result = CliRunner().invoke(cli.main, ["--help"])
    assert all(command in result.output for command in ("run", "check", "who", "demo"))


def test_demo_without_playground(monkeypatch: pytest.MonkeyPatch) -> None:
    """Installed without its source code, `demo` says kindly where the playground is."""
    monkeypatch.setattr(importlib.util, "find_spec", lambda _name: None)
    result = CliRunner().invoke(cli.main, ["demo"])
    assert result.exit_code == 1
    assert "make demo" in result.output
