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


@queue.command("retry")
@click.argument("id", required=False)
@click.option("--host", help="Everything for this host.")
@click.option("--all", "everything", is_flag=True, help="Everything.")
@json_option
def retry(id: str | None, host: str | None, everything: bool, as_json: bool) -> None:
    """Try again now: one delivery, those for a host, or all."""
    run(
        "queue.retry",
        {"id": id, "host": host, "all": everything},
        as_json=as_json,
        show=lambda found: f"{found['retried']} deliveries are tried again",
    )


@queue.command("discard")
@click.argument("id")
@json_option
def discard(id: str, as_json: bool) -> None:
    """Give a delivery up."""
    run(
        "queue.discard",
        {"id": id},
        as_json=as_json,
        show=lambda found: f"{found['id']} is given up",
    )
