"""The languages that the bot speaks. English is in the code; the others are gettext catalogues in `locales/`."""

import gettext
import io
from enum import Enum
from functools import cache
from pathlib import Path
from typing import Final

_CATALOGUES: Final = Path(__file__).parent / "locales"

_ALSO: Final = {"no": "nb", "nn": "nb"}
"""Norwegian as such, and Nynorsk, whose readers read Bokmål too."""


class Language(Enum):
    """A language by its ISO 639 code."""

    ENGLISH = "en"
    NORWEGIAN = "nb"
    SWEDISH = "sv"
    DANISH = "da"
    DUTCH = "nl"
    GERMAN = "de"

    @classmethod
    def of(cls, locale: str) -> "Language | None":
        """The language of a locale such as "nb-NO" or "de_DE.UTF-8"; None if the bot does not speak it."""
        code = locale.replace("_", "-").partition("-")[0].partition(".")[0].strip().lower()
        return _BY_CODE.get(_ALSO.get(code, code))

    @property
    def cldr(self) -> str:
        """The locale whose rules Unicode's CLDR has for it. In British English a list has no comma before "or"."""
        return "en_GB" if self is Language.ENGLISH else self.value


_BY_CODE: Final = {language.value: language for language in Language}


@cache
def translations(language: Language) -> gettext.NullTranslations:
    """The catalogue of a language. It is compiled when it is read, so no compiled file can be out of date."""
    if language is Language.ENGLISH:
        return gettext.NullTranslations()
    # Babel takes 50 ms to import, and `who` mostly speaks English.
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    with (_CATALOGUES / f"{language.value}.po").open("rb") as file:
        catalogue = read_po(file, locale=language.value, domain="bot")
    compiled = io.BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)
