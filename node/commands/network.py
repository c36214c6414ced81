"""`josoor network …`"""

from __future__ import annotations

from typing import Any

import click

from node.commands.running import json_option, run, table


@click.group()
def network() -> None:
    """Follow other communities and see what they publish."""


@network.command("follow")
@click.argument("actor")
@json_option
def follow(actor: str, as_json: bool) -> None:
    """Follow HANDLE (@berlin@berlin.example), or the address of an actor, of its page, or of a
    server that is an actor itself (https://gancio.example)."""
    run(
        "network.follow",
        {"actor": actor},
        as_json=as_json,
        show=lambda found: f"{found['handle']}: {found['state']}",
    )


@network.command("unfollow")
@click.argument("actor")
@json_option
def unfollow(actor: str, as_json: bool) -> None:
    """Follow HANDLE or address no more."""
    run(
        "network.unfollow",
        {"actor": actor},
        as_json=as_json,
        show=lambda found: f"{found['handle']} is followed no more",
    )


@network.command("backfill")
@click.argument("actor")
@json_option
def backfill(actor: str, as_json: bool) -> None:
    """Read what HANDLE or address has published before, once more."""
    run("network.backfill", {"actor": actor}, as_json=as_json, show=_past)


def _past(found: dict[str, Any]) -> str:
    past = found["backfill"]
    words = f"{found['handle']}: {past['found']} things found, {past['kept']} new"
    return words if past["outcome"] == "whole" else f"{words} ({past['outcome']})"


@network.command("following")
@json_option
def following(as_json: bool) -> None:
    """Show whom the community follows."""
    run(
        "network.following",
        {},
        as_json=as_json,
        show=lambda rows: table(rows, "handle", "state", "name", empty="Nobody yet."),
    )


@network.command("followers")
@click.option("--pending", is_flag=True, help="Who waits for us to approve.")
@json_option
def followers(pending: bool, as_json: bool) -> None:
    """Show who follows the community. Nobody else is ever shown this."""
    run(
        "network.pending" if pending else "network.followers",
        {},
        as_json=as_json,
        show=lambda rows: table(rows, "id", "since", empty="Nobody yet."),
    )


@network.command("approve")
@click.argument("actor")
@json_option
def approve(actor: str, as_json: bool) -> None:
    """Let somebody follow who is limited and waits."""
    run(
        "network.approve",
        {"actor": actor},
        as_json=as_json,
        show=lambda found: f"{found['id']} follows now",
    )


@network.command("reject")
@click.argument("actor")
@json_option
def reject(actor: str, as_json: bool) -> None:
    """Tell somebody who waits that she may not follow."""
    run(
        "network.reject",
        {"actor": actor},
        as_json=as_json,
        show=lambda found: f"{found['id']} is told that she may not follow",
    )


@network.command("timeline")
@click.option("--type", "kind", help="Only this kind, such as Event.")
@click.option("--limit", type=click.IntRange(1, 80), default=40, show_default=True)
@json_option
def timeline(kind: str | None, limit: int, as_json: bool) -> None:
    """Show what arrived from other communities, newest first."""
    run(
        "network.timeline",
        {"type": kind, "limit": limit},
        as_json=as_json,
        show=lambda rows: table(
            rows, "type", "author_name", "start", "name", "id", empty="Nothing has arrived yet."
        ),
    )
