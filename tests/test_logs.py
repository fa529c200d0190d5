"""The log: one line an event, and no secret in it."""

import io
import json
import logging
from collections.abc import Iterator

import pytest

from bot import logs

SECRETS = ("hunter2", "hunter2-and-more")


@pytest.fixture(autouse=True)
def _restored_logging() -> Iterator[None]:
    root = logging.getLogger()
    kept = root.level, root.handlers[:]
    levels = {name: logging.getLogger(name).level for name in logging.root.manager.loggerDict}
    yield
    root.setLevel(kept[0])
    root.handlers[:] = kept[1]
    for name in logging.root.manager.loggerDict:
        logging.getLogger(name).setLevel(levels.get(name, logging.NOTSET))


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
        "7T:MzA5/4YT+kAcQ==",
        "https://hooks.slack.com/commands/T1/2/abc",
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
    assert "[secret]" in log.getvalue()
    assert secret not in log.getvalue()


def test_no_connection_ticket(log: io.StringIO) -> None:
    """The ticket in a Socket Mode address is not logged; the address is."""
    logging.getLogger("bot").info("wss://wss.slack.com/link/?ticket=abc-def&app_id=1")
    assert "wss.slack.com/link/?ticket=[secret]&app_id=1" in log.getvalue()


@pytest.mark.parametrize("name", ["zeep.transports", "httpx", "httpcore.http11", "slack_sdk.web", "slack_bolt.App"])
def test_quiet_libraries(log: io.StringIO, name: str) -> None:
    """Libraries that log whole requests at DEBUG are kept from it."""
    logging.getLogger(name).debug("a whole request")
    assert not log.getvalue()


def test_json(capsys: pytest.CaptureFixture[str]) -> None:
    """As JSON, each line is an object with time, level, name and message."""
    logs.configure(level="INFO", style="json", secrets=())
    logging.getLogger("bot").info("said %s", "Åse")
    line = json.loads(capsys.readouterr().err)
    assert (line["level"], line["name"], line["message"]) == ("INFO", "bot", "said Åse")
    assert line["asctime"]


def test_level(capsys: pytest.CaptureFixture[str]) -> None:
    """What is below the level is left out."""
    logs.configure(level="WARNING", style="text", secrets=())
    logging.getLogger("bot").info("unheard")
    logging.getLogger("slack_sdk").info("unheard")
    assert not capsys.readouterr().err
