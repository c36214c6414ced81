"""The figures of RFC 9421, appendix B."""

from __future__ import annotations

import json
import pathlib
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import load_pem_private_key, load_pem_public_key

from keys.algorithms import prove
from keys.errors import (
    ComponentRefused,
    NotCovered,
    SignatureInvalid,
)
from keys.http_signatures import check, verify
from keys.keypair import Ed25519PrivateKey, PublicKey
from keys.message import Request
from keys.rfc9421 import parse, sign, signature_base
from keys.structured_fields import read_bytes

Json = dict[str, Any]
VECTORS: Json = json.loads(
    (pathlib.Path(__file__).parent / "vectors/rfc9421-appendix-b.json").read_text()
)
SIGNATURES: list[Json] = VECTORS["signatures"]
READ = [vector for vector in SIGNATURES if "refused" not in vector]


def name_of(vector: Json) -> str:
    return str(vector["name"])


def request_of(message: Json) -> Request:
    return Request(
        method=message["method"],
        url=message["url"],
        headers=tuple((name, value) for name, value in message["headers"]),
        body=message["body"].encode(),
    )


def key_of(vector: Json) -> PublicKey:
    key = load_pem_public_key(VECTORS["keys"][vector["key"]]["public_pem"].encode())
    assert isinstance(key, PublicKey)
    return key


@pytest.mark.parametrize("vector", SIGNATURES, ids=name_of)
def test_the_signatures_of_appendix_b_are_proven(vector: Json) -> None:
    _, value = read_bytes(vector["signature"])
    prove(key_of(vector), vector["algorithm"], value, vector["base"].encode())
    with pytest.raises(SignatureInvalid):
        prove(key_of(vector), vector["algorithm"], value, vector["base"].encode() + b" ")


@pytest.mark.parametrize("vector", READ, ids=name_of)
def test_the_bases_of_appendix_b_are_built(vector: Json) -> None:
    signature = parse(vector["input"], vector["signature"])
    request = request_of(VECTORS["requests"][vector["request"]])
    assert signature.key_id == vector["key"]
    base = signature_base(request, signature.covered, signature.parameters)
    assert base.decode() == vector["base"]


@pytest.mark.parametrize(
    "vector", [vector for vector in SIGNATURES if "refused" in vector], ids=name_of
)
def test_what_appendix_b_has_for_others_is_refused(vector: Json) -> None:
    with pytest.raises(ComponentRefused) as caught:
        parse(vector["input"], vector["signature"])
    assert caught.value.reason == vector["refused"]


@pytest.mark.parametrize("vector", [v for v in SIGNATURES if v.get("made_again")], ids=name_of)
def test_the_signatures_of_appendix_b_are_made(vector: Json) -> None:
    key = load_pem_private_key(VECTORS["keys"][vector["key"]]["private_pem"].encode(), None)
    assert isinstance(key, Ed25519PrivateKey)
    signature = parse(vector["input"], vector["signature"])
    assert signature.created is not None
    made = sign(
        request_of(VECTORS["requests"][vector["request"]]),
        signature.covered,
        key_id=vector["key"],
        key=key,
        created=signature.created,
        label=vector["input"].partition("=")[0],
    )
    assert made == (("Signature-Input", vector["input"]), ("Signature", vector["signature"]))


@pytest.mark.parametrize("vector", READ, ids=name_of)
def test_only_what_covers_enough_in_appendix_b_would_be_believed(vector: Json) -> None:
    label = f';alg="{vector["algorithm"]}"'
    signature = parse(vector["input"] + label, vector["signature"])
    request = request_of(VECTORS["requests"][vector["request"]])
    authorities = {request.authority}
    assert signature.created is not None
    if vector.get("covers_enough"):
        check(request, signature, now=signature.created, authorities=authorities)
    elif request.method == "POST" or "?" in request.target:
        with pytest.raises(NotCovered):
            check(request, signature, now=signature.created, authorities=authorities)


@pytest.mark.parametrize("change", VECTORS["transformations"], ids=name_of)
def test_a_change_on_the_way_counts_where_it_is_signed(change: Json) -> None:
    vector = SIGNATURES[-1]
    signature = parse(vector["input"], vector["signature"])
    if change["valid"]:
        verify(request_of(change["request"]), signature, key_of(vector))
    else:
        with pytest.raises(SignatureInvalid):
            verify(request_of(change["request"]), signature, key_of(vector))
