"""`who` as a process: the roster for people and for scripts."""

import json
import os
import signal
from pathlib import Path

import pytest

from playground.slack import Slack
from playground.superoffice import Fault, NetServer
from tests.kit.process import PASSWORD, command, settings, start, until


@pytest.mark.parametrize(
    ("words", "title", "names"),
    [
        ((), "Who's online", ["Anna Berg", "Ole Hansen", "Bjørn Dahl"]),
        (("bil",), "Who's online: Billing", ["Anna Berg", "Bjørn Dahl"]),
    ],
)
async def test_who_shows_the_roster(
    superoffice: NetServer, slack: Slack, tmp_path: Path, words: tuple[str, ...], title: str, names: list[str]
) -> None:
    """`who` prints what Slack shows to the same words, plain in a pipe, and needs and asks nothing of Slack."""
    environment = {name: value for name, value in settings(superoffice, slack).items() if "SLACK" not in name}
    ended = await command("who", *words, environment=environment, cwd=tmp_path)

    assert (ended.code, ended.err) == (0, "")
    first, summary, *lines = ended.out.splitlines()
    assert first == title
    assert summary.startswith("1 free · 1 busy · 0 away" if words else "2 free · 1 busy · 1 away · as of ")
    agents = [line.split("  ")[0] for line in lines if "  " in line]
    assert agents == names
    assert ("Nobody for: Returns" in lines) == (not words)
    assert "\x1b" not in ended.out
    assert slack.calls == []


async def test_who_as_json(superoffice: NetServer, slack: Slack, tmp_path: Path) -> None:
    """`--json` has the fields that scripts rely on, and nothing else on standard output."""
    ended = await command("who", "--json", "orders", environment=settings(superoffice, slack), cwd=tmp_path)

    billing, orders = {"id": 1, "name": "Billing"}, {"id": 2, "name": "Orders"}
    said = json.loads(ended.out)
    assert (ended.code, ended.err) == (0, "")
    assert said.keys() == {"taken_at", "stale", "agents"}
    assert said["taken_at"].endswith("Z")
    assert said["stale"] is False
    free = {"present": True, "ongoing_chats": 0, "state": "free"}
    assert said["agents"] == [
        {"user_id": 3, "name": "Anna Berg", "topics": [billing, orders]} | free,
        {"user_id": 4, "name": "Ole Hansen", "topics": [orders]} | free,
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


@pytest.mark.parametrize("words", [("who",), ("who", "--json"), ("check",)])
async def test_ctrl_c_ends_quietly(
    superoffice: NetServer, slack: Slack, tmp_path: Path, words: tuple[str, ...]
) -> None:
    """Ctrl-C while SuperOffice is slow ends the wait with exit code 130, and nothing is said about it."""
    superoffice.switches.latency_s = 60
    process = await start("bot", words, settings(superoffice, slack), tmp_path)
    await until(lambda: superoffice.in_flight.total())
    process.send_signal(signal.SIGINT)
    out, err = await process.communicate()

    assert (process.returncode, err.decode()) == (130, "")
    assert "SuperOffice" not in out.decode()


@pytest.mark.parametrize("words", [("who",), ("who", "--json"), ("check",)])
async def test_a_pipe_that_nobody_reads_ends_quietly(
    superoffice: NetServer, slack: Slack, tmp_path: Path, words: tuple[str, ...]
) -> None:
    """As for any command of a shell, the exit code is then 141, and nothing is said about it."""
    ours, theirs = os.pipe()
    os.close(ours)
    process = await start("bot", words, settings(superoffice, slack), tmp_path, stdout=theirs)
    os.close(theirs)
    _, err = await process.communicate()

    assert (process.returncode, err.decode()) == (141, "")


@pytest.mark.parametrize("words", [("who",), ("who", "--json"), ("check",)])
async def test_output_without_room_is_told(
    superoffice: NetServer, slack: Slack, tmp_path: Path, words: tuple[str, ...]
) -> None:
    """Where the disk is full the exit code is 1, and one line says so."""
    full = os.open("/dev/full", os.O_WRONLY)
    process = await start("bot", words, settings(superoffice, slack), tmp_path, stdout=full)
    os.close(full)
    _, err = await process.communicate()

    said = "The output cannot be written: No space left on device. Make room, or write it elsewhere.\n"
    assert (process.returncode, err.decode()) == (1, said)


@pytest.mark.parametrize("word", ["who", "check", "run"])
async def test_a_folder_that_is_gone_is_told(tmp_path: Path, word: str) -> None:
    """Started in a folder that somebody has removed, each command says so and ends with exit code 2."""
    gone = "mkdir gone && cd gone && rmdir ../gone"
    process = await start("bot", (word,), {}, tmp_path, before=gone)
    out, err = await process.communicate()

    said = "The folder in which this was started is gone: start it in another one\n"
    assert (process.returncode, out, err.decode()) == (2, b"", said)


async def test_an_encoding_that_lacks_characters(superoffice: NetServer, slack: Slack, tmp_path: Path) -> None:
    """What an encoding lacks is written in ASCII, so that it can be read; in JSON no name is changed."""
    superoffice.office.agents[0].name, superoffice.office.agents[1].name = "Åse \N{GRINNING FACE}", "李小龍"
    for encoding, ase, bjorn, dot in (
        ("ascii", "Ase ?", "Bjorn Dahl", "-"),
        ("cp1252", "Åse ?", "Bjørn Dahl", "·"),
    ):
        environment = settings(superoffice, slack) | {"PYTHONIOENCODING": encoding}
        shown = await command("who", environment=environment, cwd=tmp_path, encoding=encoding)
        said = await command("who", "--json", environment=environment, cwd=tmp_path, encoding=encoding)
        checked = await command("check", environment=environment, cwd=tmp_path, encoding=encoding)

        assert shown.err + said.err + checked.err == ""
        assert f"2 free {dot} 1 busy {dot} 1 away" in shown.out
        assert f"{ase} " in shown.out
        assert bjorn in shown.out
        assert {agent["name"] for agent in json.loads(said.out)["agents"]} >= {"Åse \N{GRINNING FACE}", "李小龍"}
        assert all(line.startswith("OK ") for line in checked.out.splitlines())


async def test_a_shell_completes_words(tmp_path: Path) -> None:
    """With Tab, a shell completes commands and the words of `who`, by the name of the command that it knows."""
    for typed, completed in (("", ["check", "demo", "run", "who"]), ("w", ["who"]), ("who to", ["topics"])):
        words = {"COMP_WORDS": f"who-is-online {typed}", "COMP_CWORD": str(len(typed.split()) or 1)}
        environment = words | {"_WHO_IS_ONLINE_COMPLETE": "bash_complete", "BUSY_AT": "wrong"}
        ended = await command(environment=environment, cwd=tmp_path)
        assert (ended.code, ended.err) == (0, "")
        assert ended.out.splitlines() == [f"plain,{word}" for word in completed]


@pytest.mark.parametrize("words", [("who",), ("who", "--json")])
async def test_nobody_is_not_who_knows_no_topic(
    superoffice: NetServer, slack: Slack, tmp_path: Path, words: tuple[str, ...]
) -> None:
    """Words that name no topic get no answer: that is said, no roster is printed, and the exit code is 2."""
    superoffice.office.agents.clear()
    ended = await command(*words, "biling", environment=settings(superoffice, slack), cwd=tmp_path)

    assert (ended.code, ended.out) == (2, "")
    assert "Did you mean Billing?" in ended.err


@pytest.mark.parametrize("fault", [Fault.TICKET_REFUSED, Fault.STALLED], ids=["refused", "late"])
async def test_a_list_of_topics_that_is_missing_is_not_no_topic(
    superoffice: NetServer, slack: Slack, tmp_path: Path, fault: Fault
) -> None:
    """Where only SuperOffice's list could tell what words mean, people see everybody, and the exit code is 1."""
    superoffice.switches.fault, superoffice.switches.only = fault, "GetSimpleList"
    environment = settings(superoffice, slack) | {"SUPEROFFICE_TIMEOUT_S": "1"}
    ended = await command("who", "--json", "billing", environment=environment, cwd=tmp_path)
    by_number = await command("who", "#1", environment=environment, cwd=tmp_path)

    assert (ended.code, ended.out) == (1, "")
    assert "I can't look up “billing” just now" in ended.err
    assert "Anna Berg" in ended.err
    assert (by_number.code, by_number.out.splitlines()[0]) == (0, "Who's online: Topic 1")


async def test_settings_may_come_from_a_file(superoffice: NetServer, slack: Slack, tmp_path: Path) -> None:
    """`.env` in the working folder holds settings; the environment wins over it."""
    lines = [f"{name}={value}" for name, value in settings(superoffice, slack).items()]
    (tmp_path / ".env").write_text("\n".join([*lines, "SUPEROFFICE_TOPICS=1=Invoices", "BUSY_AT=9"]))
    ended = await command("who", environment={"BUSY_AT": "1"}, cwd=tmp_path)

    assert ended.code == 0, ended.err
    assert "2 free · 1 busy · 1 away" in ended.out
    assert "Invoices" in ended.out
