"""`josoor case …`, `josoor wave …`"""

from __future__ import annotations

from typing import Any

import click

from node.commands.running import json_option, run, table

_DECISIONS = (
    *("nothing", "hide", "remove", "limit-author", "suspend-author"),
    *("limit-server", "suspend-server", "take-rights"),
)


@click.group()
def case() -> None:
    """What was reported here, what was decided, and appeals against it."""


@case.command("list")
@click.option(
    "--state",
    type=click.Choice(["open", "decided", "appealed", "closed", "all"]),
    default="open",
    show_default=True,
)
@json_option
def case_list(state: str, as_json: bool) -> None:
    """Show cases: those that wait for a decision."""
    run(
        "case.list",
        {"state": state},
        as_json=as_json,
        show=lambda rows: table(
            rows, "id", "kind", "handle", "state", "decision", "created", empty="No cases."
        ),
    )


@case.command("show")
@click.argument("id")
@json_option
def show(id: str, as_json: bool) -> None:
    """Show one case, with what was reported as it was. That a message was read is written down."""
    run("case.show", {"id": id}, as_json=as_json, show=_case)


@case.command("open")
@click.argument("target")
@click.option("--words", default="", help="What is wrong.")
@click.option(
    "--category",
    type=click.Choice(["hate", "threat", "private", "spam", "other"]),
    default="other",
    show_default=True,
)
@json_option
def open_case(target: str, words: str, category: str, as_json: bool) -> None:
    """Open a case about TARGET: an address, the id of a reply, or member:NAME."""
    run(
        "case.open",
        {"target": target, "words": words, "category": category},
        as_json=as_json,
        show=lambda found: f"{found['id']}: {found['state']}",
    )


@case.command("decide")
@click.argument("id")
@click.argument("decision", type=click.Choice(_DECISIONS))
@click.option("--reason", required=True, help="Kept for a year; its author reads it if told.")
@click.option("--quiet", is_flag=True, help="Do not tell its author about it.")
@click.option("--forward", help="What the author's server is told, in nobody's name.")
@json_option
def decide(
    id: str, decision: str, reason: str, quiet: bool, forward: str | None, as_json: bool
) -> None:
    """Decide a case; the decision is in force at once."""
    arguments = {"id": id, "decision": decision, "reason": reason, "quiet": quiet}
    run(
        "case.decide",
        {**arguments, "forward": forward},
        as_json=as_json,
        show=lambda found: f"{found['id']}: {found['decision']}, {found['state']}",
    )


@case.command("answer")
@click.argument("id")
@click.argument("outcome", type=click.Choice(["upheld", "overturned"]))
@click.option("--reason", required=True, help="Whoever appealed reads it.")
@json_option
def answer(id: str, outcome: str, reason: str, as_json: bool) -> None:
    """Answer an appeal."""
    run(
        "case.answer",
        {"id": id, "outcome": outcome, "reason": reason},
        as_json=as_json,
        show=lambda found: f"{found['id']}: {found['outcome']}",
    )


@case.command("statistics")
@json_option
def statistics(as_json: bool) -> None:
    """Show how many cases there were, of those that are forgotten."""
    run(
        "case.statistics",
        {},
        as_json=as_json,
        show=lambda rows: table(
            rows, "month", "kind", "decision", "many", empty="Nothing is forgotten yet."
        ),
    )


@click.group()
def wave() -> None:
    """Many strangers who write at once: their words wait."""


@wave.command("list")
@json_option
def wave_list(as_json: bool) -> None:
    """Show the last waves."""
    run(
        "wave.list",
        {},
        as_json=as_json,
        show=lambda rows: table(rows, "id", "began", "ends", "strangers", empty="No waves."),
    )


@wave.command("end")
@json_option
def end(as_json: bool) -> None:
    """End the wave that goes on; what waits still waits."""
    run("wave.end", {}, as_json=as_json, show=lambda found: f"{found['id']}: over")


def _case(found: dict[str, Any]) -> str:
    keys = ("id", "kind", "target", "handle", "state", "decision", "reason", "appeal", "outcome")
    lines = [f"{key}: {found[key]}" for key in keys if found[key] is not None]
    lines += [
        f"{said['category']} ({said['source']}, {said['created']}): {said['words']}"
        for said in found["complaints"]
    ]
    lines += [f"read by {look['by']}, {look['at']}" for look in found["looks"]]
    text = "\n".join([*lines, "", found["text"]])
    return "".join(c if c.isprintable() or c == "\n" else " " for c in text)
