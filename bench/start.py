"""Start and idle memory of the node (P9, P10), against an interpreter with its libraries alone."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time

import _rig as rig  # type: ignore[import-not-found]  # beside this file, where Python looks

_IDLE = 2.0
_LIBRARIES = (
    "import aiohttp.web, click, jinja2, nh3, orjson, sqlite3, uvloop\n"
    "from cryptography.hazmat.primitives.asymmetric import ed25519, rsa\n"
    "import os\nprint(os.getpid(), flush=True)\nimport sys\nsys.stdin.read()\n"
)


def measure() -> rig.Json:
    """Median CPU seconds until `/readyz` is 200 and idle MB, of the node and of the libraries."""
    seconds, sizes, bare_seconds, bare_sizes = [], [], [], []
    with rig.node_folder() as environ:
        for _ in range(3):
            rig.josoor(environ, "event", "publish", "-", stdin=rig.EVENT)
        for _ in range(rig.ROUNDS):
            with rig.serving(environ) as server:
                seconds.append(rig.cpu_seconds(server.pid))
                time.sleep(_IDLE)
                sizes.append(rig.memory(server.pid))
            spent, size = _libraries()
            bare_seconds.append(spent)
            bare_sizes.append(size)
    found = {
        "start_cpu_seconds": statistics.median(seconds),
        "libraries_cpu_seconds": statistics.median(bare_seconds),
        "idle_rss_mb": statistics.median(size["rss"] for size in sizes),
        "idle_own_mb": statistics.median(size["own"] for size in sizes),
        "libraries_rss_mb": statistics.median(size["rss"] for size in bare_sizes),
    }
    found["start_to_libraries"] = found["start_cpu_seconds"] / found["libraries_cpu_seconds"]
    found["idle_to_libraries"] = found["idle_rss_mb"] / found["libraries_rss_mb"]
    return found


def _libraries() -> tuple[float, dict[str, float]]:
    """CPU seconds and memory of an interpreter that imported the libraries and does nothing."""
    process = subprocess.Popen(
        [sys.executable, "-c", _LIBRARIES],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=os.environ,
    )
    assert process.stdout is not None
    process.stdout.readline()
    found = rig.cpu_seconds(process.pid), rig.memory(process.pid)
    process.communicate()
    return found


if __name__ == "__main__":
    rig.told(measure, __doc__ or "")
