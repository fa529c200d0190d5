"""What `check` says of wrong settings that are only seen when they are tried."""

from collections.abc import AsyncIterator
from contextlib import ExitStack
from pathlib import Path

import pytest
import pytest_asyncio

from bot.checks import check_everything
from bot.checks.runner import Check, Verdict, run_checks
from bot.errors import ConfigError
from bot.settings import Settings
from tests.kit.process import PASSWORD
from tests.wrong_settings.in_the_world import ROWS
from tests.wrong_settings.places import AUTHORITY, PLACES
from tests.wrong_settings.row import Row
from tests.wrong_settings.world import World, a_world

PEOPLE = {
    "people.csv": "3,U0ASKER01\n",
    "unknown_agent.csv": "3,U0ASKER01\n4711,U0ASKER02\n",
    "unknown_person.csv": "3,U0ASKER01\n4,U0NOBODY1\n",
}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def world(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    """The stand-ins for the module, and files of people."""
    folder = tmp_path_factory.mktemp("world")
    for name, lines in PEOPLE.items():
        (folder / name).write_text(f"user_id,slack_user_id\n{lines}")
    async with a_world(PLACES, folder) as world:
        yield world


async def checked(environment: dict[str, str], folder: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[str, int]:
    """What `check` says with these settings, and its exit code."""
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    try:
        settings = Settings.load(folder / "none")
    except ConfigError as error:
        return "\n".join(f"✗ {problem}" for problem in error.problems), 2
    found = [finding async for finding in check_everything(settings)]
    lines = [f"{each.verdict.value} {each.name}: {each.said} → {each.next_step}" for each in found]
    return "\n".join(lines), int(any(each.verdict is Verdict.FAILED for each in found))


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.cause)
async def test_what_is_wrong_in_the_world_is_named(row: Row, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The cause is in a line with ✗, with the next step, and no secret is."""
    with ExitStack() as opened, AUTHORITY.cert_pem.tempfile() as authority:
        monkeypatch.setenv("SSL_CERT_FILE", authority)
        said, code = await checked(world.settings(row.settings, opened), world.folder, monkeypatch)

    assert [line for line in said.splitlines() if line[0] == "✗" and row.said in line and row.next_step in line], said
    assert "a fault in the bot" not in said
    assert "✗ Slack" not in said or "SUPEROFFICE_URL" not in row.settings, said  # nobody else is blamed
    assert "✗ SuperOffice" not in said or "SLACK_API_URL" not in row.settings, said
    assert not [secret for secret in ("s3cret", PASSWORD) if secret in said]
    assert code == row.exit_code, said


def test_each_row_has_a_cause_of_its_own() -> None:
    """No two rows are about the same thing."""
    assert len({row.cause for row in ROWS}) == len({tuple(row.settings.items()) for row in ROWS}) == len(ROWS)


async def test_an_error_that_nobody_expected_is_one_line() -> None:
    """An error that no check expects fails that check alone; its kind and place are told, and not its text."""

    async def fails() -> str:
        raise KeyError("s3cret")

    async def passes() -> str:
        return "well"

    found = [
        each
        async for each in run_checks([Check("One", fails), Check("Two", passes, needs="One"), Check("Three", passes)])
    ]

    assert [each.verdict for each in found] == [Verdict.FAILED, Verdict.SKIPPED, Verdict.PASSED]
    assert found[0].said.startswith("a fault in the bot itself: KeyError in ")
    assert "s3cret" not in f"{found}"
