"""At the desk: whom the community does not want to speak with, and lists of them."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Final

from aiohttp import web

from activitypub.identity import host_of
from federation.policy import Standing
from node.context import Context
from node.desk.decisions_pages import PATH as DECISIONS
from node.desk.frame import desk_page, reader
from node.desk.moderation_pages import PATH as MODERATION
from node.desk.moderation_pages import TITLE as REPORTS
from node.desk.nav import nav
from node.desk.telling import done
from node.errors import Invalid, NodeError
from node.i18n.messages import N_
from node.moderation import actions, lists, store
from node.moderation.importing import merge, rules_of
from node.moderation.model import Rule, Target, TargetKind, TargetRefused, read_target
from node.moderation.ruling import change, id_of
from node.moderation.twos import ask_to_open_up, ask_to_suspend, needs_two
from node.people import audit
from node.people.model import Person
from node.people.newness import nobody_confirms
from node.people.rights import Right
from node.services import NODE
from node.storage.database import Transaction
from node.web.forms import Form, form_of
from node.web.whole import word

PATH = "/desk/blocks"
LARGEST_UPLOAD: Final = 1024 * 1024
_TITLE = N_("Blocks")
_LEVELS = {
    "suspend": (Standing.SUSPENDED, N_("Suspended: nothing in, nothing out")),
    "limit": (Standing.LIMITED, N_("Limited: not shown, follows wait")),
    "allow": (Standing.OPEN, N_("Allowed, where only a list is allowed")),
    "trust": (Standing.TRUSTED, N_("Trusted: shown without our following")),
}
_WORDS = dict(_LEVELS.values())
_TARGET = N_("Please type a server, a name like @name@server.example, or an address.")
_NO_LIST = N_("This is no list that we can read: a CSV file of at most 1 MB.")
_LEVEL = N_("Please choose what is to be done.")
_REASON = N_("Please give a reason, in at most 500 letters.")
_TOO_LONG = N_("This is too long. Please make it shorter.")
_LONGEST: Final = 500

nav.add(PATH, _TITLE, Right.BLOCK_SERVERS, rank=33)


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleView:
    """A rule; `name` is a server, a handle or an address."""

    target: str
    name: str
    standing: str
    reason: str
    comment: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came, or would come, of a list; on `waiting` servers a second person decides."""

    dry: bool
    taken: Sequence[str]
    kept: int
    refused: Sequence[lists.Passed]
    waiting: Sequence[str]


async def get_blocks(request: web.Request) -> web.StreamResponse:
    """Every rule, and the forms to change them."""
    return await _page(request)


async def post_add(request: web.Request) -> web.StreamResponse:
    """A new rule. A community that we know is suspended only when a second person wants it."""
    form, person, node = await form_of(request), await reader(request), request.app[NODE]
    try:
        rule = await _rule(request, form)
        asked = await change(node, lambda context: _add(context, rule, person))
    except NodeError as error:
        return await _page(request, error, form)
    return done(request, DECISIONS if asked else PATH, "asked-second" if asked else "saved")


async def _add(context: Context, rule: Rule, person: Person) -> bool:
    """Whether a second person is asked; until then less is done."""
    suspended = rule.standing is Standing.SUSPENDED and not rule.is_actor
    asked = suspended and bool(await needs_two(context, rule.target))
    if asked:
        await ask_to_suspend(context, rule.target, rule.comment or "", person.id)
        rule = replace(rule, standing=Standing.LIMITED)
    await actions.add(context, rule)
    await audit.note(context, person.id, f"rule {rule.standing.value}", _named(rule.target))
    return asked


def _named(target: str) -> str:
    """What the log says of a target: the server, since it names no people."""
    return host_of(target) if "://" in target else target


async def _rule(request: web.Request, form: Form) -> Rule:
    node, target = request.app[NODE], _target(form)
    wrong = ({} if target else {"target": _TARGET}) | _wrong(form)
    if wrong or target is None:
        raise Invalid(wrong)
    now = node.clock.now()
    return Rule(
        target=await id_of(node, target),
        handle=target.value if target.kind is TargetKind.HANDLE else None,
        standing=_LEVELS[form.text("level")][0],
        reason=form.text("reason") or None,
        comment=form.text("comment"),
        reject_reports=form.text("reject_reports") == "yes",
        created=now,
        updated=now,
    )


def _wrong(form: Form) -> dict[str, str]:
    """Everything but whom it is about, at once."""
    wrong = {} if form.text("level") in _LEVELS else {"level": _LEVEL}
    if not 1 <= len(form.text("comment")) <= _LONGEST:
        wrong["comment"] = _REASON
    if len(form.text("reason")) > _LONGEST:
        wrong["reason"] = _TOO_LONG
    return wrong


def _target(form: Form) -> Target | None:
    with suppress(TargetRefused):
        return read_target(form.text("target"))
    return None


async def post_remove(request: web.Request) -> web.StreamResponse:
    """A rule that is no more; follows that it ended stay ended."""
    form, person, node = await form_of(request), await reader(request), request.app[NODE]
    target = form.text("target")

    async def work(context: Context) -> None:
        await actions.remove(context, target)
        await audit.note(context, person.id, "rule removed", _named(target))

    try:
        await change(node, work)
    except NodeError as error:
        return await _page(request, error, form)
    return done(request, PATH, "saved")


async def post_mode(request: web.Request) -> web.StreamResponse:
    """Only those on the list from now on; or, once a second person wants it too, everybody."""
    form, person, node = await form_of(request), await reader(request), request.app[NODE]
    closing = form.text("mode") == "allow-list"

    async def work(context: Context) -> None:
        if closing:
            await actions.set_allow_list(context, True)
            await audit.note(context, person.id, "allow-list on", context.urls.authority)
        elif await store.allow_list(context.tx):
            await ask_to_open_up(context, form.text("why") or "…", person.id)

    await change(node, work)
    return done(request, PATH if closing else DECISIONS, "saved" if closing else "asked-second")


async def post_import(request: web.Request) -> web.StreamResponse:
    """What comes of a list; with "try it first" nothing is changed. Where it would suspend whom we
    know, a second person is asked."""
    form, person = await form_of(request, upload=LARGEST_UPLOAD), await reader(request)
    node, dry = request.app[NODE], form.text("verb") != "take"
    try:
        entries, passed = lists.read(_csv(form))
    except ValueError:
        return await _page(request, Invalid({"csv": _NO_LIST}), form)
    rules, more = await rules_of(node, entries)
    came = await merge(node, rules, dry=dry, by=person.id)
    if not dry:
        await node.act(
            lambda context: audit.note(context, person.id, "list taken in", node.urls.authority)
        )
    outcome = Outcome(
        dry=dry,
        taken=[rule.handle or rule.target for rule in came.taken],
        kept=len(came.kept),
        refused=sorted([*passed, *more], key=lambda each: each.line),
        waiting=came.waiting,
    )
    return await _page(request, outcome=outcome)


def _csv(form: Form) -> str:
    """Raises: ValueError for what is no text."""
    upload = form.files.get("csv")
    if upload is None:
        raise ValueError("is missing")
    return upload.content.decode("utf-8-sig")


async def get_export(request: web.Request) -> web.StreamResponse:
    """The list for other servers in Mastodon's form; `?actors=1` of actors."""
    actors = request.query.get("actors") == "1"
    write, name = (lists.write_actors, "actors") if actors else (lists.write_hosts, "servers")
    text = write(await request.app[NODE].look(store.rules))
    return web.Response(
        body=text.encode(),
        headers={
            "Content-Type": "text/csv; charset=utf-8",
            "Content-Disposition": f'attachment; filename="blocked-{name}.csv"',
            "Cache-Control": "private, no-store",
        },
    )


async def _page(
    request: web.Request,
    error: NodeError | None = None,
    form: Form | None = None,
    outcome: Outcome | None = None,
) -> web.StreamResponse:
    node, person = request.app[NODE], await reader(request)

    async def read(tx: Transaction) -> tuple[list[Rule], bool, bool]:
        alone = await nobody_confirms(tx, node.clock.now(), person, Right.BLOCK_SERVERS)
        return await store.rules(tx), await store.allow_list(tx), alone

    rules, allow_list, alone = await node.look(read)
    return await desk_page(
        request,
        "desk_moderation_blocks.html",
        _TITLE,
        trail=[(MODERATION, REPORTS)],
        error=error,
        form=form or Form(()),
        rules=[_view(rule) for rule in rules],
        allow_list=allow_list,
        alone=alone,
        levels=[(name, await word(request, said)) for name, (_, said) in _LEVELS.items()],
        outcome=outcome,
    )


def _view(rule: Rule) -> RuleView:
    return RuleView(
        target=rule.target,
        name=f"@{rule.handle}" if rule.handle else rule.target,
        standing=_WORDS[rule.standing],
        reason=rule.reason or "",
        comment=rule.comment or "",
    )
