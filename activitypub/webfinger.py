"""JRD documents: build ours, read those of others. Spec: RFC 7033."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from activitypub.names import ACTIVITY_JSON, REL_PROFILE, REL_SELF
from activitypub.negotiation import is_activity
from activitypub.shapes import Json

REL_SERVICE: Final = "https://www.w3.org/ns/activitystreams#Service"
REL_AVATAR: Final = "http://webfinger.net/rel/avatar"


@dataclass(frozen=True, slots=True, kw_only=True)
class JrdLink:
    """One link of a JRD; absent parts are empty."""

    rel: str
    type: str = ""
    href: str = ""
    template: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Jrd:
    """A WebFinger answer: who the subject is and where to find it."""

    subject: str
    aliases: tuple[str, ...] = ()
    links: tuple[JrdLink, ...] = ()

    @property
    def actor(self) -> str | None:
        """The address of the actor document: the first self link of an ActivityPub type."""
        for link in self.links:
            if link.rel == REL_SELF and link.href and is_activity(link.type):
                return link.href
        return None

    @property
    def service(self) -> str | None:
        """The actor that is the server itself; None where it names none. Spec: FEP-d556"""
        for link in self.links:
            if link.rel == REL_SERVICE and link.href and is_activity(link.type):
                return link.href
        return None


def build(
    subject: str,
    aliases: Sequence[str] = (),
    links: Sequence[Mapping[str, str]] = (),
    *,
    rels: Sequence[str] = (),
) -> dict[str, Json]:
    """The JRD of a subject such as `acct:wien@wien.example`; with `rels` only these links.

    Spec: RFC 7033 4.3, 4.4
    """
    wanted = [dict(each) for each in links if not rels or each.get("rel") in rels]
    return {"subject": subject, "aliases": list(aliases), "links": wanted}


def self_link(actor: str) -> dict[str, str]:
    """The link to the actor document."""
    return {"rel": REL_SELF, "type": ACTIVITY_JSON, "href": actor}


def service_link(actor: str) -> dict[str, str]:
    """The link from a server to the actor that is the server itself. Spec: FEP-d556"""
    return {"rel": REL_SERVICE, "type": ACTIVITY_JSON, "href": actor}


def avatar_link(picture: str, media_type: str) -> dict[str, str]:
    """The link to the picture of an actor."""
    return {"rel": REL_AVATAR, "type": media_type, "href": picture}


def profile_link(page: str) -> dict[str, str]:
    """The link to the page for people."""
    return {"rel": REL_PROFILE, "type": "text/html", "href": page}


def read(document: Mapping[str, Json]) -> Jrd:
    """The JRD in this document; what has an odd shape is left out, nothing raises."""
    aliases, links = document.get("aliases"), document.get("links")
    return Jrd(
        subject=_string(document.get("subject")),
        aliases=tuple(each for each in _array(aliases) if isinstance(each, str)),
        links=tuple(_link(each) for each in _array(links) if isinstance(each, dict)),
    )


def _link(raw: Mapping[str, Json]) -> JrdLink:
    return JrdLink(
        rel=_string(raw.get("rel")),
        type=_string(raw.get("type")),
        href=_string(raw.get("href")),
        template=_string(raw.get("template")),
    )


def _string(raw: Json) -> str:
    return raw if isinstance(raw, str) else ""


def _array(raw: Json) -> list[Json]:
    return raw if isinstance(raw, list) else []
