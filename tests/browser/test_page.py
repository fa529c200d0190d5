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
    await page.get_by_role("option", name="/who-is-online").click()
    await page.get_by_role("button", name="Send").click()
    answer = channel.get_by_role("article").nth(0)
    await expect(answer.get_by_role("heading", name="Who's online", exact=True)).to_be_visible()
    await expect(answer).to_contain_text("Only visible to you")
    await expect(answer).to_contain_text("Ole Hansen — free")

    await choose(page, answer, "Topic", "Billing")
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

    down = page.get_by_role("switch", name="Down")
    await down.check(force=True)
    await press_until(refresh, lambda ms: expect(shared).to_contain_text(STALE, timeout=ms))
    await expect(shared).to_contain_text(BUSY)
    await expect(page.get_by_role("img", name="something is wrong")).to_be_visible()
    await down.uncheck(force=True)
    await press_until(refresh, lambda ms: expect(shared).not_to_contain_text(STALE, timeout=ms))


async def choose(page: Page, where: Locator, shown: str, option: str) -> None:
    await where.get_by_role("button", name=f"Topic: {shown}").click()
    await page.get_by_role("option", name=option).click()


async def test_commands_topics_and_names_are_completed(visits: Visits) -> None:
    """What is begun is completed: commands and names by Enter, topics by Tab, so that Enter sends what was typed."""
    page = await visits.open("#general")
    suggestions = page.get_by_role("listbox", name="Suggestions")
    write, articles = line(page), log(page, "Messages in #general").get_by_role("article")
    before = await articles.count()
    await write.press_sequentially("/wh")
    await write.press("Enter")
    await expect(write).to_have_value("/who-is-online ")
    await write.press_sequentially("bil")
    await expect(suggestions.get_by_role("option")).to_have_text(re.compile("billing"))
    await write.press("Tab")
    await expect(write).to_have_value("/who-is-online billing")
    await write.press("Enter")
    await expect(write).to_have_value("")
    await expect(articles.nth(before)).to_contain_text("Who's online: Billing")
    await write.press_sequentially("@")
    await expect(suggestions.get_by_role("option")).to_have_text([re.compile("@who"), "@Kari", "@Ola"])
    await write.press("Escape")
    await expect(suggestions).to_be_hidden()


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
    """A command's answer is for its asker's eyes alone; what is said to all reaches the other person, marked unread."""
    kari = await visits.open("#partner")
    ola = await visits.open("#general", person="Ola")
    seen = log(kari, "Messages in #partner")
    private = await ask(kari, "/who-is-online", where=seen)
    await expect(private).to_contain_text("Only visible to you")
    await ask(kari, "Lunch?", where=seen)
    await ola.get_by_role("link", name=re.compile(r"partner.*\(unread\)")).click()
    others = log(ola, "Messages in #partner")
    await expect(others.get_by_role("article")).to_have_count(1)
    await expect(others).to_contain_text("Lunch?")
    norwegian = await ask(ola, "/who-is-online", where=others)
    await expect(norwegian.get_by_role("heading", name="Hvem er online")).to_be_visible()
    await expect(norwegian.get_by_role("button", name="Oppdater")).to_be_visible()


async def test_the_home_tab_is_published_when_opened(visits: Visits) -> None:
    """The bot's Home tab shows the roster by topic, has its controls, and leads to the messages."""
    page = await visits.open("#who/home")
    home = page.get_by_role("region", name="Home tab of who")
    await expect(home.get_by_role("heading", name="Who's online, by topic")).to_be_visible()
    await choose(page, home, "Topic", "VIP")
    await expect(home.get_by_role("heading", name="Who's online: VIP")).to_be_visible()
    await home.get_by_role("link", name="Messages").click()
    direct = log(page, "Messages in who")
    asked = await ask(page, "topics", where=direct)
    await expect(asked).to_contain_text("topics")
    await expect(direct).to_contain_text("Who's online, by topic")


async def test_a_restart_of_the_bot_is_survived(visits: Visits) -> None:
    """After a restart the page goes on, and old buttons work: the new bot, which remembers nothing, asks anew."""
    page = await visits.open("#general")
    answer = await ask(page, "/who-is-online billing", where=log(page, "Messages in #general"))
    await page.get_by_role("button", name="One chat more for Anna Berg").click()
    async with page.expect_response(re.compile("/act$")) as restarted:
        await page.get_by_role("button", name="Restart the bot").click()
    assert (await restarted.value).ok
    await expect(page.get_by_role("complementary").get_by_text("The bot is connected")).to_be_visible()
    await answer.get_by_role("button", name=REFRESH).click()
    await expect(answer).to_contain_text("Anna Berg — 2 chats")


async def test_the_wire_shows_each_request_without_secrets(visits: Visits) -> None:
    """Each request between the three is a line that opens to what was sent, masked; the log can be cleared."""
    page = await visits.open("#general")
    await page.get_by_role("tab", name="Wire").click()
    await ask(page, "/who-is-online returns", where=log(page, "Messages in #general"))
    wire = page.get_by_role("list", name="Requests, oldest first")
    await expect(wire.get_by_role("button", name="/who-is-online returns")).to_be_visible()
    entry = wire.get_by_role("button", name="GetChatPresence").last
    await entry.click()
    await expect(entry).to_have_attribute("aria-expanded", "true")
    sent = wire.get_by_role("region", name="What the bot sent")
    await expect(sent).to_contain_text("GetChatPresence")
    await expect(sent).to_contain_text("••••••••")
    await expect(wire.get_by_role("region", name="What SuperOffice answered")).to_contain_text("Anna Berg")
    await page.get_by_role("button", name="Clear the log").click()
    await expect(page.get_by_text("Nothing has gone over the wire yet.")).to_be_visible()


async def test_all_is_done_with_the_keyboard_alone(visits: Visits) -> None:
    """Keys alone ask, filter, refresh and look behind the scenes; the focus is never lost when a message is redrawn."""
    page = await visits.open("#general")
    keys = page.keyboard
    await page.evaluate("document.activeElement.blur()")  # off the person that `open` chose
    await tab_to(page, page.get_by_role("link", name="Skip to the conversation"))
    await keys.press("Enter")
    await expect(line(page)).to_be_focused()
    articles = log(page, "Messages in #general").get_by_role("article")
    before = await articles.count()
    await keys.type("/who-is-online")
    await keys.press("Enter")
    await keys.press("Enter")
    answer = articles.nth(before)
    await expect(answer).to_be_visible()

    await tab_to(page, answer.get_by_role("button", name="Topic: Topic"), "Shift+Tab")
    await keys.press("Enter")
    await expect(page.get_by_role("combobox", name="Topic")).to_be_focused()
    await keys.type("vip")
    await expect(page.get_by_role("option")).to_have_count(1)
    await keys.press("Enter")
    await expect(answer.get_by_role("button", name="Topic: VIP")).to_be_focused()
    await keys.press("Enter")
    await keys.press("Escape")
    await expect(answer.get_by_role("button", name="Topic: VIP")).to_be_focused()
    refresh = answer.get_by_role("button", name=REFRESH)
    await tab_to(page, refresh)
    async with page.expect_response(re.compile("/act$")) as refreshed:
        await keys.press("Enter")
    assert (await refreshed.value).ok
    await expect(refresh).to_be_focused()

    await tab_to(page, page.get_by_role("tab", name="SuperOffice"))
    await keys.press("ArrowRight")
    await expect(page.get_by_role("tab", name="Wire")).to_be_focused()
    entry = page.get_by_role("list", name="Requests, oldest first").get_by_role("button").first
    await tab_to(page, entry)
    await keys.press("Enter")
    await expect(entry).to_have_attribute("aria-expanded", "true")


async def test_the_focus_stays_when_something_comes(visits: Visits) -> None:
    """What has the focus keeps it when a message comes, when a place is opened, and when another person is chosen."""
    page = await visits.open("#general")
    articles = log(page, "Messages in #general").get_by_role("article")
    answer = await ask(page, "/who-is-online", where=log(page, "Messages in #general"))
    share = answer.get_by_role("button", name="Share to channel")
    await share.press("Enter")
    await expect(articles.last).to_contain_text("Shared by @Kari")
    await expect(share).to_be_focused()
    place = page.get_by_role("link", name="support")
    await place.press("Enter")
    await expect(log(page, "Messages in #support")).to_be_visible()
    await expect(place).to_be_focused()
    ola = await visits.open("#general", person="Ola")
    await say(ola, "Lunch?")
    await expect(page.get_by_role("link", name=re.compile(r"general.*\(unread\)"))).to_be_visible()
    await expect(place).to_be_focused()
    await page.get_by_role("radio", name="Kari").press("ArrowRight")
    await expect(page.get_by_role("radio", name="Ola")).to_be_checked()
    await expect(page.get_by_role("radio", name="Ola")).to_be_focused()


@pytest.mark.parametrize("width", [WIDE, NARROW])
async def test_a_thread_takes_the_focus_only_in_place_of_the_channel(visits: Visits, width: int) -> None:
    """Beside the channel a thread leaves the focus there; in its place it has it; closed, its replies have it."""
    page = await visits.open("#general", width=width)
    channel, thread = log(page, "Messages in #general"), log(page, "Thread in #general")
    await say(page, "@who orders")
    await expect(thread).to_contain_text("Who's online: Orders")
    shown = "Message #general" if width == WIDE else "Reply in thread"
    await expect(page.get_by_role("combobox", name=shown)).to_be_focused()
    await page.get_by_role("button", name="Close thread" if width == WIDE else "Back").press("Enter")
    replies = channel.get_by_role("button", name="1 reply").last
    await expect(replies).to_be_focused()
    await replies.press("Enter")
    await expect(replies if width == WIDE else thread).to_be_focused()


async def test_a_draft_is_kept_where_it_was_written(visits: Visits) -> None:
    """What is not sent yet stays when a mention is answered, and is found again by who wrote it, where they did."""
    page = await visits.open("#general")
    channel = page.get_by_role("combobox", name="Message #general")
    replies = log(page, "Messages in #general").get_by_role("button", name=re.compile("repl(y|ies)"))
    before = await replies.count()
    await say(page, "@who vip")
    await page.keyboard.type("thanks")
    await expect(replies).to_have_count(before + 1)
    await expect(channel).to_have_value("thanks")
    await expect(channel).to_be_focused()
    await page.get_by_role("link", name="support").click()
    await expect(line(page)).to_have_value("")
    await page.get_by_role("radio", name="Ola").check(force=True)
    await page.get_by_role("link", name="general").click()
    await expect(channel).to_have_value("")
    await page.get_by_role("radio", name="Kari").check(force=True)
    await expect(channel).to_have_value("thanks")
    await expect(page.get_by_role("button", name="Send").first).to_be_enabled()


@pytest.mark.parametrize(
    ("path", "place"), [("#50%", "support"), ("#nowhere", "support"), ("#general/1.000001", "general")]
)
async def test_an_address_of_nothing_shows_a_channel(visits: Visits, path: str, place: str) -> None:
    """An address that means nothing is the first channel; that of a thread which is not there, its channel."""
    page = await visits.open(path)
    await expect(log(page, f"Messages in #{place}")).to_be_visible()
    await expect(page.get_by_role("link", name=place)).to_have_attribute("aria-current", "page")
    await expect(page.get_by_role("log", name="Thread")).to_have_count(0)


async def test_people_are_named_in_words(visits: Visits) -> None:
    """A screen reader says a person's name and, apart from it, their language."""
    page = await visits.open()
    for name in ("Kari en", "Ola nb"):
        await expect(page.get_by_role("radio", name=name, exact=True)).to_be_attached()


async def test_one_drawer_at_a_time(visits: Visits) -> None:
    """In a narrow window the drawer that opens closes the other; choosing the place that is open closes it too."""
    page = await visits.open("#general", width=NARROW, height=844)
    channels, scrim = page.get_by_role("button", name="Channels"), page.locator("#scrim")
    opener = page.get_by_role("button", name="Behind the scenes", exact=True)
    await opener.click()
    await channels.click()
    await expect(opener).to_have_attribute("aria-expanded", "false")
    await expect(scrim).to_be_visible()
    await page.get_by_role("link", name="general").click()
    await expect(channels).to_have_attribute("aria-expanded", "false")
    await expect(channels).to_be_focused()
    await expect(scrim).to_be_hidden()
    await page.get_by_role("link", name="Skip to the conversation").focus()
    await channels.click()
    await expect(channels).to_have_attribute("aria-expanded", "true")


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
    """At 390 px the channels and what is behind the scenes are drawers; nothing sticks out, and Escape leads back."""
    page = await visits.open("#who", width=NARROW, height=844)
    channels = page.get_by_role("button", name="Channels")
    await channels.click()
    await page.get_by_role("link", name="general").click()
    await expect(page.get_by_role("link", name="general")).to_be_hidden()
    answer = await ask(page, "/who-is-online", where=log(page, "Messages in #general"))
    for control in await answer.get_by_role("button").all():
        box = await control.bounding_box()
        assert box is not None
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= NARROW
    assert await page.evaluate(
        "[...document.querySelectorAll('html, .log')].every(e => e.scrollWidth <= e.clientWidth)"
    )

    await channels.click()
    await expect(page.get_by_role("link", name="support")).to_be_focused()
    await page.keyboard.press("Escape")
    await expect(channels).to_be_focused()
    opener = page.get_by_role("button", name="Behind the scenes", exact=True)
    await opener.click()
    await expect(page.get_by_role("switch", name="Down")).to_be_in_viewport()
    await page.keyboard.press("Escape")
    await expect(opener).to_be_focused()
    await say(page, "@who orders")  # the thread takes the place of the channel
    await expect(log(page, "Thread in #general")).to_contain_text("Who's online: Orders")
    await page.get_by_role("button", name="Back").click()
    await expect(line(page)).to_have_attribute("aria-label", "Message #general")


async def test_a_theme_that_was_chosen_stays(visits: Visits) -> None:
    """The theme is the system's until the button is pressed; what was chosen is there after loading the page again."""
    page = await visits.open(scheme="dark")
    dark = page.get_by_role("button", name="Dark theme")
    await expect(dark).to_have_attribute("aria-pressed", "true")
    await dark.click()
    await page.reload()
    await expect(dark).to_have_attribute("aria-pressed", "false")
    await expect(page.locator("html")).to_have_attribute("data-theme", "light")


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_axe_finds_no_serious_fault(visits: Visits, scheme: Scheme) -> None:
    """No view of the page has an accessibility fault that axe-core calls serious or critical, in either theme."""
    page = await visits.open("#general", scheme=scheme)
    faults: dict[str, list[str]] = {}
    answer = await ask(page, "/who-is-online", where=log(page, "Messages in #general"))
    await expect(answer.get_by_role("button", name=REFRESH)).to_be_visible()
    faults["a roster, and SuperOffice"] = await serious(page)
    await answer.get_by_role("button", name="Topic: Topic").click()
    await expect(page.get_by_role("option", name="VIP")).to_be_visible()
    faults["a menu"] = await serious(page)
    await page.keyboard.press("Escape")
    await answer.get_by_role("button", name="JSON of this message").click()
    await expect(page.get_by_role("dialog")).to_be_visible()
    faults["a dialog"] = await serious(page)
    await page.keyboard.press("Escape")

    await page.get_by_role("tab", name="Wire").click()
    await page.get_by_role("list", name="Requests, oldest first").get_by_role("button").last.click()
    await expect(page.get_by_role("region", name=re.compile("What .* sent")).last).to_be_visible()
    await ask(page, "@who billing", where=log(page, "Messages in #general"))
    await expect(log(page, "Thread in #general")).to_contain_text("Who's online: Billing")
    faults["a thread, and the wire"] = await serious(page)
    await page.get_by_role("link", name="who · Home").click()
    await expect(page.get_by_role("heading", name="What you can ask")).to_be_visible()
    faults["Home"] = await serious(page)

    await page.set_viewport_size({"width": NARROW, "height": 844})
    await page.get_by_role("button", name="Channels").click()
    await expect(page.get_by_role("link", name="support")).to_be_in_viewport()
    faults["the drawer"] = await serious(page)
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
