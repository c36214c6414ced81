"""The clock, the gate to the network, and our own keys."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from keys.keypair import PrivateKey
from keys.message import Request


class Clock(Protocol):
    """The time, as an argument."""

    def now(self) -> datetime:
        """The present moment, aware, in UTC."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """What a server answered: header names in lower case, body after decompression."""

    status: int
    url: str
    headers: Mapping[str, str]
    body: bytes


class Transport(Protocol):
    """The one gate through which every byte leaves; it never follows a redirect."""

    async def send(self, request: Request, *, limit: int, seconds: float) -> Response:
        """The answer to one request.

        `limit` is the largest body in bytes, `seconds` the time for everything together.
        Raises: AddressRefused, Unreachable, TooLarge.
        """


@dataclass(frozen=True, slots=True, kw_only=True)
class SigningKey:
    """A private key of ours with the id under which peers find its public half."""

    id: str
    key: PrivateKey


class Keyring(Protocol):
    """Our own keys, parsed once and held."""

    async def signing_key(self, actor: str, key_id: str | None = None) -> SigningKey:
        """The RSA key with this id with which this local actor signs requests; the newest where
        `key_id` is None or the private half is no more. Raises: KeyError for a stranger."""
