"""Every path of the node in one table, with who may call it. `josoor routes` prints it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from aiohttp import web

from node.community import pages as community_pages
from node.doors import (
    api,
    documents,
    feeds,
    inbox,
    openapi,
    setup,
    static,
    synchronisation,
    wellknown,
)
from node.doors import api_moderation as moderation
from node.events import pages as events_pages
from node.network import pages as network_pages
from node.people.model import Scope
from node.urls import COLLECTIONS, ID_PATTERN
from node.web.answers import json_answer

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
_COLLECTION = "{collection:" + "|".join(COLLECTIONS) + "}"


@dataclass(frozen=True, slots=True)
class Route:
    """One path. `scope` None means that everybody may call it; else a token must open it."""

    method: str
    path: str
    handler: Handler
    scope: Scope | None = None


async def get_openapi(request: web.Request) -> web.StreamResponse:
    """The description of the JSON API. Spec: OpenAPI 3.1"""
    return json_answer(openapi.describe(ROUTES), headers={"Access-Control-Allow-Origin": "*"})


ROUTES: tuple[Route, ...] = (
    # pages
    Route("GET", "/", network_pages.get_home),
    Route("GET", "/events", events_pages.get_events),
    Route("GET", "/network", network_pages.get_network),
    Route("GET", "/about", community_pages.get_about),
    Route("GET", "/setup/{secret}", setup.get_setup),
    Route("POST", "/setup/{secret}", setup.post_setup),
    Route("GET", "/static/{name}", static.get_static),
    Route("GET", "/favicon.ico", static.get_favicon),
    Route("GET", "/robots.txt", static.get_robots),
    # feeds
    Route("GET", "/events.ics", feeds.get_calendar),
    Route("GET", "/events.atom", feeds.get_atom),
    Route("GET", "/events.json", feeds.get_json_feed),
    Route("GET", f"/e/{ID_PATTERN}.ics", feeds.get_event_calendar),
    # actors and objects
    Route("GET", "/c/{handle}", documents.get_community),
    Route("GET", "/relay", documents.get_relay),
    Route("GET", f"/e/{ID_PATTERN}", documents.get_event),
    Route("GET", f"/n/{ID_PATTERN}", documents.get_note),
    Route("GET", f"/a/{ID_PATTERN}", documents.get_activity),
    Route("GET", "/c/{handle}/" + _COLLECTION, documents.get_collection),
    Route("GET", "/relay/{collection:outbox|followers|following}", documents.get_relay_collection),
    Route("GET", "/c/{handle}/followers_synchronization", synchronisation.get_followers),
    Route("GET", "/relay/followers_synchronization", synchronisation.get_relay_followers),
    # inboxes
    Route("POST", "/inbox", inbox.post_shared_inbox),
    Route("POST", "/c/{handle}/inbox", inbox.post_inbox),
    Route("POST", "/relay/inbox", inbox.post_relay_inbox),
    # discovery and health
    Route("GET", "/.well-known/webfinger", wellknown.get_webfinger),
    Route("GET", "/.well-known/host-meta", wellknown.get_host_meta),
    Route("GET", "/.well-known/nodeinfo", wellknown.get_nodeinfo_links),
    Route("GET", "/nodeinfo/2.1", wellknown.get_nodeinfo),
    Route("GET", "/healthz", wellknown.get_health),
    Route("GET", "/readyz", wellknown.get_ready),
    # JSON API
    Route("GET", "/api/openapi.json", get_openapi),
    Route("POST", "/api/v1/events", api.post_event, Scope.WRITE),
    Route("GET", "/api/v1/events", api.get_events, Scope.READ),
    Route("GET", f"/api/v1/events/{ID_PATTERN}", api.get_event, Scope.READ),
    Route("PUT", f"/api/v1/events/{ID_PATTERN}", api.put_event, Scope.WRITE),
    Route("DELETE", f"/api/v1/events/{ID_PATTERN}", api.delete_event, Scope.WRITE),
    Route("POST", f"/api/v1/events/{ID_PATTERN}/cancel", api.post_cancel_event, Scope.WRITE),
    Route("GET", "/api/v1/timeline", api.get_timeline, Scope.READ),
    Route("GET", "/api/v1/following", api.get_following, Scope.READ),
    Route("POST", "/api/v1/following", api.post_following, Scope.WRITE),
    Route("DELETE", "/api/v1/following", api.delete_following, Scope.WRITE),
    Route("GET", "/api/v1/followers", api.get_followers, Scope.ADMIN),
    Route("GET", "/api/v1/status", api.get_status, Scope.ADMIN),
    Route("GET", "/api/v1/queue", api.get_queue, Scope.ADMIN),
    Route("PATCH", "/api/v1/community", api.patch_community, Scope.WRITE),
    Route("GET", "/api/v1/blocks", moderation.get_blocks, Scope.ADMIN),
    Route("POST", "/api/v1/blocks", moderation.post_block, Scope.ADMIN),
    Route("DELETE", "/api/v1/blocks", moderation.delete_block, Scope.ADMIN),
    Route("GET", "/api/v1/blocks/mode", moderation.get_block_mode, Scope.ADMIN),
    Route("PUT", "/api/v1/blocks/mode", moderation.put_block_mode, Scope.ADMIN),
    Route("POST", "/api/v1/blocks/import", moderation.post_block_import, Scope.ADMIN),
    Route("GET", "/api/v1/blocks/export", moderation.get_block_export, Scope.ADMIN),
    Route("GET", "/api/v1/reports", moderation.get_reports, Scope.ADMIN),
    Route("POST", "/api/v1/reports", moderation.post_report, Scope.ADMIN),
    Route("GET", f"/api/v1/reports/{ID_PATTERN}", moderation.get_report, Scope.ADMIN),
    Route("POST", f"/api/v1/reports/{ID_PATTERN}/close", moderation.post_close_report, Scope.ADMIN),
    Route("GET", "/api/v1/followers/pending", moderation.get_pending_followers, Scope.ADMIN),
    Route("POST", "/api/v1/followers/approve", moderation.post_approve_follower, Scope.ADMIN),
    Route("POST", "/api/v1/followers/reject", moderation.post_reject_follower, Scope.ADMIN),
)
