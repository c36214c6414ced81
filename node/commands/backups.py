"""`josoor backup`, `josoor restore`"""

from __future__ import annotations

import asyncio
import json
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from node.commands.running import Failed, config, json_option, run
from node.config import Config
from node.erasure.ledger import LOG_NAME
from node.errors import NodeError
from node.ids import rfc3339
from node.storage.errors import StorageError

if TYPE_CHECKING:
    from node.backup.manifest import Manifest

_FILE = click.Path(path_type=Path)
_identity = click.option(
    "--identity", type=_FILE, help="The secret key of a sealed backup, in a file."
)


@click.command("backup")
@click.argument("what", nargs=-1, required=True, metavar="[verify|key] FILE", type=_FILE)
@click.option("--with-keys", is_flag=True, help="Put the master key in: whoever has it is you.")
@click.option("--to", help="The public key (age1…) of who alone shall be able to read it.")
@_identity
@json_option
def backup(
    what: tuple[Path, ...],
    with_keys: bool,
    to: str | None,
    identity: Path | None,
    as_json: bool,
) -> None:
    """Write a backup of the node to FILE, also while it runs; verify one; make a key for them.

    `verify` brings the node back in a throw-away folder and looks through the whole of it. `key`
    writes a new secret key to FILE, to be kept far from the node, and prints the public one.
    """
    if len(what) == 2 and str(what[0]) == "verify":
        _verify(what[1], identity, as_json)
        return
    if len(what) == 2 and str(what[0]) == "key":
        _make_key(what[1], as_json)
        return
    if len(what) != 1:
        raise click.UsageError("give one FILE, or: verify FILE, or: key FILE")
    arguments = {"file": str(what[0].absolute()), "with_keys": with_keys, "to": to}
    run("backup.take", arguments, as_json=as_json, show=_taken)


@click.command("restore")
@click.argument("file", type=_FILE, metavar="[release|FILE]")
@click.option("--ledger", type=_FILE, help="The ledger of erasures, its key beside it.")
@click.option("--without-ledger", is_flag=True, help="It is lost: a new one begins.")
@click.option("--discard", is_flag=True, help="With release: give up what waited at that time.")
@_identity
@json_option
def restore(
    file: Path,
    discard: bool,
    ledger: Path | None,
    without_ledger: bool,
    identity: Path | None,
    as_json: bool,
) -> None:
    """Bring the node back from a backup, into a data folder that holds none.

    The ledger of erasures is taken from the data folder, or from --ledger. Once it is started it
    shows its pages, but nothing leaves it and nothing comes in for 24 hours, or until `restore
    release`: look around first, since what happened after the backup is not there.
    """
    if str(file) == "release":
        run("restore.release", {"discard": discard}, as_json=as_json, show=_released)
        return
    if discard:
        raise click.UsageError("--discard goes with release")
    settings = config()
    manifest = _brought_back(settings, file, identity, ledger, without_ledger=without_ledger)
    if as_json:
        click.echo(json.dumps(_told(manifest)))
        return
    click.echo(
        f"{manifest.origin} is back in {settings.data}, as of {manifest.taken:%d %B %Y %H:%M} UTC."
    )
    if not (settings.data / LOG_NAME).exists():
        click.echo("There is no ledger of erasures: whoever was erased since then is back.")
        click.echo("Passwords, passkeys and codes that were replaced since then open again.")
    click.echo("Everybody signs in anew; tokens, invitations and links have ended.")
    click.echo("Start it with: josoor serve. Then josoor doctor says how many need a new link.")
    click.echo("Nothing leaves it for 24 hours. Look around, then say: josoor restore release")


def _released(found: dict[str, Any]) -> str:
    given_up = f", {found['discarded']} given up" if found["discarded"] else ""
    return f"The node goes on: {found['waiting']} deliveries on their way{given_up}."


def _make_key(file: Path, as_json: bool) -> None:
    from node.backup.sealing import make_key  # noqa: PLC0415  only this command needs it

    try:
        public = make_key(file)
    except NodeError as wrong:
        raise Failed(str(wrong)) from wrong
    click.echo(json.dumps({"id": str(file), "public": public}) if as_json else public)


def _brought_back(
    settings: Config,
    file: Path,
    identity: Path | None,
    ledger: Path | None,
    *,
    without_ledger: bool,
) -> Manifest:
    # the whole node is imported: every room hears that it was brought back
    import node.app  # noqa: PLC0415, F401
    from node.backup.restoring import restore as bring_back  # noqa: PLC0415
    from node.backup.sealing import opened  # noqa: PLC0415
    from node.services import SystemClock  # noqa: PLC0415

    now = SystemClock().now()
    try:
        with opened(file, identity) as plain:
            return asyncio.run(
                bring_back(settings, plain, now=now, ledger=ledger, without_ledger=without_ledger)
            )
    except (NodeError, StorageError) as wrong:
        raise Failed(str(wrong)) from wrong


def _verify(file: Path, identity: Path | None, as_json: bool) -> None:
    from node.doctor import check_database  # noqa: PLC0415  only this command needs it
    from node.services import SystemClock  # noqa: PLC0415

    settings = config()
    with tempfile.TemporaryDirectory(prefix="josoor-verify-") as folder:
        trial = _trial(settings, Path(folder))
        # it is the backup that is tried, not what came after it
        manifest = _brought_back(trial, file, identity, None, without_ledger=True)
        checks = asyncio.run(check_database(trial, SystemClock().now()))
    wrong = [check for check in checks if check["state"] == "red"]
    if as_json:
        click.echo(json.dumps({**_told(manifest), "sound": not wrong, "checks": checks}))
    if wrong:
        raise Failed("\n".join(f"{check['check']}: {check['says']}" for check in wrong))
    if not as_json:
        click.echo(f"{file.name} is whole: {manifest.rows} rows, {len(manifest.parts)} parts.")


def _trial(settings: Config, folder: Path) -> Config:
    """A node in this folder, with the same master key."""
    trial = replace(settings, data=folder, database=f"sqlite:///{folder}/josoor.db")
    if settings.secret_file.exists():
        secret = folder / "secret.key"
        secret.write_bytes(settings.secret_file.read_bytes())
        return replace(trial, secret_file=secret)
    return replace(trial, secret_file=folder / "secret.key")


def _told(manifest: Manifest) -> dict[str, Any]:
    return {
        "origin": manifest.origin,
        "handle": manifest.handle,
        "taken": rfc3339(manifest.taken),
        "rows": manifest.rows,
        "parts": len(manifest.parts),
        "with_keys": manifest.with_keys,
    }


def _taken(found: dict[str, Any]) -> str:
    keys = "with the master key: lock it away" if found["with_keys"] else "without the master key"
    sealed = ", sealed" if found["sealed"] else ""
    return f"{found['id']}: {found['rows']} rows, {found['size']} bytes, {keys}{sealed}."
