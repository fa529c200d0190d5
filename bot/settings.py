"""Settings, from the environment and `.env`; the environment wins. All mistakes are reported at once."""

import os
from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import MISSING, dataclass, field, fields, replace
from pathlib import Path
from typing import Annotated, Any, Final, Self

from bot.errors import ConfigError
from bot.proxies import Proxies, read_proxies
from bot.readers import addresses, texts, tokens
from bot.readers.env_file import doubtful_names, read_env_file
from bot.readers.tokens import Secret
from bot.words.language import Language

ENV_FILE: Final = Path(".env")

_SLACKS: Final = ("slack_", "host", "port", "audience", "share_externally")
"""How the settings begin that only those need who serve Slack."""

_NO_FILE: Final = "{} is not there: copy .env.example to {}, or name another file with --env-file"
_HIDDEN: Final = " (it comes from the environment, which wins over .env)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Every setting, by its name in `.env` in lower case, with what reads its text. Secrets do not show in its `repr`.

    `given`: the names of those that were set. `warnings`: a line for each thing that may be meant, but is doubtful.
    `env_file`, `people_file`: those that were read. `proxies` come from names that all programs share.
    Without `needs_slack`, Slack's settings are neither needed nor read.
    Loading raises `ConfigError` with a line for each problem. No line, of a problem or a warning, holds a secret.
    """

    slack_bot_token: Annotated[Secret | None, tokens.token("xoxb-", "OAuth & Permissions, Bot User OAuth Token")] = None
    slack_app_token: Annotated[Secret | None, tokens.token("xapp-", "Basic Information, App-Level Tokens")] = None
    slack_signing_secret: Annotated[Secret | None, tokens.signing_secret] = None
    slack_api_url: Annotated[str, addresses.web_api] = "https://slack.com/api/"
    host: Annotated[str, addresses.host] = "127.0.0.1"
    port: Annotated[int, texts.number(int, 1, 65535)] = 3000

    superoffice_url: Annotated[str, addresses.remote]
    superoffice_services: Annotated[int, texts.one_of(86, 87, 88)] = 86
    superoffice_application_token: Annotated[Secret | None, tokens.secret] = None
    superoffice_ticket: Annotated[Secret | None, tokens.secret] = None
    superoffice_username: Annotated[str | None, texts.plain] = None
    superoffice_password: Annotated[Secret | None, tokens.password] = None
    superoffice_timeout_s: Annotated[float, texts.number(float, 0.1, 60)] = 10
    superoffice_topics: Annotated[Mapping[int, str], texts.topics] = field(default_factory=dict)

    bot_language: Annotated[Language, texts.language] = Language.ENGLISH
    audience: Annotated[str, texts.one_of("company", "guests", "everyone")] = "company"
    share_externally: Annotated[bool, texts.boolean] = False
    slack_people: Annotated[Mapping[int, str], texts.people] = field(default_factory=dict)

    presence_fresh_s: Annotated[float, texts.number(float, 0, 3600)] = 5
    presence_stale_s: Annotated[float, texts.number(float, 0, 86400)] = 300
    busy_at: Annotated[int, texts.number(int, 1, 1000)] = 1

    log_level: Annotated[str, texts.one_of("DEBUG", "INFO", "WARNING", "ERROR")] = "INFO"
    log_format: Annotated[str, texts.one_of("text", "json")] = "text"

    given: frozenset[str] = frozenset()
    warnings: tuple[str, ...] = ()
    env_file: Path | None = None
    people_file: Path | None = None
    proxies: Proxies = field(default_factory=Proxies)

    @classmethod
    def load(cls, env_file: Path = ENV_FILE, *, needs_slack: bool = True) -> Self:
        """Settings as they are now. Raises `ConfigError`."""
        ignored = () if needs_slack else _SLACKS
        wanted = [name for name in FIELDS if not name.startswith(ignored)]
        in_file = read_env_file(env_file, FIELDS, ignored)
        in_environment = {name.lower(): text for name, text in os.environ.items() if text and name.lower() in wanted}
        found = in_file.texts | in_environment
        warnings = (*in_file.warnings, *doubtful_names(os.environ, set(wanted) - found.keys()))
        missing = [] if env_file.exists() else [_NO_FILE.format(env_file.absolute(), env_file.name)]
        if missing and not found:  # a first try, to which no setting needs to be named
            raise ConfigError(missing, warnings)
        proxies, unusable = read_proxies(os.environ)
        try:
            settings = cls.read(
                found,
                needs_slack=needs_slack,
                problems=[*in_file.problems, *unusable],
                explained=in_file.explained,
                hidden=in_file.texts.keys() & in_environment.keys(),
            )
        except ConfigError as error:
            raise ConfigError([*missing, *error.problems], warnings) from None
        return replace(
            settings,
            warnings=(*warnings, *proxies.warnings(), *_overridden(in_file.texts, in_environment), *settings.warnings),
            env_file=env_file if env_file.exists() else None,
            people_file=Path(found["slack_people"].strip()) if "slack_people" in found else None,
            proxies=proxies,
        )

    @classmethod
    def read(
        cls,
        found: Mapping[str, str],
        *,
        needs_slack: bool = True,
        problems: Iterable[str] = (),
        explained: AbstractSet[str] = frozenset(),
        hidden: AbstractSet[str] = frozenset(),
    ) -> Self:
        """Settings from their texts, by their names in lower case. Raises `ConfigError`.

        `problems`: those that were found before. `explained`: the settings that are missing because of one of them.
        `hidden`: those that the environment sets, and `.env` too.
        """
        values: dict[str, Any] = {}
        swapped = _swapped(found)
        wrong = [f"{' and '.join(map(str.upper, swapped))} are swapped: exchange their values"] if swapped else []
        for name, setting in FIELDS.items():
            if name in found and name not in swapped:
                hint: Any = setting.type
                (read,) = hint.__metadata__
                try:
                    values[name] = read(texts.clean(found[name]))
                except ValueError as error:
                    wrong.append(f"{name.upper()} {error}{_HIDDEN if name in hidden else ''}")
            elif setting.default is setting.default_factory is MISSING and name not in explained:
                wrong.append(f"{name.upper()} is missing: set it in .env")
        given = found.keys() | explained
        wrong += [*(_of_slack(given) if needs_slack else ()), *_together(given, values)]
        wrong.sort(key=lambda problem: list(FIELDS).index(problem.partition(" ")[0].lower()))
        if wrong := [*problems, *wrong]:
            raise ConfigError(wrong)
        if values.get("share_externally"):
            values.setdefault("audience", "everyone")
        settings = cls(**values, given=frozenset(found))
        return replace(settings, warnings=tuple(_doubtful(settings)))

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


FIELDS: Final = {each.name: each for each in fields(Settings) if hasattr(each.type, "__metadata__")}
"""Every setting as a field, by its name in lower case."""

OLD: Final = frozenset({"share_externally"})
"""Settings that have another name now, and are read for one more version."""


def _swapped(found: Mapping[str, str]) -> tuple[str, ...]:
    """The two tokens of Slack, if each is in the place of the other."""
    names = ("slack_bot_token", "slack_app_token")
    swapped = all(found.get(name, "").startswith(begin) for name, begin in zip(names, ("xapp-", "xoxb-"), strict=True))
    return names if swapped else ()


def _of_slack(given: AbstractSet[str]) -> Iterator[str]:
    """What is missing of Slack's settings."""
    if "slack_bot_token" not in given:
        yield "SLACK_BOT_TOKEN is missing: set it in .env"
    if not given & {"slack_app_token", "slack_signing_secret"}:
        yield "SLACK_APP_TOKEN is missing (for Socket Mode), or SLACK_SIGNING_SECRET (for HTTP): set one of them"


def _together(given: AbstractSet[str], values: Mapping[str, Any]) -> Iterator[str]:
    """Problems between settings."""
    ticket, username, password = (f"superoffice_{name}" in given for name in ("ticket", "username", "password"))
    if ticket and (username or password):
        yield "SUPEROFFICE_TICKET is set together with a user name or password: keep one way in"
    elif username and not password:
        yield "SUPEROFFICE_PASSWORD is missing: SUPEROFFICE_USERNAME needs it"
    elif password and not username:
        yield "SUPEROFFICE_USERNAME is missing: SUPEROFFICE_PASSWORD needs it"
    elif not (ticket or username):
        yield "SUPEROFFICE_USERNAME and SUPEROFFICE_PASSWORD are missing, or SUPEROFFICE_TICKET: set one way in"
    online = f".{addresses.host_of(values.get('superoffice_url', ''))}".endswith(".superoffice.com")
    if online and "superoffice_application_token" not in given:
        yield "SUPEROFFICE_APPLICATION_TOKEN is missing: SuperOffice Online, where SUPEROFFICE_URL leads, needs it"
    fresh_s, stale_s = (values.get(name, FIELDS[name].default) for name in ("presence_fresh_s", "presence_stale_s"))
    if stale_s < fresh_s:
        step = f"set it to {fresh_s:g} or more"
        yield f"PRESENCE_STALE_S ({stale_s:g}) is less than PRESENCE_FRESH_S ({fresh_s:g}): {step}"


def _overridden(in_file: Mapping[str, str], in_environment: Mapping[str, str]) -> Iterator[str]:
    """A warning for each setting that says one thing in `.env`, and another where it counts."""
    for name in FIELDS:
        if name in in_file and in_environment.get(name, in_file[name]) != in_file[name]:
            step = "take it out of one of them"
            yield f"{name.upper()} has another value in the environment, which wins over .env: {step}"


def _doubtful(settings: Settings) -> Iterator[str]:
    """What may be meant, but is doubtful."""
    if addresses.is_unprotected(settings.superoffice_url):
        what = "password" if settings.superoffice_password else "ticket"
        step = "write https:// if SuperOffice answers there"
        yield f"SUPEROFFICE_URL begins with http://, so the {what} crosses the network unprotected: {step}"
    if "share_externally" in settings.given:
        given = "audience" in settings.given
        step = "take it out, as AUDIENCE counts" if given else f"write AUDIENCE={settings.audience} in its place"
        yield f"SHARE_EXTERNALLY is an old name, which the next version will not know: {step}"
    if addresses.is_unprotected(settings.slack_api_url):
        yield "SLACK_API_URL begins with http://, so the tokens cross the network unprotected: write https://"
    if settings.superoffice_password and texts.is_quoted(settings.superoffice_password.value):
        yield "SUPEROFFICE_PASSWORD has quotes that count as a part of it: take them out if they are none"
