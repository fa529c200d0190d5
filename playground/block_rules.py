"""The words in which Block Kit's rules are written: each reads a value at its place."""

from collections.abc import Callable, Iterator
from typing import Any

Json = dict[str, Any]

# A rule reads one value at one place (a JSON pointer) and says what is wrong with it.
Rule = Callable[[Any, str], Iterator[str]]


def says(message: str, at: str) -> Iterator[str]:
    yield f"{message} [json-pointer:{at}]"


def string(most: int | None = None, least: int = 1) -> Rule:
    def rule(value: Any, at: str) -> Iterator[str]:
        if not isinstance(value, str):
            yield from says("must be a string", at)
        elif len(value) < least:
            yield from says(f"must be more than {least - 1} characters", at)
        elif most is not None and len(value) > most:
            yield from says(f"must be less than {most + 1} characters", at)

    return rule


def whole(least: int, most: int | None = None) -> Rule:
    def rule(value: Any, at: str) -> Iterator[str]:
        if isinstance(value, bool) or not isinstance(value, int):
            yield from says("must be an integer", at)
        elif value < least or (most is not None and value > most):
            yield from says(f"must be between {least} and {most}", at)

    return rule


def flag(value: Any, at: str) -> Iterator[str]:
    if not isinstance(value, bool):
        yield from says("must be a boolean", at)


def one_of(*allowed: str) -> Rule:
    def rule(value: Any, at: str) -> Iterator[str]:
        if value not in allowed:
            yield from says(f"must be one of: {', '.join(allowed)}", at)

    return rule


def many(item: Rule, most: int | None, least: int = 1) -> Rule:
    def rule(value: Any, at: str) -> Iterator[str]:
        if not isinstance(value, list):
            yield from says("must be an array", at)
            return
        if len(value) < least:
            yield from says(f"no fewer than {least} items allowed", at)
        if most is not None and len(value) > most:
            yield from says(f"no more than {most} items allowed", at)
        for index, each in enumerate(value):
            yield from item(each, f"{at}/{index}")

    return rule


def shape(
    required: dict[str, Rule] | None = None, optional: dict[str, Rule] | None = None, *, also: Rule | None = None
) -> Rule:
    """Ask for an object with these keys and no others.

    `also` looks at the whole, once its parts are sound.
    """
    required, optional = required or {}, optional or {}
    known = required | optional

    def rule(value: Any, at: str) -> Iterator[str]:
        if not isinstance(value, dict):
            yield from says("must be an object", at)
            return
        found = list(parts(value, at))
        yield from found
        if also is not None and not found:
            yield from also(value, at)

    def parts(value: Json, at: str) -> Iterator[str]:
        for key in required:
            if key not in value:
                yield from says(f"missing required field: {key}", at)
        for key, each in value.items():
            if key in known:
                yield from known[key](each, f"{at}/{key}")
            elif key != "type":
                yield from says(f"additional property: {key}", f"{at}/{key}")

    return rule


def typed(shapes: dict[str, Rule]) -> Rule:
    """Ask for an object whose `type` says which of these rules it follows."""

    def rule(value: Any, at: str) -> Iterator[str]:
        if not isinstance(value, dict):
            yield from says("must be an object", at)
        elif not isinstance(value.get("type"), str) or value["type"] not in shapes:
            yield from says(f"unsupported type: {value.get('type')}", f"{at}/type")
        else:
            yield from shapes[value["type"]](value, at)

    return rule
