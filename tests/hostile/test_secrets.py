"""Known secrets are planted everywhere; whatever the bot then writes, says, raises or shows holds none of them.

Nor does its log name anybody.
"""

import asyncio
import base64
import html
import itertools
import json
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote, quote_plus

import pytest

from bot.bootstrap.slack import open_slack
from bot.bootstrap.superoffice import open_superoffice
from bot.errors import SuperOfficeError
from bot.settings import Settings
from bot.slack.identity import identify
from bot.slack.outbox import Outbox
from bot.slack.sender import Sender
from bot.superoffice.session import Session, SharedSession, SignIn
from bot.superoffice.sign_in import ReadyTicket
from bot.superoffice.soap.rows import SignedIn
from bot.superoffice.soap.transport import RawReply
from bot.words import words_in
from bot.words.language import Language
from playground.slack import Slack
from playground.superoffice import Fault, NetServer
from tests.kit import netserver as wire
from tests.kit.clock import FakeClock
from tests.kit.crowd import FakeSource
from tests.kit.process import SIGN_IN, command, office, running, settings
from tests.kit.stage import MODES, Choices, Mode, built

BOT_TOKEN = "xoxb-90125-planted-bot-token"
APP_TOKEN = "xapp-1-A0PLANTED-planted-app-token"
SIGNING_SECRET = "5ec2e790125a1b2c3d4e5f6071829304"
PASSWORD = 'Påske "planted" pass\\word & <more>/+='
APPLICATION_TOKEN = "a9911ca7-planted+application/token=="
PLANTED = (BOT_TOKEN, APP_TOKEN, SIGNING_SECRET, PASSWORD, APPLICATION_TOKEN)

TYPED = ("billing", "anna berg")

ENOUGH = 12
"""So many characters of a secret in a row are too many."""

AT_SIGN_IN = {Fault.SUCCEEDED_FALSE_EMPTY_BODY, Fault.SOAP_FAULT, Fault.HTML_401, Fault.TRUNCATED_XML, Fault.EMPTY_BODY}


class Tickets(NetServer):
    """A NetServer that remembers every ticket it gave."""

    given: list[str]

    def issue_ticket(self) -> str:
        """Make a ticket, and keep it."""
        ticket = super().issue_ticket()
        self.given = [*getattr(self, "given", []), ticket]
        return ticket


@dataclass
class Stage:
    """A NetServer and a Slack that know the planted secrets, and all that was planted or arose."""

    superoffice: Tickets
    slack: Slack
    written: list[str] = field(default_factory=list)

    def secrets(self) -> list[str]:
        """The planted ones, every ticket given, every response_url, and every ticket of a connection."""
        urls = [delivery.response_url for delivery in self.slack.deliveries if delivery.response_url]
        keys = [url.rpartition("/")[2] for url in urls]
        return [*PLANTED, *getattr(self.superoffice, "given", []), *keys, *self.slack._socket._tickets]

    def replies(self) -> list[str]:
        """All that Slack was sent: messages, refused ones too, acknowledgements, calls."""
        said: list[Any] = [[post.text, post.blocks] for post in self.slack.posts]
        said += [refusal.body for refusal in self.slack.refused]
        said += [call.args for call in self.slack.calls if call.method != "auth.test"]
        said += [delivery.body for delivery in self.slack.deliveries]
        return [json.dumps(each, ensure_ascii=False) for each in said]

    def named(self, log: str) -> list[str]:
        """The agents whose names are in the log, the ids of people in it, and the words that they typed."""
        names = [agent.name for agent in self.superoffice.office.agents]
        people = [person.id for person in self.slack.people.values() if not person.is_bot]
        return [each for each in (*names, *people, *TYPED) if each in log]

    def check(self) -> None:
        """Nothing that was written or said holds a secret."""
        assert self.written
        for secret in self.secrets():
            for text in (*self.written, *self.replies()):
                assert found(secret, text) == []


def found(secret: str, text: str) -> list[str]:
    """The pieces of a secret that a text holds, as it is or in one of the forms that others give it."""
    return [piece for form in forms(secret) for piece in pieces(form) if piece in text]


def forms(secret: str) -> set[str]:
    """The secret as JSON, Python, XML, addresses and base64 have it."""
    data = secret.encode()
    encoded = (
        encode(b" " * shift + data).decode()[4 if shift else 0 : -4]
        for encode in (base64.b64encode, base64.urlsafe_b64encode)
        for shift in range(3)
    )
    return {
        secret, repr(secret)[1:-1], repr(data)[2:-1], json.dumps(secret)[1:-1],
        json.dumps(secret, ensure_ascii=False)[1:-1], html.escape(secret), html.escape(secret, quote=False),
        quote(secret, safe=""), quote(secret), quote_plus(secret), data.hex(), *encoded,
    }  # fmt: skip


def pieces(form: str) -> Iterable[str]:
    """Every piece that is too long to be a coincidence."""
    return (form[at : at + ENOUGH] for at in range(max(len(form) - ENOUGH, 0) + 1))


def environment(stage: Stage, mode: Mode, **more: str) -> dict[str, str]:
    """The settings of the bot on this stage: in Socket Mode with a password, over HTTP with a ready ticket."""
    chosen = settings(stage.superoffice, stage.slack, mode) | {
        "SUPEROFFICE_APPLICATION_TOKEN": APPLICATION_TOKEN,
        "SUPEROFFICE_PASSWORD": PASSWORD,
        "SUPEROFFICE_TIMEOUT_S": "1",
        "LOG_LEVEL": "DEBUG",
        "LOG_FORMAT": "text" if mode == "socket" else "json",
    }
    if mode == "http":
        del chosen["SUPEROFFICE_USERNAME"], chosen["SUPEROFFICE_PASSWORD"]
        chosen["SUPEROFFICE_TICKET"] = stage.superoffice.issue_ticket()
    return chosen | more


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    """A stage for a test."""
    superoffice = Tickets(office(), password=PASSWORD, application_token=APPLICATION_TOKEN)
    slack = Slack(bot_token=BOT_TOKEN, app_token=APP_TOKEN, signing_secret=SIGNING_SECRET)
    async with superoffice, slack:
        yield Stage(superoffice, slack)


@asynccontextmanager
async def hasty(stage: Stage, mode: Mode, cwd: Path, **more: str) -> AsyncIterator[None]:
    """The bot as a process; all that it writes is on the stage afterwards."""
    chosen = {"SUPEROFFICE_USERNAME": "", "SUPEROFFICE_PASSWORD": ""} | environment(stage, mode, **more)
    async with running(stage.superoffice, stage.slack, cwd, mode, module="tests.hostile.hasty", **chosen) as bot:
        yield
    stage.written += ["\n".join(bot.log), bot.out.decode()]
    assert stage.named(stage.written[-2]) == []


@pytest.mark.parametrize("mode", MODES)
async def test_no_failure_makes_the_bot_tell_a_secret(stage: Stage, mode: Mode, tmp_path: Path) -> None:
    """Through everything that SuperOffice can do wrong, at DEBUG, the bot tells no secret, and logs no names."""
    superoffice, slack = stage.superoffice, stage.slack
    async with hasty(stage, mode, tmp_path):
        await slack.command("")
        for fault in Fault:
            superoffice.switches.fault = fault
            await slack.command("all")
        for fault in AT_SIGN_IN:
            superoffice.switches.clear()
            superoffice.end_tickets()
            superoffice.switches.fault, superoffice.switches.only = fault, SIGN_IN
            await slack.command("topics")
        superoffice.switches.clear()
        await superoffice.go_down()
        await slack.post_after(await slack.mention("billing"))
        await superoffice.come_back()
        await slack.post_after(await slack.direct_message("anna berg"))

    assert "SuperOffice: still failing, now for another reason" in stage.written[0]
    assert superoffice.count("GetChatPresence") > len(Fault)
    stage.check()


@pytest.mark.parametrize("mode", MODES)
async def test_no_failure_of_slack_makes_the_bot_tell_a_secret(stage: Stage, mode: Mode, tmp_path: Path) -> None:
    """Through what Slack can do wrong, at DEBUG, the bot writes and says no secret, nor a response_url."""
    superoffice, slack = stage.superoffice, stage.slack
    slack.switches.retry_after_s = 0
    async with hasty(stage, mode, tmp_path, SUPEROFFICE_TIMEOUT_S="10"):
        superoffice.switches.latency_s = 2.1  # longer than the acknowledgement waits
        slack.switches.response_url_status = 404
        await slack.command("")
        await slack.until(lambda: any(call.method == "response_url" for call in slack.calls))
        superoffice.switches.clear()
        slack.switches.post_status = 403
        await slack.mention("")
        await slack.until(lambda: any(call.method == "chat.postMessage" for call in slack.calls))
        await slack.command("help")  # by when that is answered, so is the bot
        slack.switches.post_status = None
        slack.switches.rate_limit["chat.postMessage"] = 1
        slack.switches.invalid_blocks_next = 1
        await slack.post_after(await slack.mention(""))
        if mode == "http":
            await slack.command("", signature="v0=" + "0" * 64)
            await slack.command("", timestamp=1)
            await slack.raw_post(b"\xff{", {"Content-Type": "application/json"})
        else:
            await slack.disconnect()
            await slack.connected()
        await slack.post_after(await slack.mention(""))

    assert stage.written[0].count("Slack did not take a reply") == 2
    assert "Slack refused the blocks of a reply" in stage.written[0]
    stage.check()


CHECKS: dict[str, dict[str, str]] = {
    "all is well": {},
    "bot token": {"SLACK_BOT_TOKEN": BOT_TOKEN + "-refused"},
    "app token": {"SLACK_APP_TOKEN": APP_TOKEN + "-refused"},
    "password": {"SUPEROFFICE_PASSWORD": PASSWORD + " refused"},
    "application token": {"SUPEROFFICE_APPLICATION_TOKEN": APPLICATION_TOKEN + "refused"},
    "secrets in each other's places": {"SLACK_BOT_TOKEN": APP_TOKEN, "SLACK_APP_TOKEN": BOT_TOKEN},
    "a secret for a number": {"PORT": APPLICATION_TOKEN, "BUSY_AT": PASSWORD, "LOG_LEVEL": SIGNING_SECRET},
    "a password in an address": {"SUPEROFFICE_URL": f"https://who:{quote(PASSWORD, safe='')}@localhost/Remote"},
    "a password alone in an address": {"SUPEROFFICE_URL": f"http://:{quote(PASSWORD, safe='')}@127.0.0.1:1/Remote"},
}


async def test_check_and_who_tell_no_secret(stage: Stage, tmp_path: Path) -> None:
    """Neither command writes a secret, whichever setting is wrong; not even a part of one that is refused."""
    limit = asyncio.Semaphore(3)

    async def one(wrong: dict[str, str], *words: str) -> None:
        async with limit:
            chosen = environment(stage, "socket", SUPEROFFICE_TIMEOUT_S="5") | wrong
            ended = await command(*words, environment=chosen, cwd=tmp_path)
            stage.written += [ended.out, ended.err]

    checks = [one(wrong, "check") for wrong in CHECKS.values()]
    await asyncio.gather(*checks, one({}, "who"), one(CHECKS["password"], "who"), one({}, "who", "--json"))
    stage.check()


async def test_no_exception_holds_a_secret(stage: Stage) -> None:
    """Whatever SuperOffice does wrong, the error's text, its repr and its traceback hold no secret."""
    errors: list[BaseException] = []
    url = stage.superoffice.url
    async with wire.over_http() as netserver:
        password = wire.password_sign_in(netserver, address=url, password=PASSWORD, application_token=APPLICATION_TOKEN)
        ways: tuple[SignIn, ...] = (password, ReadyTicket(stage.superoffice.issue_ticket(), address=url))
        for fault, sign_in in itertools.product(Fault, ways):
            stage.superoffice.switches.fault = fault
            async with wire.superoffice(
                netserver, address=url, sign_in=sign_in, application_token=APPLICATION_TOKEN, timeout_s=0.2
            ) as bot:
                for asked in (bot.api.reach, bot.api.sign_in, bot.source.snapshot, bot.api.topic_names):
                    try:
                        await asked()
                    except SuperOfficeError as error:
                        errors.append(error)
    assert len(errors) > 2 * len(Fault)
    stage.written = sorted({wire.everything_told(error) for error in errors})
    stage.check()


async def test_no_object_shows_its_secret(stage: Stage) -> None:
    """What holds a secret hides it from whoever prints it."""
    chosen = load(environment(stage, "socket"))
    ticket = stage.superoffice.issue_ticket()
    async with (
        open_superoffice(chosen, clock=FakeClock()) as superoffice,
        open_slack(chosen) as client,
        built(stage.slack, FakeSource(), FakeClock(), Choices()) as bot,
        wire.over_http() as netserver,
    ):
        await superoffice.source.snapshot()
        ready = ReadyTicket(ticket, address=stage.superoffice.url)
        shared = SharedSession(ready, FakeClock())
        sign_in = wire.password_sign_in(netserver, password=PASSWORD, application_token=APPLICATION_TOKEN)
        objects = [
            chosen, load(environment(stage, "http")), superoffice, superoffice.api, netserver, sign_in, ready, shared,
            await shared.current(), Session(stage.superoffice.url, ticket), SignedIn(succeeded=True, ticket=ticket),
            RawReply(200, ticket.encode()), await identify(client), client, bot, bot.app, bot.conversation,
            Sender(client),
            Outbox(words_in(Language.ENGLISH), FakeClock()),
        ]  # fmt: skip
        stage.written = [write(each) for each in objects for write in (repr, str, "{}".format)]
    stage.check()


def load(environment: dict[str, str]) -> Settings:
    """The settings of an environment, without this process's own."""
    return Settings.read({name.lower(): value for name, value in environment.items()})
