"""What is said when there is no roster to show: help, failures, refusals, a slow answer."""

from typing import Final

from bot.errors import SuperOfficeError
from bot.slack.views.message import Kind, Message, context, header, message, section
from bot.words import Words

COMMAND: Final = "/who-is-online"


def help_lines(words: Words) -> str:
    """What can be said, a line each."""
    said = ((f"{COMMAND} {argument}".strip(), meaning) for argument, meaning in words.help.lines())
    return "\n".join(f"`{command_line}`  {meaning}" for command_line, meaning in said)


def help_message(words: Words) -> Message:
    """What can be said, for people who know the bot by its command."""
    return message(
        words.help.summary(COMMAND),
        [
            header(words.help.title()),
            section(help_lines(words)),
            section(words.help.states()),
            context(words.help.elsewhere()),
        ],
        Kind.NOTICE,
    )


def short_help_message(words: Words) -> Message:
    """What the bot is for, to people who only said hello."""
    return _one_line(words.help.short())


def failure_message(error: SuperOfficeError, words: Words) -> Message:
    """SuperOffice could not answer, and there is no roster young enough to show instead."""
    return _one_line(f":warning: {words.failures.failed(error)}", words.failures.failed(error))


def incident_message(incident_id: str, words: Words) -> Message:
    """Something is wrong with the bot itself; the id finds it in the log."""
    return _one_line(f":warning: {words.failures.incident(incident_id)}", words.failures.incident(incident_id))


def slow_message(words: Words) -> Message:
    """The answer takes longer than Slack waits for an acknowledgement."""
    return _one_line(f":hourglass_flowing_sand: {words.failures.slow()}", words.failures.slow())


def guest_message(words: Words) -> Message:
    """A guest of the workspace is not shown staff names."""
    return _one_line(words.failures.guest(), kind=Kind.ALONE)


def outsider_message(words: Words) -> Message:
    """A person of another company is not shown staff names."""
    return _one_line(words.failures.outsider(), kind=Kind.ALONE)


def shared_channel_message(words: Words) -> Message:
    """What was clicked would show staff names to people of other companies."""
    return _one_line(words.failures.shared_channel(), kind=Kind.ALONE)


def ask_alone_message(words: Words) -> Message:
    """An answer to a mention here would show staff names to people of other companies."""
    return _one_line(f"{words.failures.shared_channel()} {words.failures.instead()}", kind=Kind.ALONE)


def unknown_person_message(words: Words) -> Message:
    """Slack did not say who the person is."""
    return _one_line(words.failures.unknown_person(), kind=Kind.ALONE)


def unknown_channel_message(words: Words) -> Message:
    """A public answer here might show staff names to people of other companies."""
    return _one_line(words.failures.unknown_channel(), kind=Kind.ALONE)


def outdated_message(words: Words) -> Message:
    """The control that was clicked comes from another version of the bot."""
    return _one_line(words.failures.outdated(), kind=Kind.ALONE)


def _one_line(mrkdwn: str, text: str | None = None, kind: Kind = Kind.NOTICE) -> Message:
    return message(text or mrkdwn, [section(mrkdwn)], kind)
