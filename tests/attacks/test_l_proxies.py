"""L02: whom the node holds responsible, when a proxy of its own stands before it."""

from __future__ import annotations

from http import HTTPStatus
from pathlib import Path

from tests.support.stage import Stage, stage


async def _in_vain(us: Stage, forwarded: str) -> int:
    """The answer to an activity that is not believed, from behind what says it is a proxy."""
    eve = us.stranger()
    lie = us.signed(eve).with_(signature='keyId="https://none.test/x",signature="eA=="')
    return (await us.tell(lie.also("X-Forwarded-For", forwarded))).status


async def test_l02_behind_a_proxy_the_last_hop_that_is_not_ours_counts(
    tmp_path: Path,
) -> None:
    async with stage(tmp_path, JOSOOR_TRUSTED_PROXIES="127.0.0.1,10.0.0.0/8") as us:
        # What stands left of it anybody can have written: a new address each time helps nobody.
        statuses = [await _in_vain(us, f"9.9.9.{n}, 8.8.8.8, 10.0.0.7") for n in range(40)]
        assert statuses[0] == HTTPStatus.UNAUTHORIZED
        assert statuses[-1] == HTTPStatus.TOO_MANY_REQUESTS
        # Whoever really comes from elsewhere is not held responsible.
        assert await _in_vain(us, "8.8.8.8, 7.7.7.7") == HTTPStatus.UNAUTHORIZED


async def test_l02_without_a_proxy_nothing_of_it_is_read(tmp_path: Path) -> None:
    async with stage(tmp_path, JOSOOR_TRUSTED_PROXIES="10.0.0.0/8") as us:
        # Loopback is no proxy that was named: one place, whatever it says of others.
        statuses = {await _in_vain(us, f"9.9.9.{n}") for n in range(40)}
    assert statuses == {HTTPStatus.UNAUTHORIZED}
