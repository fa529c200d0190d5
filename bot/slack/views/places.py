"""A result as it looks in each place: for its asker, in a channel, shared, in a direct message, on the Home tab."""

from collections.abc import Callable, Iterable
from typing import Final

from slack_sdk.models.blocks import ActionsBlock, Block, DividerBlock

from bot.errors import SuperOfficeError
from bot.presence.query import Named, Query
from bot.presence.result import NoMatch, Result, Roster
from bot.slack.view_state import ViewState
from bot.slack.views.controls import controls, paging, refresh_button, share_button
from bot.slack.views.message import Kind, Message, context, header, message, section
from bot.slack.views.notices import help_lines, short_help_message
from bot.slack.views.roster import Draft, Reader, drafted
from bot.text import folded
from bot.words import Words

LEAST_OF_A_NAME: Final = 4
"""In a direct message, fewer letters than this name a topic only by its id or its beginning."""

View = Callable[[Result, ViewState, Reader], Message]
"""Makes a message of a result. The state's page must exist."""


def to_asker_message(result: Result, state: ViewState, reader: Reader) -> Message:
    """For the asker alone, who may share it with the channel."""
    share = share_button(state, reader.words)
    return _finished(result, drafted(result, state.page, reader), controls(result, state, reader.words, share))


def in_place_message(result: Result, state: ViewState, reader: Reader) -> Message:
    """For everybody who sees the place, or for an asker who cannot share."""
    return _finished(result, drafted(result, state.page, reader), controls(result, state, reader.words))


def direct_message(result: Result, state: ViewState, reader: Reader) -> Message:
    """In a direct message. Words that name nothing there are taken for a greeting."""
    greeted = isinstance(result, NoMatch) and not result.topics_meant
    if greeted or _is_chance(result, state.query):
        return short_help_message(reader.words)
    return in_place_message(result, state, reader)


def shared_message(result: Result, state: ViewState, reader: Reader) -> Message:
    """For a channel, in the name of the person who shared it: others can refresh it, but not change what it shows."""
    sharer = context(reader.words.controls.shared_by(f"<@{state.sharer}>"))
    refresh = ActionsBlock(elements=[refresh_button(state, reader.words)])
    draft = drafted(result, state.page, reader)
    return _finished(result, draft, [sharer, refresh, *paging(result, state, reader.words)])


def home_message(result: Result, state: ViewState, reader: Reader) -> Message:
    """The Home tab: the answer, and what can be asked elsewhere."""
    draft = drafted(result, state.page, reader)
    return _finished(result, draft, [*controls(result, state, reader.words), *_help(reader.words)])


def home_failure_message(error: SuperOfficeError, state: ViewState, words: Words) -> Message:
    """The Home tab when there is no snapshot to show; it can be tried again."""
    said = words.failures.failed(error)
    refresh = ActionsBlock(elements=[refresh_button(state, words)])
    return message(said, [section(f":warning: {said}"), refresh, *_help(words)], Kind.NOTICE)


def _is_chance(result: Result, query: Query) -> bool:
    """Whether a few letters name a topic only by chance, as "hi" names "Shipping"."""
    if not isinstance(result, Roster) or not isinstance(query, Named):
        return False
    words = folded(query.words)
    if len(words) >= LEAST_OF_A_NAME:
        return False
    return not any(words == str(topic.id) or folded(topic.name).startswith(words) for topic in result.topics)


def _help(words: Words) -> list[Block]:
    return [DividerBlock(), header(words.help.title()), section(help_lines(words)), context(words.help.elsewhere())]


def _finished(result: Result, draft: Draft, below: Iterable[Block]) -> Message:
    kind = Kind.NOTICE if isinstance(result, NoMatch) else Kind.ANSWER
    return message(draft.text, [*draft.blocks, *below], kind)
