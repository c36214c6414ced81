"""At the desk: what people say to the community, and what waits for a decision."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from aiohttp import web

from node.community import actions as community_actions
from node.community.model import Community
from node.conversations import actions, store
from node.conversations.model import Reply, ReplyRule, ReplyState
from node.conversations.pages import reader_of
from node.conversations.views import PostView, Reader, reply_view
from node.desk.frame import desk_page
from node.desk.nav import nav
from node.desk.telling import done
from node.desk.waiting import waiting
from node.events import store as events_store
from node.i18n.messages import N_
from node.moderation import waves
from node.people.model import Person
from node.people.rights import Right, may
from node.services import NODE
from node.storage.database import Transaction
from node.web.forms import form_of
from node.web.shown import Shown, shown
from node.web.visitor import visitor
from node.web.whole import SURROUNDINGS

PATH = "/desk/conversations"
TITLE = N_("What people say")
KINDS = {"reply": N_("Replies"), "message": N_("Messages"), "mention": N_("Mentions")}
_RULES = {
    ReplyRule.OPEN: N_("Show every reply at once"),
    ReplyRule.FIRST_HELD: N_("Show it at once if we have approved one of its author before"),
    ReplyRule.ALL_HELD: N_("Show no reply before we have approved it"),
    ReplyRule.CLOSED: N_("Take no replies"),
}
_MOST_SHOWN = 50

nav.add(PATH, TITLE, Right.MODERATE, rank=30)
nav.add(f"{PATH}?kind=message", KINDS["message"], Right.ANSWER, rank=31)


@waiting.on(PATH, N_("Replies that wait to be shown"), Right.MODERATE)
async def held_replies(tx: Transaction, now: datetime) -> int:
    """How many replies wait for a decision."""
    return (await store.waiting(tx))["reply"]


@waiting.on(f"{PATH}?kind=message", N_("Messages without an answer"), Right.ANSWER)
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


async def get_conversations(request: web.Request) -> web.StreamResponse:
    """What waits, of one kind; `?state=` for what is shown or hidden."""
    person = await team_of(request)
    kind = request.query.get("kind", "reply")
    state = request.query.get("state", "held")
    before = request.query.get("before")
    if kind not in KINDS or state not in [each.value for each in ReplyState]:
        raise web.HTTPNotFound
    check_may_read(person, kind)

    reader, _ = await reader_for(request)

    async def read(tx: Transaction) -> tuple[list[Card], dict[str, int], ReplyRule]:
        cards = await _cards(tx, reader, kind, ReplyState(state), before)
        return cards, await store.waiting(tx), await store.rule(tx)

    cards, numbers, rule = await request.app[NODE].look(read)
    return await desk_page(
        request,
        "desk_conversations.html",
        TITLE,
        cards=cards[:_MOST_SHOWN],
        before=before,
        more=cards[_MOST_SHOWN - 1].id if len(cards) > _MOST_SHOWN else None,
        kinds=[
            (name, word, numbers[name])
            for name, word in KINDS.items()
            if name != "message" or may(person, Right.ANSWER)
        ],
        kind=kind,
        state=state,
        rules=[(each.value, word) for each, word in _RULES.items()],
        rule=rule.value,
        **rights_of(person),
    )


async def _cards(
    tx: Transaction, reader: Reader, kind: str, state: ReplyState, before: str | None
) -> list[Card]:
    """What a page shows, and one more where there is more."""
    found = await store.listed(tx, kind=kind, state=state, before=before, limit=_MOST_SHOWN + 1)
    names, crowd = await names_of(tx, found, reader), await waves.members(tx)
    return [replace(card_of(reply, reader, names), crowd=reply.author in crowd) for reply in found]


async def post_decision(request: web.Request) -> web.StreamResponse:
    """A reply approved, hidden, or left to wait again."""
    decide = {"approve": actions.show, "hide": actions.hide, "hold": actions.hold}
    chosen, name = decide[request.match_info["verb"]], request.match_info["id"]
    reply = await request.app[NODE].act(lambda context: chosen(context, name))
    return done(request, f"{PATH}?kind={reply.kind}", "decided")


async def post_aside(request: web.Request) -> web.StreamResponse:
    """A message or mention that needs no answer, put aside."""
    name = request.match_info["id"]
    reply = await request.app[NODE].look(lambda tx: store.find(tx, name))
    if reply is None or reply.kind == "reply":
        raise web.HTTPNotFound
    await request.app[NODE].act(lambda context: actions.hide(context, name))
    return done(request, f"{PATH}?kind={reply.kind}", "decided")


async def post_rule(request: web.Request) -> web.StreamResponse:
    """What becomes of public replies from now on."""
    form = await form_of(request)
    if form.text("rule") in [each.value for each in ReplyRule]:
        rule = ReplyRule(form.text("rule"))
        await request.app[NODE].act(lambda context: actions.set_rule(context, rule))
    return done(request, PATH, "saved")


async def names_of(tx: Transaction, replies: Iterable[Reply], reader: Reader) -> dict[str, Shown]:
    """The names of the events under which something was said."""
    found = {}
    for subject in {reply.subject for reply in replies if reply.subject}:
        event = await events_store.find(tx, reader.urls.event_id(subject) or "")
        if event:
            found[subject] = shown(event.draft.name, reader.languages)
    return found


def card_of(reply: Reply, reader: Reader, names: Mapping[str, Shown]) -> Card:
    return Card(
        id=reply.id,
        kind=reply.kind,
        state=reply.state.value,
        subject=reply.subject,
        about=names.get(reply.subject or ""),
        post=reply_view(reply, reader),
    )


def check_may_read(person: Person, kind: str) -> None:
    """What was written to the team is read by whoever answers for the community; moderators see
    what was reported of it, and that is written down (security: DP13). Raises: HTTPNotFound."""
    if kind == "message" and not may(person, Right.ANSWER):
        raise web.HTTPNotFound


def rights_of(person: Person) -> dict[str, bool]:
    return {
        "answers_here": may(person, Right.ANSWER),
        "moderates": may(person, Right.MODERATE),
        "administers": may(person, Right.ADMINISTER),
    }


async def team_of(request: web.Request) -> Person:
    """Who asks: of those who work at the desk only who answers or moderates, since messages are
    for the team alone."""
    person = (await visitor(request)).person
    assert person is not None, "the policy of the route has let a guest through"
    if not (may(person, Right.ANSWER) or may(person, Right.MODERATE)):
        raise web.HTTPNotFound
    return person


async def reader_for(request: web.Request) -> tuple[Reader, Community]:
    node = request.app[NODE]
    guest, _ = await request.app[SURROUNDINGS](request)
    community = await node.look(community_actions.the_community)
    return reader_of(node, community, guest), community
