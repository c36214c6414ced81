"""From the address of a post elsewhere to what a reply needs: its author, and for whom it is."""

from __future__ import annotations

from activitypub.identity import same_origin
from activitypub.names import PUBLIC_SPELLINGS
from federation.errors import FederationError
from federation.ports import RemoteActor
from node.errors import Invalid, Unavailable
from node.i18n.messages import N_
from node.members.model import Addressee
from node.members.posting import Parent
from node.services import Node

NOT_FOUND = N_("There is no post at this address that could be answered.")
NOT_NOW = N_("This server does not answer now. Please try again later.")


async def parent_at(node: Node, address: str) -> Parent:
    """The public post at this address. Its own server is asked, and its author's.

    Raises: Invalid for what is no post for everybody; Unavailable.
    """
    try:
        found = (await node.fetcher.document(address)).document
        author, post_id = _one(found.get("attributedTo")), _one(found.get("id"))
        if not author or not post_id or not same_origin(author, post_id):
            raise Invalid({"parent": NOT_FOUND})
        actor = await node.actors.actor(author)
    except FederationError as trouble:
        if trouble.retry:
            raise Unavailable(NOT_NOW) from trouble
        raise Invalid({"parent": NOT_FOUND}) from trouble
    if node.urls.is_ours(post_id) or not _is_public(found.get("to"), found.get("cc")):
        raise Invalid({"parent": NOT_FOUND})
    return Parent(address=post_id, author=addressee(actor), is_public=True)


def addressee(actor: RemoteActor) -> Addressee:
    """An actor elsewhere as somebody to write to."""
    return Addressee(
        actor=actor.id,
        name=f"{actor.username}@{actor.host}",
        inbox=actor.inbox,
        shared_inbox=actor.shared_inbox,
    )


def _one(value: object) -> str | None:
    """An address, however it is given: alone, as a thing with an id, first of a list."""
    if isinstance(value, list):
        value = value[0] if value else None
    if isinstance(value, dict):
        value = value.get("id")
    return value if isinstance(value, str) else None


def _is_public(*fields: object) -> bool:
    named = [each for field in fields for each in (field if isinstance(field, list) else [field])]
    return any(isinstance(each, str) and each in PUBLIC_SPELLINGS for each in named)
