"""The playground's page in a real browser: what people do there, with what they see, and whether all can use it."""

import json
import re
from importlib.resources import files
from typing import Any

import pytest
from playwright.async_api import Locator, Page, expect

from tests.browser.conftest import Scheme, Visits, ask, line, log, press_until, say

pytestmark = pytest.mark.asyncio(loop_scope="module")

AXE = (files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8")
AXE_RUN = "() => axe.run(document, {resultTypes: ['violations']})"
WIDE, NARROW = 1600, 390
REFRESH = "Refresh who is online"
BUSY = "Katrin Müller — 1 chat"
STALE = re.compile(r"SuperOffice .+ This is from .+ ago\.")


async def test_a_newcomers_story(visits: Visits) -> None:
    """Who opens the page can ask, filter by topic and share; Refresh shows who became busy, and how old it is."""
    page = await visits.open()
    channel = log(page, "Messages in #support")
    await page.get_by_role("button", name="/who-is-online", exact=True).click()
    await expect(line(page)).to_have_value("/who-is-online")
    await page.get_by_role("button", name="Send").click()
    answer = channel.get_by_role("article").nth(0)
    await expect(answer.get_by_role("heading", name="Who's online", exact=True)).to_be_visible()
    await expect(answer).to_contain_text("Only visible to you")
    await expect(answer).to_contain_text("Ole Hansen — free")

    await answer.get_by_label("Topic").select_option("Billing")
    await expect(answer.get_by_role("heading", name="Who's online: Billing")).to_be_visible()
    await expect(answer).to_contain_text("Ask Katrin Müller first")
    await expect(answer).not_to_contain_text("Ole Hansen")

    await answer.get_by_role("button", name="Share to channel").click()
    shared = channel.get_by_role("article").nth(1)
    await expect(shared).to_contain_text("Shared by @Kari")
    await expect(shared).not_to_contain_text("Only visible to you")

    refresh = shared.get_by_role("button", name=REFRESH)
    await page.get_by_role("button", name="One chat more for Katrin Müller").click()
    await press_until(refresh, lambda ms: expect(shared).to_contain_text(BUSY, timeout=ms))

    await page.get_by_role("radio", name="Down").check()
    await press_until(refresh, lambda ms: expect(shared).to_contain_text(STALE, timeout=ms))
    await expect(shared).to_contain_text(BUSY)
    await page.get_by_role("radio", name="Well").check()
    await press_until(refresh, lambda ms: expect(shared).not_to_contain_text(STALE, timeout=ms))


async def test_a_mention_is_answered_in_its_thread(visits: Visits) -> None:
    """The thread of one's own mention opens by itself; it is closed, found again by its replies, and written in."""
    page = await visits.open("#general")
    channel, thread = log(page, "Messages in #general"), log(page, "Thread in #general")
    asked = await ask(page, "@who orders", where=channel)
    await expect(thread.get_by_role("article")).to_have_count(2)
    await expect(thread).to_contain_text("Who's online: Orders")
    await page.get_by_role("button", name="Close thread").click()
    await expect(thread).to_be_hidden()
    await asked.get_by_role("button", name=re.compile("1 reply")).click()
    await expect(thread.get_by_role("article")).to_have_count(2)
    mine = await ask(page, "@who vip", where=thread)
    await expect(mine).to_contain_text("@who vip")
    await expect(thread.get_by_role("article").nth(3)).to_contain_text("Who's online: VIP")
    await expect(asked.get_by_role("button", name=re.compile("3 replies"))).to_be_visible()


async def test_an_answer_for_one_is_seen_by_one(visits: Visits) -> None:
    """A command's answer is for its asker's eyes alone; what is said to all reaches the other person."""
    kari = await visits.open("#partner")
    ola = await visits.open("#partner", person="Ola")
    private = await ask(kari, "/who-is-online", where=log(kari, "Messages in #partner"))
    await expect(private).to_contain_text("Only visible to you")
    await say(kari, "Lunch?")
    others = log(ola, "Messages in #partner")
    await expect(others).to_contain_text("Lunch?")
    await expect(others.get_by_role("article")).to_have_count(1)
    norwegian = await ask(ola, "/who-is-online", where=others)
    await expect(norwegian.get_by_role("heading", name="Hvem er online")).to_be_visible()
    await expect(norwegian.get_by_role("button", name="Oppdater")).to_be_visible()


async def test_the_home_tab_is_published_when_opened(visits: Visits) -> None:
    """The bot's Home tab shows the roster by topic, and has its controls; beside it are the direct messages."""
    page = await visits.open("#who/home")
    home = page.get_by_role("region", name="Home", exact=True)
    await expect(home.get_by_role("heading", name="Who's online, by topic")).to_be_visible()
    await home.get_by_label("Topic").select_option("VIP")
    await expect(home.get_by_role("heading", name="Who's online: VIP")).to_be_visible()
    await page.get_by_role("link", name="who", exact=True).click()
    await ask(page, "topics", where=log(page, "Messages in who"))
    await expect(log(page, "Messages in who")).to_contain_text("Who's online, by topic")


async def test_the_wire_shows_each_request_without_secrets(visits: Visits) -> None:
    """Each request between the three is a line that opens to what was sent and answered, masked."""
    page = await visits.open("#general")
    await page.get_by_role("button", name="Wire").click()
    await ask(page, "/who-is-online returns", where=log(page, "Messages in #general"))
    wire = page.get_by_role("list", name="Requests, oldest first")
    await expect(wire.get_by_text("/who-is-online returns")).to_be_visible()
    await wire.get_by_text("GetChatPresence").last.click()
    sent = wire.get_by_role("region", name="What the bot sent")
    await expect(sent).to_contain_text("GetChatPresence")
    await expect(sent).to_contain_text("••••••••")
    await expect(wire.get_by_role("region", name="What SuperOffice answered")).to_contain_text("Anna Berg")


async def test_keys_alone_do_it_and_the_focus_stays(visits: Visits) -> None:
    """Keys alone ask, filter and refresh; the focus and a half written line stay when something comes."""
    page = await visits.open("#general")
    keys = page.keyboard
    await tab_to(page, line(page))
    articles = log(page, "Messages in #general").get_by_role("article")
    before = await articles.count()
    await keys.type("/who-is-online")
    await keys.press("Enter")
    answer = articles.nth(before)
    await expect(answer).to_be_visible()
    await keys.type("half a li")
    menu = answer.get_by_role("combobox")
    await tab_to(page, menu, "Shift+Tab")
    await keys.type("VIP")
    await expect(answer.get_by_role("heading", name="Who's online: VIP")).to_be_visible()
    await expect(menu).to_be_focused()
    refresh = answer.get_by_role("button", name=REFRESH)
    await tab_to(page, refresh)
    async with page.expect_response(re.compile("/act$")) as refreshed:
        await keys.press("Enter")
    assert (await refreshed.value).ok
    ola = await visits.open("#general", person="Ola")
    await say(ola, "Lunch?")
    await expect(articles.last).to_contain_text("Lunch?")
    await expect(refresh).to_be_focused()
    await expect(line(page)).to_have_value("half a li")


@pytest.mark.parametrize("width", [WIDE, NARROW])
async def test_a_thread_takes_the_focus_only_in_place_of_the_channel(visits: Visits, width: int) -> None:
    """Beside the channel a thread leaves the focus there; in its place it has it; closed, its replies have it."""
    page = await visits.open("#general", width=width)
    await say(page, "@who orders")
    await expect(log(page, "Thread in #general")).to_contain_text("Who's online: Orders")
    shown = "Message #general" if width == WIDE else "Reply in thread"
    await expect(page.get_by_role("textbox", name=shown)).to_be_focused()
    await page.get_by_role("button", name="Close thread").press("Enter")
    await expect(log(page, "Messages in #general").get_by_role("button", name="1 reply").last).to_be_focused()


@pytest.mark.parametrize(
    ("path", "place"), [("#50%", "support"), ("#nowhere", "support"), ("#general/1.000001", "general")]
)
async def test_an_address_of_nothing_shows_a_channel(visits: Visits, path: str, place: str) -> None:
    """An address that means nothing is the first channel; that of a thread which is not there, its channel."""
    page = await visits.open(path)
    await expect(log(page, f"Messages in #{place}")).to_be_visible()
    await expect(page.get_by_role("link", name=place)).to_have_attribute("aria-current", "page")
    await expect(page.get_by_role("log", name="Thread")).to_have_count(0)


async def has_focus(target: Locator) -> bool:
    return bool(await target.evaluate("element => element === document.activeElement"))


async def tab_to(page: Page, target: Locator, key: str = "Tab") -> None:
    """Go on until this has the focus, by no more steps than anybody would take."""
    for _ in range(30):
        await page.keyboard.press(key)
        if await has_focus(target):
            return
    pytest.fail(f"30 times {key} lead nowhere near {target}")


async def test_a_narrow_window_has_room_for_everything(visits: Visits) -> None:
    """At 390 px nothing sticks out, and a side takes the place of the conversation until a place is chosen."""
    page = await visits.open("#general", width=NARROW, height=844)
    answer = await ask(page, "/who-is-online", where=log(page, "Messages in #general"))
    for control in [*await answer.get_by_role("button").all(), answer.get_by_role("combobox")]:
        box = await control.bounding_box()
        assert box is not None
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= NARROW
    assert await page.evaluate(
        "[...document.querySelectorAll('html, .log')].every(e => e.scrollWidth <= e.clientWidth)"
    )
    await page.get_by_role("button", name="SuperOffice").click()
    await expect(page.get_by_role("radio", name="Down")).to_be_in_viewport()
    await expect(answer).to_be_hidden()
    await page.get_by_role("link", name="support").click()
    await expect(log(page, "Messages in #support")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_axe_finds_no_serious_fault(visits: Visits, scheme: Scheme) -> None:
    """No view of the page has an accessibility fault that axe-core calls serious or critical, light or dark."""
    page = await visits.open("#general", scheme=scheme)
    faults: dict[str, list[str]] = {}
    answer = await ask(page, "/who-is-online", where=log(page, "Messages in #general"))
    await expect(answer.get_by_role("button", name=REFRESH)).to_be_visible()
    faults["a roster, and SuperOffice"] = await serious(page)
    await page.get_by_role("button", name="Wire").click()
    await page.get_by_role("list", name="Requests, oldest first").get_by_role("group").last.click()
    await expect(page.get_by_role("region", name=re.compile("What .* sent")).last).to_be_visible()
    await ask(page, "@who billing", where=log(page, "Messages in #general"))
    await expect(log(page, "Thread in #general")).to_contain_text("Who's online: Billing")
    faults["a thread, and the wire"] = await serious(page)
    await page.get_by_role("link", name="who · Home").click()
    await expect(page.get_by_role("heading", name="What you can ask")).to_be_visible()
    faults["Home"] = await serious(page)
    await page.set_viewport_size({"width": NARROW, "height": 844})
    faults["narrow"] = await serious(page)
    assert json.dumps({where: found for where, found in faults.items() if found}, indent=1) == "{}"


async def serious(page: Page) -> list[str]:
    """What axe-core finds that keeps people out. It comes by the debugger, as the page's policy allows no scripts."""
    if not await page.evaluate("'axe' in window"):
        await page.evaluate(AXE)
    result: dict[str, Any] = await page.evaluate(AXE_RUN)
    return [
        f"{each['id']}: {node['html'][:120]} {node['failureSummary']}"
        for each in result["violations"]
        if each["impact"] in ("serious", "critical")
        for node in each["nodes"]
    ]
