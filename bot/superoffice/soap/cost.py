"""What a reply would cost to parse, counted in its bytes before anything is parsed.

Ten kilobytes on the wire can become ten million bytes of `<a/>`, for which libxml2 takes a gigabyte. To count is a
thousand times quicker than to parse, and needs no memory.
"""

from typing import Final

from bot.errors import Reason, Unexpected

MAX_NODES: Final = 900_000
"""How many nodes a reply may become: elements, texts and attributes. libxml2 takes 128 bytes for each.

25,000 agents, each in four topics, are fewer.
"""

MAX_ATTRIBUTES: Final = 100
"""How many attributes one tag may have, its namespaces among them. Some walks over them are quadratic."""

_LOOK: Final = 512
"""Of tags shorter than this in bytes, none is looked at: they have no room for many more attributes."""


def check_cost(content: bytes) -> None:
    """See that a reply in UTF-8 is cheap to parse. Raises `Unexpected` where it isn't, or has a DTD."""
    if b"<!DOCTYPE" in content:
        raise Unexpected(Reason.UNREADABLE, "a DTD")
    if most_nodes(content) > MAX_NODES:
        raise Unexpected(Reason.TOO_LARGE, f"over {MAX_NODES:,} nodes")
    at = 0
    while at < len(content):
        if content.find(b"<", at, at + _LOOK) >= 0:
            at += _LOOK
        else:
            at = _after_a_long_one(content, at)


def most_nodes(content: bytes) -> int:
    """How many nodes a reply in UTF-8 may become, at most."""
    # A tag is an element, and an attribute has a text; after each tag, and after its end, there may be a text too. What
    # only looks like a tag or an attribute is counted as one.
    return 2 * content.count(b"<") - content.count(b"</") + 2 * content.count(b"=")


def _after_a_long_one(content: bytes, at: int) -> int:
    """Where the next tag begins, after a long one, or a long text, around this place."""
    begin = content.rfind(b"<", 0, at)
    end = content.find(b"<", at)
    end = len(content) if end < 0 else end
    # An attribute's value may hold ">", but no "<", so the tag ends at the last one or before.
    if content.count(b"=", max(begin, 0), content.rfind(b">", 0, end) + 1) > MAX_ATTRIBUTES:
        raise Unexpected(Reason.TOO_LARGE, f"over {MAX_ATTRIBUTES} attributes")
    return end
