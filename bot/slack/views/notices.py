"""What is said where there is no roster to show: help, failures, a slow answer."""

from typing import Final

from bot.errors import SuperOfficeError
from bot.slack.views.message import Notice, context, header, notice, section
from bot.slack.views.words import Words

COMMAND: Final = "/who-is-online"


def help_lines(words: Words) -> str:
    """What can be said, a line each."""
    said = ((f"{COMMAND} {argument}".strip(), meaning) for argument, meaning in words.help_lines())
    return "\n".join(f"`{command_line}`  {meaning}" for command_line, meaning in said)


def help_message(words: Words) -> Notice:
    """What can be said, for people who know the bot by its command."""
    return notice(
        words.help_summary(COMMAND),
        [
            header(words.help_title()),
            section(help_lines(words)),
            section(words.states()),
            context(words.elsewhere()),
        ],
    )


def short_help_message(words: Words) -> Notice:
    """What the bot is for, to people who only said hello."""
    return _plain(words.short_help())


def failure_message(error: SuperOfficeError, words: Words) -> Notice:
    """SuperOffice could not answer, and there is no roster young enough to show instead."""
    return _marked("warning", words.failed(error))


def incident_message(incident_id: str, words: Words) -> Notice:
    """Something is wrong with the bot itself; the id finds it in the log."""
    return _marked("warning", words.incident(incident_id))


def outsiders_message(words: Words) -> Notice:
    """A public answer here would show staff names to people of other companies."""
    return _plain(words.outsiders())


def no_share_message(words: Words) -> Notice:
    """Sharing here might show staff names to people of other companies."""
    return _plain(words.no_share())


def outdated_message(words: Words) -> Notice:
    """A control of another version was clicked."""
    return _plain(words.outdated())


def slow_message(words: Words) -> Notice:
    """SuperOffice takes longer than Slack waits for an acknowledgement."""
    return _marked("hourglass_flowing_sand", words.slow())


def _plain(said: str) -> Notice:
    return notice(said, [section(said)])


def _marked(emoji: str, said: str) -> Notice:
    return notice(said, [section(f":{emoji}: {said}")])
