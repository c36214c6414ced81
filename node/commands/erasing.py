"""`josoor user erase`, `josoor user keep`, `josoor data forget`, `josoor erasures …`"""

from __future__ import annotations

import asyncio
from typing import Any

import click

from node.commands.running import Failed, config, json_option, run, table

_COPIES = (
    "Copies that others made cannot be called back from here: what was sent to other servers, what "
    "people saved or printed, and backups from before, which are to be destroyed within 56 days."
)


@click.command("erase")
@click.argument("name")
@click.option("--now", is_flag=True, help="Not in 72 hours, but at once and for good.")
@json_option
def erase(name: str, now: bool, as_json: bool) -> None:
    """Close the account of NAME, and erase whatever is kept of her; in 72 hours, or --now."""
    run("user.erase", {"name": name, "now": now}, as_json=as_json, show=_receipt)


@click.command("keep")
@click.argument("name")
@json_option
def keep(name: str, as_json: bool) -> None:
    """Take an erasure of NAME back that is not done yet, and open the account again."""
    run(
        "user.keep",
        {"name": name},
        as_json=as_json,
        show=lambda found: f"{found['name']} stays, and may come in again",
    )


@click.group()
def data() -> None:
    """What is kept of people who have no account here."""


@data.command("forget")
@click.argument("target", metavar="ACTOR|LINK")
@json_option
def forget(target: str, as_json: bool) -> None:
    """Erase what is kept of somebody elsewhere, or of the guest behind an answer's LINK."""
    run("data.forget", {"target": target}, as_json=as_json, show=_receipt)


@click.group()
def erasures() -> None:
    """Who was erased: receipts without a name, and the ledger."""


@erasures.command("list")
@json_option
def everything(as_json: bool) -> None:
    """Show the erasures of the last three months."""
    run(
        "erasures.list",
        {},
        as_json=as_json,
        show=lambda rows: table(rows, "id", "kind", "due", "erased", "wiped", "confirmed",
                                empty="None yet."),
    )  # fmt: skip


@erasures.command("show")
@click.argument("number", metavar="ID")
@json_option
def show(number: str, as_json: bool) -> None:
    """Show the receipt of one erasure as it stands now."""
    run("erasures.show", {"id": number}, as_json=as_json, show=_receipt)


@erasures.command("verify")
@json_option
def verify(as_json: bool) -> None:
    """See that the ledger is whole, and that this database has followed it to its end."""
    run("erasures.verify", {}, as_json=as_json, show=_verified)


@erasures.command("begin-anew")
@click.confirmation_option(prompt="Was the ledger lost, and is this the newest database?")
def begin_anew() -> None:
    """Begin a new ledger where the old one was lost; never after a restore, and not while the
    node runs."""
    from node.operations.recovering import begin_ledger_anew  # noqa: PLC0415  imports the node
    from node.storage.errors import StorageError  # noqa: PLC0415

    settings = config()
    try:
        kept = asyncio.run(begin_ledger_anew(settings))
    except (StorageError, OSError) as wrong:
        raise Failed(str(wrong)) from wrong
    click.echo("A new ledger begins with the next erasure.")
    if kept:
        click.echo(f"What was there is kept as {kept}.")


def _receipt(found: dict[str, Any]) -> str:
    """What was done, who confirmed, who could not be reached, and what nobody can promise."""
    if found["erased"] is None:
        return (
            f"The account is closed. On {found['due']} it is erased; until then it can be taken "
            f"back with: josoor user keep NAME\nThe number of this erasure is {found['id']}."
        )
    return "\n".join(line for line in (*_done(found), *_told(found), _COPIES) if line)


def _done(found: dict[str, Any]) -> list[str]:
    wiped = (
        "and the disk was wiped as far as a program can"
        if found["wiped"]
        else "and the disk will be wiped as soon as nobody reads the database"
    )
    return [f"Done here on {found['erased']}, {wiped}. The number is {found['id']}."]


def _told(found: dict[str, Any]) -> list[str]:
    waiting, missed = found["waiting"], found["missed"]
    if not (found["confirmed"] or waiting or missed):
        return ["No other server had been sent anything about her."]
    lines = [f"Other servers that confirmed: {found['confirmed']}."]
    if waiting:
        lines.append(f"Still tried, for up to 90 days: {', '.join(waiting)}.")
    if missed:
        lines.append(f"Not reachable: {', '.join(missed)}.")
    return lines


def _verified(found: dict[str, Any]) -> str:
    return f"{found['file']}: {found['lines']} lines, whole, {found['late']} still to be followed."
