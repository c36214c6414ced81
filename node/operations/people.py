"""Operations on people: accounts, roles, ways in and back in."""

from __future__ import annotations

from datetime import UTC, datetime
from enum import Enum
from typing import Any, TypeVar

from node.context import Context
from node.errors import Invalid
from node.ids import rfc3339
from node.operations.registry import Arguments, operation
from node.people import actions, audit, coming_back, entering, handing_over, link_store, store, twos
from node.people.model import AFTERWARDS, EntryLink, Person, Role, SignUp
from node.services import Node

Json = dict[str, Any]
E = TypeVar("E", bound=Enum)


def person_json(person: Person) -> Json:
    """A person as those who run the node see her."""
    return {
        "id": person.id,
        "name": person.name,
        "role": person.role.value,
        "created": rfc3339(person.created),
        "disabled": person.disabled,
        "pending": person.pending,
        "role_until": rfc3339(person.role_until) if person.role_until else None,
        "role_since": rfc3339(person.since),
    }


def _link_json(link: EntryLink) -> Json:
    return {
        "id": link.id,
        "role": link.role.value if link.role else None,
        "ends": rfc3339(link.ends),
        "uses": link.uses,
        "most_uses": link.most_uses,
    }


@operation("user.create")
async def create(node: Node, arguments: Arguments) -> Json:
    """The new person. `name`, `role`."""
    role, name = choice(Role, arguments.get("role"), "role"), _name(arguments)
    by = actor(arguments)
    return person_json(await node.act(lambda context: actions.create(context, name, role, by=by)))


@operation("user.list")
async def everybody(node: Node, arguments: Arguments) -> list[Json]:
    """All people, with the roles that they have now."""
    now = node.clock.now()
    return [person_json(person.at(now)) for person in await node.look(store.everybody)]


@operation("user.role")
async def set_role(node: Node, arguments: Arguments) -> Json:
    """The person in her new role. `name`, `role`, `until` (a day, UTC; none: for good)."""
    role, name = choice(Role, arguments.get("role"), "role"), _name(arguments)
    until, by = _day(arguments.get("until")), actor(arguments)

    async def work(context: Context) -> Person:
        await _check(context, by, name, role)
        return await actions.set_role(context, name, role, until=until, by=by)

    return person_json(await node.act(work))


@operation("user.hand-over")
async def hand_over(node: Node, arguments: Arguments) -> Json:
    """Who has the role of `name` now: `to`; `then`: what `name` is afterwards, else a member."""
    name, to, by = _name(arguments), str(arguments.get("to") or ""), actor(arguments)
    then = choice(Role, arguments.get("then") or AFTERWARDS.value, "then")

    async def work(context: Context) -> Person:
        giver = await actions.somebody(context, name)
        await _check(context, by, to, giver.at(context.now).role)
        await _check(context, by, name, then)
        return await handing_over.hand_over(context, name, to, then=then, by=by)

    return person_json(await node.act(work))


@operation("user.disable")
async def disable(node: Node, arguments: Arguments) -> Json:
    """The closed account: signed out, its tokens and links ended. `name`."""
    name, by = _name(arguments), actor(arguments)

    async def work(context: Context) -> Person:
        await _check(context, by, name)
        return await actions.disable(context, name, by=by)

    return person_json(await node.act(work))


@operation("user.enable")
async def enable(node: Node, arguments: Arguments) -> Json:
    """The account that is open again. `name`."""
    name, by = _name(arguments), actor(arguments)

    async def work(context: Context) -> Person:
        other = (await actions.somebody(context, name)).at(context.now)
        await _check(context, by, name, other.role if other.disabled else None)
        return await actions.enable(context, name, by=by)

    return person_json(await node.act(work))


@operation("user.invite")
async def invite(node: Node, arguments: Arguments) -> Json:
    """A new invitation with its link, this once. `role`, `days`, `uses`; `by`: whose it is."""
    role = choice(Role, arguments.get("role") or Role.MEMBER.value, "role")
    days, uses = _number(arguments, "days", 7), _number(arguments, "uses", 1)
    by = actor(arguments)

    async def work(context: Context) -> tuple[str, EntryLink]:
        giver = await actions.asker(context, by)
        return await entering.invite(context, role, days=days, uses=uses, by=giver)

    secret, link = await node.act(work)
    return {**_link_json(link), "url": f"{node.urls.origin}/join/{secret}"}


@operation("user.invitations")
async def invitations(node: Node, arguments: Arguments) -> list[Json]:
    """Invitations that still let somebody in, without their links."""
    now = node.clock.now()
    found = await node.look(lambda tx: link_store.invitations(tx, now))
    return [_link_json(link) for link in found]


@operation("user.reset-link")
async def reset_link(node: Node, arguments: Arguments) -> Json:
    """A one-time link to a new password; earlier ones end. `name`."""
    name, by = _name(arguments), actor(arguments)

    async def work(context: Context) -> tuple[Person, str]:
        await _check(context, by, name)
        person = await actions.somebody(context, name)
        return person, await coming_back.make_reset_link(context, person, by)

    person, secret = await node.act(work)
    minutes = int(coming_back.RESET_LASTS.total_seconds() // 60)
    return {"id": person.id, "url": f"{node.urls.origin}/reset/{secret}", "minutes": minutes}


@operation("user.answer")
async def answer(node: Node, arguments: Arguments) -> Json:
    """Somebody who asked to join, let in or turned away. `name`, `yes`."""
    name, yes, by = _name(arguments), arguments.get("yes") is True, actor(arguments)

    async def work(context: Context) -> Person:
        person = await actions.somebody(context, name)
        return await entering.answer(context, person.id, yes=yes, by=by)

    person = await node.act(work)
    return {"id": person.id, "name": person.name, "in": yes}


@operation("user.sign-up")
async def sign_up(node: Node, arguments: Arguments) -> Json:
    """How somebody comes in; with `mode` from now on in this way."""
    if arguments.get("mode") is not None:
        mode, by = choice(SignUp, arguments.get("mode"), "mode"), actor(arguments)
        await node.act(lambda context: entering.set_sign_up(context, mode, by))
    return {"mode": (await node.look(entering.sign_up)).value}


async def _check(context: Context, by: str, name: str, role: Role | None = None) -> None:
    """Nothing where the holder of a token alone may do it. Raises: NotFound, Conflict."""
    await twos.check_program_may(context, by, await actions.somebody(context, name), role)


def actor(arguments: Arguments) -> str:
    """Who asks: an account's id where the API says it, else somebody at the machine."""
    return str(arguments.get("by") or audit.COMMAND_LINE)


def choice(kind: type[E], value: object, field: str) -> E:
    """One of a closed set. Raises: Invalid."""
    try:
        return kind(value)
    except ValueError:
        words = ", ".join(str(one.value) for one in kind)
        raise Invalid({field: f"must be one of {words}"}) from None


def _name(arguments: Arguments) -> str:
    return str(arguments.get("name") or "")


def _number(arguments: Arguments, field: str, otherwise: int) -> int:
    value = arguments.get(field, otherwise)
    if not isinstance(value, int) or isinstance(value, bool):
        raise Invalid({field: "must be a number"})
    return value


def _day(value: object) -> datetime | None:
    """The end of a day, UTC."""
    if value is None:
        return None
    try:
        day = datetime.strptime(str(value), "%Y-%m-%d").replace(tzinfo=UTC)
    except ValueError:
        raise Invalid({"until": "must be a day, such as 2027-03-31"}) from None
    return day.replace(hour=23, minute=59, second=59)
