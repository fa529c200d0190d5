"""The log: one line an event, and no secret in it."""

import json
import logging
import os
import re
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import logs
from bot.logs import Lines, Redacting

SECRETS = ("hunter2", "hunter2-and-more")


class WrittenLog:
    """What was logged in this process, in a file in place of standard error."""

    def __init__(self, file: Path) -> None:
        self.stream = file.open("wb")
        self._file = file

    def said(self) -> str:
        """All of it."""
        for handler in logging.getLogger().handlers:
            handler.flush()
        return self._file.read_text()


@pytest.fixture
def written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[WrittenLog]:
    """A log that is not configured yet."""
    log = WrittenLog(tmp_path / "log")
    monkeypatch.setattr("sys.__stderr__", log.stream)
    yield log
    log.said()  # what is still to be written must not go to a file that gets this one's number
    log.stream.close()


@pytest.fixture(params=["text", "json"])
def log(request: pytest.FixtureRequest, written: WrittenLog) -> WrittenLog:
    """The log at DEBUG, in each of its formats."""
    logs.configure(level="DEBUG", style=request.param, secrets=SECRETS)
    return written


@pytest.mark.parametrize(
    "secret",
    [
        "hunter2",
        "hunter2-and-more",
        "xoxb-12-34-abcDEF",
        "xapp-1-A0-99-deadbeef",
        "7T:MzA5/4YT+kA-cQ==",
        "https://hooks.slack.com/commands/T1/2/abc",
        "https://hooks.slack-gov.com/commands/T1/2/abc",
    ],
)
def test_no_secret(log: WrittenLog, secret: str) -> None:
    """No secret is logged: not in a message, an argument, nor a traceback."""
    logger = logging.getLogger("bot.anything")
    logger.info(f"said {secret} aloud")  # noqa: G004  # as others' code may do
    logger.info("said %s", {"aloud": secret})
    nothing: dict[str, str] = {}
    try:
        nothing[secret]
    except KeyError:
        logger.exception("failed")
    assert "said [secret] aloud" in log.said()
    assert secret not in log.said()


def test_no_ticket_of_an_address(log: WrittenLog) -> None:
    """Of a Socket Mode address the ticket is left out."""
    logging.getLogger("bot").info("wss://wss.slack.com/link/?ticket=abc-def&app_id=1")
    assert "wss.slack.com/link/?ticket=[secret]&app_id=1" in log.said()


@given(st.text("xyz", min_size=1, max_size=5), st.text("xyz", min_size=1, max_size=5), st.booleans())
def test_no_tail_of_a_secret(secret: str, tail: str, longest_first: bool) -> None:
    """Of secrets that begin alike the longest is blotted, in whatever order they are given, so no tail is left."""
    secrets = [secret + tail, secret] if longest_first else [secret, secret + tail]
    formatter = Redacting(logging.Formatter("{message}", style="{"), secrets)

    assert formatter.format(logging.makeLogRecord({"msg": f"<{secret + tail}> <{secret}>"})) == "<[secret]> <[secret]>"


@pytest.mark.parametrize("secret", ['p"ä\\x', "it's", "tab\there"])
def test_no_secret_however_it_is_spelt(written: WrittenLog, secret: str) -> None:
    """A secret is not logged either as JSON or as Python spells it, nor in a traceback or beside the message."""
    for style in ("text", "json"):
        logs.configure(level="INFO", style=style, secrets=[secret])
        log = logging.getLogger("bot")
        log.info("said %s and %r and %s", secret, secret, json.dumps(secret), extra={"aloud": secret})
        log.info("said %s", json.dumps(secret, ensure_ascii=False))
        try:
            raise KeyError(secret)  # noqa: TRY301
        except KeyError:
            log.exception("failed")
        said = written.said()  # of both, in the end; until it is written, this handler must stay
    assert said.count("[secret]") == 3 + 1 + 3 + 1 + 1 + 2
    assert all(spelt not in said for spelt in (secret, json.dumps(secret)[1:-1], repr(secret)[1:-1]))
    assert json.dumps(secret, ensure_ascii=False)[1:-1] not in said


@pytest.mark.parametrize(
    ("name", "heard"),
    [
        ("aiohttp.client", logging.INFO),
        ("asyncio", logging.INFO),
        ("httpcore.http11", logging.INFO),
        ("httpx", logging.WARNING),
        ("slack_bolt.App", logging.ERROR),
        ("slack_sdk.web", logging.WARNING),
        ("zeep.transports", logging.CRITICAL),
    ],
)
def test_quiet_libraries(log: WrittenLog, name: str, heard: int) -> None:
    """Each library is heard from its own level on: below that they log whole requests, or what says nothing to us."""
    logging.getLogger(name).log(heard - 1, "a whole request")
    assert not log.said()
    logging.getLogger(name).log(heard, "a failure")
    assert "a failure" in log.said()


def test_json(written: WrittenLog) -> None:
    """As JSON, each line is an object with time, level, name and message; what is below the level is left out."""
    logs.configure(level="WARNING", style="json", secrets=())
    for name in ("bot", "slack_sdk"):
        logging.getLogger(name).info("unheard")
    logging.getLogger("bot").warning("said %s", "Åse")
    line = json.loads(written.said())
    assert (line["level"], line["name"], line["message"]) == ("WARNING", "bot", "said Åse")
    assert line["asctime"]


def test_text(written: WrittenLog) -> None:
    """As text, each line has time, level, name and message, and nothing else."""
    logs.configure(level="INFO", style="text", secrets=())
    logging.getLogger("bot").info("said %s", "Åse")
    assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} INFO bot: said Åse\n", written.said())


def test_nobody_waits_for_a_log_that_is_not_read() -> None:
    """What a full pipe has no room for is dropped, not waited for; once it is read, the log says how many were lost.

    The end of the process waits for the pipe too, but not for long.
    """
    reading, writing = os.pipe()
    lines = Lines(writing, waiting=10, flush_s=0.01)
    lines.setFormatter(Redacting(logging.Formatter("{message}", style="{"), SECRETS))
    for number in range(500):
        lines.handle(logging.makeLogRecord({"msg": f"{number} hunter2 ".ljust(1_000, ".")}))
    lines.flush()

    os.set_blocking(reading, False)
    log, lost = "", [0]
    while len(re.findall(r"^\d+ \[secret\] \.+$", log, re.MULTILINE)) + sum(lost) < 500:
        lines.flush()
        with suppress(BlockingIOError):
            log += os.read(reading, 1_000_000).decode()
        lost = [int(number) for number in re.findall("Nobody read the log, so (\\d+) lines are missing\n", log)]
    os.close(reading)
    assert sum(lost) > 400
    assert "hunter2" not in log

    lines.handle(logging.makeLogRecord({"msg": "to nobody"}))
    lines._lines.join()  # a reader that is gone is no fault


def test_a_record_that_cannot_be_written(log: WrittenLog) -> None:
    """A record whose words don't fit together, or raise, is replaced by its place: nothing is raised, nothing leaks."""

    class Unspeakable:
        def __str__(self) -> str:
            raise ValueError("hunter2")

    [ours] = [each for each in logging.getLogger().handlers if isinstance(each, Lines)]  # pytest's own handler raises
    for args in (("hunter2",), (Unspeakable(), 2)):
        ours.handle(logging.makeLogRecord({"name": "bot.anything", "msg": "%s and %s", "args": args}))
    said = log.said()
    assert len(said.splitlines()) == said.count("A line of bot.anything:") == 2
    assert "hunter2" not in said
    assert "ValueError" in said
