"""From what people type or click to the message that they are shown."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import Final

from slack_sdk.models.blocks import Option

from bot.presence.feed import PresenceFeed
from bot.presence.query import ByTopic, Help, parse
from bot.presence.reading import Fresh, Reading, Stale, Unavailable
from bot.presence.result import Roster, TopicList
from bot.slack.audience import Action, Audience, Verdict
from bot.slack.clicks import Click
from bot.slack.directory import Directory
from bot.slack.questions import Question
from bot.slack.renderings import Renderings
from bot.slack.view_state import ViewState
from bot.slack.views import notices, places
from bot.slack.views.controls import topic_options, topics_unknown
from bot.slack.views.message import Kind, Message, for_one_alone
from bot.slack.views.places import View
from bot.words import Words, words_in
from bot.words.language import Language

Decide = Callable[[], Awaitable[Verdict]]
"""Whether names may be shown: asked as often as need be."""

HOME: Final = ViewState(ByTopic())
"""What the Home tab opens with."""

_REFUSALS: Final[Mapping[Verdict, Callable[[Words], Message]]] = {
    Verdict.GUEST: notices.guest_message,
    Verdict.OUTSIDER: notices.outsider_message,
    Verdict.SHARED_CHANNEL: notices.shared_channel_message,
    Verdict.UNKNOWN_PERSON: notices.unknown_person_message,
    Verdict.UNKNOWN_CHANNEL: notices.unknown_channel_message,
}


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

    def words_now(self, user: str) -> Words:
        """The words for one person as far as their language is known already."""
        return words_in(self._directory.language_now(user))

    async def to_command(self, text: str, user: str, channel: str) -> Message:
        """What a command shows to its asker alone."""
        query = parse(text)
        if isinstance(query, Help):
            return notices.help_message(await self.words_for(user))
        return await self._to_asker(ViewState(query), user, channel)

    async def to_mention(self, question: Question) -> Message:
        """What a mention shows to everybody around, or to the asker alone if Slack does not say who is around."""
        query = parse(question.words)
        if isinstance(query, Help):
            return notices.help_message(words_in(self._language))
        show = partial(self._shown, ViewState(query), places.in_place_message)
        reading = await self._reading_if(self._deciding(Action.SHOW_ALL, question))
        if reading is Verdict.UNKNOWN_CHANNEL:
            return for_one_alone(await self._answer(self._deciding(Action.SHOW_ALONE, question), question.user, show))
        if reading is Verdict.SHARED_CHANNEL:
            return notices.ask_alone_message(await self.words_for(question.user))
        if isinstance(reading, Verdict):
            return await self._refusal(reading, question.user)
        return show(reading, self._language)

    async def to_direct_message(self, question: Question) -> Message:
        """What a direct message gets."""
        query = parse(question.words)
        if isinstance(query, Help):
            return notices.help_message(await self.words_for(question.user))
        show = partial(self._shown, ViewState(query), places.direct_message)
        return await self._answer(self._deciding(Action.SHOW_ALONE, question), question.user, show)

    async def to_click(self, click: Click) -> Message:
        """What takes the place of the message that was clicked on, if it is an answer."""
        if click.state is None:
            return notices.outdated_message(await self.words_for(click.user))
        if click.is_ephemeral:
            return await self._to_asker(click.state, click.user, click.channel, click.teams)
        if click.is_direct and not click.state.sharer:
            show = partial(self._shown, click.state, places.in_place_message)
            return await self._answer(self._deciding(Action.SHOW_ALONE, click), click.user, show)
        view = places.shared_message if click.state.sharer else places.in_place_message
        return await self._to_everybody(click.state, view, click)

    async def to_share(self, click: Click) -> Message:
        """What is shown to the whole channel, in the name of the person who clicked."""
        if click.state is None:
            return notices.outdated_message(await self.words_for(click.user))
        return await self._to_everybody(click.state.by(click.user), places.shared_message, click)

    async def to_home(self, user: str, state: ViewState | None = None, teams: frozenset[str] = frozenset()) -> Message:
        """What a person's Home tab shows: the list by topic, or what they clicked there."""
        show = partial(self._shown_at_home, state or HOME)
        return await self._answer(partial(self._audience.decide, Action.SHOW_ALONE, user, teams=teams), user, show)

    async def to_typing(self, typed: str, user: str, teams: frozenset[str], *, seconds: float) -> list[Option]:
        """The topics that match what somebody types into the menu, if all is known within so many seconds.

        Where topics are not known, that is an option too: Slack says “No results” to an empty list.
        """
        reading: Reading | Verdict | None = None
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                reading = await self._reading_if(partial(self._audience.decide, Action.SHOW_ALONE, user, teams=teams))
        words = await self.words_for(user)
        if not isinstance(reading, Fresh | Stale):
            return [topics_unknown(words)]
        options = topic_options(reading.snapshot.topics, typed, words)
        return options if options or reading.snapshot.names_known else [topics_unknown(words)]

    async def _to_asker(
        self, state: ViewState, user: str, channel: str, teams: frozenset[str] = frozenset()
    ) -> Message:
        """An answer for one person alone in a channel, who may share it if the channel is the company's own."""
        self._audience.begin(channel)  # beside all else
        reading = await self._reading_if(partial(self._audience.decide, Action.SHOW_ALONE, user, teams=teams))
        if isinstance(reading, Verdict):
            return await self._refusal(reading, user)
        may_share = await self._audience.decide(Action.OFFER_SHARE, user, channel) is Verdict.SHOWN
        view = places.to_asker_message if may_share else places.in_place_message
        return self._shown(state, view, reading, await self._directory.language(user))

    async def _to_everybody(self, state: ViewState, view: View, click: Click) -> Message:
        """An answer for everybody in a channel.

        What is no answer to the query is for the person who clicked, in their language.
        """

        def show(reading: Reading, language: Language) -> Message:
            result = None if isinstance(reading, Unavailable) else self._renderings.result(state.query, reading)
            if isinstance(result, Roster | TopicList):
                return self._shown(state, view, reading, self._language)
            return replace(self._shown(state.by(""), places.in_place_message, reading, language), kind=Kind.NOTICE)

        return await self._answer(self._deciding(Action.SHOW_ALL, click), click.user, show)

    async def _answer(self, decide: Decide, user: str, show: Callable[[Reading, Language], Message]) -> Message:
        """What `show` makes of the reading in the person's language, or why they may not see it."""
        reading = await self._reading_if(decide)
        if isinstance(reading, Verdict):
            return await self._refusal(reading, user)
        return show(reading, await self._directory.language(user))

    async def _reading_if(self, decide: Decide) -> Reading | Verdict:
        """The reading if names may be shown, else the verdict that refuses it. SuperOffice is asked beside Slack."""
        self._feed.begin()
        verdict = await decide()
        if verdict is not Verdict.SHOWN:
            return verdict
        reading = await self._feed.current()
        # While SuperOffice was slow, the channel may have been shared with another company.
        verdict = await decide()
        return reading if verdict is Verdict.SHOWN else verdict

    def _deciding(self, action: Action, by: Question | Click) -> Decide:
        is_shared = isinstance(by, Question) and by.is_shared
        return partial(self._audience.decide, action, by.user, by.channel, teams=by.teams, is_shared=is_shared)

    async def _refusal(self, verdict: Verdict, user: str) -> Message:
        return _REFUSALS[verdict](await self.words_for(user))

    def _shown(self, state: ViewState, view: View, reading: Reading, language: Language) -> Message:
        if isinstance(reading, Unavailable):
            return notices.failure_message(reading.because, words_in(language))
        return self._renderings.message(view, state, language, reading)

    def _shown_at_home(self, state: ViewState, reading: Reading, language: Language) -> Message:
        if isinstance(reading, Unavailable):
            return places.home_failure_message(reading.because, state, words_in(language))
        return self._renderings.message(places.home_message, state, language, reading)
