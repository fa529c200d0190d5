"""The log: one line an event, and no secret in it."""

import io
import json
import logging
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import logs
from bot.logs import Redacting

SECRETS = ("hunter2", "hunter2-and-more")


@pytest.fixture(params=["text", "json"])
def log(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> io.StringIO:
    """The log at DEBUG, in each of its formats."""
    stream = io.StringIO()
    monkeypatch.setattr("sys.stderr", stream)
    logs.configure(level="DEBUG", style=request.param, secrets=SECRETS)
    return stream


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
def test_no_secret(log: io.StringIO, secret: str) -> None:
    """No secret is logged: not in a message, an argument, nor a traceback."""
    logger = logging.getLogger("bot.anything")
    logger.info(f"said {secret} aloud")  # noqa: G004  # as others' code may do
    logger.info("said %s", {"aloud": secret})
    nothing: dict[str, str] = {}
    try:
        nothing[secret]
    except KeyError:
        logger.exception("failed")
    assert "said [secret] aloud" in log.getvalue()
    assert secret not in log.getvalue()


def test_no_ticket_and_no_whole_request(log: io.StringIO) -> None:
    """Of a Socket Mode address the ticket is left out, and libraries that log whole requests at DEBUG say nothing."""
    for name in ("zeep.transports", "httpx", "httpcore.http11", "slack_sdk.web", "slack_bolt.App"):
        logging.getLogger(name).debug("a whole request")
    assert not log.getvalue()
    logging.getLogger("bot").info("wss://wss.slack.com/link/?ticket=abc-def&app_id=1")
    assert "wss.slack.com/link/?ticket=[secret]&app_id=1" in log.getvalue()


@given(st.text("xyz", min_size=1, max_size=5), st.text("xyz", min_size=1, max_size=5), st.booleans())
def test_no_tail_of_a_secret(secret: str, tail: str, longest_first: bool) -> None:
    """Of secrets that begin alike the longest is blotted, in whatever order they are given, so no tail is left."""
    secrets = [secret + tail, secret] if longest_first else [secret, secret + tail]
    formatter = Redacting(logging.Formatter("{message}", style="{"), secrets)

    assert formatter.format(logging.makeLogRecord({"msg": f"<{secret + tail}> <{secret}>"})) == "<[secret]> <[secret]>"


@pytest.mark.parametrize("secret", ['p"ä\\x', "it's", "tab\there"])
def test_no_secret_however_it_is_spelt(capsys: pytest.CaptureFixture[str], secret: str) -> None:
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
    said = capsys.readouterr().err
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
def test_quiet_libraries(log: io.StringIO, name: str, heard: int) -> None:
    """Each library is heard from its own level on: below that they log whole requests, or what says nothing to us."""
    logging.getLogger(name).log(heard - 1, "a whole request")
    assert not log.getvalue()
    logging.getLogger(name).log(heard, "a failure")
    assert "a failure" in log.getvalue()


def test_json(capsys: pytest.CaptureFixture[str]) -> None:
    """As JSON, each line is an object with time, level, name and message; what is below the level is left out."""
    logs.configure(level="WARNING", style="json", secrets=())
    for name in ("bot", "slack_sdk"):
        logging.getLogger(name).info("unheard")
    logging.getLogger("bot").warning("said %s", "Åse")
    line = json.loads(capsys.readouterr().err)
    assert (line["level"], line["name"], line["message"]) == ("WARNING", "bot", "said Åse")
    assert line["asctime"]


def test_text(capsys: pytest.CaptureFixture[str]) -> None:
    """As text, each line has time, level, name and message, and nothing else."""
    logs.configure(level="INFO", style="text", secrets=())
    logging.getLogger("bot").info("said %s", "Åse")
    assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} INFO bot: said Åse\n", capsys.readouterr().err)
