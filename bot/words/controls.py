"""What the controls under an answer say."""

from gettext import NullTranslations


class ControlWords:
    """Buttons, menus and pages."""

    def __init__(self, catalogue: NullTranslations) -> None:
        self._ = catalogue.gettext

    def agents_shown(self, first: int, last: int, total: int) -> str:
        """Which agents a page shows, where there are more."""
        return self._("Agents {first}–{last} of {total}").format(first=first, last=last, total=total)

    def topics_shown(self, first: int, last: int, total: int) -> str:
        """Which topics a page shows, where there are more."""
        return self._("Topics {first}–{last} of {total}").format(first=first, last=last, total=total)

    def choose_topic(self) -> str:
        """What the menu of topics is called."""
        return self._("Topic")

    def all_topics(self) -> str:
        """The menu's way back to everybody."""
        return self._("All topics")

    def topics_unknown(self) -> str:
        """The menu's only option where the topics are not known; it leads to everybody."""
        return self._("Topics not available just now")

    def by_topic(self) -> str:
        """The switch from agents to topics."""
        return self._("By topic")

    def by_agent(self) -> str:
        """The switch back."""
        return self._("By agent")

    def refresh(self) -> str:
        """The button that asks again."""
        return self._("Refresh")

    def refresh_label(self) -> str:
        """The same, read aloud."""
        return self._("Refresh who is online")

    def share(self) -> str:
        """The button that shows a roster to the whole channel."""
        return self._("Share to channel")

    def previous(self) -> str:
        """The button to the page before."""
        return self._("Previous")

    def next(self) -> str:
        """The button to the page after."""
        return self._("Next")

    def page_label(self, button: str, page: int, pages: int) -> str:
        """A page's button, read aloud; the first page is 1."""
        return self._("{button}: page {page} of {pages}").format(button=button, page=page, pages=pages)

    def shared_by(self, person: str) -> str:
        """Who showed a roster to the channel."""
        return self._("Shared by {person}").format(person=person)
