"""`josoor user show`, `josoor user set`, `josoor user export`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from node.commands.running import json_option, read_document, run
from node.i18n.languages import UI_LANGUAGES


@click.command("show")
@click.argument("name")
@json_option
def show(name: str, as_json: bool) -> None:
    """Show what NAME says of herself here."""
    run("user.show", {"name": name}, as_json=as_json, show=_shown)


@click.command("set")
@click.argument("name")
@click.argument("file")
@json_option
def describe(name: str, file: str, as_json: bool) -> None:
    """Change the profile of NAME by the JSON document in FILE (- for stdin)."""
    document = read_document(file)
    run("user.set", {"name": name, "document": document}, as_json=as_json, show=_shown)


@click.command("export")
@click.argument("name")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--language", type=click.Choice(UI_LANGUAGES), help="Of the README in it.")
@json_option
def export(name: str, file: Path, language: str | None, as_json: bool) -> None:
    """Write everything that is kept of NAME to FILE, a ZIP, for NAME alone."""
    run(
        "user.export",
        {"name": name, "file": str(file.absolute()), "language": language},
        as_json=as_json,
        show=lambda found: f"{found['file']}: {found['size']} bytes, everything kept of {name}",
    )


def _shown(found: dict[str, Any]) -> str:
    lines = [
        f"{field}: {', '.join(value) if isinstance(value, list) else value}"
        for field, value in found.items()
        if value not in (None, [], {}) and field != "bio"
    ]
    return "\n".join([*lines, *(f"bio ({tag}): {text}" for tag, text in found["bio"].items())])
