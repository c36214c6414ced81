"""Whoever finds a hole finds out whom to tell. Spec: RFC 9116"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import aiohttp
import pytest

from node.config import ConfigError, load_config
from node.doctor import check_node
from node.services import Node
from tests.support.nodes import do, free_port, running, settings


async def fields(node: Node) -> dict[str, str]:
    async with (
        aiohttp.ClientSession() as session,
        session.get(f"{node.urls.origin}/.well-known/security.txt") as answer,
    ):
        assert (answer.status, answer.headers["Content-Type"]) == (200, "text/plain; charset=utf-8")
        text = await answer.text()
    assert text.endswith("\n")
    return dict(line.split(": ", 1) for line in text.splitlines())


async def test_it_names_the_contact_that_was_set_and_ends_within_a_year(tmp_path: Path):
    async with running(tmp_path / "wien", at_work=False) as node:
        assert (await fields(node))["Contact"] == f"{node.urls.origin}/imprint"
        node.config = replace(node.config, security_contact="mailto:security@example.org")
        found = await fields(node)
        assert found["Contact"] == "mailto:security@example.org"
        assert found["Canonical"] == f"{node.urls.origin}/.well-known/security.txt"
        assert found["Preferred-Languages"].startswith("de")
        expires = datetime.fromisoformat(found["Expires"])
        assert timedelta(days=30) < expires - datetime.now(UTC) < timedelta(days=365)


@pytest.mark.parametrize(
    ("given", "read"),
    [
        ("security@example.org", "mailto:security@example.org"),
        ("mailto:security@example.org", "mailto:security@example.org"),
        ("https://example.org/security", "https://example.org/security"),
        ("tel:+43-1-234", "tel:+43-1-234"),
    ],
)
def test_an_address_is_read_in_its_usual_forms(given: str, read: str, tmp_path: Path):
    places = {**settings(tmp_path, free_port()), "JOSOOR_SECURITY_CONTACT": given}
    assert load_config(places).security_contact == read


@pytest.mark.parametrize(
    "given", ["somebody", "http://example.org", "a b@example.org", "x\ny@z.at"]
)
def test_what_is_no_address_stops_the_start(given: str, tmp_path: Path):
    places = {**settings(tmp_path, free_port()), "JOSOOR_SECURITY_CONTACT": given}
    with pytest.raises(ConfigError, match="JOSOOR_SECURITY_CONTACT"):
        load_config(places)


async def test_the_doctor_warns_a_public_node_that_names_nobody(tmp_path: Path):
    async with running(tmp_path / "wien", at_work=False) as node:
        status = await do(node, "status")
        public = replace(node.config, origin="https://wien.example.org")

        def state(config: object) -> list[str]:
            checks = check_node(config, status)  # type: ignore[arg-type]
            return [each["state"] for each in checks if each["check"] == "security.txt"]

        assert state(node.config) == []
        assert state(public) == ["yellow"]
        assert state(replace(public, security_contact="mailto:a@example.org")) == ["green"]
