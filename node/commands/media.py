"""`josoor media …` and `josoor event picture`: pictures from files of this machine."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

import click

from node.commands.events import event
from node.commands.running import Failed, json_option, run

LARGEST_FILE = 10 * 1024 * 1024
_ALT = "What is to be seen, for those who cannot see it; de=… for another language."


@click.group()
def media() -> None:
    """Keep pictures for what the community publishes."""


@media.command("add")
@click.argument("file")
@click.option("--alt", multiple=True, help=_ALT)
@json_option
def add(file: str, alt: tuple[str, ...], as_json: bool) -> None:
    """Hand in the picture in FILE; it goes after a day unless an event shows it."""
    run("media.add", {"data": read_file(file), "alt": texts_of(alt)}, as_json=as_json, show=_line)


@media.command("show")
@click.argument("id")
@json_option
def show(id: str, as_json: bool) -> None:
    """Show where a picture is and how large."""
    run("media.show", {"id": id}, as_json=as_json, show=_line)


@event.command("picture")
@click.argument("id")
@click.argument("file", required=False)
@click.option("--alt", multiple=True, help=_ALT)
@click.option("--remove", is_flag=True, help="Take the picture away.")
@json_option
def picture(id: str, file: str | None, alt: tuple[str, ...], remove: bool, as_json: bool) -> None:
    """Let an event show the picture in FILE, or none with --remove."""
    if remove == (file is not None):
        raise Failed("give either a FILE or --remove.")
    arguments: dict[str, Any] = {"id": id, "data": read_file(file) if file else None}
    run(
        "event.picture",
        {**arguments, "alt": texts_of(alt)},
        as_json=as_json,
        show=lambda found: f"{found['id']}  {(found['picture'] or {}).get('media', 'no picture')}",
    )


def read_file(file: str) -> str:
    """The file in base64; exit 1 with a sentence if it cannot be read."""
    try:
        body = Path(file).read_bytes()
    except OSError as wrong:
        raise Failed(f"{file}: cannot be read: {wrong.strerror}.") from wrong
    if len(body) > LARGEST_FILE:
        raise Failed(f"{file}: is larger than {LARGEST_FILE // 1024 // 1024} MiB.")
    return base64.b64encode(body).decode()


def texts_of(alt: tuple[str, ...]) -> str | dict[str, str] | None:
    """One text as it is; several, or one with a language before it, by language."""
    parts = [text.partition("=") for text in alt]
    tagged = [(tag, text) for tag, sign, text in parts if sign and _is_tag(tag)]
    if not alt:
        return None
    if len(alt) == 1 and not tagged:
        return alt[0]
    if len(tagged) != len(alt):
        raise Failed("give each of several --alt its language, such as --alt de=Garten.")
    return dict(tagged)


def _is_tag(text: str) -> bool:
    return (
        2 <= len(text) <= 12
        and all(part.isalnum() for part in text.split("-"))
        and (text.isascii() and text[:2].islower())
    )


def _line(found: dict[str, Any]) -> str:
    return f"{found['id']}  {found['width']}x{found['height']}  {found['url']}"
