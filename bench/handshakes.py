"""Deliveries over TLS: on kept connections, and with a new connection for each (P3).

A new connection takes up the former session of its host, where that gave a ticket.
"""

from __future__ import annotations

import asyncio
import socket
import statistics
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from unittest.mock import patch

import _rig as rig  # type: ignore[import-not-found]  # beside this file, where Python looks
import uvloop
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from bench._peers import couriers, peers
from bench.fanout import seconds, signature_seconds
from federation.ports import Destination

_HOSTS = 100
_EVENTS = 5
_ROUNDS = 3
_DOMAIN = ".bench.test"
_NAME = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Throw-away authority")])


def measure() -> rig.Json:
    """Deliveries per CPU second and their ratio to S: kept, new and resumed, new and in full.

    The certificates are the smallest: one P-256 key signed by another.
    """
    uvloop.install()
    with tempfile.TemporaryDirectory(prefix="josoor-bench-") as folder:
        certificate, authority = _certificates(Path(folder))
        with patch.object(socket, "getaddrinfo", _addresses):
            return asyncio.run(_measure(certificate, authority))


def _addresses(host: str, port: int, **_: object) -> list[tuple[object, ...]]:
    """Each name of the bench is an address of its own."""
    number = int(host.removesuffix(_DOMAIN))
    return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (f"127.1.0.{number + 1}", port))]


def _named(port: int, kind: str) -> list[Destination]:
    hosts = [f"{number}{_DOMAIN}:{port}" for number in range(_HOSTS)]
    return [Destination(inbox=f"https://{host}/{kind}?{host}", host=host) for host in hosts]


async def _measure(certificate: Path, authority: Path) -> rig.Json:
    kept = await _ratios(certificate, authority, "ok", tickets=2)
    resumed = await _ratios(certificate, authority, "bye", tickets=2)
    full = await _ratios(certificate, authority, "bye", tickets=0)
    return {
        **_figures("kept", kept),
        **_figures("new_and_resumed", resumed),
        **_figures("new_in_full", full),
    }


async def _ratios(
    certificate: Path, authority: Path, kind: str, *, tickets: int
) -> list[tuple[float, float]]:
    """CPU seconds of one signature and of one delivery, round by round."""
    found = []
    with peers(certificate, tickets=tickets) as port:
        async with couriers(port, ca_file=authority) as bench:
            to = _named(port, kind)
            await seconds(bench, to, 2)
            for _ in range(_ROUNDS):
                signed = signature_seconds()
                found.append((signed, await seconds(bench, to, _EVENTS)))
    return found


def _figures(name: str, found: list[tuple[float, float]]) -> rig.Json:
    return {
        f"{name}_deliveries_per_cpu_second": 1 / statistics.median([each for _, each in found]),
        f"{name}_to_S": statistics.median([signed / each for signed, each in found]),
    }


def _certificates(folder: Path) -> tuple[Path, Path]:
    """The peers' certificate with its key, and the authority's."""
    root, leaf = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    authority, certificate = folder / "authority.pem", folder / "peers.pem"
    authority.write_bytes(_certificate(root, root, None))
    secret = leaf.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    certificate.write_bytes(_certificate(leaf, root, f"*{_DOMAIN}") + secret)
    return certificate, authority


def _certificate(
    key: ec.EllipticCurvePrivateKey, signer: ec.EllipticCurvePrivateKey, name: str | None
) -> bytes:
    now, is_authority = datetime.now(UTC), name is None
    builder = (
        x509.CertificateBuilder()
        .subject_name(_NAME if is_authority else x509.Name([]))
        .issuer_name(_NAME)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=is_authority, path_length=None), critical=True)
    )
    if name is not None:
        names = x509.SubjectAlternativeName([x509.DNSName(name)])
        builder = builder.add_extension(names, critical=True)
    return builder.sign(signer, hashes.SHA256()).public_bytes(Encoding.PEM)


if __name__ == "__main__":
    rig.told(measure, __doc__ or "")
