"""Takes the README's pictures of the page: `python -m docs.picture` asks the real bot, and writes docs/*.png.

The pictures show a working hour, whenever they are taken: the bot's clock is the machine's, but the reader of the page
lives where it is early afternoon now, and so does the pretend office.

The browser is the Chromium of this machine, or the one that the variable CHROMIUM names.
"""

import asyncio
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from playwright.async_api import Browser, Page, async_playwright

from playground.office import DAY_BEGINS
from playground.page.server import open_page
from playground.stage import open_stage

DOCS = Path(__file__).parent
CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
QUIET = ("--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking", "--disable-sync")

HOUR = 14
"""The hour in the pictures: nobody is there for VIP then. Every hour of the day is this one in some time zone."""

Scheme = Literal["light", "dark"]


async def main() -> None:
    """Ask the bot on the page, and take the pictures."""
    now = datetime.now(UTC)
    # The names of these zones count hours westwards: https://data.iana.org/time-zones/tzdb/etcetera
    zone = f"Etc/GMT{now.hour - HOUR:+d}"
    async with open_stage() as stage, open_page(stage) as address, async_playwright() as playwright:
        office = stage.superoffice.office
        office.advance(HOUR * 60 + now.minute - DAY_BEGINS - office.minute)
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        page = await _opened(browser, address, zone, "light", width=1280, height=850)
        await _say(page, "/who-is-online")
        await page.screenshot(path=DOCS / "playground.png")
        schemes: tuple[Scheme, ...] = ("light", "dark")
        for scheme in schemes:
            # Narrow, so that the roster alone is in the picture, and can be read on a phone.
            page = await _opened(browser, address, zone, scheme, width=620, height=900)
            await _say(page, "/who-is-online billing")
            await page.get_by_role("article").last.screenshot(path=DOCS / f"roster-{scheme}.png")
        await browser.close()


async def _opened(browser: Browser, address: str, zone: str, scheme: Scheme, *, width: int, height: int) -> Page:
    """Open the page as somebody in this time zone sees it."""
    page = await browser.new_page(
        viewport={"width": width, "height": height},
        device_scale_factor=1.5,
        color_scheme=scheme,
        locale="en-GB",
        timezone_id=zone,
    )
    await page.goto(address)
    return page


async def _say(page: Page, text: str) -> None:
    """Send a command, wait for its answer, and point at nothing."""
    line = page.get_by_role("textbox", name="Message #support")
    before = await page.get_by_role("article").count()
    await line.fill(text)
    await line.press("Enter")
    await page.get_by_role("article").nth(before).wait_for()
    await line.blur()
    await page.mouse.move(0, 0)


if __name__ == "__main__":
    asyncio.run(main())
