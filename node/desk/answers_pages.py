"""At the desk: one thing that was said to the community, and its answers to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from aiohttp import web

from node.community import actions as community_actions
from node.conversations import answers_store, saying, store
from node.conversations.model import LONGEST_ANSWER, Answer, Visibility
from node.conversations.views import PostView, Reader, answer_view
from node.desk.conversations_pages import (
    KINDS,
    PATH,
    Card,
    card_of,
    check_may_read,
    names_of,
    reader_for,
    rights_of,
    team_of,
)
from node.desk.frame import desk_page
from node.desk.telling import done
from node.i18n.languages import direction, own_name
from node.i18n.messages import N_, translator
from node.moderation.words import CATEGORY_WORDS
from node.services import NODE
from node.storage.database import Transaction
from node.web.forms import Form, form_of

_ONE = N_("Answer")
_EMPTY, _TOO_LONG = N_("Please write something."), N_("This is too long. Please make it shorter.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """An answer of ours; `texts` are the words to be changed: as they were written, or as they were
    just typed, which `wrong` says."""

    id: str
    post: PostView
    texts: Mapping[str, str]
    can_change: bool
    wrong: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """What was typed and cannot be taken as it is: for a new answer, or for `answer` of ours."""

    texts: Mapping[str, str]
    errors: Mapping[str, str]
    answer: str = ""


async def get_conversation(request: web.Request) -> web.StreamResponse:
    """One of them, with what we answered, and the form to answer."""
    return await _one_page(request, request.match_info["id"])


async def post_answer(request: web.Request) -> web.StreamResponse:
    """The community's answer, on its way."""
    person, name = await team_of(request), request.match_info["id"]
    typed = await _typed(request)
    if typed.errors:
        return await _one_page(request, name, typed)
    await request.app[NODE].act(
        lambda context: saying.say(context, in_reply_to=name, texts=typed.texts, by=person.name)
    )
    return done(request, f"{PATH}/{name}", "answered")


async def post_edit(request: web.Request) -> web.StreamResponse:
    """Other words for an answer of ours."""
    answer_id = request.match_info["id"]
    typed = await _typed(request, answer_id)
    if typed.errors:
        return await _one_page(request, await _answered(request, answer_id), typed)
    await request.app[NODE].act(lambda context: saying.edit(context, answer_id, typed.texts))
    return done(request, _back(await form_of(request)), "saved")


async def post_delete(request: web.Request) -> web.StreamResponse:
    """An answer of ours deleted, here and wherever it went."""
    form, answer_id = await form_of(request), request.match_info["id"]
    await request.app[NODE].act(lambda context: saying.delete(context, answer_id))
    return done(request, _back(form), "deleted")


async def _one_page(
    request: web.Request, name: str, typed: Typed | None = None
) -> web.StreamResponse:
    person = await team_of(request)
    reader, community = await reader_for(request)

    async def read(tx: Transaction) -> tuple[Card, list[Answer]]:
        reply = await store.find(tx, name)
        if reply is None:
            raise web.HTTPNotFound
        card = card_of(reply, reader, await names_of(tx, [reply], reader))
        return card, await answers_store.to(tx, reply.address)

    card, answers = await request.app[NODE].look(read)
    check_may_read(person, card.kind)
    return await desk_page(
        request,
        "desk_conversation.html",
        _ONE,
        trail=[(f"{PATH}?kind={card.kind}", KINDS[card.kind])],
        status=422 if typed else 200,
        errors=typed.errors if typed else None,
        path=f"{PATH}/{card.id}",
        card=card,
        answers=[_said(each, reader, typed) for each in answers],
        languages=[(tag, own_name(tag), direction(tag)) for tag in community.languages],
        texts=typed.texts if typed and not typed.answer else {},
        longest=LONGEST_ANSWER,
        categories=[
            (each.value, translator(reader.ui_language).gettext(word))
            for each, word in CATEGORY_WORDS.items()
        ],
        **rights_of(person),
    )


async def _typed(request: web.Request, answer: str = "") -> Typed:
    """The words by language and what is wrong with them; its fields of a form for an answer of
    ours begin with the answer's id."""
    form = await form_of(request)
    community = await request.app[NODE].look(community_actions.the_community)
    prefix = f"{answer}-text-" if answer else "text-"
    texts = {tag: form.text(f"text-{tag}") for tag in community.languages}
    texts = {tag: text for tag, text in texts.items() if text}
    errors = {f"{prefix}{tag}": _TOO_LONG for tag in texts if len(texts[tag]) > LONGEST_ANSWER}
    errors = errors if texts else {f"{prefix}{community.language}": _EMPTY}
    return Typed(texts=texts, errors=errors, answer=answer)


async def _answered(request: web.Request, answer_id: str) -> str:
    """What an answer of ours answers. Raises: HTTPNotFound."""
    answer = await request.app[NODE].look(lambda tx: answers_store.find(tx, answer_id))
    if answer is None or answer.deleted or answer.parent is None:
        raise web.HTTPNotFound
    return answer.parent


def _said(answer: Answer, reader: Reader, typed: Typed | None) -> Said:
    wrong = typed is not None and typed.answer == answer.id
    return Said(
        id=answer.id,
        post=answer_view(answer, reader),
        texts=typed.texts if typed and wrong else answer.texts,
        can_change=answer.visibility is Visibility.PUBLIC,
        wrong=wrong,
    )


def _back(form: Form) -> str:
    name = form.text("back")
    return f"{PATH}/{name}" if name.isalnum() else PATH
