"""Whether SuperOffice is there, lets the bot in, and tells who is online."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from typing import Final

from bot.bootstrap.superoffice import SuperOffice, open_superoffice
from bot.checks.answers import failed_by
from bot.checks.network import failed_on_the_way
from bot.checks.probe import misnamed
from bot.checks.runner import Check, Failed, Warned
from bot.clock import Clock
from bot.errors import Reason, SuperOfficeError
from bot.proxies import Proxy
from bot.settings import Settings
from bot.superoffice.names import TopicNames

_MISNAMED: Final = frozenset({Reason.NO_TLS, Reason.BROKEN, Reason.BAD_REQUEST})
"""What comes of http at a port for https, or the other way round."""

REACHABLE: Final = "SuperOffice reachable"
SIGN_IN: Final = "SuperOffice sign-in"
PRESENCE: Final = "Chat presence"
TOPIC_NAMES: Final = "Topic names"
LINKED: Final = "Linked agents"


class SuperOfficeChecks:
    """Tries SuperOffice with these settings."""

    def __init__(self, settings: Settings, superoffice: SuperOffice, clock: Clock) -> None:
        self._settings = settings
        self._superoffice = superoffice
        self._clock = clock
        self._agents: frozenset[int] = frozenset()

    def checks(self) -> Sequence[Check]:
        """What is tried, in order."""
        checks = [
            Check(REACHABLE, self._reach),
            Check(SIGN_IN, self._sign_in, needs=REACHABLE),
            Check(PRESENCE, self._presence, needs=SIGN_IN),
            Check(TOPIC_NAMES, self._topic_names, needs=PRESENCE),
        ]
        if self._settings.slack_people:
            checks.append(Check(LINKED, self._linked_agents, needs=PRESENCE))
        return checks

    async def _reach(self) -> str:
        async with self._failing():
            await self._superoffice.api.reach()
        through = f", through the proxy {self._proxy}" if self._proxy else ""
        return f"NetServer's Services{self._settings.superoffice_services} answer{through}"

    async def _sign_in(self) -> str:
        async with self._failing():
            await self._superoffice.api.sign_in()
        if self._settings.superoffice_ticket:
            return "a ready ticket, tried next"
        return f"as {self._settings.superoffice_username}"

    async def _presence(self) -> str:
        async with self._failing():
            agents = await self._superoffice.api.presence()
        self._agents = frozenset(agent.user_id for agent in agents)
        if not agents:
            step = "If there are some, give the bot's user the right to see them, or use another user."
            raise Warned("SuperOffice names no chat agents", step)
        return f"{len(agents)} agents, {sum(agent.present for agent in agents)} of them present"

    async def _linked_agents(self) -> str:
        """Whether each agent that is linked to a person in Slack is there."""
        linked = self._settings.slack_people
        if missing := sorted(linked.keys() - self._agents):
            step = "Fix or remove their lines in the file that SLACK_PEOPLE names; user_id is the agent's id."
            raise Failed(f"SuperOffice lists no chat agent {', '.join(map(str, missing))}", step)
        return f"all {len(linked)} are agents in SuperOffice"

    async def _topic_names(self) -> str:
        try:
            async with self._failing():
                listed = await self._superoffice.api.topic_names()
                return f"{len(TopicNames(listed, {}).in_use)} topics"
        except Failed:
            if self._settings.superoffice_topics:
                return "the server's list cannot be read; those of SUPEROFFICE_TOPICS serve"
            raise

    @asynccontextmanager
    async def _failing(self) -> AsyncIterator[None]:
        """Turn what SuperOffice raises into a failed check."""
        try:
            yield
        except SuperOfficeError as error:
            raise await self._failed(error) from None

    async def _failed(self, error: SuperOfficeError) -> Failed:
        url, proxy, reason = self._settings.superoffice_url, self._proxy, error.reason
        if reason in _MISNAMED and proxy is None and (found := await misnamed(url)):
            return found
        if reason is Reason.NOT_THERE and (number := await self._other_services()):
            return Failed(f"Services{number} answer there", f"Set SUPEROFFICE_SERVICES={number}.")
        if reason is Reason.GATEWAY and proxy is not None and url.startswith("http:"):
            reason = Reason.PROXY_NO_WAY  # without a tunnel, it is the proxy that says so
        on_the_way = failed_on_the_way(reason, url, setting="SUPEROFFICE_URL", proxy=proxy, detail=error.detail)
        return on_the_way or failed_by(
            error,
            url,
            has_ticket=self._settings.superoffice_ticket is not None,
            has_application_token=self._settings.superoffice_application_token is not None,
        )

    async def _other_services(self) -> int:
        """The number under which services answer, if it is another one than that of the settings; else 0."""
        for number in {86, 87, 88} - {self._settings.superoffice_services}:
            other = replace(self._settings, superoffice_services=number)
            with suppress(SuperOfficeError):
                async with open_superoffice(other, self._clock) as superoffice:
                    await superoffice.api.reach()
                    return number
        return 0

    @property
    def _proxy(self) -> Proxy | None:
        return self._settings.proxies.for_url(self._settings.superoffice_url)
