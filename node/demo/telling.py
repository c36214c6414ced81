"""The demo's words on stdout: where the nodes are and what to try, or what was proven."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from node.demo.journal import Journal
from node.demo.nodes import DemoNode
from node.demo.seeds import FRIDAY, Days


def addresses(nodes: Mapping[str, DemoNode], days: Days) -> str:
    """The four nodes, and a handful of things to do with them."""
    wien, berlin = nodes["wien"], nodes["berlin"]
    table = [f"  {node.origin}  {node.handle:<26} {node.seed.name}" for node in nodes.values()]
    josoor, friday = _command(), days.on(FRIDAY, "16:00", "18:00", weeks=0)["start"]
    return "\n".join(
        [
            "",
            "Three communities and a coordinator run on this machine and follow each other:",
            "",
            *table,
            "",
            "What Berlin hears from Wien, in German and in Arabic:",
            f"  {berlin.origin}/network?lang=de",
            f"  {berlin.origin}/network?lang=ar",
            "What another server sees of Wien:",
            f"  curl -H 'Accept: application/activity+json' {wien.origin}/c/wien",
            f"  curl '{wien.origin}/.well-known/webfinger?resource=acct:{wien.handle[1:]}'",
            "Publish at Wien, and look at Berlin's page again:",
            '  echo \'{"name": {"de": "Teestunde", "ar": "ساعة شاي"}, "start": "'
            f"{friday}\"}}' | JOSOOR_DATA={wien.data} {josoor} event publish -",
            "Ask Berlin what arrived, and how Wien is:",
            f"  JOSOOR_DATA={berlin.data} {josoor} network timeline",
            f"  JOSOOR_DATA={wien.data} {josoor} status",
            f"What the nodes say while they run: {wien.home}/*.log",
            "",
            "Ctrl-C ends them and removes everything.",
        ]
    )


def nodes_as_json(nodes: Iterable[DemoNode]) -> list[dict[str, Any]]:
    """The four nodes for a program."""
    return [
        {
            "id": f"{node.origin}/c/{node.seed.handle}",
            "handle": node.handle,
            "name": node.seed.name,
            "origin": node.origin,
            "data": str(node.data),
            "log": str(node.log),
        }
        for node in nodes
    ]


def proven(journal: Journal) -> str:
    """Each step with its time, and the verdict."""
    lines = [
        f"{'held' if step.held else 'NOT '}  {step.milliseconds:>6} ms  {step.step}"
        + (f": {step.why}" if step.why else "")
        for step in journal.steps
    ]
    verdict = "All of it held." if journal.held else "It did not hold."
    return "\n".join([*lines, verdict])


def _command() -> str:
    """How whoever reads this calls `josoor`."""
    called = Path(sys.argv[0])
    if called.name == "__main__.py":
        return f"{sys.executable} -m node"
    return "./josoor" if Path("josoor").is_file() else called.name
