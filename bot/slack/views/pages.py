"""How results are divided into pages."""

from collections.abc import Sequence
from typing import Final, TypeVar, assert_never

from bot.presence.result import NamesMissing, NoMatch, Result, Roster, TopicList

T = TypeVar("T")

AGENTS_ON_A_PAGE: Final = 30
TOPICS_ON_A_PAGE: Final = 20
"""More are a wall that nobody reads. So many of the longest lines stay within what Slack accepts in one message. Slack
says only `msg_blocks_too_long`; others found a limit of about 13,000 characters in all:
https://github.com/slackapi/bolt-js/issues/2509"""


def page_count(result: Result) -> int:
    """How many pages a result has; at least 1."""
    match result:
        case Roster(seats=seats):
            return _pages(len(seats), AGENTS_ON_A_PAGE)
        case TopicList(groups=groups):
            return _pages(len(groups), TOPICS_ON_A_PAGE)
        case NoMatch() | NamesMissing():  # the other pages of a roster that was not asked for are another answer's
            return 1
        case _:
            assert_never(result)


def on_page(rows: Sequence[T], page: int, size: int) -> Sequence[T]:
    """The rows of a page; the first page is 0."""
    return rows[page * size : (page + 1) * size]


def _pages(rows: int, size: int) -> int:
    return max(-(-rows // size), 1)
