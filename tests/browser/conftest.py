"""A browser on the playground's page: the real server with the real bot, and Chromium as a person has it."""

import asyncio
import json
import os
import shutil
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

import pytest
import pytest_asyncio
from playwright._impl._driver import compute_driver_executable
from playwright.async_api import Browser, BrowserContext, ConsoleMessage, Locator, Page, async_playwright, expect

from docs.picture import QUIET
from playground.stage import stop

PROJECT = Path(__file__).parents[2]
PATIENCE_MS = 20_000
"""How long anything may take to show: other tests run beside these."""

GLANCE_MS = 500
PRESSES = 50

expect.set_options(timeout=PATIENCE_MS)

Person = Literal["Kari", "Ola"]
PEOPLE: dict[Person, str] = {"Kari": "Kari (en)", "Ola": "Ola (nb)"}
Scheme = Literal["light", "dark"]


def _node_runs() -> bool:
    node, _ = compute_driver_executable()
    return subprocess.run([node, "--version"], capture_output=True, check=False).returncode == 0  # noqa: S603


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser() -> AsyncIterator[Browser]:
    """Chromium of this machine, or the one that CHROMIUM names."""
    chromium = shutil.which(os.environ.get("CHROMIUM", "chromium"))
    if chromium is None:
        pytest.skip("needs Chromium: neither CHROMIUM names one nor is there a chromium in PATH")
    if not _node_runs():
        pytest.skip("needs what Playwright's own node needs: on Debian the package libatomic1")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium, args=QUIET)
        yield browser
        await browser.close()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def address(browser: Browser) -> AsyncIterator[str]:  # noqa: ARG001 - without a browser there is no need of it
    """Where the page is served, by `python -m playground --page`."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "playground", "--page", cwd=PROJECT,
        stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    assert process.stdout is not None
    try:
        said = (await process.stdout.readline()).decode().strip()
        assert said.startswith("http://127.0.0.1:"), said
        yield said
    finally:
        await stop(process)


class Visits:
    """Opens the page, each time as another person's browser, and notices what must never happen on it."""

    def __init__(self, browser: Browser, address: str) -> None:
        self.address = address
        self._browser = browser
        self._contexts: list[BrowserContext] = []
        self.wrong: list[str] = []

    async def open(
        self, path: str = "", *, person: Person = "Kari", width: int = 1600, height: int = 900, scheme: Scheme = "light"
    ) -> Page:
        """Open the page at this place in Slack, such as `#general`."""
        context = await self._browser.new_context(
            viewport={"width": width, "height": height}, color_scheme=scheme, reduced_motion="reduce", locale="en-GB"
        )
        self._contexts.append(context)
        context.set_default_timeout(PATIENCE_MS)
        context.on("request", lambda request: self._asked(request.url))
        context.on("weberror", lambda error: self.wrong.append(f"a script failed: {error.error}"))
        context.on("console", self._heard)
        page = await context.new_page()
        await page.goto(self.address + path)
        await page.get_by_label("You are").select_option(PEOPLE[person])
        return page

    def _asked(self, url: str) -> None:
        if urlsplit(url).hostname != "127.0.0.1":
            self.wrong.append(f"a request left the machine: {url}")

    def _heard(self, line: ConsoleMessage) -> None:
        if line.type in ("error", "warning"):
            self.wrong.append(f"the console: {line.text}")

    async def close(self) -> None:
        """Close every page, and let SuperOffice be well again."""
        for context in self._contexts:
            await context.close()
        context = await self._browser.new_context(extra_http_headers={"Origin": self.address.rstrip("/")})
        body = json.dumps({"do": "superoffice", "what": "ok"})
        await context.request.post(f"{self.address}act", data=body, fail_on_status_code=True)
        await context.close()


@pytest_asyncio.fixture(loop_scope="module")
async def visits(browser: Browser, address: str) -> AsyncIterator[Visits]:
    """Pages on which no request leaves the machine, no script fails, and the console stays silent."""
    visits = Visits(browser, address)
    yield visits
    await visits.close()
    assert visits.wrong == []


def log(page: Page, name: str) -> Locator:
    return page.get_by_role("log", name=name, exact=True)


def line(page: Page) -> Locator:
    """Where one writes: in the thread, if one is open."""
    return page.get_by_role("textbox").last


async def say(page: Page, text: str) -> None:
    await line(page).fill(text)
    await line(page).press("Enter")


async def ask(page: Page, text: str, *, where: Locator) -> Locator:
    """Say this where it stays in sight; gives the next message that comes there."""
    before = await where.get_by_role("article").count()
    await say(page, text)
    came = where.get_by_role("article").nth(before)
    # Only there: what opens a thread is an article of the channel and of the thread.
    return where.locator(f'article[data-id="{await came.get_attribute("data-id")}"]')


async def press_until(button: Locator, shown: Callable[[int], Awaitable[None]]) -> None:
    """Press this, as people do, until what they wait for is shown: the bot remembers for 5 s, and tries again later."""
    for _ in range(PRESSES):
        await button.click()
        try:
            await shown(GLANCE_MS)
        except AssertionError:
            continue
        return
    await shown(GLANCE_MS)
