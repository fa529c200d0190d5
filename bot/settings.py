"""Settings, from the environment and `.env`; the environment wins. All mistakes are reported at once."""

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, Final, Literal, Self
from urllib.parse import urlsplit

from dotenv import dotenv_values
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ModelWrapValidatorHandler,
    SecretStr,
    ValidationError,
    field_validator,
    model_validator,
)
from pydantic_core import ErrorDetails

from bot.errors import ConfigError
from bot.people import read_people
from bot.words.language import Language

ENV_FILE: Final = Path(".env")

_OUR_PREFIXES: Final = ("SLACK_", "SUPEROFFICE_", "PRESENCE_", "SHARE_")

_RENAMED: Final[Mapping[str, str]] = {"LANGUAGE": "BOT_LANGUAGE"}
"""Names that settings had in earlier versions. They are looked for in `.env` alone: systems set LANGUAGE for all."""


def _topics(value: object) -> object:
    """`1=Billing,2=Returns` as a mapping."""
    if not isinstance(value, str):
        return value
    topics = {}
    for pair in filter(None, map(str.strip, value.split(","))):
        number, _, name = (part.strip() for part in pair.partition("="))
        if not (number.isascii() and number.isdigit() and name):
            raise ValueError(f"{pair!r} is not like 1=Billing; write 1=Billing,2=Returns")
        topics[int(number)] = name
    return topics


def _language(value: object) -> object:
    """A language by its code, as `nb` or `nb_NO`."""
    if not isinstance(value, str):
        return value
    language = Language.of(value)
    if language is None:
        raise ValueError(f"is none of {', '.join(language.value for language in Language)}")
    return language


def _people(value: object) -> object:
    """The people in the file of this name."""
    return read_people(Path(value)) if isinstance(value, str) else value


def _number(value: object) -> object:
    """A whole number, where it is one: a literal type takes no strings."""
    return int(value) if isinstance(value, str) and value.isdecimal() else value


def _starts_with(prefix: str, where: str) -> AfterValidator:
    def check(value: SecretStr) -> SecretStr:
        if not value.get_secret_value().startswith(prefix):
            raise ValueError(f"does not start with {prefix}; find it at api.slack.com/apps, {where}")
        return value

    return AfterValidator(check)


class Settings(BaseModel):
    """Every setting, by its name in `.env` in lower case. Secrets do not show in its `repr`.

    Loading raises `ConfigError` with a line for each problem; a line never holds a secret.
    """

    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)

    slack_bot_token: Annotated[SecretStr, _starts_with("xoxb-", "OAuth & Permissions, Bot User OAuth Token")]
    slack_app_token: Annotated[SecretStr, _starts_with("xapp-", "Basic Information, App-Level Tokens")] | None = None
    slack_signing_secret: SecretStr | None = None
    slack_api_url: str = "https://slack.com/api/"
    host: str = "0.0.0.0"  # noqa: S104  # a container's port is reached from outside it
    port: int = Field(3000, ge=1, le=65535)

    superoffice_url: str
    superoffice_services: Annotated[Literal[86, 87, 88], BeforeValidator(_number)] = 86
    superoffice_application_token: SecretStr | None = None
    superoffice_ticket: SecretStr | None = None
    superoffice_username: str | None = None
    superoffice_password: SecretStr | None = None
    superoffice_timeout_s: float = Field(10, gt=0, le=60)
    superoffice_topics: Annotated[dict[int, str], BeforeValidator(_topics)] = {}

    bot_language: Annotated[Language, BeforeValidator(_language)] = Language.ENGLISH
    share_externally: bool = False
    slack_people: Annotated[dict[int, str], BeforeValidator(_people)] = {}

    presence_fresh_s: float = Field(5, ge=0, le=3600)
    presence_stale_s: float = Field(300, ge=0, le=86400)
    busy_at: int = Field(1, ge=1, le=1000)

    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    log_format: Literal["text", "json"] = "text"

    @classmethod
    def load(cls, env_file: Path = ENV_FILE) -> Self:
        """Settings as they are now. Raises `ConfigError`."""
        try:
            in_file = dotenv_values(env_file)
        except UnicodeDecodeError:
            raise ConfigError([f"{env_file} is not written in UTF-8"]) from None
        problems = [problem for name in in_file for problem in _wrong_name(name)]
        values = {
            name.lower(): value
            for source in (in_file, os.environ)
            for name, value in source.items()
            if value and name.lower() in cls.model_fields
        }
        try:
            settings = cls.model_validate(values)
        except ConfigError as error:
            missing = [] if env_file.is_file() else [f"{env_file.absolute()} is not there"]
            raise ConfigError([*missing, *problems, *error.problems]) from None
        if problems:
            raise ConfigError(problems)
        return settings

    @property
    def uses_socket_mode(self) -> bool:
        """Whether Slack's requests come over a WebSocket that we open, rather than over HTTP."""
        return self.slack_app_token is not None

    @property
    def serves_http(self) -> bool:
        """Whether to listen on `port`: always for HTTP, in Socket Mode only where PORT was set."""
        return not self.uses_socket_mode or "port" in self.model_fields_set

    def secrets(self) -> tuple[str, ...]:
        """Every secret among the settings, for the log to leave out."""
        values = (getattr(self, name) for name in type(self).model_fields)
        return tuple(value.get_secret_value() for value in values if isinstance(value, SecretStr))

    @field_validator("slack_api_url", "superoffice_url")
    @classmethod
    def _address(cls, value: str) -> str:
        parts = urlsplit(value)
        if parts.scheme not in {"http", "https"} or not parts.hostname or "@" in parts.netloc or parts.query:
            raise ValueError("is not a web address like https://crm.example.com/SuperOffice/Remote")
        return value

    @field_validator("superoffice_url")
    @classmethod
    def _up_to_remote(cls, value: str) -> str:
        if not value.rstrip("/").lower().endswith("/remote"):
            raise ValueError("does not end with /Remote, as in https://crm.example.com/SuperOffice/Remote")
        return value.rstrip("/")

    @model_validator(mode="wrap")
    @classmethod
    def _everything_at_once(cls, data: Any, handler: ModelWrapValidatorHandler[Self]) -> Self:
        """Problems of single settings and of settings together, in one error."""
        try:
            settings = handler(data)
        except ValidationError as error:
            problems = [_line(problem) for problem in error.errors(include_url=False)]
            raise ConfigError([*problems, *_together(data)]) from None
        if problems := list(_together(data)):
            raise ConfigError(problems)
        return settings


def _wrong_name(name: str) -> Iterator[str]:
    """What is wrong with a name in the file, if it is an old one of ours, or looks like one of ours."""
    if new_name := _RENAMED.get(name.upper()):
        yield f"{name} is called {new_name} now"
    elif name.startswith(_OUR_PREFIXES) and name.lower() not in Settings.model_fields:
        yield f"{name} is no setting: see .env.example for their names"


def _together(data: dict[str, Any]) -> Iterator[str]:
    """Problems that no single setting has."""
    if not (data.get("slack_app_token") or data.get("slack_signing_secret")):
        yield "SLACK_APP_TOKEN is missing (for Socket Mode), or SLACK_SIGNING_SECRET (for HTTP): set one of them"
    ticket, username, password = (data.get(f"superoffice_{name}") for name in ("ticket", "username", "password"))
    if ticket and (username or password):
        yield "SUPEROFFICE_TICKET is set together with a user name or password: keep one way in"
    elif username and not password:
        yield "SUPEROFFICE_PASSWORD is missing: SUPEROFFICE_USERNAME needs it"
    elif password and not username:
        yield "SUPEROFFICE_USERNAME is missing: SUPEROFFICE_PASSWORD needs it"
    elif not (ticket or username):
        yield "SUPEROFFICE_USERNAME and SUPEROFFICE_PASSWORD are missing, or SUPEROFFICE_TICKET: set one way in"


def _line(problem: ErrorDetails) -> str:
    """One problem in one line, by the setting's name in .env."""
    field = str(problem["loc"][0])
    name = field.upper()
    if problem["type"] == "missing":
        return f"{name} is missing: set it in .env"
    said = problem["msg"].removeprefix("Value error, ")
    if problem["type"] == "value_error":
        return f"{name} {said}"
    return f"{name} is wrong: {said[:1].lower()}{said[1:]}"
