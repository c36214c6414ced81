"""A town, a real browser in it, and axe-core; for all tests of one file.

Files here run on one event loop: `pytestmark = pytest.mark.asyncio(loop_scope="module")`.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest
import pytest_asyncio

from tests.interop.peers.installing import folder_of
from tests.interop.peers.present import installed
from tests.support import chromium
from tests.support.browsers import Browser
from tests.support.chromium import Chromium
from tests.support.https import required
from tests.support.sheets import Sheet, Visit, sheets_of, visits
from tests.support.town import Town, town


@pytest.fixture(scope="session")
def axe() -> str:
    """The program that looks for what shuts people out."""
    folder = installed(lambda: folder_of("axe"))
    return (folder / "node_modules/axe-core/axe.min.js").read_text(encoding="utf-8")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser() -> AsyncIterator[Chromium]:
    if chromium.program() is None:
        required("no page can be looked at: chromium is not installed")
    async with chromium.chromium() as running:
        yield running


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def here(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Town]:
    folder: Path = tmp_path_factory.mktemp("town")
    async with town(folder) as made:
        yield made


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def cookie(here: Town) -> AsyncIterator[str]:
    """The session of the ambassador, who may see every page."""
    async with Browser(here.node) as amal:
        assert (await amal.sign_in("amal")).status == 303
        assert amal.cookie
        yield amal.cookie


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def sheets(here: Town, cookie: str) -> Sequence[Sheet]:
    return await sheets_of(here, cookie)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def seen(
    axe: str, browser: Chromium, here: Town, cookie: str, sheets: Sequence[Sheet]
) -> Sequence[Visit]:
    """Every page, looked at once in every language."""
    return await visits(browser, here, sheets, cookie, axe)
