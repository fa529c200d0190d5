"""Wrong settings that can be seen to be wrong are named, one line each, with the next step; the rest is tried."""

import asyncio
import errno
import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bot import cli
from bot.server import why_not
from bot.settings import FIELDS
from playground.slack import SCOPES, Slack
from playground.superoffice import NetServer
from tests.kit.process import netserver, settings
from tests.wrong_settings.in_files import HEADER, IN_FILES
from tests.wrong_settings.in_settings import IN_SETTINGS
from tests.wrong_settings.row import Row

ROWS = [*IN_SETTINGS, *IN_FILES]

OTHERS = ("SSL_CERT_FILE", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY")


class Administrator:
    """Writes settings, and reads what the commands say about them."""

    def __init__(self, folder: Path, superoffice: NetServer, slack: Slack) -> None:
        self.good = settings(superoffice, slack)
        self.ports = {"{superoffice_port}": _port(superoffice.origin), "{slack_port}": _port(slack.api_url)}
        self.secrets = [slack.bot_token, slack.app_token, slack.signing_secret, "hunter2"]
        self._folder = folder

    def write(self, row: Row) -> None:
        """Put the row's files where the commands run."""
        changed = {**self.good, **row.settings}
        lines = [f"{name}={self.filled(text)}" for name, text in changed.items() if text is not None]
        files = {".env": "\n".join([*lines, row.lines, ""]), **row.files}
        for name, content in files.items():
            path = self._folder / name
            if content is None:
                path.mkdir()
            elif content:
                path.write_bytes(content if isinstance(content, bytes) else content.encode())
                path.chmod(0o600)

    def filled(self, text: str) -> str:
        """The text with the ports that were chosen."""
        for name, port in self.ports.items():
            text = text.replace(name, port)
        return text

    async def runs(self, command: str) -> Result:
        """The end of a command, while SuperOffice and Slack answer it."""
        return await asyncio.to_thread(CliRunner().invoke, cli.main, [command])


def _port(url: str) -> str:
    return url.split(":")[2].partition("/")[0]


@pytest.fixture
async def administrator(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> AsyncIterator[Administrator]:
    for name in (*FIELDS, *OTHERS):
        monkeypatch.delenv(name.upper(), raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    monkeypatch.chdir(tmp_path)
    async with netserver() as superoffice, Slack(scopes=SCOPES) as slack:
        yield Administrator(tmp_path, superoffice, slack)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.cause)
async def test_what_is_wrong_is_named_with_the_next_step(
    row: Row, administrator: Administrator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One cause is one line, with its next step in it or below it, and no secret; `run` ends with the same line."""
    for name, text in row.environment.items():
        monkeypatch.setenv(name, text)
    administrator.write(row)
    ended = await administrator.runs("check")

    mark = "!" if row.exit_code == 0 else "✗"
    lines = ended.output.splitlines()
    [line] = [number for number, line in enumerate(lines) if line[0] in "!✗"]
    told = lines[line] if row.exit_code == 2 else "\n".join(lines[line : line + 2])
    assert told.startswith(mark)
    assert administrator.filled(row.said) in told
    assert row.next_step in told
    assert ended.exit_code == row.exit_code
    assert isinstance(ended.exception, SystemExit | None)
    assert not any(secret in ended.output for secret in administrator.secrets)
    if row.exit_code == 2:
        assert [f"✗ {line}" for line in (await administrator.runs("run")).output.splitlines()] == lines


def test_each_cause_is_another() -> None:
    """No cause is told twice."""
    assert len({row.cause for row in ROWS}) == len(ROWS)


@pytest.mark.parametrize(
    ("name", "mode", "said"),
    [
        (".env", 0o644, "! File .env: everybody on this machine can read it\n  → Run: chmod o-rw {folder}/.env"),
        (".env", 0o602, "! File .env: everybody on this machine can change it\n  → Run: chmod o-rw {folder}/.env"),
        (".env", 0o640, "✓ File .env: out of others' reach\n"),
        (
            "people.csv",
            0o646,
            "! File people.csv: everybody on this machine can change it\n  → Run: chmod o-w {folder}/",
        ),
        ("people.csv", 0o644, "✓ File people.csv: out of others' reach\n"),
    ],
)
async def test_files_that_others_can_reach_are_told(
    name: str, mode: int, said: str, administrator: Administrator, tmp_path: Path
) -> None:
    """A file of settings that everybody can read, or one that everybody can change, is told with what to run."""
    administrator.write(Row("modes", {"SLACK_PEOPLE": "people.csv"}, "", "", 0, files={"people.csv": HEADER}))
    (tmp_path / name).chmod(mode)
    ended = await administrator.runs("check")

    assert said.format(folder=tmp_path) in ended.output
    assert ended.exit_code == 0


@pytest.mark.parametrize(
    ("code", "said", "step"),
    [
        (errno.EACCES, "the system does not allow it", "set PORT to 1024 or more"),
        (errno.EAFNOSUPPORT, "Address family not supported by protocol", "set HOST and PORT to an address and a port"),
    ],
)
def test_what_a_system_refuses_is_told(code: int, said: str, step: str) -> None:
    """A port that only the administrator may open, which tests may run as, and what nobody thought of, are told."""
    told, next_step = why_not(OSError(code, os.strerror(code)))
    assert told == said
    assert next_step.startswith(step)
