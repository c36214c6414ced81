"""Operations on members: profiles, and everything that is kept of one person."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from node.context import Context
from node.errors import Conflict, Invalid, NotFound
from node.i18n.languages import UI_LANGUAGES
from node.members import actions, store
from node.members.gathering import gather
from node.members.model import Profile
from node.members.sealed_files import sealed_files
from node.operations.people import actor
from node.operations.registry import Arguments, operation
from node.people import actions as people_actions
from node.people import audit
from node.people import store as people_store
from node.people.model import Person
from node.services import Node
from node.storage.database import Transaction

Json = dict[str, Any]


def profile_json(profile: Profile, *, own: bool) -> Json:
    """A profile for its owner, or for others, who do not read what is for her own eyes."""
    shown: Json = {
        "name": profile.name,
        "bio": dict(profile.bio),
        "languages": list(profile.languages),
        "pronouns": profile.pronouns,
    }
    return shown | ({"talents": profile.talents} if own else {})


def _with_readers(profile: Profile, *, own: bool) -> Json:
    readers = {"visibility": profile.visibility.value, "hidden": profile.hidden_at is not None}
    return profile_json(profile, own=own) | readers


@operation("user.show")
async def show(node: Node, arguments: Arguments) -> Json:
    """A person's profile; what is for her own eyes only to herself. `name`, `by`."""

    async def read(tx: Transaction) -> Json:
        name = str(arguments.get("name") or "")
        person = await people_store.by_id(tx, name) or await people_store.by_name(tx, name)
        if person is None:
            raise NotFound(f"There is nobody called {name}.")
        profile = await actions.profile_of(tx, person)
        return _with_readers(profile, own=actor(arguments) == person.id)

    return await node.look(read)


@operation("user.set")
async def describe(node: Node, arguments: Arguments) -> Json:
    """A person's profile, changed in her name. `name`, `document`."""

    async def work(context: Context) -> Json:
        person = await people_actions.somebody(context, str(arguments.get("name") or ""))
        profile = await actions.describe(context, person, arguments.get("document"))
        if (by := actor(arguments)) != person.id:
            await audit.note(context, by, "profile", person.id)
        return _with_readers(profile, own=actor(arguments) == person.id)

    return await node.act(work)


@operation("member.list")
async def members(node: Node, arguments: Arguments) -> list[Json]:
    """The profiles of those who want to be seen by members."""
    return [profile_json(each, own=False) for each in await node.look(store.listed)]


@operation("user.export")
async def export(node: Node, arguments: Arguments) -> Json:
    """Everything that is kept of a person, written to a file. `name`, `file` (an absolute path),
    `language`."""
    target, language = Path(str(arguments.get("file") or "")), arguments.get("language")
    _check_free(target)

    async def work(context: Context) -> tuple[Person, bytes]:
        person = await people_actions.somebody(context, str(arguments.get("name") or ""))
        chosen = language if language in UI_LANGUAGES else person.language or "en"
        await audit.note(context, actor(arguments), "export", person.id)
        return person, await gather(context, person, str(chosen))

    person, content = await node.act(work)
    content = await sealed_files.add_to(content, node, person)
    _write(target, content)
    return {"id": person.id, "file": str(target), "size": len(content)}


def _check_free(target: Path) -> None:
    if not (target.is_absolute() and target.parent.is_dir()):
        raise Invalid({"file": "must be a path in a folder that is there"})
    if target.exists():
        raise Conflict(f"{target} is there already; it stays as it is.")


def _write(target: Path, content: bytes) -> None:
    """Readable by whoever runs the node, and by nobody else."""
    handle = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
