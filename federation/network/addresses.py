"""To which addresses we may connect.

Asked at the moment of connecting, with the address that is really meant: a name may mean another
address than a second ago, and an address may be written in many ways.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)
from typing import Final, TypeAlias

Address: TypeAlias = IPv4Address | IPv6Address
Network: TypeAlias = IPv4Network | IPv6Network

# Python's `is_global` differs between versions and says yes to several of these.
_SPECIAL_V4: Final = tuple(
    IPv4Network(network)
    for network in (
        "0.0.0.0/8",  # this network: RFC 791 3.2
        "10.0.0.0/8",  # private: RFC 1918
        "100.64.0.0/10",  # behind a carrier's NAT: RFC 6598
        "127.0.0.0/8",  # loopback: RFC 1122 3.2.1.3
        "169.254.0.0/16",  # link-local, also the metadata of clouds: RFC 3927
        "172.16.0.0/12",  # private: RFC 1918
        "192.0.0.0/24",  # protocol assignments: RFC 6890
        "192.0.2.0/24",  # documentation: RFC 5737
        "192.31.196.0/24",  # AS112: RFC 7535
        "192.52.193.0/24",  # AMT: RFC 7450
        "192.88.99.0/24",  # 6to4 relays: RFC 7526
        "192.168.0.0/16",  # private: RFC 1918
        "192.175.48.0/24",  # AS112: RFC 7534
        "198.18.0.0/15",  # benchmarks: RFC 2544
        "198.51.100.0/24",  # documentation: RFC 5737
        "203.0.113.0/24",  # documentation: RFC 5737
        "224.0.0.0/4",  # multicast: RFC 5771
        "240.0.0.0/4",  # reserved, and broadcast: RFC 1112 4
    )
)
# Everything outside is refused unseen: loopback, mapped (::ffff:0:0/96), compatible (::/96),
# NAT64 (64:ff9b::/96, 64:ff9b:1::/48), unique-local, link- and site-local, multicast, discard-only,
# segment routing (5f00::/16). Spec: RFC 4291 2.4, RFC 6890.
_GLOBAL_V6: Final = IPv6Network("2000::/3")
_SPECIAL_V6: Final = tuple(
    IPv6Network(network)
    for network in (
        "2001::/23",  # protocol assignments with Teredo, benchmarks, ORCHID: RFC 2928
        "2001:db8::/32",  # documentation: RFC 3849
        "2002::/16",  # 6to4, which hides an IPv4 address: RFC 3056
        "2620:4f:8000::/48",  # AS112: RFC 7534
        "3ffe::/16",  # the former 6bone: RFC 3701
        "3fff::/20",  # documentation: RFC 9637
    )
)

# Names that mean a machine nearby, or a network that is not this one. Spec: RFC 6761, 6762, 7686,
# 8375, 9476; ICANN reserved `internal`.
_SPECIAL_NAMES: Final = frozenset(
    {"alt", "arpa", "home", "i2p", "internal", "invalid", "lan", "local", "localhost", "onion"}
)
# The last label has no figures: so does a resolver tell names from addresses such as 0x7f.0x1.
_PUBLIC_NAME: Final = re.compile(
    r"(?:[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?\.)+([a-z]+|xn--[a-z0-9-]*[a-z0-9])\.?"
)


class AddressPolicy:
    """The rules of one node; in `private_peers` anything goes, plain HTTP and any port as well."""

    def __init__(self, private_peers: Sequence[Network] = ()) -> None:
        self._private_peers = tuple(private_peers)

    @property
    def has_private_peers(self) -> bool:
        """Whether any address is excepted at all."""
        return bool(self._private_peers)

    def allows(self, address: Address | str) -> bool:
        """Whether we may connect to this address; False for text that is no address."""
        return self.private(address) or _public(_read(address))

    def private(self, address: Address | str) -> bool:
        """Whether the address is one of the private peers'."""
        return _within(_read(address), self._private_peers)

    def plain_http(self, host: Address | str) -> bool:
        """Whether HTTP without TLS is to be expected: an address of the private peers', or
        `localhost` where they include the loopback. Other names are judged once resolved."""
        if isinstance(host, str) and host.rstrip(".").lower() == "localhost":
            return self.private("127.0.0.1") or self.private("::1")
        return self.private(host)


def public_name(host: str) -> bool:
    """Whether a host is named as servers of the open network are: with a dot, not by an address
    in any spelling, not under a name that means a machine nearby."""
    name = _PUBLIC_NAME.fullmatch(host.lower())
    return name is not None and name[1] not in _SPECIAL_NAMES


def _read(address: Address | str) -> Address | None:
    if not isinstance(address, str):
        return address
    try:
        return ip_address(address.strip("[]"))
    except ValueError:
        return None


def _public(address: Address | None) -> bool:
    if isinstance(address, IPv4Address):
        return not _within(address, _SPECIAL_V4)
    if isinstance(address, IPv6Address) and address.scope_id is None:
        return address in _GLOBAL_V6 and not _within(address, _SPECIAL_V6)
    return False


def _within(address: Address | None, networks: Sequence[Network]) -> bool:
    if address is None:
        return False
    return any(address.version == each.version and address in each for each in networks)


def networks(texts: Sequence[str]) -> tuple[Network, ...]:
    """Networks from "127.0.0.0/8" and the like. Raises: ValueError."""
    return tuple(ip_network(text) for text in texts)
