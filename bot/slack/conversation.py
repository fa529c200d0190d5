"""From what people type or click to the message that they are shown."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Final

from slack_sdk.models.blocks import Option

from bot.presence.feed import PresenceFeed
from bot.presence.query import ByTopic, Help, parse
from bot.presence.reading import Unavailable
from bot.presence.result import NamesMissing, NoMatch
from bot.slack.audience import Action, Audience, Decision
from bot.slack.clicks import Click
from bot.slack.directory import Directory
from bot.slack.questions import Question
from bot.slack.renderings import Renderings
from bot.slack.view_state import ViewState
from bot.slack.views import notices, places
from bot.slack.views.controls import topic_options, topics_unknown
from bot.slack.views.message import Kind, Message
from bot.slack.views.places import View
from bot.words import Words, words_in
from bot.words.language import Language

HOME: Final = ViewState(ByTopic())
"""What the Home tab opens with."""

_REFUSALS: Final[Mapping[Decision, Callable[[Words], Message]]] = {
    Decision.SHARED: notices.shared_channel_message,
    Decision.UNKNOWN: notices.no_share_message,
}
"""What a click gets where names are not shown."""


class Conversation:
    """Answers questions and clicks. If SuperOffice fails, the message says so; nothing is raised.

    What one person sees is in their language; what everybody sees is in `language`.
    """

    def __init__(
        self,
        feed: PresenceFeed,
        directory: Directory,
        audience: Audience,
        renderings: Renderings,
        *,
        language: Language,
    ) -> None:
        self._feed = feed
        self._directory = directory
        self._audience = audience
        self._renderings = renderings
        self._language = language

    async def words_for(self, user: str) -> Words:
        """The words for one person."""
        return words_in(await self._directory.language(user))

    async def to_command(self, text: str, user: str, channel: str) -> Message:
        """What a command shows to its asker alone."""
        language = await self._directory.language(user)
        return await self._to_words(text, await self._view_for_asker(channel), language)

    async def to_mention(self, question: Question) -> Message:
        """What a mention shows to everybody around."""
        if not await self._may_answer(question):
            return notices.outsiders_message(await self.words_for(question.user))
        return await self._to_words(question.words, places.in_place_message, self._language)

    async def to_direct_message(self, question: Question) -> Message:
        """What a direct message gets."""
        language = await self._directory.language(question.user)
        if not await self._may_answer(question):
            return notices.outsiders_message(words_in(language))
        return await self._to_words(question.words, places.direct_message, language)

    async def to_click(self, click: Click) -> Message:
        """What takes the place of the message that was clicked on, if it is an answer."""
        language = await self._directory.language(click.user)
        if click.state is None:
            return notices.outdated_message(words_in(language))
        if click.is_ephemeral:
            return await self._show(click.state, await self._view_for_asker(click.channel), language)
        if click.is_direct and not click.state.sharer:
            return await self._show(click.state, places.in_place_message, language)
        decision = await self._audience.decide(Action.UPDATE_PUBLIC, click.channel)
        if decision is not Decision.SHOW:
            return _REFUSALS[decision](words_in(language))
        view = places.shared_message if click.state.sharer else places.in_place_message
        return await self._show_everybody(click.state, view, language)

    async def to_share(self, click: Click) -> Message:
        """What is shown to the whole channel, in the name of the person who clicked."""
        language = await self._directory.language(click.user)
        if click.state is None:
            return notices.outdated_message(words_in(language))
        decision = await self._audience.decide(Action.SHARE, click.channel)
        if decision is not Decision.SHOW:
            return _REFUSALS[decision](words_in(language))
        return await self._show_everybody(click.state.by(click.user), places.shared_message, language)

    async def to_home(self, user: str, state: ViewState | None = None) -> Message:
        """What a person's Home tab shows: the list by topic, or what they clicked there."""
        language = await self._directory.language(user)
        state = state or HOME
        reading = await self._feed.current()
        if isinstance(reading, Unavailable):
            return places.home_failure_message(reading.because, state, words_in(language))
        return self._renderings.message(places.home_message, state, language, reading)

    async def to_typing(self, typed: str, user: str, *, seconds: float) -> list[Option]:
        """The topics that match what somebody types into the menu, if SuperOffice says so within so many seconds.

        Where topics are not known, that is an option too: Slack says “No results” to an empty list.
        """
        words = await self.words_for(user)
        try:
            async with asyncio.timeout(seconds):
                reading = await self._feed.current()
        except TimeoutError:
            return [topics_unknown(words)]
        if isinstance(reading, Unavailable):
            return [topics_unknown(words)]
        options = topic_options(reading.snapshot.topics, typed, words)
        return options if options or reading.snapshot.names_known else [topics_unknown(words)]

    async def _may_answer(self, question: Question) -> bool:
        action, outsiders = Action.ANSWER_EVENT, question.has_outsiders
        return await self._audience.decide(action, question.channel, has_outsiders=outsiders) is Decision.SHOW

    async def _view_for_asker(self, channel: str) -> View:
        decision = await self._audience.decide(Action.OFFER_SHARE, channel)
        return places.to_asker_message if decision is Decision.SHOW else places.in_place_message

    async def _to_words(self, text: str, view: View, language: Language) -> Message:
        query = parse(text)
        if isinstance(query, Help):
            return notices.help_message(words_in(language))
        return await self._show(ViewState(query), view, language)

    async def _show(self, state: ViewState, view: View, language: Language) -> Message:
        reading = await self._feed.current()
        if isinstance(reading, Unavailable):
            return notices.failure_message(reading.because, words_in(language))
        return self._renderings.message(view, state, language, reading)

    async def _show_everybody(self, state: ViewState, view: View, clickers: Language) -> Message:
        """An answer for everybody. What is no answer to the query is for the person who clicked, in their language."""
        reading = await self._feed.current()
        if isinstance(reading, Unavailable):
            return notices.failure_message(reading.because, words_in(clickers))
        if isinstance(self._renderings.result(state.query, reading), NoMatch | NamesMissing):
            message = self._renderings.message(places.in_place_message, state.by(""), clickers, reading)
            return replace(message, kind=Kind.NOTICE)
        return self._renderings.message(view, state, self._language, reading)
