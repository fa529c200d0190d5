"""Every state of every place, as somebody once saw and approved it."""

import dataclasses
from typing import Final

from bot.errors import Denied, Reason, Unexpected, Unreachable
from bot.languages import Language
from bot.presence.model import Agent, Snapshot, Topic
from bot.presence.query import Kind, Query
from bot.slack.shown import Shown
from bot.slack.views import notices
from bot.slack.views.message import Message
from bot.slack.views.places import (
    direct_message,
    home_failure_message,
    home_message,
    shared_message,
    to_asker_message,
)
from bot.slack.views.roster import Reader
from bot.slack.views.words import words_in
from tests.slack.conftest import DOWN, PROFILES, TAKEN_AT, TEAM, VIP
from tests.slack.views.conftest import ENGLISH, SHARER, ask, crowd

ONE = Snapshot(TAKEN_AT, TEAM.agents[:1], TEAM.agents[0].topics)
AWAY = dataclasses.replace(TEAM, agents=TEAM.agents[3:])
EMPTY = Snapshot(TAKEN_AT, (), ())
OLD = dataclasses.replace(TEAM, stale_because=DOWN)
CLOSED = dataclasses.replace(TEAM, closed=frozenset({VIP}))
ALL_CLOSED = dataclasses.replace(TEAM, agents=(), closed=frozenset(TEAM.topics))
MANY = crowd(35, 3, each=1, name=14, stale=False)
MANY_TOPICS = crowd(2, 25, each=25, uncovered=5, name=14, stale=False)
TOO_MANY_TOPICS = crowd(1, 120, each=2, name=14, stale=False)
WRONG = Snapshot(
    TAKEN_AT,
    (Agent(9, "<!channel> *x*", present=True, ongoing_chats=0, topics=(Topic(9, "<@U0123ABCD> _y_ &"),)),),
    (Topic(9, "<@U0123ABCD> _y_ &"), Topic(10, "<!here> :tada:")),
)
KNOWN = Reader(ENGLISH, PROFILES)
TIMEOUT = Unreachable(Reason.TIMEOUT, "10 s")

TO_ASKER: Final[dict[str, Message]] = {
    "one": ask("", ONE, view=to_asker_message),
    "a team": ask("", TEAM, view=to_asker_message, reader=KNOWN),
    "many": ask("", MANY, view=to_asker_message),
    "many, second page": ask("", MANY, page=1, view=to_asker_message),
    "nobody": ask("", AWAY, view=to_asker_message),
    "nobody at all": ask("", EMPTY, view=to_asker_message),
    "all with away": ask("all", TEAM, view=to_asker_message),
    "stale": ask("", OLD, view=to_asker_message),
    "closed": ask("", CLOSED, view=to_asker_message),
    "all closed": ask("", ALL_CLOSED, view=to_asker_message),
    "a topic": ask("billing", TEAM, view=to_asker_message),
    "a topic, nobody free": ask("billing", dataclasses.replace(TEAM, agents=TEAM.agents[2:]), view=to_asker_message),
    "a topic, nobody": ask("returns", TEAM, view=to_asker_message),
    "a topic, nobody, closed": ask("vip", CLOSED, view=to_asker_message),
    "a topic, stale": ask("billing", OLD, view=to_asker_message),
    "several topics": ask("i", TEAM, view=to_asker_message),
    "by topic": ask("topics", TEAM, view=to_asker_message),
    "by topic, many": ask("topics", MANY_TOPICS, view=to_asker_message),
    "by topic, many, second page": ask("topics", MANY_TOPICS, page=1, view=to_asker_message),
    "by topic, closed": ask("topics", CLOSED, view=to_asker_message),
    "by topic, stale": ask("topics", OLD, view=to_asker_message),
    "by topic, without topics": ask("topics", EMPTY, view=to_asker_message),
    "too many topics for a menu": ask("1", TOO_MANY_TOPICS, view=to_asker_message),
    "no such topic": ask("qqq", TEAM, view=to_asker_message),
    "no such topic, with a suggestion": ask("biling", TEAM, view=to_asker_message),
    "no such topic, without topics": ask("billing", EMPTY, view=to_asker_message),
    "what users wrote": ask("", WRONG, view=to_asker_message),
    "what users wrote, by topic": ask("topics", WRONG, view=to_asker_message),
    "what users wrote, for a topic": ask("9", WRONG, view=to_asker_message),
    "what users wrote, and typed": ask("<!channel> *z*", WRONG, view=to_asker_message),
}

IN_PLACE: Final[dict[str, Message]] = {
    "a team": ask("", TEAM, reader=KNOWN),
    "many, second page": ask("", MANY, page=1),
    "nobody": ask("", AWAY),
    "stale": ask("", OLD),
    "closed": ask("", CLOSED),
    "a topic": ask("billing", TEAM),
    "by topic": ask("topics", TEAM),
    "no such topic": ask("biling", TEAM),
}

DIRECT: Final[dict[str, Message]] = {
    "a team": ask("", TEAM, view=direct_message, reader=KNOWN),
    "a greeting": ask("hi there", TEAM, view=direct_message),
    "a slip": ask("biling", TEAM, view=direct_message),
}

SHARED: Final[dict[str, Message]] = {
    "a team": ask("", TEAM, view=shared_message, sharer=SHARER, reader=KNOWN),
    "many, second page": ask("", MANY, page=1, view=shared_message, sharer=SHARER),
    "nobody": ask("", AWAY, view=shared_message, sharer=SHARER),
    "stale": ask("", OLD, view=shared_message, sharer=SHARER),
    "closed": ask("", CLOSED, view=shared_message, sharer=SHARER),
    "a topic": ask("billing", TEAM, view=shared_message, sharer=SHARER),
    "by topic": ask("topics", TEAM, view=shared_message, sharer=SHARER),
    "no such topic any more": ask("qqq", TEAM, view=shared_message, sharer=SHARER),
}

HOME: Final[dict[str, Message]] = {
    "by topic": ask("topics", TEAM, view=home_message),
    "by topic, closed": ask("topics", CLOSED, view=home_message),
    "by topic, stale": ask("topics", OLD, view=home_message),
    "by topic, many": ask("topics", MANY_TOPICS, view=home_message),
    "by agent": ask("", TEAM, view=home_message, reader=KNOWN),
    "many, second page": ask("", MANY, page=1, view=home_message),
    "nobody at all": ask("", EMPTY, view=home_message),
    "a topic": ask("billing", TEAM, view=home_message),
    "no such topic any more": ask("qqq", TEAM, view=home_message),
    "failure": home_failure_message(TIMEOUT, Shown(Query(Kind.BY_TOPIC)), ENGLISH),
    "failure, denied": home_failure_message(Denied(Reason.PASSWORD, "as who"), Shown(Query(Kind.ROSTER), 1), ENGLISH),
}

NOTICES: Final[dict[str, Message]] = {
    "unreachable": notices.failure_message(TIMEOUT, ENGLISH),
    "denied": notices.failure_message(Denied(Reason.PASSWORD, "as who"), ENGLISH),
    "unexpected": notices.failure_message(Unexpected(Reason.UNREADABLE, "XMLParseError"), ENGLISH),
    "help": notices.help_message(ENGLISH),
    "short help": notices.short_help_message(ENGLISH),
    "incident": notices.incident_message("0123abcd", ENGLISH),
    "slow": notices.slow_message(ENGLISH),
    "outsiders": notices.outsiders_message(ENGLISH),
    "no share": notices.no_share_message(ENGLISH),
    "outdated": notices.outdated_message(ENGLISH),
}

MESSAGES: Final[dict[str, Message]] = {
    f"{place}: {state}": message
    for place, states in {
        "to the asker": TO_ASKER,
        "in place": IN_PLACE,
        "direct": DIRECT,
        "shared": SHARED,
        "notice": NOTICES,
    }.items()
    for state, message in states.items()
}


def in_language(language: Language) -> dict[str, Message]:
    """What is said in a language, once each."""
    words = words_in(language)
    reader = Reader(words, PROFILES)
    return {
        "roster": ask("", CLOSED, view=to_asker_message, reader=reader),
        "a topic": ask("billing", TEAM, view=to_asker_message, reader=reader),
        "by topic": ask("topics", CLOSED, view=to_asker_message, reader=reader),
        "stale, second page": ask("", dataclasses.replace(MANY, stale_because=DOWN), page=1, reader=reader),
        "a slip": ask("biling", TEAM, reader=reader),
        "nobody": ask("returns", TEAM, reader=reader),
        "shared": ask("all", TEAM, view=shared_message, sharer=SHARER, reader=reader),
        "failure": notices.failure_message(TIMEOUT, words),
        "help": notices.help_message(words),
    }
