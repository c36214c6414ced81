"""A member's own actor and its posts as ActivityPub documents: allow-lists, nothing by accident."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from activitypub.contexts import OBJECT_CONTEXT
from activitypub.names import PUBLIC
from node.community.document import actor_core
from node.community.model import ActorKey
from node.ids import rfc3339
from node.members.model import Audience, Persona, Post
from node.text.markdown import to_html
from node.urls import Urls

Json = dict[str, Any]


def person_document(persona: Persona, keys: Sequence[ActorKey], urls: Urls) -> Json:
    """The persona as a `Person`; without name and words while it is hidden.

    Not to be found by search, and nobody follows without being asked for. Spec: DP05, DP10
    """
    actor = urls.member(persona.id)
    document = {
        **actor_core(actor, "Person", persona.handle, keys, urls),
        "name": persona.handle if persona.hidden_at else persona.name,
        "url": actor,
        "published": persona.created.strftime("%Y-%m-%dT00:00:00Z"),
        "manuallyApprovesFollowers": True,
        "discoverable": False,
        "indexable": False,
    }
    if persona.summary and not persona.hidden_at:
        html = to_html(persona.summary)
        document |= {"summary": html, "summaryMap": {persona.language: html}}
    return document


def note_document(persona: Persona, post: Post, urls: Urls) -> Json:
    """A post as a `Note`."""
    address, html = urls.member_post(persona.id, post.id), to_html(post.source)
    document: Json = {
        "@context": OBJECT_CONTEXT,
        "id": address,
        "type": "Note",
        "attributedTo": urls.member(persona.id),
        **addressing(persona, post, urls),
        "content": html,
        "contentMap": {post.language: html},
        "mediaType": "text/html",
        "published": rfc3339(post.published),
        "url": address,
        "attachment": [],
        "tag": [_mention(post)] if post.to else [],
    }
    if post.updated > post.published:
        document["updated"] = rfc3339(post.updated)
    if post.parent:
        document["inReplyTo"] = post.parent
    return document


def addressing(persona: Persona, post: Post, urls: Urls) -> Json:
    """`to` and `cc` of a post and of whatever is about it (security: K27)."""
    followers = urls.collection(urls.member(persona.id), "followers")
    to = [post.to.actor] if post.to else []
    if post.audience is Audience.PUBLIC:
        return {"to": [PUBLIC], "cc": [followers, *to]}
    if post.audience is Audience.FOLLOWERS:
        return {"to": [followers], "cc": to}
    return {"to": to, "cc": []}


def tombstone(address: str, kind: str, at: datetime | None = None) -> Json:
    """What is left of something that was deleted. Spec: ActivityPub 6.4"""
    document = {
        "@context": OBJECT_CONTEXT,
        "id": address,
        "type": "Tombstone",
        "formerType": kind,
    }
    return document | ({"deleted": rfc3339(at)} if at else {})


def create_of(persona: Persona, post: Post, urls: Urls) -> Json:
    """The Create of a post as the outbox shows it."""
    note = note_document(persona, post, urls)
    note.pop("@context")
    return {
        "id": f"{note['id']}#create",
        "type": "Create",
        "actor": urls.member(persona.id),
        "published": note["published"],
        "to": note["to"],
        "cc": note["cc"],
        "object": note,
    }


def _mention(post: Post) -> Json:
    """Without it Mastodon does not notify (mastodon: 3.5)."""
    assert post.to is not None
    return {"type": "Mention", "href": post.to.actor, "name": f"@{post.to.name.lstrip('@')}"}
