"""The community and the relay as ActivityPub actors."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from activitypub.contexts import ACTOR_CONTEXT
from node.community.model import ActorKey, Community
from node.text.markdown import to_html
from node.urls import Urls

Json = dict[str, Any]

LISTED_PROOF_KEYS = 8
"""How many Ed25519 keys an actor shows: what was proven with an earlier one stays provable, and
peers take no more than ten keys of an actor."""


def community_document(community: Community, keys: Sequence[ActorKey], urls: Urls) -> Json:
    """The community as a `Group`, as everybody may read it. Spec: ActivityPub 4.1"""
    actor = urls.community
    language = community.language
    names = dict(community.name)
    html = {tag: to_html(text) for tag, text in community.description.items()}
    document = {
        **_actor(actor, "Group", community.handle, keys, urls),
        "name": names.get(language) or next(iter(names.values())),
        "nameMap": names,
        "featured": urls.collection(actor, "featured"),
        "upcomingEvents": urls.collection(actor, "upcoming"),
        **{
            name: urls.collection(actor, name)
            for name in ("members", "posts", "resources", "todos", "discussions", "events")
        },
        "url": actor,
        "published": community.created.strftime("%Y-%m-%dT00:00:00Z"),
        "discoverable": True,
        "indexable": True,
        "openness": "invite_only",
        "attachment": [
            {
                "type": "PropertyValue",
                "name": "Website",
                "value": f'<a href="{urls.origin}/" rel="me">{urls.authority}</a>',
            }
        ],
    }
    # Mobilizon reads these from `endpoints`, not from the actor itself (platforms: b.1.2)
    document["endpoints"].update(
        {
            name: document[name]
            for name in ("members", "posts", "resources", "todos", "discussions", "events")
        }
    )
    if html:
        document["summary"] = html.get(language) or next(iter(html.values()))
        document["summaryMap"] = html
    return document


def relay_document(community: Community, keys: Sequence[ActorKey], urls: Urls) -> Json:
    """The node's own actor: it signs what the node fetches. Spec: FEP-2677"""
    return {
        **_actor(urls.relay, "Application", "relay", keys, urls),
        "name": f"{urls.authority} relay",
        "url": f"{urls.origin}/about",
        "discoverable": False,
        "indexable": False,
    }


def _actor(
    actor: str, kind: str, username: str, keys: Sequence[ActorKey], urls: Urls
) -> dict[str, Any]:
    own = [key for key in keys if key.actor == actor]
    # one object, the newest: a list of keys breaks Mobilizon and others
    rsa = [key for key in own if key.kind == "rsa"][-1]
    edwards = [key for key in reversed(own) if key.kind == "ed25519"][:LISTED_PROOF_KEYS]
    return {
        "@context": ACTOR_CONTEXT,
        "id": actor,
        "type": kind,
        "preferredUsername": username,
        "webfinger": f"{username}@{urls.authority}",
        "inbox": urls.inbox(actor),
        "outbox": urls.collection(actor, "outbox"),
        "followers": urls.collection(actor, "followers"),
        "following": urls.collection(actor, "following"),
        "endpoints": {"sharedInbox": urls.shared_inbox},
        "manuallyApprovesFollowers": False,
        "publicKey": {
            "id": rsa.id,
            "type": "Key",
            "owner": actor,
            "publicKeyPem": rsa.public,
        },
        "assertionMethod": [
            {
                "id": key.id,
                "type": "Multikey",
                "controller": actor,
                "publicKeyMultibase": key.public,
            }
            for key in edwards
        ],
    }
