"""The command line: what it says and how it exits. What it does for real is tested end to end."""

import asyncio
import gc
import importlib.util
from pathlib import Path

import pytest
from click.testing import CliRunner

from bot import cli
from bot.settings import FIELDS, Settings
from playground.slack import Slack
from playground.superoffice import NetServer
from tests.kit.neighbours import slack, superoffice
from tests.kit.process import settings, until

__all__ = ["slack", "superoffice"]


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in FIELDS:
        monkeypatch.delenv(name.upper(), raising=False)


@pytest.mark.parametrize("command", ["run", "check", "who"])
def test_wrong_settings(command: str, tmp_path: Path) -> None:
    """Wrong settings end every command with exit code 2 and a line for each, by its name and without its secret.

    `who` looks at none of Slack's.
    """
    env_file = tmp_path / ".env"
    env_file.write_text("SLACK_BOT_TOKEN=hunter2\nBUSY_AT=0\n")
    result = CliRunner().invoke(cli.main, [command, "--env-file", str(env_file)])
    assert result.exit_code == 2
    for name in ("SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "SUPEROFFICE_URL", "SUPEROFFICE_USERNAME", "BUSY_AT"):
        told = sum(name in line.split()[:2] for line in result.output.splitlines())
        assert told == (0 if command == "who" and name.startswith("SLACK_") else 1)
    assert "hunter2" not in result.output
    assert (result.stdout == "") == (command != "check")


@pytest.mark.parametrize(
    ("typed", "code", "said"),
    [
        ("", 2, "run"),
        ("--help", 0, "Exit codes: 0 it worked"),
        ("-h", 0, "demo"),
        ("--version", 0, "who-is-online, version"),
        ("serve", 2, "No such command 'serve'"),
        ("run now", 2, "unexpected extra argument"),
        ("run --env-file .", 2, "is a folder: put a file in its place"),
        ("check --help", 0, "Changes nothing."),
        ("who --help", 0, "Write -- before words"),
        ("who help", 0, "who billing"),
        ("who --jsn", 2, "No such option '--jsn'. Did you mean '--json'?"),
        ("who help --json", 2, "leave out --json"),
        ("who -- --help", 2, ".env is not there"),
    ],
)
def test_what_needs_no_settings(typed: str, code: int, said: str) -> None:
    """What is typed wrong ends with exit code 2 and says what is right; help and version need no settings."""
    result = CliRunner().invoke(cli.main, typed.split(), prog_name="who-is-online")
    assert (result.exit_code, said in result.output) == (code, True), result.output


async def test_garbage_is_collected_once_the_bot_is_ready(superoffice: NetServer, slack: Slack) -> None:
    """The bot looks for garbage again as soon as it serves; what its start has built is left out of that."""
    gc.disable()
    texts = {name.lower(): text for name, text in settings(superoffice, slack).items()}
    serving = asyncio.create_task(cli._serve(Settings.read(texts)))
    try:
        await until(gc.isenabled)
        assert gc.get_freeze_count() > 0
        serving.cancel()
        await serving
    finally:
        gc.enable()
        gc.unfreeze()


def test_demo_without_playground(monkeypatch: pytest.MonkeyPatch) -> None:
    """Installed without its source code, `demo` says kindly where the playground is."""
    monkeypatch.setattr(importlib.util, "find_spec", lambda _name: None)
    result = CliRunner().invoke(cli.main, ["demo"])
    assert result.exit_code == 1
    assert "make demo" in result.output
