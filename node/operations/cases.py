"""Operations on cases: opened, decided, appealed; waves of strangers; authors who are trusted."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from node.context import Context
from node.conversations import moderating
from node.errors import Invalid, NotFound
from node.ids import rfc3339
from node.moderation import appeals, case_store, cases, reportable, waves
from node.moderation.case_model import (
    Case,
    CaseState,
    Category,
    Complaint,
    Decision,
    Outcome,
    Source,
    Verdict,
)
from node.moderation.cases import Telling
from node.moderation.deciding import decide
from node.moderation.waves import Wave
from node.operations.people import actor, choice
from node.operations.registry import Arguments, operation
from node.services import Node
from node.text.sanitise import plain

Json = dict[str, Any]


def case_json(case: Case) -> Json:
    """A case as those who moderate see it in a list: of a message no word."""
    return {
        "id": case.id,
        "kind": case.kind.value,
        "target": case.target,
        "author": case.author or None,
        "handle": case.snapshot.handle or case.snapshot.name or None,
        "state": case.state.value,
        "created": rfc3339(case.created),
        "decision": case.decision.value if case.decision else None,
        "reason": case.reason,
        "told": case.told,
        "appeal": case.appeal,
        "outcome": case.outcome.value if case.outcome else None,
        "outcome_reason": case.outcome_reason,
        "closed": _when(case.closed),
    }


def _complaint_json(complaint: Complaint) -> Json:
    return {
        "source": complaint.source.value,
        "category": complaint.category.value,
        "words": complaint.words,
        "may_be_forwarded": complaint.forward,
        "named": complaint.sealed is not None,
        "created": rfc3339(complaint.created),
    }


def _wave_json(wave: Wave, now: datetime) -> Json:
    return {
        "id": wave.id,
        "began": rfc3339(wave.began),
        "ends": rfc3339(wave.ends),
        "over": wave.ends <= now,
        "strangers": wave.strangers,
    }


@operation("case.list")
async def case_list(node: Node, arguments: Arguments) -> list[Json]:
    """Cases: those that wait for a decision; `state`: open, decided, appealed, closed or all."""
    given = arguments.get("state") or CaseState.OPEN.value
    state = None if given == "all" else choice(CaseState, given, "state")
    return [case_json(case) for case in await node.look(lambda tx: case_store.listing(tx, state))]


@operation("case.show")
async def case_show(node: Node, arguments: Arguments) -> Json:
    """One case, with what was reported as it was. `id`. That a message was read is written down."""
    wanted, by = str(arguments.get("id") or ""), actor(arguments)

    async def work(context: Context) -> Json:
        case = await cases.find(context, wanted)
        await cases.look(context, case, by)
        said = await case_store.complaints(context.tx, case.id)
        looks = await case_store.looks(context.tx, case.id)
        return {
            **case_json(case),
            "html": case.snapshot.html,
            "text": plain(case.snapshot.html),
            "complaints": [_complaint_json(each) for each in said],
            "looks": [{"by": each.person, "at": rfc3339(each.at)} for each in looks],
        }

    return await node.act(work)


@operation("case.open")
async def case_open(node: Node, arguments: Arguments) -> Json:
    """The case about `target`: an address, the id of a reply, or member:NAME. `words`,
    `category`."""
    target, words = str(arguments.get("target") or ""), _text(arguments, "words")
    category = choice(Category, arguments.get("category") or Category.OTHER.value, "category")

    async def work(context: Context) -> Case:
        found = await reportable.find(context.tx, context.urls, target) if target else None
        if found is None:
            raise NotFound("There is nothing here that could be meant.")
        telling = Telling(source=Source.TEAM, category=category, words=words, forward=True)
        return await cases.tell(context, found, telling)

    return case_json(await node.act(work))


@operation("case.decide")
async def case_decide(node: Node, arguments: Arguments) -> Json:
    """The case with its decision. `id`, `decision`, `reason`; `quiet`: its author is not told;
    `forward`: what her server is told."""
    forward = arguments.get("forward")
    verdict = Verdict(
        decision=choice(Decision, arguments.get("decision"), "decision"),
        reason=_text(arguments, "reason"),
        tell=arguments.get("quiet") is not True,
        forward=None if forward is None else _text(arguments, "forward"),
    )
    return case_json(await decide(node, str(arguments.get("id") or ""), verdict, actor(arguments)))


@operation("case.answer")
async def case_answer(node: Node, arguments: Arguments) -> Json:
    """The case after an appeal. `id`, `outcome`: upheld or overturned, `reason`."""
    wanted, by, reason = (
        str(arguments.get("id") or ""),
        actor(arguments),
        _text(arguments, "reason"),
    )
    outcome = choice(Outcome, arguments.get("outcome"), "outcome")
    return case_json(
        await node.act(
            lambda context: appeals.answer_appeal(context, wanted, outcome, reason, by=by)
        )
    )


@operation("case.statistics")
async def case_statistics(node: Node, arguments: Arguments) -> list[Json]:
    """How many cases there were, by month, kind and decision, of those that are forgotten."""
    return [dict(row) for row in await node.look(case_store.statistics)]


@operation("wave.list")
async def wave_list(node: Node, arguments: Arguments) -> list[Json]:
    """The last waves of strangers, newest first."""
    now = node.clock.now()
    return [_wave_json(wave, now) for wave in await node.look(waves.newest)]


@operation("wave.end")
async def wave_end(node: Node, arguments: Arguments) -> Json:
    """The wave that is over now; what waits still waits."""
    by = actor(arguments)
    wave = await node.act(lambda context: waves.end(context, by))
    return {**_wave_json(wave, node.clock.now()), "over": True}


@operation("conversation.trust")
async def trust(node: Node, arguments: Arguments) -> Json:
    """How many replies of an author are shown now; later ones are shown at once. `id`: one of
    them."""
    wanted, by = str(arguments.get("id") or ""), actor(arguments)
    shown = await node.act(lambda context: moderating.trust(context, wanted, by))
    return {"id": wanted, "shown": len(shown)}


def _text(arguments: Arguments, name: str) -> str:
    value = arguments.get(name)
    if value is not None and not isinstance(value, str):
        raise Invalid({name: "must be text"})
    return value or ""


def _when(moment: datetime | None) -> str | None:
    return rfc3339(moment) if moment else None
