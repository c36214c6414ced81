"""`josoor community …`: what the community says of itself, and its legal texts."""

from __future__ import annotations

from typing import Any

import click

from node.commands.running import json_option, read_document, run

_FIELDS = ("city", "country", "timezone", "contact")


@click.group()
def community() -> None:
    """What the community says of itself."""


@community.command("show")
@json_option
def show(as_json: bool) -> None:
    """Show it."""
    run("community.show", {}, as_json=as_json, show=_shown)


@community.command("set")
@click.option("--name", "names", multiple=True, help="As --name de=…, or without a language.")
@click.option("--description", "descriptions", multiple=True, help="The same, in Markdown.")
@click.option("--language", "languages", multiple=True, help="All of them, its own first.")
@click.option("--city", help="An empty text takes it away.")
@click.option("--country", help="Two letters, such as AT.")
@click.option("--timezone", help="Such as Europe/Vienna.")
@click.option("--contact", help="How strangers reach it; everybody can read it.")
@json_option
def set_(as_json: bool, **given: Any) -> None:
    """Let the community say something else of itself; what is not given stays."""
    document: dict[str, Any] = {name: given[name] or None for name in _FIELDS
                                if given[name] is not None}  # fmt: skip
    if given["languages"]:
        document["languages"] = list(given["languages"])
    for field in ("name", "description"):
        if given[f"{field}s"]:
            document[field] = _texts(given[f"{field}s"])
    run("community.describe", {"document": document}, as_json=as_json, show=_shown)


@community.command("legal")
@click.argument("file", required=False)
@json_option
def legal(file: str | None, as_json: bool) -> None:
    """Show the legal notice and the page about data, or set them from the JSON in FILE."""
    if file is None:
        run("community.legal", {}, as_json=as_json, show=_legal)
    else:
        document = read_document(file)
        run("community.set-legal", {"document": document}, as_json=as_json, show=_legal)


def _texts(given: tuple[str, ...]) -> dict[str, str] | str:
    """`de=…` by language; a single text without one is in the community's own."""
    if len(given) == 1 and "=" not in given[0]:
        return given[0]
    pairs = [text.partition("=") for text in given]
    if any(not text for _, _, text in pairs):
        raise click.UsageError("say in which language: de=…")
    return {tag.strip(): text for tag, _, text in pairs}


def _shown(found: dict[str, Any]) -> str:
    lines = [f"{key}: {value}" for key, value in found.items() if isinstance(value, str)]
    lines += [f"languages: {', '.join(found['languages'])}"]
    for field in ("name", "description"):
        lines += [f"{field} ({tag}): {text}" for tag, text in found[field].items()]
    return "\n".join(lines)


def _legal(found: dict[str, Any]) -> str:
    notice = found["notice"] or {"notice": "nobody has said who answers for the pages"}
    lines = [f"{key}: {value}" for key, value in notice.items()]
    for page in ("imprint", "privacy"):
        own = ", ".join(found["own"][page])
        lines.append(f"{page}: {f'own words in {own}' if own else 'as it comes with the node'}")
    return "\n".join(lines)
