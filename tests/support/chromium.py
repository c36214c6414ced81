"""A real browser for tests: Chromium, driven over its DevTools protocol."""

from __future__ import annotations

import asyncio
import itertools
import os
import shutil
import subprocess
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import aiohttp

from tests.support.nodes import until

Json = dict[str, Any]
_PROGRAMS = ("chromium", "chromium-browser", "google-chrome")
_QUIET = (
    "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--disable-extensions", "--disable-dev-shm-usage", "--remote-debugging-port=0",
)  # fmt: skip
_SECONDS = 30.0


def program() -> str | None:
    """Where the browser is; None where there is none."""
    return next((found for name in _PROGRAMS if (found := shutil.which(name))), None)


class Wire:
    """The one connection to the browser: questions with answers, and events by session."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._socket, self._numbers = socket, itertools.count(1)
        self._waiting: dict[int, asyncio.Future[Json]] = {}
        self.heard: dict[str, Callable[[str, Json], None]] = {}

    async def listen(self) -> None:
        """Takes in whatever comes until the browser ends."""
        async for message in self._socket:
            said = message.json()
            if "id" in said:
                if not (waiting := self._waiting.pop(said["id"])).done():
                    waiting.set_result(said)
            elif hear := self.heard.get(said.get("sessionId", "")):
                hear(said["method"], said["params"])

    async def call(self, method: str, session: str | None = None, **parameters: Any) -> Json:
        """What the browser answers; raises RuntimeError for what it refuses."""
        number = next(self._numbers)
        answer = self._waiting[number] = asyncio.get_running_loop().create_future()
        whom = {"sessionId": session} if session else {}
        await self._socket.send_json({"id": number, "method": method, "params": parameters, **whom})
        said = await asyncio.wait_for(answer, _SECONDS)
        if "error" in said:
            raise RuntimeError(f"{method}: {said['error']['message']}")
        found: Json = said["result"]
        return found


class Tab:
    """One page of one person: what it asked for is in `asked`, what it complained of in `told`."""

    def __init__(self, wire: Wire, session: str) -> None:
        self._wire, self._session = wire, session
        self.asked: list[str] = []
        self.told: list[str] = []
        self.headers: dict[str, str] = {}
        self.status = 0
        # Documents by the name of who loads them: an event of the page before is not one of this.
        self._document = ""
        self._whole: set[str] = set()
        self._changed = asyncio.Event()
        wire.heard[session] = self._hear

    async def call(self, method: str, **parameters: Any) -> Json:
        """What the browser answers for this page."""
        return await self._wire.call(method, self._session, **parameters)

    async def open(self, url: str) -> None:
        """Go to an address, until everything of it is there."""
        loader = (await self.call("Page.navigate", url=url))["loaderId"]
        await self._until(lambda: loader in self._whole)

    async def leading(self, act: Callable[[], Awaitable[Any]]) -> None:
        """Do what leads to another page, until that is there."""
        before = self._document
        await act()
        await self._until(lambda: self._document != before and self._document in self._whole)

    async def _until(self, holds: Callable[[], bool]) -> None:
        async with asyncio.timeout(_SECONDS):
            while not holds():
                self._changed.clear()
                await self._changed.wait()

    async def evaluate(self, expression: str) -> Any:
        """The value of an expression in the page, a promise awaited."""
        found = await self.call(
            "Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True
        )
        if "exceptionDetails" in found:
            raise RuntimeError(str(found["exceptionDetails"])[:500])
        return found["result"].get("value")

    async def size(self, width: int, height: int = 900) -> None:
        """Another window; of a phone where it is narrow."""
        await self.call(
            "Emulation.setDeviceMetricsOverride",
            width=width, height=height, deviceScaleFactor=1, mobile=width < 600,
        )  # fmt: skip

    async def dark(self, wanted: bool) -> None:
        """Whether the person likes dark colours."""
        value = "dark" if wanted else "light"
        await self.call(
            "Emulation.setEmulatedMedia",
            features=[{"name": "prefers-color-scheme", "value": value}],
        )

    async def language(self, tag: str) -> None:
        """The language that the browser asks for."""
        await self.call("Network.setExtraHTTPHeaders", headers={"Accept-Language": tag})

    async def scripts(self, wanted: bool) -> None:
        """Whether pages may run scripts; for those that are opened from now on."""
        await self.call("Emulation.setScriptExecutionDisabled", value=not wanted)

    async def cookie(self, url: str, name: str, value: str) -> None:
        """Set a cookie of a site."""
        await self.call("Network.setCookie", url=url, name=name, value=value, httpOnly=True)

    async def press(self, key: str, *, shift: bool = False) -> None:
        """A key that is no letter: Tab, Enter, Space, ArrowDown, …"""
        code, text = _KEYS[key]
        about: Json = {
            "key": " " if key == "Space" else key,
            "code": key,
            "windowsVirtualKeyCode": code,
            "modifiers": 8 if shift else 0,
        }
        down = {"type": "keyDown", "text": text} if text else {"type": "rawKeyDown"}
        await self.call("Input.dispatchKeyEvent", **down, **about)
        await self.call("Input.dispatchKeyEvent", type="keyUp", **about)

    async def write(self, text: str) -> None:
        """Text as it is typed into the field that has the focus."""
        await self.call("Input.insertText", text=text)

    async def keys(self, text: str) -> None:
        """Text as single keys, for fields that have parts, such as days."""
        for letter in text:
            about = {"key": letter, "text": letter, "unmodifiedText": letter}
            await self.call("Input.dispatchKeyEvent", type="keyDown", **about)
            await self.call("Input.dispatchKeyEvent", type="keyUp", key=letter)

    def _hear(self, method: str, said: Json) -> None:
        if method == "Page.frameNavigated" and "parentId" not in said["frame"]:
            self._document = said["frame"]["loaderId"]
        elif method == "Page.lifecycleEvent" and said["name"] == "load":
            self._whole.add(said["loaderId"])
            self._changed.set()
        elif method == "Network.requestWillBeSent":
            self.asked.append(said["request"]["url"])
        elif method == "Network.responseReceived" and said["type"] == "Document":
            self.status = said["response"]["status"]
            self.headers = {k.lower(): v for k, v in said["response"]["headers"].items()}
        elif method == "Runtime.exceptionThrown":
            self.told.append(str(said["exceptionDetails"].get("text")))
        elif method == "Log.entryAdded" and said["entry"]["level"] in ("error", "warning"):
            self.told.append(f"{said['entry']['text']} {said['entry'].get('url', '')}")


_KEYS = {
    "Tab": (9, ""), "Enter": (13, "\r"), "Space": (32, " "), "Escape": (27, ""),
    "ArrowDown": (40, ""), "ArrowUp": (38, ""), "Home": (36, ""), "End": (35, ""),
}  # fmt: skip
_HEARD = ("Page", "Network", "Runtime", "Log")


class Chromium:
    """A running browser."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    @asynccontextmanager
    async def tab(self) -> AsyncIterator[Tab]:
        """A page that shares neither cookies nor cache with another one."""
        room = (await self._wire.call("Target.createBrowserContext"))["browserContextId"]
        made = await self._wire.call(
            "Target.createTarget", url="about:blank", browserContextId=room
        )
        target = made["targetId"]
        joined = await self._wire.call("Target.attachToTarget", targetId=target, flatten=True)
        tab = Tab(self._wire, joined["sessionId"])
        for domain in _HEARD:
            await tab.call(f"{domain}.enable")
        await tab.call("Page.setLifecycleEventsEnabled", enabled=True)
        try:
            yield tab
        finally:
            await self._wire.call("Target.disposeBrowserContext", browserContextId=room)


@asynccontextmanager
async def chromium() -> AsyncIterator[Chromium]:
    """A browser that lives as long as the block."""
    found = program()
    assert found, "there is no browser; ask program() first"
    folder = Path(tempfile.mkdtemp(prefix="josoor-browser-"))
    command = [found, *_QUIET, f"--user-data-dir={folder}", "about:blank"]
    nothing = subprocess.DEVNULL
    own = {**os.environ, "TMPDIR": str(folder)}  # it leaves things behind
    running = await asyncio.create_subprocess_exec(
        *command, stdout=nothing, stderr=nothing, env=own
    )
    try:
        async with (
            aiohttp.ClientSession() as session,
            session.ws_connect(await _address(folder), max_msg_size=0) as socket,
        ):
            wire = Wire(socket)
            listening = asyncio.create_task(wire.listen())
            try:
                yield Chromium(wire)
            finally:
                listening.cancel()
                with suppress(asyncio.CancelledError):
                    await listening
    finally:
        running.terminate()
        await asyncio.wait_for(running.wait(), _SECONDS)
        shutil.rmtree(folder, ignore_errors=True)


async def _address(folder: Path) -> str:
    """Where the browser listens, which it writes down when it does."""
    note = folder / "DevToolsActivePort"

    async def written() -> list[str]:
        words = note.read_text().split() if note.exists() else []
        return words if len(words) == 2 else []

    port, path = await until(written, _SECONDS)
    return f"ws://127.0.0.1:{port}{path}"
