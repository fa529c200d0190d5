"""The ordered checks behind `check`: each with what was found and the next step to take. They change nothing."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from enum import Enum
from functools import partial
from typing import TYPE_CHECKING, Final

from bot import bootstrap
from bot.errors import Reason, SlackError, SuperOfficeError
from bot.settings import Settings
from bot.superoffice.client import SuperOfficeClient

if TYPE_CHECKING:
    from slack_sdk.web.async_client import AsyncWebClient

    from bot.slack.identity import Identity

CLOCK_TOLERANCE: Final = timedelta(minutes=4)
"""Slack's signatures are good for 5 minutes: https://docs.slack.dev/authentication/verifying-requests-from-slack/."""

_NEXT_STEP: Final[Mapping[Reason, str]] = {
    Reason.HOST_NOT_FOUND: "Check the host name in SUPEROFFICE_URL, and this machine's DNS.",
    Reason.REFUSED: "Check the host and port in SUPEROFFICE_URL, that SuperOffice runs, and the firewall between.",
    Reason.NO_ROUTE: "Check SUPEROFFICE_URL, and this machine's network.",
    Reason.TLS: "Give the server a valid certificate, or this machine its authority (SSL_CERT_FILE: see the README).",
    Reason.TIMEOUT: "Check that SuperOffice runs, and the firewall; if it is just slow, raise SUPEROFFICE_TIMEOUT_S.",
    Reason.BROKEN: "Try again; if it goes on, look at the web server's or proxy's log.",
    Reason.BUSY: "Wait a while, then raise PRESENCE_FRESH_S so that the bot asks less often.",
    Reason.SERVER_ERROR: "Look at the log of SuperOffice's web server, or of the proxy before it.",
    Reason.PAGE: "Check SUPEROFFICE_URL: it ends with /Remote, and needs no sign-in page or proxy before it.",
    Reason.NOT_THERE: "Check SUPEROFFICE_URL: it ends with /Remote, and NetServer's web services are installed there.",
    Reason.PASSWORD: "Check SUPEROFFICE_USERNAME and SUPEROFFICE_PASSWORD, and that the account is not locked.",
    Reason.APPLICATION_TOKEN: "Check SUPEROFFICE_APPLICATION_TOKEN; SuperOffice gives it to a registered application.",
    Reason.TICKET_ENDED: "Put a new ticket in SUPEROFFICE_TICKET, or set SUPEROFFICE_USERNAME and _PASSWORD instead.",
    Reason.NO_RIGHT: "Give the bot's user the right to chat in SuperOffice Admin, or use another user.",
    Reason.FAILED: "Look at NetServer's log for the time of this check.",
    Reason.UNREADABLE: "Check SUPEROFFICE_URL and SUPEROFFICE_SERVICES; something answers, but not as NetServer does.",
    Reason.TOO_LARGE: "Tell us: no roster should be as large as this.",
}

_SLACK_NEXT_STEP: Final[Mapping[str, str]] = {
    "not_slack": "Check SLACK_API_URL, and the proxy on the way: something else than Slack answers.",
    "unreachable": "Check this machine's way to slack.com, and SLACK_API_URL if you set it.",
    "missing_scope": "Give the app-level token the scope connections:write.",
    "not_allowed_token_type": "This is another kind of token: copy the one that its setting names.",
}


_NO_SUCH_USER: Final = frozenset({"user_not_found", "user_not_visible"})


class Verdict(Enum):
    """How a check ended."""

    PASSED = "✓"
    FAILED = "✗"
    SKIPPED = "–"


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of `check`: what was tried, how it ended, the fact or cause, and for a failure the next step."""

    name: str
    verdict: Verdict
    said: str
    next_step: str = ""

    @classmethod
    def passed(cls, name: str, said: str) -> "Finding":
        """All is well."""
        return cls(name, Verdict.PASSED, said)

    @classmethod
    def failed(cls, name: str, said: str, next_step: str) -> "Finding":
        """Something is to be done."""
        return cls(name, Verdict.FAILED, said, next_step)

    @classmethod
    def skipped(cls, name: str, needs: str) -> "Finding":
        """It could not be tried, because what it needs had failed."""
        return cls(name, Verdict.SKIPPED, f"not tried: it needs “{needs}”")


async def run_checks(settings: Settings) -> AsyncIterator[Finding]:
    """Try everything, one after the other. What needs a step that failed is skipped."""
    yield Finding.passed("Settings", f"all there; LANGUAGE is {settings.language.value}")
    async with bootstrap.open_superoffice(settings) as client:
        async for finding in _superoffice(settings, client):
            yield finding
    async for finding in _slack(settings):
        yield finding


async def _superoffice(settings: Settings, client: SuperOfficeClient) -> AsyncIterator[Finding]:
    steps: dict[str, Callable[[], Awaitable[str]]] = {
        "SuperOffice reachable": partial(_reach, settings, client),
        "SuperOffice sign-in": partial(_sign_in, settings, client),
        "Chat presence": partial(_presence, client),
        "Topic names": partial(_topic_names, settings, client),
    }
    failed = ""
    for name, step in steps.items():
        if failed:
            yield Finding.skipped(name, failed)
            continue
        try:
            yield Finding.passed(name, await step())
        except SuperOfficeError as error:
            failed = name
            yield Finding.failed(name, str(error), await _next_step(settings, error))


async def _reach(settings: Settings, client: SuperOfficeClient) -> str:
    await client.reach()
    return f"NetServer's Services{settings.superoffice_services} answer"


async def _sign_in(settings: Settings, client: SuperOfficeClient) -> str:
    await client.sign_in()
    return "a ready ticket, tried next" if settings.superoffice_ticket else f"as {settings.superoffice_username}"


async def _presence(client: SuperOfficeClient) -> str:
    agents = (await client.snapshot()).agents
    return f"{len(agents)} agents, {sum(agent.present for agent in agents)} of them present"


async def _topic_names(settings: Settings, client: SuperOfficeClient) -> str:
    try:
        return f"{len((await client.topic_names()).names)} topics"
    except SuperOfficeError:
        if settings.superoffice_topics:
            return "the server's list cannot be read; those of SUPEROFFICE_TOPICS serve"
        raise


async def _next_step(settings: Settings, error: SuperOfficeError) -> str:
    if error.reason is Reason.NOT_THERE:
        for number in {86, 87, 88} - {settings.superoffice_services}:
            other = settings.model_copy(update={"superoffice_services": number})
            with suppress(SuperOfficeError):
                async with bootstrap.open_superoffice(other) as client:
                    await client.reach()
                    return f"Services{number} answer there: set SUPEROFFICE_SERVICES={number}."
    return _NEXT_STEP[error.reason]


async def _slack(settings: Settings) -> AsyncIterator[Finding]:
    from bot.slack.identity import identify, try_app_token

    async with bootstrap.open_slack(settings) as slack:
        try:
            identity = await identify(slack)
        except SlackError as error:
            step = _SLACK_NEXT_STEP.get(
                error.code,
                "Install the app, then copy SLACK_BOT_TOKEN again: OAuth & Permissions, Bot User OAuth Token.",
            )
            yield Finding.failed("Slack bot token", str(error), step)
            people = ("Slack people",) if settings.slack_people else ()
            for name in ("Slack scopes", "Slash command", "Clock", *people):
                yield Finding.skipped(name, "Slack bot token")
        else:
            yield Finding.passed("Slack bot token", f"@{identity.name} in {identity.team}")
            for finding in (_scopes(identity), _command(identity), _clock(identity)):
                yield finding
            if settings.slack_people:
                yield await _people(settings, slack)
        if settings.uses_socket_mode:
            try:
                await try_app_token(slack, bootstrap.reveal(settings.slack_app_token))
            except SlackError as error:
                step = _SLACK_NEXT_STEP.get(
                    error.code, "Copy SLACK_APP_TOKEN again: Basic Information, App-Level Tokens."
                )
                yield Finding.failed("Slack app token", str(error), step)
            else:
                yield Finding.passed("Slack app token", "Socket Mode is open to it")
        else:
            yield Finding.passed(
                "Slack signing secret", "set; the log tells if Slack's first request does not match it"
            )


def _scopes(identity: "Identity") -> Finding:
    from bot.slack.listeners import SCOPES

    missing = sorted(SCOPES - identity.scopes)
    if missing:
        step = (
            "Add them under OAuth & Permissions, or paste manifest.yml under App Manifest; then install the app again."
        )
        return Finding.failed("Slack scopes", f"missing: {', '.join(missing)}", step)
    return Finding.passed("Slack scopes", ", ".join(sorted(SCOPES)))


def _command(identity: "Identity") -> Finding:
    """Slack tells no bot which commands it has; it tells whether the bot may have any."""
    from bot.slack.views.notices import COMMAND

    if "commands" not in identity.scopes:
        return Finding.failed(
            "Slash command",
            f"{COMMAND} is not installed",
            "Paste manifest.yml under App Manifest; install the app again.",
        )
    return Finding.passed("Slash command", f"allowed; {COMMAND} comes with manifest.yml")


async def _people(settings: Settings, slack: "AsyncWebClient") -> Finding:
    """Whether each person that an agent is linked to is there."""
    from bot.slack.failures import from_slack

    strangers = []
    for agent, person in settings.slack_people.items():
        try:
            with from_slack():
                gone = (await slack.users_info(user=person))["user"].get("deleted")
        except SlackError as error:
            if error.code not in _NO_SUCH_USER:
                return Finding.failed("Slack people", str(error), "Mend what the lines above name, then check again.")
            gone = True
        if gone:
            strangers.append(f"{person} (agent {agent})")
    if strangers:
        step = "Mend or remove their lines in the file that SLACK_PEOPLE names."
        return Finding.failed("Slack people", f"not in this workspace: {', '.join(strangers)}", step)
    return Finding.passed("Slack people", f"{len(settings.slack_people)} agents are linked")


def _clock(identity: "Identity") -> Finding:
    if identity.slack_time is None:
        return Finding.passed("Clock", "Slack did not tell its own time")
    off = abs(bootstrap.utc_now() - identity.slack_time)
    minutes = f"{off.total_seconds() / 60:.0f} minutes"
    if off > CLOCK_TOLERANCE:
        return Finding.failed(
            "Clock",
            f"{minutes} away from Slack's",
            "Set this machine's clock (NTP): Slack's signed requests seem too old.",
        )
    return Finding.passed("Clock", "agrees with Slack's")
