"""`who` as a process: the roster for people and for scripts."""

import json
from pathlib import Path

import pytest

from playground.slack import Slack
from playground.superoffice import NetServer
from tests.e2e.conftest import PASSWORD, command, settings


async def test_who_shows_the_roster(superoffice: NetServer, slack: Slack, tmp_path: Path) -> None:
    """`who` prints what Slack shows, plain in a pipe, and asks nothing of Slack."""
    ended = await command("who", environment=settings(superoffice, slack), cwd=tmp_path)

    assert (ended.code, ended.err) == (0, "")
    title, summary, *agents, uncovered = ended.out.splitlines()
    assert title == "Who's online"
    assert summary.startswith("2 free · 1 busy · 1 away · as of ")
    assert [line.split("  ")[0] for line in agents] == ["Anna Berg", "Ole Hansen", "Bjørn Dahl"]
    assert uncovered == "Nobody for: Returns"
    assert "\x1b" not in ended.out
    assert slack.calls == []


async def test_who_takes_words(superoffice: NetServer, slack: Slack, tmp_path: Path) -> None:
    """The words after `who` are the same question as those after the command in Slack."""
    ended = await command("who", "bil", environment=settings(superoffice, slack), cwd=tmp_path)

    assert ended.code == 0
    assert ended.out.startswith("Who's online: Billing\n")
    assert "Ole Hansen" not in ended.out


async def test_who_as_json(superoffice: NetServer, slack: Slack, tmp_path: Path) -> None:
    """`--json` has the fields that scripts rely on, and nothing else on standard output."""
    ended = await command("who", "--json", "orders", environment=settings(superoffice, slack), cwd=tmp_path)

    said = json.loads(ended.out)
    assert (ended.code, ended.err) == (0, "")
    assert said.keys() == {"taken_at", "stale", "agents"}
    assert said["taken_at"].endswith("Z")
    assert said["stale"] is False
    assert said["agents"] == [
        {
            "user_id": 3,
            "name": "Anna Berg",
            "present": True,
            "ongoing_chats": 0,
            "topics": [{"id": 1, "name": "Billing"}, {"id": 2, "name": "Orders"}],
        },
        {
            "user_id": 4,
            "name": "Ole Hansen",
            "present": True,
            "ongoing_chats": 0,
            "topics": [{"id": 2, "name": "Orders"}],
        },
    ]


@pytest.mark.parametrize("words", [("who",), ("who", "--json")])
async def test_who_fails_kindly(superoffice: NetServer, slack: Slack, tmp_path: Path, words: tuple[str, ...]) -> None:
    """Without SuperOffice the exit code is 1, with one line for people and nothing for scripts to read."""
    environment = settings(superoffice, slack)
    await superoffice.go_down()
    ended = await command(*words, environment=environment, cwd=tmp_path)

    assert (ended.code, ended.out) == (1, "")
    [line] = ended.err.splitlines()
    assert line.startswith("I can't say who is online. SuperOffice is not reachable: it refused the connection.")
    assert PASSWORD not in ended.err


async def test_who_names_wrong_settings(tmp_path: Path) -> None:
    """With wrong settings the exit code is 2, with a line for each."""
    ended = await command("who", environment={"SUPEROFFICE_URL": "crm.example.com"}, cwd=tmp_path)

    assert (ended.code, ended.out) == (2, "")
    assert any(line.startswith("SUPEROFFICE_URL is not a web address") for line in ended.err.splitlines())
    assert any(line.startswith("SLACK_BOT_TOKEN is missing") for line in ended.err.splitlines())


async def test_settings_may_come_from_a_file(superoffice: NetServer, slack: Slack, tmp_path: Path) -> None:
    """`.env` in the working folder holds settings; the environment wins over it."""
    lines = [f"{name}={value}" for name, value in settings(superoffice, slack).items()]
    (tmp_path / ".env").write_text("\n".join([*lines, "SUPEROFFICE_TOPICS=1=Invoices", "BUSY_AT=9"]))
    ended = await command("who", environment={"BUSY_AT": "1"}, cwd=tmp_path)

    assert ended.code == 0, ended.err
    assert "2 free · 1 busy · 1 away" in ended.out
    assert "Invoices" in ended.out
