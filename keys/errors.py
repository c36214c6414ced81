"""What can be wrong with a key, a digest or a signature.

    KeysError
    ├── SignatureMissing      nobody signed this request
    ├── SignatureMalformed    what was sent is no signature that the grammar knows
    ├── SignatureInvalid      the bytes do not prove what they claim
    ├── SignatureTooOld       outside its time: stale, expired or from the future
    ├── TwoSchemes            signed in two ways at once, which could disagree
    ├── ComponentRefused      something is signed in a way that we do not read
    ├── NotCovered            something that must be signed is not, or is signed but absent
    ├── WrongHost             signed for another server
    ├── DigestMismatch        the digest is unfit or is not that of the body
    ├── ProofMissing          the document carries no integrity proof
    ├── ProofMalformed        what it carries is no proof that the grammar knows
    ├── ProofInvalid          the proof does not prove this document, or for another purpose
    ├── ProofExpired          outside its time: expired or from the future
    ├── NotCanonical          a value that canonical JSON cannot spell
    ├── KeyUnreadable         no key can be read from this
    ├── KeyRefused            a key, but not one that we trust or want
    ├── AlgorithmRefused      an algorithm or a scheme that we do not accept
    └── VaultRefused          a sealed value that does not open, or a master key that is none

`reason` is the short word for logs and counters; `str()` is a sentence. Neither ever holds bytes
that a peer chose, so a log line cannot be forged through them.
"""

from __future__ import annotations

from typing import ClassVar


class KeysError(Exception):
    """Whatever this package refuses."""

    reason: ClassVar[str] = "keys"


class SignatureMissing(KeysError):
    """The request carries no signature."""

    reason: ClassVar[str] = "signature-missing"


class SignatureMalformed(KeysError):
    """The signature, or a part of the message that it speaks of, breaks the grammar."""

    reason: ClassVar[str] = "signature-malformed"


class SignatureInvalid(KeysError):
    """The signature was not made by this key over this message."""

    reason: ClassVar[str] = "signature-invalid"


class SignatureTooOld(KeysError):
    """The signature is outside its time."""

    reason: ClassVar[str] = "signature-too-old"


class TwoSchemes(KeysError):
    """The request carries a signature of the draft and one of RFC 9421."""

    reason: ClassVar[str] = "two-schemes"


class ComponentRefused(KeysError):
    """A signed component has a flag, or is derived in a way, that is not read here."""

    reason: ClassVar[str] = "component-refused"


class NotCovered(KeysError):
    """A component that must be signed is not, or one that is signed was not sent."""

    reason: ClassVar[str] = "not-covered"


class WrongHost(KeysError):
    """The request was signed for another server."""

    reason: ClassVar[str] = "wrong-host"


class DigestMismatch(KeysError):
    """The digest is missing, unfit or not that of the body."""

    reason: ClassVar[str] = "digest-mismatch"


class ProofMissing(KeysError):
    """The document carries no integrity proof."""

    reason: ClassVar[str] = "proof-missing"


class ProofMalformed(KeysError):
    """The proof breaks the grammar, or there are too many."""

    reason: ClassVar[str] = "proof-malformed"


class ProofInvalid(KeysError):
    """The proof was not made by this key over this document, or not for this purpose."""

    reason: ClassVar[str] = "proof-invalid"


class ProofExpired(KeysError):
    """The proof is outside its time."""

    reason: ClassVar[str] = "proof-expired"


class NotCanonical(KeysError):
    """A value has no canonical spelling in JSON."""

    reason: ClassVar[str] = "not-canonical"


class KeyUnreadable(KeysError):
    """No key can be read from this."""

    reason: ClassVar[str] = "key-unreadable"


class KeyRefused(KeysError):
    """This can be read, but is no key that we accept in this place."""

    reason: ClassVar[str] = "key-refused"


class AlgorithmRefused(KeysError):
    """The algorithm or the scheme is not one that we accept."""

    reason: ClassVar[str] = "algorithm-refused"


class VaultRefused(KeysError):
    """A sealed value does not open, or the master key is not one."""

    reason: ClassVar[str] = "vault-refused"
