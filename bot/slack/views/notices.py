"""What is said where there is no roster to show: help, failures, a slow answer."""

from typing import Final

from bot.errors import SuperOfficeError
from bot.slack.views import words
from bot.slack.views.message import Message, context, header, message, section

_HELP: Final = (
    ("{command}", "who is online"),
    ("{command} billing", "who is online for a topic: its name, a part of it, or its number"),
    ("{command} all", "away agents too"),
    ("{command} topics", "each topic with its agents"),
    ("{command} help", "these words"),
)


_STATES: Final = "An agent who is away has switched presence off in SuperOffice, but may still be answering chats."


def help_message(command: str) -> Message:
    """What can be said, for people who know the bot by its command."""
    rows = "\n".join(f"`{said.format(command=command)}`  {meaning}" for said, meaning in _HELP)
    elsewhere = (
        "In a channel or a thread, mention me with the same words; in a direct message, just write them. "
        "Slack knows no commands inside threads, so mention me there."
    )
    return message(
        f"Ask who is online with {command}, a topic, all or topics.",
        [header("What you can ask"), section(rows), section(_STATES), context(elsewhere)],
    )


def failure_message(error: SuperOfficeError) -> Message:
    """SuperOffice could not answer, and there is no roster young enough to show instead."""
    said = words.failed(error)
    return message(said, [section(f":warning: {said}")])


def incident_message(incident_id: str) -> Message:
    """Something is wrong with the bot itself; the id finds it in the log."""
    said = (
        "Sorry, something went wrong in me, not in SuperOffice, so I can't say who is online. "
        f"Please tell the person who installed this bot about incident {incident_id}."
    )
    return message(said, [section(f":warning: {said}")])


def outsiders_message() -> Message:
    """A public answer here would show staff names to people of other companies."""
    said = (
        "People of other companies are in this channel, so I don't say here who is online. "
        "Type the command instead: its answer is visible to you alone."
    )
    return message(said, [section(said)])


def slow_message() -> Message:
    """SuperOffice takes longer than Slack waits for an acknowledgement."""
    said = "SuperOffice is slow just now. The answer follows here."
    return message(said, [section(f":hourglass_flowing_sand: {said}")])
