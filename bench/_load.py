"""A load that sends prepared requests over kept connections, one at a time on each.

Started as a program it reads requests from stdin, so that nothing else in its process delays it:
`python bench/_load.py PORT CONNECTIONS RATE SECONDS`.
"""

from __future__ import annotations

import json
import pickle
import selectors
import socket
import subprocess
import sys
import time
from collections import deque
from collections.abc import Iterable, Sequence
from typing import Any

Json = dict[str, Any]


class Load:
    """Connections to 127.0.0.1, and what came back over them.

    `took` are the seconds of those that were answered 202; `later` were told when to come again;
    `odd` are all other answers by status (0: the connection was closed). With a `rate`, requests
    fall due so many a second; one for which no connection is free then is `held_back`.
    """

    def __init__(self, port: int, connections: int) -> None:
        self._selector = selectors.DefaultSelector()
        self._port = port
        self._free = deque(self._connected() for _ in range(connections))
        self._busy: dict[socket.socket, tuple[bytes, float, bytearray]] = {}
        self.took: list[float] = []
        self.later = 0
        self.held_back = 0
        self.odd: dict[int, int] = {}

    def _connected(self) -> socket.socket:
        one = socket.create_connection(("127.0.0.1", self._port), 30)
        self._selector.register(one, selectors.EVENT_READ)
        return one

    def send_all(self, requests: Sequence[bytes]) -> None:
        """Send all of them as fast as they are answered; each must be answered 202."""
        waiting = deque(requests)
        while waiting or self._busy:
            while waiting and self._free:
                self._send(waiting.popleft())
            self._hear(None, deque())
            if self.odd or self.later:
                raise SystemExit(f"not all were answered 202: {self.odd}, {self.later} put off")

    def pace(self, requests: Iterable[bytes], rate: float, seconds: float) -> None:
        """Send for so long at this rate; what is put off is sent again, as peers do."""
        waiting, begin, due = deque(requests), time.monotonic(), 0
        while waiting and (now := time.monotonic() - begin) < seconds:
            while waiting and due < now * rate:
                due += 1
                if self._free:
                    self._send(waiting.popleft())
                else:
                    self.held_back += 1
            self._hear(max(0.0, due / rate - now), waiting)
        while self._busy:
            self._hear(None, deque())

    def _send(self, request: bytes) -> None:
        one = self._free.popleft()
        self._busy[one] = request, time.monotonic(), bytearray()
        try:
            one.sendall(request)
        except OSError:
            self._lost(one)

    def _hear(self, seconds: float | None, again: deque[bytes]) -> None:
        for key, _ in self._selector.select(seconds):
            one: Any = key.fileobj
            try:
                data = one.recv(65536)
            except OSError:
                data = b""
            if not data:
                self._lost(one)
            elif one in self._busy:
                self._heard(one, data, again)

    def _heard(self, one: socket.socket, data: bytes, again: deque[bytes]) -> None:
        request, sent, answer = self._busy[one]
        answer += data
        head, end, body = bytes(answer).partition(b"\r\n\r\n")
        if not end or len(body) < int(head.partition(b"Content-Length: ")[2].split(b"\r\n")[0]):
            return
        del self._busy[one]
        self._free.append(one)
        status = int(head[9:12])
        if status == 202:
            self.took.append(time.monotonic() - sent)
        elif b"\r\nRetry-After: " in head:
            self.later += 1
            again.append(request)
        else:
            self.odd[status] = self.odd.get(status, 0) + 1

    def _lost(self, one: socket.socket) -> None:
        """A closed connection, in whose place comes another."""
        self._selector.unregister(one)
        one.close()
        if self._busy.pop(one, None):
            self.odd[0] = self.odd.get(0, 0) + 1
        else:
            self._free.remove(one)
        self._free.append(self._connected())

    def close(self) -> None:
        """End the connections."""
        for one in [*self._free, *self._busy]:
            one.close()
        self._selector.close()


def in_a_process(
    port: int, connections: int, rate: float, seconds: float, requests: Sequence[bytes]
) -> Json:
    """What a load found that ran in a process of its own: `took`, `later`, `held_back`, `odd`."""
    words = [sys.executable, __file__, str(port), str(connections), str(rate), str(seconds)]
    run = subprocess.run(words, input=pickle.dumps(requests), stdout=subprocess.PIPE, check=True)
    found: Json = json.loads(run.stdout)
    return found


def _main(port: int, connections: int, rate: float, seconds: float) -> None:
    load = Load(port, connections)
    load.pace(pickle.load(sys.stdin.buffer), rate, seconds)
    load.close()
    print(
        json.dumps(
            {
                "took": load.took,
                "later": load.later,
                "held_back": load.held_back,
                "odd": sum(load.odd.values()),
            }
        )
    )


if __name__ == "__main__":
    _main(int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]), float(sys.argv[4]))
