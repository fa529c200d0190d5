"""The page: who may reach it, what it shows, what can be done on it, and that it gives no secret away."""

import asyncio
import contextlib
import json
import re
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from playground.page.server import MOST_BYTES, MOST_READERS, STATIC, open_page
from playground.page.wire import MASK, MOST_CHARACTERS, MOST_ENTRIES, WireLog
from playground.stage import Stage, open_stage
from playground.watch import Exchange, told

Json = dict[str, Any]

PROJECT = Path(__file__).parents[2]
PATIENCE_S = 20.0
KARI, OLA, SUPPORT, GENERAL = "U0ASKER01", "U0ASKER02", "C0SUPPORT", "C0GENERAL"

# A bot that acknowledges whatever comes, and greets on commands.
GREETER = """
import asyncio, json, os, aiohttp
async def main():
    async with aiohttp.ClientSession(headers={"Authorization": "Bearer " + os.environ["SLACK_APP_TOKEN"]}) as session:
        async with session.post(os.environ["SLACK_API_URL"] + "apps.connections.open") as answer:
            url = (await answer.json())["url"]
        async with session.ws_connect(url) as socket:
            async for message in socket:
                envelope = json.loads(message.data)
                if "envelope_id" in envelope:
                    await socket.send_json({"envelope_id": envelope["envelope_id"], "payload": {"text": "Hello *you*"}})
asyncio.run(main())
"""


class Browser:
    """What the page's scripts do: follow what is shown, and ask for actions."""

    def __init__(self, address: str, stage: Stage, session: aiohttp.ClientSession) -> None:
        self.address, self.stage, self.session = address, stage, session
        self.pieces: Json = {}

    @property
    def port(self) -> int:
        return int(self.address.rstrip("/").rpartition(":")[2])

    async def get(self, path: str, **headers: str) -> tuple[int, str]:
        async with self.session.get(self.address + path, headers=headers) as response:
            return response.status, await response.text()

    async def post(self, body: Any, **headers: str) -> tuple[int, str]:
        origin = {"Origin": self.address.rstrip("/")}
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        async with self.session.post(self.address + "act", data=data, headers=origin | headers) as response:
            return response.status, await response.text()

    async def act(self, do: str, **more: Any) -> Json:
        status, text = await self.post({"do": do, **more})
        assert status == 200, text
        return dict(json.loads(text))

    async def say(self, text: str, *, viewer: str = KARI, place: str = SUPPORT) -> None:
        await self.act("say", viewer=viewer, place=place, text=text)

    async def until(self, seen: Callable[[], Any]) -> Any:
        """Follow the page until this is seen on it."""
        async with asyncio.timeout(PATIENCE_S), self.session.get(self.address + "live") as stream:
            self.pieces = {}
            async for line in stream.content:
                if line.startswith(b"data: "):
                    event = json.loads(line[6:])
                    self.pieces |= event["changed"]
                    for key in event["gone"]:
                        del self.pieces[key]
                if found := seen():
                    return found
        pytest.fail("the page ended")

    def all(self, kind: str) -> list[Json]:
        return [piece for key, piece in self.pieces.items() if key.startswith(f"{kind}:")]

    def messages(self, **wanted: Any) -> list[Json]:
        return [each for each in self.all("message") if wanted.items() <= each.items()]


@contextlib.asynccontextmanager
async def opened(*bot: str) -> AsyncIterator[Browser]:
    command = bot or (sys.executable, "-m", "bot", "run")
    limits = aiohttp.ClientSession(read_bufsize=2**22)
    async with open_stage(command) as stage, open_page(stage) as address, limits as session:
        yield Browser(address, stage, session)


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    """The page, with a bot that only greets."""
    async with opened(sys.executable, "-c", GREETER) as browser:
        yield browser


# --- who may reach it ---


async def test_it_listens_on_loopback_alone(browser: Browser) -> None:
    """The page is at 127.0.0.1 and at no other address, not even at another one of this machine's own."""
    assert browser.address == f"http://127.0.0.1:{browser.port}/"
    with pytest.raises(ConnectionError):
        await asyncio.open_connection("127.0.0.2", browser.port)


@pytest.mark.parametrize("path", ["", "live", "static/main.js", "wire/1"])
@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:{port}", "127.0.0.1", "localhost:1", "127.0.0.1:{port}.evil.example"]
)
async def test_another_name_is_turned_away(browser: Browser, host: str, path: str) -> None:
    """Whoever reaches the page under another name than its own is told nothing: DNS may have been rebound."""
    status, text = await browser.get(path, Host=host.format(port=browser.port))
    assert status == 403
    assert "only for this machine" in text


async def test_localhost_is_its_name_too(browser: Browser) -> None:
    """The page may be opened as localhost, and act from there."""
    host = f"localhost:{browser.port}"
    assert (await browser.get("", Host=host))[0] == 200
    assert (await browser.post({"do": "later"}, Host=host, Origin=f"http://{host}"))[0] == 200


@pytest.mark.parametrize(
    "origin", ["", "null", "http://evil.example", "http://localhost:{port}", "https://127.0.0.1:{port}"]
)
async def test_actions_of_other_pages_are_turned_away(browser: Browser, origin: str) -> None:
    """An action whose Origin is missing or not the page's own does nothing."""
    before = browser.stage.superoffice.office.time
    status, text = await browser.post({"do": "later"}, Origin=origin.format(port=browser.port))
    assert (status, text) == (403, "Actions come from the page itself.")
    assert browser.stage.superoffice.office.time == before


@pytest.mark.parametrize("path", ["", "live", "static/main.js", "nowhere"])
async def test_nothing_is_loaded_from_elsewhere(browser: Browser, path: str) -> None:
    """Every answer forbids the browser to load or run anything but the page's own files, and to be framed."""
    async with browser.session.get(browser.address + path) as response:
        policy = response.headers["Content-Security-Policy"]
        assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert policy.startswith("default-src 'self';")
    assert "frame-ancestors 'none'" in policy


@pytest.mark.parametrize("file", sorted(STATIC.iterdir()), ids=lambda file: file.name)
def test_the_files_keep_to_themselves(file: Path) -> None:
    """No file names an address to load, or has a script or a style within its markup, or writes markup from data."""
    text = file.read_text()
    loaded = re.findall(r"(?:src|href|url|import|from)\W{1,3}(https?:)?//", text)
    assert not loaded
    assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+=\"", text)
    assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|new Function", text)


# --- what it shows, and what can be done ---


async def test_a_command_goes_round() -> None:
    """What a person asks on the page reaches the real bot, and its answer is on the page, for the asker alone."""
    async with opened() as browser:
        await browser.say("/who-is-online billing")
        [answer] = await browser.until(lambda: browser.messages(channel=SUPPORT, only=KARI))
        assert "Katrin Müller" in json.dumps(answer["blocks"], ensure_ascii=False)

        menu = next(block for block in answer["blocks"] if block["type"] == "actions")["elements"][0]
        option = next(each for each in menu["options"] if each["text"]["text"] == "Orders")
        await browser.act(
            "click", viewer=KARI, message=answer["id"], action_id=menu["action_id"], value=None, option=option
        )
        await browser.until(lambda: "Ole Hansen" in json.dumps(browser.messages(id=answer["id"])))

        lines = browser.all("wire")
        assert [line["what"] for line in lines if line["to"] == "bot"] == ["/who-is-online billing", "block_actions"]
        assert "GetChatPresence" in [line["what"] for line in lines if line["to"] == "superoffice"]
        assert "Kari chose “Orders”." in [line["about"] for line in lines]
        assert not any(line["failed"] for line in lines)


async def test_a_mention_and_the_home_tab_go_round() -> None:
    """A mention is shown as its author's message and answered in its thread; the Home tab is published when opened."""
    async with opened() as browser:
        await browser.say("@who topics", viewer=OLA, place=GENERAL)
        await browser.until(lambda: len(browser.messages(channel=GENERAL)) == 2)
        [asked] = browser.messages(author=OLA)
        assert asked["text"] == "<@U0WHOBOT1> topics"
        assert browser.messages(thread=asked["id"])

        await browser.act("open_home", viewer=OLA)
        await browser.until(lambda: browser.pieces.get(f"home:{OLA}"))


async def test_what_is_not_for_the_bot_stays_between_people(browser: Browser) -> None:
    """Words in a channel without the bot's name are shown, escaped, and no bot hears of them."""
    await browser.say("<b>Lunch</b> & @Ola?", place=GENERAL)
    [said] = await browser.until(lambda: browser.messages(author=KARI))
    assert said["text"] == f"&lt;b&gt;Lunch&lt;/b&gt; &amp; <@{OLA}>?"
    assert browser.stage.slack.deliveries == []


@pytest.mark.parametrize(
    ("text", "thread", "complaint"),
    [
        ("/lunch", None, "`/lunch` is not a valid command."),
        ("/who-is-online", "1.000001", "/who-is-online is not supported in threads. Sorry! Mention @who here instead."),
    ],
)
async def test_slackbot_complains_as_in_slack(browser: Browser, text: str, thread: str | None, complaint: str) -> None:
    """What Slack would not take is told to its author alone."""
    await browser.act("say", viewer=KARI, place=SUPPORT, text=text, thread=thread)
    [said] = await browser.until(lambda: browser.messages(author="USLACKBOT"))
    assert (said["text"], said["only"]) == (complaint, KARI)


async def test_agents_are_changed_behind_the_scenes() -> None:
    """What is switched on the page is what SuperOffice answers; a name is data, whatever it looks like."""
    async with opened() as browser:
        for agent in browser.stage.superoffice.office.agents:
            await browser.act("agent", id=agent.user_id, present=False)
        await browser.act("agent", name="<!channel> *Åse*")
        await browser.act("agent", id=52, chats=2, topics=[11])
        await browser.say("/who-is-online vip")
        [answer] = await browser.until(lambda: browser.messages(only=KARI))
        assert {"type": "text", "text": "<!channel> *Åse*", "style": {"bold": True}} in list(_objects(answer["blocks"]))
        assert "2 chats" in json.dumps(answer["blocks"])


def _objects(value: Any) -> Iterator[Json]:
    if isinstance(value, dict):
        yield value
        value = list(value.values())
    if isinstance(value, list):
        for each in value:
            yield from _objects(each)


async def test_superoffice_fails_as_told(browser: Browser) -> None:
    """Each trouble is switched on and off again, shown as it is, and noted between the requests."""
    for what in ("down", "slow", "garbage"):
        for on in (True, False):
            await browser.act("superoffice", what=what, on=on)
            await browser.until(lambda: browser.pieces)
            assert browser.pieces["office"][what] is on
    await browser.act("superoffice", what="ticket")
    await browser.act("later")
    await browser.until(lambda: browser.pieces["office"]["time"] == "10:10")
    assert len([line for line in browser.all("wire") if "note" in line]) == 8
    await browser.act("clear")
    await browser.until(lambda: not browser.all("wire"))


async def test_a_restart_of_the_bot_is_survived(browser: Browser) -> None:
    """The bot is started anew behind an open page: it is another process, it answers, and the old answers stay."""
    before = browser.stage.bot.pid
    await browser.say("/who-is-online")
    following = asyncio.create_task(browser.until(lambda: len(browser.messages(only=KARI)) == 2))
    await browser.act("restart")
    assert browser.stage.bot.pid != before
    await browser.say("/who-is-online")
    await following
    assert browser.pieces["bot"] == {"connected": True, "restarting": False}


async def test_the_stage_takes_a_restart_for_no_end(browser: Browser) -> None:
    """Who plays while the bot lives plays on through a restart."""
    played = asyncio.Event()
    playing = asyncio.create_task(browser.stage.while_bot_lives(_wait(played)))
    await browser.act("restart")
    played.set()
    await playing


async def _wait(event: asyncio.Event) -> None:
    await event.wait()


async def test_a_bot_that_is_gone_is_shown_so(browser: Browser) -> None:
    """Without a bot, what people write is shown still; the page says that nobody heard it, and can start a bot."""
    browser.stage.bot.kill()
    await browser.until(lambda: not browser.pieces["bot"]["connected"])
    mention = {"do": "say", "viewer": KARI, "place": GENERAL, "text": "@who"}
    status, text = await browser.post(mention)
    assert status == 400
    assert "did not hear this" in text
    await browser.say("/who-is-online")
    await browser.until(lambda: browser.messages(author=KARI) and browser.messages(author="USLACKBOT", only=KARI))
    await browser.act("restart")
    await browser.until(lambda: browser.pieces["bot"]["connected"])


async def test_a_press_without_the_thing_says_so(browser: Browser) -> None:
    """A click on what is not there, or not for this person, is refused with a reason; nothing reaches the bot."""
    await browser.say("/who-is-online")
    [post] = browser.stage.slack.posts
    for viewer, message in ((OLA, post.ts), (KARI, post.ts), (KARI, "1.000001"), (KARI, "home"), ("nobody", post.ts)):
        status, text = await browser.post({"do": "click", "viewer": viewer, "message": message, "action_id": "share"})
        assert status == 400
        assert "there" in json.loads(text)["error"]
    assert len(browser.stage.slack.deliveries) == 1


# --- bounds ---


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"not json",
        b'{"do": "explode"}',
        b'{"do": "say"}',
        b'{"do": "later", "more": 1}',
        b'{"do": "superoffice", "what": "gone"}',
        b'{"do": "agent", "chats": -1}',
        b'{"do": "agent", "id": "3"}',
        b'{"do": "agent", "topics": [999]}',
        b'{"do": "agent", "id": 999}',
        b'{"do": "say", "viewer": "nobody", "place": "C0SUPPORT", "text": "hi"}',
        b'{"do": "say", "viewer": "U0ASKER01", "place": "D0ASKER02", "text": "hi"}',
        b'{"do": "say", "viewer": "U0ASKER01", "place": "C0QUIET01", "text": "hi"}',
        json.dumps({"do": "agent", "name": "x" * 301}).encode(),
        b"[" * 20_000,
    ],
)
async def test_what_is_no_action_is_refused(browser: Browser, body: bytes) -> None:
    """An unknown or wrong action is answered with 400 and a plain reason, and changes nothing."""
    agents = [repr(agent) for agent in browser.stage.superoffice.office.agents]
    status, text = await browser.post(body)
    assert status == 400
    assert json.loads(text)["error"]
    assert [repr(agent) for agent in browser.stage.superoffice.office.agents] == agents


async def test_an_action_is_small(browser: Browser) -> None:
    """A body beyond the limit is not read."""
    assert (await browser.post(b" " * (MOST_BYTES + 1)))[0] == 413


async def test_readers_are_few(browser: Browser) -> None:
    """So many pages follow at once, and no more; one that leaves makes room."""
    async with contextlib.AsyncExitStack() as readers:
        for _ in range(MOST_READERS):
            stream = await readers.enter_async_context(browser.session.get(browser.address + "live"))
            await stream.content.readline()
        assert (await browser.get("live"))[0] == 503
    async with asyncio.timeout(PATIENCE_S):
        while await _status(browser, "live") != 200:
            pass


async def _status(browser: Browser, path: str) -> int:
    async with browser.session.get(browser.address + path) as response:
        return response.status


async def test_the_office_does_not_burst(browser: Browser) -> None:
    """There is an end to taking on agents."""
    office = browser.stage.superoffice.office
    while len(office.agents) < 100:
        await browser.act("agent", name="Kim")
    status, text = await browser.post({"do": "agent", "name": "Kim"})
    assert (status, json.loads(text)["error"]) == (400, "There are 100 agents already.")


# --- the wire log ---


def a_log(*secrets: str) -> WireLog:
    return WireLog(secrets=secrets or ["nothing"], changed=lambda: None, name_of=lambda _: None)


def logged(log: WireLog, exchange: Exchange) -> Json:
    with told(log.observe, exchange):
        exchange.status = exchange.status or 200
    detail = log.detail(max(log.lines()))
    assert detail is not None
    return detail


async def test_no_secret_is_in_the_log() -> None:
    """Neither tokens nor the password nor tickets nor signatures nor addresses to answer by are on the page."""
    async with opened() as browser:
        await browser.act("restart")  # so that its connecting is watched too
        await browser.say("/who-is-online")
        await browser.say("@who billing", place=GENERAL)
        await browser.act("open_home", viewer=KARI)
        await browser.until(lambda: browser.messages(channel=GENERAL, author="U0WHOBOT1"))
        page = json.dumps(browser.pieces)
        for key in browser.pieces:
            if key.startswith("wire:"):
                _, detail = await browser.get(key.replace(":", "/"))
                page += json.dumps(json.loads(detail), ensure_ascii=False)

        stage = browser.stage
        secrets = [*stage.secrets, *stage.superoffice._tickets, "pretend-verification-token"]
        secrets += [*stage.slack._socket._tickets, *stage.slack._api._response_urls]
        assert len(secrets) > 8
        assert [secret for secret in secrets if secret in page] == []
        for shown in ("apps.connections.open", "AuthenticateUsernamePassword", "response_url", MASK):
            assert shown in page


@pytest.mark.parametrize(
    ("headers", "body"),
    [
        ({"Authorization": "Bearer opaque-7"}, b""),
        ({"X-Slack-Signature": "v0=opaque-7"}, b""),
        ({"Content-Type": "application/json"}, b'{"a": [{"Bot_Token": "opaque-7"}]}'),
        ({"Content-Type": "application/json"}, b'{"said": "the key is opaque-known-7"}'),
        ({"Content-Type": "application/x-www-form-urlencoded"}, b"token=opaque-7&x=1"),
        ({"Content-Type": "text/xml"}, b"<a><n:Password xmlns:n='u'>opaque-7</n:Password></a>"),
        ({"Content-Type": "text/xml"}, b"<a><ApplicationToken>opaque-7</ApplicationToken></a>"),
        ({"Content-Type": "text/xml"}, b"<a>broken 7T:opaque-7== "),
        ({"Content-Type": "text/plain"}, b"xoxb-opaque-7 xapp-opaque-7 http://h/response/opaque-7"),
    ],
)
def test_secrets_are_known_by_name_place_and_looks(headers: dict[str, str], body: bytes) -> None:
    """A secret is masked where its field's name tells of it, where it is known, and where it looks like one."""
    shown = json.dumps(logged(a_log("opaque-known-7"), Exchange("slack", "/api/x", headers, body)))
    assert "opaque" not in shown
    assert json.dumps(MASK)[1:-1] in shown


def test_the_log_forgets() -> None:
    """The log keeps the newest exchanges, and shows of a body no more than anybody reads."""
    log = a_log()
    for _ in range(MOST_ENTRIES + 5):
        logged(log, Exchange("slack", "/api/x", {}, b"x" * (MOST_CHARACTERS + 7)))
    assert list(log.lines()) == list(range(6, MOST_ENTRIES + 6))
    assert log.detail(5) is None
    shown = log.detail(6)
    assert shown is not None
    assert shown["request"]["text"].endswith("\n… and 7 characters more")


def test_xml_is_shown_for_reading() -> None:
    """SOAP is indented; entities are not resolved, and what is no XML is shown as it came."""
    kind = {"Content-Type": "text/xml; charset=utf-8"}
    assert logged(a_log(), Exchange("superoffice", "/", kind, b"<a><b>1</b></a>"))["request"] == {
        "kind": "xml",
        "text": "<a>\n  <b>1</b>\n</a>\n",
    }
    bomb = b'<!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/hostname">]><a>&e;</a>'
    assert "&e;" in logged(a_log(), Exchange("superoffice", "/", kind, bomb))["request"]["text"]
    assert logged(a_log(), Exchange("superoffice", "/", kind, b"<a"))["request"]["text"] == "<a"


async def test_what_is_not_answered_is_told() -> None:
    """An exchange is under way until it is over; one that ends without an answer says so."""
    log = a_log()
    exchange = Exchange("superoffice", "/", {"SOAPAction": '"http://x/Chat/GetChatPresence"'}, b"")
    with told(log.observe, exchange):
        [line] = log.lines().values()
        assert (line["what"], line["took_ms"], line["failed"]) == ("GetChatPresence", None, "")
    [line] = log.lines().values()
    assert line["took_ms"] is not None
    assert line["failed"] == "no answer"


# --- the whole, as a person runs it ---


def test_the_page_alone_is_served_until_a_signal() -> None:
    """`--page` prints the address first, serves it without a terminal, and ends with exit 0 when told to."""
    command = [sys.executable, "-m", "playground", "--page"]
    with subprocess.Popen(  # noqa: S603 - our own
        command, cwd=PROJECT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert re.fullmatch(r"http://127\.0\.0\.1:\d+/\n", process.stdout.readline())
        process.send_signal(signal.SIGTERM)
        assert process.wait(PATIENCE_S) == 0


async def test_a_taken_port_is_told(browser: Browser) -> None:
    """A port that is taken is said so in a line, without a traceback."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "playground", "--page", "--port", str(browser.port), cwd=PROJECT,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip
    said, _ = await process.communicate()
    assert process.returncode == 1
    assert b"address already in use" in said
    assert b"Traceback" not in said
