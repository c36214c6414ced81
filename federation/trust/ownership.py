"""From a document to an actor and its keys: what an actor may claim, and what is left out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, Final
from urllib.parse import urlsplit

from activitypub.actors import Actor
from activitypub.errors import DocumentError
from activitypub.identity import host_of, same_origin
from activitypub.registry import read
from activitypub.shapes import id_of, moment
from federation.errors import ActorUnreadable, NotBelieved
from federation.ports import KEY_RULES, KeyUse, RemoteActor, RemoteKey
from federation.trust.keyforms import form_and_text, read_key
from keys.errors import KeysError
from keys.keypair import PublicKey

MOST_KEYS: Final = 10
_LONGEST_NAME: Final = 500
_LONGEST_USERNAME: Final = 100
# Keys for RFC 9421 are published as assertion methods (Fedify, Mastodon 4.7): those may do both.
_LISTS: Final = (
    ("publicKey", KeyUse.SIGNING),
    ("assertionMethod", KeyUse.BOTH),
    ("authentication", KeyUse.SIGNING),
)


def actor_from(document: Mapping[str, Any], body: bytes, now: datetime) -> RemoteActor:
    """The actor in a document that its own origin served as `body`.

    Inbox and keys must have the actor's origin; other addresses that do not are left out.
    Raises: ActorUnreadable.
    """
    actor = read(dict(document))
    if not isinstance(actor, Actor):
        raise ActorUnreadable("The document is not that of an actor.")
    actor_id = _own(actor, actor.id)
    inbox = _own(actor, actor.inbox)
    if actor_id is None or inbox is None:
        raise ActorUnreadable("The actor has no id or no inbox on its own server.")
    username = _username(actor, actor_id)
    return RemoteActor(
        id=actor_id,
        type=actor.type,
        username=username,
        host=_host(actor_id),
        name=_name(actor) or username,
        inbox=inbox,
        shared_inbox=_own(actor, actor.shared_inbox),
        followers=_own(actor, actor.followers),
        outbox=_own(actor, actor.outbox),
        url=actor.url,
        keys=keys_of(document, actor_id),
        fetched_at=now,
        document=body,
        rules=KEY_RULES,
    )


def _own(actor: Actor, url: str | None) -> str | None:
    """The address if it has the actor's origin."""
    if url is None or actor.id is None or not same_origin(url, actor.id):
        return None
    return url


def _host(actor_id: str) -> str:
    try:
        return host_of(actor_id)
    except DocumentError as error:
        raise ActorUnreadable("The actor's id is not an address.") from error


def _username(actor: Actor, actor_id: str) -> str:
    """Its user name; actors of whole servers sometimes have none and are called by their path."""
    path = urlsplit(actor_id).path.rstrip("/").rpartition("/")[2].removeprefix("@")
    return (actor.preferred_username or path or _host(actor_id))[:_LONGEST_USERNAME]


def _name(actor: Actor) -> str:
    return actor.name.best(())[0][:_LONGEST_NAME].strip() if actor.name else ""


# --- keys ----------------------------------------------------------------------------------------


def keys_of(document: Mapping[str, Any], actor_id: str) -> tuple[RemoteKey, ...]:
    """The keys that an actor's document lists and that name the actor as their owner.

    Of one id and one use there is never more than one: where there are two, neither is believed.
    Raises: ActorUnreadable for more than 10 in a list. Spec: FEP-521a, W3C CID 1.0 2.2.
    """
    found: dict[str, list[RemoteKey]] = {}
    for name, use in _LISTS:
        for key in _listed_under(document, name, use, actor_id):
            _add(found.setdefault(key.id, []), key)
    for name, use in _LISTS:
        for reference in _entries(document, name):
            if isinstance(reference, str):
                _widen(found.get(reference, []), use)
    return tuple(key for keys in found.values() for key in keys)


def _entries(document: Mapping[str, Any], name: str) -> list[Any]:
    raw = document.get(name)
    entries = raw if isinstance(raw, list) else [raw]
    if len(entries) > MOST_KEYS:
        raise ActorUnreadable("The actor has more keys than we read.")
    return entries


def _listed_under(
    document: Mapping[str, Any], name: str, use: KeyUse, actor_id: str
) -> Iterator[RemoteKey]:
    """The keys embedded in one list; none of those that share an id."""
    embedded = [each for each in _entries(document, name) if isinstance(each, dict)]
    times = Counter(str(each.get("id")) for each in embedded)
    for each in embedded:
        key = _key(each, use, actor_id)
        if key is not None and times[key.id] == 1:
            yield key


def _key(entry: Mapping[str, Any], use: KeyUse, actor_id: str) -> RemoteKey | None:
    """The key that an entry describes; None when it is not the actor's, or cannot be believed."""
    key_id, written = entry.get("id"), form_and_text(entry)
    if not isinstance(key_id, str) or written is None or not same_origin(key_id, actor_id):
        return None
    if owner_in(entry) != actor_id:
        return None
    ends = [entry[name] for name in ("expires", "revoked") if entry.get(name) is not None]
    moments = [moment.read(each)[0] for each in ends]
    if None in moments:
        # An end that cannot be read may be over.
        return None
    form, text = written
    return RemoteKey(id=key_id, text=text, form=form, use=use, expires=min(moments, default=None))


def owner_in(entry: Mapping[str, Any]) -> str | None:
    """Whom a key names as its owner; None when it names nobody, or two."""
    owners = {id_of(entry[name]) for name in ("owner", "controller") if name in entry}
    return owners.pop() if len(owners) == 1 else None


def _add(same_id: list[RemoteKey], key: RemoteKey) -> None:
    """Add a key to those that share its id.

    Some actors publish one id twice, as PEM for requests and as a Multikey for proofs (Mitra): then
    each is good for its own list only. Two different keys for one use are none.
    """
    for at, other in enumerate(same_id):
        if (other.form, other.text, other.expires) == (key.form, key.text, key.expires):
            same_id[at] = replace(other, use=_both(other.use, key.use))
            return
    if any(other.use.allows(KeyUse.SIGNING) for other in same_id):
        if key.use is KeyUse.SIGNING:
            same_id.clear()
            return
        key = replace(key, use=KeyUse.ASSERTION)
    same_id.append(key)


def _widen(same_id: list[RemoteKey], use: KeyUse) -> None:
    """A list that names a key embedded in another one allows it that use as well."""
    if len(same_id) == 1:
        same_id[0] = replace(same_id[0], use=_both(same_id[0].use, use))


def _both(one: KeyUse, other: KeyUse) -> KeyUse:
    return one if one is other else KeyUse.BOTH


def may_use(actor: RemoteActor, key_id: str, use: KeyUse, now: datetime) -> bool:
    """Whether the actor lists a key with exactly this id, for this use and for this moment."""
    return any(
        key.id == key_id and key.use.allows(use) and not _is_over(key, now) for key in actor.keys
    )


def listed_key(actor: RemoteActor, key_id: str, use: KeyUse, now: datetime) -> PublicKey:
    """The key with exactly this id that the actor lists for this use. Raises: NotBelieved."""
    listed = [key for key in actor.keys if key.id == key_id]
    if not listed:
        raise NotBelieved("key-not-listed", "The owner does not list this key.")
    fit = [key for key in listed if key.use.allows(use)]
    if not fit:
        raise NotBelieved("key-use-refused", "The owner does not list this key for this purpose.")
    if _is_over(fit[0], now):
        raise NotBelieved("key-expired", "The key has expired or was revoked.")
    try:
        return read_key(fit[0])
    except KeysError as error:
        raise NotBelieved.because(error) from error


def _is_over(key: RemoteKey, now: datetime) -> bool:
    return key.expires is not None and key.expires <= now
