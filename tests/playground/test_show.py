"""A Slack message as its reader sees it."""

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from playground.show import pings, show

Json = dict[str, Any]

OSLO = ZoneInfo("Europe/Oslo")
NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
AT = int(NOON.timestamp())
NAMES = {"U0ASKER01": "Kari", "C0SUPPORT": "support"}.get


def shown(text: str) -> str:
    return show(text, None, timezone=OSLO, now=NOON, name_of=NAMES)


def rich(*runs: Json) -> Json:
    return {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": list(runs)}]}


def test_a_roster_reads_as_in_slack() -> None:
    """Header, text, list, menus and buttons appear in their order, each in its shape; what is unknown is named."""
    blocks: list[Json] = [
        {"type": "header", "text": {"type": "plain_text", "text": "Who's online"}},
        {"type": "context", "elements": [{"type": "mrkdwn", "text": f"as of <!date^{AT}^{{time}}|12:00>"}]},
        rich({"type": "emoji", "name": "white_circle"}, {"type": "text", "text": " Anna Berg"}),
        {"type": "divider"},
        {
            "type": "actions",
            "elements": [
                {"type": "static_select", "placeholder": {"type": "plain_text", "text": "Topic"}},
                {"type": "button", "text": {"type": "plain_text", "text": "Refresh"}},
            ],
        },
        {"type": "hologram"},
    ]
    assert show("in short", blocks, width=40, timezone=OSLO, now=NOON).splitlines() == [
        "Who's online",
        "════════════",
        "as of 13:00",
        "⚪ Anna Berg",
        "─" * 40,
        "[ Topic ▾ ]  [ Refresh ]",
        "[unknown block: hologram]",
    ]


@pytest.mark.parametrize(
    ("mrkdwn", "seen"),
    [
        ("*bold* _it_ ~gone~ `a*b*`", "bold it gone a*b*"),
        ("5 * 3 * 2", "5 * 3 * 2"),
        ("R&amp;D &lt;3 &amp;lt;", "R&D <3 &lt;"),
        (":large_green_circle: free :no_such_thing:", "🟢 free :no_such_thing:"),
        ("<@U0ASKER01> in <#C0SUPPORT> and <@U0UNKNOWN>", "@Kari in #support and @U0UNKNOWN"),
        ("<!channel> <!here>", "@channel @here"),
        ("<https://example.com/a_b_c|the *page*>", "the *page* (https://example.com/a_b_c)"),
        ("<https://example.com?a=1&amp;b=2>", "https://example.com?a=1&b=2"),
        ("<!date^soon^{time}|later>", "later"),
    ],
)
def test_mrkdwn_is_read_as_slack_reads_it(mrkdwn: str, seen: str) -> None:
    """Marks vanish, escapes are undone, mentions get names, and a ping is seen to be one."""
    assert shown(mrkdwn) == seen


@pytest.mark.parametrize(
    ("form", "seen"),
    [
        ("at {time}", "at 13:00"),
        ("{date_short_pretty} at {time_secs}", "today at 13:00:00"),
        ("{nonsense}", "fallback"),
    ],
)
def test_a_date_is_in_the_readers_zone(form: str, seen: str) -> None:
    """A date shows in the reader's own zone, in a form that Slack knows."""
    assert shown(f"<!date^{AT}^{form}|fallback>") == seen


def test_names_in_rich_text_are_literal() -> None:
    """Nothing in a rich text element is formatting: not stars, not escapes, not shortcodes, not pings."""
    text = "*Anna* &amp; :x: <!channel>"

    assert show(None, [rich({"type": "text", "text": text})]) == text
    assert pings(None, [rich({"type": "text", "text": text})]) == []


def test_every_way_to_ping_is_found() -> None:
    """A ping is found in text, in mrkdwn objects, in markdown and in rich text; a channel's name is none."""
    blocks: list[Json] = [
        {"type": "section", "text": {"type": "mrkdwn", "text": "hi <@U1|kari>, see <#C1>"}},
        {"type": "context", "elements": [{"type": "plain_text", "text": "<!everyone>"}]},
        {"type": "markdown", "text": "<!here>"},
        rich(
            {"type": "user", "user_id": "U2"},
            {"type": "usergroup", "usergroup_id": "S2"},
            {"type": "broadcast", "range": "channel"},
            {"type": "channel", "channel_id": "C2"},
        ),
    ]

    found = pings("<!channel> <!subteam^S1|agents> &lt;!here&gt;", blocks)
    assert found == ["<!channel>", "<!subteam^S1>", "<@U1>", "<!here>", "<@U2>", "<!subteam^S2>", "<!channel>"]
