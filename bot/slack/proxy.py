"""The way to Slack: with the proxy that is chosen for each request, whatever the libraries would choose."""

from typing import Final

from aiohttp import (
    ClientConnectionError,
    ClientConnectorError,
    ClientError,
    ClientHandlerType,
    ClientHttpProxyError,
    ClientMiddlewareType,
    ClientRequest,
    ClientResponse,
)
from multidict import CIMultiDict
from yarl import URL

from bot.errors import Reason
from bot.network import why_broken
from bot.proxies import Proxies, Proxy

PROXY_SIGN_IN: Final = 407


class ProxyFailed(ClientConnectionError):
    """The proxy did not let a request through to Slack."""

    def __init__(self, proxy: Proxy, reason: Reason, detail: str) -> None:
        super().__init__(f"{proxy}: {detail}")
        self.reason = reason


class SentElsewhere(ClientError):
    """Something on the way sent a request to another address."""


def through(proxies: Proxies) -> ClientMiddlewareType:
    """Send each request of a session on its way, and name the proxy if that fails.

    https://docs.aiohttp.org/en/stable/client_middleware_cookbook.html
    """

    async def send(request: ClientRequest, handler: ClientHandlerType) -> ClientResponse:
        proxy = proxies.for_url(str(request.url))
        if proxy is None:
            request.update_proxy(None, None, None)
            return _from_there(await handler(request))
        sign_in: CIMultiDict[str] = CIMultiDict()
        if proxy.authorization:
            # What goes through a tunnel is for Slack alone; without one, the proxy reads the request's own headers.
            (sign_in if request.is_ssl() else request.headers)["Proxy-Authorization"] = proxy.authorization
        request.update_proxy(URL(proxy.url), None, sign_in)
        try:
            response = await handler(request)
        except ClientConnectorError as error:
            if (error.host, error.port) != (proxy.host, proxy.port):
                raise
            raise ProxyFailed(proxy, Reason.PROXY, why_broken(error).value) from None
        except ClientHttpProxyError as error:
            raise _refused(proxy, error.status) from None
        if response.status == PROXY_SIGN_IN:
            response.close()
            raise _refused(proxy, response.status)
        return _from_there(response)

    return send


def _from_there(response: ClientResponse) -> ClientResponse:
    """The response, unless it leads elsewhere, which Slack never does: aiohttp would follow."""
    if 300 <= response.status < 400:
        response.close()
        raise SentElsewhere(f"HTTP {response.status}")
    return response


def _refused(proxy: Proxy, status: int) -> ProxyFailed:
    reason = Reason.PROXY_SIGN_IN if status == PROXY_SIGN_IN else Reason.PROXY_NO_WAY
    return ProxyFailed(proxy, reason, f"HTTP {status}")
