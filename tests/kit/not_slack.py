"""Something that answers in Slack's place: a proxy, a load balancer, half an answer."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Final

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from slack_sdk.web.async_client import AsyncWebClient

from bot.proxies import Proxies
from bot.slack.app import open_client


@dataclass(frozen=True)
class Page:
    """What is answered to every call."""

    status: int
    content_type: str
    text: str


NOT_SLACK: Final = [
    pytest.param(Page(502, "text/html", "<html>Bad gateway</html>"), id="bad gateway"),
    pytest.param(Page(200, "text/html", "<html>Sign in to the proxy</html>"), id="sign-in page"),
    pytest.param(Page(503, "text/plain", "upstream connect error"), id="no upstream"),
    pytest.param(Page(200, "application/json", '{"ok": tr'), id="half an answer"),
    pytest.param(Page(200, "application/json", ""), id="nothing"),
    pytest.param(Page(200, "application/json", "[]"), id="a list"),
]


@asynccontextmanager
async def not_slack(page: Page | None, calls: list[str] | None = None) -> AsyncIterator[AsyncWebClient]:
    """A client that finds this page in Slack's place, or nothing at all, and tries once. `calls` gets each path."""

    async def answer(request: web.Request) -> web.Response:
        if calls is not None:
            calls.append(request.path)
        assert page is not None
        return web.Response(status=page.status, content_type=page.content_type, text=page.text)

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", answer)
    async with TestServer(app) as server:
        url = "http://127.0.0.1:9/api/" if page is None else str(server.make_url("/api/"))
        async with open_client(token="xoxb-pretend-bot", api_url=url, proxies=Proxies()) as client:
            client.retry_handlers.clear()
            yield client
