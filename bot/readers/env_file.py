"""The file with the settings, `.env`: what it says, and what is wrong with it before any value is read."""

import difflib
import io
import os
import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from dotenv.parser import Binding, parse_stream

from bot.errors import ConfigError
from bot.files import read_text

_RENAMED: Final[Mapping[str, str]] = {"LANGUAGE": "BOT_LANGUAGE"}
"""Old names of settings. Only the file is searched for them, because many systems set LANGUAGE in the environment."""

_ENVIRONMENT_ONLY: Final = frozenset(
    {"SSL_CERT_FILE", "SSL_CERT_DIR", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"}
)
"""Names that libraries look for in the environment. In the file they do nothing."""

_PLAIN_NAME: Final = re.compile(r"[A-Za-z0-9_.-]+")

_ALIKE: Final = 0.85
"""How alike a name and a setting are, from 0 to 1, if one is meant for the other."""

_ALIKE_WITH_PREFIX: Final = 0.8
"""The same for a name that begins as our settings do, so that it is hardly another program's."""


@dataclass(slots=True)
class EnvFile:
    """What a file says: the texts of settings by their names in lower case, and what is wrong or doubtful about them.

    `explained` names the settings that a problem is about, so that they need not be called missing too.
    """

    texts: dict[str, str] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    explained: set[str] = field(default_factory=set)


def read_env_file(path: Path, settings: Collection[str], ignored: tuple[str, ...] = ()) -> EnvFile:
    """Read a file, in which these settings may be. Lines that begin with what is `ignored` say nothing.

    A missing file is empty.

    Raises `ConfigError` if it cannot be read, or is no text.
    """
    found = EnvFile()
    lines = defaultdict(list)
    for statement in parse_stream(io.StringIO(_text(path))):
        name = (statement.key or "").lower()
        if ignored and name.startswith(ignored):
            continue
        if name in settings and statement.value is not None and "\n" not in statement.original.string.strip():
            if statement.value:
                found.texts[name] = statement.value
                lines[name].append(str(_line(statement)))
            if name == "superoffice_password" and _is_cut(statement):
                step = "if that belongs to it, write it in single quotes"
                found.warnings.append(
                    f"{name.upper()} ends before the “ #” in line {_line(statement)} of {path}: {step}"
                )
        elif statement.error or statement.key is not None:
            _judge(found, statement, path, settings)
    for name, several in lines.items():
        if len(several) > 1:
            found.problems.append(
                f"{name.upper()} is set in the lines {', '.join(several)} of {path}: keep one of them"
            )
    return found


def doubtful_names(environment: Iterable[str], unset: Collection[str]) -> Iterator[str]:
    """A warning for each name in the environment that seems to mean one of these settings, which are not set.

    Other programs have names there too. One that is like a setting which is set is theirs.
    """
    with_two_words = [setting for setting in unset if "_" in setting]  # much is like HOST and PORT
    for name in sorted(environment):
        if name.isascii() and name.lower() not in unset and (meant := _meant_by(name.lower(), with_two_words, _ALIKE)):
            yield f"{name} in the environment is no setting: did you mean {meant.upper()}?"


def _meant_by(name: str, settings: Collection[str], alike: float) -> str:
    """The setting that a name seems to mean, both in lower case; "" if there is none."""
    begun = [each for each in settings if "_" in name and each.startswith(name)]
    if len(begun) == 1:  # USER is for USERNAME, although URL is more like it
        return begun[0]
    # Few mistype the first letter, and comparing takes time where an environment has many names.
    near = difflib.get_close_matches(name, [each for each in settings if each[0] == name[0]], 1, alike)
    return near[0] if near else ""


def _text(path: Path) -> str:
    try:
        return read_text(path)
    except FileNotFoundError:
        return ""
    except IsADirectoryError:  # Docker makes one where a file to mount is missing
        step = "put a file in its place, a copy of .env.example"
        raise ConfigError([f"{path.absolute()} is a folder: {step}"]) from None
    except ValueError as error:
        raise ConfigError([f"{path.absolute()} {error}"]) from None


def _line(statement: Binding) -> int:
    """The number of its line; the parser counts from the empty lines before it."""
    text = statement.original.string
    return statement.original.line + text[: len(text) - len(text.lstrip())].count("\n")


def _is_cut(statement: Binding) -> bool:
    """Whether a value without quotes ends where a comment seems to begin."""
    value = statement.original.string.partition("=")[2]
    return not value.lstrip().startswith(("'", '"')) and re.search(r"\s#", value) is not None


def _judge(found: EnvFile, statement: Binding, path: Path, settings: Collection[str]) -> None:
    """Say what is wrong with a line that sets no setting, without what may be a secret in it."""
    line, key = f"line {_line(statement)} of {path}", statement.key or ""
    name = key.lower()
    string = statement.original.string
    begun = _setting_in(string, settings)
    goes_on = name.removeprefix(begun) if begun else ""
    if new_name := _RENAMED.get(name.upper()):
        found.problems.append(f"{key} is called {new_name} now: rename it in {line}")
    elif (statement.error or "\n" in string.strip()) and re.search("=\\s*['\"]", string):
        swallowed = re.findall(r"(?m)^\s*(\w+)\s*=", string)
        found.explained.update([begun, *(each.lower() for each in swallowed)])
        said = f"the quote of {begun.upper()}" if begun else "a quote"
        step = "write a quote inside single quotes as \\'"
        found.problems.append(f"In {line}, {said} is not closed, or something follows it: {step}")
    elif statement.value is None or not _PLAIN_NAME.fullmatch(name) or not re.fullmatch("(_[a-z]+)*", goes_on):
        found.explained.add(begun)
        step = f"write {begun.upper()}=…" if begun else "correct it, join it to the line before, or put a # before it"
        found.problems.append(f"{line.capitalize()} is not like NAME=value: {step}")
    elif name.upper() in _ENVIRONMENT_ONLY:
        if not {name, name.upper()} & os.environ.keys():
            step = "set it where the bot is started"
            found.problems.append(f"{key} counts in the environment only, not in {line}: {step}")
    else:
        ours = name.startswith(tuple({f"{setting.partition('_')[0]}_" for setting in settings if "_" in setting}))
        meant = _meant_by(name, settings, _ALIKE_WITH_PREFIX if ours else _ALIKE)
        if ours or meant:
            found.explained.add(meant)
            shown = key if key in {name, name.upper()} else "The name"  # the end of another may be a secret
            step = f"did you mean {meant.upper()}?" if meant else "see .env.example for their names"
            found.problems.append(f"{shown} in {line} is no setting: {step}")


def _setting_in(text: str, settings: Collection[str]) -> str:
    """The setting whose name a line has before its first “=”; "" if there is none."""
    before = text.partition("=")[0].lower()
    # HOST and PORT are also the beginnings of other names.
    named = [
        each for each in settings if re.search(rf"(?<![a-z0-9_]){each}{'' if '_' in each else '(?![a-z0-9_])'}", before)
    ]
    return max(named, key=len, default="")
