"""Reports between servers: a Flag that arrives, a Flag that leaves."""

from __future__ import annotations

from collections.abc import Sequence

from activitypub.activities import Activity, Flag
from activitypub.contexts import OBJECT_CONTEXT
from activitypub.objects import Object
from federation.inward.listeners import Heard, Ignored
from federation.outward import outbox
from federation.outward.audience import destinations
from node.context import Context
from node.errors import TooMany
from node.happenings import happenings
from node.listening import listeners
from node.moderation import actions, cases, reportable
from node.moderation.actions import ReportMade
from node.moderation.case_model import Source
from node.moderation.cases import Telling
from node.moderation.model import MOST_OBJECTS, Report
from node.storage.cast import own_actors
from node.text.sanitise import plain


@listeners.on(Flag)
async def on_flag(context: Context, heard: Heard) -> None:
    """A report about somebody or something here: kept for those who run the node."""
    ours = [each for each in _reported(heard.activity) if context.urls.is_ours(each)]
    if not ours:
        raise Ignored("not-about-us")
    content = heard.activity.content
    words = plain(content.best(())[0]) if content else ""
    report = await actions.take_report(
        context, heard.sender, heard.kept.activity_id, ours[:MOST_OBJECTS], words
    )
    if report is None:
        raise Ignored("reports-not-wanted")
    await _open_case(context, report)


async def _open_case(context: Context, report: Report) -> None:
    """The case for the team, about the first thing that was reported; else about who wrote it, or
    about us."""
    actors = await own_actors(context.tx, context.urls)
    things = [each for each in report.objects if each not in actors]
    said = [each for each in things if context.urls.member_id(each) is None]
    thing = next(iter(said or things), report.actor)
    found = await reportable.find(context.tx, context.urls, thing) or reportable.own(thing)
    telling = Telling(source=Source.FLAG, words=report.content, report=report.id)
    try:
        await cases.tell(context, found, telling)
    except TooMany as full:
        raise Ignored("reports-not-wanted") from full


def _reported(flag: Activity) -> Sequence[str]:
    """The ids of what is reported; only the id counts of whatever was embedded."""
    ids = (each.id if isinstance(each, Object) else each for each in flag.objects)
    return list(dict.fromkeys(each for each in ids if each))


@happenings.on(ReportMade)
async def send_flag(context: Context, fact: ReportMade) -> None:
    """A Flag by the relay to the accused's own inbox, in Mastodon's form: the actor first, then
    what it wrote; addressed to nobody. Spec: ActivityStreams 2.0 Vocabulary, Flag"""
    report = fact.report
    await outbox.put(
        context.outbox,
        {
            "@context": OBJECT_CONTEXT,
            "id": report.flag_id,
            "type": "Flag",
            "actor": context.urls.relay,
            "content": report.content,
            "object": list(report.objects),
        },
        object_id=report.actor,
        destinations=destinations([(fact.inbox, None, report.actor)]),
        now=context.now,
    )
