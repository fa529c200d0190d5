"""What `check` tries with these settings: this machine, SuperOffice and Slack. It changes nothing."""

from collections.abc import AsyncIterator

from bot.bootstrap.slack import open_slack
from bot.bootstrap.superoffice import open_superoffice
from bot.checks.machine import MachineChecks
from bot.checks.runner import Check, Finding, Verdict, run_checks
from bot.checks.slack import SlackChecks
from bot.checks.superoffice import SuperOfficeChecks
from bot.clock import Clock
from bot.settings import Settings


async def check_everything(settings: Settings) -> AsyncIterator[Finding]:
    """Try everything that the settings name, one after the other."""

    async def all_there() -> str:
        return f"all there; BOT_LANGUAGE is {settings.bot_language.value}"

    clock = Clock()
    async with (
        open_superoffice(settings, clock) as superoffice,
        open_slack(settings, tries_again=False) as slack,
    ):
        async for finding in run_checks([Check("Settings", all_there)]):
            yield finding
        for warning in settings.warnings:
            yield Finding("Settings", Verdict.WARNED, warning)
        checks = [
            *MachineChecks(settings).checks(),
            *SuperOfficeChecks(settings, superoffice, clock).checks(),
            *SlackChecks(settings, slack, clock).checks(),
        ]
        async for finding in run_checks(checks):
            yield finding
