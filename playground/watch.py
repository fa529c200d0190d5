"""How a stand-in shows its wire to whoever watches; unless somebody does, it costs nothing."""

import time
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Literal

from aiohttp import web

Receiver = Literal["bot", "slack", "superoffice"]


@dataclass(eq=False)
class Exchange:
    """One request and, once it has come, the answer. As it was on the wire: secrets too."""

    to: Receiver
    path: str  # over Socket Mode, the envelope's type
    headers: Mapping[str, str]
    request: Any  # bytes of HTTP, or an envelope's payload
    at: float = field(default_factory=time.time)
    took_s: float | None = None  # None: under way
    status: int | None = None  # None once it is over: the connection ended without an answer
    content_type: str = ""
    answer: bytes = b""


# Told of each exchange twice: when it begins, and when it is over.
Observer = Callable[[Exchange], None]


@contextmanager
def told(observer: Observer | None, exchange: Exchange) -> Iterator[None]:
    """Tell the observer, if there is one, when this exchange begins and when it is over."""
    if observer is None:
        yield
        return
    began = time.perf_counter()
    observer(exchange)
    try:
        yield
    finally:
        exchange.took_s = time.perf_counter() - began
        observer(exchange)


async def watched(
    observer: Observer | None,
    to: Receiver,
    request: web.BaseRequest,
    answer: Callable[[], Awaitable[web.StreamResponse]],
) -> web.StreamResponse:
    """Answer a request over HTTP before the observer's eyes. What is streamed, it does not see."""
    if observer is None:
        return await answer()
    exchange = Exchange(to, request.path, request.headers, await request.read())
    with told(observer, exchange):
        response = await answer()
        exchange.status, exchange.content_type = response.status, response.content_type
        if isinstance(response, web.Response) and isinstance(response.body, bytes):
            exchange.answer = response.body
        return response
