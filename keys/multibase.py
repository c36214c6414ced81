"""base58btc with its multibase prefix `z`, the spelling of Multikeys and proofs."""

from __future__ import annotations

from keys.errors import KeyUnreadable

_ALPHABET = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
# Each letter's value, 255 for what is no letter of base58btc.
_VALUES = bytes(_ALPHABET.find(chr(byte)) & 0xFF for byte in range(256))
_NONE = 255
# Reading takes time in the square of the length; an RSA key of 4096 bits has 723 letters.
LONGEST = 768


def encode(data: bytes) -> str:
    """`z` and the base58btc digits of `data`. Spec: draft-msporny-base58-03 3, multibase `z`."""
    number, digits = int.from_bytes(data, "big"), []
    while number:
        number, rest = divmod(number, 58)
        digits.append(_ALPHABET[rest])
    zeros = len(data) - len(data.lstrip(b"\0"))
    return "z" + "1" * zeros + "".join(reversed(digits))


def decode(text: str) -> bytes:
    """The bytes behind a multibase text of at most 768 letters, base58btc only.

    Raises: KeyUnreadable. Spec: draft-msporny-base58-03 4.
    """
    if not text.startswith("z") or len(text) > LONGEST:
        raise KeyUnreadable("This is not a base58btc multibase text of bearable length.")
    # What is not ASCII becomes `?`, which is no letter either.
    digits = text[1:].encode("ascii", "replace").translate(_VALUES)
    if _NONE in digits:
        raise KeyUnreadable("This holds a letter that base58btc does not have.")
    number = 0
    for digit in digits:
        number = number * 58 + digit
    zeros = len(digits) - len(digits.lstrip(b"\0"))
    return bytes(zeros) + number.to_bytes((number.bit_length() + 7) // 8, "big")
