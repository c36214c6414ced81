"""Documents are believed only as their own origin serves them."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from activitypub.names import LD_JSON
from federation.errors import (
    AddressRefused,
    FederationError,
    Gone,
    NotActivityPub,
    NotFound,
    OriginMismatch,
    PeerTrouble,
    Refused,
    TooLarge,
    Unreachable,
)
from federation.network.fetch import PER_HOST_AND_MINUTE, Documents
from keys.http_signatures import check, parse, verify
from keys.message import Request
from tests.support.stranger import OUR_KEY, OURS, RELAY, Inward, Page, Stranger


def _note(stranger: Stranger, path: str = "/n/1", **page: object) -> str:
    return stranger.put(path, {"id": f"{stranger.origin}{path}", "type": "Note"}, **page)


async def test_a_document_is_the_one_that_its_address_serves(
    node: Inward, stranger: Stranger
) -> None:
    url = _note(stranger)
    fetched = await node.fetcher.document(f"{url}#part")
    assert fetched.url == fetched.document["id"] == url
    assert fetched.body == stranger.pages["/n/1"].body
    assert await Documents(node.fetcher).document(url) == fetched.document


async def test_the_request_is_signed_by_the_relay_actor(node: Inward, stranger: Stranger) -> None:
    await node.fetcher.document(_note(stranger))
    seen = stranger.seen["/n/1"]
    request = Request(
        method="GET", url=f"{stranger.origin}/n/1", headers=tuple(seen.headers.items())
    )
    signature = parse(request)
    assert signature.key_id == f"{RELAY}#main-key"
    check(request, signature, now=node.clock.now(), authorities={stranger.host})
    verify(request, signature, OUR_KEY.public_key())


@pytest.mark.parametrize(
    "type", ["text/plain", "application/json", "application/ld+json", "text/html", "image/png", ""]
)
async def test_another_content_type_is_no_document(
    node: Inward, stranger: Stranger, type: str
) -> None:
    url = _note(stranger, type=type)
    with pytest.raises(NotActivityPub):
        await node.fetcher.document(url)


async def test_json_ld_with_the_profile_is_a_document(node: Inward, stranger: Stranger) -> None:
    assert (await node.fetcher.document(_note(stranger, type=LD_JSON))).document["type"] == "Note"


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"{}", b'{"id": 1}', b'{"id": ["x"]}', b"nonsense", b"\xff\xfe{\x00}\x00"]
)
async def test_a_body_that_cannot_be_read_is_no_document(
    node: Inward, stranger: Stranger, body: bytes
) -> None:
    stranger.pages["/x"] = Page(body=body)
    with pytest.raises(NotActivityPub):
        await node.fetcher.document(f"{stranger.origin}/x")


async def test_a_document_above_1_mib_is_too_large(node: Inward, stranger: Stranger) -> None:
    stranger.pages["/x"] = Page(body=b" " * (1024 * 1024 + 1))
    with pytest.raises(TooLarge):
        await node.fetcher.document(f"{stranger.origin}/x")


async def test_a_document_with_the_id_of_another_server_is_refused(
    node: Inward, stranger: Stranger, victim: Stranger
) -> None:
    url = stranger.put("/x", {"id": _note(victim), "type": "Note"})
    with pytest.raises(OriginMismatch):
        await node.fetcher.document(url)
    assert not victim.hits


async def test_another_id_of_the_same_server_is_fetched_once(
    node: Inward, stranger: Stranger
) -> None:
    url = stranger.put("/@anna/1", {"id": _note(stranger), "type": "Note"})
    assert (await node.fetcher.document(url)).url == f"{stranger.origin}/n/1"


async def test_ids_that_lead_on_and_on_are_not_followed(node: Inward, stranger: Stranger) -> None:
    for number in range(5):
        stranger.put(f"/{number}", {"id": f"{stranger.origin}/{number + 1}", "type": "Note"})
    with pytest.raises(OriginMismatch):
        await node.fetcher.document(f"{stranger.origin}/0")
    assert stranger.hits.total() == 2


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_a_redirect_within_the_server_is_followed_and_signed_anew(
    node: Inward, stranger: Stranger, status: int
) -> None:
    _note(stranger)
    stranger.pages["/old"] = Page(status=status, headers={"Location": "../n/1"})
    assert (await node.fetcher.document(f"{stranger.origin}/old")).url.endswith("/n/1")
    signatures = {path: seen.headers["Signature"] for path, seen in stranger.seen.items()}
    assert signatures["/old"] != signatures["/n/1"]


async def test_a_redirect_to_another_server_is_not_followed(
    node: Inward, stranger: Stranger, victim: Stranger
) -> None:
    stranger.pages["/x"] = Page(status=302, headers={"Location": _note(victim)})
    with pytest.raises(OriginMismatch):
        await node.fetcher.document(f"{stranger.origin}/x")
    assert not victim.hits


async def test_a_document_reached_by_redirect_must_have_the_last_address(
    node: Inward, stranger: Stranger
) -> None:
    stranger.put("/new", {"id": f"{stranger.origin}/old", "type": "Note"})
    stranger.pages["/old"] = Page(status=302, headers={"Location": "/new"})
    with pytest.raises(OriginMismatch):
        await node.fetcher.document(f"{stranger.origin}/old")


async def test_a_circle_of_redirects_ends_after_three(node: Inward, stranger: Stranger) -> None:
    stranger.pages["/x"] = Page(status=302, headers={"Location": "/x"})
    with pytest.raises(Refused):
        await node.fetcher.document(f"{stranger.origin}/x")
    assert stranger.hits["/x"] == 4


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (404, NotFound),
        (410, Gone),
        (401, Refused),
        (403, Refused),
        (204, Refused),
        (429, PeerTrouble),
        (500, PeerTrouble),
        (503, PeerTrouble),
        (501, Refused),
    ],
)
async def test_a_status_becomes_an_error(
    node: Inward, stranger: Stranger, status: int, error: type[FederationError]
) -> None:
    stranger.pages["/x"] = Page(status=status)
    with pytest.raises(error) as caught:
        await node.fetcher.document(f"{stranger.origin}/x")
    assert caught.value.retry is (error is PeerTrouble)


async def test_many_who_ask_at_once_cause_one_request(node: Inward, stranger: Stranger) -> None:
    url = _note(stranger)
    await asyncio.gather(*(node.fetcher.document(url) for _ in range(20)))
    assert stranger.hits["/n/1"] == 1


async def test_one_who_gives_up_does_not_stop_the_others(node: Inward, stranger: Stranger) -> None:
    url = _note(stranger)
    first = asyncio.create_task(node.fetcher.document(url))
    second = asyncio.create_task(node.fetcher.document(url))
    await asyncio.sleep(0)
    first.cancel()
    assert (await second).url == url


async def test_a_refusal_is_remembered_for_five_minutes(node: Inward, stranger: Stranger) -> None:
    url = f"{stranger.origin}/n/1"
    for _ in range(3):
        with pytest.raises(NotFound):
            await node.fetcher.document(url)
    assert stranger.hits["/n/1"] == 1
    _note(stranger)
    assert (await node.fetcher.document(url, fresh=True)).url == url
    del stranger.pages["/n/1"]
    with pytest.raises(NotFound):
        await node.fetcher.document(url)
    node.clock.advance(timedelta(minutes=5))
    _note(stranger)
    assert (await node.fetcher.document(url)).url == url


async def test_trouble_is_remembered_for_one_minute(node: Inward, stranger: Stranger) -> None:
    url = _note(stranger, status=503)
    for _ in range(3):
        with pytest.raises(PeerTrouble):
            await node.fetcher.document(url)
    assert stranger.hits["/n/1"] == 1
    node.clock.advance(timedelta(minutes=1))
    _note(stranger)
    assert (await node.fetcher.document(url)).url == url


@pytest.mark.parametrize(
    "url", [f"{OURS}/x", "urn:x", "acct:a@b.test", "data:,x", "https://a b.test/", "", "did:key:z"]
)
async def test_what_is_ours_or_no_address_is_not_fetched(node: Inward, url: str) -> None:
    with pytest.raises(AddressRefused):
        await node.fetcher.document(url)


async def test_one_server_is_asked_so_often_in_a_minute_and_no_more(
    node: Inward, stranger: Stranger
) -> None:
    for number in range(PER_HOST_AND_MINUTE):
        with pytest.raises(NotFound):
            await node.fetcher.document(f"{stranger.origin}/{number}")
    with pytest.raises(Unreachable):
        await node.fetcher.document(f"{stranger.origin}/more")
    node.clock.advance(timedelta(minutes=1))
    with pytest.raises(NotFound):
        await node.fetcher.document(f"{stranger.origin}/and-more")


async def test_json_is_fetched_unsigned_and_across_servers(
    node: Inward, stranger: Stranger, victim: Stranger
) -> None:
    victim.put("/jrd", {"subject": "acct:a@b.test"}, type="application/jrd+json")
    stranger.pages["/x"] = Page(status=301, headers={"Location": f"{victim.origin}/jrd"})
    found = await node.fetcher.json(f"{stranger.origin}/x", "application/jrd+json")
    assert found == {"subject": "acct:a@b.test"}
    assert "Signature" not in victim.seen["/jrd"].headers
    stranger.pages["/y"] = Page(body=b"{" + b" " * 256 * 1024 + b"}")
    with pytest.raises(TooLarge):
        await node.fetcher.json(f"{stranger.origin}/y", "application/json")
