"""Anybody can post to the bot's address; only Slack is answered, and nobody else gets the log to grow."""

from pathlib import Path

from playground.slack import Slack
from playground.superoffice import NetServer
from tests.e2e.conftest import PASSWORD, USERNAME, office, running, settings

JSON, FORM = "application/json", "application/x-www-form-urlencoded"
UNSIGNED = (
    (b"", ""),
    (b"\xff{", JSON),
    (b"{", JSON),
    (b"[]", JSON),
    (b"1", JSON),
    (b"null", JSON),
    (b"[" * 100_000, JSON),
    (b'{"type": "url_verification", "challenge": "x"}', JSON),
    (b'{"event": 1, "authorizations": 1}', JSON),
    (b"{}", f"{JSON}; charset=nope"),
    (b"{}", f"{JSON}; charset=utf-16"),
    (b"payload=x", FORM),
    (b"payload=[]", FORM),
    (b"command=/who-is-online&text=&response_url=http://127.0.0.1:1/", FORM),
    (b"\xff=\xff", FORM),
    (b"&" * 100_000, FORM),
    (b"x", "multipart/form-data"),
)


async def test_what_slack_did_not_sign_is_refused_without_a_word(tmp_path: Path) -> None:
    """Whatever is posted without Slack's signature gets a 4xx; it causes no traceback, and no call of SuperOffice."""
    async with NetServer(office(), username=USERNAME, password=PASSWORD) as superoffice, Slack() as slack:
        statuses = {}
        async with running(settings(superoffice, slack, "http"), slack, tmp_path) as bot:
            for body, content_type in UNSIGNED:
                delivery = await slack.raw_post(body, {"Content-Type": content_type})
                statuses[body[:40], content_type] = delivery.status or 0
            assert superoffice.count("GetChatPresence") == 0
            [post] = (await slack.command("")).posts

    assert "free" in post.text
    odd = {asked: status for asked, status in statuses.items() if not 400 <= status < 500}
    assert not odd, "\n".join(map(str, odd.items()))
    assert "Traceback" not in "\n".join(bot.log)
