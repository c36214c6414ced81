"""Linked-data signatures (RsaSignature2017): seen, never believed.

They cover an RDF graph while programs read a JSON tree, and one graph fits many trees: whoever
trusted them has been deceived through them. We neither verify nor make them.
"""

from __future__ import annotations

from collections.abc import Mapping

TYPE = "RsaSignature2017"


def has_signature(document: Mapping[str, object]) -> bool:
    """Whether the document carries a linked-data signature, which proves nothing here."""
    signature = document.get("signature")
    if not isinstance(signature, Mapping):
        return False
    kind = signature.get("type")
    return kind == TYPE or (isinstance(kind, list) and TYPE in kind)
