"""The command line: `josoor COMMAND …`."""

from __future__ import annotations

import click

from node.commands import (
    access,
    backups,
    benching,
    cases,
    channels,
    community,
    conversations,
    decisions,
    erasing,
    events,
    inspecting,
    keys,
    mail,
    media,
    members,
    moderation,
    network,
    people,
    queue,
    sharing,
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
    backups.backup,
    backups.restore,
    benching.bench,
    system.doctor,
    system.status,
    system.version,
    events.event,
    community.community,
    media.media,
    conversations.conversation,
    network.network,
    channels.channel,
    moderation.block,
    moderation.report,
    cases.case,
    cases.wave,
    decisions.decision,
    queue.queue,
    mail.mail,
    keys.key,
    access.token,
    access.session,
    access.audit,
    access.setup_link,
    people.user,
    erasing.data,
    erasing.erasures,
    system.listeners,
    system.routes,
):
    main.add_command(command)
network.network.add_command(inspecting.fetch)
for command in (sharing.share, sharing.unshare, sharing.shares, sharing.sharing):
    network.network.add_command(command)
for command in (erasing.erase, erasing.keep, members.show, members.describe, members.export):
    people.user.add_command(command)
