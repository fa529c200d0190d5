"""What the product says, in each language, for Slack and the terminal alike."""

from dataclasses import dataclass
from functools import cache

from bot.words.controls import ControlWords
from bot.words.failures import FailureWords
from bot.words.help import HelpWords
from bot.words.language import Language, translations
from bot.words.roster import RosterWords


@dataclass(frozen=True, slots=True)
class Words:
    """All words of one language. What users wrote is put in as it is: views escape it."""

    roster: RosterWords
    failures: FailureWords
    controls: ControlWords
    help: HelpWords


@cache
def words_in(language: Language) -> Words:
    """The words of a language, read once."""
    catalogue = translations(language)
    return Words(
        roster=RosterWords(catalogue, language),
        failures=FailureWords(catalogue, language),
        controls=ControlWords(catalogue),
        help=HelpWords(catalogue),
    )
