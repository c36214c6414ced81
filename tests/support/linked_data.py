"""Linked-data signatures as Mastodon makes them, and documents that say to a program what they do
not say to a JSON-LD processor.

Each forgery keeps the canonical hash of what the victim signed, so that its signature still holds.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping
from hashlib import sha256
from importlib import import_module
from typing import Any

from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256

from activitypub.jsonld import _bundled, expand
from activitypub.names import ACTIVITYSTREAMS
from tests.support.hostile import Persona

Json = dict[str, Any]
_IDENTITY = "https://w3id.org/identity/v1"


def canonical(document: Mapping[str, Any]) -> str:
    """The RDF statements of a document in their canonical order, without its signature."""
    processor: Any = import_module("pyld.jsonld")
    unsigned = {key: value for key, value in document.items() if key != "signature"}
    options = {
        "algorithm": "URDNA2015",
        "format": "application/n-quads",
        "documentLoader": _bundled,
    }
    return str(processor.normalize(unsigned, options))


def sealed(document: Json, by: Persona) -> Json:
    """The document with a true RsaSignature2017. Spec: Linked Data Signatures 1.0, section 7."""
    options = {"creator": by.key_id, "created": "2026-06-01T10:00:00Z"}
    parts = [canonical({"@context": _IDENTITY, **options}), canonical(document)]
    text = "".join(sha256(part.encode()).hexdigest() for part in parts)
    value = by.key.sign(text.encode(), PKCS1v15(), SHA256())
    signature = {"type": "RsaSignature2017", **options, "signatureValue": b64encode(value).decode()}
    return {**document, "signature": signature}


def _address(term: str) -> Json:
    return {"@id": f"{ACTIVITYSTREAMS}#{term}", "@type": "@id"}


def _in_context(document: Json, terms: Json) -> Json:
    return {**document, "@context": [ACTIVITYSTREAMS, terms]}


def turned_inside_out(undo: Json) -> dict[str, Json]:
    """An Undo of something, in all the forms in which that something stands on top."""
    inner = {"@context": ACTIVITYSTREAMS, **undo["object"]}
    outer = {key: value for key, value in undo.items() if key not in ("@context", "object")}
    whole = {**outer, "object": inner["id"]}
    nothing = {key: None for key in inner if key != "@context"}
    return {
        "D02": _in_context({**inner, "@graph": expand(undo)}, nothing),
        "D04": {**inner, "@reverse": {"object": outer}},
        "D05-included": _in_context({**inner, "more": whole}, {"more": "@included"}),
        "D05-reverse": _in_context(
            {**inner, "wrapped": outer},
            {"wrapped": {"@reverse": f"{ACTIVITYSTREAMS}#object", "@type": "@id"}},
        ),
    }


def of_another(activity: Json, actor: str, activity_id: str) -> dict[str, Json]:
    """An activity in all the forms in which a program sees this actor and this id."""
    terms = {"actor": None, "x": _address("actor")}
    true = activity["actor"]
    named = {**activity, "actor": actor, "x": true}
    nested = {**activity, "actor": actor, "n": {"x": true}}
    renamed = {**named, "@id": activity["id"], "id": activity_id}
    return {
        "D05-nest": _in_context(nested, {**terms, "n": "@nest"}),
        "D06": _in_context(named, terms),
        "D08": _in_context(renamed, {**terms, "id": None}),
    }


def reworded(create: Json) -> dict[str, Json]:
    """A Create in all the forms in which a program reads something else in it."""
    about = create["object"]
    other = {**about, "content": "forged", "c2": about["content"]}
    more = {"capacity": 9, "extThing": {"id": about["id"] + "-forged"}, "content-x": "forged"}
    again = {"to": [*about["to"], *about["to"]], "cc": "not an iri", "bto": None}
    turned = dict(reversed(about.items()))
    return {
        "D07": _in_context(
            {**create, "object": other}, {"content": None, "c2": f"{ACTIVITYSTREAMS}#content"}
        ),
        "D09": {**create, "object": {**about, **more}, "capacity": 9},
        "D10": {**create, **again, "object": {**turned, **again}},
    }
