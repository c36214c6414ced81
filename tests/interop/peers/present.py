"""Peers that must be there, or whose tests are left out."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from tests.interop.peers.installing import NotInstallable
from tests.support.https import required


def installed(install: Callable[[], Path]) -> Path:
    """What an installation gives; without it the test is left out, or fails where it must be."""
    try:
        return install()
    except NotInstallable as absent:
        required(f"a peer cannot run: {absent}")
