"""How far one HTTP exchange came, as httpx tells while it goes on."""

from typing import Any


class Exchange:
    """Follows one request by httpx's `trace`: https://www.python-httpx.org/advanced/extensions/#trace."""

    def __init__(self) -> None:
        self._events: list[str] = []

    async def trace(self, event: str, _: dict[str, Any]) -> None:
        """Note an event, such as "connection.connect_tcp.started"."""
        self._events.append(event)

    def is_connected(self) -> bool:
        """Whether a connection was opened."""
        return "connection.connect_tcp.complete" in self._events

    def ended_at_the_proxy(self, *, is_tunnel: bool) -> bool:
        """Whether it got no further than the proxy. A tunnel leads past it once TLS with the host begins."""
        if is_tunnel:
            return not any(event.startswith("proxy.") for event in self._events)
        return all(event.startswith("connection.") for event in self._events)
