"""Whether Slack takes the tokens and grants what the bot needs, and knows the people in SLACK_PEOPLE."""

import re
from collections.abc import Sequence
from contextlib import suppress
from typing import Final

from slack_sdk.web.async_client import AsyncWebClient

from bot.checks.machine import clock_agrees
from bot.checks.runner import Check, Failed
from bot.checks.slack_answers import failed_by_slack
from bot.clock import Clock
from bot.errors import SlackError
from bot.readers.tokens import reveal
from bot.settings import Settings
from bot.slack.failures import from_slack
from bot.slack.identity import Identity, identify, try_app_token
from bot.slack.listeners import SCOPES
from bot.slack.views.notices import COMMAND

_NO_SUCH_USER: Final = frozenset({"user_not_found", "user_not_visible"})

_APP: Final = re.compile(r"xapp-[0-9]+-(A[A-Z0-9]+)-")
"""How an app-level token names its app. Slack does not promise that: what looks different is not judged."""

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
        try:
            self._identity = await identify(self._client)
        except SlackError as error:
            raise self._failed(error, "bot") from None
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
        """Whether each person that an agent is linked to works in this workspace."""
        people = self._settings.slack_people
        found = [(agent, person, await self._what_is_wrong(person)) for agent, person in people.items()]
        if wrong := [f"{person} (agent {agent}) {what}" for agent, person, what in found if what]:
            step = "Fix or remove their lines in the file that SLACK_PEOPLE names."
            raise Failed("; ".join(wrong), step)
        return f"{len(people)} agents are linked"

    async def _what_is_wrong(self, person: str) -> str:
        """Why nobody should be linked to this person; "" if all is well."""
        try:
            with from_slack():
                user = (await self._client.users_info(user=person))["user"]
        except SlackError as error:
            if error.code in _NO_SUCH_USER:
                return "is not in this workspace"
            raise self._failed(error, "bot") from None
        teams = {user.get("team_id"), *(user.get("enterprise_user") or {}).get("teams", ())}
        if user.get("deleted"):
            return "has left"
        if user.get("is_bot") or person == "USLACKBOT":
            return "is a bot"
        return "" if self._known.authorization.team_id in teams else "is of another workspace"

    async def _app_token(self) -> str:
        token = reveal(self._settings.slack_app_token)
        try:
            await try_app_token(self._client, token)
        except SlackError as error:
            raise self._failed(error, "app") from None
        named = _APP.match(token)
        if named and self._identity and (bots := await self._app_of_the_bot()) and named[1] != bots:
            said = f"it is of another app ({named[1]}) than SLACK_BOT_TOKEN ({bots})"
            raise Failed(said, "Copy both tokens from the same app at api.slack.com/apps.")
        return "Socket Mode is open to it"

    async def _app_of_the_bot(self) -> str:
        """The id of the app that the bot token is of: https://docs.slack.dev/reference/methods/bots.info.

        "" if Slack does not tell, as without the scope users:read.
        """
        with suppress(SlackError), from_slack():
            about = await self._client.bots_info(bot=self._known.authorization.bot_id)
            return str(about["bot"].get("app_id") or "")
        return ""

    async def _signing_secret(self) -> str:
        return "set; the log tells if Slack's first request does not match it"

    @property
    def _known(self) -> Identity:
        assert self._identity is not None  # noqa: S101  # these checks need the one that sets it
        return self._identity

    def _failed(self, error: SlackError, token: str) -> Failed:
        """What to say of a refused call. `token`: which one it was made with, "bot" or "app"."""
        url = self._settings.slack_api_url
        return failed_by_slack(
            error,
            token=token,
            url=url,
            proxy=self._settings.proxies.for_url(url),
            has_own_url="slack_api_url" in self._settings.given,
        )
