"""What keeps the memory of the running node, with the keys in it, out of files and other hands."""

from __future__ import annotations

import ctypes
import logging
import resource
import sys
from typing import Final

_SET_DUMPABLE: Final = 4
_log = logging.getLogger(__name__)


def keep_memory() -> None:
    """No core of this process is ever written, and nobody of the same account looks into it.

    The second is for Linux alone; elsewhere, and where it is not allowed, the log says so.
    """
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if not sys.platform.startswith("linux"):
        _log.info("Other programs of this account can read the memory of this one.")
    elif ctypes.CDLL(None).prctl(_SET_DUMPABLE, 0, 0, 0, 0):
        _log.warning("The memory of this process could not be closed to others.")
