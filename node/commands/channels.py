"""`josoor channel …`"""

from __future__ import annotations

import click

from node.commands.running import json_option, run, table


@click.group()
def channel() -> None:
    """Further actors that share what the community publishes in one language."""


@channel.command("add")
@click.argument("language")
@click.option("--name", help="What it is called; else as the community is in this language.")
@json_option
def add(language: str, name: str | None, as_json: bool) -> None:
    """Open a channel in LANGUAGE, such as ar. It begins with the events that are still to come."""
    run(
        "channel.add",
        {"language": language, "name": name},
        as_json=as_json,
        show=lambda found: f"{found['handle']} shares what is told in {found['language']}",
    )


@channel.command("list")
@json_option
def channel_list(as_json: bool) -> None:
    """Show the channels, and how many follow each."""
    run(
        "channel.list",
        {},
        as_json=as_json,
        show=lambda rows: table(
            rows, "handle", "language", "name", "followers", empty="No channels yet."
        ),
    )


@channel.command("remove")
@click.argument("language")
@json_option
def remove(language: str, as_json: bool) -> None:
    """Close the channel in LANGUAGE. Whoever follows it is told; its address never comes back."""
    run(
        "channel.remove",
        {"language": language},
        as_json=as_json,
        show=lambda found: f"{found['handle']} is gone",
    )
