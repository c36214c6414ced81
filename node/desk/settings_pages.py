"""At the desk: what the community says of itself, and its rules; each on a page of its own."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import TypeVar

from aiohttp import web

from node.community import actions as community_actions
from node.community import legal
from node.context import Context
from node.conversations import actions as conversations
from node.conversations import store as conversations_store
from node.conversations.model import ReplyRule
from node.desk.community_form import choices
from node.desk.frame import desk_page, reader
from node.desk.nav import nav
from node.desk.settings_form import community_document, community_pairs
from node.desk.telling import done
from node.i18n.languages import direction, own_name
from node.i18n.messages import N_
from node.network import shares, sharing
from node.network.shares import ShareRule
from node.people import entering
from node.people.model import SignUp
from node.people.rights import Right, may
from node.services import NODE
from node.storage.database import Transaction
from node.web.forms import Form, form_of
from node.web.visitor import visitor
from node.web.whole import SURROUNDINGS, go_to, word

E = TypeVar("E", bound=Enum)
PATH, TITLE = "/desk/settings", N_("Settings")
_COMMUNITY, _WHO = f"{PATH}/community", N_("Who we are")
_RULES, _OURS = f"{PATH}/rules", N_("Our rules")
_LIKE_COUNTRY = N_("As usual in this country")
_SIGN_UP: Mapping[SignUp, str] = {
    SignUp.CLOSED: N_("Nobody"),
    SignUp.INVITATION: N_("With an invitation"),
    SignUp.APPROVAL: N_("With an invitation, or by asking"),
}
_REPLIES: Mapping[ReplyRule, str] = {
    ReplyRule.OPEN: N_("Show every reply at once"),
    ReplyRule.FIRST_HELD: N_("Show it at once if we have approved one of its author before"),
    ReplyRule.ALL_HELD: N_("Show no reply before we have approved it"),
    ReplyRule.CLOSED: N_("Take no replies"),
}
_SHARE: Mapping[ShareRule, str] = {
    ShareRule.NOBODY: N_("Only what we share by hand"),
    ShareRule.TRUSTED: N_("What communities write to us that we trust"),
    ShareRule.FOLLOWED: N_("What everybody writes to us whom we follow"),
}

nav.add(PATH, TITLE, Right.ADMINISTER, rank=70)


async def get_settings(request: web.Request) -> web.StreamResponse:
    """The ways to each part of it."""
    said = await request.app[NODE].look(legal.read)
    return await desk_page(request, "desk_settings.html", TITLE, without_notice=said.notice is None)


async def get_community(request: web.Request) -> web.StreamResponse:
    """What the community says of itself, here and elsewhere."""
    return await _community_page(request)


async def post_community(request: web.Request) -> web.StreamResponse:
    """What the community says of itself from now on."""
    form = await form_of(request)
    community = await request.app[NODE].look(community_actions.the_community)
    document, errors = community_document(form, community)
    if errors:
        return await _community_page(request, form, errors)
    await request.app[NODE].act(lambda context: community_actions.describe(context, document))
    return done(request, _COMMUNITY, "saved")


async def _community_page(
    request: web.Request, form: Form | None = None, errors: Mapping[str, str] | None = None
) -> web.StreamResponse:
    node = request.app[NODE]
    guest, _ = await request.app[SURROUNDINGS](request)
    community = await node.look(community_actions.the_community)
    form = form or Form(tuple(community_pairs(community, guest.ui_language)))
    dash = await word(request, _LIKE_COUNTRY)
    return await desk_page(
        request,
        "desk_settings_community.html",
        _WHO,
        trail=[(PATH, TITLE)],
        status=422 if errors else 200,
        errors=errors,
        form=form,
        sections=[(tag, own_name(tag), direction(tag)) for tag in community.languages],
        account=node.urls.account,
        choices=choices(guest.ui_language, community.languages, form, dash),
    )


async def get_rules(request: web.Request) -> web.StreamResponse:
    """Who comes in, what becomes of replies, what is shared."""
    node, person = request.app[NODE], await reader(request)

    async def read(tx: Transaction) -> dict[str, str]:
        return {
            "sign_up": (await entering.sign_up(tx)).value,
            "replies": (await conversations_store.rule(tx)).value,
            "share": (await shares.rule(tx, node.urls.handle)).value,
        }

    return await desk_page(
        request,
        "desk_settings_rules.html",
        _OURS,
        trail=[(PATH, TITLE)],
        rules=await node.look(read),
        sign_ups=_values(_SIGN_UP) if may(person, Right.MANAGE_PEOPLE) else [],
        replies=_values(_REPLIES),
        shares=_values(_SHARE),
    )


async def post_rules(request: web.Request) -> web.StreamResponse:
    """The rules from now on: replies, sharing, and who comes in, where she may say that."""
    form, found = await form_of(request), await visitor(request)
    door = await _other_door(request, form)
    if door and not found.recent:
        # as on the page about people: who comes in is not for whoever finds a screen unlocked
        return go_to(f"/me/confirm?next={_RULES}")

    async def work(context: Context) -> None:
        if reply_rule := _one(ReplyRule, form.text("replies")):
            await conversations.set_rule(context, reply_rule)
        if share_rule := _one(ShareRule, form.text("share")):
            await sharing.set_rule(context, share_rule)
        if door and found.person:
            await entering.set_sign_up(context, door, found.person.id)

    await request.app[NODE].act(work)
    return done(request, _RULES, "saved")


async def _other_door(request: web.Request, form: Form) -> SignUp | None:
    """How somebody comes in from now on; None where that stays, or is not for her to say."""
    mode, person = _one(SignUp, form.text("sign_up")), await reader(request)
    before = await request.app[NODE].look(entering.sign_up)
    return mode if mode is not before and may(person, Right.MANAGE_PEOPLE) else None


def _one(kind: type[E], value: str) -> E | None:
    return kind(value) if value in {each.value for each in kind} else None


def _values(table: Mapping[E, str]) -> list[tuple[str, str]]:
    return [(each.value, words) for each, words in table.items()]
