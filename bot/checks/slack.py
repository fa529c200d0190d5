"""Whether Slack takes the tokens and grants what the bot needs, and knows the people in SLACK_PEOPLE."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Final

from slack_sdk.web.async_client import AsyncWebClient

from bot import bootstrap
from bot.checks.machine import clock_agrees
from bot.checks.runner import Check, Failed
from bot.clock import Clock
from bot.errors import SlackError
from bot.settings import Settings
from bot.slack.failures import from_slack
from bot.slack.identity import Identity, identify, try_app_token
from bot.slack.listeners import SCOPES
from bot.slack.views.notices import COMMAND

_NEXT_STEP: Final[Mapping[str, str]] = {
    "not_slack": "Check SLACK_API_URL, and the proxy on the way: something else than Slack answers.",
    "unreachable": "Check this machine's way to slack.com, and SLACK_API_URL if you set it.",
    "missing_scope": "Give the app-level token the scope connections:write.",
    "not_allowed_token_type": "This is another kind of token: copy the one that its setting names.",
}


_NO_SUCH_USER: Final = frozenset({"user_not_found", "user_not_visible"})

TOKEN: Final = "Slack bot token"  # noqa: S105  # a check's name


class SlackChecks:
    """Tries Slack with these settings."""

    def __init__(self, settings: Settings, client: AsyncWebClient, clock: Clock) -> None:
        self._settings = settings
        self._client = client
        self._clock = clock
        self._identity: Identity | None = None

    def checks(self) -> Sequence[Check]:
        """What is tried, in order."""
        checks = [
            Check(TOKEN, self._bot_token),
            Check("Slack scopes", self._scopes, needs=TOKEN),
            Check("Slash command", self._command, needs=TOKEN),
            Check("Clock", self._clock_agrees, needs=TOKEN),
        ]
        if self._settings.slack_people:
            checks.append(Check("Slack people", self._people, needs=TOKEN))
        if self._settings.uses_socket_mode:
            checks.append(Check("Slack app token", self._app_token))
        else:
            checks.append(Check("Slack signing secret", self._signing_secret))
        return checks

    async def _bot_token(self) -> str:
        step = "Install the app, then copy SLACK_BOT_TOKEN again: OAuth & Permissions, Bot User OAuth Token."
        with _failing(step):
            self._identity = await identify(self._client)
        return f"@{self._identity.name} in {self._identity.team}"

    async def _scopes(self) -> str:
        missing = sorted(SCOPES - self._known.scopes)
        if missing:
            step = "Add them under OAuth & Permissions, or paste manifest.yml under App Manifest; "
            raise Failed(f"missing: {', '.join(missing)}", f"{step}then install the app again.")
        return ", ".join(sorted(SCOPES))

    async def _command(self) -> str:
        """Slack does not say which commands an app has; it says whether the app may have any."""
        if "commands" not in self._known.scopes:
            step = "Paste manifest.yml under App Manifest; install the app again."
            raise Failed(f"{COMMAND} is not installed", step)
        return f"allowed; {COMMAND} comes with manifest.yml"

    async def _clock_agrees(self) -> str:
        return clock_agrees(self._known.slack_time, self._clock.now())

    async def _people(self) -> str:
        """Whether each person that an agent is linked to is there."""
        people = self._settings.slack_people
        strangers = [f"{person} (agent {agent})" for agent, person in people.items() if await self._is_gone(person)]
        if strangers:
            step = "Fix or remove their lines in the file that SLACK_PEOPLE names."
            raise Failed(f"not in this workspace: {', '.join(strangers)}", step)
        return f"{len(people)} agents are linked"

    async def _is_gone(self, person: str) -> bool:
        try:
            with from_slack():
                return bool((await self._client.users_info(user=person))["user"].get("deleted"))
        except SlackError as error:
            if error.code in _NO_SUCH_USER:
                return True
            raise Failed(str(error), "Fix what the lines above name, then check again.") from None

    async def _app_token(self) -> str:
        with _failing("Copy SLACK_APP_TOKEN again: Basic Information, App-Level Tokens."):
            await try_app_token(self._client, bootstrap.reveal(self._settings.slack_app_token))
        return "Socket Mode is open to it"

    async def _signing_secret(self) -> str:
        return "set; the log tells if Slack's first request does not match it"

    @property
    def _known(self) -> Identity:
        assert self._identity is not None  # noqa: S101  # these checks need the one that sets it
        return self._identity


@contextmanager
def _failing(step: str) -> Iterator[None]:
    """Turn what Slack refuses into a failed check, with the step for its error, or else this one."""
    try:
        yield
    except SlackError as error:
        raise Failed(str(error), _NEXT_STEP.get(error.code, step)) from None
