"""At the desk: what people say to the community, what waits for a decision, and its answers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from aiohttp import web

from node.community import actions as community_actions
from node.community.model import Community
from node.conversations import actions, answers_store, saying, store
from node.conversations.model import (
    LONGEST_ANSWER,
    Answer,
    Reply,
    ReplyRule,
    ReplyState,
    Visibility,
)
from node.conversations.pages import reader_of
from node.conversations.views import PostView, Reader, answer_view, reply_view
from node.desk.frame import desk_page
from node.desk.nav import nav
from node.desk.waiting import waiting
from node.events import store as events_store
from node.i18n.languages import direction, own_name
from node.i18n.messages import N_, translator
from node.moderation import waves
from node.moderation.words import CATEGORY_WORDS
from node.people.model import Person
from node.people.rights import Right, may
from node.services import NODE
from node.storage.database import Transaction
from node.web.forms import Form, form_of
from node.web.shown import Shown, shown
from node.web.visitor import visitor
from node.web.whole import SURROUNDINGS, go_to

_PATH = "/desk/conversations"
_TITLE, _ONE = N_("What people say"), N_("Answer")
_EMPTY, _TOO_LONG = N_("Please write something."), N_("This is too long. Please make it shorter.")
_KINDS = {"reply": N_("Replies"), "message": N_("Messages"), "mention": N_("Mentions")}
_RULES = {
    ReplyRule.OPEN: N_("Show every reply at once"),
    ReplyRule.FIRST_HELD: N_("Show it at once if we have approved one of its author before"),
    ReplyRule.ALL_HELD: N_("Show no reply before we have approved it"),
    ReplyRule.CLOSED: N_("Take no replies"),
}

nav.add(_PATH, _TITLE, Right.MODERATE, rank=30)
nav.add(f"{_PATH}?kind=message", _KINDS["message"], Right.ANSWER, rank=31)


@waiting.on(_PATH, N_("Replies that wait to be shown"), Right.MODERATE)
async def held_replies(tx: Transaction, now: datetime) -> int:
    """How many replies wait for a decision."""
    return (await store.waiting(tx))["reply"]


@waiting.on(f"{_PATH}?kind=message", N_("Messages without an answer"), Right.ANSWER)
async def open_messages(tx: Transaction, now: datetime) -> int:
    """How many messages nobody has dealt with."""
    return (await store.waiting(tx))["message"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """Something that was said, with what the team needs to deal with it; `crowd`: its author came
    in a wave of strangers."""

    id: str
    kind: str
    state: str
    subject: str | None
    about: Shown | None
    post: PostView
    crowd: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """An answer of ours; `texts` are the words as they were written, to be changed."""

    id: str
    post: PostView
    texts: Mapping[str, str]
    can_change: bool


async def get_conversations(request: web.Request) -> web.StreamResponse:
    """What waits, of one kind; `?state=` for what is shown or hidden."""
    person = await _team(request)
    kind = request.query.get("kind", "reply")
    state = request.query.get("state", "held")
    if kind not in _KINDS or state not in [each.value for each in ReplyState]:
        raise web.HTTPNotFound
    _check_may_read(person, kind)

    reader, _ = await _reader(request)

    async def read(tx: Transaction) -> tuple[list[Card], dict[str, int], ReplyRule]:
        found = await store.listed(tx, kind=kind, state=ReplyState(state))
        names = await _names(tx, found, reader)
        crowd = await waves.members(tx)
        cards = [
            replace(_card(reply, reader, names), crowd=reply.author in crowd) for reply in found
        ]
        return cards, await store.waiting(tx), await store.rule(tx)

    cards, numbers, rule = await request.app[NODE].look(read)
    return await desk_page(
        request,
        "desk_conversations.html",
        _TITLE,
        cards=cards,
        kinds=[
            (name, word, numbers[name])
            for name, word in _KINDS.items()
            if name != "message" or may(person, Right.ANSWER)
        ],
        kind=kind,
        state=state,
        rules=[(each.value, word) for each, word in _RULES.items()],
        rule=rule.value,
        **_rights(person),
    )


async def get_conversation(request: web.Request) -> web.StreamResponse:
    """One of them, with what we answered, and the form to answer."""
    return await _one_page(request)


async def post_answer(request: web.Request) -> web.StreamResponse:
    """The community's answer, on its way."""
    person, form = await _team(request), await form_of(request)
    name = request.match_info["id"]
    texts, errors = await _texts(request, form)
    if errors:
        return await _one_page(request, status=422, errors=errors, form=form)
    await request.app[NODE].act(
        lambda context: saying.say(context, in_reply_to=name, texts=texts, by=person.name)
    )
    return go_to(f"{_PATH}/{name}")


async def post_decision(request: web.Request) -> web.StreamResponse:
    """A reply approved, hidden, or left to wait again."""
    decide = {"approve": actions.show, "hide": actions.hide, "hold": actions.hold}
    chosen, name = decide[request.match_info["verb"]], request.match_info["id"]
    reply = await request.app[NODE].act(lambda context: chosen(context, name))
    return go_to(f"{_PATH}?kind={reply.kind}")


async def post_aside(request: web.Request) -> web.StreamResponse:
    """A message or mention that needs no answer, put aside."""
    name = request.match_info["id"]
    reply = await request.app[NODE].look(lambda tx: store.find(tx, name))
    if reply is None or reply.kind == "reply":
        raise web.HTTPNotFound
    await request.app[NODE].act(lambda context: actions.hide(context, name))
    return go_to(f"{_PATH}?kind={reply.kind}")


async def post_edit(request: web.Request) -> web.StreamResponse:
    """Other words for an answer of ours."""
    form, answer_id = await form_of(request), request.match_info["id"]
    texts, errors = await _texts(request, form)
    if not errors:
        await request.app[NODE].act(lambda context: saying.edit(context, answer_id, texts))
    return go_to(_back(form))


async def post_delete(request: web.Request) -> web.StreamResponse:
    """An answer of ours deleted, here and wherever it went."""
    form, answer_id = await form_of(request), request.match_info["id"]
    await request.app[NODE].act(lambda context: saying.delete(context, answer_id))
    return go_to(_back(form))


async def post_rule(request: web.Request) -> web.StreamResponse:
    """What becomes of public replies from now on."""
    form = await form_of(request)
    if form.text("rule") in [each.value for each in ReplyRule]:
        rule = ReplyRule(form.text("rule"))
        await request.app[NODE].act(lambda context: actions.set_rule(context, rule))
    return go_to(_PATH)


async def _one_page(
    request: web.Request, *, form: Form | None = None, **more: Any
) -> web.StreamResponse:
    person, name = await _team(request), request.match_info["id"]

    reader, community = await _reader(request)

    async def read(tx: Transaction) -> tuple[Card, list[Answer]]:
        reply = await store.find(tx, name)
        if reply is None:
            raise web.HTTPNotFound
        card = _card(reply, reader, await _names(tx, [reply], reader))
        return card, await answers_store.to(tx, reply.address)

    card, answers = await request.app[NODE].look(read)
    _check_may_read(person, card.kind)
    return await desk_page(
        request,
        "desk_conversation.html",
        _ONE,
        card=card,
        answers=[_said(each, reader) for each in answers],
        languages=[(tag, own_name(tag), direction(tag)) for tag in community.languages],
        form=form or Form(()),
        longest=LONGEST_ANSWER,
        categories=[
            (each.value, translator(reader.ui_language).gettext(word))
            for each, word in CATEGORY_WORDS.items()
        ],
        **_rights(person),
        **more,
    )


async def _texts(request: web.Request, form: Form) -> tuple[dict[str, str], dict[str, str]]:
    """(the words by language, what is wrong with the form)."""
    community = await request.app[NODE].look(community_actions.the_community)
    texts = {tag: form.text(f"text-{tag}") for tag in community.languages}
    texts = {tag: text for tag, text in texts.items() if text}
    errors = {f"text-{tag}": _TOO_LONG for tag in texts if len(texts[tag]) > LONGEST_ANSWER}
    return texts, errors if texts else {f"text-{community.language}": _EMPTY}


async def _names(tx: Transaction, replies: Iterable[Reply], reader: Reader) -> dict[str, Shown]:
    """The names of the events under which something was said."""
    found = {}
    for subject in {reply.subject for reply in replies if reply.subject}:
        event = await events_store.find(tx, reader.urls.event_id(subject) or "")
        if event:
            found[subject] = shown(event.draft.name, reader.languages)
    return found


def _card(reply: Reply, reader: Reader, names: Mapping[str, Shown]) -> Card:
    return Card(
        id=reply.id,
        kind=reply.kind,
        state=reply.state.value,
        subject=reply.subject,
        about=names.get(reply.subject or ""),
        post=reply_view(reply, reader),
    )


def _said(answer: Answer, reader: Reader) -> Said:
    return Said(
        id=answer.id,
        post=answer_view(answer, reader),
        texts=answer.texts,
        can_change=answer.visibility is Visibility.PUBLIC,
    )


def _check_may_read(person: Person, kind: str) -> None:
    """What was written to the team is read by whoever answers for the community; moderators see
    what was reported of it, and that is written down (security: DP13). Raises: HTTPNotFound."""
    if kind == "message" and not may(person, Right.ANSWER):
        raise web.HTTPNotFound


def _rights(person: Person) -> dict[str, bool]:
    return {
        "answers_here": may(person, Right.ANSWER),
        "moderates": may(person, Right.MODERATE),
        "administers": may(person, Right.ADMINISTER),
    }


async def _team(request: web.Request) -> Person:
    """Who asks: of those who work at the desk only who answers or moderates, since messages are
    for the team alone."""
    person = (await visitor(request)).person
    assert person is not None, "the policy of the route has let a guest through"
    if not (may(person, Right.ANSWER) or may(person, Right.MODERATE)):
        raise web.HTTPNotFound
    return person


async def _reader(request: web.Request) -> tuple[Reader, Community]:
    node = request.app[NODE]
    guest, _ = await request.app[SURROUNDINGS](request)
    community = await node.look(community_actions.the_community)
    return reader_of(node, community, guest), community


def _back(form: Form) -> str:
    name = form.text("back")
    return f"{_PATH}/{name}" if name.isalnum() else _PATH
