"""`josoor mail …`"""

from __future__ import annotations

import click

from node.commands.running import json_option, run, table


@click.group()
def mail() -> None:
    """E-mail, where a mail server is set."""


@mail.command("test")
@click.argument("address")
@json_option
def mail_test(address: str, as_json: bool) -> None:
    """Send one mail to ADDRESS that says it is a test."""
    run(
        "mail.test",
        {"address": address},
        as_json=as_json,
        show=lambda found: f"{found['server']} took it.",
    )


@mail.command("queue")
@json_option
def mail_queue(as_json: bool) -> None:
    """Show what waits to be sent: never to whom, never what."""
    run(
        "mail.queue",
        {},
        as_json=as_json,
        show=lambda rows: table(
            rows, "id", "kind", "since", "attempts", "next_attempt", empty="Nothing waits."
        ),
    )
