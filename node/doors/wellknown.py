"""How others find us: WebFinger, host-meta, NodeInfo, health."""

from __future__ import annotations

import asyncio
import math

import orjson
from aiohttp import web

from activitypub.names import ACTIVITY_JSON, JRD_JSON
from activitypub.nodeinfo import build as build_nodeinfo
from activitypub.nodeinfo import well_known
from activitypub.webfinger import build
from node.community import store as community_store
from node.context import Context
from node.errors import Invalid, NotFound, Unavailable
from node.events import store as events_store
from node.services import NODE, Node
from node.version import VERSION
from node.web.answers import document_answer, json_answer

_APPLICATION = "https://www.w3.org/ns/activitystreams#Application"
_SERVICE = "https://www.w3.org/ns/activitystreams#Service"
_TOUCH_SECONDS = 1.0
_ANYBODY = {"Access-Control-Allow-Origin": "*"}


async def get_webfinger(request: web.Request) -> web.Response:
    """Who is behind a handle, an actor's address, or this host itself. Spec: RFC 7033"""
    node = request.app[NODE]
    resource = request.query.get("resource")
    if not resource:
        raise Invalid({"resource": "is missing"})
    document = _who(node, resource)
    return document_answer(request, orjson.dumps(document), JRD_JSON, _ANYBODY)


def _who(node: Node, resource: str) -> dict[str, object]:
    urls = node.urls
    wanted = resource.removeprefix("acct:").removeprefix("@").rstrip("/")
    name, _, host = wanted.rpartition("@")
    account = f"{name.lower()}@{host.lower()}"
    if account == urls.account or wanted == urls.community:
        return build(f"acct:{urls.account}", [urls.community, urls.origin], _links(urls.community))
    if account == f"relay@{urls.authority}" or wanted == urls.relay:
        return build(f"acct:relay@{urls.authority}", [urls.relay], _links(urls.relay))
    if wanted in (urls.origin, urls.authority):
        # the server itself. Spec: FEP-d556
        service = {"rel": _SERVICE, "type": ACTIVITY_JSON, "href": urls.relay}
        return build(urls.origin, [urls.relay], [service, *_links(urls.relay)])
    raise NotFound("There is nobody of that name here.")


def _links(actor: str) -> list[dict[str, str]]:
    return [
        {"rel": "self", "type": ACTIVITY_JSON, "href": actor},
        {"rel": "http://webfinger.net/rel/profile-page", "type": "text/html", "href": actor},
    ]


async def get_host_meta(request: web.Request) -> web.Response:
    """Where WebFinger is, for those who ask the old way. Spec: RFC 6415"""
    origin = request.app[NODE].urls.origin
    body = (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<XRD xmlns="http://docs.oasis-open.org/ns/xri/xrd-1.0">\n'
        f'  <Link rel="lrdd" template="{origin}/.well-known/webfinger?resource={{uri}}"/>\n'
        "</XRD>\n"
    )
    return document_answer(request, body.encode(), "application/xrd+xml; charset=utf-8", _ANYBODY)


async def get_nodeinfo_links(request: web.Request) -> web.Response:
    """Where NodeInfo is, and which actor is the node itself. Spec: FEP-f1d5, FEP-2677"""
    urls = request.app[NODE].urls
    document = well_known(nodeinfo=f"{urls.origin}/nodeinfo/2.1", application=urls.relay)
    return document_answer(request, orjson.dumps(document), "application/json", _ANYBODY)


async def get_nodeinfo(request: web.Request) -> web.Response:
    """What runs here; no numbers about people. Spec: NodeInfo 2.1"""
    node = request.app[NODE]
    community = await node.look(community_store.find)
    posts = await node.look(events_store.count)
    name = next(iter(community.name.values())) if community else ""
    document = build_nodeinfo(
        name="josoor-connect",
        version=VERSION,
        users=1,
        posts=posts,
        metadata={"nodeName": name},
    )
    content_type = 'application/json; profile="http://nodeinfo.diaspora.software/ns/schema/2.1#"'
    return document_answer(request, orjson.dumps(document), content_type, _ANYBODY)


async def get_health(request: web.Request) -> web.Response:
    """Whether the process answers."""
    return json_answer({"status": "ok"})


async def get_ready(request: web.Request) -> web.Response:
    """Whether the database takes writes and the queue moves; 503 if not."""
    node = request.app[NODE]
    await _try_to_write(node)
    if any(worker.done() for worker in node.workers):
        raise Unavailable("What waits is not delivered or heard. Look at the log; start anew.")
    return json_answer({"status": "ready"})


async def _try_to_write(node: Node) -> None:
    """Once a second at most: anybody may ask, and a write costs more than the answer."""
    now = asyncio.get_running_loop().time()
    if now - node.touched < _TOUCH_SECONDS:
        return
    node.touched = now
    try:
        await node.act(_touch)
    except BaseException:
        node.touched = -math.inf
        raise


async def _touch(context: Context) -> None:
    await context.tx.run("update community set created = created")
