"""Settings: all that is wrong at once, by name, and no secret in what is said."""

from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

import pytest

from bot.errors import ConfigError
from bot.settings import FIELDS, Settings
from bot.words.language import Language

GOOD = {
    "SLACK_BOT_TOKEN": "xoxb-1-secret",
    "SLACK_APP_TOKEN": "xapp-1-secret",
    "SUPEROFFICE_URL": "https://crm.example.com/SuperOffice/Remote",
    "SUPEROFFICE_USERNAME": "who",
    "SUPEROFFICE_PASSWORD": "hunter2",
}

Load = Callable[..., Settings]


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in FIELDS:
        monkeypatch.delenv(name.upper(), raising=False)


@pytest.fixture
def load(tmp_path: Path) -> Load:
    """Settings from an .env file: the good ones, changed; None leaves a setting out."""

    def load(**changed: str | None) -> Settings:
        settings = {name: value for name, value in (GOOD | changed).items() if value is not None}
        env_file = tmp_path / ".env"
        env_file.write_text("".join(f"{name}={value}\n" for name, value in settings.items()))
        return Settings.load(env_file)

    return load


def _problems(load: Load, **changed: str | None) -> tuple[str, ...]:
    with pytest.raises(ConfigError) as caught:
        load(**changed)
    return caught.value.problems


@pytest.mark.parametrize(
    ("changed", "read"),
    [
        ({}, {"uses_socket_mode": True, "serves_http": False, "superoffice_services": 86, "presence_fresh_s": 5}),
        ({}, {"audience": "company", "bot_language": Language.ENGLISH, "slack_people": {}}),
        ({"PORT": "3000"}, {"uses_socket_mode": True, "serves_http": True}),
        ({"SLACK_APP_TOKEN": None, "SLACK_SIGNING_SECRET": "s"}, {"uses_socket_mode": False, "serves_http": True}),
        ({"SUPEROFFICE_TOPICS": "1=Billing, 2 = R & co,"}, {"superoffice_topics": {1: "Billing", 2: "R & co"}}),
        ({"BOT_LANGUAGE": "nb"}, {"bot_language": Language.NORWEGIAN}),
        ({"BOT_LANGUAGE": "de_DE.UTF-8"}, {"bot_language": Language.GERMAN}),
        ({"AUDIENCE": "guests"}, {"audience": "guests"}),
    ],
)
def test_what_is_read(
    load: Load, monkeypatch: pytest.MonkeyPatch, changed: dict[str, str | None], read: dict[str, object]
) -> None:
    """The least that is needed is enough, and the rest has defaults: nothing is shared with outsiders unless told.

    LANGUAGE in the environment is what systems set for all programs: it is ignored.
    """
    monkeypatch.setenv("LANGUAGE", "de:fr")
    settings = load(**changed)
    assert {name: getattr(settings, name) for name in read} == read


@pytest.mark.parametrize(("in_file", "in_environment"), [("BUSY_AT", "busy_at"), ("busy_at", "BUSY_AT")])
def test_environment_wins(load: Load, monkeypatch: pytest.MonkeyPatch, in_file: str, in_environment: str) -> None:
    """The environment wins over the file, however names are spelt in either."""
    assert load(**{in_file: "2"}).busy_at == 2
    monkeypatch.setenv(in_environment, "3")
    assert load(**{in_file: "2"}).busy_at == 3


def test_empty_is_unset(load: Load, monkeypatch: pytest.MonkeyPatch) -> None:
    """A setting left empty counts as missing, in the environment too, where it hides nothing of the file."""
    assert load(PORT="", SUPEROFFICE_TICKET="").port == 3000
    monkeypatch.setenv("BUSY_AT", "")
    assert load(BUSY_AT="2").busy_at == 2
    assert _problems(load, SUPEROFFICE_URL="") == ("SUPEROFFICE_URL is missing: set it in .env",)


@pytest.mark.parametrize(
    ("written", "password"),
    [
        ("'pa$$word #1'", "pa$$word #1"),
        ("'pa${HOME}word'", "pa${HOME}word"),
        ("pa${HOME}word", "pa${HOME}word"),
        ("'it\\'s'", "it's"),
    ],
)
def test_a_value_is_what_is_written(load: Load, written: str, password: str) -> None:
    """No value refers to another name: a password may hold ${, and a changed password could lock an account."""
    settings = load(SUPEROFFICE_PASSWORD=written)
    assert settings.superoffice_password is not None
    assert settings.superoffice_password.value == password


@pytest.mark.parametrize("written", ['"CORP\\brian"', '"CORP\\nils"', "who\x7f"])
def test_a_control_character_is_a_problem(load: Load, written: str) -> None:
    """Escapes in double quotes make control characters, which neither XML nor HTTP can carry."""
    (problem,) = _problems(load, SUPEROFFICE_USERNAME=written)
    assert problem.startswith("SUPEROFFICE_USERNAME holds a control character")


def test_a_line_break_at_the_end_is_left_out(load: Load, monkeypatch: pytest.MonkeyPatch) -> None:
    """A secret that comes from a file often ends in a line break, which is not a part of it."""
    monkeypatch.setenv("SLACK_APP_TOKEN", "xapp-1\n")
    token = load().slack_app_token
    assert token is not None
    assert token.value == "xapp-1"


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("SUPEROFFICE_PASSWORD:hunter2", "The line that begins with SUPEROFFICE_PASSWORD needs a “=”"),
        ("SUPEROFFICE_TICKET7T:hunter2==", "The line that begins with SUPEROFFICE_TICKET needs a “=”"),
        ("SUPEROFFICE_TOKENhunter2", "SUPEROFFICE_TOKEN is no setting"),
    ],
)
def test_a_broken_line_is_told_without_what_follows(tmp_path: Path, line: str, problem: str) -> None:
    """A line of .env without its “=” is named by the setting that it begins with: the rest may be a secret."""
    env_file = tmp_path / ".env"
    env_file.write_text("".join(f"{name}={value}\n" for name, value in GOOD.items()) + line + "\n")
    with pytest.raises(ConfigError) as caught:
        Settings.load(env_file)
    assert any(told.startswith(problem) for told in caught.value.problems)
    assert "hunter2" not in str(caught.value)


def test_all_at_once(load: Load) -> None:
    """Every problem is told in one go, each by the name of its setting."""
    wrong: dict[str, str | None] = {"SUPEROFFICE_URL": "crm", "PORT": "x", "SUPEROFFICE_TOPICS": "1=A,B"}
    wrong |= dict.fromkeys(("SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "SUPEROFFICE_PASSWORD"))
    assert sorted(problem.split()[0] for problem in _problems(load, **wrong)) == sorted(wrong)


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("SLACK_BOT_TOKEN", "hunter2-bot", "xoxb-"),
        ("SLACK_APP_TOKEN", "hunter2-app", "xapp-"),
        ("SUPEROFFICE_URL", "crm.example.com/Remote", "web address"),
        ("SUPEROFFICE_URL", "https://hunter2:hunter2@crm.example.com/Remote", "web address"),
        ("SUPEROFFICE_URL", "https://[hunter2]/Remote", "web address"),
        ("SUPEROFFICE_URL", "https://crm.example.com/", "/Remote"),
        ("SUPEROFFICE_URL", "https://crm.example.com/Remote/Services86/Chat.svc", "/Remote"),
        ("SUPEROFFICE_SERVICES", "85", "86, 87, 88"),
        ("SUPEROFFICE_SERVICES", "x", "86, 87, 88"),
        ("SUPEROFFICE_TIMEOUT_S", "0", "a number from 0.1 to 60"),
        ("SUPEROFFICE_TOPICS", "Billing", "1=Billing"),
        ("SUPEROFFICE_TOPICS", "2147483648=Billing", "1=Billing"),
        ("PRESENCE_FRESH_S", "-1", "a number from 0 to 3600"),
        ("BUSY_AT", "0", "a whole number from 1 to 1000"),
        ("PORT", "65536", "a whole number from 1 to 65535"),
        ("PORT", "٣", "a whole number"),
        ("PRESENCE_STALE_S", "nan", "a number from 0 to 86400"),
        ("SUPEROFFICE_TIMEOUT_S", "x", "a number from"),
        ("LOG_LEVEL", "LOUD", "DEBUG, INFO"),
        ("LOG_FORMAT", "xml", "text, json"),
        ("BOT_LANGUAGE", "fr", "must be one of en, nb, sv, da, nl, de"),
        ("SHARE_EXTERNALLY", "perhaps", "true"),
        ("LANGUAGE", "nb", "is called BOT_LANGUAGE now"),
        ("language", "nb", "is called BOT_LANGUAGE now"),
    ],
)
def test_malformed(load: Load, name: str, value: str, said: str) -> None:
    """A malformed setting is named with what it should be; a secret's value is not told."""
    (problem,) = _problems(load, **{name: value})
    assert problem.startswith(f"{name} ")
    assert said in problem
    assert "hunter2" not in problem


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"SUPEROFFICE_USERNAME": None, "SUPEROFFICE_PASSWORD": None}, "set one way in"),
        ({"SUPEROFFICE_USERNAME": None}, "SUPEROFFICE_USERNAME is missing"),
        ({"SUPEROFFICE_PASSWORD": None}, "SUPEROFFICE_PASSWORD is missing"),
        ({"SUPEROFFICE_TICKET": "7T:hunter2"}, "keep one way in"),
        ({"SLACK_APP_TOKEN": None}, "SLACK_SIGNING_SECRET"),
    ],
)
def test_together(load: Load, changed: dict[str, str | None], said: str) -> None:
    """Settings that only make sense together are checked together."""
    (problem,) = _problems(load, **changed)
    assert said in problem


def test_no_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Where there is no file, that is said first if something is missing; the environment alone is enough."""
    with pytest.raises(ConfigError) as caught:
        Settings.load(tmp_path / "nowhere" / ".env")
    assert caught.value.problems[0] == f"{tmp_path}/nowhere/.env is not there"
    for name, value in GOOD.items():
        monkeypatch.setenv(name, value)
    assert Settings.load(tmp_path / "nowhere" / ".env").superoffice_username == "who"


def test_not_utf8(tmp_path: Path) -> None:
    """A file that is not in UTF-8 is named, without its words."""
    env_file = tmp_path / ".env"
    env_file.write_bytes("SUPEROFFICE_PASSWORD=blåbær".encode("latin-1"))
    with pytest.raises(ConfigError) as caught:
        Settings.load(env_file)
    assert caught.value.problems == (f"{env_file} is not written in UTF-8",)


def test_no_secret_shows(load: Load) -> None:
    """No secret shows in the settings' repr, and all are known to whoever must keep them."""
    settings = load(SLACK_SIGNING_SECRET="hunter2", SUPEROFFICE_APPLICATION_TOKEN="hunter3")
    for secret in ("xoxb-1-secret", "xapp-1-secret", "hunter2", "hunter3"):
        assert secret not in repr(settings)
        assert secret not in str(settings)
        assert secret not in repr(asdict(settings))
        assert secret in settings.secrets()


def test_people_are_read_from_their_file(load: Load, tmp_path: Path) -> None:
    """SLACK_PEOPLE names a table of agents and people in Slack; what is wrong with it is one problem."""
    people = tmp_path / "people.csv"
    people.write_text("user_id,slack_user_id\n3,U012AB3CD\n")
    assert load(SLACK_PEOPLE=str(people)).slack_people == {3: "U012AB3CD"}
    people.unlink()
    [problem] = _problems(load, SLACK_PEOPLE=str(people))
    assert problem.startswith(f"SLACK_PEOPLE names a file that cannot be read: {people}")


@pytest.mark.parametrize("name", ["SLACK_TOKEN", "SUPEROFFICE_USER", "BOT_LANGAUGE", "LOG_LEVLE", "BUSY_AFTER"])
def test_a_name_that_only_looks_like_a_setting_is_a_problem(load: Load, name: str) -> None:
    """A name in .env that begins like a setting, and is none, is named: a misspelt setting would do nothing."""
    assert _problems(load, EDITOR="vi", **{name: "1"}) == (f"{name} is no setting: see .env.example for their names",)
