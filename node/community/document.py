"""The community and the relay as ActivityPub actors."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from activitypub.contexts import ACTOR_CONTEXT
from node.community.model import ActorKey, Channel, Community
from node.i18n.languages import choose, own_name
from node.text.markdown import to_html
from node.urls import Urls

Json = dict[str, Any]

LISTED_PROOF_KEYS = 8
"""How many Ed25519 keys an actor shows: what was proven with an earlier one stays provable, and
peers take no more than ten keys of an actor."""

CAPABILITIES = (
    {
        "type": "Link",
        "href": "https://datatracker.ietf.org/doc/html/rfc9421",
        "name": "RFC-9421: HTTP Message Signatures",
    },
    {
        "type": "Link",
        "href": "https://datatracker.ietf.org/doc/html/rfc9421#name-eddsa-using-curve-edwards25",
        "name": "RFC-9421 signatures using the Ed25519 algorithm",
    },
)
"""What peers may rely on though no document of ours shows it. Spec: FEP-844e"""


_OF_MOBILIZON = ("members", "posts", "resources", "todos", "discussions", "events")
"""Collections that Mobilizon asks a group for (platforms: b.1.2)."""


def community_document(
    community: Community, keys: Sequence[ActorKey], urls: Urls, channels: Sequence[Channel] = ()
) -> Json:
    """The community as a `Group`, as everybody may read it. Spec: ActivityPub 4.1"""
    actor = urls.community
    collections = {name: urls.collection(actor, name) for name in _OF_MOBILIZON}
    document = {
        **actor_core(actor, "Group", community.handle, keys, urls),
        "name": own_title(community),
        "nameMap": dict(community.name),
        "featured": urls.collection(actor, "featured"),
        "upcomingEvents": urls.collection(actor, "upcoming"),
        **collections,
        "url": actor,
        "published": community.created.strftime("%Y-%m-%dT00:00:00Z"),
        "discoverable": True,
        "indexable": True,
        "openness": "invite_only",
        "generator": {"type": "Application", "implements": [dict(each) for each in CAPABILITIES]},
        "attachment": [
            {
                "type": "PropertyValue",
                "name": "Website",
                "value": f'<a href="{urls.origin}/" rel="me">{urls.authority}</a>',
            },
            *(
                field(own_name(channel.language), channel.actor, channel.handle, urls)
                for channel in channels
            ),
        ],
    }
    # Mobilizon reads these from `endpoints`, not from the actor itself
    document["endpoints"].update(collections)
    html = {tag: to_html(text) for tag, text in community.description.items()}
    if html:
        document["summary"] = html.get(community.language) or next(iter(html.values()))
        document["summaryMap"] = html
    return document


def channel_document(
    channel: Channel, community: Community, keys: Sequence[ActorKey], urls: Urls
) -> Json:
    """A language channel as a `Group` that belongs to the community, all in its own language."""
    language = channel.language
    name = channel_name(channel, community)
    document = {
        **actor_core(channel.actor, "Group", channel.handle, keys, urls),
        "name": name,
        "nameMap": {language: name},
        "attributedTo": urls.community,
        "featured": urls.collection(channel.actor, "featured"),
        "url": channel.actor,
        "published": channel.created.strftime("%Y-%m-%dT00:00:00Z"),
        "discoverable": True,
        "indexable": True,
        "generator": {"type": "Application", "implements": [dict(each) for each in CAPABILITIES]},
        "attachment": [field(own_title(community), urls.community, community.handle, urls)],
    }
    if text := choose(community.description, [language])[0]:
        document["summary"] = to_html(text)
        document["summaryMap"] = {language: to_html(text)}
    return document


def channel_name(channel: Channel, community: Community) -> str:
    """What a channel is called: as it was named, else as the community, with its language."""
    name = choose(community.name, [channel.language])[0]
    return channel.name or f"{name} · {own_name(channel.language)}"


def own_title(community: Community) -> str:
    """The community's name in its own language."""
    names = community.name
    return names.get(community.language) or next(iter(names.values()))


def field(label: str, actor: str, handle: str, urls: Urls) -> Json:
    """One of our actors as a field of a profile, which microblogs show."""
    link = f'<a href="{actor}">@{handle}@{urls.authority}</a>'
    return {"type": "PropertyValue", "name": label, "value": link}


def relay_document(community: Community, keys: Sequence[ActorKey], urls: Urls) -> Json:
    """The node's own actor: it signs what the node fetches. Spec: FEP-2677"""
    return {
        **actor_core(urls.relay, "Application", "relay", keys, urls),
        "name": f"{urls.authority} relay",
        "url": f"{urls.origin}/about",
        "discoverable": False,
        "indexable": False,
        "implements": [dict(each) for each in CAPABILITIES],
    }


def actor_core(
    actor: str, kind: str, username: str, keys: Sequence[ActorKey], urls: Urls
) -> dict[str, Any]:
    """What every actor of ours has: its addresses and its keys, of all `keys` its own."""
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
