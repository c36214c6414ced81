"""What others write to a member's own actor: kept for her, and for nobody else.

Only from those who follow her with her consent, and in reply to what she wrote: nobody else can
write to her. Other people's words are forgotten after `LIFE`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from activitypub.activities import Create, Delete, Update, object_id
from activitypub.addressing import is_public
from activitypub.identity import same_origin
from activitypub.objects import Mention, Note, Object
from federation.inward.listeners import Heard, Ignored, NotMine
from federation.policy import Standing
from node.community import store as community_store
from node.context import Context
from node.jobs import jobs
from node.listening import listeners
from node.members import persona_store, post_store
from node.members.model import Addressee, Letter, Persona, PostState
from node.moderation import actions as moderation
from node.people.silence_store import Thing, note_gone
from node.storage.cast import own_actors
from node.text.sanitise import clean, plain

RANK = 25
LIFE = timedelta(days=90)
_MOST = 200
_MOST_OF_ONE_A_DAY = 30
_LONGEST = 20_000
_MOST_TAGS = 50


@listeners.on(Create, Note, rank=RANK)
async def on_create(context: Context, heard: Heard) -> None:
    """Somebody writes to a member's own actor, or replies to her: kept for her alone."""
    thing = heard.object
    personas = await _addressed(context, heard)
    if thing is None or thing.id is None or not personas:
        raise NotMine("not-to-a-member")
    _check_the_signers(heard, thing)
    if await moderation.standing(context, heard.sender.id) is Standing.SUSPENDED:
        raise Ignored("blocked")
    kept = [await _keep(context, heard, thing, persona) for persona in personas]
    if not any(kept):
        raise Ignored("not-known-to-her")


@listeners.on(Update, Note, rank=RANK)
async def on_update(context: Context, heard: Heard) -> None:
    """A letter as its author has it now."""
    thing = heard.object
    held = await post_store.letters_at(context.tx, thing.id) if thing and thing.id else []
    if thing is None or not held:
        raise NotMine("not-to-a-member")
    _check_the_signers(heard, thing)
    for letter in held:
        if letter.author.actor != heard.sender.id:
            raise Ignored("not-the-signers")
        await post_store.put_letter(context.tx, replace(letter, html=_html(thing)), most=_MOST)


@listeners.on(Delete, rank=RANK)
async def on_delete(context: Context, heard: Heard) -> None:
    """A letter that its author deleted is dropped."""
    gone = object_id(heard.activity)
    held = await post_store.letters_at(context.tx, gone) if gone else []
    if not held:
        raise NotMine("not-to-a-member")
    if any(letter.author.actor != heard.sender.id for letter in held):
        raise Ignored("not-the-signers")
    await note_gone(context, Thing.SAID, held[0].address)
    await drop(context, held)


async def drop(context: Context, letters: Sequence[Letter]) -> None:
    """Keep no word of these letters."""
    for letter in letters:
        await post_store.drop_letter(context.tx, letter.id)


@jobs.every(timedelta(hours=6))
async def forget_letters(context: Context) -> None:
    """Forget what others wrote long ago, and who has waited for an answer for as long."""
    await persona_store.forget_wishes(context.tx, context.now)
    await post_store.forget_letters(context.tx, context.now - LIFE)


async def _addressed(context: Context, heard: Heard) -> list[Persona]:
    """The personas to whom it is addressed, or who are mentioned; none where the community is."""
    thing = heard.object
    if thing is None:
        return []
    tags = [tag.href for tag in thing.tag[:_MOST_TAGS] if isinstance(tag, Mention)]
    named = [*thing.to, *thing.cc, *heard.activity.to, *heard.activity.cc, *tags]
    if not set(named).isdisjoint(await own_actors(context.tx, context.urls)):
        return []
    ours = {context.urls.member_id(each) for each in named if each} - {None}
    found = [await persona_store.by_id(context.tx, each or "") for each in sorted(map(str, ours))]
    return [persona for persona in found if persona and persona.hidden_at is None]


def _check_the_signers(heard: Heard, thing: Object) -> None:
    written_by = thing.attributed_to or (heard.sender.id,)
    if written_by[0] != heard.sender.id or not same_origin(thing.id or "", heard.sender.id):
        raise Ignored("not-the-signers")


async def _keep(context: Context, heard: Heard, thing: Object, persona: Persona) -> bool:
    day_ago = context.now - timedelta(days=1)
    many = await post_store.letters_since(context.tx, persona.id, heard.sender.id, day_ago)
    html = _html(thing)
    if many >= _MOST_OF_ONE_A_DAY or not plain(html):
        return False
    if not await _is_known(context, heard, thing, persona):
        return False
    sender = heard.sender
    said = thing.published
    letter = Letter(
        id=context.new_id(),
        persona=persona.id,
        address=thing.id or "",
        author=Addressee(
            actor=sender.id,
            name=f"{sender.username}@{sender.host}",
            inbox=sender.inbox,
            shared_inbox=sender.shared_inbox,
        ),
        html=html,
        parent=thing.in_reply_to,
        is_public=is_public(thing if thing.to or thing.cc else heard.activity),
        published=min(said, context.now) if said and said.tzinfo else context.now,
        received=context.now,
    )
    await post_store.put_letter(context.tx, letter, most=_MOST)
    return True


async def _is_known(context: Context, heard: Heard, thing: Object, persona: Persona) -> bool:
    """Whether the sender follows her, or answers something that she wrote."""
    actor = context.urls.member(persona.id)
    followers = await community_store.followers(context.tx, actor)
    if any(one.actor == heard.sender.id for one in followers):
        return True
    prefix = context.urls.member_post(persona.id, "")
    parent = thing.in_reply_to or ""
    if not parent.startswith(prefix):
        return False
    post = await post_store.find(context.tx, persona.id, parent.removeprefix(prefix))
    return post is not None and post.state is PostState.SHOWN


def _html(thing: Object) -> str:
    content = thing.content.best(()) if thing.content else ("", None)
    return clean(content[0][:_LONGEST]).strip()
