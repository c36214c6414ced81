"""Operations on reports: what others reported to us, and what we report to others."""

from __future__ import annotations

from typing import Any

from activitypub.actors import Actor
from activitypub.objects import Object
from activitypub.registry import read
from federation.errors import FederationError
from federation.ports import RemoteActor
from node.context import Context
from node.errors import Invalid, NotFound, Unavailable
from node.ids import rfc3339
from node.moderation import actions, cases, reports
from node.moderation.model import Report
from node.operations.registry import Arguments, operation
from node.people.audit import COMMAND_LINE
from node.services import Node

Json = dict[str, Any]


def report_json(report: Report) -> Json:
    """A report as those who run the node see it."""
    return {
        "id": report.id,
        "direction": report.direction.value,
        "host": report.host,
        "actor": report.actor,
        "objects": list(report.objects),
        "content": report.content,
        "state": report.state.value,
        "created": rfc3339(report.created),
        "closed": rfc3339(report.closed_at) if report.closed_at else None,
    }


@operation("report.list")
async def report_list(node: Node, arguments: Arguments) -> list[Json]:
    """Reports, newest first: the open ones; with `all` also those that are closed."""
    closed = bool(arguments.get("all"))
    return [
        report_json(each) for each in await node.look(lambda tx: reports.listing(tx, closed=closed))
    ]


@operation("report.show")
async def report_show(node: Node, arguments: Arguments) -> Json:
    """One report. `id`."""
    wanted = str(arguments.get("id") or "")
    found = await node.look(lambda tx: reports.find(tx, wanted))
    if found is None:
        raise NotFound("There is no such report.")
    return report_json(found)


@operation("report.close")
async def report_close(node: Node, arguments: Arguments) -> Json:
    """The report, done with; of its case comes nothing, if nobody has decided it. `id`."""
    wanted, by = str(arguments.get("id") or ""), str(arguments.get("by") or COMMAND_LINE)

    async def work(context: Context) -> Report:
        report = await actions.close_report(context, wanted)
        await cases.close_of_report(context, wanted, by)
        return report

    return report_json(await node.act(work))


@operation("report.send")
async def report_send(node: Node, arguments: Arguments) -> Json:
    """The report as it was sent. `url`: an actor elsewhere or something that it wrote; `comment`.

    It is signed by this server; nobody's name goes along.
    """
    url, comment = str(arguments.get("url") or ""), arguments.get("comment") or ""
    if not url.startswith(("https://", "http://")):
        raise Invalid({"url": "must be the address of an actor or of something that it wrote"})
    if not isinstance(comment, str):
        raise Invalid({"comment": "must be text"})
    accused, objects = await _accused(node, url)
    report = await node.act(lambda context: actions.send_report(context, accused, objects, comment))
    return report_json(report)


async def _accused(node: Node, url: str) -> tuple[RemoteActor, list[str]]:
    """Who is meant, and what of hers. Raises: NotFound, Unavailable."""
    try:
        found = read((await node.fetcher.document(url, fresh=True)).document)
        author = _author(found)
        if author is None:
            raise NotFound(f"{url} does not say who wrote it.")
        accused = await node.actors.actor(author)
    except FederationError as trouble:
        kind = Unavailable if trouble.retry else NotFound
        raise kind(f"{url} cannot be had: {trouble}") from trouble
    return accused, [] if isinstance(found, Actor) else [found.id or url]


def _author(found: Object) -> str | None:
    if isinstance(found, Actor):
        return found.id
    return found.attributed_to[0] if found.attributed_to else None
