"""The file that links agents to people in Slack."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.people import read_people


def written(folder: Path, content: str | bytes) -> Path:
    path = folder / "people.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8", "surrogatepass"))
    return path


def test_agents_have_their_people(tmp_path: Path) -> None:
    """Each line links an agent to a person; a byte order mark, more columns and spaces do no harm."""
    path = written(tmp_path, "\ufeffuser_id,name,slack_user_id\n3,Anna,U012AB3CD\n 4 ,Ole, W0XYZ9876 \n")

    assert read_people(path) == {3: "U012AB3CD", 4: "W0XYZ9876"}
    assert read_people(written(tmp_path, "user_id,slack_user_id\n")) == {}


@pytest.mark.parametrize(
    "content",
    [
        "user_id;slack_user_id;name\r\n3;U012AB3CD;A, B\r\n",
        "User_ID,SLACK_USER_ID\n3,U012AB3CD\n",
        "user_id\tslack_user_id\n3\tU012AB3CD\n",
    ],
)
def test_a_table_is_read_as_spreadsheets_write_it(tmp_path: Path, content: str) -> None:
    """Semicolons or tabs between columns, capitals in their names, and Windows' line ends do no harm."""
    assert read_people(written(tmp_path, content)) == {3: "U012AB3CD"}


@given(st.text() | st.text(alphabet=",;\t\n\r\"'0139UC", max_size=40).map("user_id,slack_user_id\n".__add__))
def test_any_table_is_read_or_refused_in_words(tmp_path_factory: pytest.TempPathFactory, content: str) -> None:
    """Whatever stands in the file, it is read, or what is wrong is said after the setting's name."""
    try:
        read_people(written(tmp_path_factory.getbasetemp(), content))
    except ValueError as error:
        assert str(error).startswith("names a file ")  # noqa: PT017  # a file that is right raises nothing
