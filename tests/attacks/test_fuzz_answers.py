"""Whatever a server answers when the node asks: an actor, a thing, a collection, a WebFinger."""

from __future__ import annotations

import logging
import time
from collections.abc import AsyncIterator
from itertools import count
from typing import Any

import pytest
import pytest_asyncio
from hypothesis import strategies as st

from activitypub.names import JRD_JSON
from federation.errors import FederationError
from node.errors import NodeError
from tests.support.corpus import (
    ODD,
    adopted,
    bent,
    documents,
    made,
    real_documents,
    written,
)
from tests.support.entries import ENTRIES
from tests.support.fuzzing import CPU_SECONDS, Flood, all_is_shown, all_is_well
from tests.support.hostile import answer
from tests.support.nodes import do
from tests.support.stage import Stage, stage

pytestmark = pytest.mark.asyncio(loop_scope="module")
Json = dict[str, Any]
_numbers = count(1)
_TLS = 0.05
"""Seconds that the hostile server itself takes for a handshake, in the same process."""


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def us(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stage]:
    async with stage(tmp_path_factory.mktemp("us"), at_work=True) as found:
        yield found


def _pool() -> tuple[tuple[str, Json], ...]:
    return documents() + real_documents()


async def _asked(us: Stage, entry: str, url: str) -> None:
    """One question, with its answer or refusal in time; never any other error."""
    best = 10.0
    for _ in range(3):
        begun = time.thread_time()
        await ENTRIES[entry](us, url)
        best = min(best, time.thread_time() - begun)
        if best <= CPU_SECONDS + _TLS:
            return
    raise AssertionError(f"{best:.3f} s of CPU for {entry} of {url}")


def _errors(caplog: pytest.LogCaptureFixture) -> list[str]:
    """What the node broke at."""
    errors = [each for each in caplog.records if each.levelno >= logging.ERROR]
    return [each.exc_text or each.getMessage() for each in errors]


def _a_host(us: Stage) -> str:
    # A few names for many answers: each has its own certificate.
    return us.evil.host(f"answering{next(_numbers) // 25}.test")


@pytest.mark.parametrize("entry", ["actor", "key", "followed", "fetched"])
async def test_a_bent_actor_or_thing_is_believed_or_refused(
    us: Stage, entry: str, caplog: pytest.LogCaptureFixture
) -> None:
    for document in await made(bent(_pool()), 60):
        origin = _a_host(us)
        url = f"{origin}/things/{next(_numbers)}"
        served = adopted(document, origin, url, us.node.urls.origin)
        if isinstance(document.get("id"), str):
            served["id"] = url
        us.evil.scripts[url] = answer(body=written(served))
        await _asked(us, entry, url)
    assert _errors(caplog) == []


async def test_a_bent_actor_with_a_good_key_is_believed_or_refused(
    us: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    eve = us.stranger()
    pool = (("eve", eve.document), ("eve", eve.document | {"alsoKnownAs": ["https://x.test"]}))
    for document in await made(bent(pool, most=2), 80):
        url = f"{_a_host(us)}/people/{next(_numbers)}"
        text = written(document).replace(eve.id.encode(), url.encode())
        us.evil.scripts[url] = answer(body=text)
        await _asked(us, "actor", url)
        await _asked(us, "followed", url)
    assert _errors(caplog) == []


async def test_a_bent_webfinger_is_believed_or_refused(
    us: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    links = [
        {"rel": "self", "type": "application/activity+json", "href": "https://HOST/eve"},
        {"rel": "http://webfinger.net/rel/profile-page", "type": "text/html", "href": "https://x"},
    ]
    jrd = {"subject": "acct:eve@HOST", "aliases": ["https://HOST/@eve"], "links": links}
    for document in await made(bent((("jrd", jrd),), most=3), 80):
        origin = _a_host(us)
        host = origin.removeprefix("https://")
        body = written(document).replace(b"HOST", host.encode())
        url = f"{origin}/.well-known/webfinger?resource=acct%3Aeve%40{host}"
        us.evil.scripts[url] = answer(body=body, type=JRD_JSON)
        await _asked(us, "webfinger", origin)
    assert _errors(caplog) == []


async def test_a_bent_collection_is_no_actor_and_no_thing(
    us: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    page = {"type": "OrderedCollectionPage", "orderedItems": ["https://HOST/1"], "next": "HOST"}
    collection = {"id": "https://HOST/c", "type": "OrderedCollection", "totalItems": 1e9}
    collection |= {"first": page, "last": "https://HOST/c", "orderedItems": [dict(collection)]}
    for document in await made(bent((("collection", collection),)), 60):
        origin = _a_host(us)
        url = f"{origin}/collections/{next(_numbers)}"
        host = origin.removeprefix("https://").encode()
        us.evil.scripts[url] = answer(body=written(document).replace(b"HOST", host))
        for entry in ("fetched", "actor"):
            await _asked(us, entry, url)
    assert _errors(caplog) == []


async def test_what_an_announce_leads_to_may_be_anything(
    us: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    flood = Flood(us)
    for document in await made(bent(_pool()), 120):
        eve = await flood.eve()
        origin = eve.id.rpartition("/")[0]
        url = f"{origin}/shared/{next(_numbers)}"
        served = adopted(document, origin, eve.id, us.node.urls.origin) | {"id": url}
        us.evil.scripts[url] = answer(body=written(served))
        announce = {"type": "Announce", "object": url, "to": "as:Public"}
        assert await flood.send(eve, flood.said(eve, announce, honest=True)) == 202
    await all_is_well(us, caplog)
    await all_is_shown(us)


TYPED = st.text(max_size=200) | st.sampled_from([each for each in ODD if isinstance(each, str)])


async def test_whatever_is_typed_is_answered_with_a_sentence(
    us: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    for text in await made(TYPED, 150):
        for operation, field in (("network.follow", "actor"), ("network.fetch", "url")):
            try:
                await do(us.node, operation, **{field: text})
            except (NodeError, FederationError) as error:
                told = str(error)
            else:
                told = "found"
            assert told
    assert _errors(caplog) == []
