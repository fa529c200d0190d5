"""What a message shows, as it travels in its controls: any replica can answer a click, no restart forgets it."""

from dataclasses import dataclass, replace
from typing import Annotated, Final

from pydantic import Field, TypeAdapter, ValidationError

from bot.presence.query import Kind, Query, clean

MAX_VALUE: Final = 2_000
"""Characters that a button's value holds: https://docs.slack.dev/reference/block-kit/block-elements/button-element/."""

_USER: Final = r"^([UW][A-Z0-9]{1,20})?$"


@dataclass(frozen=True, slots=True)
class Shown:
    """A page of the answer to a question; the first is 0. `sharer`: the user id of the person who shared it, or ""."""

    query: Query
    page: Annotated[int, Field(ge=0, lt=1_000_000)] = 0
    sharer: Annotated[str, Field(pattern=_USER)] = ""

    def at(self, page: int) -> "Shown":
        """The same answer's other page."""
        return replace(self, page=page)

    def about(self, query: Query) -> "Shown":
        """Another answer in the same place, from its beginning."""
        return replace(self, query=query, page=0)

    def by(self, sharer: str) -> "Shown":
        """The same, shared by a person."""
        return replace(self, sharer=sharer)


_JSON: Final = TypeAdapter(Shown)


def encode(shown: Shown) -> str:
    """For a control's value. A topic named by its id fits the 150 characters of an option too."""
    return _JSON.dump_json(shown, exclude_defaults=True).decode()


def decode(value: str) -> Shown | None:
    """What was encoded; None where it was not, or by a version that knew other things."""
    if len(value) > MAX_VALUE:
        return None
    try:
        shown = _JSON.validate_json(value, strict=True, extra="forbid")
    except ValidationError:
        return None
    words = clean(shown.query.words)
    if bool(words) != (shown.query.kind is Kind.TOPIC):
        return None
    return replace(shown, query=replace(shown.query, words=words))
