"""`josoor queue …`"""

from __future__ import annotations

import click

from node.commands.running import json_option, run, table


@click.group()
def queue() -> None:
    """What is on its way to others."""


@queue.command("list")
@click.option("--parked", is_flag=True, help="Only what is stuck.")
@json_option
def queue_list(parked: bool, as_json: bool) -> None:
    """Show what waits, and what is stuck and why."""
    run(
        "queue.list",
        {"parked": parked},
        as_json=as_json,
        show=lambda rows: table(
            rows,
            "id",
            "kind",
            "host",
            "state",
            "attempts",
            "next_attempt",
            "reason",
            empty="Nothing waits.",
        ),
    )


@queue.command("hosts")
@json_option
def queue_hosts(as_json: bool) -> None:
    """Show the servers in trouble: since when, the next probe, what waits."""
    run(
        "queue.hosts",
        {},
        as_json=as_json,
        show=lambda rows: table(
            rows, "host", "breaker", "since", "next_probe", "waiting", empty="All are well."
        ),
    )


@queue.command("arrivals")
@click.option("--parked", is_flag=True, help="What is stuck, in place of what waits.")
@click.option("--after", metavar="ID", help="Go on from here.")
@json_option
def arrivals(parked: bool, after: str | None, as_json: bool) -> None:
    """Show what arrived from others and waits to be heard, or is stuck and why."""
    run(
        "queue.page",
        {"arrivals": True, "parked": parked, "after": after, "limit": 200},
        as_json=as_json,
        show=lambda rows: table(
            rows, "id", "kind", "host", "attempts", "next_attempt", "reason", empty="Nothing."
        ),
    )


_arrivals = click.option("--arrivals", is_flag=True, help="Of what came in, not of what goes out.")


@queue.command("retry")
@click.argument("id", required=False)
@click.option("--host", help="Everything for this host.")
@click.option("--all", "everything", is_flag=True, help="Everything.")
@_arrivals
@json_option
def retry(
    id: str | None, host: str | None, everything: bool, arrivals: bool, as_json: bool
) -> None:
    """Try again now: one by its ID, those for a host, or all."""
    run(
        "queue.retry",
        {"id": id, "host": host, "all": everything, "arrivals": arrivals},
        as_json=as_json,
        show=lambda found: f"{found['retried']} are tried again",
    )


@queue.command("discard")
@click.argument("id", required=False)
@click.option("--host", help="Everything that is stuck for this host.")
@click.option("--all", "everything", is_flag=True, help="Everything that is stuck.")
@_arrivals
@json_option
def discard(
    id: str | None, host: str | None, everything: bool, arrivals: bool, as_json: bool
) -> None:
    """Give up one by its ID, or what is stuck for a host, or all that is."""
    run(
        "queue.discard",
        {"id": id, "host": host, "all": everything, "arrivals": arrivals},
        as_json=as_json,
        show=lambda found: f"{found['discarded']} given up",
    )
