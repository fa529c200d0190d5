"""Settings, from the environment and `.env`; the environment wins. All mistakes are reported at once."""

import os
import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import MISSING, dataclass, field, fields, replace
from pathlib import Path
from typing import Annotated, Any, Final, Self
from urllib.parse import urlsplit

from dotenv import dotenv_values

from bot.errors import ConfigError
from bot.people import read_people
from bot.proxies import Proxies, read_proxies
from bot.words.language import Language

ENV_FILE: Final = Path(".env")

_RENAMED: Final[Mapping[str, str]] = {"LANGUAGE": "BOT_LANGUAGE"}
"""Old names of settings. Only `.env` is searched for them, because many systems set LANGUAGE in the environment."""

_NAME: Final = re.compile("[A-Z0-9_]+")
_TOPIC_ID: Final = re.compile("[0-9]{1,10}")

_TRUE: Final = frozenset({"true", "t", "yes", "y", "on", "1"})
_FALSE: Final = frozenset({"false", "f", "no", "n", "off", "0"})


class Secret:
    """A secret, which does not show in its `repr`. No dataclass, because `asdict` would take it apart."""

    def __init__(self, value: str) -> None:
        self.value = value

    def __repr__(self) -> str:
        return "Secret()"


# What follows reads a setting's text. Each raises `ValueError`, which says what is wrong, in words that go after the
# setting's name and never hold a secret.


def _clean(text: str) -> str:
    """The text without the line break at its end, which files of secrets have."""
    text = text.rstrip("\r\n")
    if any(unicodedata.category(character) in {"Cc", "Cs"} for character in text):
        raise ValueError("holds a control character; in .env, write the value in single quotes")
    return text


def _secret(prefix: str, where: str) -> Callable[[str], Secret]:
    def read(text: str) -> Secret:
        if not text.startswith(prefix):
            raise ValueError(f"does not start with {prefix}; find it at api.slack.com/apps, {where}")
        return Secret(text)

    return read


def _address(text: str) -> str:
    with suppress(ValueError):  # its text would quote the address, which may hold a password
        parts = urlsplit(text)
        if parts.scheme in {"http", "https"} and parts.hostname and "@" not in parts.netloc and not parts.query:
            return text
    raise ValueError("is not a web address like https://crm.example.com/SuperOffice/Remote")


def _remote(text: str) -> str:
    address = _address(text).rstrip("/")
    if not address.lower().endswith("/remote"):
        raise ValueError("does not end with /Remote, as in https://crm.example.com/SuperOffice/Remote")
    return address


def _one_of(*choices: object) -> Callable[[str], object]:
    by_text = {str(choice): choice for choice in choices}

    def read(text: str) -> object:
        if text not in by_text:
            raise ValueError(f"must be one of {', '.join(by_text)}")
        return by_text[text]

    return read


def _number(kind: type[int] | type[float], least: float, most: float) -> Callable[[str], float]:
    def read(text: str) -> float:
        with suppress(ValueError):
            number = kind(text.encode("ascii"))  # not in the digits of other scripts
            if least <= number <= most:  # which "nan" is not
                return number
        raise ValueError(f"must be a {'whole ' if kind is int else ''}number from {least:g} to {most:g}")

    return read


def _boolean(text: str) -> bool:
    if text.lower() not in _TRUE | _FALSE:
        raise ValueError("must be true or false")
    return text.lower() in _TRUE


def _topics(text: str) -> dict[int, str]:
    """`1=Billing,2=Returns` as a mapping."""
    topics = {}
    for pair in filter(None, map(str.strip, text.split(","))):
        number, _, name = (part.strip() for part in pair.partition("="))
        if not (_TOPIC_ID.fullmatch(number) and int(number) < 2**31 and name):
            raise ValueError(f"{pair[:80]!r} is not like 1=Billing; write 1=Billing,2=Returns")
        topics[int(number)] = name
    return topics


def _language(text: str) -> Language:
    """A language by its code, as `nb` or `nb_NO`."""
    language = Language.of(text)
    if language is None:
        raise ValueError(f"must be one of {', '.join(language.value for language in Language)}")
    return language


def _people(text: str) -> dict[int, str]:
    return read_people(Path(text))


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Every setting, by its name in `.env` in lower case, with what reads its text. Secrets do not show in its `repr`.

    `given`: the names of those that were set. `proxies` come from variables that all programs share. Loading raises
    `ConfigError` with a line for each problem; a line never holds a secret.
    """

    slack_bot_token: Annotated[Secret, _secret("xoxb-", "OAuth & Permissions, Bot User OAuth Token")]
    slack_app_token: Annotated[Secret | None, _secret("xapp-", "Basic Information, App-Level Tokens")] = None
    slack_signing_secret: Annotated[Secret | None, Secret] = None
    slack_api_url: Annotated[str, _address] = "https://slack.com/api/"
    host: Annotated[str, str] = "0.0.0.0"  # noqa: S104  # a container's port is reached from outside it
    port: Annotated[int, _number(int, 1, 65535)] = 3000

    superoffice_url: Annotated[str, _remote]
    superoffice_services: Annotated[int, _one_of(86, 87, 88)] = 86
    superoffice_application_token: Annotated[Secret | None, Secret] = None
    superoffice_ticket: Annotated[Secret | None, Secret] = None
    superoffice_username: Annotated[str | None, str] = None
    superoffice_password: Annotated[Secret | None, Secret] = None
    superoffice_timeout_s: Annotated[float, _number(float, 0.1, 60)] = 10
    superoffice_topics: Annotated[Mapping[int, str], _topics] = field(default_factory=dict)

    bot_language: Annotated[Language, _language] = Language.ENGLISH
    share_externally: Annotated[bool, _boolean] = False
    slack_people: Annotated[Mapping[int, str], _people] = field(default_factory=dict)

    presence_fresh_s: Annotated[float, _number(float, 0, 3600)] = 5
    presence_stale_s: Annotated[float, _number(float, 0, 86400)] = 300
    busy_at: Annotated[int, _number(int, 1, 1000)] = 1

    log_level: Annotated[str, _one_of("DEBUG", "INFO", "WARNING", "ERROR")] = "INFO"
    log_format: Annotated[str, _one_of("text", "json")] = "text"

    given: frozenset[str] = frozenset()
    proxies: Proxies = field(default_factory=Proxies)

    @classmethod
    def load(cls, env_file: Path = ENV_FILE) -> Self:
        """Settings as they are now. Raises `ConfigError`."""
        try:
            in_file = dotenv_values(env_file, interpolate=False)  # a password may hold ${
        except UnicodeDecodeError:
            raise ConfigError([f"{env_file} is not written in UTF-8"]) from None
        problems = [problem for name, value in in_file.items() for problem in _wrong_name(name, value)]
        values = {
            name.lower(): value
            for source in (in_file, os.environ)
            for name, value in source.items()
            if value and name.lower() in FIELDS
        }
        try:
            proxies = read_proxies(in_file, os.environ)
        except ConfigError as error:
            proxies = Proxies()
            problems += error.problems
        try:
            settings = replace(cls.read(values), proxies=proxies)
        except ConfigError as error:
            missing = [] if env_file.is_file() else [f"{env_file.absolute()} is not there"]
            raise ConfigError([*missing, *problems, *error.problems]) from None
        if problems:
            raise ConfigError(problems)
        return settings

    @classmethod
    def read(cls, texts: Mapping[str, str]) -> Self:
        """Settings from their texts, by their names in lower case. Raises `ConfigError`."""
        values: dict[str, Any] = {}
        problems = []
        for name, setting in FIELDS.items():
            if name in texts:
                hint: Any = setting.type
                (read,) = hint.__metadata__
                try:
                    values[name] = read(_clean(texts[name]))
                except ValueError as error:
                    problems.append(f"{name.upper()} {error}")
            elif setting.default is setting.default_factory is MISSING:
                problems.append(f"{name.upper()} is missing: set it in .env")
        problems += _together(texts)
        if problems:
            raise ConfigError(problems)
        return cls(**values, given=frozenset(texts))

    @property
    def uses_socket_mode(self) -> bool:
        """Whether Slack's requests come over a WebSocket that we open, rather than over HTTP."""
        return self.slack_app_token is not None

    @property
    def serves_http(self) -> bool:
        """Whether to listen on `port`: always for HTTP, in Socket Mode only if PORT was set."""
        return not self.uses_socket_mode or "port" in self.given

    def secrets(self) -> tuple[str, ...]:
        """Every secret among the settings, for the log to leave out."""
        values = (getattr(self, name) for name in FIELDS)
        own = tuple(value.value for value in values if isinstance(value, Secret))
        return own + self.proxies.secrets()


FIELDS: Final = {each.name: each for each in fields(Settings) if each.name not in {"given", "proxies"}}
"""Every setting as a field, by its name in lower case."""


_OUR_PREFIXES: Final = tuple({f"{name.partition('_')[0].upper()}_" for name in FIELDS if "_" in name})


def _wrong_name(name: str, value: str | None) -> Iterator[str]:
    """What is wrong with a name in `.env` that was renamed, or that only looks like a setting."""
    if new_name := _RENAMED.get(name.upper()):
        yield f"{name} is called {new_name} now"
    elif name.startswith(_OUR_PREFIXES) and name.lower() not in FIELDS:
        begun = max((setting.upper() for setting in FIELDS if name.startswith(setting.upper())), key=len, default="")
        if begun and (value is None or not _NAME.fullmatch(name)):  # what follows may be a secret
            yield f"The line that begins with {begun} needs a “=” right after that name"
        else:
            yield f"{re.split('[^A-Z0-9_]', name)[0]} is no setting: see .env.example for their names"


def _together(texts: Mapping[str, str]) -> Iterator[str]:
    """Problems between settings."""
    if not ("slack_app_token" in texts or "slack_signing_secret" in texts):
        yield "SLACK_APP_TOKEN is missing (for Socket Mode), or SLACK_SIGNING_SECRET (for HTTP): set one of them"
    ticket, username, password = (f"superoffice_{name}" in texts for name in ("ticket", "username", "password"))
    if ticket and (username or password):
        yield "SUPEROFFICE_TICKET is set together with a user name or password: keep one way in"
    elif username and not password:
        yield "SUPEROFFICE_PASSWORD is missing: SUPEROFFICE_USERNAME needs it"
    elif password and not username:
        yield "SUPEROFFICE_USERNAME is missing: SUPEROFFICE_PASSWORD needs it"
    elif not (ticket or username):
        yield "SUPEROFFICE_USERNAME and SUPEROFFICE_PASSWORD are missing, or SUPEROFFICE_TICKET: set one way in"
