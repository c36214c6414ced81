"""F24: whose certificate does not prove the name is not spoken to; and TLS is paid for once."""

from __future__ import annotations

import asyncio
from itertools import count

import pytest

from keys.message import Request
from tests.support.authority import Fault
from tests.support.entries import ENTRIES
from tests.support.stage import Stage

pytestmark = pytest.mark.asyncio(loop_scope="module")
FAULTS = [fault for fault in Fault if fault is not Fault.NONE]
_numbers = count(1)


def _host(us: Stage, fault: Fault = Fault.NONE) -> str:
    host = f"tls{next(_numbers)}.test"
    us.evil.host(host, fault)
    return host


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: f"F24-{fault.value}")
@pytest.mark.parametrize("entry", ENTRIES)
async def test_a_certificate_that_proves_nothing_is_refused(
    us: Stage, entry: str, fault: Fault
) -> None:
    host = _host(us, fault)
    us.evil.serve(f"https://{host}/x", {"id": f"https://{host}/x", "type": "Note"})
    us.evil.asked.clear()
    assert await ENTRIES[entry](us, f"https://{host}/x")
    assert not any(host in asked.host for asked in us.evil.asked)
    # Not tried again without TLS, nor anywhere else.
    assert {port for _, port in us.wire.attempts} == {443}
    assert us.wire.strays == []


async def test_f24_a_server_that_does_not_know_the_name_is_refused(us: Stage) -> None:
    host = _host(us)
    del us.evil.faults[host]
    assert await ENTRIES["fetched"](us, f"https://{host}/x")


async def _post(us: Stage, host: str) -> None:
    request = Request(method="POST", url=f"https://{host}/inbox", body=b"{}")
    answer = await us.node.client.send(request, limit=1000, seconds=5)
    assert answer.status == 202


async def test_f24_a_connection_is_kept_and_used_again(us: Stage) -> None:
    host = _host(us)
    before = len(us.evil.handshakes)
    for _ in range(5):
        await _post(us, host)
    assert len(us.evil.handshakes) - before == 1


async def test_f24_a_new_connection_takes_up_the_former_session(us: Stage) -> None:
    """Without certificates, which saves both sides their proof."""
    host = _host(us)
    await _post(us, host)
    us.evil.hang_up()
    await asyncio.sleep(0.05)
    await _post(us, host)
    assert us.evil.handshakes[-1]


async def test_f24_a_session_of_one_server_is_not_shown_to_another(us: Stage) -> None:
    one, two = _host(us), _host(us)
    await _post(us, one)
    await _post(us, two)
    assert not us.evil.handshakes[-1]
