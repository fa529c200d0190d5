"""An answer as it looks in each place: for its asker, in a channel, shared, in a direct message, on the Home tab."""

from collections.abc import Callable, Iterable
from typing import Final

from slack_sdk.models.blocks import ActionsBlock, Block, DividerBlock

from bot.errors import SuperOfficeError
from bot.presence.query import Kind, Query, folded
from bot.presence.roster import Answer, NoSuchTopic, Roster
from bot.slack.shown import Shown
from bot.slack.views.controls import controls, paging, refresh_button, share_button
from bot.slack.views.message import Message, Notice, context, header, message, notice, section
from bot.slack.views.notices import help_lines, short_help_message
from bot.slack.views.roster import Draft, Reader, drafted
from bot.slack.views.words import Words

LEAST_OF_A_NAME: Final = 4
"""Letters from the middle of a name that mean it, in a direct message."""

View = Callable[[Answer, Shown, Reader], Message]
"""What one of these is: an answer, the page of it, and for whom."""


def to_asker_message(answer: Answer, shown: Shown, reader: Reader) -> Message:
    """For the asker alone, who may show it to the channel."""
    draft, shown = _drafted(answer, shown, reader)
    share = share_button(shown, reader.words)
    return _finished(answer, draft, controls(answer, draft, shown, reader.words, share))


def in_place_message(answer: Answer, shown: Shown, reader: Reader) -> Message:
    """For everybody who sees the place, or for an asker who cannot share."""
    draft, shown = _drafted(answer, shown, reader)
    return _finished(answer, draft, controls(answer, draft, shown, reader.words))


def direct_message(answer: Answer, shown: Shown, reader: Reader) -> Message:
    """In a direct message, where words that name nothing were a greeting."""
    greeted = isinstance(answer, NoSuchTopic) and not answer.topics_meant
    if greeted or _is_chance(answer, shown.query):
        return short_help_message(reader.words)
    return in_place_message(answer, shown, reader)


def shared_message(answer: Answer, shown: Shown, reader: Reader) -> Message:
    """For a channel, in the name of the person who shared it; so others can bring it up to date, but not change it."""
    draft, shown = _drafted(answer, shown, reader)
    sharer = context(reader.words.shared_by(f"<@{shown.sharer}>"))
    refresh = ActionsBlock(elements=[refresh_button(shown, reader.words)])
    return _finished(answer, draft, [sharer, refresh, *paging(draft, shown, reader.words)])


def home_message(answer: Answer, shown: Shown, reader: Reader) -> Message:
    """The Home tab: the answer, and what can be said elsewhere."""
    draft, shown = _drafted(answer, shown, reader)
    return message(draft.text, [*draft.blocks, *controls(answer, draft, shown, reader.words), *_help(reader.words)])


def home_failure_message(error: SuperOfficeError, shown: Shown, words: Words) -> Message:
    """The Home tab where there is nothing honest to show; it can be tried again."""
    said = words.failed(error)
    refresh = ActionsBlock(elements=[refresh_button(shown, words)])
    return message(said, [section(f":warning: {said}"), refresh, *_help(words)])


def _is_chance(answer: Answer, query: Query) -> bool:
    """Whether a few letters are a topic only by chance: the "hi" in "Shipping"."""
    words = folded(query.words)
    if not isinstance(answer, Roster) or query.kind is not Kind.TOPIC or len(words) >= LEAST_OF_A_NAME:
        return False
    return not any(words == str(topic.id) or folded(topic.name).startswith(words) for topic in answer.topics)


def _drafted(answer: Answer, shown: Shown, reader: Reader) -> tuple[Draft, Shown]:
    """The answer's page, and what is shown indeed: another page, where the one asked for is gone."""
    draft = drafted(answer, shown.page, reader)
    return draft, shown.at(draft.page)


def _help(words: Words) -> list[Block]:
    return [DividerBlock(), header(words.help_title()), section(help_lines(words)), context(words.elsewhere())]


def _finished(answer: Answer, draft: Draft, below: Iterable[Block]) -> Message | Notice:
    blocks = [*draft.blocks, *below]
    return notice(draft.text, blocks) if isinstance(answer, NoSuchTopic) else message(draft.text, blocks)
