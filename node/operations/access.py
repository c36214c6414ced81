"""Operations on access: tokens, sessions, the setup link, and the log of who did what."""

from __future__ import annotations

from typing import Any

from node.context import Context
from node.errors import NotFound
from node.ids import rfc3339
from node.operations.people import actor, choice
from node.operations.registry import Arguments, operation
from node.people import actions, audit, session_store, store, token_store
from node.people.model import Scope, Token
from node.services import Node
from node.storage.database import Transaction

Json = dict[str, Any]


def token_json(token: Token) -> Json:
    """A token without its secret."""
    return {
        "id": token.id,
        "user": token.person,
        "scope": token.scope.value,
        "label": token.label,
        "created": rfc3339(token.created),
        "revoked": token.revoked,
    }


@operation("token.create")
async def create_token(node: Node, arguments: Arguments) -> Json:
    """A new token with its secret, this once. `user`, `scope`, `label`."""
    scope = choice(Scope, arguments.get("scope"), "scope")
    name, label = str(arguments.get("user") or ""), arguments.get("label")
    secret, token = await node.act(
        lambda context: actions.create_token(context, name, scope, label)
    )
    return {"token": secret, **token_json(token)}


@operation("token.list")
async def tokens(node: Node, arguments: Arguments) -> list[Json]:
    """All tokens, without secrets."""
    return [token_json(token) for token in await node.look(token_store.tokens)]


@operation("token.revoke")
async def revoke(node: Node, arguments: Arguments) -> Json:
    """The ended token's id. `id`."""
    token_id, by = str(arguments.get("id") or ""), actor(arguments)
    await node.act(lambda context: actions.revoke_token(context, token_id, by=by))
    return {"id": token_id, "revoked": True}


@operation("session.list")
async def sessions(node: Node, arguments: Arguments) -> list[Json]:
    """Who is signed in, by day and in coarse words about the device. `user`: only hers."""
    wanted = arguments.get("user")
    return [
        {
            "id": session.id,
            "user": name,
            "device": session.device,
            "since": rfc3339(session.created)[:10],
            "seen": rfc3339(session.seen)[:10],
        }
        for session, name in await node.look(session_store.everybody)
        if wanted in (None, name)
    ]


@operation("session.revoke")
async def end_session(node: Node, arguments: Arguments) -> Json:
    """One session ended (`id`), or all of a person (`user`)."""
    session_id, name, by = arguments.get("id"), arguments.get("user"), actor(arguments)

    async def work(context: Context) -> int:
        if name:
            person = await actions.somebody(context, str(name))
            ended = await session_store.end_all(context.tx, person.id)
            await audit.note(context, by, "end sessions", person.id)
            return ended
        if not await session_store.end(context.tx, str(session_id or "")):
            raise NotFound("There is no such session.")
        await audit.note(context, by, "end session", str(session_id))
        return 1

    return {"ended": await node.act(work)}


@operation("audit.list")
async def notes(node: Node, arguments: Arguments) -> list[Json]:
    """Who did what, newest first. `limit`, `about` (an id, or the name of an account).

    `actor_name` and `target_name` are null where the id is none of an account that is there.
    """
    limit, about = arguments.get("limit") or 100, arguments.get("about")

    async def read(tx: Transaction) -> tuple[list[audit.Note], dict[str, str]]:
        names = {one.id: one.name for one in await store.everybody(tx)}
        meant = next((each for each, name in names.items() if name == about), about)
        return await audit.newest(tx, min(int(limit), 1000), meant), names

    found, names = await node.look(read)
    return [
        {
            "id": str(note.sequence),
            "at": rfc3339(note.at),
            "actor": note.actor,
            "actor_name": names.get(note.actor),
            "verb": note.verb,
            "target": note.target,
            "target_name": names.get(note.target),
            "digest": note.digest,
        }
        for note in found
    ]


@operation("audit.verify")
async def verify(node: Node, arguments: Arguments) -> Json:
    """Whether the log is as it was written; `digest` of the newest row, to be noted elsewhere."""
    broken = await node.look(audit.broken)
    newest = await node.look(lambda tx: audit.newest(tx, 1))
    return {
        "whole": not broken,
        "broken": [str(number) for number in broken[:20]],
        "rows": newest[0].sequence if newest else 0,
        "digest": newest[0].digest if newest else None,
    }


@operation("setup-link")
async def setup_link(node: Node, arguments: Arguments) -> Json:
    """A new one-time setup link; earlier ones end."""
    secret = await node.act(actions.make_setup_link)
    return {"url": f"{node.urls.origin}/setup/{secret}", "minutes": 30}
