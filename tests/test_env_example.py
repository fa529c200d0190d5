"""`.env.example`, the README and Settings are one list."""

import re
from dataclasses import MISSING
from pathlib import Path

import pytest

from bot import settings
from bot.errors import ConfigError
from bot.settings import OLD, Settings
from bot.words.language import Language

ROOT = Path(__file__).parent.parent
FIELDS = {name: setting for name, setting in settings.FIELDS.items() if name not in OLD}


with pytest.raises(ConfigError) as _caught:
    Settings.read({})
_MISSING = _caught.value.problems
"""What is said to somebody who sets nothing."""


def _example() -> dict[str, tuple[bool, str]]:
    """Each setting of the example: whether it is commented out, and its value."""
    found = re.findall(r"^(#?)([A-Z][A-Z0-9_]+)=(.*)$", (ROOT / ".env.example").read_text(), re.MULTILINE)
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


def _default(name: str) -> object:
    """The default of a setting; MISSING if it is required."""
    field = FIELDS[name]
    if f"{name.upper()} is missing: set it in .env" in _MISSING:
        return MISSING
    return field.default if field.default_factory is MISSING else field.default_factory()


def test_names() -> None:
    """The example has every setting, and no other."""
    assert {name.lower() for name in _example()} == set(FIELDS)


def test_readme() -> None:
    """The README's table has every setting, and no other, each with its default."""
    table = (ROOT / "README.md").read_text().partition("## Settings")[2].partition("\n## ")[0]
    shown: dict[str, str] = {}
    for names, default in re.findall(r"^\| (`[A-Z_`, ]+) \|.*\| (.*?) ?\|$", table, re.MULTILINE):
        values = [value.strip("`") for value in default.split(", ")]
        shown |= zip(re.findall(r"`([A-Z_]+)`", names), values * 2, strict=False)

    assert {name.lower() for name in shown} == set(FIELDS)
    for name in FIELDS:
        default = _default(name)
        expected = "required" if default is MISSING else _written(default) if default else ""
        assert shown[name.upper()] == ("false" if default is False else expected)


@pytest.mark.parametrize("name", sorted(FIELDS))
def test_defaults(name: str) -> None:
    """A commented setting shows its default, and a required one is not commented."""
    hidden, value = _example()[name.upper()]
    default = _default(name)
    if default is MISSING:
        assert not hidden
    if hidden and default not in (None, {}):
        assert value == _written(default)
    if not value:
        assert default is MISSING or default in (None, {})
