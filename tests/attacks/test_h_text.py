"""H03-H10, H13, H15: what Python takes for a letter, a number, a truth or a moment."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from activitypub.errors import DocumentError, HandleRefused, UrlRefused
from activitypub.identity import Handle, host_of
from activitypub.parsing import parse
from activitypub.registry import read
from keys.dates import read_date
from keys.errors import KeysError
from node.errors import Invalid
from node.reading import truth, whole_number
from node.storage.database import Transaction
from node.text.sanitise import web_link
from tests.support.edge import request
from tests.support.forging import cavage, post
from tests.support.nodes import do, until
from tests.support.stage import INBOX, Stage, stage

pytestmark = pytest.mark.asyncio(loop_scope="module")


NAMES: list[dict[str, Any]] = [
    {"id": "https://e.test/\0x"},
    {"actor": "https://e.test/a\0"},
    {"type": "Follow\0"},
]
NAMES += [{"preferredUsername": "alice\0x"}, {"inbox": "https://e.test/\0"}, {"a\0b": 1}]


@pytest.mark.parametrize("named", NAMES, ids=lambda named: f"H03-{next(iter(named))}")
async def test_a_null_in_a_name_is_refused(us: Stage, named: dict[str, Any]) -> None:
    eve = us.stranger()
    body = json.dumps({**us.activity(eve.id), **named}).encode()
    lie = cavage(post(INBOX, body), eve.key, eve.key_id)
    told = await us.refuses(lie)
    assert told.status == 400
    assert told.title in {"not-json", "malformed-id", "malformed-actor", "malformed-type"}


NUMBERS = [b"NaN", b"Infinity", b"-Infinity", b"1e999", b"-1e999", b"0x10", b"01", b"1_0", b"+1"]
NUMBERS += ["١٢٣".encode(), b"1.", b".5", b"9" * 400]


@pytest.mark.parametrize("number", NUMBERS, ids=lambda number: f"H04-{number[:9]!r}")
async def test_what_is_no_number_of_json_is_refused(us: Stage, number: bytes) -> None:
    eve = us.stranger()
    whole = json.dumps(us.activity(eve.id, totalItems="HERE")).encode()
    body = whole.replace(b'"HERE"', number)
    with pytest.raises(DocumentError):
        parse(body)
    told = await us.refuses(cavage(post(INBOX, body), eve.key, eve.key_id))
    assert told.verdict == (400, "not-json")


@pytest.mark.parametrize(
    "odd", ["false", "true", 0, 1, [], [False], {}, "0"], ids=lambda o: f"H06-{o!r}"
)
async def test_only_true_and_false_are_truths(odd: Any) -> None:
    actor = read({"type": "Group", "manuallyApprovesFollowers": odd, "discoverable": odd})
    assert actor.manually_approves_followers in (False, None)
    with pytest.raises(ValueError, match="true or false"):
        truth(odd)


@pytest.mark.parametrize("odd", [True, False, "1", "١", 1.0, "1e3"], ids=lambda odd: f"H06-{odd!r}")
async def test_a_truth_or_text_is_no_number(odd: Any) -> None:
    with pytest.raises(ValueError, match="whole number"):
        whole_number(0, 1000)(odd)


ARABIC = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")
FOREIGN = [
    (host_of, "https://wien.example:8443", UrlRefused),
    (read_date, "Sun, 01 Nov 2026 00:00:00 GMT", KeysError),
]


@pytest.mark.parametrize(("reader", "text", "error"), FOREIGN, ids=["H07-port", "H07-date"])
async def test_digits_are_those_of_ascii(reader: Any, text: str, error: type[Exception]) -> None:
    assert reader(text)
    with pytest.raises(error):
        reader(text.translate(ARABIC))


@pytest.mark.parametrize(
    "path", ["/api/v1/events?limit=%D9%A1", "/e/%D9%A1" + "1" * 25], ids=["H07-limit", "H07-id"]
)
async def test_digits_of_other_scripts_lead_nowhere(us: Stage, path: str) -> None:
    told = await us.tell(request(f"GET {path}", "Authorization: Bearer x"))
    assert told.status in (401, 404)


@pytest.mark.parametrize(
    "name",
    ["İstanbul", "straße", "ıvan", "ＷＩＥＮ", "аnna", "ﬀ", "\u212a"],
    ids=lambda name: f"H08-{name}",
)
async def test_nobody_is_called_like_somebody_else(us: Stage, name: str) -> None:
    with pytest.raises(HandleRefused):
        Handle.parse(f"@{name}@wien.example")
    with pytest.raises(Invalid):
        await do(us.node, "user.create", name=name, role="ambassador")
    resource = f"acct:{name}@us.test".encode().hex("%")
    told = await us.tell(request(f"GET /.well-known/webfinger?resource=%{resource}"))
    assert told.status == 404


async def test_h08_a_host_has_one_spelling() -> None:
    assert host_of("https://BÜCHER.example") == host_of("https://xn--bcher-kva.example.")
    for twin in ("https://wıen.example", "https://wien。example", "https://ｗien.example"):
        assert host_of(twin).isascii()


TURNING = ["\u202e", "\u2066", "\u202b", "\u200b", "\u2060", "\ufeff", "\u202d"]


@pytest.mark.parametrize("mark", TURNING, ids=lambda mark: f"H09-{ord(mark):x}")
async def test_a_name_turns_nothing_beside_it(busy: Stage, mark: str) -> None:
    eve = busy.stranger()
    busy.evil.serve(eve.id, {**eve.document, "name": f"Ann{mark}a"})
    await do(busy.node, "network.follow", actor=eve.id)
    told = busy.activity(eve.id, "Create")
    note = {"id": f"{told['id']}/note", "type": "Note", "attributedTo": eve.id, "to": told["to"]}
    note |= {"name": f"gpj{mark}.exe", "content": f"<p>so{mark}there</p>"}
    await busy.tell(cavage(post(INBOX, {**told, "object": note}), eve.key, eve.key_id))

    async def shown() -> str:
        page = (await busy.tell(request("GET /network"))).body.decode()
        return page if "gpj.exe" in page else ""

    assert mark not in str(await until(shown))


DISPUTED = [
    *("https://us.test\\@evil.test/", "https://evil.test\t.us.test/", "https://evil.test\n/x"),
    *("https://us.test@evil.test/", "https://us.test:@evil.test/", "https:\\\\evil.test/x"),
    *("https://evil.test:80:443/", "https://[::1]evil.test/", "https://evil.test:x/", "https:///x"),
    *("//evil.test/x", "https://evil%2etest/", "https://evil.test%00.us.test/", "https://evil test/"),
]  # fmt: skip


@pytest.mark.parametrize("url", DISPUTED, ids=lambda url: f"H10-{url!r}")
async def test_an_address_read_in_two_ways_is_read_in_none(us: Stage, url: str) -> None:
    with pytest.raises(UrlRefused):
        host_of(url)
    eve = us.stranger()
    lie = cavage(post(INBOX, us.activity(eve.id) | {"actor": url}), eve.key, eve.key_id)
    told = await us.refuses(lie)
    assert told.status in {400, 401}
    assert told.title in {"malformed-actor", "foreign-id"}
    if "\\" in url or "@" in url or any(letter <= " " for letter in url):
        assert web_link(url) is None


MOMENTS = ["2031-06-01T15:00:00", "9999-12-31T23:59:59.999999-23:59", "0001-01-01T00:00:00+23:59"]
MOMENTS += [
    "2031-02-30T00:00:00Z",
    "2031-06-01T24:61:00Z",
    "2031-06-01T15:00:00+99:00",
    "٢٠٣١-٠٦-٠١",
]
MOMENTS += ["2031-03-30T02:30:00", "-0001-01-01T00:00:00Z", "2031-W22-1", "10000-01-01T00:00:00Z"]


@pytest.mark.parametrize("moment", MOMENTS, ids=lambda moment: f"H13-{moment}")
async def test_an_odd_moment_stops_nothing(busy: Stage, moment: str) -> None:
    event = read({"type": "Event", "startTime": moment, "published": moment})
    for found in (event.start_time, event.published):
        assert found is None or found.tzinfo is not None
    eve = busy.stranger()
    await do(busy.node, "network.follow", actor=eve.id)
    told = busy.activity(eve.id, "Create", published=moment)
    thing = {"id": f"{told['id']}/event", "type": "Event", "attributedTo": eve.id, "name": "x"}
    thing |= {"to": told["to"], "startTime": moment, "endTime": moment, "updated": moment}
    thing |= {"published": moment}
    await busy.tell(cavage(post(INBOX, {**told, "object": thing}), eve.key, eve.key_id))

    async def ended(tx: Transaction) -> str:
        row = await tx.row(
            "select state from inbox_activity where activity_id = :id", id=told["id"]
        )
        return "" if row is None or row["state"] == "waiting" else str(row["state"])

    assert await until(lambda: busy.node.look(ended)) == "done"
    for path in ("/", "/network"):
        assert (await busy.tell(request(f"GET {path}"))).status == 200
    assert "Traceback" not in busy.log.getvalue()


async def test_h13_what_is_kept_is_in_utc(busy: Stage) -> None:
    async def read_all(tx: Transaction) -> list[str]:
        rows = await tx.rows("select published, updated, received from remote_object")
        return [row[name] for row in rows for name in ("published", "updated", "received")]

    for text in await busy.node.look(read_all):
        assert datetime.fromisoformat(text).tzinfo in (UTC, datetime.now(UTC).tzinfo)


async def test_h15_a_worker_that_ends_is_noticed(tmp_path: Any) -> None:
    async with stage(tmp_path, at_work=True) as us:
        assert (await us.tell(request("GET /readyz"))).status == 200
        for worker in us.node.workers:
            worker.cancel()
        await until(lambda: _done(us))
        assert (await us.tell(request("GET /readyz"))).status == 503


async def _done(us: Stage) -> bool:
    return all(worker.done() for worker in us.node.workers)
