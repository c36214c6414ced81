"""`josoor token …`, `session …`, `audit …`, `setup-link`"""

from __future__ import annotations

import json
import sys
from typing import Any

import click

from node.commands.running import Failed, json_option, perform, run, table
from node.people.model import Scope
from node.settings import is_loopback
from node.web.qr import qr_text

_SCOPES = click.Choice([scope.value for scope in Scope])


@click.group()
def token() -> None:
    """Tokens for the JSON API."""


@token.command("create")
@click.option("--user", required=True, help="Whose token it is.")
@click.option("--scope", type=_SCOPES, required=True)
@click.option("--label", help="What it is for.")
@json_option
def create_token(user: str, scope: str, label: str | None, as_json: bool) -> None:
    """Make a token and print it, this once."""
    run(
        "token.create",
        {"user": user, "scope": scope, "label": label},
        as_json=as_json,
        show=lambda found: str(found["token"]),
    )


@token.command("list")
@json_option
def tokens(as_json: bool) -> None:
    """Show all tokens, without their secrets."""
    run(
        "token.list",
        {},
        as_json=as_json,
        show=lambda rows: table(
            rows, "id", "user", "scope", "label", "revoked", empty="No tokens."
        ),
    )


@token.command("revoke")
@click.argument("id")
@json_option
def revoke(id: str, as_json: bool) -> None:
    """End a token."""
    run("token.revoke", {"id": id}, as_json=as_json, show=lambda found: f"{found['id']} is ended")


@click.group()
def session() -> None:
    """Who is signed in."""


@session.command("list")
@click.option("--user", help="Only this person's.")
@json_option
def sessions(user: str | None, as_json: bool) -> None:
    """Show sessions: a day, and a word about the device."""
    run(
        "session.list",
        {"user": user},
        as_json=as_json,
        show=lambda rows: table(
            rows, "id", "user", "device", "since", "seen", empty="Nobody is signed in."
        ),
    )


@session.command("revoke")
@click.argument("id", required=False)
@click.option("--user", help="All sessions of this person.")
@json_option
def end_session(id: str | None, user: str | None, as_json: bool) -> None:
    """End a session, or all of a person."""
    run(
        "session.revoke",
        {"id": id, "user": user},
        as_json=as_json,
        show=lambda found: f"{found['ended']} ended",
    )


@click.group()
def audit() -> None:
    """Who did what, in rows that follow on one another."""


@audit.command("list")
@click.option("--limit", type=click.IntRange(1, 1000), default=100, show_default=True)
@click.option("--about", metavar="NAME|ID", help="Only by or about this account or thing.")
@json_option
def notes(limit: int, about: str | None, as_json: bool) -> None:
    """Show who did what, newest first."""
    run(
        "audit.list",
        {"limit": limit, "about": about},
        as_json=as_json,
        show=_show_notes,
    )


def _show_notes(rows: list[dict[str, Any]]) -> str:
    """With names where there are accounts, as a person reads it; `--json` has the ids."""
    named = [
        {
            **row,
            "actor": row["actor_name"] or row["actor"],
            "target": row["target_name"] or row["target"],
        }
        for row in rows
    ]
    return table(named, "id", "at", "actor", "verb", "target", empty="Nothing yet.")


@audit.command("verify")
@json_option
def verify(as_json: bool) -> None:
    """Say whether the log is as it was written. Exit 1 if a row was changed."""
    found = perform("audit.verify", {})
    state = "whole" if found["whole"] else f"broken at {', '.join(found['broken'])}"
    words = f"{state}; {found['rows']} rows, the newest is {found['digest']}"
    click.echo(json.dumps(found) if as_json else words)
    if not found["whole"]:
        raise Failed("the log was changed.")


@click.command("setup-link")
@json_option
def setup_link(as_json: bool) -> None:
    """Print a new one-time setup link; earlier ones end."""
    run("setup-link", {}, as_json=as_json, show=_show_link)


def _show_link(found: dict[str, Any]) -> str:
    words = f"{found['url']}\nIt can be used once, within {found['minutes']} minutes."
    # a phone does not find what is at localhost
    pictured = sys.stdout.isatty() and not is_loopback(found["url"])
    return f"{words}\n{qr_text(found['url'])}" if pictured else words
