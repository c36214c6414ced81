"""The link by which somebody changes her answer: whoever has it may, and nobody can guess it."""

from __future__ import annotations

import re
import secrets
from hashlib import sha256
from typing import Final

from node.context import Context
from node.rsvp import store
from node.rsvp.model import Participation
from node.storage.database import Transaction

_FORM: Final = re.compile(r"[A-Za-z0-9_-]{32}")


def new_secret() -> str:
    """What a link carries: 192 random bits."""
    return secrets.token_urlsafe(24)


def is_secret(text: str) -> bool:
    """Whether this has the form of one."""
    return _FORM.fullmatch(text) is not None


def digest(secret: str) -> str:
    """All that is kept of it."""
    return sha256(secret.encode()).hexdigest()


async def link_to(context: Context, one: Participation, secret: str | None = None) -> str:
    """The address at which she sees and changes her answer; earlier links stay good."""
    secret = secret or new_secret()
    await store.add_link(context.tx, digest(secret), one.id, context.now)
    return context.urls.rsvp(secret)


async def find(tx: Transaction, secret: str) -> Participation | None:
    """The participation behind a link; None if it leads nowhere, or no longer."""
    return await store.by_link(tx, digest(secret)) if is_secret(secret) else None
