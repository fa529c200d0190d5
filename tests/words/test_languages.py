"""Every language says everything, says it right, and fits where it is shown."""

import ast
import dataclasses
import re
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from gettext import NullTranslations
from pathlib import Path
from string import Formatter, ascii_letters
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
from bot.errors import Denied, Reason, SuperOfficeError, Unexpected, Unreachable
from bot.languages import Language, translations
from bot.presence.model import Agent, Snapshot, State, Topic
from bot.presence.query import KEYWORDS, Kind, parse
from bot.presence.roster import Roster, Seat, answer
from bot.slack.shown import Shown
from bot.slack.views import notices, places
from bot.slack.views.controls import topic_options
from bot.slack.views.message import Message, without_blocks
from bot.slack.views.places import View
from bot.slack.views.roster import Reader
from bot.slack.views.words import Words, words_in
from playground.blocks import Surface, options_problems, problems, refusal, warnings

Id = str | tuple[str, ...]
"""A message in English, with its plural where it has one."""

CODE: Final = Path(bot.__file__).parent
KEYWORDS_OF_GETTEXT: Final = DEFAULT_KEYWORDS | {"_n": (1, 2)}
"""As in the Makefile, where the catalogues are brought up to date."""

TRANSLATED: Final = [language for language in Language if language is not Language.ENGLISH]
in_each_language: Final = pytest.mark.parametrize("language", TRANSLATED, ids=lambda language: language.value)

TAKEN_AT: Final = datetime(2026, 3, 2, 14, 3, tzinfo=UTC)


@cache
def messages_in_code() -> frozenset[Id]:
    """What the code says in English, as Babel finds it."""
    found = extract_from_dir(CODE, keywords=KEYWORDS_OF_GETTEXT)
    return frozenset(message if isinstance(message, str) else tuple(message) for _, _, message, _, _ in found)


@cache
def catalogue(language: Language) -> po.Catalog:
    """A catalogue as its translators see it."""
    with (CODE / "locales" / f"{language.value}.po").open("rb") as file:
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


# --- the catalogues are whole ---


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
            case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name), args=arguments) if name in {
                "_",
                "_n",
                "N_",
            }:
                texts = [each.value for each in arguments if isinstance(each, ast.Constant)]
                if texts:
                    yield tuple(map(str, texts)) if name == "_n" else str(texts[0])


@pytest.mark.parametrize("kind", [SuperOfficeError, *SuperOfficeError.__subclasses__()])
def test_every_failure_is_marked_for_translation(kind: type[SuperOfficeError]) -> None:
    """What an error tells people is translated where it is shown, so it is marked where it is written."""
    assert {kind.headline, kind.advice, *(reason.value for reason in Reason)} <= messages_in_code()


def test_every_language_has_its_catalogue() -> None:
    """Each language but English has one, and there is none that nobody can choose."""
    assert {path.stem for path in (CODE / "locales").iterdir()} == {language.value for language in TRANSLATED}


# --- the translations say what the code expects ---


@in_each_language
def test_placeholders_are_kept(language: Language) -> None:
    """Each translation, in each plural form, puts in the same things as the English."""
    assert [(english, said) for english, said in pairs(language) if _fields(english) != _fields(said)] == []


def _fields(text: str) -> Counter[str]:
    return Counter(f"{{{name}!{conversion}:{spec}}}" for _, name, spec, conversion in Formatter().parse(text) if name)


@in_each_language
def test_a_sentence_stays_one_and_a_label_too(language: Language) -> None:
    """Texts are put together, so a translation begins and ends as the English does: its stop, and no blanks."""
    changed = [(english, said) for english, said in pairs(language) if _end(english) != _end(said)]

    assert changed == []
    assert [said for _, said in pairs(language) if said != " ".join(said.split())] == []


def _end(text: str) -> str:
    return text[-1:] if text[-1:] in ".?!:;,…" else ""


@in_each_language
def test_markup_and_typed_words_are_kept(language: Language) -> None:
    """What is typed stays English and bold, and a translation brings no markup of its own."""
    for english, said in pairs(language):
        assert re.findall(r"\*[^*]*\*", said) == re.findall(r"\*[^*]*\*", english)
        assert {mark: said.count(mark) for mark in "*_~`<>&"} == {mark: english.count(mark) for mark in "*_~`<>&"}


@in_each_language
def test_names_are_kept(language: Language) -> None:
    """Names of products and of the program are the same in every language."""
    for english, said in pairs(language):
        for name in ("SuperOffice Chat", "SuperOffice", "Slack", "who-is-online check"):
            assert name not in english or name in said


@pytest.mark.parametrize("language", Language)
def test_help_names_the_words_as_they_are_typed(language: Language) -> None:
    """The help in a line and in full has each word that the grammar knows."""
    words = words_in(language)

    assert set(re.findall(r"\w+", words.help_summary("/c"))) >= {"all", "topics"}
    assert {typed for typed, _ in words.help_lines()} >= set(KEYWORDS)
    assert set(re.findall(r"\*(\w+)\*", words.short_help())) == set(KEYWORDS)


# --- plurals, and whole sentences ---


@in_each_language
def test_each_language_has_its_own_plural_forms(language: Language) -> None:
    """A catalogue has the plural rule of its language, and a text for each of its forms."""
    rule = get_plural(language.value)
    header = (CODE / "locales" / f"{language.value}.po").read_text(encoding="utf-8").partition("\n\n")[0]

    assert f'"Plural-Forms: {rule}\\n"' in header
    assert f'"Language: {language.value}\\n"' in header
    for message, _, said in entries(language):
        assert len(said) == (1 if isinstance(message.id, str) else rule.num_plurals)


@in_each_language
@pytest.mark.parametrize("number", [0, 1, 2, 5, 21])
def test_a_number_takes_the_form_of_its_language(language: Language, number: int) -> None:
    """The Unicode project's rules say which form a number takes; all of these languages have two."""
    form = {"one": 0, "other": 1}[Locale.parse(language.value).plural_form(number)]

    for message, english, said in entries(language):
        if not isinstance(message.id, str):
            assert translations(language).ngettext(english[0], english[1], number) == said[form]


ANNA: Final = Agent(3, "Anna", present=True, ongoing_chats=0, topics=())
DENIED: Final = Denied(Reason.PASSWORD)


SENTENCES: Final = {
    Language.ENGLISH: """
        less than a minute ago; 1 minute ago; 4 minutes ago; 1 hour ago; 2 hours ago;
        free; 1 chat; 2 chats; away, 1 chat; a, b and 1 more; a, b and 2 more.
        Nobody is online. 1 is away. Nobody is online. 21 are away.
        Ask Anna first: free, without a chat. Nobody is free. Anna has the fewest chats, 2.
        SuperOffice is not reachable: it did not answer in time. This is from 14:03, 4 minutes ago.
        I can't say who is online. SuperOffice does not let the bot in: it refused the bot's user name or password.
        The person who installed this bot can mend it: “who-is-online check” tells them how.
        """,
    Language.NORWEGIAN: """
        for mindre enn et minutt siden; for 1 minutt siden; for 4 minutter siden; for 1 time siden; for 2 timer siden;
        ledig; 1 chat; 2 chatter; borte, 1 chat; a, b og 1 til; a, b og 2 til.
        Ingen er online. 1 er borte. Ingen er online. 21 er borte.
        Spør Anna først: ledig, uten chatter. Ingen er ledige. Anna har færrest chatter (2).
        SuperOffice er ikke tilgjengelig: Svaret kom ikke i tide. Dette er fra kl. 14:03, for 4 minutter siden.
        Jeg kan ikke si hvem som er online. SuperOffice slipper ikke boten inn: Botens brukernavn eller passord ble
        avvist. Den som installerte boten, kan ordne det: «who-is-online check» viser hvordan.
        """,
    Language.SWEDISH: """
        för mindre än en minut sedan; för 1 minut sedan; för 4 minuter sedan; för 1 timme sedan; för 2 timmar sedan;
        ledig; 1 chatt; 2 chattar; frånvarande, 1 chatt; a, b och 1 till; a, b och 2 till.
        Ingen är online. 1 är frånvarande. Ingen är online. 21 är frånvarande.
        Fråga Anna först: ledig, utan chattar. Ingen är ledig. Anna har färst chattar (2).
        SuperOffice går inte att nå: svaret kom inte i tid. Det här är från kl. 14:03, för 4 minuter sedan.
        Jag kan inte säga vilka som är online. SuperOffice släpper inte in boten: botens användarnamn eller lösenord
        godtogs inte. Den som installerade boten kan åtgärda det: ”who-is-online check” visar hur.
        """,
    Language.DANISH: """
        for mindre end et minut siden; for 1 minut siden; for 4 minutter siden; for 1 time siden; for 2 timer siden;
        ledig; 1 chat; 2 chats; ikke til stede, 1 chat; a, b og 1 til; a, b og 2 til.
        Ingen er online. 1 er ikke til stede. Ingen er online. 21 er ikke til stede.
        Spørg Anna først: ledig, uden chats. Ingen er ledige. Anna har færrest chats (2).
        SuperOffice kan ikke nås: Svaret kom ikke i tide. Dette er fra kl. 14:03, for 4 minutter siden.
        Jeg kan ikke sige, hvem der er online. SuperOffice lukker ikke botten ind: Bottens brugernavn eller adgangskode
        blev afvist. Den, der installerede botten, kan ordne det: ”who-is-online check” viser hvordan.
        """,
    Language.DUTCH: """
        minder dan een minuut geleden; 1 minuut geleden; 4 minuten geleden; 1 uur geleden; 2 uur geleden;
        vrij; 1 chat; 2 chats; afwezig, 1 chat; a, b en nog 1; a, b en nog 2.
        Niemand is online. 1 is afwezig. Niemand is online. 21 zijn afwezig.
        Vraag eerst Anna: vrij, zonder chats. Niemand is vrij. Anna heeft de minste chats (2).
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
        SuperOffice ist nicht erreichbar: Die Antwort kam nicht rechtzeitig. Das ist der Stand von 14:03, vor 4 Minuten.
        Ich kann nicht sagen, wer online ist. SuperOffice lässt den Bot nicht hinein: Benutzername oder Passwort des
        Bots wurde abgelehnt. Die Person, die diesen Bot installiert hat, kann das beheben: „who-is-online check“
        zeigt, wie.
        """,
}


@pytest.mark.parametrize("language", Language, ids=lambda language: language.value)
def test_sentences_read_right(language: Language) -> None:
    """What is put together of several messages reads as one, in each language."""
    words = words_in(language)
    terms = [
        *map(words.ago, (59, 60, 240, 3600, 7200)),
        *map(words.state, (_seat(State.FREE, 0), _seat(State.BUSY, 1), _seat(State.BUSY, 2), _seat(State.AWAY, 1))),
        *(words.listed(names, 2) for names in ("abc", "abcd")),
    ]
    sentences = [
        *map(words.nobody, (_nobody(1), _nobody(21))),
        *map(words.ask_first, (_seat(State.FREE, 0), _seat(State.BUSY, 2))),
        words.stale(Unreachable(Reason.TIMEOUT), "14:03", 240),
        words.failed(DENIED),
    ]

    assert f"{'; '.join(terms)}. {' '.join(sentences)}" == " ".join(SENTENCES[language].split())


def _seat(state: State, chats: int) -> Seat:
    return Seat(dataclasses.replace(ANNA, ongoing_chats=chats), state)


def _nobody(away: int) -> Roster:
    gone = tuple(dataclasses.replace(ANNA, user_id=number, present=False) for number in range(away))
    said = answer(parse(""), Snapshot(TAKEN_AT, gone, ()), busy_at=1)
    assert isinstance(said, Roster)
    return said


# --- which language it is ---


@pytest.mark.parametrize(
    ("locale", "language"),
    [
        ("en-US", Language.ENGLISH),
        ("en-GB", Language.ENGLISH),
        ("nb-NO", Language.NORWEGIAN),
        ("no", Language.NORWEGIAN),
        ("nn-NO", Language.NORWEGIAN),
        ("sv-SE", Language.SWEDISH),
        ("da", Language.DANISH),
        ("nl-BE", Language.DUTCH),
        ("de_DE.UTF-8", Language.GERMAN),
        ("de.UTF-8", Language.GERMAN),
        ("DE-ch", Language.GERMAN),
        ("fr-FR", None),
        ("den", None),
        ("C", None),
        ("-", None),
        ("", None),
    ],
)
def test_a_locale_has_its_language(locale: str, language: Language | None) -> None:
    """The language is told from its code alone, whatever the country; Norwegian goes by three codes."""
    assert Language.of(locale) is language


@given(st.text(st.characters(exclude_categories=())))
def test_no_locale_is_an_error(text: str) -> None:
    """What Slack calls a locale may be anything; one that the bot does not know is none."""
    assert Language.of(text) in {None, *Language}


@given(st.sampled_from(Language), st.sampled_from("-_."), st.text(st.characters(exclude_categories=())))
def test_a_country_changes_no_language(language: Language, separator: str, country: str) -> None:
    """What follows the code does not matter."""
    assert Language.of(f"{language.value}{separator}{country}") is language


# --- a language twice as long as English fits everywhere ---


_AS_IT_IS: Final = re.compile(r"(\{\w+\}|\*\w+\*)")
_ACCENTED: Final = str.maketrans(ascii_letters, "áƀćďéḟǵĥíĵḱĺḿńóṕǫŕśťúṽŵẍýźÁḂĆĎÉḞǴĤÍĴḰĹḾŃÓṔǪŔŚŤÚṼŴẌÝŹ")


class Pseudo(NullTranslations):
    """A language that is English to its readers, but twice as long, and shows where words went past the catalogues."""

    def gettext(self, message: str) -> str:
        """The message with accents, in brackets; placeholders and typed words as they are."""
        parts = _AS_IT_IS.split(message)
        parts[::2] = [part.translate(_ACCENTED) for part in parts[::2]]
        more = sum(map(len, parts[::2])) - len("[]")
        return f"[{''.join(parts)}{'ö' * more}]"

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        """Likewise."""
        return self.gettext(msgid1 if n == 1 else msgid2)


PSEUDO: Final = Words(Pseudo())
PROFILES: Final = {number: f"https://pretend.slack.com/team/U{number:09}" for number in range(0, 500, 2)}

PLACES: Final[dict[View, Surface]] = {
    places.to_asker_message: "message",
    places.in_place_message: "message",
    places.direct_message: "message",
    places.shared_message: "message",
    places.home_message: "home",
}
NEARLY: Final = f"001 {'ж' * 15}ю"
QUESTIONS: Final = ("", "all", "topics", "help", "1", "ж", "&" * 80, "topicz", NEARLY)
"""All kinds of question; of topics: one, many, none, and none where a keyword or another topic may be meant."""

LAST: Final = 99_999

NOTICES: Final = {
    "help_message": notices.help_message(PSEUDO),
    "short_help_message": notices.short_help_message(PSEUDO),
    "failure_message": notices.failure_message(DENIED, PSEUDO),
    "incident_message": notices.incident_message("0123abcd" * 4, PSEUDO),
    "outsiders_message": notices.outsiders_message(PSEUDO),
    "no_share_message": notices.no_share_message(PSEUDO),
    "outdated_message": notices.outdated_message(PSEUDO),
    "slow_message": notices.slow_message(PSEUDO),
}


def test_the_pseudo_language_is_twice_as_long() -> None:
    """The stand-in for a long language is one: twice the letters, and the same things put in."""
    said = Pseudo().gettext("Ask {agent} first, or *all*.")

    assert said == f"[Áśḱ {{agent}} ḟíŕśť, óŕ *all*.{'ö' * 14}]"
    assert PSEUDO.ago(60) == "[1 ḿíńúťé áǵóööööööööö]"
    assert not set(ascii_letters) & set(ascii_letters.translate(_ACCENTED))


def crowd(agents: int, topics: int, *, stale: bool = True, letters: str = "ж", length: int = 300) -> Snapshot:
    """So many, with names of `length` characters that no message has."""
    known = tuple(Topic(number, f"{number:03} {letters * 300}"[:length]) for number in range(1, topics + 1))
    covered = known[: topics // 2]
    return Snapshot(
        taken_at=TAKEN_AT,
        agents=tuple(
            Agent(
                number,
                f"{number:03} {letters * 300}"[:length],
                present=number % 5 != 1,
                ongoing_chats=number % 4 * 33,
                topics=tuple(covered[(number + step) % len(covered)] for step in range(7)) if covered else known,
            )
            for number in range(agents)
        ),
        topics=known,
        closed=frozenset(known[topics // 2 :: 2]),
        stale_because=Unreachable(Reason.NOT_THERE) if stale else None,
        age_s=3599.0 if stale else 0.0,
    )


def everything_shown(
    snapshot: Snapshot, words: Words, questions: tuple[str, ...] = QUESTIONS
) -> Iterator[tuple[Message, Surface]]:
    """The answer to each question in each place, on its first page and on its last."""
    reader = Reader(words, PROFILES)
    pages = (0, LAST) if len(snapshot.agents) + len(snapshot.topics) > 2 else (0,)
    for question in questions:
        said = answer(parse(question), snapshot, busy_at=1)
        for view, surface in PLACES.items():
            for page in pages:
                yield view(said, Shown(parse(question), page, "U0SHARER01"), reader), surface


def check(message: Message, surface: Surface = "message") -> None:
    """What holds of every message in every language: Slack takes it, and no button is cut."""
    blocks = list(message.blocks)
    assert not (problems(blocks, surface="home") if surface == "home" else refusal(message.text, blocks))
    assert refusal(without_blocks(message).text, None) is None
    assert warnings(message.text) == []
    assert [text for text in _button_texts(blocks) if len(text) > 75] == []


def _button_texts(blocks: list[dict[str, Any]]) -> Iterator[str]:
    for block in blocks:
        for element in block.get("elements", []):
            if element["type"] == "button":
                yield element["text"]["text"]
                yield element.get("accessibility_label", "")


def test_every_kind_of_question_and_every_view_is_tried() -> None:
    """A new kind of question, place or notice is tried here too."""
    assert {parse(question).kind for question in QUESTIONS} == set(Kind)
    assert {view.__name__ for view in PLACES} | {"home_failure_message"} == _views(places)
    assert NOTICES.keys() == _views(notices)


def _views(module: Any) -> set[str]:
    return {
        name for name, made in vars(module).items() if name.endswith("_message") and made.__module__ == module.__name__
    }


@pytest.mark.parametrize("stale", [False, True], ids=["fresh", "stale"])
@pytest.mark.parametrize("topics", [0, 1, 60, 150])
@pytest.mark.parametrize("agents", [0, 1, 50, 500])
def test_every_answer_has_room_for_longer_words(agents: int, topics: int, stale: bool) -> None:
    """Slack takes each answer in each place, whatever its size, also where all words are twice as long."""
    for message, surface in everything_shown(crowd(agents, topics, stale=stale), PSEUDO):
        check(message, surface)


def test_every_answer_has_room_for_what_is_escaped() -> None:
    """Likewise with names that grow on their way to Slack."""
    for message, surface in everything_shown(crowd(50, 60, letters="ж&<>"), PSEUDO):
        check(message, surface)


@pytest.mark.parametrize("name", NOTICES)
def test_every_notice_has_room_for_longer_words(name: str) -> None:
    """Likewise for what is said where there is no roster."""
    check(NOTICES[name])


@pytest.mark.parametrize("reason", Reason)
@pytest.mark.parametrize("kind", [Unreachable, Denied, Unexpected])
def test_every_failure_has_room_for_longer_words(kind: type[SuperOfficeError], reason: Reason) -> None:
    """Likewise for every failure, in a message and on the Home tab."""
    check(notices.failure_message(kind(reason), PSEUDO))
    check(places.home_failure_message(kind(reason), Shown(parse("topics")), PSEUDO), "home")


def test_the_menu_of_topics_has_room_for_longer_words() -> None:
    """Likewise for the options that are looked up as somebody types."""
    options = topic_options(crowd(0, 150).topics, "", PSEUDO)

    assert options_problems({"options": [option.to_dict() for option in options]}) == []


@pytest.mark.parametrize("language", Language, ids=lambda language: language.value)
def test_every_language_fits(language: Language) -> None:
    """Slack takes the largest answers in the languages that there are."""
    for message, surface in everything_shown(crowd(500, 150), words_in(language)):
        check(message, surface)


@pytest.mark.parametrize("language", Language, ids=lambda language: language.value)
def test_buttons_are_short(language: Language) -> None:
    """Slack shows about 30 characters of a button, and telephones fewer; no two of them read the same."""
    words = words_in(language)
    menu = [words.choose_topic(), words.all_topics()]
    buttons = [words.by_topic(), words.by_agent(), words.refresh(), words.share(), words.previous(), words.next()]

    assert max(map(len, menu + buttons)) <= 20
    assert len(set(buttons)) == len(buttons)


# --- nothing is said past the catalogues ---


_NO_WORDS: Final = re.compile(
    r"<!date\^[^>]*>|&\w+;|<@U\w+>|:[a-z_]+:|`[^`]*`|/who-is-online|\*(all|topics|help)\*|0123abcd"
)


@pytest.mark.parametrize("topics", [0, 60])
@pytest.mark.parametrize("agents", [0, 50])
def test_every_word_of_an_answer_is_translated(agents: int, topics: int) -> None:
    """In a language without a single English letter, an answer has none; but for what is typed."""
    questions = ("", "all", "topics", "1", "ж", "&", NEARLY)
    for message, surface in everything_shown(crowd(agents, topics, length=20), PSEUDO, questions):
        check(message, surface)
        assert _english(message) == []


@pytest.mark.parametrize("name", NOTICES)
def test_every_word_of_a_notice_is_translated(name: str) -> None:
    """Likewise for what is said where there is no roster."""
    assert _english(NOTICES[name]) == []


def test_every_word_of_a_failed_home_is_translated() -> None:
    """Likewise for the Home tab where there is nothing to show."""
    assert _english(places.home_failure_message(DENIED, Shown(parse("topics")), PSEUDO)) == []


def _english(message: Message) -> list[str]:
    said = [message.text, *_said(list(message.blocks))]
    return [text for text in said if set(_NO_WORDS.sub("", text)) & set(ascii_letters)]


def _said(part: Any) -> Iterator[str]:
    """All that people see or hear of blocks."""
    if isinstance(part, list):
        for each in part:
            yield from _said(each)
    elif isinstance(part, dict):
        for key, value in part.items():
            if isinstance(value, str) and key in {"text", "accessibility_label", "alt_text"}:
                yield value
            else:
                yield from _said(value)
