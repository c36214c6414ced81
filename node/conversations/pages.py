"""Pages of conversations: below an event, an answer by itself, and the team's desk."""

from __future__ import annotations

from aiohttp import web

from node.community import actions as community_actions
from node.community.model import Community
from node.community.pages import view_of
from node.conversations import answers_store, reactions, store
from node.conversations.model import Answer, Counts, Reply, ReplyRule
from node.conversations.views import MOST_SHOWN, Reader, ThreadView, answer_view, thread_view
from node.i18n.messages import translator
from node.services import NODE, Node
from node.storage.database import Transaction
from node.text.sanitise import plain
from node.web.frames import page_frame
from node.web.pages import Guest, guest_of, page
from node.web.parts import Part, part
from node.web.shown import shown

Found = tuple[Community, list[Reply], list[Answer], Counts, ReplyRule]


@part
async def conversation_part(request: web.Request, thing: str, guest: Guest) -> Part | None:
    """What is said below a thing of ours."""
    node = request.app[NODE]

    async def read(tx: Transaction) -> Found:
        return (
            await community_actions.the_community(tx),
            await store.shown_under(tx, thing, MOST_SHOWN),
            await answers_store.under(tx, thing, MOST_SHOWN),
            await reactions.counts(tx, thing),
            await store.rule(tx),
        )

    found = await node.look(read)
    return Part(template="conversation.html", view=_thread(found, node, guest))


def _thread(found: Found, node: Node, guest: Guest) -> ThreadView:
    community, replies, answers, counts, rule = found
    return thread_view(
        replies,
        answers,
        reader_of(node, community, guest),
        counts=counts,
        rule=rule,
    )


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
