"""What the node does without as it starts, because it never needs it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

_WHERE_AUTHORITIES_ARE = ("SSL_CERT_FILE", "SSL_CERT_DIR")


@contextmanager
def no_authorities() -> Iterator[None]:
    """Within the block a new TLS context trusts nobody; import aiohttp in it.

    aiohttp fills two contexts with all authorities of the machine while it is imported, which costs
    70 ms and 2 MB. We use neither: our client has its own (federation/network/tls.py). Whoever used
    them by mistake would be refused every certificate.
    """
    before = {name: os.environ.get(name) for name in _WHERE_AUTHORITIES_ARE}
    os.environ.update(dict.fromkeys(_WHERE_AUTHORITIES_ARE, os.devnull))
    try:
        yield
    finally:
        for name, text in before.items():
            if text is None:
                del os.environ[name]
            else:
                os.environ[name] = text
