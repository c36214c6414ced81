"""Tests of what the node does without: contexts of aiohttp that trust anybody."""

from __future__ import annotations

import subprocess
import sys

PROGRAM = """
import os
from node.thrift import no_authorities
before = dict(os.environ)
with no_authorities():
    from aiohttp import connector
assert dict(os.environ) == before
assert connector._SSL_CONTEXT_VERIFIED.get_ca_certs() == []
from node.commands import starting
import sys
assert not [name for name in sys.modules if name.startswith("node.desk")]
"""


def test_what_aiohttp_makes_for_itself_trusts_nobody() -> None:
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
