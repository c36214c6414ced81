"""At the desk: who wants to follow us, who does, with whom we speak, and servers in trouble."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import quote, urlsplit

from aiohttp import web

from federation.policy import Standing
from node.community import pending
from node.community import store as community_store
from node.community.model import Follower
from node.desk import store
from node.desk.frame import desk_page, language_of, reader
from node.desk.nav import nav
from node.desk.telling import done
from node.desk.waiting import waiting
from node.desk.words import moment_words
from node.errors import NotFound
from node.i18n import dates
from node.i18n.messages import N_
from node.ids import stamp
from node.moderation import store as moderation_store
from node.network import store as network_store
from node.operations.registry import perform
from node.people.rights import Right, may
from node.services import NODE
from node.storage.database import Transaction
from node.web.forms import form_of

_PATH = "/desk/network"
_TITLE, _FOLLOWERS = N_("Network"), N_("Who follows us")
TRAIL = ((_PATH, _TITLE),)
_PAGE = 40

nav.add(_PATH, _TITLE, Right.ADMINISTER, rank=60)


@waiting.on(f"{_PATH}#asking", N_("People who want to follow us"), Right.ADMINISTER)
async def wishes(tx: Transaction, now: datetime) -> int:
    """How many want to follow and wait for an answer."""
    return await store.pending_followers(tx)


async def get_network(request: web.Request) -> web.StreamResponse:
    """Wishes to follow, numbers, whom we trust, and servers in trouble."""
    node, person = request.app[NODE], await reader(request)
    language = await language_of(request)

    async def read(tx: Transaction) -> dict[str, Any]:
        wanted = list({one.actor: one for one in await pending.waiting(tx)}.values())
        names = await store.names(tx, [one.actor for one in wanted])
        rules = await moderation_store.rules(tx)
        return {
            "wishes": [_wish(one, names, language) for one in wanted],
            "followers": await community_store.follower_count(tx, node.urls.community),
            "following": len(await network_store.following(tx)),
            "trusted": [
                rule.handle or rule.target for rule in rules if rule.standing is Standing.TRUSTED
            ],
            "limited": sum(rule.standing is Standing.LIMITED for rule in rules),
            "suspended": sum(rule.standing is Standing.SUSPENDED for rule in rules),
            "allow_list": await moderation_store.allow_list(tx),
        }

    hosts = await perform(node, "queue.hosts", {})
    return await desk_page(
        request,
        "desk_network.html",
        _TITLE,
        hosts=[{**each, "since": moment_words(each["since"], language)} for each in hosts],
        blocks=may(person, Right.BLOCK_SERVERS),
        **await node.look(read),
    )


async def post_wish(request: web.Request) -> web.StreamResponse:
    """Somebody who wanted to follow is let, or told that she may not."""
    form, yes = await form_of(request), request.match_info["verb"] == "approve"
    verb = "approve" if yes else "reject"
    try:
        await perform(request.app[NODE], f"network.{verb}", {"actor": form.text("actor")})
    except NotFound:
        # somebody else has decided meanwhile, or the wish was taken back
        return done(request, _PATH, "decided")
    return done(request, _PATH, "approved" if yes else "refused")


async def get_followers(request: web.Request) -> web.StreamResponse:
    """Who follows, a page at a time; nobody else is told."""
    node, language = request.app[NODE], await language_of(request)
    after = request.query.get("after", "")[:2048]

    async def read(tx: Transaction) -> list[Mapping[str, Any]]:
        return await store.followers(tx, node.urls.community, after=after, limit=_PAGE + 1)

    found = await node.look(read)
    more = found[_PAGE - 1]["actor"] if len(found) > _PAGE else None
    return await desk_page(
        request,
        "desk_followers.html",
        _FOLLOWERS,
        trail=TRAIL,
        followers=[_follower(each, language) for each in found[:_PAGE]],
        first=bool(after),
        more=f"{_PATH}/followers?after={quote(more, safe='')}" if more else None,
        start=f"{_PATH}/followers",
    )


def _wish(
    one: Follower, names: Mapping[str, tuple[str, str]], language: str
) -> Mapping[str, str | None]:
    name, handle = names.get(one.actor, ("", None))
    row = {"actor": one.actor, "name": name, "handle": handle, "since": stamp(one.since)}
    return _follower(row, language)


def _follower(row: Mapping[str, Any], language: str) -> Mapping[str, str | None]:
    """Somebody who follows or wants to; of whom nothing is known by her address."""
    return {
        "actor": row["actor"],
        "name": row["name"] or row["handle"] or urlsplit(row["actor"]).netloc,
        "handle": row["handle"],
        "since": dates.day(datetime.fromisoformat(row["since"]), language),
    }
