"""`josoor key …`"""

from __future__ import annotations

import asyncio
import base64
import json
from typing import Any

import click

from node.commands.running import Failed, json_option, perform, run, table
from node.errors import Invalid

LARGEST_FILE = 2 * 1024 * 1024


@click.group()
def key() -> None:
    """The keys with which the node signs, and those of others."""


@key.command("list")
@json_option
def key_list(as_json: bool) -> None:
    """Show our public keys, and how far their rotation has come."""
    run("key.list", {}, as_json=as_json, show=_listed)


@key.command("rotate")
@click.argument("actor", required=False)
@json_option
def rotate(actor: str | None, as_json: bool) -> None:
    """Give ACTOR new keys, by handle or address; without one all actors of this node.

    Every server that knows the actor is told first, under the old key, and nobody has to follow
    anew. The old private key is destroyed when all have the new one, or after 90 days.
    """
    run(
        "key.rotate",
        {"actor": actor},
        as_json=as_json,
        show=lambda rows: "\n".join(
            f"{row['id']} is the new key; {_servers(row['hosts'])} told" for row in rows
        ),
    )


@key.command("rotate-master")
@json_option
def rotate_master(as_json: bool) -> None:
    """Exchange the master key that seals our private keys. Broken off, it is simply run again."""
    run(
        "key.rotate-master",
        {},
        as_json=as_json,
        show=lambda found: (
            f"{found['resealed']} secrets are sealed with the new master key in {found['file']}.\n"
            "Copy it to a safe place now. Backups made before this need the old one."
        ),
    )


@key.command("verify")
@click.argument("file_or_url", metavar="FILE|URL")
@click.option("--origin", help="Where a saved request was sent, such as https://wien.example.")
@click.option("--key", "key_file", help="A file with the public key; then nobody is asked.")
@json_option
def verify(file_or_url: str, origin: str | None, key_file: str | None, as_json: bool) -> None:
    """Explain a signature: of a saved HTTP request, or of a JSON document. Exit 1 unless it holds.

    A saved request has its request line, headers, a blank line and the body, as curl -v or a
    capture shows them. An old one still holds; that it is too old to be taken in now is said.
    """
    handed = _read(key_file).decode("utf-8", "replace") if key_file else None
    if file_or_url.startswith(("https://", "http://")):
        found = perform("key.verify", {"url": file_or_url, "key": handed})
    elif handed is not None:
        found = _offline(_read(file_or_url), origin, handed)
    else:
        content = base64.b64encode(_read(file_or_url)).decode()
        found = perform("key.verify", {"content": content, "origin": origin})
    click.echo(json.dumps(found, ensure_ascii=False) if as_json else _explained(found))
    if not found["holds"]:
        raise SystemExit(1)


@key.command("unproven")
@json_option
def unproven(as_json: bool) -> None:
    """Show actors elsewhere whose keys are all new, with no earlier key to vouch for them."""
    run(
        "key.unproven",
        {},
        as_json=as_json,
        show=lambda rows: table(rows, "host", "name", "since", "id", empty="Nobody."),
    )


@key.command("confirm")
@click.argument("actor")
@json_option
def confirm(actor: str, as_json: bool) -> None:
    """Take the ACTOR for the same as before its keys changed. Ask its people first, another way."""
    run(
        "key.confirm",
        {"actor": actor},
        as_json=as_json,
        show=lambda found: f"{found['id']} is taken for the same as before",
    )


def _listed(rows: list[dict[str, Any]]) -> str:
    shown = [{**row, "state": _state(row)} for row in rows]
    return table(shown, "id", "kind", "state", "fingerprint", "created", empty="No keys.")


def _servers(number: int) -> str:
    return "1 server is" if number == 1 else f"{number} servers are"


def _state(row: dict[str, Any]) -> str:
    if row["state"] != "retiring":
        return str(row["state"])
    if row["moved"] == row["hosts"]:
        return "retiring (no server needs it; destroyed within the hour)"
    return f"retiring ({row['moved']} of {row['hosts']} servers have a newer one)"


def _read(file: str) -> bytes:
    try:
        with click.open_file(file, "rb") as opened:
            content: bytes = opened.read(LARGEST_FILE + 1)
    except OSError as wrong:
        raise Failed(f"{file}: cannot be read: {wrong.strerror}.") from wrong
    if len(content) > LARGEST_FILE:
        raise Failed(f"{file}: is larger than {LARGEST_FILE // 2**20} MB.")
    return content


def _offline(content: bytes, origin: str | None, key_text: str) -> Any:
    # only here: what a node needs takes half a second to import
    from node.operations.verifying import given, verify_content  # noqa: PLC0415
    from node.services import SystemClock  # noqa: PLC0415

    now = SystemClock().now()
    try:
        return asyncio.run(verify_content(content, origin=origin, keys=given(key_text), now=now))
    except Invalid as wrong:
        said = "; ".join(f"{field} {why}" for field, why in wrong.fields.items())
        raise Failed(f"this was not accepted: {said}.") from wrong


def _explained(found: dict[str, Any]) -> str:
    """A block of plain lines for each signature; nothing in them controls the terminal."""
    lines = [found["what"]]
    for one in found["found"]:
        verdict = "holds" if one["holds"] else f"is not proven ({one['reason']})"
        lines += ["", f"{one['kind']}: {verdict}", *(f"  {says}" for says in one["says"])]
        lines += [
            f"  {label}: {text}"
            for label, text in (
                ("key", one["key"]),
                ("owner", one["owner"]),
                ("signed", one["made"]),
                ("covered", " ".join(one["covered"])),
            )
            if text
        ]
    return "\n".join(_plain(line) for line in lines)


def _plain(line: str) -> str:
    return "".join(letter if letter.isprintable() else " " for letter in line)
