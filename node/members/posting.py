"""What a persona writes: to everybody, to its followers, or to one person who wrote to it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta

from federation.outward.audience import destinations
from federation.policy import Standing
from federation.ports import Destination
from node.community import direct_store
from node.community.federate import follower_inboxes
from node.context import Context
from node.errors import Conflict, Invalid, NotFound, TooMany
from node.i18n.messages import N_
from node.ids import edited_at
from node.members import post_store, speaking
from node.members.document import addressing, note_document, tombstone
from node.members.model import LONGEST_POST, Addressee, Audience, Persona, Post, PostState
from node.moderation import actions as moderation
from node.people.silence_store import Thing, note_gone
from node.reading import prose

_MOST_A_DAY = 50
IS_HIDDEN = N_("Everything is hidden now. Show it again first.")
NOT_TO_HER = N_("This person cannot be written to from here.")
ENOUGH = N_("That is enough for one day. Please go on tomorrow.")
NO_POST = N_("There is no such post.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Parent:
    """What a post answers; if it is not public, only its author gets the post (security: K21)."""

    address: str
    author: Addressee
    is_public: bool


async def publish(
    context: Context,
    persona: Persona,
    source: str,
    *,
    audience: Audience,
    language: str,
    parent: Parent | None = None,
) -> Post:
    """The new post, on its way. Raises: Invalid, Conflict, TooMany."""
    words = _words(source)
    if persona.hidden_at:
        raise Conflict(IS_HIDDEN)
    day_ago = context.now - timedelta(days=1)
    if await post_store.number_since(context.tx, persona.id, day_ago) >= _MOST_A_DAY:
        raise TooMany(ENOUGH, 3600)
    if parent:
        await _check_reachable(context, parent.author)
    post = Post(
        id=context.new_id(),
        persona=persona.id,
        source=words,
        language=language,
        audience=_audience(audience, parent),
        state=PostState.SHOWN,
        parent=parent.address if parent else None,
        to=parent.author if parent else None,
        published=context.now,
        updated=context.now,
    )
    await post_store.add(context.tx, post)
    await _send(context, persona, "Create", post)
    return post


def _audience(wanted: Audience, parent: Parent | None) -> Audience:
    if parent is not None and not parent.is_public:
        return Audience.DIRECT
    # To one person only what answers her: nobody is written to out of the blue.
    return Audience.FOLLOWERS if wanted is Audience.DIRECT else wanted


async def _check_reachable(context: Context, to: Addressee) -> None:
    """Raises: Conflict."""
    suspended = await moderation.standing(context, to.actor) is Standing.SUSPENDED
    if suspended or await direct_store.is_doubtful(context.tx, to.actor):
        raise Conflict(NOT_TO_HER)


async def edit(context: Context, persona: Persona, post_id: str, source: str) -> Post:
    """The post with other words, told to whoever got it. Raises: NotFound, Invalid, Conflict."""
    post, words = await find(context, persona, post_id), _words(source)
    if persona.hidden_at or post.state is not PostState.SHOWN:
        raise Conflict(IS_HIDDEN)
    if words == post.source:
        return post
    post = replace(post, source=words, updated=edited_at(context.now, post.updated))
    await post_store.change(context.tx, post)
    await _send(context, persona, "Update", post)
    return post


async def delete(context: Context, persona: Persona, post_id: str, *, noted: bool = False) -> None:
    """The post is no more; its words are kept nowhere here. Raises: NotFound.

    `noted`: the ledger, which a restore follows, knows of it already.
    """
    post = await find(context, persona, post_id)
    if not noted:
        await note_gone(context, Thing.POST, post.id)
    if post.state is PostState.SHOWN:
        await withdraw(context, persona, post)
    await erase(context, post)


async def erase(context: Context, post: Post) -> None:
    """Keep no word of a post; elsewhere nothing changes."""
    gone = replace(post, source="", state=PostState.DELETED, updated=context.now, to=None)
    await post_store.change(context.tx, replace(gone, parent=None))


async def withdraw(context: Context, persona: Persona, post: Post) -> None:
    """Send a post's Delete to every host that ever got something about it."""
    address = context.urls.member_post(persona.id, post.id)
    document = {
        **tombstone(address, "Note", context.now),
        **addressing(persona, post, context.urls),
    }
    said = speaking.activity(context, persona, "Delete", document)
    said["object"] = tombstone(address, "Note", context.now)
    said["object"].pop("@context")
    await speaking.send(context, said, about=address, ways=[], erases=True)


async def find(context: Context, persona: Persona, post_id: str) -> Post:
    """A post that was not deleted. Raises: NotFound."""
    post = await post_store.find(context.tx, persona.id, post_id)
    if post is None or post.state is PostState.DELETED:
        raise NotFound(NO_POST)
    return post


def _words(source: str) -> str:
    try:
        return prose(LONGEST_POST)(source)
    except ValueError as wrong:
        raise Invalid({"text": str(wrong)}) from wrong


async def _send(context: Context, persona: Persona, kind: str, post: Post) -> None:
    document = note_document(persona, post, context.urls)
    await speaking.send(
        context,
        speaking.activity(context, persona, kind, document),
        about=str(document["id"]),
        ways=await _ways(context, persona, post),
    )


async def _ways(context: Context, persona: Persona, post: Post) -> list[Destination]:
    found: list[Destination] = []
    if post.audience is not Audience.DIRECT:
        found += await follower_inboxes(context, context.urls.member(persona.id))
    if post.to:
        shared = post.to.shared_inbox if post.audience is Audience.PUBLIC else None
        found += destinations([(post.to.inbox, shared, post.to.actor)])
    return found
