"""Where a request comes from, as far as it is held against anybody: a network, never a person."""

from __future__ import annotations

from collections.abc import Collection
from functools import lru_cache
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)

from aiohttp import web

Network = IPv4Network | IPv6Network


def source_of(
    request: web.Request, proxies: Collection[Network], private: Collection[Network]
) -> str:
    """The network where this connection begins; "" where that says nothing.

    Behind proxies of ours the last hop that is none of them, as they say it. Loopback and private
    peers are a closed house, or a proxy that was not named: nothing is held against all behind it.
    """
    hops = [request.remote or ""]
    if proxies and _within(hops[0], proxies):
        forwarded = ",".join(request.headers.getall("X-Forwarded-For", []))
        hops = [hop.strip() for hop in forwarded.split(",")][-10:] + hops
    hop = next((hop for hop in reversed(hops) if not _within(hop, proxies)), "")
    return "" if not hop or _within(hop, private) else _network(hop)


def _within(hop: str, networks: Collection[Network]) -> bool:
    address = _read(hop) if networks else None
    return address is not None and any(
        address in network for network in networks if network.version == address.version
    )


def _network(hop: str) -> str:
    """The address, of IPv6 the /64 that one customer has; "" for loopback and for what is none."""
    address = _read(hop)
    if address is None or address.is_loopback:
        return ""
    return hop if address.version == 4 else str(ip_network(f"{hop}/64", strict=False))


@lru_cache(maxsize=1024)
def _read(hop: str) -> IPv4Address | IPv6Address | None:
    try:
        return ip_address(hop)
    except ValueError:
        return None
