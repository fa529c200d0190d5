"""`.env.example` and Settings are one list."""

import re
from pathlib import Path

import pytest

from bot.languages import Language
from bot.settings import Settings

EXAMPLE = Path(__file__).parent.parent / ".env.example"


def _example() -> dict[str, tuple[bool, str]]:
    """Each setting of the example: whether it is commented out, and its value."""
    found = re.findall(r"^(#?)([A-Z][A-Z0-9_]+)=(.*)$", EXAMPLE.read_text(), re.MULTILINE)
    return {name: (bool(hidden), value) for hidden, name, value in found}


def _written(default: object) -> str:
    match default:
        case bool():
            return str(default).lower()
        case float():
            return f"{default:g}"
        case Language():
            return default.value
        case _:
            return str(default)


def test_names() -> None:
    """The example has every setting, and no other."""
    assert {name.lower() for name in _example()} == set(Settings.model_fields)


@pytest.mark.parametrize("name", sorted(Settings.model_fields))
def test_defaults(name: str) -> None:
    """A commented setting shows its default, and a required one is not commented."""
    hidden, value = _example()[name.upper()]
    field = Settings.model_fields[name]
    if field.is_required():
        assert not hidden
    if hidden and field.default not in (None, {}):
        assert value == _written(field.default)
    if not value:
        assert field.is_required() or field.default in (None, {})
