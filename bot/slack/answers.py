"""A question in, a message out: the one way through from what people type or click to what is shown."""

from collections.abc import Mapping
from typing import Final

from cachetools import LRUCache
from slack_sdk.models.blocks import Option

from bot.errors import SuperOfficeError
from bot.languages import Language
from bot.presence.model import Snapshot
from bot.presence.query import Kind, Query, parse
from bot.presence.roster import answer
from bot.presence.service import PresenceService
from bot.slack.clicks import Click
from bot.slack.directory import CLICK_PATIENCE_S, Directory
from bot.slack.shown import Shown
from bot.slack.views import notices, places
from bot.slack.views.controls import topic_options
from bot.slack.views.message import Message, Notice
from bot.slack.views.places import View
from bot.slack.views.roster import Reader
from bot.slack.views.words import Words, words_in

HOME: Final = Shown(Query(Kind.BY_TOPIC))
"""What the Home tab opens to."""

_RENDERED: Final = 64
"""Messages kept: more than the questions, pages and languages in which people ask of one snapshot."""


class Answers:
    """Answers questions and clicks. Each answer is rendered once for a snapshot, not once for a person.

    A failure of SuperOffice is an answer too: a `Notice`.
    """

    def __init__(
        self,
        presence: PresenceService,
        directory: Directory,
        *,
        busy_at: int,
        language: Language,
        profiles: Mapping[int, str],
    ) -> None:
        self._presence = presence
        self._directory = directory
        self._busy_at = busy_at
        self._language = language
        self._profiles = profiles
        self._rendered: LRUCache[tuple[View, Shown, Language], Message] = LRUCache(_RENDERED)
        self._rendered_of: object = None

    async def words_for(self, user: str) -> Words:
        """The words for one person."""
        return words_in(await self._directory.language(user))

    async def to_command(self, text: str, user: str, channel: str) -> Message:
        """What a command shows to its asker alone."""
        language = await self._directory.language(user)
        return await self._to_words(text, await self._for_asker(channel), language)

    async def to_mention(self, text: str) -> Message:
        """What a mention shows to everybody around."""
        return await self._to_words(text, places.in_place_message, self._language)

    async def to_outsider(self, user: str) -> Message:
        """What somebody is told alone where people of other companies read along."""
        return notices.outsiders_message(await self.words_for(user))

    async def to_direct_message(self, text: str, user: str) -> Message:
        """What a direct message gets."""
        return await self._to_words(text, places.direct_message, await self._directory.language(user))

    async def to_click(self, click: Click) -> Message:
        """What takes the place of the message that was clicked on; a `Notice` does not."""
        language = await self._directory.language(click.user)
        if click.shown is None:
            return notices.outdated_message(words_in(language))
        try:
            if click.is_ephemeral:
                return await self._show(click.shown, await self._for_asker(click.channel), language)
            if click.is_direct and not click.shown.sharer:
                return await self._show(click.shown, places.in_place_message, language)
            if await self._directory.has_outsiders(click.channel):
                return notices.no_share_message(words_in(language))
            view = places.shared_message if click.shown.sharer else places.in_place_message
            return await self._show_everybody(click.shown, view, language)
        except SuperOfficeError as error:
            return notices.failure_message(error, words_in(language))

    async def to_share(self, click: Click) -> Message:
        """What is shown to the whole channel in the name of who clicked; a `Notice` is for them alone."""
        language = await self._directory.language(click.user)
        if click.shown is None:
            return notices.outdated_message(words_in(language))
        if not await self._directory.may_share(click.channel, CLICK_PATIENCE_S):
            return notices.no_share_message(words_in(language))
        try:
            return await self._show_everybody(click.shown.by(click.user), places.shared_message, language)
        except SuperOfficeError as error:
            return notices.failure_message(error, words_in(language))

    async def to_home(self, user: str, shown: Shown | None = None) -> Message:
        """What a person's Home tab shows: by topic, or what they clicked there."""
        language = await self._directory.language(user)
        try:
            return await self._show(shown or HOME, places.home_message, language)
        except SuperOfficeError as error:
            return places.home_failure_message(error, shown or HOME, words_in(language))

    async def to_typing(self, typed: str, user: str) -> list[Option]:
        """The topics that match what somebody types into the menu; none where they are not known."""
        try:
            topics = (await self._presence.current()).topics
        except SuperOfficeError:
            return []
        return topic_options(topics, typed, await self.words_for(user))

    async def _for_asker(self, channel: str) -> View:
        return places.to_asker_message if await self._directory.may_share(channel) else places.in_place_message

    async def _to_words(self, text: str, view: View, language: Language) -> Message:
        query = parse(text)
        if query.kind is Kind.HELP:
            return notices.help_message(words_in(language))
        try:
            return await self._show(Shown(query), view, language)
        except SuperOfficeError as error:
            return notices.failure_message(error, words_in(language))

    async def _show_everybody(self, shown: Shown, view: View, clickers: Language) -> Message:
        """An answer for everybody; what is none is for the clicker alone, and in their language."""
        message = await self._show(shown, view, self._language)
        return (
            await self._show(shown.by(""), places.in_place_message, clickers)
            if isinstance(message, Notice)
            else message
        )

    async def _show(self, shown: Shown, view: View, language: Language) -> Message:
        """An answer, rendered or kept. Raises `SuperOfficeError`."""
        snapshot = await self._presence.current()
        self._forget_others(snapshot)
        key = (view, shown, language)
        kept = self._rendered.get(key)
        if kept is None:
            said = answer(shown.query, snapshot, busy_at=self._busy_at)
            kept = view(said, shown, Reader(words_in(language), self._profiles))
            self._rendered[key] = kept
        return kept

    def _forget_others(self, snapshot: Snapshot) -> None:
        """Keep no message of another snapshot, nor of this one with another age."""
        stale = snapshot.stale_because
        now = (snapshot.taken_at, stale and (stale.reason, int(snapshot.age_s // 60)))
        if now != self._rendered_of:
            self._rendered.clear()
            self._rendered_of = now
