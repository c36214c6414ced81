"""Operations on what others say to us, and what the community answers."""

from __future__ import annotations

from typing import Any

from node.community import actions as community_actions
from node.conversations import actions, answers_store, quotes, saying, store
from node.conversations.model import LONGEST_ANSWER, Answer, Reply, ReplyRule, ReplyState, Stamp
from node.errors import Invalid, NotFound
from node.ids import is_id, rfc3339
from node.operations.registry import Arguments, operation
from node.reading import Reader, prose, texts
from node.services import Node
from node.text.sanitise import plain
from node.urls import Urls

Json = dict[str, Any]
_KINDS = ("reply", "message", "mention")


def reply_json(reply: Reply) -> Json:
    """A reply as commands and API show it."""
    return {
        "id": reply.address,
        "short_id": reply.id,
        "kind": reply.kind,
        "state": reply.state.value,
        "barred": reply.barred,
        "subject": reply.subject,
        "in_reply_to": reply.parent,
        "author": reply.author,
        "author_name": reply.author_name,
        "handle": reply.handle,
        "html": reply.html,
        "text": plain(reply.html),
        "warning": reply.warning,
        "language": reply.language,
        "links": [{"url": one.url, "words": one.words, "kind": one.kind} for one in reply.links],
        "published": rfc3339(reply.published),
        "updated": rfc3339(reply.updated),
        "received": rfc3339(reply.received),
    }


def answer_json(answer: Answer, urls: Urls) -> Json:
    """An answer of the community as commands and API show it."""
    return {
        "id": answer.address(urls),
        "short_id": answer.id,
        "visibility": answer.visibility.value,
        "subject": answer.subject,
        "in_reply_to": answer.parent,
        "to": answer.actor_name,
        "texts": dict(answer.texts),
        "by": answer.said_by,
        "published": rfc3339(answer.published),
        "updated": rfc3339(answer.updated),
    }


def _stamp_json(given: Stamp, urls: Urls) -> Json:
    return {
        "id": urls.stamp(given.id),
        "short_id": given.id,
        "thing": given.thing,
        "quoted_by": given.quoting,
        "author": given.actor,
        "created": rfc3339(given.created),
        "revoked": rfc3339(given.revoked) if given.revoked else None,
    }


@operation("conversation.list")
async def all_replies(node: Node, arguments: Arguments) -> list[Json]:
    """What others said, newest first. `kind`, `state`, `about`, `before`, `limit`."""
    kind, state = arguments.get("kind"), arguments.get("state")
    before = arguments.get("before")
    wrong = {}
    if kind is not None and kind not in _KINDS:
        wrong["kind"] = f"must be one of {', '.join(_KINDS)}"
    if state is not None and state not in [each.value for each in ReplyState]:
        wrong["state"] = "must be one of shown, held, hidden"
    if before is not None and not is_id(str(before)):
        wrong["before"] = "is not an id"
    if wrong:
        raise Invalid(wrong)
    found = await node.look(
        lambda tx: store.listed(
            tx,
            kind=kind,
            state=ReplyState(state) if state else None,
            subject=_about(node, arguments),
            before=before,
            limit=max(1, min(int(arguments.get("limit") or 80), 200)),
        )
    )
    return [reply_json(reply) for reply in found]


def _about(node: Node, arguments: Arguments) -> str | None:
    """The address of a thing of ours; the short id of an event will do."""
    given = arguments.get("about")
    if not given:
        return None
    event_id = node.urls.event_id(str(given))
    return node.urls.event(event_id) if event_id else str(given)


@operation("conversation.show")
async def show(node: Node, arguments: Arguments) -> Json:
    """What somebody said, and what the community answered. `id`."""
    name = _name(arguments)
    reply = await node.look(lambda tx: store.find(tx, name))
    if reply is None:
        raise NotFound("There is no such reply, message or mention here.")
    answers = await node.look(lambda tx: answers_store.to(tx, reply.address))
    return {**reply_json(reply), "answers": [answer_json(each, node.urls) for each in answers]}


@operation("conversation.approve")
async def approve(node: Node, arguments: Arguments) -> Json:
    """The reply, shown from now on. `id`."""
    name = _name(arguments)
    return reply_json(await node.act(lambda context: actions.show(context, name)))


@operation("conversation.hide")
async def hide(node: Node, arguments: Arguments) -> Json:
    """The reply hidden, message or mention dealt with, or stamp of a quote revoked. `id`."""
    name = _name(arguments)
    stamp_id = _short(name, node.urls.stamp("")) or ""
    known = await node.look(lambda tx: quotes.find(tx, stamp_id))
    if known:
        given = await node.act(lambda context: quotes.revoke(context, stamp_id))
        return _stamp_json(given, node.urls) | {"state": "revoked"}
    return reply_json(await node.act(lambda context: actions.hide(context, name)))


@operation("conversation.hold")
async def hold(node: Node, arguments: Arguments) -> Json:
    """The reply, waiting once more. `id`."""
    name = _name(arguments)
    return reply_json(await node.act(lambda context: actions.hold(context, name)))


@operation("conversation.say")
async def say(node: Node, arguments: Arguments) -> Json:
    """The community's answer. `id`: what it answers; `document`: {"texts": …}; `by`: a name."""
    name = _name(arguments)
    words = await _texts(node, arguments)
    by = arguments.get("by")
    answer = await node.act(
        lambda context: saying.say(
            context, in_reply_to=name, texts=words, by=str(by)[:100] if by else None
        )
    )
    return answer_json(answer, node.urls)


@operation("conversation.edit")
async def edit(node: Node, arguments: Arguments) -> Json:
    """The answer with other words. `id`, `document`: {"texts": …}."""
    answer_id = _answer_id(node, arguments)
    words = await _texts(node, arguments)
    answer = await node.act(lambda context: saying.edit(context, answer_id, words))
    return answer_json(answer, node.urls)


@operation("conversation.delete")
async def delete(node: Node, arguments: Arguments) -> Json:
    """The address of the answer that was deleted. `id`."""
    answer_id = _answer_id(node, arguments)
    answer = await node.act(lambda context: saying.delete(context, answer_id))
    return {"id": answer.address(node.urls), "state": "deleted"}


@operation("conversation.quotes")
async def all_quotes(node: Node, arguments: Arguments) -> list[Json]:
    """Who quotes us with our stamp, newest first, at most `limit`."""
    limit = max(1, min(int(arguments.get("limit") or 80), 200))
    found = await node.look(lambda tx: quotes.newest(tx, limit))
    return [_stamp_json(each, node.urls) for each in found]


@operation("conversation.rule")
async def rule(node: Node, arguments: Arguments) -> Json:
    """What becomes of public replies. `rule`: a new one, or None to be told."""
    given = arguments.get("rule")
    known = [each.value for each in ReplyRule]
    if given is None:
        present = await node.look(store.rule)
    elif given in known:
        present = await node.act(lambda context: actions.set_rule(context, ReplyRule(given)))
    else:
        raise Invalid({"rule": f"must be one of {', '.join(known)}"})
    return {"rule": present.value, "waiting": await node.look(store.waiting)}


async def _texts(node: Node, arguments: Arguments) -> dict[str, str]:
    """The words by language; a plain text is in the community's first language."""
    community = await node.look(community_actions.the_community)
    given = arguments.get("document")
    document = {"texts": given} if isinstance(given, str) else given
    reader = Reader(document, known=("texts",))
    nothing: dict[str, str] = {}
    found = reader.required("texts", texts(prose(LONGEST_ANSWER), community.language), nothing)
    reader.finish()
    return found


def _name(arguments: Arguments) -> str:
    return str(arguments.get("id") or "")


def _answer_id(node: Node, arguments: Arguments) -> str:
    name = _name(arguments)
    found = _short(name, node.urls.answer("")) or _short(name, node.urls.note(""))
    if found is None:
        raise NotFound("The community has said nothing under this id.")
    return found


def _short(name: str, prefix: str) -> str | None:
    short = name.removeprefix(prefix)
    return short if is_id(short) else None
