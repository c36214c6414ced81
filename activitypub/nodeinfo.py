"""NodeInfo documents: build ours, read those of others. Spec: NodeInfo 2.1, FEP-2677."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from activitypub.names import REL_APPLICATION, REL_NODEINFO_20, REL_NODEINFO_21
from activitypub.shapes import Json

_RELS: Final = {"2.0": REL_NODEINFO_20, "2.1": REL_NODEINFO_21}
_SOFTWARE: Final = ("name", "version", "repository", "homepage")


@dataclass(frozen=True, slots=True, kw_only=True)
class Software:
    """What a server runs; both empty when it does not say."""

    name: str = ""
    version: str = ""


def well_known(*, nodeinfo: Mapping[str, str], application: str) -> dict[str, Json]:
    """`/.well-known/nodeinfo`: where the document of each version is, the newest last, and the
    relay actor by FEP-2677."""
    versions: list[Json] = [
        {"rel": _RELS[version], "href": address} for version, address in sorted(nodeinfo.items())
    ]
    return {"links": [*versions, {"rel": REL_APPLICATION, "href": application}]}


def content_type(version: str) -> str:
    """The media type of a document of this version, "2.0" or "2.1"."""
    return f'application/json; profile="{_RELS[version]}#"'


def build(
    *,
    version: str,
    software: Mapping[str, str],
    users: int,
    posts: int,
    comments: int | None = None,
    open_registrations: bool = False,
    metadata: Mapping[str, Json] | None = None,
) -> dict[str, Json]:
    """The document of this version, "2.0" or "2.1"; `users` are the actors that can be followed.

    `software` is name and version and, which only 2.1 knows, repository and homepage. No number
    is given that says something about people, such as how many were active.
    """
    known = ("name", "version") if version == "2.0" else _SOFTWARE
    usage: dict[str, Json] = {"users": {"total": users}, "localPosts": posts}
    if comments is not None:
        usage["localComments"] = comments
    return {
        "version": version,
        "software": {key: software[key] for key in known if software.get(key)},
        "protocols": ["activitypub"],
        "services": {"inbound": [], "outbound": ["atom1.0"]},
        "openRegistrations": open_registrations,
        "usage": usage,
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
