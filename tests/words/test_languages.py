"""Every language says everything, says it right, and fits where it is shown."""

import ast
import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from string import Formatter
from typing import Any, Final

import pytest
from babel import Locale
from babel.messages import catalog as po
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.plurals import get_plural
from babel.messages.pofile import read_po
from hypothesis import given
from hypothesis import strategies as st

import bot
from bot.errors import Denied, Reason, Unreachable
from bot.presence.model import State, Topic
from bot.presence.reading import Stale
from bot.presence.result import Count, NoMatch, Roster, Seat
from bot.words import words_in
from bot.words.language import Language, translations
from tests.kit.crowd import TEAM, agent, fresh

Id = str | tuple[str, ...]
"""A message in English, with its plural where it has one."""

CODE: Final = Path(bot.__file__).parent
LOCALES: Final = CODE / "words" / "locales"
KEYWORDS_OF_GETTEXT: Final = DEFAULT_KEYWORDS | {"_n": (1, 2)}
"""As in the Makefile, where the catalogues are brought up to date."""

MARKS: Final = {"_", "_n", "N_"}
TRANSLATED: Final = [language for language in Language if language is not Language.ENGLISH]
in_each_language: Final = pytest.mark.parametrize("language", TRANSLATED, ids=lambda language: language.value)


@cache
def messages_in_code() -> frozenset[Id]:
    """What the code says in English, as Babel finds it."""
    found = extract_from_dir(CODE, keywords=KEYWORDS_OF_GETTEXT)
    return frozenset(message if isinstance(message, str) else tuple(message) for _, _, message, _, _ in found)


@cache
def catalogue(language: Language) -> po.Catalog:
    """A catalogue as its translators see it."""
    with (LOCALES / f"{language.value}.po").open("rb") as file:
        return read_po(file, locale=language.value, abort_invalid=True)


def entries(language: Language) -> Iterator[tuple[po.Message, tuple[str, ...], tuple[str, ...]]]:
    """The entries of a catalogue, each with its English texts and as many translations."""
    for message in catalogue(language):
        if message.id:
            yield message, _texts(message.id), _texts(message.string)


def pairs(language: Language) -> Iterator[tuple[str, str]]:
    """Each translation with the English text whose place it takes; for plural forms after the first, the plural."""
    for _, english, said in entries(language):
        for number, text in enumerate(said):
            yield english[min(number, len(english) - 1)], text


def _texts(words: Any) -> tuple[str, ...]:
    return (words,) if isinstance(words, str) else tuple(words)


# The catalogues are whole


@in_each_language
def test_every_message_is_translated_and_none_is_left_over(language: Language) -> None:
    """A catalogue has exactly the messages of the code, with words for each; none is a guess."""
    ids = {english[0] if isinstance(message.id, str) else english for message, english, _ in entries(language)}

    assert messages_in_code() - ids == set()
    assert ids - messages_in_code() == set()
    assert [english[0] for _, english, said in entries(language) if not all(said)] == []
    assert [english[0] for message, english, _ in entries(language) if message.fuzzy] == []
    assert catalogue(language).obsolete == {}
    assert catalogue(language).fuzzy is False


def test_every_message_can_be_found() -> None:
    """No message hides where Babel does not look: inside an f-string it finds none before Python 3.12."""
    written = {id_ for path in CODE.rglob("*.py") for id_ in _marked(ast.parse(path.read_text(encoding="utf-8")))}

    assert written - messages_in_code() == set()
    assert len(written) > 50


def _marked(tree: ast.Module) -> Iterator[Id]:
    for call in ast.walk(tree):
        match call:
            case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name), args=arguments) if name in MARKS:
                texts = [each.value for each in arguments if isinstance(each, ast.Constant)]
                if texts:
                    yield tuple(map(str, texts)) if name == "_n" else str(texts[0])


def test_every_language_has_its_catalogue() -> None:
    """Each language but English has one, and there is none that nobody can choose."""
    assert {path.stem for path in (LOCALES).iterdir()} == {language.value for language in TRANSLATED}


# The translations say what the code expects


@in_each_language
def test_a_translation_keeps_what_the_code_expects(language: Language) -> None:
    """Each plural form has the placeholders, markup, typed words and names of products of the English text.

    Texts are put together, so it also ends as the English does, and has no blanks at its ends.
    """
    for english, said in pairs(language):
        assert _fields(english) == _fields(said)
        assert _end(english) == _end(said)
        assert said == " ".join(said.split())
        assert re.findall(r"\*[^*]*\*", said) == re.findall(r"\*[^*]*\*", english)
        assert {mark: said.count(mark) for mark in "*_~`<>&"} == {mark: english.count(mark) for mark in "*_~`<>&"}
        for name in ("SuperOffice Chat", "SuperOffice", "Slack", "who-is-online check"):
            assert name not in english or name in said


def _fields(text: str) -> Counter[str]:
    return Counter(f"{{{name}!{conversion}:{spec}}}" for _, name, spec, conversion in Formatter().parse(text) if name)


def _end(text: str) -> str:
    return text[-1:] if text[-1:] in ".?!:;,…" else ""


# Plurals, and whole sentences


@in_each_language
def test_each_language_has_its_own_plural_forms(language: Language) -> None:
    """A catalogue has its language's plural rule, a text for each form, and gives each number its form.

    The Unicode project's rules say which form that is; all of these languages have two.
    """
    rule = get_plural(language.value)
    header = (LOCALES / f"{language.value}.po").read_text(encoding="utf-8").partition("\n\n")[0]

    assert f'"Plural-Forms: {rule}\\n"' in header
    assert f'"Language: {language.value}\\n"' in header
    for message, _, said in entries(language):
        assert len(said) == (1 if isinstance(message.id, str) else rule.num_plurals)
    for number in (0, 1, 2, 5, 21):
        form = {"one": 0, "other": 1}[Locale.parse(language.value).plural_form(number)]
        for message, english, said in entries(language):
            if not isinstance(message.id, str):
                assert translations(language).ngettext(english[0], english[1], number) == said[form]


FREE, BUSY, AWAY = State

SENTENCES: Final = {
    Language.ENGLISH: """
        less than a minute ago; 1 minute ago; 4 minutes ago; 1 hour ago; 2 hours ago;
        free; 1 chat; 2 chats; away, 1 chat; a, b and 1 more; a, b and 2 more.
        Nobody is online. 1 is away. Nobody is online. 21 are away.
        Ask Anna first: free, without a chat. Nobody is free. Anna has the fewest chats, 2.
        No topic matches “x”. Did you mean A, B or all?
        SuperOffice is not reachable: it did not answer in time. This is from 14:03, 4 minutes ago.
        I can't say who is online. SuperOffice does not let the bot in: it refused the bot's user name or password.
        The person who installed this bot can fix it: “who-is-online check” tells them how.
        """,
    Language.NORWEGIAN: """
        for mindre enn et minutt siden; for 1 minutt siden; for 4 minutter siden; for 1 time siden; for 2 timer siden;
        ledig; 1 chat; 2 chatter; borte, 1 chat; a, b og 1 til; a, b og 2 til.
        Ingen er online. 1 er borte. Ingen er online. 21 er borte.
        Spør Anna først: ledig, uten chatter. Ingen er ledige. Anna har færrest chatter (2).
        Fant ingen emner som passer til «x». Mente du A, B eller all?
        SuperOffice er ikke tilgjengelig: Svaret kom ikke i tide. Dette er fra kl. 14:03, for 4 minutter siden.
        Jeg kan ikke si hvem som er online. SuperOffice slipper ikke boten inn: Botens brukernavn eller passord ble
        avvist. Den som installerte boten, kan ordne det: «who-is-online check» viser hvordan.
        """,
    Language.SWEDISH: """
        för mindre än en minut sedan; för 1 minut sedan; för 4 minuter sedan; för 1 timme sedan; för 2 timmar sedan;
        ledig; 1 chatt; 2 chattar; frånvarande, 1 chatt; a, b och 1 till; a, b och 2 till.
        Ingen är online. 1 är frånvarande. Ingen är online. 21 är frånvarande.
        Fråga Anna först: ledig, utan chattar. Ingen är ledig. Anna har färst chattar (2).
        Inget ämne matchar ”x”. Menade du A, B eller all?
        SuperOffice går inte att nå: svaret kom inte i tid. Det här är från kl. 14:03, för 4 minuter sedan.
        Jag kan inte säga vilka som är online. SuperOffice släpper inte in boten: botens användarnamn eller lösenord
        godtogs inte. Den som installerade boten kan åtgärda det: ”who-is-online check” visar hur.
        """,
    Language.DANISH: """
        for mindre end et minut siden; for 1 minut siden; for 4 minutter siden; for 1 time siden; for 2 timer siden;
        ledig; 1 chat; 2 chats; ikke til stede, 1 chat; a, b og 1 til; a, b og 2 til.
        Ingen er online. 1 er ikke til stede. Ingen er online. 21 er ikke til stede.
        Spørg Anna først: ledig, uden chats. Ingen er ledige. Anna har færrest chats (2).
        Ingen emner passer til ”x”. Mente du A, B eller all?
        SuperOffice kan ikke nås: Svaret kom ikke i tide. Dette er fra kl. 14:03, for 4 minutter siden.
        Jeg kan ikke sige, hvem der er online. SuperOffice lukker ikke botten ind: Bottens brugernavn eller adgangskode
        blev afvist. Den, der installerede botten, kan ordne det: ”who-is-online check” viser hvordan.
        """,
    Language.DUTCH: """
        minder dan een minuut geleden; 1 minuut geleden; 4 minuten geleden; 1 uur geleden; 2 uur geleden;
        vrij; 1 chat; 2 chats; afwezig, 1 chat; a, b en nog 1; a, b en nog 2.
        Niemand is online. 1 is afwezig. Niemand is online. 21 zijn afwezig.
        Vraag eerst Anna: vrij, zonder chats. Niemand is vrij. Anna heeft de minste chats (2).
        Geen onderwerp past bij “x”. Bedoelde je A, B of all?
        SuperOffice is niet bereikbaar: het antwoord kwam niet op tijd. Dit is van 14:03, 4 minuten geleden.
        Ik kan niet zeggen wie er online is. SuperOffice laat de bot niet binnen: de gebruikersnaam of het wachtwoord
        van de bot is geweigerd. Degene die deze bot heeft geïnstalleerd, kan het oplossen: “who-is-online check”
        vertelt hoe.
        """,
    Language.GERMAN: """
        vor weniger als einer Minute; vor 1 Minute; vor 4 Minuten; vor 1 Stunde; vor 2 Stunden;
        frei; 1 Chat; 2 Chats; abwesend, 1 Chat; a, b und noch 1; a, b und noch 2.
        Niemand ist online. 1 Person ist abwesend. Niemand ist online. 21 Personen sind abwesend.
        Frag zuerst Anna: frei, ohne Chats. Niemand ist frei. Anna hat die wenigsten Chats (2).
        Kein Thema passt zu „x“. Meintest du A, B oder all?
        SuperOffice ist nicht erreichbar: Die Antwort kam nicht rechtzeitig. Das ist der Stand von 14:03, vor 4 Minuten.
        Ich kann nicht sagen, wer online ist. SuperOffice lässt den Bot nicht hinein: Benutzername oder Passwort des
        Bots wurde abgelehnt. Die Person, die diesen Bot installiert hat, kann das beheben: „who-is-online check“
        zeigt, wie.
        """,
}


@pytest.mark.parametrize("language", Language, ids=lambda language: language.value)
def test_sentences_read_right(language: Language) -> None:
    """What is put together of several messages, and of Unicode's rules for lists and times, reads as one."""
    words = words_in(language)
    terms = [
        *map(words.failures.ago, (0, 1, 4, 60, 120)),
        *(words.roster.state(_seat(*seat)) for seat in ((FREE, 0), (BUSY, 1), (BUSY, 2), (AWAY, 1))),
        *(words.roster.listed(names, 2) for names in ("abc", "abcd")),
    ]
    sentences = [
        *map(words.roster.nobody, (_nobody(1), _nobody(21))),
        *map(words.roster.ask_first, (_seat(FREE, 0), _seat(BUSY, 2))),
        words.roster.no_match(NoMatch(fresh(), "x", (Topic(1, "A"), Topic(2, "B")), ("all",))),
        words.failures.stale(Stale(TEAM, Unreachable(Reason.TIMEOUT), 240), "14:03"),
        words.failures.failed(Denied(Reason.PASSWORD)),
    ]

    assert f"{'; '.join(terms)}. {' '.join(sentences)}" == " ".join(SENTENCES[language].split())


def _seat(state: State, chats: int) -> Seat:
    return Seat(agent("Anna", present=state is not State.AWAY, chats=chats), state)


def _nobody(away: int) -> Roster:
    return Roster(fresh(), (), Count(0, 0, away), (), ())


# Which language it is


@pytest.mark.parametrize(
    ("locale", "language"),
    [
        ("en-US", Language.ENGLISH), ("nb-NO", Language.NORWEGIAN), ("no", Language.NORWEGIAN),
        ("nn-NO", Language.NORWEGIAN), ("sv-SE", Language.SWEDISH), ("da", Language.DANISH), ("nl-BE", Language.DUTCH),
        ("de_DE.UTF-8", Language.GERMAN), ("de.UTF-8", Language.GERMAN), ("DE-ch", Language.GERMAN),
        ("fr-FR", None), ("den", None), ("C", None), ("-", None), ("", None),
    ],
)  # fmt: skip
def test_a_locale_has_its_language(locale: str, language: Language | None) -> None:
    """The language is told from its code alone, whatever the country; Norwegian goes by three codes."""
    assert Language.of(locale) is language


@given(st.sampled_from(Language), st.sampled_from("-_."), st.text(st.characters(exclude_categories=())))
def test_a_country_changes_no_language(language: Language, separator: str, country: str) -> None:
    """What follows the code does not matter, and no text is an error: what the bot does not know is no language."""
    assert Language.of(f"{language.value}{separator}{country}") is language
    assert Language.of(country) in {None, *Language}
