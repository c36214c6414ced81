"""Unfamiliar JSON-LD is read by a process of its own, and changes nothing that was believed."""

from __future__ import annotations

import asyncio
import os
import sys
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from activitypub.contexts import load
from activitypub.names import ACTIVITYSTREAMS
from activitypub.unfamiliar import is_unfamiliar, may_be_expanded, same_claim
from node import expanding
from node.expanding import ChildReader

Json = dict[str, Any]


@pytest.fixture
async def reader() -> AsyncIterator[ChildReader]:
    found = ChildReader()
    yield found
    await found.close()


def prefixed(**more: Any) -> Json:
    """A Create in which the object speaks in prefixes and keywords."""
    return {
        "@context": ACTIVITYSTREAMS,
        "id": "https://a.test/1",
        "type": "as:Create",
        "actor": "https://a.test/anna",
        "object": {
            "@id": "https://a.test/n/1",
            "@type": "as:Note",
            "as:content": "Salam",
            f"{ACTIVITYSTREAMS}#attributedTo": {"@id": "https://a.test/anna"},
        },
        **more,
    }


async def test_prefixes_keywords_and_whole_addresses_are_brought_into_our_terms(
    reader: ChildReader,
) -> None:
    document = prefixed()
    assert is_unfamiliar(document)
    found = await reader.familiar(document)
    assert found is not None
    assert found["type"] == "Create"
    assert found["object"] == {
        "id": "https://a.test/n/1",
        "type": "Note",
        "content": "Salam",
        "attributedTo": "https://a.test/anna",
    }
    assert same_claim(document, found)


@pytest.mark.parametrize(
    "document",
    [
        {"type": "Create", "object": {"type": "Note", "content": "as:Note"}},
        {"@context": ACTIVITYSTREAMS, "type": "Like", "object": "https://a.test/1"},
        {"type": "Create", "ical:status": "CONFIRMED"},
    ],
)
def test_what_speaks_plainly_is_never_handed_to_a_processor(document: Json) -> None:
    assert not is_unfamiliar(document)


@pytest.mark.parametrize(
    "more",
    [
        pytest.param({"@graph": [{"type": "Undo"}]}, id="D02"),
        pytest.param({"as:x": {"@included": {}}}, id="D03"),
        pytest.param({"@reverse": {"object": {"type": "Undo"}}}, id="D04"),
        pytest.param({"@context": [ACTIVITYSTREAMS, {"more": "@included"}]}, id="D05"),
        pytest.param({"@context": [ACTIVITYSTREAMS, {"actor": None}]}, id="D06"),
        pytest.param({"@context": [ACTIVITYSTREAMS, {"c2": "as:content"}]}, id="D07"),
        pytest.param({"@context": [ACTIVITYSTREAMS, {"id": None}]}, id="D08"),
        pytest.param({"@context": [ACTIVITYSTREAMS, {"@vocab": "https://evil.test/"}]}, id="D16"),
        pytest.param({"object": {"@context": {"n": "@nest"}}}, id="D05-within"),
        pytest.param({"@context": [ACTIVITYSTREAMS] * 300}, id="D14-many-contexts"),
    ],
)
async def test_what_could_hide_another_statement_is_not_expanded(
    reader: ChildReader, more: Json
) -> None:
    assert not may_be_expanded(prefixed(**more))
    assert await reader.familiar(prefixed(**more)) is None
    assert reader._child is None


@pytest.mark.parametrize(
    ("plain", "found"),
    [
        ({"id": "https://a.test/1", "type": "as:Note"}, {"id": "https://b.test/1", "type": "Note"}),
        ({"type": "as:Like", "actor": "a"}, {"type": "Like", "actor": "b"}),
        ({"type": "as:Like"}, {"type": "Like", "actor": "b"}),
        ({"type": "as:Like"}, {"type": "Delete"}),
        ({"type": "as:Like", "object": "x"}, {"type": "Like", "object": "y"}),
        ({"type": ["as:Like"]}, {"type": "Like"}),
    ],
)
def test_who_says_what_stays_as_it_was_believed(plain: Json, found: Json) -> None:
    assert not same_claim(plain, found)


async def test_d11_a_context_that_we_do_not_carry_is_not_fetched(reader: ChildReader) -> None:
    address = "https://evil.test/context"
    assert load(address) is None
    assert await reader.familiar(prefixed(**{"@context": [ACTIVITYSTREAMS, address]})) is None
    assert await reader.familiar(prefixed()) is not None, "and the child lives on"


async def test_d14_what_takes_too_long_ends_the_child_and_the_next_gets_another() -> None:
    reader = ChildReader(seconds=0.2)
    try:
        assert await reader.familiar(prefixed()) is not None
        child = reader._child
        assert child is not None
        os.kill(child.pid, 19)  # SIGSTOP: it answers no more
        begin = time.monotonic()
        assert await reader.familiar(prefixed()) is None
        assert time.monotonic() - begin < 2
        assert child.returncode is not None
        assert await reader.familiar(prefixed()) is not None
    finally:
        await reader.close()


async def test_d14_blank_nodes_in_plenty_cost_no_more_than_the_limit(reader: ChildReader) -> None:
    await reader.familiar(prefixed())
    nodes = [{"@id": f"_:b{n}", "as:to": {"@id": f"_:b{n + 1}"}} for n in range(1500)]
    begin = time.monotonic()
    await reader.familiar(prefixed(**{"as:attachment": nodes}))
    assert time.monotonic() - begin < expanding.SECONDS + 1


async def test_what_is_too_large_is_not_even_handed_over(reader: ChildReader) -> None:
    assert await reader.familiar(prefixed(content="x" * expanding.LARGEST)) is None
    assert reader._child is None


async def test_who_gives_up_asking_leaves_no_answer_for_the_next(reader: ChildReader) -> None:
    """What one document means must never be taken for the meaning of another."""
    assert await reader.familiar(prefixed()) is not None
    asking = asyncio.create_task(reader.familiar(prefixed(id="https://a.test/2")))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    asking.cancel()
    await asyncio.gather(asking, return_exceptions=True)
    found = await reader.familiar(prefixed(id="https://a.test/3"))
    assert found is not None
    assert found["id"] == "https://a.test/3"


async def test_a_child_that_never_starts_keeps_nobody_waiting(
    reader: ChildReader, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Else one lock would hold up all that arrives, for ever and without a word."""
    silent = tmp_path / "silent"
    silent.write_text("#!/bin/sh\nexec sleep 60\n")
    silent.chmod(0o700)
    monkeypatch.setattr(expanding, "START_SECONDS", 0.3)
    monkeypatch.setattr(sys, "executable", str(silent))
    assert await reader.familiar(prefixed()) is None
    monkeypatch.undo()
    assert await reader.familiar(prefixed()) is not None
