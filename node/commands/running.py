"""How a command does its work: through the running node if there is one, else by itself."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import click

from activitypub.errors import DocumentError
from activitypub.parsing import parse
from node.asking import NobodyThere, ask
from node.config import Config, ConfigError, load_config
from node.errors import Invalid, NodeError, NotFound
from node.storage.errors import DatabaseInUse, StorageError

LARGEST_DOCUMENT = 256 * 1024
Printer = Callable[[Any], str]
json_option = click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout.")


def config() -> Config:
    """The settings of the node in the data folder; exit 1 with a sentence if they are wrong."""
    try:
        return load_config(os.environ)
    except ConfigError as wrong:
        raise Failed(str(wrong)) from wrong


class Failed(click.ClickException):
    """The command failed: one clear sentence on stderr, exit 1."""

    exit_code = 1

    def show(self, file: Any = None) -> None:
        """Print the sentence."""
        click.echo(f"josoor: {self.message}", err=True)


def run(operation: str, arguments: Mapping[str, Any], *, as_json: bool, show: Printer) -> None:
    """Do the operation and print what it answers."""
    result = perform(operation, arguments)
    click.echo(json.dumps(result, ensure_ascii=False) if as_json else show(result))


def perform(operation: str, arguments: Mapping[str, Any]) -> Any:
    """What the operation answers; every failure as a sentence and exit 1."""
    settings = config()
    try:
        return asyncio.run(_perform(settings, operation, arguments))
    except Invalid as wrong:
        lines = [f"{field}: {why}" for field, why in wrong.fields.items()]
        raise Failed(
            "this was not accepted.\n" + "\n".join(f"  {line}" for line in lines)
        ) from wrong
    except (NodeError, StorageError) as wrong:
        raise Failed(str(wrong)) from wrong


async def _perform(settings: Config, operation: str, arguments: Mapping[str, Any]) -> Any:
    try:
        return await ask(settings.data, operation, arguments)
    except NobodyThere:
        return await _by_itself(settings, operation, arguments)


async def _by_itself(settings: Config, operation: str, arguments: Mapping[str, Any]) -> Any:
    # the whole node is imported only when no running one can be asked: half a second of CPU
    from node.app import open_node  # noqa: PLC0415
    from node.operations import registry  # noqa: PLC0415

    if not settings.secret_file.exists():
        raise NotFound(f"There is no node in {settings.data}. Run: josoor init")
    try:
        async with open_node(settings) as node:
            return await registry.perform(node, operation, arguments)
    except DatabaseInUse as in_use:
        # a node that is just starting has the database, and its socket in a moment
        await asyncio.sleep(1)
        try:
            return await ask(settings.data, operation, arguments)
        except NobodyThere:
            raise in_use from None


def read_document(file: str) -> Any:
    """The JSON of a file, or of stdin for `-`; exit 1 with a sentence if it is none."""
    try:
        body = sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
    except OSError as wrong:
        raise Failed(f"{file}: cannot be read: {wrong.strerror}.") from wrong
    if len(body) > LARGEST_DOCUMENT:
        raise Failed(f"{file}: is larger than {LARGEST_DOCUMENT // 1024} kB.")
    try:
        return parse(body)
    except DocumentError as wrong:
        raise Failed(f"{file}: {wrong}") from wrong


def table(rows: list[dict[str, Any]], *columns: str, empty: str) -> str:
    """Rows as aligned columns; `empty` if there are none."""
    if not rows:
        return empty
    cells = [[_cell(row.get(column)) for column in columns] for row in rows]
    widths = [
        max(len(line[index]) for line in [list(columns), *cells]) for index in range(len(columns))
    ]
    lines = [list(columns), *cells]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in lines
    )


def _cell(value: Any) -> str:
    if isinstance(value, dict):
        value = next(iter(value.values()), "")
    text = "-" if value is None else str(value)
    return "".join(letter if letter.isprintable() else " " for letter in text)[:80]
