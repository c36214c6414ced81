"""Tests of node/people/telling.py."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from node.people.model import Role
from node.services import Node
from tests.support.browsers import PASSWORD, Browser, signed_in

NEW = "zwanzig blaue Fenster"


@pytest.fixture
async def amal(node: Node) -> AsyncIterator[Browser]:
    async with signed_in(node, "amal", Role.MEMBER) as browser:
        yield browser


@pytest.mark.parametrize(
    ("path", "fields", "leads", "says"),
    [
        ("/me", {"name": "amal2", "language": "en"}, "/me", "Saved."),
        ("/me/profile", {"name": "Amal", "visibility": "nobody"}, "/me/profile", "Saved."),
        ("/me/password", {"old": PASSWORD, "password": NEW}, "/me", "The new password counts."),
    ],
)
async def test_what_was_saved_is_told_once(
    path: str, fields: dict[str, str], leads: str, says: str, amal: Browser
):
    await amal.get(path)
    sent = await amal.post(path, fields)

    assert (sent.status, sent.path) == (303, leads)
    assert says in (await amal.get(leads)).text
    assert says not in (await amal.get(leads)).text
