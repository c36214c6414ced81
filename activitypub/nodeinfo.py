"""NodeInfo documents: build ours, read those of others. Spec: NodeInfo 2.1, FEP-2677."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from activitypub.names import REL_APPLICATION, REL_NODEINFO_20, REL_NODEINFO_21
from activitypub.shapes import Json


@dataclass(frozen=True, slots=True, kw_only=True)
class Software:
    """What a server runs; both empty when it does not say."""

    name: str = ""
    version: str = ""


def well_known(*, nodeinfo: str, application: str) -> dict[str, Json]:
    """`/.well-known/nodeinfo`: where the document is, and the relay actor by FEP-2677."""
    return {
        "links": [
            {"rel": REL_NODEINFO_21, "href": nodeinfo},
            {"rel": REL_APPLICATION, "href": application},
        ]
    }


def build(
    *,
    name: str,
    version: str,
    users: int,
    posts: int,
    open_registrations: bool = False,
    metadata: Mapping[str, Json] | None = None,
) -> dict[str, Json]:
    """The NodeInfo 2.1 document; `users` are the communities, `posts` what they published."""
    return {
        "version": "2.1",
        "software": {"name": name, "version": version},
        "protocols": ["activitypub"],
        "services": {"inbound": [], "outbound": []},
        "openRegistrations": open_registrations,
        "usage": {"users": {"total": users}, "localPosts": posts},
        "metadata": dict(metadata or {}),
    }


def document_link(well_known_document: Mapping[str, Json]) -> str | None:
    """Where a server's NodeInfo document is, the newest version we read; None without one."""
    return _link(well_known_document, REL_NODEINFO_21) or _link(
        well_known_document, REL_NODEINFO_20
    )


def application_link(well_known_document: Mapping[str, Json]) -> str | None:
    """The id of a server's own actor, None where it names none. Spec: FEP-2677."""
    return _link(well_known_document, REL_APPLICATION)


def _link(document: Mapping[str, Json], rel: str) -> str | None:
    links = document.get("links")
    for each in links if isinstance(links, list) else []:
        if isinstance(each, dict) and each.get("rel") == rel and isinstance(each.get("href"), str):
            return str(each["href"])
    return None


def read(document: Mapping[str, Json]) -> Software:
    """The software that a NodeInfo document names."""
    software = document.get("software")
    named = software if isinstance(software, dict) else {}
    parts = {key: named.get(key) for key in ("name", "version")}
    return Software(**{key: each for key, each in parts.items() if isinstance(each, str)})
