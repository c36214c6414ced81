"""Which JSON-LD contexts we carry, each with its reason, and what we put on outgoing documents.

Nothing is ever fetched: what is not here is unknown. Our own words are in `terms.py`.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Final

from activitypub import terms
from activitypub.names import ACTIVITYSTREAMS
from activitypub.shapes import Json

SECURITY: Final = "https://w3id.org/security/v1"
CONTROLLED_IDENTIFIERS: Final = "https://www.w3.org/ns/cid/v1"

_FOLDER: Final = Path(__file__).parent / "contexts"

# Address → file: why it is here.
_BUNDLED: Final[dict[str, str]] = {
    # on every document of the fediverse
    ACTIVITYSTREAMS: "activitystreams.json",
    # publicKey, owner, publicKeyPem of every actor
    SECURITY: "security-v1.json",
    # assertionMethod and Multikey of actors that sign objects (FEP-521a)
    CONTROLLED_IDENTIFIERS: "cid-v1.json",
    # proofs on objects (FEP-8b32)
    "https://w3id.org/security/data-integrity/v1": "data-integrity-v1.json",
    "https://w3id.org/security/data-integrity/v2": "data-integrity-v2.json",
    # older spelling of Multikey, still sent by Mitra and Fedify
    "https://w3id.org/security/multikey/v1": "multikey-v1.json",
    # actors of servers that speak of DIDs
    "https://www.w3.org/ns/did/v1": "did-v1.json",
    # linked-data signatures of Mastodon
    "https://w3id.org/identity/v1": "identity-v1.json",
    # interaction policies of GoToSocial
    "https://gotosocial.org/ns": "gotosocial.json",
    # communities of Lemmy
    "https://join-lemmy.org/context.json": "lemmy.json",
    # terms of Mastodon, named by address
    "http://joinmastodon.org/ns": "mastodon.json",
    # collections of an actor's inverse properties, portable ids, webfinger and others
    "https://w3id.org/fep/5711": "fep-5711.json",
    "https://w3id.org/fep/ef61": "fep-ef61.json",
    "https://purl.archive.org/socialweb/webfinger": "webfinger.json",
    "https://purl.archive.org/miscellany": "miscellany.json",
}


@cache
def _load(name: str) -> dict[str, Json]:
    document: dict[str, Json] = json.loads((_FOLDER / name).read_text("utf-8"))
    return document


def load(url: str) -> dict[str, Json] | None:
    """The bundled context document of this address, None when we carry none."""
    name = _BUNDLED.get(url.removesuffix("#"))
    return None if name is None else _load(name)


OBJECT_CONTEXT: Final[list[Json]] = [
    ACTIVITYSTREAMS,
    SECURITY,
    {**terms.PREFIXES, **terms.PLACES, **terms.EVENTS, **terms.QUOTES, **terms.OURS},
]
ACTOR_CONTEXT: Final[list[Json]] = [
    ACTIVITYSTREAMS,
    SECURITY,
    # Without this one peers do not see `assertionMethod`.
    CONTROLLED_IDENTIFIERS,
    {**terms.PREFIXES, **terms.PLACES, **terms.ACTORS, **terms.OURS},
]
MARKET_CONTEXT: Final[list[Json]] = [*OBJECT_CONTEXT, terms.MARKET]
"""For offers, needs and agreements. Spec: FEP-0837."""
CAMPAIGN_CONTEXT: Final[list[Json]] = [*OBJECT_CONTEXT, terms.CAMPAIGNS]
"""For campaigns and their tallies."""
EVERY_CONTEXT: Final[list[Json]] = [
    ACTIVITYSTREAMS,
    SECURITY,
    CONTROLLED_IDENTIFIERS,
    OBJECT_CONTEXT[2],
    ACTOR_CONTEXT[3],
    terms.MARKET,
    terms.CAMPAIGNS,
]
"""Every word that we know: the form into which unfamiliar documents are brought."""
