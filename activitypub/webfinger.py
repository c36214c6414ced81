"""JRD documents: build ours, read those of others. Spec: RFC 7033."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from activitypub.names import ACTIVITY_JSON, REL_PROFILE, REL_SELF
from activitypub.negotiation import is_activity
from activitypub.shapes import Json


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


def build(
    subject: str, aliases: Sequence[str] = (), links: Sequence[Mapping[str, str]] = ()
) -> dict[str, Json]:
    """The JRD of a subject such as `acct:wien@wien.example`."""
    return {"subject": subject, "aliases": list(aliases), "links": [dict(each) for each in links]}


def self_link(actor: str) -> dict[str, str]:
    """The link to the actor document."""
    return {"rel": REL_SELF, "type": ACTIVITY_JSON, "href": actor}


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
