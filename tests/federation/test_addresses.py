"""Which addresses may be connected to."""

from __future__ import annotations

import pytest

from federation.network.addresses import AddressPolicy, networks, public_name

REFUSED = [
    "127.0.0.1",
    "127.9.9.9",
    "10.0.0.1",
    "172.16.0.1",
    "172.31.255.255",
    "192.168.1.1",
    "169.254.169.254",
    "0.0.0.0",
    "0.1.2.3",
    "100.64.0.1",
    "100.127.255.255",
    "192.0.0.1",
    "192.0.0.170",
    "192.0.2.1",
    "192.31.196.1",
    "192.52.193.1",
    "192.88.99.1",
    "192.175.48.1",
    "198.18.0.1",
    "198.19.255.255",
    "198.51.100.1",
    "203.0.113.1",
    "224.0.0.1",
    "239.255.255.255",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::ffff:127.0.0.1",
    "::ffff:93.184.216.34",
    "::127.0.0.1",
    "64:ff9b::7f00:1",
    "64:ff9b::5db8:d822",
    "64:ff9b:1::1",
    "2002:7f00:1::",
    "2002:5db8:d822::",
    "2001::1",
    "2001:2::1",
    "2001:20::1",
    "fc00::1",
    "fd12::1",
    "fe80::1",
    "fe80::1%eth0",
    "fec0::1",
    "ff02::1",
    "ff0e::1",
    "100::1",
    "2001:db8::1",
    "2620:4f:8000::1",
    "3ffe::1",
    "3fff::1",
    "4000::1",
    "5f00::1",
    "2606:4700::1111%eth0",
    "localhost",
    "2130706433",
    "0x7f.1",
    "0177.0.0.1",
    "127.1",
]
ALLOWED = [
    "93.184.216.34",
    "1.1.1.1",
    "172.15.255.255",
    "172.32.0.1",
    "100.63.255.255",
    "100.128.0.1",
    "198.17.255.255",
    "223.255.255.255",
    "2606:4700::1111",
    "2a00:1450:4001::1",
    "2001:200::1",
    "3ffd::1",
]


@pytest.mark.parametrize("address", REFUSED)
def test_a_special_address_is_refused(address: str) -> None:
    assert not AddressPolicy().allows(address)


@pytest.mark.parametrize("address", ALLOWED)
def test_an_address_of_the_open_network_is_allowed(address: str) -> None:
    assert AddressPolicy().allows(address)


def test_a_private_peer_is_allowed_and_its_neighbour_is_not() -> None:
    policy = AddressPolicy(networks(["10.1.2.0/24", "fd00:1::/32"]))
    assert policy.allows("10.1.2.3")
    assert policy.allows("fd00:1::5")
    assert not policy.allows("10.1.3.3")
    assert not policy.allows("fd00:2::5")
    assert not policy.allows("::ffff:10.1.2.3"), "not in disguise"


def test_plain_http_is_for_private_peers_only() -> None:
    policy = AddressPolicy(networks(["127.0.0.0/8"]))
    assert policy.plain_http("127.0.0.1")
    assert policy.plain_http("localhost")
    assert not policy.plain_http("93.184.216.34")
    assert not policy.plain_http("wien.test")
    assert not AddressPolicy().plain_http("localhost")


@pytest.mark.parametrize(
    "host", ["wien.example", "a.b.c.org", "xn--mnchen-3ya.de", "wien.example."]
)
def test_a_host_with_a_dot_has_a_public_name(host: str) -> None:
    assert public_name(host)


@pytest.mark.parametrize(
    "host",
    [
        "localhost",
        "wien",
        "a.localhost",
        "printer.local",
        "db.internal",
        "x.onion",
        "x.i2p",
        "x.home.arpa",
        "127.0.0.1",
        "127.0.0.1.",
        "2130706433",
        "0177.0.0.1",
        "::1",
        "LOCALHOST",
    ],
)
def test_an_address_or_the_name_of_a_machine_nearby_is_no_public_name(host: str) -> None:
    assert not public_name(host)
