"""What a control carries: which answer to show next, on which page, and who shared it.

The state travels in the control's value, so any process can serve a click and no restart forgets it. Messages stay in
Slack for years, so each format that was ever sent is still read: `v` tells which one it is.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Annotated, Final, Literal, assert_never

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from bot.presence.query import ByTopic, Everybody, Named, Numbered, Online, Query, clean, parse

MAX_VALUE: Final = 2_000
"""Characters that a button's value holds: https://docs.slack.dev/reference/block-kit/block-elements/button-element/."""

Page = Annotated[int, Field(ge=0, lt=1_000_000)]
Sharer = Annotated[str, Field(pattern=r"^([UW][A-Z0-9]{1,20})?$")]


@dataclass(frozen=True, slots=True)
class ViewState:
    """A page of an answer; the first page is 0. `sharer`: the user id of the person who shared it, or ""."""

    query: Query
    page: int = 0
    sharer: str = ""

    def at(self, page: int) -> "ViewState":
        """Another page of the same answer."""
        return replace(self, page=page)

    def about(self, query: Query) -> "ViewState":
        """Another answer in the same place, from its first page."""
        return replace(self, query=query, page=0)

    def by(self, sharer: str) -> "ViewState":
        """The same, shared by a person."""
        return replace(self, sharer=sharer)


Plain = Literal["online", "all", "topics"]

_PLAIN: Final[Mapping[Plain, Query]] = {"online": Online(), "all": Everybody(), "topics": ByTopic()}
"""The queries that need no more than their name."""

_NAMES: Final[Mapping[Query, Plain]] = {query: name for name, query in _PLAIN.items()}


class _Strict(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid")


class _Version1(_Strict):
    """`show` names the query. `id` belongs to a topic alone, and `words` to words alone."""

    v: Annotated[int, Field(ge=1, le=1)]  # a literal 1 would take True and 1.0 too
    show: Plain | Literal["topic", "words"]
    id: Annotated[int, Field(ge=-(2**63), lt=2**63)] | None = None
    words: str = ""
    page: Page = 0
    sharer: Sharer = ""

    def query(self) -> Query | None:
        match self:
            case _Version1(show="topic", id=int(topic_id), words=""):
                return Numbered(topic_id)
            case _Version1(show="words", id=None, words=words) if clean(words):
                return Named(clean(words))
            case _Version1(show="online" | "all" | "topics" as show, id=None, words=""):
                return _PLAIN[show]
            case _:
                return None


class _Version0Query(_Strict):
    kind: Literal["", "all", "topics", "topic"]
    words: str = ""


class _Version0(_Strict):
    """The format before there was a `v`. It wrote a topic's id into the words, as "#12"."""

    asked: Annotated[_Version0Query, Field(alias="query")]
    page: Page = 0
    sharer: Sharer = ""

    def query(self) -> Query | None:
        match self.asked:
            case _Version0Query(kind="topic", words=words) if clean(words):
                read = parse(words)
                return read if isinstance(read, Numbered) else Named(clean(words))
            case _Version0Query(kind="" | "all" | "topics" as kind, words=""):
                return _PLAIN[kind or "online"]
            case _:
                return None


def encode(state: ViewState) -> str:
    """The state as a control's value. A topic named by its id fits the 150 characters of a menu's option too."""
    page, sharer = state.page, state.sharer
    match state.query:
        case Named(words):
            carried = _Version1(v=1, show="words", words=words, page=page, sharer=sharer)
        case Numbered(topic_id):
            carried = _Version1(v=1, show="topic", id=topic_id, page=page, sharer=sharer)
        case Online() | Everybody() | ByTopic() as query:
            carried = _Version1(v=1, show=_NAMES[query], page=page, sharer=sharer)
        case _:
            assert_never(state.query)
    return carried.model_dump_json(exclude_defaults=True)


def decode(value: str) -> ViewState | None:
    """The state in a control's value; None if this version of the bot cannot read it."""
    if len(value) > MAX_VALUE:
        return None
    for version in (_Version1, _Version0):
        try:
            carried = version.model_validate_json(value)
        except ValidationError:
            continue
        query = carried.query()
        return None if query is None else ViewState(query, carried.page, carried.sharer)
    return None
