"""F01-F07, F13, F15, F16: where nobody makes us connect to, by whatever way in."""

from __future__ import annotations

import re
from itertools import count

import pytest

from tests.support.addresses import FIGURES, WRITTEN
from tests.support.entries import ENTRIES
from tests.support.stage import Stage

pytestmark = pytest.mark.asyncio(loop_scope="module")
ADDRESSES = {
    "F13": [
        "http://port.test/x", "https://port.test:22/x", "https://port.test:25/x",
        "https://port.test:80/x", "https://port.test:6379/x", "https://port.test:8443/x",
        "https://port.test:0/x", "https://port.test:65536/x", "https://port.test:-1/x",
        "https://port.test:/x", "https://port.test:４４３/x", "http://port.test:443/x",
        "file:" + "///etc/passwd", "file:" + "//port.test/etc/passwd", "ftp://port.test/x",
        "gopher://port.test/x", "data:application/json,{}", "unix:/run/postgres.sock",
        "unix://run/x", "ws://port.test/x", "wss://port.test/x", "javascript:alert(1)",
        "https+unix://port.test/x", "https:/port.test/x", "https:port.test/x",
        "https://user@port.test/x", "https://user:pass@port.test/x", "https://port.test\\@us.test/x",
        "https://port.test\\x", "https:\\\\port.test\\x", "https://@port.test/x", "https:///x",
    ],
    "F15": [
        "https://us.test/c/wien", "https://US.TEST/c/wien", "https://us.test:443/c/wien",
        "https://us.test./c/wien", "https://us.test/relay", "https://us.test",
        "https://us.test/.well-known/nodeinfo", "https://us.test/inbox",
    ],
}  # fmt: skip
_numbers = count(1)
PORT = re.compile(r"^https://port\.test:[0-9]")


def _named(us: Stage, address: str) -> str:
    """A name that nobody would suspect, for this address."""
    host = f"rebound{next(_numbers)}.test"
    us.wire.name(host, address)
    return host


def _literal(address: str) -> str:
    return f"[{address}]" if ":" in address else address


def _cases() -> list[tuple[str, str]]:
    rows = sorted({*FIGURES, *WRITTEN, *ADDRESSES})
    return [(row, entry) for row in rows for entry in ENTRIES]


@pytest.mark.parametrize(("row", "entry"), _cases(), ids=lambda each: str(each))
async def test_no_way_in_leads_there(us: Stage, row: str, entry: str) -> None:
    us.wire.name("port.test", "93.184.216.34")
    us.wire.name("us.test", "93.184.216.34")
    hosts = [*map(_literal, FIGURES.get(row, [])), *WRITTEN.get(row, [])]
    hosts += [_named(us, address) for address in FIGURES.get(row, [])]
    urls = [f"https://{host}/x" for host in hosts] + ADDRESSES.get(row, [])
    before = await us.contents({"remote_actor", "remote_key"})
    for url in urls:
        # A handle names a host alone: there is nothing else in it to lead astray.
        if entry in ("webfinger", "subject") and row == "F13" and not PORT.search(url):
            continue
        us.evil.asked.clear()
        tries = len(us.wire.attempts)
        assert await ENTRIES[entry](us, url), url
        asked = [each for each in us.evil.urls() if not each.startswith("https://entry")]
        assert asked == [], url
        # Only ours that leads there, if there is one, was connected to.
        assert len(us.wire.attempts) - tries <= len(us.evil.asked), url
    assert await us.contents({"remote_actor", "remote_key"}) == before


async def test_f09_an_address_counts_at_the_moment_of_connecting(us: Stage) -> None:
    """The first answer of the name service is good, the second is not."""
    us.evil.host("turning.test")
    us.wire.in_turn("turning.test", "127.0.0.1")
    assert "address" in await ENTRIES["fetched"](us, "https://turning.test/x")
    us.wire.name("both.test", "10.0.0.1", "::1", "169.254.169.254")
    assert await ENTRIES["fetched"](us, "https://both.test/x")
