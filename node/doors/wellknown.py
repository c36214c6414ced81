"""How others find us: WebFinger, host-meta, NodeInfo.

Of templates by which people of ours act elsewhere (FEP-3b86, OStatus) there is the one that works:
who may, lets the community follow somebody. Members' own actors cannot follow or join.
"""

from __future__ import annotations

from typing import Any

import orjson
from aiohttp import web

from activitypub import hostmeta
from activitypub.intents import REL_INTENTS, Intent
from activitypub.names import JRD_JSON, REL_SUBSCRIBE
from activitypub.nodeinfo import build as build_nodeinfo
from activitypub.nodeinfo import content_type, well_known
from activitypub.webfinger import build, profile_link, self_link, service_link
from node.community import store as community_store
from node.community.model import Channel
from node.doors.called import living_channel
from node.errors import Invalid, NotFound
from node.events import store as events_store
from node.members import persona_store
from node.members.model import Persona
from node.services import NODE, Node
from node.storage.database import Transaction
from node.urls import Urls
from node.version import VERSION
from node.web.answers import document_answer

_ANYBODY = {"Access-Control-Allow-Origin": "*"}
_EITHER = {**_ANYBODY, "Vary": "Accept"}
_SOFTWARE = {"name": "josoor-connect", "version": VERSION}
_NODEINFO = ("2.0", "2.1")


async def get_webfinger(request: web.Request) -> web.Response:
    """Who is behind a handle, an actor's address, or this host itself; `rel` asks for some links
    only. Spec: RFC 7033"""
    node = request.app[NODE]
    resource = request.query.get("resource")
    if not resource:
        raise Invalid({"resource": "is missing"})
    rels = request.query.getall("rel", [])
    document = await _who(node, resource, rels)
    return document_answer(request, orjson.dumps(document), JRD_JSON, _ANYBODY)


async def _who(node: Node, resource: str, rels: list[str]) -> dict[str, Any]:
    urls = node.urls
    wanted = resource.removeprefix("acct:").removeprefix("@").rstrip("/")
    name, _, host = wanted.rpartition("@")
    account = f"{name.lower()}@{host.lower()}"
    if account == urls.account or wanted == urls.community:
        links = [self_link(urls.community), profile_link(urls.community), *_intents(urls.origin)]
        return build(f"acct:{urls.account}", [urls.community], links, rels=rels)
    relay = [self_link(urls.relay), profile_link(f"{urls.origin}/about")]
    if account == f"relay@{urls.authority}" or wanted == urls.relay:
        return build(f"acct:relay@{urls.authority}", [urls.relay], relay, rels=rels)
    if wanted in (urls.origin, urls.authority):
        # the server itself. Spec: FEP-d556
        links = [service_link(urls.relay), *relay]
        return build(f"{urls.origin}/", [urls.relay], links, rels=rels)
    if channel := await _channel(node, account, wanted):
        links = [self_link(channel.actor), profile_link(channel.actor)]
        account = f"acct:{channel.handle}@{urls.authority}"
        return build(account, [channel.actor], links, rels=rels)
    if member := await node.look(lambda tx: _member(tx, urls, account, wanted)):
        actor = urls.member(member.id)
        account = f"acct:{member.handle}@{urls.authority}"
        return build(account, [actor], [self_link(actor), profile_link(actor)], rels=rels)
    raise NotFound("There is nobody of that name here.")


async def _member(tx: Transaction, urls: Urls, account: str, address: str) -> Persona | None:
    """The member's own actor of this handle or address; never one that is hidden, and never an
    account, of which nobody is told (security: K08)."""
    name, _, host = account.rpartition("@")
    if host == urls.authority:
        found = await persona_store.by_handle(tx, name)
    else:
        found = await persona_store.by_actor(tx, urls, address)
    return found if found and found.hidden_at is None else None


async def _channel(node: Node, account: str, address: str) -> Channel | None:
    """The language channel of this handle or address."""
    name, _, host = account.rpartition("@")
    handle = name if host == node.urls.authority else address.removeprefix(node.urls.channel(""))
    return await living_channel(node, handle)


def _intents(origin: str) -> list[dict[str, str]]:
    """Where somebody of ours lets the community follow. Spec: FEP-3b86"""
    page = f"{origin}/desk/following/ask"
    return [
        {"rel": f"{REL_INTENTS}{Intent.FOLLOW.value}", "template": f"{page}/{{object}}"},
        {"rel": REL_SUBSCRIBE, "template": f"{page}/{{uri}}"},
    ]


async def get_change_password(request: web.Request) -> web.Response:
    """Where somebody changes her password. Spec: W3C change-password-url"""
    raise web.HTTPSeeOther("/me/password")


async def get_host_meta(request: web.Request) -> web.Response:
    """Where WebFinger is, for those who ask the old way, as JSON if they ask for that.

    Spec: RFC 6415
    """
    accept = request.headers.get("Accept", "")
    if "json" in accept and "xml" not in accept:
        return await get_host_meta_json(request)
    body = hostmeta.xrd(request.app[NODE].urls.origin)
    return document_answer(request, body, "application/xrd+xml; charset=utf-8", _EITHER)


async def get_host_meta_json(request: web.Request) -> web.Response:
    """The same as JSON. Spec: RFC 6415 3"""
    document = hostmeta.jrd(request.app[NODE].urls.origin)
    return document_answer(request, orjson.dumps(document), "application/json", _EITHER)


async def get_nodeinfo_links(request: web.Request) -> web.Response:
    """Where NodeInfo is, and which actor is the node itself. Spec: FEP-f1d5, FEP-2677"""
    urls = request.app[NODE].urls
    places = {version: f"{urls.origin}/nodeinfo/{version}" for version in _NODEINFO}
    document = well_known(nodeinfo=places, application=urls.relay)
    return document_answer(request, orjson.dumps(document), "application/json", _ANYBODY)


async def get_nodeinfo(request: web.Request) -> web.Response:
    """What runs here, in version 2.0 or 2.1; no numbers about people. Spec: NodeInfo"""
    node, version = request.app[NODE], request.path.rpartition("/")[2]
    document = build_nodeinfo(version=version, software=_SOFTWARE, **await node.look(_usage))
    return document_answer(request, orjson.dumps(document), content_type(version), _ANYBODY)


async def _usage(tx: Transaction) -> dict[str, Any]:
    """One user, since one actor publishes here; what it published; its name and languages."""
    community = await community_store.find(tx)
    metadata = {}
    if community:
        metadata = {
            "nodeName": community.name.get(community.language)
            or next(iter(community.name.values()), ""),
            "languages": list(community.languages),
        }
    return {"users": 1, "posts": await events_store.count(tx), "metadata": metadata}
