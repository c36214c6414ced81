"""The command line: `josoor COMMAND …`."""

from __future__ import annotations

import click

from node.commands import (
    benching,
    events,
    keys,
    moderation,
    network,
    people,
    queue,
    starting,
    system,
)
from node.version import VERSION


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(VERSION, prog_name="josoor")
def main() -> None:
    """A community's own node: publish events, follow other communities."""


for command in (
    starting.init,
    starting.serve,
    starting.demo,
    benching.bench,
    system.doctor,
    system.status,
    system.version,
    events.event,
    network.network,
    moderation.block,
    moderation.report,
    queue.queue,
    keys.key,
    people.token,
    people.user,
    people.setup_link,
    system.listeners,
    system.routes,
):
    main.add_command(command)
