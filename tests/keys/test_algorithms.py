"""The key decides on the algorithm; a label that does not fit the key is refused."""

from __future__ import annotations

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.padding import MGF1, PSS, PKCS1v15
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256, SHA512

from keys.algorithms import ALGORITHMS, make, prove
from keys.errors import AlgorithmRefused, SignatureInvalid
from keys.keypair import PublicKey, RSAPrivateKey, make_ed25519

TEXT = b"what is signed"
ED25519 = make_ed25519()
P256 = ec.generate_private_key(ec.SECP256R1())


def by_p256(text: bytes = TEXT) -> bytes:
    r, s = decode_dss_signature(P256.sign(text, ec.ECDSA(SHA256())))
    return r.to_bytes(32, "big") + s.to_bytes(32, "big")


def by_pss(rsa: RSAPrivateKey, salt: int = 64) -> bytes:
    return rsa.sign(TEXT, PSS(mgf=MGF1(SHA512()), salt_length=salt), SHA512())


@pytest.mark.parametrize("label", ["", "rsa-v1_5-sha256"])
def test_rsa_means_pkcs1_with_sha256(rsa: RSAPrivateKey, label: str) -> None:
    assert make(rsa, TEXT) == rsa.sign(TEXT, PKCS1v15(), SHA256())
    prove(rsa.public_key(), label, make(rsa, TEXT), TEXT)


def test_rsa_means_pss_where_the_label_says_so(rsa: RSAPrivateKey) -> None:
    prove(rsa.public_key(), "rsa-pss-sha512", by_pss(rsa), TEXT)
    for label in ("", "rsa-v1_5-sha256"):
        with pytest.raises(SignatureInvalid):
            prove(rsa.public_key(), label, by_pss(rsa), TEXT)


def test_pss_with_another_length_of_salt_is_refused(rsa: RSAPrivateKey) -> None:
    with pytest.raises(SignatureInvalid):
        prove(rsa.public_key(), "rsa-pss-sha512", by_pss(rsa, salt=32), TEXT)


@pytest.mark.parametrize("label", ["", "ed25519"])
def test_ed25519_is_proven(label: str) -> None:
    assert make(ED25519, TEXT) == ED25519.sign(TEXT)
    prove(ED25519.public_key(), label, make(ED25519, TEXT), TEXT)


@pytest.mark.parametrize("label", ["", "ecdsa-p256-sha256"])
def test_p256_is_proven(label: str) -> None:
    prove(P256.public_key(), label, by_p256(), TEXT)
    with pytest.raises(SignatureInvalid):
        prove(P256.public_key(), label, by_p256(b"another text"), TEXT)


def test_another_text_or_value_is_refused(rsa: RSAPrivateKey) -> None:
    for key, value in (
        (rsa.public_key(), make(rsa, TEXT)),
        (ED25519.public_key(), make(ED25519, TEXT)),
        (P256.public_key(), by_p256()),
    ):
        with pytest.raises(SignatureInvalid):
            prove(key, "", value, TEXT + b".")
        for other in (b"", b"x", value[:-1], value + b"\0", bytes(len(value))):
            with pytest.raises(SignatureInvalid):
                prove(key, "", other, TEXT)


def test_an_ecdsa_signature_in_der_is_refused() -> None:
    with pytest.raises(SignatureInvalid):
        prove(P256.public_key(), "", P256.sign(TEXT, ec.ECDSA(SHA256())), TEXT)


def test_a_label_of_another_kind_of_key_is_refused(rsa: RSAPrivateKey) -> None:
    fitting: list[tuple[PublicKey, set[str]]] = [
        (rsa.public_key(), {"rsa-v1_5-sha256", "rsa-pss-sha512"}),
        (ED25519.public_key(), {"ed25519"}),
        (P256.public_key(), {"ecdsa-p256-sha256"}),
    ]
    for key, labels in fitting:
        for label in ALGORITHMS - labels | {"hmac-sha256", "none", "ecdsa-p384-sha384"}:
            with pytest.raises(AlgorithmRefused):
                prove(key, label, b"x" * 64, TEXT)


def test_a_number_of_an_ecdsa_signature_has_one_spelling() -> None:
    value = by_p256()
    with pytest.raises(SignatureInvalid):
        prove(P256.public_key(), "", value[:32] + b"\0" + value[32:], TEXT)


@pytest.mark.parametrize("curve", [ec.SECP384R1(), ec.SECP256K1()])
def test_another_curve_is_refused(curve: ec.EllipticCurve) -> None:
    key: PublicKey = ec.generate_private_key(curve).public_key()
    with pytest.raises(AlgorithmRefused):
        prove(key, "", b"x" * 64, TEXT)
