"""F01-F07, F16: the list of addresses and names itself."""

from __future__ import annotations

import re

import pytest

from federation.network.addresses import AddressPolicy, public_name
from tests.support.addresses import FIGURES, WRITTEN

ADDRESSES = [(row, address) for row in FIGURES for address in FIGURES[row]]
HOSTS = [(row, re.sub(r":[0-9]+$", "", host)) for row in WRITTEN for host in WRITTEN[row]]


@pytest.mark.parametrize(("row", "address"), ADDRESSES, ids=str)
def test_no_special_address_is_allowed(row: str, address: str) -> None:
    assert not AddressPolicy().allows(address), row
    assert not AddressPolicy().allows(f"{address}%eth0"), row


@pytest.mark.parametrize(("row", "host"), HOSTS, ids=str)
def test_none_of_them_is_a_name_of_the_open_network(row: str, host: str) -> None:
    assert not public_name(host), row
