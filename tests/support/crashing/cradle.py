"""A process that has everything imported and gives birth to nodes: each lives until it is killed.

Started as a program it reads one JSON order a line, `{"environ": {…}, "point": …, "times": …}`, and
answers with the process id of the new node; the order `{"wait": PID}` is answered with how it ended.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.support.log_watch import heard

ROOT = Path(__file__).resolve().parents[3]


class Cradle:
    """The same from the outside: `start` a node, `wait` for its end. One user at a time."""

    def __init__(self, log: Path) -> None:
        """What the nodes say goes to the file `log`."""
        inherited = {key: value for key, value in os.environ.items() if key[:7] != "JOSOOR_"}
        self._path, self._log = log, log.open("ab")
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.support.crashing.cradle"],
            cwd=ROOT,
            env=inherited,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._log,
        )

    def start(self, environ: Mapping[str, str], point: str | None = None, times: int = 1) -> int:
        """The process id of a node that now starts with these settings; it dies at `point`."""
        return self._ask({"environ": dict(environ), "point": point, "times": times})

    def wait(self, pid: int) -> int:
        """How the node ended: minus the signal, or its exit status."""
        return self._ask({"wait": pid})

    def close(self) -> None:
        """End the process; the nodes must have ended before."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(30)
        assert self._process.stdout is not None
        self._process.stdout.close()
        self._log.close()
        heard(self._path.read_text(encoding="utf-8"))

    def _ask(self, order: Mapping[str, Any]) -> int:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(order).encode() + b"\n")
        self._process.stdin.flush()
        return int(self._process.stdout.readline())


def _main() -> None:
    # Imported before any birth: a node then starts in a tenth of the time.
    import node.app  # noqa: PLC0415  only the cradle's own process needs them
    import node.serving  # noqa: F401, PLC0415
    from tests.support.crashing import points  # noqa: F401, PLC0415

    for line in sys.stdin:
        order = json.loads(line)
        if "wait" in order:
            _, status = os.waitpid(order["wait"], 0)
            answer = os.waitstatus_to_exitcode(status)
        else:
            answer = os.fork()
            if answer == 0:
                _live(order)
        sys.stdout.write(f"{answer}\n")
        sys.stdout.flush()


def _live(order: Mapping[str, Any]) -> None:
    """In the child: be a node, and never come back."""
    from node.config import load_config  # noqa: PLC0415
    from node.serving import serve  # noqa: PLC0415
    from tests.support.crashing.points import arm  # noqa: PLC0415

    status = 1
    try:
        nothing = os.open(os.devnull, os.O_RDWR)
        os.dup2(nothing, 0)
        # the cradle's own answers go through stdout: the node must not speak there
        os.dup2(2, 1)
        if order["point"]:
            arm(order["point"], order["times"])
        serve(load_config(order["environ"]))
        status = 0
    finally:
        os._exit(status)


if __name__ == "__main__":
    _main()
