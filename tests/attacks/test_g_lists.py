"""G17: lists that are asked for in numbers nobody can read."""

from __future__ import annotations

import pytest

from tests.support.edge import request
from tests.support.nodes import do
from tests.support.stage import Stage

pytestmark = pytest.mark.asyncio(loop_scope="module")

ASKED = ["limit=1000000000", "limit=-1", "limit=1e9", "limit=٣", "limit=", "limit=00000000001"]
ASKED += ["limit=0x10", "before=%25%25%25", "before=" + "x" * 5000, "type=%25&type=a" * 200]
ASKED += ["offset=1000000000", "&".join(f"filter{n}=x" for n in range(1000))]


@pytest.mark.parametrize("query", ASKED, ids=lambda query: f"G17-{query[:18]}")
async def test_a_list_is_never_longer_than_a_page(busy: Stage, query: str) -> None:
    token = await _token(busy)
    for path in ("/api/v1/events", "/api/v1/timeline"):
        told = await busy.tell(
            request(f"GET {path}?{_escaped(query)}", f"Authorization: Bearer {token}")
        )
        assert told.status in (200, 400, 422), told
    told = await busy.tell(request(f"GET /c/wien/outbox?page=1&{_escaped(query)}"))
    assert told.status in (200, 400, 404)


def _escaped(query: str) -> str:
    return query if query.isascii() else query.encode().decode("latin-1")


async def _token(us: Stage) -> str:
    if not await do(us.node, "user.list"):
        await do(us.node, "user.create", name="ada", role="ambassador")
    made = await do(us.node, "token.create", user="ada", scope="admin", label="test")
    return str(made["token"])
