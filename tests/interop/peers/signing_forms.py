"""The four forms of signature that servers use, each made and judged by libraries of others.

draft             HTTP signature, draft-cavage-12                  apsig
rfc9421           HTTP message signature, without Content-Digest   apsig
rfc9421-digest    the same, Content-Digest covered                 http-message-signatures
ld                RsaSignature2017 in the document                 apsig
proof             FEP-8b32 eddsa-jcs-2022 in the document          apsig
"""

from __future__ import annotations

import base64
import email.utils
import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlsplit

import http_message_signatures as hms
from apsig import KeyUtil, LDSignature, ProofSigner, ProofVerifier
from apsig.draft import Signer, Verifier
from apsig.rfc9421 import RFC9421Signer, RFC9421Verifier
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ed25519, rsa
from pyld import jsonld

from activitypub.contexts import load
from tests.support.signing import within_a_second

Json = dict[str, Any]
Verdicts = dict[str, str]
"""Form → "valid", or why not."""
ACTIVITY = "application/activity+json"
CONTEXT = [
    "https://www.w3.org/ns/activitystreams",
    "https://w3id.org/security/v1",
    "https://w3id.org/security/data-integrity/v1",
]
_LD = "https://w3id.org/identity/v1"
_COVERED = ("@method", "@target-uri", "content-digest", "content-type", "date")


@dataclass(frozen=True, slots=True, kw_only=True)
class Keys:
    """Both keys of an actor."""

    rsa: rsa.RSAPrivateKey
    ed25519: ed25519.Ed25519PrivateKey


def new_keys() -> Keys:
    """Two new keys."""
    return Keys(
        rsa=rsa.generate_private_key(public_exponent=65537, key_size=2048),
        ed25519=ed25519.Ed25519PrivateKey.generate(),
    )


def actor(id: str, name: str, keys: Keys) -> Json:
    """A Person with both keys."""
    pem = keys.rsa.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return {
        "@context": [*CONTEXT[:2], "https://www.w3.org/ns/cid/v1"],
        "id": id,
        "type": "Person",
        "preferredUsername": name,
        "name": name.title(),
        "inbox": f"{id}/inbox",
        "outbox": f"{id}/outbox",
        "followers": f"{id}/followers",
        "publicKey": {"id": f"{id}#main-key", "owner": id, "publicKeyPem": pem.decode()},
        "assertionMethod": [
            {
                "id": f"{id}#ed25519-key",
                "type": "Multikey",
                "controller": id,
                "publicKeyMultibase": KeyUtil(keys.ed25519.public_key()).encode_multibase(),
            }
        ],
    }


class _Resolver(hms.HTTPSignatureKeyResolver):
    """One key, whatever its name."""

    def __init__(self, key: Any) -> None:
        self._key = key

    def resolve_public_key(self, key_id: str) -> Any:
        return self._key

    def resolve_private_key(self, key_id: str) -> Any:
        return self._key


@contextmanager
def _offline() -> Iterator[None]:
    """PyLD fetches no context: it gets the known ones from here."""

    def loaded(url: str, _: Any = None) -> Json:
        named = url if load(url) else "https://w3id.org/security/v1"
        return {"contextUrl": None, "documentUrl": url, "document": load(named)}

    before = jsonld.get_document_loader()
    jsonld.set_document_loader(loaded)
    try:
        yield
    finally:
        jsonld.set_document_loader(before)


# --- making ---


def sealed(document: Json, keys: Keys, owner: str, signs: tuple[str, ...]) -> Json:
    """The document with a proof or a Linked Data signature in it, if one is asked for."""
    if "proof" in signs:
        document = ProofSigner(keys.ed25519).sign(
            document,
            {
                "type": "DataIntegrityProof",
                "cryptosuite": "eddsa-jcs-2022",
                "proofPurpose": "assertionMethod",
                "@context": document["@context"],
                "verificationMethod": f"{owner}#ed25519-key",
                "created": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            },
        )
    if "ld" in signs:
        with _offline():
            document = LDSignature().sign(
                document, f"{owner}#main-key", keys.rsa, {"@context": _LD}
            )
    return dict(document)


def signed(url: str, body: bytes, keys: Keys, owner: str, signs: tuple[str, ...]) -> dict[str, str]:
    """The headers of a POST with an HTTP signature, if one is asked for."""
    parts, key_id = urlsplit(url), f"{owner}#main-key"
    headers = {
        "Content-Type": ACTIVITY,
        "Date": email.utils.formatdate(usegmt=True),
        "Host": parts.netloc,
    }
    if "draft" in signs:
        headers = Signer(headers, keys.rsa, "POST", url, key_id, body).sign()
    elif "rfc9421" in signs:
        apsigs, plain = RFC9421Signer(keys.rsa, key_id), headers
        headers = within_a_second(
            lambda: apsigs.sign("POST", parts.path, parts.netloc, plain, body)
        )
    elif "rfc9421-digest" in signs:
        message = SimpleNamespace(method="POST", url=url, headers=headers)
        signer = hms.HTTPMessageSigner(
            signature_algorithm=hms.algorithms.RSA_V1_5_SHA256, key_resolver=_Resolver(keys.rsa)
        )
        signer.sign(message, key_id=key_id, covered_component_ids=_COVERED, body=body)
    # apsig repeats its signature in Authorization, which GoToSocial refuses
    dropped = {"authorization", "content-length"}
    return {name: value for name, value in headers.items() if name.lower() not in dropped}


def signed_get(url: str, keys: Keys, owner: str) -> dict[str, str]:
    """The headers of a GET that is signed in the draft's way, as servers in secure mode ask."""
    headers = {
        "Accept": ACTIVITY,
        "Host": urlsplit(url).netloc,
        "Date": email.utils.formatdate(usegmt=True),
    }
    made = Signer(headers, keys.rsa, "GET", url, f"{owner}#main-key").sign()
    return {name: value for name, value in made.items() if name.lower() != "authorization"}


# --- judging ---


def judge(url: str, headers: Mapping[str, str], body: bytes, owner: Json) -> Verdicts:
    """What the libraries say of every signature on a POST by this owner."""
    document = json.loads(body)
    public = serialization.load_pem_public_key(owner["publicKey"]["publicKeyPem"].encode())
    verdicts: Verdicts = {}
    parts = urlsplit(url)
    if "signature-input" in headers:
        apsigs = RFC9421Verifier(public, "POST", parts.path, parts.netloc, dict(headers), body)
        verdicts["rfc9421"] = _verdict(lambda: apsigs.verify(raise_on_fail=True))
        verdicts["rfc9421-digest"] = _verdict(lambda: _strict(url, headers, body, public))
    elif "signature" in headers:
        draft = Verifier(public, "POST", url, dict(headers), body)
        verdicts["draft"] = _verdict(lambda: draft.verify(raise_on_fail=True))
    if "signature" in document:
        with _offline():
            verdicts["ld"] = _verdict(
                lambda: LDSignature().verify(json.loads(body), public, raise_on_fail=True)
            )
    if "proof" in document:
        verdicts["proof"] = _verdict(lambda: _proof(document, owner))
    return verdicts


def _strict(url: str, headers: Mapping[str, str], body: bytes, public: Any) -> bool:
    """Whether the signature holds, covers the digest, and that is the body's. Raises otherwise."""
    verifier = hms.HTTPMessageVerifier(
        signature_algorithm=hms.algorithms.RSA_V1_5_SHA256, key_resolver=_Resolver(public)
    )
    message = SimpleNamespace(method="POST", url=url, headers=dict(headers))
    (result,) = verifier.verify(message, max_age=timedelta(hours=1))
    if f"sha-256=:{_sha256(body)}:" not in headers.get("content-digest", ""):
        raise ValueError("another Content-Digest")
    if '"content-digest"' not in result.covered_components:
        raise ValueError("Content-Digest is not covered")
    return True


def _proof(document: Json, owner: Json) -> bool:
    methods = owner["assertionMethod"]
    methods = methods if isinstance(methods, list) else [methods]
    keys = {one["id"]: one["publicKeyMultibase"] for one in methods}
    plain = {name: value for name, value in document.items() if name != "signature"}
    verifier = ProofVerifier(keys[plain["proof"]["verificationMethod"]])
    return bool(verifier.verify(plain, raise_on_fail=True))


def _verdict(check: Callable[[], Any]) -> str:
    try:
        return "valid" if check() else "not valid"
    except Exception as error:  # whatever a stranger's code raises is its verdict
        return f"{type(error).__name__}: {error}"


def _sha256(body: bytes) -> str:
    return base64.b64encode(hashlib.sha256(body).digest()).decode()
