"""Settings: what is read, and that whatever is wrong ends in words without a secret.

Each thing that can be wrong has its row in `tests/wrong_settings/`.
"""

import re
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

import httpx
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from yarl import URL

from bot.errors import ConfigError
from bot.readers.addresses import address
from bot.readers.env_file import doubtful_names, read_env_file
from bot.settings import FIELDS, Settings
from bot.words.language import Language

GOOD = {
    "SLACK_BOT_TOKEN": "xoxb-1-secret",
    "SLACK_APP_TOKEN": "xapp-1-secret",
    "SUPEROFFICE_URL": "https://crm.example.com/SuperOffice/Remote",
    "SUPEROFFICE_USERNAME": "who",
    "SUPEROFFICE_PASSWORD": "hunter2",
}
SIGNING_SECRET = "0123456789abcdef" * 2

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
        (
            {"SLACK_APP_TOKEN": None, "SLACK_SIGNING_SECRET": SIGNING_SECRET},
            {"uses_socket_mode": False, "serves_http": True},
        ),
        ({"SUPEROFFICE_TOPICS": "1=Billing, 2 = R & co,"}, {"superoffice_topics": {1: "Billing", 2: "R & co"}}),
        ({"BOT_LANGUAGE": "nb"}, {"bot_language": Language.NORWEGIAN}),
        ({"BOT_LANGUAGE": "de_DE.UTF-8"}, {"bot_language": Language.GERMAN}),
        ({"AUDIENCE": "guests"}, {"audience": "guests"}),
        ({"LOG_LEVEL": "debug", "LOG_FORMAT": "JSON"}, {"log_level": "DEBUG", "log_format": "json"}),
        (
            {"SUPEROFFICE_URL": "https://[2001:db8::1]:8443/remote/"},
            {"superoffice_url": "https://[2001:db8::1]:8443/remote"},
        ),
        ({"SUPEROFFICE_URL": "http://localhost:8080/Remote"}, {"warnings": ()}),
        ({"SUPEROFFICE_URL": "http://[::1]/Remote"}, {"warnings": ()}),
        ({"HOST": "::"}, {"host": "::"}),
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


def test_a_line_break_at_the_end_is_left_out(load: Load, monkeypatch: pytest.MonkeyPatch) -> None:
    """A secret that comes from a file often ends in a line break, which is not a part of it."""
    monkeypatch.setenv("SLACK_APP_TOKEN", "xapp-1\n")
    token = load().slack_app_token
    assert token is not None
    assert token.value == "xapp-1"


def test_without_slack(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who does not serve Slack needs none of its settings: those that are wrong are no problem, also half a line."""
    env_file = tmp_path / ".env"
    superoffice = "".join(f"{name}={value}\n" for name, value in GOOD.items() if name.startswith("SUPEROFFICE_"))
    env_file.write_text(superoffice + "SLACK_APP_TOKEN=wrong\nSLACK_PEOPLE=nowhere.csv\nSLACK_BOT_TOKEN:xoxb-1\n")
    monkeypatch.setenv("PORT", "99999")
    settings = Settings.load(env_file, needs_slack=False)
    assert (settings.slack_bot_token, settings.slack_app_token, settings.slack_people) == (None, None, {})
    with pytest.raises(ConfigError) as caught:
        Settings.load(env_file)
    assert len(caught.value.problems) == 4


def test_all_at_once(load: Load) -> None:
    """Every problem is told in one go, each by the name of its setting."""
    wrong: dict[str, str | None] = {"SUPEROFFICE_URL": "crm", "PORT": "x", "SUPEROFFICE_TOPICS": "1=A,B"}
    wrong |= dict.fromkeys(("SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "SUPEROFFICE_PASSWORD"))
    assert sorted(problem.split()[0] for problem in _problems(load, **wrong)) == sorted(wrong)


def test_no_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Where there is no file, that alone is said if nothing is set; the environment alone is enough."""
    with pytest.raises(ConfigError) as caught:
        Settings.load(tmp_path / "nowhere" / ".env")
    assert [problem.partition(":")[0] for problem in caught.value.problems] == [f"{tmp_path}/nowhere/.env is not there"]
    for name, value in GOOD.items():
        monkeypatch.setenv(name, value)
    assert Settings.load(tmp_path / "nowhere" / ".env").superoffice_username == "who"


def test_no_secret_shows(load: Load) -> None:
    """No secret shows in the settings' repr, and all are known to whoever must keep them."""
    settings = load(SLACK_SIGNING_SECRET=SIGNING_SECRET, SUPEROFFICE_APPLICATION_TOKEN="hunter3")
    for secret in ("xoxb-1-secret", "xapp-1-secret", "hunter2", SIGNING_SECRET, "hunter3"):
        assert secret not in repr(settings)
        assert secret not in str(settings)
        assert secret not in repr(asdict(settings))
        assert secret in settings.secrets()


def test_people_are_read_from_their_file(load: Load, tmp_path: Path) -> None:
    """SLACK_PEOPLE names a table of agents and people in Slack; what is wrong with it is one short problem."""
    people = tmp_path / "people.csv"
    people.write_text("user_id,slack_user_id\n3,U012AB3CD\n")
    assert load(SLACK_PEOPLE=str(people)).slack_people == {3: "U012AB3CD"}
    people.write_text("user_id,slack_user_id\n" + "x,y\n" * 100)
    [problem] = _problems(load, SLACK_PEOPLE=str(people))
    assert re.match(r"SLACK_PEOPLE names a file with mistakes .*line 6 (?!.*line 7).*; and 95 more", problem)


@pytest.mark.parametrize(
    "content",
    [
        "\ufeffBUSY_AT=2\r\nPORT=8080\r\n",
        "export BUSY_AT=2\nexport PORT = '8080'\n",
        "# PORT=80\n\nEDITOR=vi\nmy.key=1\nHOSTNAME=h\nBUSY_AT=\nBUSY_AT=2 # chats\nPORT=8080",
    ],
)
def test_a_file_is_read_as_people_write_it(tmp_path: Path, content: str) -> None:
    """A byte order mark, Windows' line ends, `export`, comments, and names of other programs do no harm."""
    (tmp_path / ".env").write_bytes(content.encode())
    read = read_env_file(tmp_path / ".env", FIELDS)
    assert (read.texts, read.problems) == ({"busy_at": "2", "port": "8080"}, [])


@pytest.mark.parametrize(
    ("name", "unset", "meant"),
    [
        ("LOGLEVEL", "log_level", "LOG_LEVEL"),
        ("SUPEROFICE_URL", "superoffice_url", "SUPEROFFICE_URL"),
        ("SLACK_API_TOKEN", "slack_app_token", "SLACK_APP_TOKEN"),
        ("SLACK_API_TOKEN", "slack_people", None),
        ("SLACK_WEBHOOK_URL", "slack_api_url", None),
        ("SLACK_TOKEN", "slack_app_token", None),
        ("LOG_FILE", "log_level", None),
        ("PORTS", "port", None),
        ("LANGUAGE", "bot_language", None),
    ],
)
def test_a_name_in_the_environment_may_be_another_programs(name: str, unset: str, meant: str | None) -> None:
    """A name in the environment is doubted only if it is much like a setting which is not set."""
    told = f"{name} in the environment is no setting: did you mean {meant}?"
    assert list(doubtful_names({"PATH", name}, {unset})) == ([told] if meant else [])


SECRET = "hunter2-Zq9"
TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\0\r\n"), max_size=20)
SPOILT = st.tuples(
    TEXTS, st.sampled_from([SECRET, f"xoxb-{SECRET}", f"'{SECRET}", f"https://{SECRET}@h/Remote"]), TEXTS
)


@given(name=st.sampled_from(sorted(FIELDS)), text=SPOILT.map("".join))
@example("superoffice_url", f"https://[{SECRET}]/Remote")
@example("slack_people", f"{SECRET}/people.csv")
@example("superoffice_topics", SECRET)
def test_any_text_is_read_or_refused_in_words(name: str, text: str) -> None:
    """Whatever stands in a setting, it is read, or a problem names the setting and repeats nothing of its text."""
    found = {each.lower(): value for each, value in GOOD.items()} | {name: text}
    try:
        told = Settings.read(found).warnings
    except ConfigError as error:
        told = error.problems
    assert SECRET not in "".join(told)
    assert all(name.upper() in line or "SUPEROFFICE_TICKET" in line for line in told)


@given(
    lines=st.lists(
        st.tuples(st.sampled_from([*map(str.upper, FIELDS), "", "A", "LANGUAGE"]), SPOILT.map("".join)), max_size=4
    )
)
@example([("SUPEROFFICE_TICKET", SECRET)])
@example([("SUPEROFFICE_TICKET", f"{SECRET}==")])
@example([("SUPEROFFICE_PASSWORD", f":{SECRET}")])
@example([("SUPEROFFICE_PASSWORD", f"='{SECRET}' {SECRET}")])
@example([("", f"{SECRET}==")])
def test_any_line_is_read_or_refused_in_words(
    tmp_path_factory: pytest.TempPathFactory, lines: list[tuple[str, str]]
) -> None:
    """Whatever stands in a line of .env, its problem is told without what may be a secret in it."""
    path = tmp_path_factory.getbasetemp() / "spoilt.env"
    path.write_text("\n".join(map("".join, lines)), encoding="utf-8")
    read = read_env_file(path, FIELDS)
    assert SECRET not in "".join([*read.problems, *read.warnings])


@given(st.from_regex(r"https?://[^\x00-\x20]{0,12}(:[0-9]{0,6})?(/[\w.%-]{0,8}){0,2}", fullmatch=True))
@example("http://a²/")
@example("http://a[")
@example("https://blåbær.example/Remote")
def test_an_address_that_is_read_can_be_asked(text: str) -> None:
    """What passes for a web address, the libraries that send requests take too."""
    try:
        address(text)
    except ValueError:
        return
    httpx.URL(text)
    URL(text)
