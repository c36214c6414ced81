"""B18, B19: names are compared in one form, and are strings."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.support.forging import cavage, post
from tests.support.neighbours import key_of
from tests.support.stage import INBOX, Stage

pytestmark = pytest.mark.asyncio(loop_scope="module")
# What names another server than `victim.test`, and what names the same.
OTHERS = [
    "https://victim.test.evil.test",
    "https://evilvictim.test",
    "https://victim.test@evil.test",
    "https://victim.test:8443",
    "http://victim.test",
    "https://victim%2etest",
    "https://victim。test.evil.test",
    "https://vıctim.test",
    "https://xn--vctim-yua.test",
    "https://victim.test\\.evil.test",
    "https://victim.test..",
]


@pytest.mark.parametrize("origin", OTHERS, ids=lambda origin: f"B18-{origin}")
async def test_another_name_is_another_server(us: Stage, origin: str) -> None:
    anna = us.evil.persona("anna", "victim.test", key="others")
    for name in ("victim.test.evil.test", "evilvictim.test", "evil.test"):
        us.evil.host(name)
    key_id = f"{origin}/eve#main-key".encode("ascii", "ignore").decode()
    request = cavage(us.post(anna), key_of("theirs"), key_id)
    told = await us.refuses(request)
    assert told.status in {400, 401}
    assert told.title in {"foreign-key", "signature-malformed"}
    foreign = {**us.activity(anna.id), "id": f"{origin}/activities/1"}
    request = cavage(post(INBOX, foreign), anna.key, anna.key_id)
    told = await us.refuses(request)
    assert told.status in {400, 401}
    assert told.title in {"foreign-id", "malformed-id"}


@pytest.mark.parametrize(
    "origin", ["https://VICTIM.test", "https://victim.test.", "https://victim.test:443"],
    ids=lambda origin: f"B18-{origin}",
)  # fmt: skip
async def test_another_spelling_of_a_server_is_not_another_actor_of_it(
    us: Stage, origin: str
) -> None:
    """The origin is the same; the id that its documents have is not."""
    anna = us.evil.persona("anna", "victim.test", key="others")
    spelt = replace(anna, id=f"{origin}/anna")
    before = await us.contents({"remote_actor", "remote_key"})
    told = await us.tell(us.signed(spelt))
    assert told.status in (400, 401, 503)
    assert await us.contents({"remote_actor", "remote_key"}) == before
    assert not any(spelt.id in row for row in (await us.contents())["remote_actor"])


SHAPES: dict[str, dict[str, Any]] = {
    "id in a list": {"id": ["https://victim.test/1"]},
    "id in an object": {"id": {"@id": "https://victim.test/1"}},
    "id null": {"id": None, "type": "Create"},
    "id a number": {"id": 1},
    "id empty": {"id": ""},
    "id long": {"id": "https://victim.test/" + "x" * 4000},
    "actor in a list": {"actor": ["https://victim.test/u"]},
    "two actors": {"actor": ["https://victim.test/u", "https://other.test/u"]},
    "actor in an object": {"actor": {"id": "https://victim.test/u"}},
    "actor null": {"actor": None},
    "actor a number": {"actor": 7},
    "type in a list": {"type": ["Follow", "Create"]},
    "type null": {"type": None},
    "type an object": {"type": {"@id": "Follow"}},
}


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: f"B19-{shape}".replace(" ", "-"))
async def test_an_activity_has_a_string_for_each_of_its_names(us: Stage, shape: str) -> None:
    eve = us.stranger()
    request = post(INBOX, us.activity(eve.id) | SHAPES[shape])
    reasons = {"malformed-id", "malformed-actor", "malformed-type", "foreign-id"}
    told = await us.refuses(cavage(request, eve.key, eve.key_id))
    assert told.status in {400, 401}
    assert told.title in reasons


@pytest.mark.parametrize(
    "document", [b"[]", b'"x"', b"1", b"null", b"", b"[{}]"], ids=lambda d: f"B19-{d!r}"
)
async def test_what_is_no_object_is_no_activity(us: Stage, document: bytes) -> None:
    eve = us.stranger()
    request = cavage(post(INBOX, document), eve.key, eve.key_id)
    told = await us.refuses(request)
    assert told.status == 400
    assert told.title in {"not-json", "not-an-object", "no-object"}
