"""Files that people write: their text, or why it cannot be read."""

import codecs
import os
from pathlib import Path


def read_text(path: Path) -> str:
    """The text of a file in UTF-8.

    Raises `FileNotFoundError`, `IsADirectoryError`, or a `ValueError` whose words go after the file's name.
    """
    if os.path.isdir(path):  # noqa: PTH112  # a Path's own raises PermissionError; opening it says little on Windows
        raise IsADirectoryError
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        raise
    except OSError as error:
        raise ValueError(f"cannot be read ({error.strerror}): let the user who runs the bot read it") from None
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise ValueError("is written in UTF-16: save it as UTF-8")
    if b"\0" in content:
        raise ValueError("is no text: save it as text, in UTF-8")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise ValueError(f"is not written in UTF-8, as line {line} shows: save it as UTF-8") from None
