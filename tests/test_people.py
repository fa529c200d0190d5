"""The file that links agents to people in Slack."""

from pathlib import Path

import pytest

from bot.people import read_people


def written(folder: Path, content: str | bytes) -> Path:
    path = folder / "people.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def test_agents_have_their_people(tmp_path: Path) -> None:
    """Each line links an agent to a person; a byte order mark, more columns and spaces do no harm."""
    path = written(tmp_path, "\ufeffuser_id,name,slack_user_id\n3,Anna,U012AB3CD\n 4 ,Ole, W0XYZ9876 \n")

    assert read_people(path) == {3: "U012AB3CD", 4: "W0XYZ9876"}
    assert read_people(written(tmp_path, "user_id,slack_user_id\n")) == {}


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("user_id,slack_user_id\nthree,U012AB3CD\n4,anna\n5\n", "line 2 is not like 3,U012AB3CD; line 3"),
        ("user_id,slack_user_id\n\u0663,U012AB3CD\n", "line 2 is not like 3,U012AB3CD"),
        ("user_id,slack_user_id\n3,U012AB3CD> <!channel\n", "line 2 is not like 3,U012AB3CD"),
        ("user_id,slack_user_id\n3,U012AB3CD\n3,U0OTHER12\n", "line 3 names agent 3 again"),
        ("agent,person\n3,U012AB3CD\n", "without the first line user_id,slack_user_id"),
        ("", "without the first line user_id,slack_user_id"),
        (b"user_id,slack_user_id\n3,\xff\xfe\n", "no table in UTF-8"),
    ],
)
def test_a_file_with_mistakes_is_refused_whole(tmp_path: Path, content: str | bytes, said: str) -> None:
    """One mistake refuses the file, and the message names the lines to fix."""
    with pytest.raises(ValueError, match=r"^names a file ") as caught:
        read_people(written(tmp_path, content))
    assert said in str(caught.value)


def test_what_is_named_of_a_bad_file(tmp_path: Path) -> None:
    """The message names the first five mistakes, as more would fill the screen, or where a file was looked for."""
    path = written(tmp_path, "user_id,slack_user_id\n" + "x,y\n" * 100)
    with pytest.raises(ValueError, match=r"line 2 .*line 6 (?!.*line 7)"):
        read_people(path)
    path.unlink()
    with pytest.raises(ValueError, match=f"cannot be read: {tmp_path}/people.csv: "):
        read_people(tmp_path / "people.csv")
