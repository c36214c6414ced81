"""The validator activitypub-testing (npm) of socialweb.coop."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.interop.peers.installing import folder_of
from tests.support.https import Street

_SECONDS = 60


def install() -> Path:
    """The folder with the validator. Raises: NotInstallable."""
    return folder_of("activitypub-testing")


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What one rule found: `passed`, `failed` or `inapplicable`, and why."""

    rule: str
    outcome: str
    why: str


async def judge_actor(where: Street, folder: Path, actor: str) -> dict[str, Finding]:
    """What every rule finds about an actor, by rule."""
    return await _run(where, folder, "test", "actor", actor)


async def judge(where: Street, folder: Path, rule: str, **inputs: Any) -> Finding:
    """What one rule finds about a document."""
    given = [f"--input.{name}={json.dumps(value)}" for name, value in inputs.items()]
    return (await _run(where, folder, "run", "test", f"--slug={rule}", *given))[rule]


async def _run(where: Street, folder: Path, *arguments: str) -> dict[str, Finding]:
    process = await asyncio.create_subprocess_exec(
        str(folder / "node_modules/.bin/activitypub-testing"),
        *arguments,
        env=where.environment(),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    async with asyncio.timeout(_SECONDS):
        told, complaints = await process.communicate()
    assert process.returncode == 0, complaints.decode()
    found = [_finding(each) for each in _documents(told.decode())]
    assert found, complaints.decode()
    return {each.rule: each for each in found}


def _documents(text: str) -> list[dict[str, Any]]:
    """The JSON documents that follow each other in what was printed."""
    decoder, found, at = json.JSONDecoder(), [], text.find("{")
    while at >= 0:
        document, end = decoder.raw_decode(text, at)
        found.append(document)
        at = text.find("{", end)
    return found


def _finding(document: dict[str, Any]) -> Finding:
    result = document["result"]
    return Finding(
        rule=document["test"]["slug"], outcome=result["outcome"], why=result.get("info", "")
    )
