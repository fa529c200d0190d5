"""`.env.example`, the README and Settings are one list."""

import re
from pathlib import Path

import pytest

from bot.settings import Settings
from bot.words.language import Language

ROOT = Path(__file__).parent.parent


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


def test_names() -> None:
    """The example has every setting, and no other."""
    assert {name.lower() for name in _example()} == set(Settings.model_fields)


def test_readme() -> None:
    """The README's table has every setting, and no other, each with its default."""
    table = (ROOT / "README.md").read_text().partition("## Settings")[2].partition("\n## ")[0]
    shown: dict[str, str] = {}
    for names, default in re.findall(r"^\| (`[A-Z_`, ]+) \|.*\| (.*?) ?\|$", table, re.MULTILINE):
        values = [value.strip("`") for value in default.split(", ")]
        shown |= zip(re.findall(r"`([A-Z_]+)`", names), values * 2, strict=False)

    assert {name.lower() for name in shown} == set(Settings.model_fields)
    for name, field in Settings.model_fields.items():
        expected = "required" if field.is_required() else _written(field.default) if field.default else ""
        assert shown[name.upper()] == ("false" if field.default is False else expected)


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
