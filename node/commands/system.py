"""`josoor status`, `version`, `routes`, `listeners`, `doctor`"""

from __future__ import annotations

import asyncio
import json
import platform
import sqlite3
from typing import Any

import click

from node.commands.running import Failed, config, json_option, perform, run, table
from node.settings import is_loopback
from node.version import VERSION


@click.command("version")
@json_option
def version(as_json: bool) -> None:
    """Print which release this is."""
    found = {
        "version": VERSION,
        "python": platform.python_version(),
        "sqlite": sqlite3.sqlite_version,
    }
    click.echo(json.dumps(found) if as_json else f"josoor-connect {VERSION}")


@click.command("status")
@json_option
def status(as_json: bool) -> None:
    """Show what runs, how many follow, what waits."""
    run(
        "status",
        {},
        as_json=as_json,
        show=_status,
    )


def _status(found: dict[str, Any]) -> str:
    """One line each; hosts in trouble and refusals only where there are any."""
    refusals, hosts = found.pop("refusals", {}), found.pop("hosts", [])
    found["community"] = " / ".join(found["community"].values())
    found["mail"] = _mail(found["mail"])
    if found["held_until"] is None:
        del found["held_until"]
    lines = [f"{key.replace('_', ' ')}: {value}" for key, value in found.items()]
    lines += [f"host {host['host']}: {host['breaker']}" for host in hosts]
    for name, reasons in refusals.items():
        lines += [f"{name} answered {reason}: {number}" for reason, number in reasons.items()]
    return "\n".join(lines)


def _mail(state: dict[str, Any]) -> str:
    if not state["on"]:
        return "off"
    last = f"last one sent {state['sent']}" if state["sent"] else "none sent yet"
    trouble = "" if state["well"] else f"; {state['trouble']} ({state['troubled']})"
    return f"{state['waiting']} waiting, {last}{trouble}"


@click.command("routes")
@json_option
def routes(as_json: bool) -> None:
    """Show every path of the node and who may call it."""
    from node.routes import ROUTES  # noqa: PLC0415  only this command needs them

    rows = [
        {
            "method": route.method,
            "path": route.path,
            "who": route.who,
            "what": (route.handler.__doc__ or "").strip().partition("\n")[0],
        }
        for route in ROUTES
    ]
    click.echo(_shown(rows, as_json, "method", "path", "who", "what"))


@click.command("listeners")
@json_option
def listeners(as_json: bool) -> None:
    """Show which activities are heard, and what happens then."""
    from node.app import listeners as all_listeners  # noqa: PLC0415  only this command needs them

    rows = [
        {"activity": activity, "object": kind, "what": what, "where": f"{module}.{function}"}
        for activity, kind, function, module, what in all_listeners().table()
    ]
    click.echo(_shown(rows, as_json, "activity", "object", "what"))


@click.command("doctor")
@click.option("--invariants", is_flag=True, help="Look through the whole database; takes longer.")
@json_option
def doctor(as_json: bool, invariants: bool) -> None:
    """Check the node; each complaint comes with its mend. Exit 1 if one is red.

    Of a node with a public name also whether that name leads here: this asks the name itself.
    """
    # only this command needs it
    from node.doctor import check_database, check_folder, check_node  # noqa: PLC0415
    from node.mail.checking import check_mail  # noqa: PLC0415
    from node.outside import check_outside  # noqa: PLC0415
    from node.services import SystemClock  # noqa: PLC0415

    settings = config()
    checks = check_folder(settings)
    if all(check["state"] != "red" for check in checks):
        status = perform("status", {})
        checks += check_node(settings, status)
        if not is_loopback(settings.origin):
            handle = str(status["handle"]).strip("@").partition("@")[0]
            checks += asyncio.run(check_outside(settings, handle, SystemClock().now))
        checks += asyncio.run(check_mail(settings))
        if invariants:
            checks += asyncio.run(check_database(settings, SystemClock().now()))
    click.echo(_shown(checks, as_json, "state", "check", "says", "mend"))
    if any(check["state"] == "red" for check in checks):
        raise Failed("something is red.")


def _shown(rows: list[dict[str, Any]], as_json: bool, *columns: str) -> str:
    if as_json:
        return json.dumps(rows, ensure_ascii=False)
    return table(rows, *columns, empty="Nothing.")
