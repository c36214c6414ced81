"""Somebody who types commands: real processes, beside a node that runs and without one."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import Request, urlopen

from tests.support.log_watch import heard
from tests.support.nodes import EVENT, settings

ROOT = Path(__file__).parents[2]
SETUP_LINK = re.compile(r"http://\S+/setup/\S+")
FOUNDING = ("init", "--handle", "wien", "--name", "Josoor Wien", "--language", "de",
            "--timezone", "Europe/Vienna")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Ran:
    """How a command ended and what it said."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The only document on stdout."""
        return json.loads(self.out)


@dataclass(slots=True)
class Shell:
    """Somebody who types commands about one data folder."""

    data: Path
    port: int
    server: subprocess.Popen[str] | None = None
    greeting: list[str] = field(default_factory=list)

    @property
    def origin(self) -> str:
        return f"http://localhost:{self.port}"

    def environment(self) -> dict[str, str]:
        kept = {key: value for key, value in os.environ.items() if not key.startswith("JOSOOR_")}
        return {**kept, **settings(self.data, self.port), "PYTHONWARNINGS": "error"}

    def run(self, *words: str, stdin: str = "") -> Ran:
        """How `josoor WORDS…` ended."""
        ended = subprocess.run(
            [sys.executable, "-m", "node", *words],
            input=stdin, capture_output=True, encoding="utf-8", timeout=60, cwd=ROOT,
            env=self.environment(), check=False,
        )  # fmt: skip
        assert "Traceback" not in ended.stderr, ended.stderr
        return Ran(ended.returncode, ended.stdout, ended.stderr)

    def json(self, *words: str, stdin: str = "") -> Any:
        """What a command that succeeds prints with --json."""
        ran = self.run(*words, "--json", stdin=stdin)
        assert (ran.code, ran.err) == (0, ""), ran
        return ran.json

    def publish(self, **changes: Any) -> Any:
        """A new event."""
        return self.json("event", "publish", "-", stdin=json.dumps({**EVENT, **changes}))

    def serve(self) -> None:
        """Start the node and wait until it answers."""
        self.server = subprocess.Popen(
            [sys.executable, "-m", "node", "serve"],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8", cwd=ROOT,
            env=self.environment(),
        )  # fmt: skip
        assert self.server.stderr
        for line in self.server.stderr:
            self.greeting.append(line.rstrip())
            if "Set it up here" in line or line.startswith("Josoor is at"):
                break
        self.until_answering()

    def until_answering(self) -> None:
        """Wait until the port answers."""
        until = time.monotonic() + 20
        while time.monotonic() < until:
            try:
                assert self.get("/healthz")[0] == 200
            except OSError:
                time.sleep(0.05)
            else:
                return
        raise AssertionError("the node does not answer")

    def setup_link(self) -> str:
        """The link that the greeting names."""
        assert self.server
        assert self.server.stderr
        while not (found := SETUP_LINK.search("\n".join(self.greeting))):
            self.greeting.append(self.server.stderr.readline().rstrip())
        return found[0]

    def get(self, url: str, form: dict[str, str] | None = None) -> tuple[int, str]:
        """Status and text of a page; with a form it is sent."""
        address = url if url.startswith("http") else self.origin + url
        data = urlencode(form).encode() if form is not None else None
        request = Request(address, data, {"Accept": "text/html", "Accept-Language": "en"})
        try:
            with urlopen(request, timeout=10) as response:
                return response.status, response.read().decode()
        except HTTPError as error:
            with error:
                return error.code, error.read().decode()

    def stop(self) -> int:
        """The exit code of the node after SIGTERM."""
        assert self.server
        self.server.send_signal(signal.SIGTERM)
        _, err = self.server.communicate(timeout=30)
        heard("\n".join([*self.greeting, err]))
        code, self.server = self.server.returncode, None
        return code
