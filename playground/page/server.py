"""Serves the page on loopback, to this machine's own browser alone."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from aiohttp import web

from playground.page.actions import DoesNotWorkError, act
from playground.page.state import Scene
from playground.page.wire import WireLog
from playground.stage import Stage

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

STATIC = Path(__file__).parent / "static"
MOST_BYTES = 32_000  # of an action
GATHERS_S = 0.03  # changes that come together are sent together
BEATS_S = 15.0
PATIENCE_S = 5.0  # with a reader that takes nothing; it may come back
_HEADERS = {
    "Content-Security-Policy": "default-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}


@asynccontextmanager
async def open_page(stage: Stage) -> AsyncIterator[str]:
    """Serve the page while inside, on a free port of 127.0.0.1; gives the page's address."""
    wire = WireLog(secrets=stage.secrets, changed=stage.slack.changed)
    page = Page(Scene(stage, wire))
    stage.slack.observer = stage.superoffice.observer = wire.observe
    runner = web.AppRunner(page.app(), access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        yield f"http://127.0.0.1:{runner.addresses[0][1]}/"
    finally:
        stage.slack.observer = stage.superoffice.observer = None
        await runner.cleanup()


class Page:
    """The page's routes: its files, its state as a stream, the wire's details, and actions."""

    def __init__(self, scene: Scene) -> None:
        self._scene = scene

    def app(self) -> web.Application:
        """Build the application."""
        app = web.Application(middlewares=[guarded], client_max_size=MOST_BYTES)
        app.router.add_get("/", self._index)
        app.router.add_get("/live", self._live)
        app.router.add_get("/wire/{id:[0-9]{1,9}}", self._wire)
        app.router.add_post("/act", self._act)
        app.router.add_static("/static", STATIC)
        app.on_response_prepare.append(_with_headers)
        return app

    async def _index(self, _: web.Request) -> web.FileResponse:
        return web.FileResponse(STATIC / "index.html")

    async def _act(self, request: web.Request) -> web.Response:
        try:
            return web.json_response(await act(self._scene, await request.read()))
        except DoesNotWorkError as reason:
            return web.json_response({"error": str(reason)}, status=400)

    async def _wire(self, request: web.Request) -> web.Response:
        detail = self._scene.wire.detail(int(request.match_info["id"]))
        if detail is None:
            return web.json_response({"error": "The log has forgotten this request."}, status=404)
        return web.json_response(detail)

    async def _live(self, request: web.Request) -> web.StreamResponse:
        """Send the page's state now, and again after each change.

        Nothing is queued: a slow reader skips states, and one that takes nothing is let go.
        https://html.spec.whatwg.org/multipage/server-sent-events.html
        """
        stream = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await stream.prepare(request)
        with contextlib.suppress(ConnectionError, TimeoutError):
            await self._follow(stream)
        return stream

    async def _follow(self, stream: web.StreamResponse) -> None:
        sent = ""
        while True:
            change = self._scene.stage.slack.next_change
            state = json.dumps(self._scene.state())
            async with asyncio.timeout(PATIENCE_S):
                await stream.write((": still here\n\n" if state == sent else f"data: {state}\n\n").encode())
            sent = state
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(BEATS_S):
                    await change.wait()
            await asyncio.sleep(GATHERS_S)


@web.middleware
async def guarded(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Turn away requests under another name than ours, and actions from other pages.

    A foreign page can send requests here, and by DNS rebinding even read the answers, but under its own name.
    """
    port = request.transport.get_extra_info("sockname")[1] if request.transport else None
    ours = [f"{name}:{port}" for name in ("127.0.0.1", "localhost")]
    if request.host not in ours:
        raise web.HTTPForbidden(text="This page is only for this machine: open it as http://127.0.0.1.")
    if request.method == "POST" and request.headers.get("Origin") != f"http://{request.host}":
        raise web.HTTPForbidden(text="Actions come from the page itself.")
    return await handler(request)


async def _with_headers(_: web.Request, response: web.StreamResponse) -> None:
    response.headers.update(_HEADERS)
