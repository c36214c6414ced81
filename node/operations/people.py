"""Operations on people and access."""

from __future__ import annotations

from enum import Enum
from typing import Any, TypeVar

from node.errors import Invalid
from node.operations.registry import Arguments, operation
from node.people import actions, store
from node.people.model import Person, Role, Scope, Token
from node.services import Node

Json = dict[str, Any]
E = TypeVar("E", bound=Enum)


def person_json(person: Person) -> Json:
    """A person as those who run the node see her."""
    return {
        "id": person.id,
        "name": person.name,
        "role": person.role.value,
        "created": person.created.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "disabled": person.disabled,
    }


def token_json(token: Token) -> Json:
    """A token without its secret."""
    return {
        "id": token.id,
        "user": token.person,
        "scope": token.scope.value,
        "label": token.label,
        "created": token.created.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "revoked": token.revoked,
    }


@operation("user.create")
async def create(node: Node, arguments: Arguments) -> Json:
    """The new person. `name`, `role`."""
    role = _choice(Role, arguments.get("role"), "role")
    name = str(arguments.get("name") or "")
    return person_json(await node.act(lambda context: actions.create(context, name, role)))


@operation("user.list")
async def everybody(node: Node, arguments: Arguments) -> list[Json]:
    """All people."""
    return [person_json(person) for person in await node.look(store.everybody)]


@operation("user.role")
async def set_role(node: Node, arguments: Arguments) -> Json:
    """The person in her new role. `name`, `role`."""
    role = _choice(Role, arguments.get("role"), "role")
    name = str(arguments.get("name") or "")
    return person_json(await node.act(lambda context: actions.set_role(context, name, role)))


@operation("user.disable")
async def disable(node: Node, arguments: Arguments) -> Json:
    """The closed account. `name`."""
    name = str(arguments.get("name") or "")
    return person_json(await node.act(lambda context: actions.disable(context, name)))


@operation("token.create")
async def create_token(node: Node, arguments: Arguments) -> Json:
    """A new token with its secret, this once. `user`, `scope`, `label`."""
    scope = _choice(Scope, arguments.get("scope"), "scope")
    name, label = str(arguments.get("user") or ""), arguments.get("label")
    secret, token = await node.act(
        lambda context: actions.create_token(context, name, scope, label)
    )
    return {"token": secret, **token_json(token)}


@operation("token.list")
async def tokens(node: Node, arguments: Arguments) -> list[Json]:
    """All tokens, without secrets."""
    return [token_json(token) for token in await node.look(store.tokens)]


@operation("token.revoke")
async def revoke(node: Node, arguments: Arguments) -> Json:
    """The ended token's id. `id`."""
    token_id = str(arguments.get("id") or "")
    await node.act(lambda context: actions.revoke_token(context, token_id))
    return {"id": token_id, "revoked": True}


@operation("setup-link")
async def setup_link(node: Node, arguments: Arguments) -> Json:
    """A new one-time setup link; earlier ones end."""
    secret = await node.act(actions.make_setup_link)
    return {"url": f"{node.urls.origin}/setup/{secret}", "minutes": 30}


def _choice(kind: type[E], value: object, field: str) -> E:
    try:
        return kind(value)
    except ValueError:
        words = ", ".join(str(one.value) for one in kind)
        raise Invalid({field: f"must be one of {words}"}) from None
