"""What others write to us and about us, as it arrives; and when they or their things are gone."""

from __future__ import annotations

from activitypub.activities import Create, Delete, Update, object_id
from activitypub.identity import same_origin
from activitypub.objects import Article, Note, Object, Page, Question
from federation.inward.listeners import Heard, Ignored, NotMine, Undecided
from federation.policy import Standing
from node.community import direct
from node.context import Context
from node.conversations import actions, answers_store, quotes, reactions, saying, store, subjects
from node.conversations.actions import NotTaken, Said
from node.conversations.intake import is_addressed, mentions, sane, visibility_of, words_of
from node.conversations.model import Reply, Subject, Visibility
from node.events.actions import EventDeleted
from node.happenings import happenings
from node.listening import listeners
from node.moderation import actions as moderation
from node.moderation.actions import ActorGone, RulesChanged
from node.storage.cast import own_actors
from node.text.sanitise import web_link

RANK = 30


@listeners.on(Create, Note, rank=RANK)
@listeners.on(Create, Article, rank=RANK)
@listeners.on(Create, Page, rank=RANK)
@listeners.on(Create, Question, rank=RANK)
async def on_create(context: Context, heard: Heard) -> None:
    """A reply to something of ours, a mention or a message: kept, and shown by the rule here."""
    await _hear(context, heard)


@listeners.on(Update, Note, rank=RANK)
@listeners.on(Update, Article, rank=RANK)
@listeners.on(Update, Page, rank=RANK)
@listeners.on(Update, Question, rank=RANK)
async def on_update(context: Context, heard: Heard) -> None:
    """A reply as its author has it now; whether it is shown stays as it was."""
    await _hear(context, heard)


@listeners.on(Delete, rank=RANK)
async def on_delete(context: Context, heard: Heard) -> None:
    """A reply, mention or message that its author deleted is dropped and does not come back."""
    gone = object_id(heard.activity)
    held = await store.find(context.tx, gone) if gone else None
    if held is None or held.address != gone:
        raise NotMine("not-about-us")
    if not await actions.drop(context, held, heard.sender.id):
        raise Ignored("not-the-signers")


async def _hear(context: Context, heard: Heard) -> None:
    thing = heard.object
    if thing is None or thing.id is None:
        raise NotMine("not-public")
    held = await store.find(context.tx, thing.id)
    below = None if held else await _below(context, heard, thing)
    if not _is_the_signers(heard, thing):
        raise Ignored("not-the-signers")
    said = _said(context, heard, thing, below)
    try:
        if held is None:
            await actions.take_in(context, said)
        else:
            _check_newer(heard, held, said)
            await actions.change(context, held, said)
    except NotTaken as declined:
        raise Ignored(declined.reason) from declined


async def _below(context: Context, heard: Heard, thing: Object) -> Subject | None:
    """What of ours it answers; None for a mention or message. Raises: NotMine for neither."""
    parent = thing.in_reply_to
    if parent and (found := await subjects.answered(context.tx, context.urls, parent)):
        return found
    if parent and (about := await direct.about_of(context, parent, heard.sender.id)):
        return Subject(id=parent, root=about, public=False)
    ours = await own_actors(context.tx, context.urls)
    if not is_addressed(thing, heard.activity, ours):
        raise NotMine("not-about-us")
    if visibility_of(thing, heard.activity) is Visibility.DIRECT:
        return None
    followed = await store.is_followed(context.tx, heard.sender.id)
    trusted = await moderation.standing(context, heard.sender.id) is Standing.TRUSTED
    if followed or trusted or not mentions(thing, ours):
        # whom we follow is read in the timeline
        raise NotMine("not-about-us")
    return None


def _is_the_signers(heard: Heard, thing: Object) -> bool:
    written_by = thing.attributed_to or (heard.sender.id,)
    return heard.sender.id == written_by[0] and same_origin(thing.id or "", heard.sender.id)


def _said(context: Context, heard: Heard, thing: Object, below: Subject | None) -> Said:
    published = sane(thing.published, context.now)
    return Said(
        address=thing.id or "",
        author=heard.sender,
        url=web_link(thing.url or thing.id or ""),
        parent=thing.in_reply_to,
        below=below,
        words=words_of(thing),
        visibility=visibility_of(thing, heard.activity),
        published=published,
        updated=max(published, sane(thing.updated or published, context.now)),
    )


def _check_newer(heard: Heard, held: Reply, said: Said) -> None:
    """Raises: Ignored for what is older or another's; Undecided where only its origin can say."""
    if held.author != said.author.id:
        raise Ignored("not-the-signers")
    if said.updated < held.updated:
        raise Ignored("older-or-deleted")
    same = (said.words.html, said.words.warning) == (held.html, held.warning)
    if said.updated == held.updated and not same and not heard.fresh:
        raise Undecided


# --- those who are gone, and what the rules say --------------------------------------------------


@happenings.on(ActorGone)
async def forget_actor(context: Context, fact: ActorGone) -> None:
    """Nothing is kept of an actor that is no more."""
    await store.forget_author(context.tx, fact.actor)
    await reactions.forget_actor(context.tx, fact.actor)
    await quotes.forget_actor(context.tx, fact.actor)
    await answers_store.forget_actor(context.tx, fact.actor)


@happenings.on(RulesChanged)
async def keep_to_the_rules(context: Context, fact: RulesChanged) -> None:
    """Suspended authors are on no page; what a limited one says waits until somebody looks."""
    for author, barred in await store.authors(context.tx):
        standing = fact.book.standing(author)
        if barred != (standing is Standing.SUSPENDED):
            await store.bar(context.tx, author, standing is Standing.SUSPENDED)
        if standing is Standing.LIMITED:
            await store.hold_unseen(context.tx, author)
    for actor, barred in await reactions.actors(context.tx):
        counted = fact.book.standing(actor) in (Standing.OPEN, Standing.TRUSTED)
        if barred == counted:
            await reactions.bar(context.tx, actor, not counted)


@happenings.on(EventDeleted)
async def end_conversation(context: Context, fact: EventDeleted) -> None:
    """With an event goes what was said about it, by others and by us."""
    event = context.urls.event(fact.event.id)
    below = await subjects.own_below(context.tx, context.urls, event)
    answers = await answers_store.all_under(context.tx, event)
    for answer in answers:
        await saying.delete(context, answer.id, noted=True)
    await store.forget_subject(context.tx, event)
    for thing in (event, *below, *(answer.address(context.urls) for answer in answers)):
        await reactions.forget_thing(context.tx, thing)
        await quotes.forget_thing(context.tx, thing)
