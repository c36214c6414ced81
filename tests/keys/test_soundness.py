"""Keys that would fit any signature, or none, are refused; good ones are read once."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keys.errors import KeyRefused, KeyUnreadable
from keys.keypair import Ed25519PrivateKey, Ed25519PublicKey, make_ed25519
from keys.serialisation import public_multibase, public_pem, read_multibase, read_public_pem
from keys.soundness import CACHED_KEYS, remembered, sound

P = 2**255 - 19
ORDER_8 = 0x05FC536D880238B13933C6D305ACDFD5F098EFF289F4C345B027B2C28F95E826
LOW_ORDER = [0, 1, P - 1, ORDER_8, P - ORDER_8]


def edwards(y: int, sign: int = 0) -> Ed25519PublicKey:
    return Ed25519PublicKey.from_public_bytes((y | sign << 255).to_bytes(32, "little"))


@given(st.binary(min_size=32, max_size=32))
def test_every_honest_ed25519_key_is_sound(seed: bytes) -> None:
    key = Ed25519PrivateKey.from_private_bytes(seed).public_key()
    assert sound(key) is key


def test_the_library_believes_anything_from_a_point_of_low_order() -> None:
    identity = (1).to_bytes(32, "little")
    key = Ed25519PublicKey.from_public_bytes(identity)
    # Returns, where it should raise InvalidSignature.
    key.verify(identity + bytes(32), b"any document")
    with pytest.raises(KeyRefused):
        sound(key)


@pytest.mark.parametrize("sign", [0, 1])
@pytest.mark.parametrize("y", LOW_ORDER)
def test_a23_points_of_low_order_are_refused_in_every_form(y: int, sign: int) -> None:
    key = edwards(y, sign)
    with pytest.raises(KeyRefused, match="low order"):
        read_multibase(public_multibase(key))
    with pytest.raises(KeyRefused, match="low order"):
        read_public_pem(public_pem(key))


@pytest.mark.parametrize("y", [P, P + 1, 2**255 - 1])
def test_a23_a_second_spelling_of_a_point_is_refused(y: int) -> None:
    with pytest.raises(KeyRefused, match="canonical"):
        sound(edwards(y))


@given(st.integers(2, P - 2))
def test_a_y_is_a_point_of_the_curve_exactly_when_x_has_a_root(y: int) -> None:
    d = -121665 * pow(121666, -1, P) % P
    square = (y * y - 1) * pow(d * y * y + 1, -1, P) % P
    root = pow(square, (P + 3) // 8, P)
    if root * root % P in (square, -square % P):
        assert sound(edwards(y)) == edwards(y)
    else:
        with pytest.raises(KeyRefused, match="no point"):
            sound(edwards(y))


def test_keys_of_other_kinds_are_refused() -> None:
    for key in (make_ed25519(), "z6Mk", None):
        with pytest.raises(KeyRefused, match="Only RSA"):
            sound(key)


def test_the_memory_is_bounded_and_keeps_no_rubbish() -> None:
    remembered.cache_clear()
    for _ in range(CACHED_KEYS + 9):
        read_multibase(public_multibase(make_ed25519().public_key()))
    assert remembered.cache_info().currsize == CACHED_KEYS
    remembered.cache_clear()
    for _ in range(2):
        with pytest.raises(KeyUnreadable):
            read_public_pem("hello")
    assert remembered.cache_info().currsize == 0
