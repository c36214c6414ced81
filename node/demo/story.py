"""What the demo does: founds the network, seeds it, and proves one event's life across it."""

from __future__ import annotations

import asyncio
import html
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from aiohttp import ClientSession

from node.demo.content import BREAKFAST, BREAKFAST_MOVED, WHY_CANCELLED, breakfast
from node.demo.journal import Journal, NotHeld, together, until
from node.demo.nodes import DemoNode
from node.demo.seeds import Days
from node.i18n.languages import direction
from node.i18n.messages import translator

_WITHIN = 20.0
_READERS = ("ar", "de")


@dataclass(slots=True, kw_only=True)
class Story:
    """The nodes by handle, and what is needed to look at them."""

    nodes: Mapping[str, DemoNode]
    session: ClientSession
    days: Days
    journal: Journal

    async def begin(self) -> None:
        """Four nodes that run, follow each other and have heard each other's events."""
        with self.journal.step("four nodes were made and answer"):
            await together(self._start(node) for node in self.nodes.values())
        with self.journal.step("each describes itself in its languages"):
            for node in self.nodes.values():
                await _describe(node)
        with self.journal.step("every follow was asked for and accepted"):
            await self._follow()
        with self.journal.step("the seeded events reached everybody who follows"):
            await self._seed()

    async def check(self) -> None:
        """One event published, changed and cancelled at Wien, seen elsewhere each time."""
        wien, readers = self.nodes["wien"], [self.nodes["berlin"], self.nodes["world"]]
        with self.journal.step(
            "published at Wien: the pages of Berlin and the coordinator show it"
        ):
            document = {"document": breakfast(self.days, BREAKFAST)}
            event = (await wien.ask("event.publish", document))["id"]
            await self._on_pages(readers, BREAKFAST)
        await self._in_timelines("published", readers, event, BREAKFAST)
        with self.journal.step("updated at Wien: their pages follow"):
            document = {"id": event, "document": breakfast(self.days, BREAKFAST_MOVED)}
            await wien.ask("event.update", document)
            await self._on_pages(readers, BREAKFAST_MOVED, gone=BREAKFAST)
        await self._in_timelines("updated", readers, event, BREAKFAST_MOVED)
        with self.journal.step("cancelled at Wien: their pages say so"):
            await wien.ask("event.cancel", {"id": event, "reason": WHY_CANCELLED})
            await self._on_pages(readers, BREAKFAST_MOVED, cancelled=True)
        await self._in_timelines("cancelled", readers, event, BREAKFAST_MOVED, cancelled=True)
        with self.journal.step("all four nodes ended in good order"):
            await self._end()

    async def _start(self, node: DemoNode) -> None:
        await node.found()
        await node.start()
        await node.ready(self.session)

    async def _follow(self) -> None:
        for node in self.nodes.values():
            for other in node.seed.follows:
                await node.ask("network.follow", {"actor": self.nodes[other].handle})
        for node in self.nodes.values():
            await until(
                lambda node=node: _all_accepted(node),  # type: ignore[misc]
                seconds=_WITHIN,
                missing=f"{node.seed.name} waits for the answer to a follow",
            )

    async def _seed(self) -> None:
        published = {
            handle: {
                (await node.ask("event.publish", {"document": document}))["id"]
                for document in node.seed.events(self.days)
            }
            for handle, node in self.nodes.items()
        }
        for node in self.nodes.values():
            expected = set().union(*(published[other] for other in node.seed.follows))
            await until(
                lambda node=node, expected=expected: _has(node, expected),  # type: ignore[misc]
                seconds=_WITHIN,
                missing=f"{node.seed.name} has not heard of every event",
            )

    async def _on_pages(
        self,
        readers: Sequence[DemoNode],
        name: Mapping[str, str],
        *,
        cancelled: bool = False,
        gone: Mapping[str, str] | None = None,
    ) -> None:
        looks = [
            until(
                lambda node=node, tag=tag: self._shows(  # type: ignore[misc]
                    node, tag, name[tag], cancelled=cancelled, gone=gone[tag] if gone else None
                ),
                seconds=_WITHIN,
                missing=f"{node.origin}/network?lang={tag} does not show it so",
            )
            for node in readers
            for tag in _READERS
        ]
        await together(looks)

    async def _shows(
        self, node: DemoNode, tag: str, title: str, *, cancelled: bool, gone: str | None
    ) -> bool:
        page = await node.page(self.session, "/network", tag)
        if f'<html lang="{tag}" dir="{direction(tag)}"' not in page:
            return False
        card = _card(page, title)
        word = translator(tag).gettext("Cancelled")
        return (
            card is not None
            and (word in card) == cancelled
            and f'dir="{direction(tag)}">{html.escape(title)}' in card
            and (gone is None or _card(page, gone) is None)
        )

    async def _in_timelines(
        self,
        what: str,
        readers: Sequence[DemoNode],
        event: str,
        name: Mapping[str, str],
        *,
        cancelled: bool = False,
    ) -> None:
        with self.journal.step(f"{what}: `josoor network timeline --json` says so at both"):
            rows = await asyncio.gather(*(node.command("network", "timeline") for node in readers))
            for node, timeline in zip(readers, rows, strict=True):
                found = next((row for row in timeline if row["id"] == event), None)
                if not _says(found, name, cancelled=cancelled):
                    raise NotHeld(f"{node.seed.name} has {found}")

    async def _end(self) -> None:
        stopped = await asyncio.gather(*(node.stop() for node in self.nodes.values()))
        for node, status in zip(self.nodes.values(), stopped, strict=True):
            if status != 0:
                raise NotHeld(f"{node.seed.name} ended with status {status}")


async def _describe(node: DemoNode) -> None:
    seed = node.seed
    document = {"name": dict(seed.names), "description": dict(seed.descriptions)}
    await node.ask("community.describe", {"document": document})


async def _all_accepted(node: DemoNode) -> bool:
    rows = await node.ask("network.following", {})
    return len(rows) == len(node.seed.follows) and all(row["state"] == "accepted" for row in rows)


async def _has(node: DemoNode, expected: set[str]) -> bool:
    rows = await node.ask("network.timeline", {"limit": 80})
    return expected <= {row["id"] for row in rows}


def _says(row: Mapping[str, Any] | None, name: Mapping[str, str], *, cancelled: bool) -> bool:
    return row is not None and row["name"] == dict(name) and row["cancelled"] is cancelled


def _card(page: str, title: str) -> str | None:
    """The entry of the page whose heading is exactly this; None if there is none."""
    entries = re.findall(r"<li\b.*?</li>", page, re.DOTALL)
    return next((one for one in entries if f">{html.escape(title)}</bdi>" in one), None)
