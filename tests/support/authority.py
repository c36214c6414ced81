"""A certificate authority for one test run, which also makes certificates that are wrong."""

from __future__ import annotations

import ssl
import warnings
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import Enum
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

_NAME = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Throw-away authority")])


class Fault(Enum):
    """What is wrong with a certificate."""

    NONE = "none"
    SELF_SIGNED = "self-signed"
    EXPIRED = "expired"
    NOT_YET = "not-yet"
    OTHER_NAME = "other-name"
    OLD_TLS = "old-tls"


@dataclass(slots=True)
class Authority:
    """Trusted by whoever reads `bundle`; keeps what it makes in `folder`."""

    folder: Path
    _key: ec.EllipticCurvePrivateKey = field(init=False)
    _contexts: dict[tuple[str, Fault], ssl.SSLContext] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        self._key = ec.generate_private_key(ec.SECP256R1())
        own = _certificate(_NAME, self._key, self._key, is_authority=True)
        self.bundle.write_bytes(own.public_bytes(Encoding.PEM))

    @property
    def bundle(self) -> Path:
        """The file for JOSOOR_CA_FILE."""
        return self.folder / "authority.pem"

    def server(self, host: str, fault: Fault = Fault.NONE) -> ssl.SSLContext:
        """What a server called `host` shows its callers, always the same for the same question."""
        if (host, fault) not in self._contexts:
            self._contexts[host, fault] = self._make(host, fault)
        return self._contexts[host, fault]

    def _make(self, host: str, fault: Fault) -> ssl.SSLContext:
        key = ec.generate_private_key(ec.SECP256R1())
        name = "somebody-else.test" if fault is Fault.OTHER_NAME else host
        shift = {Fault.EXPIRED: -timedelta(days=60), Fault.NOT_YET: timedelta(days=60)}
        signer = key if fault is Fault.SELF_SIGNED else self._key
        away = shift.get(fault, timedelta(0))
        certificate = _certificate(_NAME, key, signer, host=name, away=away)
        file = self.folder / f"{host[:100]}.{fault.value}.pem"
        file.write_bytes(
            certificate.public_bytes(Encoding.PEM)
            + key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        )
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(file)
        return context

    def old_tls(self) -> ssl.SSLContext:
        """What a server offers that speaks nothing newer than TLS 1.1."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.set_ciphers("ALL:@SECLEVEL=0")
        with warnings.catch_warnings():
            # Nobody should: that is the point.
            warnings.simplefilter("ignore", DeprecationWarning)
            context.minimum_version = ssl.TLSVersion.TLSv1
            context.maximum_version = ssl.TLSVersion.TLSv1_1
        return context


def _certificate(
    issuer: x509.Name,
    key: ec.EllipticCurvePrivateKey,
    signer: ec.EllipticCurvePrivateKey,
    *,
    host: str | None = None,
    away: timedelta = timedelta(0),
    is_authority: bool = False,
) -> x509.Certificate:
    now = datetime.now(UTC) + away
    subject = issuer if host is None else x509.Name([])
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=30))
        .add_extension(x509.BasicConstraints(ca=is_authority, path_length=None), critical=True)
    )
    if host is not None:
        names = x509.SubjectAlternativeName([x509.DNSName(host)])
        builder = builder.add_extension(names, critical=True)
    return builder.sign(signer, hashes.SHA256())
