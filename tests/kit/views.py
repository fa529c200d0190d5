"""What tests of messages share: questions, what must hold of every message, and ways to look into one."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from gettext import NullTranslations
from string import ascii_letters
from typing import Any, Final

from hypothesis import strategies as st

from bot.presence.model import Agent, Snapshot, Topic
from bot.presence.query import Help, parse
from bot.presence.reading import Fresh, Shown
from bot.slack.renderings import Renderings
from bot.slack.view_state import ViewState, decode
from bot.slack.views.message import Message, without_blocks
from bot.slack.views.places import (
    View,
    direct_message,
    home_message,
    in_place_message,
    shared_message,
    to_asker_message,
)
from bot.text import one_line
from bot.words import Words, words_in
from bot.words.controls import ControlWords
from bot.words.failures import FailureWords
from bot.words.help import HelpWords
from bot.words.language import Language
from bot.words.roster import RosterWords
from playground.blocks import Surface, problems, refusal, warnings
from playground.show import pings, show
from tests.kit.clock import NOW
from tests.kit.crowd import TEAM, agent, asked, fresh, snapshot, stale
from tests.kit.text import anything

Json = dict[str, Any]

ENGLISH: Final = words_in(Language.ENGLISH)
SHARER: Final = "U0SHARER01"
PROFILES: Final = {4: "https://pretend.slack.com/team/U0ASKER02"}
"""Ole Hansen is known in Slack, and nobody else."""

VIEWS: Final[tuple[View, ...]] = (to_asker_message, in_place_message, direct_message, shared_message, home_message)


askable: Final = anything.filter(lambda words: not isinstance(parse(words), Help))
"""Whatever somebody may type, except the words for help, to which there is no answer of SuperOffice's."""


# Readings


@st.composite
def readings(draw: st.DrawFn) -> Shown:
    """Readings as the product makes them, fresh or stale, whatever people have written in SuperOffice."""
    topics = [Topic(number, one_line(draw(askable)) or f"Topic {number}") for number in range(draw(st.integers(0, 4)))]
    agents = tuple(
        Agent(
            user_id,
            one_line(draw(anything)) or f"Agent {user_id}",
            present=draw(st.booleans()),
            ongoing_chats=draw(st.integers(0, 3)),
            topics=tuple(draw(st.lists(st.sampled_from(topics), unique=True))) if topics else (),
        )
        for user_id in range(draw(st.integers(0, 4)))
    )
    known = snapshot(*agents, topics=tuple(topics))
    known = replace(known, closed=frozenset(known.uncovered()[: draw(st.integers(0, 4))]))
    return fresh(known) if draw(st.booleans()) else stale(known)


def office(
    agents: int, topics: int, *, each: int | None = None, uncovered: int = 0, name: int = 12, fill: str = "w"
) -> Snapshot:
    """So many agents, each in so many topics, or in `each` of them, with names of `name` characters; all are present.

    Beyond these topics there are `uncovered` ones of which nobody is a member; half of them are closed.
    """
    known = tuple(Topic(n, _long(f"Topic {n:03} ", fill, name)) for n in range(1, topics + uncovered + 1))
    mine = known[:topics][:each]
    staff = (agent(_long(f"Agent {n:05} ", fill, name), *mine, user_id=n, chats=n % 200) for n in range(1, agents + 1))
    return snapshot(*staff, topics=known, closed=frozenset(known[topics::2]))


def _long(begin: str, fill: str, length: int) -> str:
    return (begin + fill * length)[: max(length, len(begin))].rstrip()


# Questions


def ask(
    words: str,
    reading: Shown | Snapshot = TEAM,
    *,
    page: int = 0,
    view: View = in_place_message,
    language: Language = Language.ENGLISH,
    profiles: Mapping[int, str] | None = None,
) -> Message:
    """What is shown to somebody who says these words. A snapshot is a fresh reading."""
    known = Fresh(reading) if isinstance(reading, Snapshot) else reading
    state = ViewState(asked(words), page, SHARER if view is shared_message else "")
    return Renderings(busy_at=1, profiles=profiles or {}).message(view, state, language, known)


def pages(words: str, known: Snapshot, *, view: View = in_place_message) -> Iterator[Message]:
    """Every page, as somebody sees them who clicks "Next" until there is none."""
    page: int | None = 0
    while page is not None:
        message = ask(words, known, page=page, view=view)
        yield message
        following = control(message, "show:next")
        page = value_of(following).page if following else None


# What must hold of every message


def check(message: Message, view: View | None = None) -> Message:
    """Slack takes the message, and the plain one in its place, and nobody is notified but the sharer, who is named."""
    surface: Surface = "home" if view is home_message else "message"
    blocks, plain = list(message.blocks), without_blocks(message)
    assert problems(blocks, surface=surface) == []
    assert surface == "home" or refusal(message.text, blocks) is None
    assert refusal(plain.text, None) is None
    assert warnings(message.text) == []
    mentioned = [f"<@{SHARER}>"] if view is shared_message else []
    assert pings(message.text, None) == []
    assert pings(None, blocks) == pings(plain.text, None) == mentioned
    assert message.text.strip()
    json.dumps(message.payload(), ensure_ascii=False).encode()
    for each in controls_of(message):
        assert len(each.get("text", {}).get("text", "")) <= 75
        assert len(each.get("accessibility_label", "")) <= 75
        assert len(each.get("value", "")) <= 2_000
    return message


# Ways to look into a message


def read(message: Message, *, width: int = 100_000) -> str:
    """The message as its reader sees it."""
    return show(message.text, list(message.blocks), width=width, now=NOW)


def lines_of(message: Message) -> list[list[Json]]:
    """The literal lines of a message, each as its elements."""
    return [line["elements"] for block in message.blocks if block["type"] == "rich_text" for line in block["elements"]]


def said_in(line: list[Json]) -> str:
    """The words of a literal line, without its emoji."""
    return "".join(part.get("text", "") for part in line)


def agents_in(message: Message) -> list[str]:
    """The names in the agents' own lines."""
    return [line[2]["text"] for line in lines_of(message) if line[0]["type"] == "emoji"]


def controls_of(message: Message) -> list[Json]:
    """Everything that can be clicked or chosen."""
    return [each for block in message.blocks if block["type"] == "actions" for each in block["elements"]]


def control(message: Message, action_id: str) -> Json | None:
    """The control that goes by this name, if it is there."""
    found = [each for each in controls_of(message) if each["action_id"] == action_id]
    assert len(found) <= 1
    return found[0] if found else None


def button(message: Message, action_id: str) -> Json:
    """The control that goes by this name, which must be there."""
    found = control(message, action_id)
    assert found is not None
    return found


def value_of(element: Json) -> ViewState:
    """What a button or an option says to show next."""
    state = decode(element["value"])
    assert state is not None
    return state


def counted(text: str) -> int:
    """How many more are counted in words: 460 for "and 460 more"."""
    return sum(map(int, re.findall(r"and (\d+) more(?:$|:)", text)))


# A language twice as long as English

_AS_IT_IS: Final = re.compile(r"(\{\w+\}|\*\w+\*)")
_ACCENTED: Final = str.maketrans(ascii_letters, "áƀćďéḟǵĥíĵḱĺḿńóṕǫŕśťúṽŵẍýźÁḂĆĎÉḞǴĤÍĴḰĹḾŃÓṔǪŔŚŤÚṼŴẌÝŹ")


class Pseudo(NullTranslations):
    """A language that is English to its readers, but twice as long, and without a single English letter."""

    def gettext(self, message: str) -> str:
        """The message with accents, in brackets; placeholders and typed words as they are."""
        parts = _AS_IT_IS.split(message)
        parts[::2] = [part.translate(_ACCENTED) for part in parts[::2]]
        more = sum(map(len, parts[::2])) - len("[]")
        return f"[{''.join(parts)}{'ö' * more}]"

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        """The message for a number."""
        return self.gettext(msgid1 if n == 1 else msgid2)


PSEUDO: Final = Words(
    roster=RosterWords(Pseudo(), Language.ENGLISH),
    failures=FailureWords(Pseudo(), Language.ENGLISH),
    controls=ControlWords(Pseudo()),
    help=HelpWords(Pseudo()),
)

_IN_EVERY_LANGUAGE: Final = re.compile(
    r"<!date\^[^>]*>|&\w+;|<@U\w+>|:[a-z_]+:|`[^`]*`|/who-is-online|\*(all|topics|help)\*|(0123abcd)+"
    r"|59 minutes ago| or "  # from Unicode's CLDR
)


def english_in(message: Message) -> list[str]:
    """What people see or hear of a message in the pseudo language that is English all the same."""
    said = [message.text, *_said(list(message.blocks))]
    return [text for text in said if set(_IN_EVERY_LANGUAGE.sub("", text)) & set(ascii_letters)]


def _said(part: Any) -> Iterator[str]:
    if isinstance(part, list):
        for each in part:
            yield from _said(each)
    elif isinstance(part, dict):
        for key, value in part.items():
            if isinstance(value, str) and key in {"text", "accessibility_label", "alt_text"}:
                yield value
            else:
                yield from _said(value)
