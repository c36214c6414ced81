"""`josoor event …`"""

from __future__ import annotations

from typing import Any

import click

from node.commands.running import json_option, read_document, run, table


@click.group()
def event() -> None:
    """Publish events and change them."""


def _line(found: dict[str, Any]) -> str:
    name = next(iter(found["name"].values())) if "name" in found else ""
    return f"{found['id']}  {found['state']}  {name}".rstrip()


@event.command("publish")
@click.argument("file")
@json_option
def publish(file: str, as_json: bool) -> None:
    """Publish the event described in FILE (JSON; - for stdin)."""
    run("event.publish", {"document": read_document(file)}, as_json=as_json, show=_line)


@event.command("list")
@json_option
def all_events(as_json: bool) -> None:
    """Show published events, newest first."""
    run(
        "event.list",
        {},
        as_json=as_json,
        show=lambda rows: table(rows, "id", "start", "state", "name", empty="No events yet."),
    )


@event.command("show")
@click.argument("id")
@json_option
def show(id: str, as_json: bool) -> None:
    """Show one event."""
    run(
        "event.show",
        {"id": id},
        as_json=as_json,
        show=lambda found: "\n".join(
            f"{key}: {value}" for key, value in found.items() if value not in (None, [], {})
        ),
    )


@event.command("update")
@click.argument("id")
@click.argument("file")
@json_option
def update(id: str, file: str, as_json: bool) -> None:
    """Give an event the content of FILE."""
    run("event.update", {"id": id, "document": read_document(file)}, as_json=as_json, show=_line)


@event.command("cancel")
@click.argument("id")
@click.option("--reason", help="Why, in one sentence that everybody will read.")
@json_option
def cancel(id: str, reason: str | None, as_json: bool) -> None:
    """Cancel an event: it stays to be seen, marked as cancelled."""
    run("event.cancel", {"id": id, "reason": reason}, as_json=as_json, show=_line)


@event.command("rsvps")
@click.argument("id")
@click.option("--approve", metavar="PID", help="Give this one, who asked, a place.")
@click.option("--refuse", metavar="PID", help="Give this one no place.")
@click.option("--reason", help="Why, in one sentence that the refused person will read.")
@json_option
def rsvps(
    id: str, approve: str | None, refuse: str | None, reason: str | None, as_json: bool
) -> None:
    """Show who takes part in an event, or decide about one of them."""
    if (approve and refuse) or (reason and not refuse):
        raise click.UsageError("Approve or refuse one of them; a reason goes with --refuse.")
    if approve or refuse:
        arguments = {"id": id, "participation": approve or refuse}
        arguments |= {"reason": reason} if refuse else {}
        verb = "approve" if approve else "refuse"
        run(f"event.rsvp.{verb}", arguments, as_json=as_json, show=_guest)
        return
    columns = ("short_id", "place", "seat", "door", "name")
    run(
        "event.rsvps",
        {"id": id},
        as_json=as_json,
        show=lambda rows: table(rows, *columns, empty="Nobody has answered yet."),
    )


def _guest(found: dict[str, Any]) -> str:
    return f"{found['short_id']}  {found['seat']}  {found['name'] or ''}".rstrip()


@event.command("delete")
@click.argument("id")
@json_option
def delete(id: str, as_json: bool) -> None:
    """Delete an event here and ask everybody who got it to do the same."""
    run("event.delete", {"id": id}, as_json=as_json, show=_line)


@event.command("translations")
@json_option
def translations(as_json: bool) -> None:
    """Show what lacks a language of the community, or is out of date in it."""
    run("translation.list", {}, as_json=as_json, show=_gaps)


def _gaps(rows: list[dict[str, Any]]) -> str:
    shown = [
        {**row, **{key: " ".join(row[key]) for key in ("missing", "outdated")}} for row in rows
    ]
    return table(shown, "kind", "id", "missing", "outdated", empty="Every text is complete.")


@event.command("translated")
@click.argument("id")
@click.argument("language")
@json_option
def translated(id: str, language: str, as_json: bool) -> None:
    """Say that the text in LANGUAGE still says what the original says."""
    run("translation.confirm", {"id": id, "language": language}, as_json=as_json, show=_line)
