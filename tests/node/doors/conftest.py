"""Who stands at the doors of a node at rest: a program with tokens, and a guest."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import ClientSession

from node.people.model import Scope
from tests.support.callers import Caller
from tests.support.guests import Guest
from tests.support.nodes import do, running


@pytest.fixture
async def caller(tmp_path: Path) -> AsyncIterator[Caller]:
    async with running(tmp_path / "wien", at_work=False) as node, ClientSession() as session:
        await do(node, "user.create", name="amal", role="ambassador")
        tokens = {
            scope: (await do(node, "token.create", user="amal", scope=scope.value))["token"]
            for scope in Scope
        }
        yield Caller(node, session, tokens)


@pytest.fixture
async def guest(tmp_path: Path) -> AsyncIterator[Guest]:
    async with running(tmp_path / "wien", at_work=False) as node, ClientSession() as session:
        yield Guest(node, session)
