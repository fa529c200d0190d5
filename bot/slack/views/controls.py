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
from bot.presence.query import Kind, Query, folded
from bot.presence.roster import Answer, NoSuchTopic, TopicList
from bot.slack.shown import Shown, encode
from bot.slack.views import words as w
from bot.slack.views.roster import Draft
from bot.slack.views.words import Words

TOPIC_MENU: Final = "show:topic"
SHARE: Final = "share"

MAX_OPTIONS: Final = 100
"""https://docs.slack.dev/reference/block-kit/block-elements/select-menu-element/#static_select"""


def controls(answer: Answer, draft: Draft, shown: Shown, words: Words, *more: InteractiveElement) -> list[Block]:
    """What can be done with an answer: another topic, by topic or by agent, ask again, and the pages."""
    elements: list[InteractiveElement] = [*_topic_menu(answer, shown, words), _switch(answer, shown, words)]
    if not isinstance(answer, NoSuchTopic):
        elements += [refresh_button(shown, words), *more]
    return [ActionsBlock(elements=elements), *paging(draft, shown, words)]


def paging(draft: Draft, shown: Shown, words: Words) -> list[Block]:
    """The pages before and after, where there are any."""
    steps = ((words.previous(), "show:previous", draft.page - 1), (words.next(), "show:next", draft.page + 1))
    buttons = [
        _button(text, action_id, shown.at(page), label=words.page_label(text, page + 1, draft.pages))
        for text, action_id, page in steps
        if 0 <= page < draft.pages
    ]
    return [ActionsBlock(elements=buttons)] if buttons else []


def refresh_button(shown: Shown, words: Words) -> ButtonElement:
    """Asks again, for the page that is shown."""
    return _button(words.refresh(), "show:refresh", shown, label=words.refresh_label())


def share_button(shown: Shown, words: Words) -> ButtonElement:
    """Shows the page to the whole channel."""
    return _button(words.share(), SHARE, shown)


def topic_options(topics: Iterable[Topic], typed: str, words: Words) -> list[Option]:
    """The options of the menu whose topics are too many for it, as somebody types: "All topics" first."""
    wanted = folded(typed)
    found = [topic for topic in topics if wanted in folded(topic.name) or wanted == str(topic.id)]
    everybody = [] if typed.strip() else [_all_topics(words)]
    return [*everybody, *_options(found).values()][:MAX_OPTIONS]


def _topic_menu(answer: Answer, shown: Shown, words: Words) -> list[InteractiveElement]:
    topics = answer.snapshot.topics
    if not topics:
        return []
    by_topic = _options(topics)
    chosen = answer.topics if not isinstance(answer, NoSuchTopic | TopicList) else ()
    one_chosen = by_topic[chosen[0].id] if len(chosen) == 1 else None
    placeholder = PlainTextObject(text=words.choose_topic(), emoji=False)
    way_back = [_all_topics(words)] if shown.query.kind is Kind.TOPIC else []
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
    """An option for each topic's id, by name; namesakes show their ids too."""
    by_name = sorted(topics, key=lambda topic: (topic.name.casefold(), topic.id))
    named = Counter(w.topic(topic) for topic in by_name)
    return {
        topic.id: _option(
            w.topic(topic) if named[w.topic(topic)] == 1 else f"{w.topic(topic)} ({topic.id})",
            Query(Kind.TOPIC, f"#{topic.id}"),
        )
        for topic in by_name
    }


def _all_topics(words: Words) -> Option:
    return _option(words.all_topics(), Query(Kind.ROSTER))


def _option(text: str, query: Query) -> Option:
    return Option(text=PlainTextObject(text=text, emoji=False), value=encode(Shown(query)))


def _switch(answer: Answer, shown: Shown, words: Words) -> ButtonElement:
    if isinstance(answer, TopicList):
        return _button(words.by_agent(), "show:by_agent", shown.about(Query(Kind.ROSTER)))
    return _button(words.by_topic(), "show:by_topic", shown.about(Query(Kind.BY_TOPIC)))


def _button(text: str, action_id: str, shows: Shown, *, label: str | None = None) -> ButtonElement:
    return ButtonElement(
        text=PlainTextObject(text=text, emoji=False),
        action_id=action_id,
        value=encode(shows),
        accessibility_label=label,
    )
