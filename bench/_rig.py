"""What the benchmarks share: a throw-away node, a bare server beside it, CPU time, a load.

Started as a program, this file is that bare server: `python bench/_rig.py PORT`.
"""

from __future__ import annotations

import argparse
import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
# our packages, not the files beside this one: keys.py here is not the package `keys`
sys.path[0] = str(ROOT)
ROUNDS = 5
CPU_A_ROUND = 0.6
"""Server CPU seconds that one round of a load lasts."""
_CONNECTIONS = 8
_TICKS = os.sysconf("SC_CLK_TCK")
_NOT_FOR_A_PROXY = urllib.request.build_opener(urllib.request.ProxyHandler({}))

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Server:
    """A server that runs: its process id and port on 127.0.0.1."""

    pid: int
    port: int


def told(measure: Callable[[], Json], what: str) -> None:
    """Run a benchmark as a program: a table, or with --json one JSON document."""
    parser = argparse.ArgumentParser(description=what)
    parser.add_argument("--json", action="store_true", help="One JSON document on stdout.")
    asked = parser.parse_args()
    figures = measure()
    if asked.json:
        print(json.dumps(figures))
        return
    width = max(len(name) for name in figures)
    for name, value in figures.items():
        print(f"{name.replace('_', ' '):<{width}}  {_shown(value)}")


def _shown(value: object) -> str:
    return (
        f"{value:,.3g}"
        if isinstance(value, float) and abs(value) < 100
        else (f"{value:,.0f}" if isinstance(value, float) else str(value))
    )


@contextmanager
def node_folder() -> Iterator[dict[str, str]]:
    """The environment of a new node in a throw-away folder; it does not run yet."""
    with tempfile.TemporaryDirectory(prefix="josoor-bench-") as folder:
        port = free_port()
        environ = _plain_environment() | {
            "PYTHONPATH": str(ROOT),
            "JOSOOR_DATA": f"{folder}/node",
            "JOSOOR_LISTEN": f"127.0.0.1:{port}",
            "JOSOOR_ORIGIN": f"http://localhost:{port}",
        }
        words = ["--handle", "wien", "--name", "Josoor Wien", "--timezone", "Europe/Vienna"]
        josoor(environ, "init", *words, "--language", "de", "--language", "ar")
        yield environ


def _plain_environment() -> dict[str, str]:
    """Ours without settings of another node; compiled code is kept, as where it is installed."""
    return {
        key: text
        for key, text in os.environ.items()
        if not key.startswith("JOSOOR_") and key != "PYTHONDONTWRITEBYTECODE"
    }


def josoor(environ: Mapping[str, str], *words: str, stdin: object = None) -> Any:
    """What a `josoor` command prints as JSON; `stdin` is handed in as JSON."""
    run = subprocess.run(
        [sys.executable, "-m", "node", *words, "--json"],
        env=environ,
        cwd=ROOT,
        input=json.dumps(stdin),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    if run.returncode:
        raise SystemExit(f"josoor {' '.join(words)} failed: {run.stderr}")
    return json.loads(run.stdout)


@contextmanager
def serving(environ: Mapping[str, str]) -> Iterator[Server]:
    """The node of this environment while it runs, from the moment that it is ready."""
    port = int(environ["JOSOOR_LISTEN"].rpartition(":")[2])
    with _running([sys.executable, "-m", "node", "serve"], environ, port, "/readyz") as server:
        yield server


@contextmanager
def echoing() -> Iterator[Server]:
    """The yardstick: an aiohttp server that says hello and nothing else."""
    port = free_port()
    with _running([sys.executable, __file__, str(port)], os.environ, port, "/") as server:
        yield server


@contextmanager
def _running(
    words: Sequence[str], environ: Mapping[str, str], port: int, path: str
) -> Iterator[Server]:
    process = subprocess.Popen(words, env=environ, cwd=ROOT, stderr=subprocess.DEVNULL)
    try:
        until_ready(process, f"http://127.0.0.1:{port}{path}")
        yield Server(process.pid, port)
    finally:
        process.terminate()
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def until_ready(process: subprocess.Popen[bytes], url: str) -> None:
    """Wait until the process answers there with 200; at most 30 seconds."""
    end = time.monotonic() + 30
    while time.monotonic() < end and process.poll() is None:
        try:
            with _NOT_FOR_A_PROXY.open(url, timeout=5) as response:
                if response.status == 200:
                    return
        except (urllib.error.URLError, OSError):
            time.sleep(0.01)
    raise SystemExit(f"{url} does not answer")


def cpu_seconds(pid: int) -> float:
    """CPU time of a process until now, all its threads, in steps of 10 ms."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS


def memory(pid: int) -> dict[str, float]:
    """Resident MB (10^6 bytes) of a process: all of it, and what is its own alone."""
    sizes: dict[str, float] = {}
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        name, _, rest = line.partition(":")
        if rest.strip().endswith("kB"):
            sizes[name] = int(rest.split()[0]) * 1024 / 1e6
    return {"rss": sizes["Rss"], "own": sizes["Private_Clean"] + sizes["Private_Dirty"]}


@dataclass(frozen=True, slots=True)
class Load:
    """One request, sent again and again to a server, and the status that it must get."""

    server: Server
    path: str
    headers: Mapping[str, str]
    status: int = 200

    def rate(self) -> float:
        """Answers per CPU second of the server, in one round."""
        lines = "".join(f"{name}: {text}\r\n" for name, text in self.headers.items())
        host = f"Host: localhost:{self.server.port}"
        request = f"GET {self.path} HTTP/1.1\r\n{host}\r\n{lines}\r\n".encode()
        where = ("127.0.0.1", self.server.port)
        sockets = [socket.create_connection(where, timeout=10) for _ in range(_CONNECTIONS)]
        try:
            return self._rate(sockets, request)
        finally:
            for one in sockets:
                one.close()

    def _rate(self, sockets: Sequence[socket.socket], request: bytes) -> float:
        self._round(sockets, request)
        begin, answers, spent = cpu_seconds(self.server.pid), 0, 0.0
        while spent < CPU_A_ROUND:
            for _ in range(20):
                self._round(sockets, request)
            answers += 20 * len(sockets)
            spent = cpu_seconds(self.server.pid) - begin
        return answers / spent

    def _round(self, sockets: Sequence[socket.socket], request: bytes) -> None:
        for one in sockets:
            one.sendall(request)
        for one in sockets:
            status = _read_answer(one)
            if status != self.status:
                raise SystemExit(f"{self.path} answered {status} instead of {self.status}")


def _read_answer(one: socket.socket) -> int:
    """The status of one answer, its body read to the end."""
    data = b""
    while (end := data.find(b"\r\n\r\n")) < 0:
        data += _some(one)
    head = data[:end].decode().lower().split("\r\n")
    lengths = [int(line[15:]) for line in head if line.startswith("content-length:")]
    status = int(head[0].split()[1])
    left = 0 if status == 304 else lengths[0] - (len(data) - end - 4)
    while left > 0:
        left -= len(_some(one))
    return status


def _some(one: socket.socket) -> bytes:
    data = one.recv(262144)
    if not data:
        raise SystemExit("the server closed the connection")
    return data


def rounds(loads: Mapping[str, Load]) -> dict[str, list[float]]:
    """The rates of each, round by round, all of them in every round: neighbours disturb alike."""
    found: dict[str, list[float]] = {name: [] for name in loads}
    for _ in range(ROUNDS):
        for name, load in loads.items():
            found[name].append(load.rate())
    return found


def summed_up(found: Mapping[str, Sequence[float]], *, yardstick: str) -> Json:
    """Median rate of each, and median of its ratio to the yardstick of the same round."""
    figures: Json = {}
    for name, rates in found.items():
        figures[f"{name}_per_cpu_second"] = statistics.median(rates)
        if name != yardstick:
            pairs = zip(rates, found[yardstick], strict=True)
            figures[f"{name}_to_{yardstick}"] = statistics.median(a / b for a, b in pairs)
    return figures


def fetch(server: Server, path: str, headers: Mapping[str, str]) -> tuple[int, Mapping[str, str]]:
    """Status and headers of one answer."""
    url = f"http://localhost:{server.port}{path}"
    request = urllib.request.Request(url, headers=dict(headers))
    with _NOT_FOR_A_PROXY.open(request, timeout=10) as response:
        return response.status, response.headers


def free_port() -> int:
    """A port of 127.0.0.1 on which nobody listens."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


EVENT: Json = {
    "name": {"de": "Sprachcafé am Samstag", "ar": "مقهى اللغة يوم السبت"},
    "description": {
        "de": "Wir reden miteinander, langsam und ohne Rotstift.\n\n**Kinder sind willkommen.**",
        "ar": "نتحدث معاً على مهل ومن دون خوف من الخطأ.\n\n**الأطفال مرحب بهم.**",
    },
    "start": "2030-12-07T15:00",
    "end": "2030-12-07T18:00",
    "place": {"name": "Haus der Begegnung", "city": "Wien", "country": "AT"},
    "languages_spoken": ["de", "ar"],
    "accessibility": ["wheelchair"],
    "shifts": [{"task": {"de": "Kuchen backen", "ar": "خَبز الكعك"}, "places": 3}],
}


def _echo(port: int) -> None:
    import uvloop  # noqa: PLC0415  only the server needs these two
    from aiohttp import web  # noqa: PLC0415

    async def hello(request: web.Request) -> web.Response:
        return web.Response(text="hello")

    app = web.Application()
    app.router.add_get("/", hello)
    uvloop.install()
    web.run_app(app, host="127.0.0.1", port=port, access_log=None, print=None)


if __name__ == "__main__":
    _echo(int(sys.argv[1]))
