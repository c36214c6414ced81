"""`josoor network fetch`: what is understood of a remote document, in words."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import click

from node.commands.running import json_option, run

Json = dict[str, Any]


@click.command("fetch")
@click.argument("url")
@json_option
def fetch(url: str, as_json: bool) -> None:
    """Fetch a remote document and say what is understood of it, what not and why; keep nothing."""
    run("network.fetch", {"url": url}, as_json=as_json, show=in_words)


def in_words(found: Json) -> str:
    """The answer of `network.fetch` as lines for a person."""
    return "\n".join(_printable(line) for line in _lines(found))


def _lines(found: Json) -> Iterator[str]:
    yield f"{found['type'] or 'a document without a type'} {found['id']}"
    yield f"understood as {found['understood_as']}"
    if found["translated"]:
        yield "read with a JSON-LD processor, since it uses other names than ActivityStreams"
    for name, part in found["understood"].items():
        yield f"  {_spaced(name):13} {_said(part)}"
    if found["heard_by"]:
        yield "heard, if its author sent it, by"
        for one in found["heard_by"]:
            yield f"  {one['module']}.{one['listener']}: {one['does']}"
    else:
        yield "heard by nobody"
    if found["ignored"]:
        yield "not understood"
        for one in found["ignored"]:
            yield f"  {one['path']}: {one['why']} {one.get('value', '')}".rstrip()
    else:
        yield "nothing was left over"


def _said(part: Any) -> str:
    if isinstance(part, dict):
        return ", ".join(f"{_spaced(name)}: {_said(each)}" for name, each in part.items())
    if isinstance(part, list):
        return " · ".join(_said(each) for each in part)
    if isinstance(part, bool):
        return "yes" if part else "no"
    return str(part)


def _spaced(name: str) -> str:
    return name.replace("_", " ")


def _printable(line: str) -> str:
    """Without what could move a terminal's cursor."""
    return "".join(letter if letter.isprintable() else " " for letter in line)
