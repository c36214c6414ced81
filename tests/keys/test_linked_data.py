"""Linked-data signatures are seen."""

from __future__ import annotations

import pytest

from keys.linked_data import has_signature


@pytest.mark.parametrize("kind", ["RsaSignature2017", ["RsaSignature2017"]])
def test_a_linked_data_signature_is_recognised(kind: object) -> None:
    assert has_signature({"id": "x", "signature": {"type": kind, "signatureValue": "YQ=="}})


@pytest.mark.parametrize(
    "signature", [None, "RsaSignature2017", [], {}, {"type": "Ed25519Signature2018"}, {"type": {}}]
)
def test_nothing_else_is_taken_for_one(signature: object) -> None:
    assert not has_signature({"signature": signature})


def test_a_document_without_one_has_none() -> None:
    assert not has_signature({"id": "x", "type": "RsaSignature2017"})
