"""What can be asked, explained."""

from gettext import NullTranslations


class HelpWords:
    """The help, long and short."""

    def __init__(self, catalogue: NullTranslations) -> None:
        self._ = catalogue.gettext

    def title(self) -> str:
        """The title of the help."""
        return self._("What you can ask")

    def lines(self) -> list[tuple[str, str]]:
        """What can be said, and what it answers."""
        return [
            ("", self._("who is online")),
            ("billing", self._("who is online for a topic: its name, a part of it, or its number")),
            ("all", self._("away agents too")),
            ("topics", self._("each topic with its agents")),
            ("help", self._("these words")),
        ]

    def summary(self, command: str) -> str:
        """The help in a line."""
        return self._("Ask who is online with {command}, a topic, all or topics.").format(command=command)

    def states(self) -> str:
        """What away means."""
        return self._(
            "An agent who is away has switched presence off in SuperOffice, but may still be answering chats."
        )

    def elsewhere(self) -> str:
        """Where else than in a command the same words can be said."""
        return self._(
            "In a channel or a thread, mention me with the same words; in a direct message, just write them. "
            "Slack knows no commands inside threads, so mention me there."
        )

    def short(self) -> str:
        """What the bot is for, to people who only said hello."""
        return self._(
            "I tell who is online in SuperOffice Chat. Write a topic, to see who can take it; *all* for everybody, "
            "*topics* for each topic with its agents, or *help* for more."
        )
