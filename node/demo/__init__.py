"""`josoor demo`: three communities and a coordinator on this machine, in a throw-away folder."""

from __future__ import annotations

import asyncio
import json
import signal
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click
from aiohttp import ClientSession, ClientTimeout

from node.demo.content import SEEDS
from node.demo.journal import Journal, NotHeld
from node.demo.nodes import DemoNode, free_ports
from node.demo.seeds import Days
from node.demo.story import Story
from node.demo.telling import addresses, nodes_as_json, proven
from node.services import SystemClock

__all__ = ["run_demo"]

_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_BROKEN_OFF = 130


def run_demo(*, exit_after_check: bool, as_json: bool) -> int:
    """The exit status: 0, 1 if something did not hold, 130 if ended before it was ready.

    Without `exit_after_check` it runs until SIGINT or SIGTERM.
    """
    return asyncio.run(_demo(exit_after_check, as_json))


async def _demo(exit_after_check: bool, as_json: bool) -> int:
    _let_signals_cancel()
    journal = Journal()
    with tempfile.TemporaryDirectory(prefix="josoor-demo-") as folder:
        ports = free_ports(len(SEEDS), usual=not exit_after_check)
        nodes = {
            seed.handle: DemoNode(seed=seed, home=Path(folder), port=port)
            for seed, port in zip(SEEDS, ports, strict=True)
        }
        try:
            if exit_after_check:
                return await _checked(nodes, journal, as_json)
            return await _until_told(nodes, journal, as_json)
        except asyncio.CancelledError:
            click.echo("Ended before it was ready.", err=True)
            return _BROKEN_OFF
        finally:
            await asyncio.gather(*(node.stop() for node in nodes.values()))


async def _checked(nodes: Mapping[str, DemoNode], journal: Journal, as_json: bool) -> int:
    await _tell(nodes, journal, _days(), check=True)
    shown = _json(journal.as_json()) if as_json else proven(journal)
    click.echo(shown)
    return 0 if journal.held else 1


async def _until_told(nodes: Mapping[str, DemoNode], journal: Journal, as_json: bool) -> int:
    days = _days()
    await _tell(nodes, journal, days, check=False)
    if not journal.held:
        return 1
    click.echo(_json(nodes_as_json(nodes.values())) if as_json else addresses(nodes, days))
    try:
        await asyncio.Event().wait()
    except asyncio.CancelledError:
        click.echo("Ending; the folder goes too.", err=True)
    return 0


async def _tell(
    nodes: Mapping[str, DemoNode], journal: Journal, days: Days, *, check: bool
) -> None:
    """The story, to its end or to the first step that does not hold; the journal has it."""
    async with ClientSession(timeout=ClientTimeout(total=10)) as session:
        story = Story(nodes=nodes, session=session, days=days, journal=journal)
        try:
            await story.begin()
            if check:
                await story.check()
        except NotHeld:
            return


def _days() -> Days:
    return Days(SystemClock().now().date())


def _json(document: Any) -> str:
    return json.dumps(document, ensure_ascii=False)


def _let_signals_cancel() -> None:
    """The first signal cancels what is under way; later ones do not disturb the ending."""
    loop, task = asyncio.get_running_loop(), asyncio.current_task()
    assert task is not None

    def cancel() -> None:
        for number in _SIGNALS:
            loop.add_signal_handler(number, lambda: None)
        task.cancel()

    for number in _SIGNALS:
        loop.add_signal_handler(number, cancel)
