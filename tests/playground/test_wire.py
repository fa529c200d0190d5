"""The wire log: what is shown of an exchange, and what is masked."""

import json
from typing import Any

import pytest

from playground.page.wire import MASK, MOST_CHARACTERS, MOST_ENTRIES, WireLog
from playground.watch import Exchange, told

Json = dict[str, Any]


def logged(exchange: Exchange, log: WireLog | None = None) -> Json:
    log = log or WireLog(secrets=["opaque-known-7"], changed=lambda: None)
    with told(log.observe, exchange):
        exchange.status = exchange.status or 200
    detail = log.detail(log.lines()[-1]["id"])
    assert detail is not None
    return detail


@pytest.mark.parametrize(
    ("headers", "body"),
    [
        ({"Authorization": "Bearer opaque-7"}, b""),
        ({"X-Slack-Signature": "v0=opaque-7"}, b""),
        ({"Content-Type": "application/json"}, b'{"a": [{"Bot_Token": "opaque-7"}]}'),
        ({"Content-Type": "application/json"}, b'{"said": "the key is opaque-known-7"}'),
        ({"Content-Type": "application/x-www-form-urlencoded"}, b"token=opaque-7&x=1"),
        ({"Content-Type": "text/xml"}, b"<a><n:Password xmlns:n='u'>opaque-7</n:Password></a>"),
        ({"Content-Type": "text/xml"}, b"<a><ApplicationToken>opaque-7</ApplicationToken></a>"),
        ({"Content-Type": "text/xml"}, b"<a>broken 7T:opaque-7== "),
        ({"Content-Type": "text/plain"}, b"xoxb-opaque-7 xapp-opaque-7 http://h/response/opaque-7"),
    ],
)
def test_secrets_are_known_by_name_place_and_looks(headers: dict[str, str], body: bytes) -> None:
    """A secret is masked where its field's name tells of it, where it is known, and where it looks like one."""
    shown = json.dumps(logged(Exchange("slack", "/api/x", headers, body)))
    assert "opaque" not in shown
    assert json.dumps(MASK)[1:-1] in shown


def test_the_log_forgets() -> None:
    """The log keeps the newest exchanges, and shows of a body no more than anybody reads."""
    log = WireLog(secrets=["x-1"], changed=lambda: None)
    for _ in range(MOST_ENTRIES + 5):
        shown = logged(Exchange("slack", "/api/x", {}, b"x" * (MOST_CHARACTERS + 7)), log)
    assert [line["id"] for line in log.lines()] == list(range(6, MOST_ENTRIES + 6))
    assert log.detail(5) is None
    assert shown["request"].endswith("\n… and 7 characters more")


@pytest.mark.parametrize(
    ("body", "shown"),
    [
        (b"<a><b>1</b></a>", "<a>\n  <b>1</b>\n</a>\n"),
        (b'<!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/hostname">]><a>&e;</a>', "<a>&e;</a>\n"),
        (b"<a", "<a"),
    ],
)
def test_xml_is_shown_for_reading(body: bytes, shown: str) -> None:
    """SOAP is indented; entities are not resolved, and what is not XML is shown as it came."""
    kind = {"Content-Type": "text/xml; charset=utf-8"}
    assert logged(Exchange("superoffice", "/", kind, body))["request"].endswith(shown)


def test_what_is_not_answered_is_told() -> None:
    """An exchange is under way until it is over; one that ends without an answer says so."""
    log = WireLog(secrets=["x-1"], changed=lambda: None)
    exchange = Exchange("superoffice", "/", {"SOAPAction": '"http://x/Chat/GetChatPresence"'}, b"")
    with told(log.observe, exchange):
        [line] = log.lines()
        assert (line["what"], line["took_ms"], line["failed"]) == ("GetChatPresence", None, "")
    [line] = log.lines()
    assert line["took_ms"] is not None
    assert line["failed"] == "no answer"
