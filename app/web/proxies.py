"""Whose word is taken for the visitor's address, host and encryption: that of named proxies."""

from collections.abc import Callable, Iterable
from ipaddress import IPv4Network, IPv6Network, ip_address
from typing import Any

from werkzeug.middleware.proxy_fix import ProxyFix

TOLD = (
    "HTTP_X_FORWARDED_FOR",
    "HTTP_X_FORWARDED_PROTO",
    "HTTP_X_FORWARDED_HOST",
    "HTTP_X_FORWARDED_PORT",
    "HTTP_X_FORWARDED_PREFIX",
    "HTTP_FORWARDED",
)
MOST_HOPS = 5
Wsgi = Callable[[dict[str, Any], Any], Iterable[bytes]]


class TrustedProxies:
    """Takes X-Forwarded-* from the proxies it knows and drops them from everybody else.

    `hops` proxies stand before the node; 0 means as many as are known by their address.
    """

    def __init__(
        self, app: Wsgi, networks: tuple[IPv4Network | IPv6Network, ...], hops: int = 0
    ) -> None:
        self._app, self._networks, self._hops = app, networks, hops

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """Answer, knowing the visitor as far as somebody trusted tells."""
        if not self._knows(environ.get("REMOTE_ADDR", "")):
            for name in TOLD:
                environ.pop(name, None)
            return self._app(environ, start_response)
        hops = self._hops or self._known_hops(environ.get("HTTP_X_FORWARDED_FOR", ""))
        nearest = self._hops or 1
        fixed = ProxyFix(self._app, x_for=hops, x_proto=nearest, x_host=nearest)
        return fixed(environ, start_response)

    def _knows(self, address: str) -> bool:
        try:
            found = ip_address(address.strip().strip("[]"))
        except ValueError:
            return False
        return any(found in network for network in self._networks)

    def _known_hops(self, chain: str) -> int:
        """How far back the chain of addresses was written by proxies that are known."""
        told = chain.split(",")
        hops = 1
        while hops < min(len(told), MOST_HOPS) and self._knows(told[-hops]):
            hops += 1
        return hops
