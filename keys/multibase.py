"""base58btc with its multibase prefix `z`, the spelling of Multikeys and proofs."""

from __future__ import annotations

from keys.errors import KeyUnreadable

_ALPHABET = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_VALUES = {letter: value for value, letter in enumerate(_ALPHABET)}
# Reading takes time in the square of the length; a signature of 64 bytes has 88 letters.
LONGEST = 128


def encode(data: bytes) -> str:
    """`z` and the base58btc digits of `data`. Spec: draft-msporny-base58-03 3, multibase `z`."""
    number, digits = int.from_bytes(data, "big"), ""
    while number:
        number, rest = divmod(number, 58)
        digits = _ALPHABET[rest] + digits
    zeros = len(data) - len(data.lstrip(b"\0"))
    return "z" + "1" * zeros + digits


def decode(text: str) -> bytes:
    """The bytes behind a multibase text of at most 128 letters, base58btc only.

    Raises: KeyUnreadable. Spec: draft-msporny-base58-03 4.
    """
    if not text.startswith("z") or len(text) > LONGEST:
        raise KeyUnreadable("This is not a base58btc multibase text of bearable length.")
    number = 0
    for letter in text[1:]:
        if letter not in _VALUES:
            raise KeyUnreadable("This holds a letter that base58btc does not have.")
        number = number * 58 + _VALUES[letter]
    digits = text[1:]
    zeros = len(digits) - len(digits.lstrip("1"))
    return bytes(zeros) + number.to_bytes((number.bit_length() + 7) // 8, "big")
