"""Tests of node/web/middleware.py: how a page says that something did not work."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from node.services import Node
from tests.support.browsers import Browser
from tests.support.nodes import running

HTML = "text/html"


@pytest.fixture
async def node(tmp_path: Path) -> AsyncIterator[Node]:
    async with running(tmp_path / "wien", at_work=False) as node:
        yield node


async def test_a_page_that_is_not_there_says_so_in_the_language_of_its_reader(node: Node):
    async with Browser(node) as guest:
        shown = await guest.get("/nothing", Accept=HTML, Accept_Language="ar")

    assert shown.status == 404
    assert shown.text.count("لم نجد هذه الصفحة.") >= 2, "in the title and in the heading"
    assert "Not Found" not in shown.text


async def test_what_only_we_know_about_it_is_said_below(node: Node):
    async with Browser(node) as guest:
        shown = await guest.get("/setup/nothing", Accept=HTML, Accept_Language="en")

    assert shown.status == 404
    assert "<title>We did not find this page." in shown.text
    assert "This setup link was used" in shown.text
