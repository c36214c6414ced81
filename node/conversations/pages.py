"""Pages of conversations: below an event, an answer by itself, and the team's desk."""

from __future__ import annotations

from dataclasses import replace

from aiohttp import web

from node.community import actions as community_actions
from node.community.model import Community
from node.community.pages import view_of
from node.conversations import reactions, store
from node.conversations.leafing import Leaf, leaf
from node.conversations.model import NEWEST, Answer, Counts, ReplyRule
from node.conversations.views import Reader, ThreadView, answer_view, thread_view
from node.i18n.messages import translator
from node.ids import is_id
from node.services import NODE, Node
from node.storage.database import Transaction
from node.text.sanitise import plain
from node.web.frames import page_frame
from node.web.pages import Guest, guest_of, page
from node.web.parts import Part, part
from node.web.shown import shown

Found = tuple[Community, Leaf, Counts, ReplyRule]


@part
async def conversation_part(request: web.Request, thing: str, guest: Guest) -> Part | None:
    """What is said below a thing of ours; `?upto=` leads to what is older."""
    node, upto = request.app[NODE], request.query.get("upto", "")
    upto = upto if is_id(upto) else NEWEST

    async def read(tx: Transaction) -> Found:
        return (
            await community_actions.the_community(tx),
            await leaf(tx, thing, upto),
            await reactions.counts(tx, thing),
            await store.rule(tx),
        )

    found = await node.look(read)
    view = _thread(found, reader_of(node, found[0], guest))
    return Part(template="conversation.html", view=replace(view, newer=upto != NEWEST))


def _thread(found: Found, reader: Reader) -> ThreadView:
    _, said, counts, rule = found
    view = thread_view(said.replies, said.answers, reader, counts=counts, rule=rule)
    return replace(view, older=said.older)


def reader_of(node: Node, community: Community, guest: Guest) -> Reader:
    """This guest, as somebody to whom a conversation is shown."""
    return Reader(
        languages=guest.languages,
        ui_language=guest.ui_language,
        timezone=community.timezone,
        urls=node.urls,
        community=shown(community.name, guest.languages).text,
    )


async def get_answer(request: web.Request, answer: Answer) -> web.Response:
    """An answer that stands under nothing of ours, by itself."""
    node = request.app[NODE]
    community = await node.look(community_actions.the_community)
    guest = guest_of(request, community.language)
    post = answer_view(answer, reader_of(node, community, guest))
    frame = page_frame(
        f"/r/{answer.id}",
        translator(guest.ui_language).gettext("The community answers"),
        guest.ui_language,
        origin=node.urls.origin,
        description=plain(post.html),
        alternate_activity=node.urls.answer(answer.id),
        kind="article",
        indexed=False,
    )
    view = view_of(community, guest, node)
    return page(request, guest, "conversation_answer.html", frame=frame, community=view, post=post)
