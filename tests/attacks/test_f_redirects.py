"""F09-F12: who answers "ask over there" decides nothing about what we take along."""

from __future__ import annotations

import orjson
import pytest

from tests.support.entries import DIRECT, ENTRIES
from tests.support.forging import cavage
from tests.support.hostile import answer, moved
from tests.support.nodes import until
from tests.support.stage import Stage

pytestmark = pytest.mark.asyncio(loop_scope="module")
ASTRAY = [
    "https://127.0.0.1/x",
    "https://[::1]/x",
    "https://169.254.169.254/latest",
    "http://{host}/x",
    "https://{host}:8443/x",
    "https://{host}:22/x",
    "https://inward.test/x",
    "https://us.test/c/wien",
    "file:" + "///etc/passwd",
    "ftp://{host}/x",
    "//127.0.0.1/x",
    "https://user@{host}/x",
    "\\\\127.0.0.1\\x",
    "http:",
]
FINGER = "https://{host}/.well-known/webfinger?resource=acct%3Aeve%40{host}"
WAYS = [*DIRECT, "webfinger"]
_hosts = iter(f"moving{number}.test" for number in range(10_000))


def _start(us: Stage, entry: str) -> tuple[str, str]:
    """A new host, and the address there that this way in asks for."""
    host = next(_hosts)
    us.evil.host(host)
    return host, FINGER.format(host=host) if entry == "webfinger" else f"https://{host}/x"


@pytest.mark.parametrize("entry", WAYS, ids=lambda entry: f"F09-{entry}")
@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_a_redirect_to_where_we_may_not_go_ends_there(
    us: Stage, entry: str, status: int
) -> None:
    us.wire.name("inward.test", "10.0.0.1")
    us.wire.name("us.test", "93.184.216.34")
    for astray in ASTRAY:
        host, first = _start(us, entry)
        us.evil.scripts[first] = moved(astray.format(host=host), status)
        us.evil.asked.clear()
        assert await ENTRIES[entry](us, first), astray
        assert us.evil.urls() == [first], astray


def _loop(us: Stage, host: str, first: str) -> None:
    us.evil.scripts[first] = moved(first)


def _two(us: Stage, host: str, first: str) -> None:
    us.evil.scripts[first] = moved(f"https://{host}/b")
    us.evil.scripts[f"https://{host}/b"] = moved(first)


def _fifty(us: Stage, host: str, first: str) -> None:
    us.evil.scripts[first] = moved(f"https://{host}/1")
    for number in range(1, 51):
        us.evil.scripts[f"https://{host}/{number}"] = moved(f"https://{host}/{number + 1}")


@pytest.mark.parametrize("entry", WAYS, ids=lambda entry: f"F10-{entry}")
@pytest.mark.parametrize("chain", [_loop, _two, _fifty], ids=lambda chain: chain.__name__[1:])
async def test_a_chain_of_redirects_ends_after_three(us: Stage, entry: str, chain) -> None:
    host, first = _start(us, entry)
    chain(us, host, first)
    us.evil.asked.clear()
    assert await ENTRIES[entry](us, first)
    assert len(us.evil.asked) <= 4


@pytest.mark.parametrize("entry", DIRECT, ids=lambda entry: f"F11-{entry}")
async def test_a_document_does_not_move_to_another_server(us: Stage, entry: str) -> None:
    _, first = _start(us, entry)
    other = next(_hosts)
    us.evil.host(other)
    us.evil.scripts[first] = moved(f"https://{other}/x")
    us.evil.asked.clear()
    assert await ENTRIES[entry](us, first)
    assert us.evil.urls() == [first]


async def test_f11_nothing_that_proves_who_we_are_goes_along_to_another_server(us: Stage) -> None:
    """WebFinger may move to another server: unsigned, and without anything of the first one's."""
    _, first = _start(us, "webfinger")
    other = next(_hosts)
    us.evil.host(other)
    us.evil.scripts[first] = answer(302, location=f"https://{other}/jrd", set_cookie="a=b")
    us.evil.asked.clear()
    await ENTRIES["webfinger"](us, first)
    assert us.evil.urls()[:2] == [first, f"https://{other}/jrd"]
    for asked in us.evil.asked:
        unwanted = {"cookie", "authorization", "signature", "signature-input", "referer"}
        assert unwanted.isdisjoint(asked.headers)


async def test_f11_a_redirect_within_a_server_is_signed_anew(us: Stage) -> None:
    host, first = _start(us, "fetched")
    us.evil.scripts[first] = answer(302, location="/y", set_cookie="a=b")
    us.evil.serve(f"https://{host}/y", {"id": f"https://{host}/y", "type": "Note"})
    us.evil.asked.clear()
    assert await ENTRIES["fetched"](us, first) == ""
    one, two = us.evil.asked
    assert one.headers["signature"] != two.headers["signature"]
    assert "cookie" not in two.headers


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308], ids=lambda each: f"F12-{each}")
async def test_a_delivery_is_not_taken_elsewhere(busy: Stage, status: int) -> None:
    busy.wire.name("inward.test", "10.0.0.1")
    for astray in (
        "https://inward.test/x",
        "https://moved.test/inbox",
        "https://127.0.0.1/x",
        "/y",
    ):
        eve = busy.stranger()
        busy.evil.host("moved.test")
        busy.evil.scripts[f"{eve.id}/inbox"] = moved(astray, status)
        busy.evil.asked.clear()
        request = cavage(busy.post(eve), eve.key, eve.key_id)
        assert (await busy.tell(request)).status == 202

        async def delivered(inbox: str = f"{eve.id}/inbox") -> bool:
            return inbox in busy.evil.urls()

        await until(delivered)
        # Deliveries to earlier strangers may be tried again meanwhile; nobody else is asked.
        assert all(url.endswith(("/eve", "/eve/inbox")) for url in busy.evil.urls())


@pytest.mark.parametrize("place", ["inbox", "sharedInbox"], ids=lambda place: f"F01-{place}")
async def test_a_delivery_to_a_name_that_has_turned_inward_is_not_made(
    busy: Stage, place: str
) -> None:
    """Good while we fetch the actor, the machine next door once we deliver."""
    eve = busy.stranger()
    if place == "sharedInbox":
        host = eve.id.split("/")[2]
        shared = {"sharedInbox": f"https://{host}/inbox"}
        busy.evil.serve(eve.id, {**eve.document, "endpoints": shared})
    host = eve.id.split("/")[2]
    busy.wire.in_turn(host, "93.184.216.34", "127.0.0.1")

    async def hang_up(asked, writer):
        await answer(body=orjson.dumps(eve.document), connection="close")(asked, writer)
        writer.close()

    busy.evil.scripts[eve.id] = hang_up
    tries = len(busy.wire.attempts)
    assert (await busy.tell(cavage(busy.post(eve), eve.key, eve.key_id))).status == 202

    async def tried() -> bool:
        row = await busy.node.look(
            lambda tx: tx.row(
                "select state from delivery where inbox like :host and attempts > 0",
                host=f"https://{host}/%",
            )
        )
        return row is not None

    await until(tried)
    assert busy.wire.attempts[tries:] == [("93.184.216.34", 443)]
