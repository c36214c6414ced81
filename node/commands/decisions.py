"""`josoor decision …`"""

from __future__ import annotations

import click

from node.commands.running import json_option, run, table


@click.group()
def decision() -> None:
    """What only two people decide, and waits for the second."""


@decision.command("list")
@json_option
def decision_list(as_json: bool) -> None:
    """Show what waits; `due` is when it is done by itself, as nobody else could confirm it."""
    run(
        "decision.list",
        {},
        as_json=as_json,
        show=lambda rows: table(
            rows, "id", "verb", "target", "asked_by", "due", "ends", empty="Nothing waits."
        ),
    )


@decision.command("confirm")
@click.argument("id")
@json_option
def confirm(id: str, as_json: bool) -> None:
    """Do it now, as the second person."""
    run("decision.confirm", {"id": id}, as_json=as_json, show=_decided)


@decision.command("refuse")
@click.argument("id")
@json_option
def refuse(id: str, as_json: bool) -> None:
    """Do it not."""
    run("decision.refuse", {"id": id}, as_json=as_json, show=_decided)


def _decided(found: dict[str, str]) -> str:
    return f"{found['verb']} {found['target']}: {found['state']}"
