"""What a member can do with her profile: say something of herself, and choose who reads it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from node.context import Context
from node.members import store
from node.members.model import (
    LONGEST_BIO,
    LONGEST_NAME,
    LONGEST_TALENTS,
    Consent,
    Profile,
    Visible,
    hidden_id,
)
from node.people.model import Person
from node.reading import Reader, language_tag, line, many, one_of, prose, texts
from node.storage.database import Transaction

FIELDS = ("name", "bio", "languages", "pronouns", "talents", "visibility")
"""What a profile document may hold."""
_CAN_BE_EMPTIED: Mapping[str, Any] = {"bio": {}, "languages": (), "pronouns": None, "talents": None}


async def profile_of(tx: Transaction, person: Person) -> Profile:
    """A person's profile; an empty one that nobody sees where she never made one."""
    kept = await store.profile(tx, person.id)
    return kept or Profile(
        person=person.id,
        id=hidden_id(),
        name=person.name,
        bio={},
        languages=(),
        pronouns=None,
        talents=None,
        visibility=Visible.NOBODY,
        updated=person.created,
    )


async def describe(context: Context, person: Person, document: object) -> Profile:
    """The profile as it is from now on. What is missing in the document stays as it is; null takes
    away what there need not be. Nothing leaves this node. Raises: Invalid.
    """
    before = await profile_of(context.tx, person)
    after = replace(_read(document, before, person.language or "en"), updated=context.now)
    await store.put(context.tx, after)
    was, public = before.visibility is Visible.PUBLIC, after.visibility is Visible.PUBLIC
    if was != public:
        await store.note_consent(
            context.tx, context.new_id(), person.id, Consent.PUBLIC_PROFILE, public, context.now
        )
    return after


def _read(document: object, before: Profile, language: str) -> Profile:
    reader = Reader(document, known=FIELDS)
    given = document if isinstance(document, Mapping) else {}
    bare = {name: value for name, value in _CAN_BE_EMPTIED.items() if name in given}
    before = replace(before, **bare)
    words = [each.value for each in Visible]
    visibility = reader.field("visibility", one_of(words), before.visibility.value)
    after = replace(
        before,
        name=reader.field("name", line(LONGEST_NAME), before.name),
        bio=reader.field("bio", texts(prose(LONGEST_BIO), language), dict(before.bio)),
        languages=reader.field("languages", many(language_tag, 20), list(before.languages)),
        pronouns=reader.field("pronouns", line(30), before.pronouns),
        talents=reader.field("talents", prose(LONGEST_TALENTS), before.talents),
        visibility=Visible(visibility),
        # Whoever chooses anew who reads it has decided about what was hidden as well.
        before_hiding=None if "visibility" in given else before.before_hiding,
        hidden_at=None if "visibility" in given else before.hidden_at,
    )
    reader.finish()
    return after
