"""What a request says of itself, in the right shapes; nothing of it is believed yet."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final
from urllib.parse import urldefrag

from activitypub.errors import UrlRefused
from activitypub.identity import host_of, same_origin
from activitypub.shapes import id_of
from federation.errors import Malformed, NotBelieved
from keys.errors import KeysError
from keys.message import Request

LONGEST_ID: Final = 2048
_KEY_ID: Final = re.compile(r'keyid="(https?://[^"/?#\s]{1,300})', re.IGNORECASE)
_UNFIT: Final = re.compile(r"[\x00-\x20\x7f]")
_KIND: Final = re.compile(r"[A-Za-z][A-Za-z0-9:/.#_-]{0,199}")
_FORWARDED: Final = frozenset({"Create", "Update", "Delete"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """What a body says: an activity by `actor`, about `about`, which `touches` something else."""

    id: str
    kind: str
    actor: str
    host: str
    about: str | None
    touches: str | None
    digest: str
    sealed: bool
    """Whether it carries a signature of its own: never trusted, but only such are forwarded."""

    @property
    def deletes_its_actor(self) -> bool:
        return self.kind == "Delete" and self.about == self.actor

    @property
    def is_hint(self) -> bool:
        """Whether there is an object whose origin can be asked, should somebody else bring it."""
        about = self.about
        named = about is not None and about != self.actor and same_origin(about, self.actor)
        return self.sealed and self.kind in _FORWARDED and named


def read_claim(document: Mapping[str, Any], digest: str) -> Claim:
    """Raises: Malformed, NotBelieved when the id has another origin than the actor."""
    kind, actor = _string(document, "type"), _string(document, "actor")
    if not _KIND.fullmatch(kind):
        raise Malformed("type", "The type is not a name.")
    try:
        host = host_of(actor)
    except UrlRefused as error:
        raise Malformed("actor", "The actor is not an address.") from error
    # Some servers send a Follow without an id. With one of our making it is still kept once.
    nameless = kind == "Follow" and document.get("id") is None
    activity_id = f"{actor}#{kind}/{digest}" if nameless else _string(document, "id")
    if not same_origin(activity_id, actor):
        raise NotBelieved("foreign-id", "The activity's id belongs to another server.")
    about = _first(document.get("object"))
    return Claim(
        id=activity_id,
        kind=kind,
        actor=actor,
        host=host,
        about=_address(about),
        touches=_touched(about) if kind == "Undo" else None,
        digest=digest,
        sealed="signature" in document or "proof" in document,
    )


def claimed_host(request: Request) -> str:
    """The host of the key that the request names; "" when it names none that can be read."""
    try:
        header = request.header("signature-input") or request.header("signature") or ""
    except KeysError:
        return ""
    # Nearly always the first place that looks like one is one; a search that minds no case is slow.
    first = header.lower().find('keyid="')
    found = first >= 0 and (_KEY_ID.match(header, first) or _KEY_ID.search(header))
    return _host(found.group(1)) if found else ""


def probable_signers(key_id: str) -> list[str]:
    """The actors that may own a key of this id, as servers are used to name keys."""
    plain = urldefrag(key_id).url
    parent = plain.rpartition("/")[0]
    return [plain] if plain != key_id else [plain, parent]


@lru_cache(maxsize=1024)
def _host(origin: str) -> str:
    try:
        return host_of(origin)
    except UrlRefused:
        return ""


def _string(document: Mapping[str, Any], key: str) -> str:
    value = document.get(key)
    # An array or object here reads differently in different servers.
    if not isinstance(value, str) or not 0 < len(value) <= LONGEST_ID or _UNFIT.search(value):
        raise Malformed(key, f"An activity needs a {key} that is a string.")
    return value


def _first(about: Any) -> Any:
    """The object; the first usable of several, as the vocabulary reads it."""
    if not isinstance(about, list):
        return about
    return next((each for each in about if isinstance(each, (str, dict)) and each), None)


def _touched(about: Any) -> str | None:
    return _address(_first(about.get("object"))) if isinstance(about, dict) else None


def _address(about: Any) -> str | None:
    """An id that can be stored and compared; None for anything else."""
    found = id_of(about)
    fit = found is not None and len(found) <= LONGEST_ID and not _UNFIT.search(found)
    return found if fit else None
