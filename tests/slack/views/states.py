"""Every state of every place, and what its reader sees of it.

`python -m tests.slack.views.states > tests/slack/views/approved.txt` approves what is shown now.
"""

import json
import sys
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Final

from bot.errors import Denied, Reason, Unexpected, Unreachable
from bot.presence.model import Topic
from bot.presence.query import ByTopic, Online
from bot.slack.view_state import ViewState
from bot.slack.views import notices
from bot.slack.views.message import Kind, Message
from bot.slack.views.places import (
    View,
    direct_message,
    home_failure_message,
    home_message,
    in_place_message,
    shared_message,
    to_asker_message,
)
from bot.words import words_in
from bot.words.language import Language
from tests.kit.crowd import TEAM, VIP, agent, crowd, snapshot, stale
from tests.kit.views import ENGLISH, PROFILES, ask, office, read

ONE = snapshot(TEAM.agents[0], topics=TEAM.agents[0].topics)
AWAY = replace(TEAM, agents=TEAM.agents[3:])
NONE_FREE = replace(TEAM, agents=TEAM.agents[2:])
EMPTY = snapshot()
OLD = stale()
CLOSED = replace(TEAM, closed=frozenset({VIP}))
ALL_CLOSED = replace(TEAM, agents=(), closed=frozenset(TEAM.topics))
MANY = crowd(35, 3)
MANY_TOPICS = office(2, 22, uncovered=5)
TOO_MANY_TOPICS = crowd(1, 120)
_NUMBERED = {topic: Topic(topic.id, f"Topic {topic.id}") for topic in TEAM.topics}
NAMELESS = replace(
    TEAM,
    agents=tuple(replace(each, topics=tuple(_NUMBERED[topic] for topic in each.topics)) for each in TEAM.agents),
    topics=tuple(_NUMBERED[topic] for topic in TEAM.topics[:3]),  # of the fourth nobody is a member
    names_known=False,
)
ODD = Topic(9, "<@U0123ABCD> _y_ &")
WRONG = snapshot(agent("<!channel> *x*", ODD, user_id=9), topics=(ODD, Topic(10, "<!here> :tada:")))
TIMEOUT = Unreachable(Reason.TIMEOUT, "10 s")

ASKED: Final[dict[View, dict[str, tuple[Any, ...]]]] = {
    to_asker_message: {
        "one": ("", ONE),
        "a team": ("", TEAM),
        "many": ("", MANY),
        "many, second page": ("", MANY, 1),
        "nobody": ("", AWAY),
        "nobody at all": ("", EMPTY),
        "all with away": ("all", TEAM),
        "stale": ("", OLD),
        "closed": ("", CLOSED),
        "all closed": ("", ALL_CLOSED),
        "a topic": ("billing", TEAM),
        "a topic from the menu": ("#1", TEAM),
        "a topic, nobody free": ("billing", NONE_FREE),
        "a topic, nobody": ("returns", TEAM),
        "a topic, nobody, closed": ("vip", CLOSED),
        "a topic, stale": ("billing", OLD),
        "a topic, nobody, stale": ("vip", stale(CLOSED)),
        "nobody, stale": ("", stale(AWAY)),
        "several topics": ("i", TEAM),
        "by topic": ("topics", TEAM),
        "by topic, many": ("topics", MANY_TOPICS),
        "by topic, many, second page": ("topics", MANY_TOPICS, 1),
        "by topic, closed": ("topics", CLOSED),
        "by topic, stale, closed before": ("topics", stale(CLOSED)),
        "by topic, without topics": ("topics", EMPTY),
        "names missing": ("", NAMELESS),
        "names missing, by topic": ("topics", NAMELESS),
        "names missing, without topics": ("topics", replace(EMPTY, names_known=False)),
        "names missing, a topic's number": ("#1", NAMELESS),
        "names missing, a name": ("billing", NAMELESS),
        "names missing, a name, stale": ("billing", stale(NAMELESS)),
        "names missing, a name, many": ("billing", replace(MANY, names_known=False)),
        "too many topics for a menu": ("1", TOO_MANY_TOPICS),
        "no match": ("qqq", TEAM),
        "no match, with a suggestion": ("biling", TEAM),
        "no match, without topics": ("billing", EMPTY),
        "what users wrote": ("", WRONG),
        "what users wrote, by topic": ("topics", WRONG),
        "what users wrote, for a topic": ("9", WRONG),
        "what users wrote, and typed": ("<!channel> *z*", WRONG),
    },
    in_place_message: {
        "a team": ("", TEAM),
        "many, second page": ("", MANY, 1),
        "nobody": ("", AWAY),
        "stale": ("", OLD),
        "a topic": ("billing", TEAM),
        "by topic": ("topics", TEAM),
        "no match": ("biling", TEAM),
        "no match, stale": ("biling", OLD),
    },
    direct_message: {
        "a team": ("", TEAM),
        "a greeting": ("hi there", TEAM),
        "a slip": ("biling", TEAM),
        "names missing": ("orders", NAMELESS),
    },
    shared_message: {
        "a team": ("", TEAM),
        "many, second page": ("", MANY, 1),
        "nobody": ("", AWAY),
        "stale": ("", OLD),
        "a topic": ("billing", TEAM),
        "by topic, closed": ("topics", CLOSED),
        "no match any more": ("qqq", TEAM),
    },
    home_message: {
        "by topic": ("topics", TEAM),
        "by topic, closed": ("topics", CLOSED),
        "by topic, stale": ("topics", OLD),
        "by topic, many, second page": ("topics", MANY_TOPICS, 1),
        "by agent": ("", TEAM),
        "nobody at all": ("", EMPTY),
        "a topic": ("billing", TEAM),
        "no match any more": ("qqq", TEAM),
    },
}

NOTICES: Final[dict[str, Message]] = {
    "unreachable": notices.failure_message(TIMEOUT, ENGLISH),
    "denied": notices.failure_message(Denied(Reason.PASSWORD, "as who"), ENGLISH),
    "unexpected": notices.failure_message(Unexpected(Reason.UNREADABLE, "XMLParseError"), ENGLISH),
    "help": notices.help_message(ENGLISH),
    "short help": notices.short_help_message(ENGLISH),
    "incident": notices.incident_message("0123abcd", ENGLISH),
    "slow": notices.slow_message(ENGLISH),
    "a guest": notices.guest_message(ENGLISH),
    "an outsider": notices.outsider_message(ENGLISH),
    "a shared channel": notices.shared_channel_message(ENGLISH),
    "a shared channel, asked": notices.ask_alone_message(ENGLISH),
    "an unknown person": notices.unknown_person_message(ENGLISH),
    "an unknown channel": notices.unknown_channel_message(ENGLISH),
    "outdated": notices.outdated_message(ENGLISH),
}

HOME_FAILURES: Final[dict[str, Message]] = {
    "failure": home_failure_message(TIMEOUT, ViewState(ByTopic()), ENGLISH),
    "failure, denied": home_failure_message(Denied(Reason.PASSWORD, "as who"), ViewState(Online(), 1), ENGLISH),
}


def states() -> Iterator[tuple[str, Message, View | None]]:
    """Each state by its name, with the view that made it; None for a notice."""
    for place, asked in ASKED.items():
        for name, (words, reading, *page) in asked.items():
            yield f"{place.__name__}: {name}", ask(words, reading, page=sum(page), view=place, profiles=PROFILES), place
    for name, message in HOME_FAILURES.items():
        yield f"home_failure_message: {name}", message, home_message
    for name, message in NOTICES.items():
        yield f"notice: {name}", message, None
    for language in Language:
        if language is not Language.ENGLISH:
            for name, message, view in in_language(language):
                yield f"{language.value}: {name}", message, view


def in_language(language: Language) -> Iterator[tuple[str, Message, View | None]]:
    """What is said in a language, once each."""
    words = words_in(language)
    for name, asked, reading, page, view in (
        ("roster", "", CLOSED, 0, to_asker_message),
        ("a topic", "billing", TEAM, 0, to_asker_message),
        ("by topic, stale, second page", "topics", stale(MANY_TOPICS), 1, in_place_message),
        ("a slip", "biling", TEAM, 0, in_place_message),
        ("names missing", "billing", NAMELESS, 0, in_place_message),
        ("names missing, by topic", "topics", NAMELESS, 0, in_place_message),
        ("shared", "all", ONE, 0, shared_message),
    ):
        yield name, ask(asked, reading, page=page, view=view, language=language), view
    yield "failure", notices.failure_message(TIMEOUT, words), None
    yield "slow", notices.slow_message(words), None
    yield "a guest", notices.guest_message(words), None
    yield "an outsider", notices.outsider_message(words), None
    yield "a shared channel, asked", notices.ask_alone_message(words), None
    yield "an unknown person", notices.unknown_person_message(words), None
    yield "an unknown channel", notices.unknown_channel_message(words), None
    yield "help", notices.help_message(words), None


# What a reader sees


def rendered() -> str:
    """All states, as text: the notification, the blocks, and of each control what it says and where it leads."""
    return "\n".join(f"=== {name}\n{_rendered(message)}\n" for name, message, _ in states())


def _rendered(message: Message) -> str:
    return "\n".join([f"({message.kind.value}) {message.text}", *map(_block, message.blocks)])


def _block(block: dict[str, Any]) -> str:
    if block["type"] == "header":
        return f"# {block['text']['text']}"
    if block["type"] == "actions":
        return " ".join(map(_control, block["elements"]))
    return read(Message("", (block,), Kind.ANSWER), width=120)


def _control(element: dict[str, Any]) -> str:
    if element["type"] == "button":
        label = f" ({element['accessibility_label']})" if "accessibility_label" in element else ""
        return f"[{element['text']['text']}{label} → {_value(element['value'])}]"
    chosen = element["initial_option"]["text"] if "initial_option" in element else element["placeholder"]
    options = [f"{option['text']['text']} → {_value(option['value'])}" for option in element.get("options", [])]
    listed = options if len(options) <= 5 else [*options[:2], f"{len(options) - 3} more", options[-1]]
    return f"[{chosen['text']} ▾ {' | '.join(listed) or 'asks as somebody types'}]"


def _value(value: str) -> str:
    """A control's value, as `show` and what else is in it."""
    carried = json.loads(value)
    return " ".join([carried["show"], *(f"{name}={carried[name]}" for name in carried if name not in ("v", "show"))])


if __name__ == "__main__":
    sys.stdout.write(rendered())
