"""How a reply is written: its encoding, and characters that XML forbids.

WCF writes these all the same, as references: `&#x1F;`. One of them in one name makes the whole reply unreadable:
https://www.w3.org/TR/xml/#charsets.
"""

import codecs
import re
from typing import Final

from bot.errors import Reason, Unexpected

STAND_IN: Final = "\x80"
"""What stands in their place: XML allows it, `one_line` drops it, and no number and no boolean may hold it."""

_FORBIDDEN: Final = re.compile("[\0-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_PAIR: Final = re.compile("[\ud800-\udbff][\udc00-\udfff]")

# Comments and CDATA hold no references: "&#x1F;" is written there as it is. Without its end, each goes on to the last
# character, so that no text is looked at twice.
_REFERENCE: Final = re.compile(
    r"<!--.*?(?:-->|\Z)|<!\[CDATA\[.*?(?:\]\]>|\Z)|&#(?:x(?P<hex>[0-9a-fA-F]+)|(?P<decimal>[0-9]+));", re.DOTALL
)
_AT_ONCE: Final = 64 * 1024
"""How many characters are searched before other threads have their turn."""

_LONGEST_NUMBER: Final = 5
"""How many digits the number of a forbidden character has, at most: 65535."""

_UTF_16: Final = {
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
    "<".encode("utf-16-le"): "utf-16-le",
    "<".encode("utf-16-be"): "utf-16-be",
}
"""How a text begins that is in UTF-16."""

_DECLARED: Final = re.compile(rb"""(?:\xef\xbb\xbf)?<\?xml[^>]{0,100}?\sencoding\s*=\s*["']([^"']*)""")
_WCFS: Final = frozenset({b"utf-8", b"utf-16", b"us-ascii"})


def as_utf8(content: bytes) -> bytes:
    """The reply in UTF-8, whatever it declares then. Raises `Unexpected` if it was in an encoding that is not WCF's.

    WCF writes UTF-8 and UTF-16: https://learn.microsoft.com/dotnet/api/system.servicemodel.basichttpbinding.textencoding.
    libxml2 knows many more, and in some of them `<` is another byte.
    """
    utf_16 = next((name for mark, name in _UTF_16.items() if content.startswith(mark)), None)
    if utf_16 is not None:
        content = content.decode(utf_16, "surrogatepass").encode("utf-8", "surrogatepass")
    declared = _DECLARED.match(content)
    if declared is not None and declared[1].lower() not in _WCFS:
        raise Unexpected(Reason.UNREADABLE, "an encoding that is not WCF's")
    return content


def without_forbidden(content: bytes) -> bytes:
    """A reply in UTF-8 with `STAND_IN` for each character that XML forbids. Nothing is added or lost otherwise.

    A character beyond U+FFFF, written as the two references of a surrogate pair, becomes itself. Raises
    `UnicodeError` if the reply is not in UTF-8.
    """
    text = _REFERENCE.sub(_meant, content.decode("utf-8", "surrogatepass"))
    text = _PAIR.sub(lambda pair: pair[0].encode("utf-16", "surrogatepass").decode("utf-16"), text)
    parts = (text[begin : begin + _AT_ONCE] for begin in range(0, len(text), _AT_ONCE))
    return "".join(_FORBIDDEN.sub(STAND_IN, part) for part in parts).encode()


def _meant(found: re.Match[str]) -> str:
    """The character that a reference stands for, if it is forbidden; else what was found."""
    digits, base = (found["hex"], 16) if found["hex"] else (found["decimal"] or "", 10)
    digits = digits.lstrip("0") or digits[-1:]
    if not digits or len(digits) > _LONGEST_NUMBER:
        return found[0]
    character = chr(int(digits, base))
    return character if _FORBIDDEN.fullmatch(character) else found[0]
