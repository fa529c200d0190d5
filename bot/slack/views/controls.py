"""The controls under an answer. Each says in its value what to show next, so that nothing needs to be remembered."""

from collections import Counter
from collections.abc import Iterable
from typing import Final

from slack_sdk.models.blocks import (
    ActionsBlock,
    Block,
    ButtonElement,
    ExternalDataSelectElement,
    InteractiveElement,
    Option,
    PlainTextObject,
    StaticSelectElement,
)

from bot.presence.model import Topic
from bot.presence.query import ByTopic, Named, Numbered, Online, Query
from bot.presence.result import NamesMissing, NoMatch, Result, Roster, TopicList
from bot.slack.view_state import ViewState, encode
from bot.slack.views.pages import page_count
from bot.text import folded
from bot.words import Words
from bot.words.roster import topic_name

TOPIC_MENU: Final = "show:topic"
SHARE: Final = "share"

MAX_OPTIONS: Final = 100
"""https://docs.slack.dev/reference/block-kit/block-elements/select-menu-element/#static_select"""


def controls(result: Result, state: ViewState, words: Words, *more: InteractiveElement) -> list[Block]:
    """What can be done with a result: another topic, by topic or by agent, refresh, and other pages.

    `more` is for answers to what was asked.
    """
    elements: list[InteractiveElement] = [*_topic_menu(result, state, words), _switch(result, state, words)]
    if not isinstance(result, NoMatch):
        elements.append(refresh_button(state, words))
    if isinstance(result, Roster | TopicList):
        elements += more
    return [ActionsBlock(elements=elements), *paging(result, state, words)]


def paging(result: Result, state: ViewState, words: Words) -> list[Block]:
    """The pages before and after, where there are any. Those of a roster that was not asked for are everybody's."""
    if isinstance(result, NamesMissing):
        return paging(result.roster, state.about(Online()), words)
    said, pages = words.controls, page_count(result)
    steps = ((said.previous(), "show:previous", state.page - 1), (said.next(), "show:next", state.page + 1))
    buttons = [
        _button(text, action_id, state.at(page), label=said.page_label(text, page + 1, pages))
        for text, action_id, page in steps
        if 0 <= page < pages
    ]
    return [ActionsBlock(elements=buttons)] if buttons else []


def refresh_button(state: ViewState, words: Words) -> ButtonElement:
    """Asks again, for the page that is shown."""
    return _button(words.controls.refresh(), "show:refresh", state, label=words.controls.refresh_label())


def share_button(state: ViewState, words: Words) -> ButtonElement:
    """Shows the page to the whole channel."""
    return _button(words.controls.share(), SHARE, state)


def topic_options(topics: Iterable[Topic], typed: str, words: Words) -> list[Option]:
    """The options of a menu with too many topics for one message, as somebody types: "All topics" first."""
    wanted = folded(typed)
    found = [topic for topic in topics if wanted in folded(topic.name) or wanted == str(topic.id)]
    everybody = [] if typed.strip() else [_all_topics(words)]
    return [*everybody, *_options(found).values()][:MAX_OPTIONS]


def topics_unknown(words: Words) -> Option:
    """The only option of a menu whose topics are not known: it leads to everybody, or to the reason."""
    return _option(words.controls.topics_unknown(), Online())


def _topic_menu(result: Result, state: ViewState, words: Words) -> list[InteractiveElement]:
    topics = result.reading.snapshot.topics
    if not topics:
        return []
    by_topic = _options(topics)
    chosen = result.topics if isinstance(result, Roster) else ()
    one_chosen = by_topic[chosen[0].id] if len(chosen) == 1 else None
    placeholder = PlainTextObject(text=words.controls.choose_topic(), emoji=False)
    way_back = [_all_topics(words)] if isinstance(state.query, Named | Numbered) else []
    if len(way_back) + len(topics) > MAX_OPTIONS:
        menu = ExternalDataSelectElement(
            placeholder=placeholder, action_id=TOPIC_MENU, initial_option=one_chosen, min_query_length=0
        )
        return [menu]
    options = [*way_back, *by_topic.values()]
    return [
        StaticSelectElement(placeholder=placeholder, action_id=TOPIC_MENU, options=options, initial_option=one_chosen)
    ]


def _options(topics: Iterable[Topic]) -> dict[int, Option]:
    """An option for each topic's id, sorted by name. Topics with the same name show their ids too."""
    by_name = sorted(topics, key=lambda topic: topic.sort_key)
    named = Counter(topic_name(topic) for topic in by_name)
    return {topic.id: _topic_option(topic, is_unique=named[topic_name(topic)] == 1) for topic in by_name}


def _topic_option(topic: Topic, *, is_unique: bool) -> Option:
    name = topic_name(topic)
    return _option(name if is_unique else f"{name} ({topic.id})", Numbered(topic.id))


def _all_topics(words: Words) -> Option:
    return _option(words.controls.all_topics(), Online())


def _option(text: str, query: Query) -> Option:
    return Option(text=PlainTextObject(text=text, emoji=False), value=encode(ViewState(query)))


def _switch(result: Result, state: ViewState, words: Words) -> ButtonElement:
    if isinstance(result, TopicList):
        return _button(words.controls.by_agent(), "show:by_agent", state.about(Online()))
    return _button(words.controls.by_topic(), "show:by_topic", state.about(ByTopic()))


def _button(text: str, action_id: str, shows: ViewState, *, label: str | None = None) -> ButtonElement:
    return ButtonElement(
        text=PlainTextObject(text=text, emoji=False),
        action_id=action_id,
        value=encode(shows),
        accessibility_label=label,
    )
