"""Characters that XML forbids, taken out of a reply. WCF writes them all the same, as references: `&#x1F;`.

One of them in one name makes the whole reply unreadable: https://www.w3.org/TR/xml/#charsets.
"""

import codecs
import re
from typing import Final

STAND_IN: Final = "\x80"
"""What stands in their place: XML allows it, `one_line` drops it, and no number and no boolean may hold it."""

_FORBIDDEN: Final = re.compile("[\0-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_PAIR: Final = re.compile("[\ud800-\udbff][\udc00-\udfff]")

# Comments and CDATA hold no references: "&#x1F;" is written there as it is. Without its end, each goes on to the last
# character, so that no text is looked at twice.
_REFERENCE: Final = re.compile(
    r"<!--.*?(?:-->|\Z)|<!\[CDATA\[.*?(?:\]\]>|\Z)|&#(?:x(?P<hex>[0-9a-fA-F]+)|(?P<decimal>[0-9]+));", re.DOTALL
)
_LONGEST_NUMBER: Final = 5
"""How many digits the number of a forbidden character has, at most: 65535."""

_ENCODINGS: Final = {
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
    "<".encode("utf-16-le"): "utf-16-le",
    "<".encode("utf-16-be"): "utf-16-be",
}
"""How a text begins that is not UTF-8. WCF writes UTF-8 and UTF-16.

https://learn.microsoft.com/dotnet/api/system.servicemodel.basichttpbinding.textencoding
"""


def without_forbidden(content: bytes) -> bytes:
    """The reply with `STAND_IN` for each character that XML forbids. Nothing is added or lost otherwise.

    A character beyond U+FFFF, written as the two references of a surrogate pair, becomes itself. Raises
    `UnicodeError` if the reply is in another encoding than WCF's.
    """
    encoding = next((name for mark, name in _ENCODINGS.items() if content.startswith(mark)), "utf-8")
    text = _REFERENCE.sub(_meant, content.decode(encoding, "surrogatepass"))
    text = _PAIR.sub(lambda pair: pair[0].encode("utf-16", "surrogatepass").decode("utf-16"), text)
    return _FORBIDDEN.sub(STAND_IN, text).encode(encoding)


def _meant(found: re.Match[str]) -> str:
    """The character that a reference stands for, if it is forbidden; else what was found."""
    digits, base = (found["hex"], 16) if found["hex"] else (found["decimal"] or "", 10)
    digits = digits.lstrip("0") or digits[-1:]
    if not digits or len(digits) > _LONGEST_NUMBER:
        return found[0]
    character = chr(int(digits, base))
    return character if _FORBIDDEN.fullmatch(character) else found[0]
