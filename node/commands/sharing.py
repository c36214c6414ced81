"""`josoor network share`, `unshare`, `shares`, `sharing`."""

from __future__ import annotations

import click

from node.commands.running import json_option, run, table


@click.command("share")
@click.argument("url")
@json_option
def share(url: str, as_json: bool) -> None:
    """Share what somebody else published at URL with everybody who follows the community."""
    run(
        "network.share",
        {"url": url},
        as_json=as_json,
        show=lambda found: f"{found['id']} is shared",
    )


@click.command("unshare")
@click.argument("url")
@json_option
def unshare(url: str, as_json: bool) -> None:
    """Share URL no more."""
    run(
        "network.unshare",
        {"url": url},
        as_json=as_json,
        show=lambda found: f"{found['id']} is shared no more",
    )


@click.command("shares")
@json_option
def shares(as_json: bool) -> None:
    """Show what the community shares of others."""
    run(
        "network.shares",
        {},
        as_json=as_json,
        show=lambda rows: table(rows, "since", "author", "id", empty="Nothing yet."),
    )


@click.command("sharing")
@click.argument("rule", required=False, type=click.Choice(["nobody", "trusted", "followed"]))
@json_option
def sharing(rule: str | None, as_json: bool) -> None:
    """Show or set whose posts to the community it shares by itself: RULE."""
    run(
        "network.sharing",
        {"share": rule},
        as_json=as_json,
        show=lambda found: f"shares by itself: {found['share']}",
    )
