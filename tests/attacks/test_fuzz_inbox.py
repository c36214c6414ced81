"""Whatever is sent to the inbox, properly signed: answered in time, never with an error of ours."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from hypothesis import strategies as st

from tests.support.corpus import ABSENT, bent, documents, made, real_documents
from tests.support.fuzzing import Flood, all_is_shown, all_is_well
from tests.support.stage import Stage, stage

pytestmark = pytest.mark.asyncio(loop_scope="module")
Json = dict[str, Any]


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def us(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stage]:
    async with stage(tmp_path_factory.mktemp("us"), at_work=True) as found:
        yield found


async def _flooded(us: Stage, pool: tuple[tuple[str, Json], ...], many: int) -> Counter[int]:
    flood, statuses = Flood(us), Counter[int]()
    lies = st.tuples(bent(pool), st.integers(0, 9))
    for document, honesty in await made(lies, many):
        eve = await flood.eve()
        said = flood.said(eve, document, honest=honesty > 0)
        statuses[await flood.send(eve, said)] += 1
    return statuses


async def test_bent_documents_of_our_own_records_do_no_harm(
    us: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    statuses = await _flooded(us, documents(), 200)
    await all_is_well(us, caplog)
    await all_is_shown(us)
    assert statuses[202] > 50, "nothing of it got in: the test has lost its edge"


async def test_bent_documents_of_real_servers_do_no_harm(
    us: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    pool = real_documents()
    if not pool:
        pytest.skip(ABSENT)
    statuses = await _flooded(us, pool, 200)
    await all_is_well(us, caplog)
    await all_is_shown(us)
    assert statuses[202] > 50, "nothing of it got in: the test has lost its edge"
