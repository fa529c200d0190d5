"""Files that people write: their text, or why it cannot be read."""

import codecs
from pathlib import Path


def read_text(path: Path) -> str:
    """The text of a file in UTF-8.

    Raises `FileNotFoundError`, or a `ValueError` that says what is wrong, in words that go after the file's name.
    """
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        raise
    except OSError as error:
        if path.is_dir():  # Docker makes one where a file to mount is missing
            raise ValueError("is a folder: put a file in its place") from None
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
