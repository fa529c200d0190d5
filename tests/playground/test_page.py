"""The page: who may reach it, what it shows, what can be done on it, and that it gives no secret away."""

import asyncio
import contextlib
import json
import re
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import pytest_asyncio

from playground.page.server import MOST_BYTES, STATIC, open_page
from playground.page.wire import MASK
from playground.stage import Stage, open_stage

Json = dict[str, Any]

PROJECT = Path(__file__).parents[2]
PATIENCE_S = 20.0
pytestmark = pytest.mark.asyncio(loop_scope="module")

KARI, OLA, SUPPORT, GENERAL = "U0ASKER01", "U0ASKER02", "C0SUPPORT", "C0GENERAL"


class Browser:
    """What the page's scripts do: follow what is shown, and ask for actions."""

    def __init__(self, address: str, stage: Stage, session: aiohttp.ClientSession) -> None:
        self.address, self.stage, self.session = address, stage, session
        self.state: Json = {}

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
        await self.act("say", viewer=viewer, place=place, text=text, thread=None)

    async def until(self, seen: Callable[[], Any]) -> Any:
        """Follow the page until this is seen on it."""
        async with asyncio.timeout(PATIENCE_S), self.session.get(self.address + "live") as stream:
            async for line in stream.content:
                if line.startswith(b"data: "):
                    self.state = json.loads(line[6:])
                    if found := seen():
                        return found
        pytest.fail("the page ended")

    def messages(self, **wanted: Any) -> list[Json]:
        return [each for each in self.state["messages"] if wanted.items() <= each.items()]


@contextlib.asynccontextmanager
async def opened() -> AsyncIterator[Browser]:
    """The page, with the real bot."""
    limits = aiohttp.ClientSession(read_bufsize=2**22)
    async with open_stage() as stage, open_page(stage) as address, limits as session:
        yield Browser(address, stage, session)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser() -> AsyncIterator[Browser]:
    async with opened() as browser:
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


@pytest.mark.parametrize("text", [pytest.param(file.read_text(), id=file.name) for file in sorted(STATIC.iterdir())])
async def test_the_files_keep_to_themselves(text: str) -> None:
    """No file names an address to load, or has a script or a style within its markup, or writes markup from data."""
    loaded = re.findall(r"(?:src|href|url|import|from)\W{1,3}(https?:)?//", text)
    assert not loaded
    assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+=\"", text)
    assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|new Function", text)


# --- what it shows, and what can be done ---


async def test_a_command_goes_round(browser: Browser) -> None:
    """What a person asks on the page reaches the real bot, and its answer is on the page, for the asker alone."""
    await browser.say("/who-is-online billing")
    [answer] = await browser.until(lambda: browser.messages(channel=SUPPORT, only=KARI))
    assert "Katrin Müller" in json.dumps(answer["blocks"], ensure_ascii=False)

    menu = next(block for block in answer["blocks"] if block["type"] == "actions")["elements"][0]
    option = next(each for each in menu["options"] if each["text"]["text"] == "Orders")
    await browser.act("click", viewer=KARI, message=answer["id"], action_id=menu["action_id"], option=option)
    await browser.until(lambda: "Ole Hansen" in json.dumps(browser.messages(id=answer["id"])))

    lines = browser.state["wire"]
    assert [line["what"] for line in lines if line["to"] == "bot"] == ["/who-is-online billing", "block_actions"]
    assert "GetChatPresence" in [line["what"] for line in lines if line["to"] == "superoffice"]
    assert not any(line["failed"] for line in lines)


async def test_what_is_not_for_the_bot_stays_between_people(browser: Browser) -> None:
    """Words in a channel without the bot's name are shown, escaped, and no bot hears of them."""
    before = len(browser.stage.slack.deliveries)
    await browser.say("<b>Lunch</b> & @Ola?", place=GENERAL)
    [said] = await browser.until(lambda: browser.messages(author=KARI, channel=GENERAL))
    assert said["text"] == f"&lt;b&gt;Lunch&lt;/b&gt; &amp; <@{OLA}>?"
    assert len(browser.stage.slack.deliveries) == before


async def test_agents_and_superoffice_are_played_with(browser: Browser) -> None:
    """An agent's presence and chats, what is wrong, and the time are set on the page, and shown as they are."""
    await browser.act("agent", id=3, present=False)
    await browser.act("agent", id=3, chats=2)
    await browser.until(lambda: browser.state)
    agent = browser.state["office"]["agents"][0]
    assert agent == {"id": 3, "name": "Anna Berg", "present": False, "chats": 2, "topics": ["Billing", "Orders"]}
    for what in ("down", "slow", "garbage", "ok"):
        await browser.act("superoffice", what=what)
        await browser.until(lambda what=what: browser.state["office"]["trouble"] == what)  # type: ignore[misc]
    await browser.act("later")
    await browser.until(lambda: browser.state["office"]["time"] > "10:00")


WRONG = {"do": "click", "viewer": KARI, "message": "1.000001", "action_id": "share"}
SAY = {"do": "say", "viewer": KARI, "place": SUPPORT, "text": "hi", "thread": None}


@pytest.mark.parametrize(
    "asked",
    [
        b"",
        b"[]",
        b"not json",
        b"[" * 20_000,
        {"do": "explode"},
        {"do": "say"},
        {"do": "superoffice", "what": "gone"},
        {"do": "agent", "id": 3, "chats": -1},
        {"do": "agent", "id": 3, "name": "Kim"},
        {"do": "agent", "id": "3", "present": True},
        {"do": "agent", "id": 999, "present": True},
        SAY | {"text": " "},
        SAY | {"viewer": "nobody"},
        SAY | {"place": "D0ASKER02"},
        SAY | {"place": "C0QUIET01"},
        SAY | {"text": "/lunch"},
        SAY | {"text": "/who-is-online", "thread": "1.000001"},
        WRONG,
        WRONG | {"message": "home"},
        WRONG | {"viewer": "nobody"},
        WRONG | {"option": {"value": "1"}},
    ],
)
async def test_what_cannot_be_done_is_refused(browser: Browser, asked: Any) -> None:
    """An unknown, wrong or impossible action is answered with 400 and a plain reason; nothing reaches the bot."""
    agents, deliveries = repr(browser.stage.superoffice.office.agents), len(browser.stage.slack.deliveries)
    status, text = await browser.post(asked)
    assert status == 400
    assert json.loads(text)["error"]
    assert repr(browser.stage.superoffice.office.agents) == agents
    assert len(browser.stage.slack.deliveries) == deliveries


async def test_only_what_one_sees_can_be_clicked(browser: Browser) -> None:
    """A message for one person is not clicked by another."""
    await browser.say("/who-is-online")
    await browser.until(lambda: browser.messages(only=KARI))
    message = browser.messages(only=KARI)[-1]["id"]
    click = {"do": "click", "message": message, "action_id": "refresh"}
    assert (await browser.post(click | {"viewer": OLA}))[0] == 400


async def test_no_secret_is_on_the_page() -> None:
    """Neither tokens nor the password nor tickets nor signatures nor addresses to answer by are on the page."""
    async with opened() as browser:
        stage = browser.stage
        await stage.slack.disconnect()  # so that the bot's connecting is watched too
        await browser.until(lambda: "apps.connections.open" in [line["what"] for line in browser.state["wire"]])
        await browser.say("/who-is-online")
        await browser.say("@who billing", place=GENERAL)
        await browser.until(lambda: browser.messages(channel=GENERAL, author="U0WHOBOT1"))
        page = json.dumps(browser.state)
        for line in browser.state["wire"]:
            _, detail = await browser.get(f"wire/{line['id']}")
            page += json.dumps(json.loads(detail), ensure_ascii=False)

    secrets = [*stage.secrets, *stage.superoffice._tickets, "pretend-verification-token"]
    secrets += [*stage.slack._socket._tickets, *stage.slack._api._response_urls]
    assert len(secrets) > 8
    assert [secret for secret in secrets if secret in page] == []
    for shown in ("apps.connections.open", "AuthenticateUsernamePassword", "response_url", MASK):
        assert shown in page


# --- bounds ---


async def test_an_action_is_small(browser: Browser) -> None:
    """A body beyond the limit is not read."""
    assert (await browser.post(b" " * (MOST_BYTES + 1)))[0] == 413


# --- the whole, as a person runs it ---


PAGE = (sys.executable, "-m", "playground", "--page")


async def test_the_page_alone_is_served_until_a_signal() -> None:
    """`--page` prints the address first, serves it without a terminal, and ends with exit 0 when told to."""
    process = await asyncio.create_subprocess_exec(*PAGE, cwd=PROJECT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)
    assert process.stdout is not None
    assert re.fullmatch(rb"http://127\.0\.0\.1:\d+/\n", await process.stdout.readline())
    process.send_signal(signal.SIGTERM)
    async with asyncio.timeout(PATIENCE_S):
        assert await process.wait() == 0
