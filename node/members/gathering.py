"""Everything that is kept of one person, as files for her: each room adds what it has."""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import orjson

from activitypub.collections import ordered_collection
from activitypub.contexts import OBJECT_CONTEXT
from node.community import store as community_store
from node.context import Context
from node.i18n.messages import N_, translator
from node.ids import rfc3339
from node.members import persona_store, post_store, store
from node.members.document import create_of, person_document
from node.members.model import Persona, PostState
from node.members.tables import csv_bytes
from node.people import passkey_store, session_store, token_store
from node.people.model import Person

_README = N_(
    "This is everything that %(origin)s keeps of you, as of %(day)s.\n\n"
    "account.json: your account here. profile.json: what you say of yourself here.\n"
    "actor.json, outbox.json: your public account and what you wrote with it, in the form that "
    "servers of the fediverse read.\n"
    "followers.csv, following_accounts.csv: who follows it, and whom it follows, as Mastodon "
    "reads it.\n"
    "letters.json: what others wrote to it.\n"
    "hosts.csv: the servers that got anything of it. They may keep copies that we cannot take "
    "back.\n"
    "participations.csv: the events to which you answered. answers.json: what you wrote for the "
    "community. pictures.csv: pictures that you handed in.\n"
    "consents.csv: what you agreed to. sessions.csv, passkeys.csv, tokens.csv: where you are "
    "signed in, and your keys for programs.\n\n"
    "Passwords and keys are not in here. Keep this file in a safe place."
)


@dataclass(frozen=True, slots=True)
class Gathering:
    """Everything of one person is put together: whoever hears it adds files by their names.

    `actor` is the address of her own actor; None where she has none.
    """

    person: Person
    actor: str | None
    language: str
    files: dict[str, bytes] = field(default_factory=dict)

    def table(self, name: str, head: tuple[str, ...], rows: list[tuple[object, ...]]) -> None:
        """Add a table."""
        self.files[name] = csv_bytes(head, rows)

    def document(self, name: str, value: Any) -> None:
        """Add a JSON document."""
        self.files[name] = orjson.dumps(value, option=orjson.OPT_INDENT_2)


async def gather(context: Context, person: Person, language: str) -> bytes:
    """A ZIP with everything of one person; nothing of it is a secret of the node."""
    persona = await persona_store.of_person(context.tx, person.id)
    actor = context.urls.member(persona.id) if persona else None
    book = Gathering(person, actor, language)
    _add_readme(context, book)
    await _add_account(context, book)
    await _add_access(context, book)
    if persona:
        await _add_persona(context, book, persona)
    await context.tell(book)
    return _zipped(book.files, context.now)


def _add_readme(context: Context, book: Gathering) -> None:
    _ = translator(book.language).gettext
    words = {"origin": context.urls.origin, "day": context.now.strftime("%Y-%m-%d")}
    book.files["README.txt"] = (_(_README) % words).encode()


async def _add_account(context: Context, book: Gathering) -> None:
    person = book.person
    account = {
        "name": person.name,
        "role": person.role.value,
        "created": rfc3339(person.created),
        "language": person.language,
    }
    book.document("account.json", account)
    profile = await store.profile(context.tx, person.id)
    if profile:
        shown = {
            "name": profile.name,
            "bio": dict(profile.bio),
            "languages": list(profile.languages),
            "pronouns": profile.pronouns,
            "talents": profile.talents,
            "visibility": profile.visibility.value,
        }
        book.document("profile.json", shown)
    kept = await store.consents(context.tx, person.id)
    rows: list[tuple[object, ...]] = [
        (kind.value, "yes" if given else "no", rfc3339(at)) for kind, given, at in kept
    ]
    book.table("consents.csv", ("What", "Agreed", "When"), rows)
    pictures = await store.pictures_given(context.tx, person.id)
    book.table("pictures.csv", ("Address",), [(context.urls.media(each),) for each in pictures])


async def _add_access(context: Context, book: Gathering) -> None:
    """Where she is signed in, and by which passkeys and tokens: never what opens a door."""
    sessions = await session_store.all_of(context.tx, book.person.id)
    book.table(
        "sessions.csv",
        ("Device", "Since", "Last seen"),
        [(one.device, rfc3339(one.created), rfc3339(one.seen)) for one in sessions],
    )
    passkeys = await passkey_store.all_of(context.tx, book.person.id)
    book.table(
        "passkeys.csv",
        ("Name", "Since", "Last used"),
        [
            (one.name, rfc3339(one.created), rfc3339(one.used) if one.used else "")
            for one in passkeys
        ],
    )
    tokens = await token_store.tokens(context.tx, book.person.id)
    book.table(
        "tokens.csv",
        ("What for", "May", "Since", "Ended"),
        [(one.label, one.scope.value, rfc3339(one.created), one.revoked) for one in tokens],
    )


async def _add_persona(context: Context, book: Gathering, persona: Persona) -> None:
    urls, actor = context.urls, context.urls.member(persona.id)
    keys = await community_store.keys(context.tx)
    book.document("actor.json", person_document(persona, keys, urls))
    kept = (PostState.SHOWN, PostState.HIDDEN, PostState.HOME, PostState.REMOVED)
    posts = await post_store.of_persona(context.tx, persona.id, *kept)
    creates = [create_of(persona, post, urls) for post in posts]
    address = urls.collection(actor, "outbox")
    outbox = ordered_collection(address, len(creates), items=creates)
    book.document("outbox.json", {"@context": OBJECT_CONTEXT, **outbox})
    followers = await persona_store.followers(context.tx, actor)
    book.table("followers.csv", ("Account address",), [(handle,) for _, handle in followers])
    head = ("Account address", "Show boosts", "Notify on new posts", "Languages")
    book.table("following_accounts.csv", head, [])
    letters = await post_store.letters(context.tx, persona.id)
    said = [
        {
            "from": one.author.name,
            "address": one.address,
            "html": one.html,
            "at": rfc3339(one.published),
        }
        for one in letters
    ]
    book.document("letters.json", said)
    hosts = await store.hosts_told(context.tx, actor)
    book.table("hosts.csv", ("Server", "First", "Last"), hosts)


def _zipped(files: dict[str, bytes], now: datetime) -> bytes:
    import zipfile  # noqa: PLC0415 - seldom needed, and an idle node is to be small

    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(files):
            entry = zipfile.ZipInfo(name, now.timetuple()[:6])
            entry.external_attr = 0o600 << 16
            archive.writestr(entry, files[name], zipfile.ZIP_DEFLATED)
    return target.getvalue()
