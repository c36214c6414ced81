"""Actors, objects, inboxes, discovery: what other servers ask for and send."""

from __future__ import annotations

from node.doors import (
    channels,
    conversations,
    documents,
    health,
    inbox,
    members,
    polls,
    securitytxt,
    synchronisation,
    wellknown,
)
from node.routing.policies import PEER, PUBLIC, Route
from node.urls import COLLECTIONS, ID_PATTERN

_MEMBER = f"/p/{ID_PATTERN}"
_COLLECTION = "{collection:" + "|".join(COLLECTIONS) + "}"


DOCUMENTS: tuple[Route, ...] = (
    # actors and objects
    Route("GET", "/c/{handle}", channels.get_group, PUBLIC, kept=True),
    Route("GET", "/relay", documents.get_relay, PUBLIC, kept=True),
    Route("GET", f"/e/{ID_PATTERN}", documents.get_event, PUBLIC, kept=True),
    Route("GET", f"/n/{ID_PATTERN}", documents.get_note, PUBLIC, kept=True),
    Route("GET", f"/q/{ID_PATTERN}", polls.get_poll, PUBLIC, kept=True),
    Route("GET", f"/r/{ID_PATTERN}", conversations.get_answer, PUBLIC, kept=True),
    Route("GET", f"/s/{ID_PATTERN}", conversations.get_stamp, PUBLIC, kept=True),
    Route("GET", conversations.THREAD_PATH, conversations.get_thread, PUBLIC, kept=True),
    Route("GET", f"/a/{ID_PATTERN}", documents.get_activity, PUBLIC, kept=True),
    Route("GET", "/c/{handle}/" + _COLLECTION, channels.get_group_collection, PUBLIC, kept=True),
    Route(
        "GET",
        "/relay/{collection:outbox|followers|following}",
        documents.get_relay_collection,
        PUBLIC,
        kept=True,
    ),
    Route("GET", "/c/{handle}/followers_synchronization", synchronisation.get_followers, PUBLIC),
    Route("GET", "/relay/followers_synchronization", synchronisation.get_relay_followers, PUBLIC),
    # members who asked for an actor of their own
    Route("GET", _MEMBER, members.get_member, PUBLIC),
    Route(
        "GET", _MEMBER + "/{collection:outbox|followers|following}", members.get_collection, PUBLIC
    ),
    Route(
        "GET", f"{_MEMBER}/followers_synchronization", synchronisation.get_member_followers, PUBLIC
    ),
    Route("GET", _MEMBER + "/posts/{post:[0-9a-hjkmnp-tv-z]{26}}", members.get_post, PUBLIC),
    Route("GET", _MEMBER + "/a/{activity:[0-9a-hjkmnp-tv-z]{26}}", members.get_activity, PUBLIC),
    Route("POST", f"{_MEMBER}/inbox", inbox.post_member_inbox, PEER),
    # inboxes
    Route("POST", "/inbox", inbox.post_shared_inbox, PEER),
    Route("POST", "/c/{handle}/inbox", inbox.post_inbox, PEER),
    Route("POST", "/relay/inbox", inbox.post_relay_inbox, PEER),
    # discovery and health
    Route("GET", "/.well-known/webfinger", wellknown.get_webfinger, PUBLIC, kept=True),
    Route("GET", "/.well-known/host-meta", wellknown.get_host_meta, PUBLIC, kept=True),
    Route("GET", "/.well-known/host-meta.json", wellknown.get_host_meta_json, PUBLIC, kept=True),
    Route("GET", "/.well-known/nodeinfo", wellknown.get_nodeinfo_links, PUBLIC, kept=True),
    Route("GET", "/.well-known/security.txt", securitytxt.get_security_txt, PUBLIC),
    Route("GET", "/.well-known/change-password", wellknown.get_change_password, PUBLIC),
    Route("GET", "/nodeinfo/2.0", wellknown.get_nodeinfo, PUBLIC, kept=True),
    Route("GET", "/nodeinfo/2.1", wellknown.get_nodeinfo, PUBLIC, kept=True),
    Route("GET", "/healthz", health.get_health, PUBLIC),
    Route("GET", "/readyz", health.get_ready, PUBLIC),
)
