"""The only place that builds objects, and the only one that knows in which order they end."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Final

from pydantic import SecretStr

from bot.clock import Clock
from bot.freshness import FreshValue, FreshValues
from bot.limits import Backoff
from bot.presence.feed import PresenceFeed
from bot.settings import Settings
from bot.superoffice import hours, names
from bot.superoffice.api import SuperOfficeApi
from bot.superoffice.hours import OpeningHours
from bot.superoffice.session import Sessions, SignIn
from bot.superoffice.sign_in import PasswordSignIn, ReadyTicket
from bot.superoffice.soap.api import SoapApi
from bot.superoffice.soap.netserver import NetServer
from bot.superoffice.soap.transport import open_netserver
from bot.superoffice.source import SuperOfficeSource

if TYPE_CHECKING:
    from slack_sdk.web.async_client import AsyncWebClient

DRAIN_S: Final = 7.0
"""How long replies under way are waited for at the end, after at most 3 s for acknowledgements."""

FIRST_PAUSE_S: Final = 1.0
LONGEST_PAUSE_S: Final = 30.0
"""While SuperOffice fails, presence is asked for after such pauses: 1 s, 2 s, 4 s and so on."""
