"""`josoor block …`, `josoor report …`"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from node.commands.running import Failed, json_option, perform, run, table

_LARGEST_LIST = 4 * 1024 * 1024


@click.group()
def block() -> None:
    """Whom this community does not want to speak with; nobody outside is told."""


@block.command("add")
@click.argument("target")
@click.option(
    "--level",
    type=click.Choice(["suspend", "limit", "allow", "trust"]),
    default="suspend",
    show_default=True,
    help="suspend: nothing in or out. limit: not shown, follows wait. "
    "allow: on the list of allow-list mode. trust: writes into the calendar unfollowed.",
)
@click.option("--reason", help="Goes along when the list is exported.")
@click.option("--comment", help="Stays here.")
@click.option("--reject-reports", is_flag=True, help="Keep no reports of this server.")
@json_option
def add(
    target: str,
    level: str,
    reason: str | None,
    comment: str | None,
    reject_reports: bool,
    as_json: bool,
) -> None:
    """Make a rule about a server with its sub-domains, a HANDLE, or the address of an actor."""
    run(
        "block.add",
        {
            "target": target,
            "level": level,
            "reason": reason,
            "comment": comment,
            "reject_reports": reject_reports,
        },
        as_json=as_json,
        show=lambda found: f"{found['id']}: {found['level']}{_ended(found)}",
    )


@block.command("remove")
@click.argument("target")
@json_option
def remove(target: str, as_json: bool) -> None:
    """Drop a rule. Follows that it ended stay ended."""
    run(
        "block.remove",
        {"target": target},
        as_json=as_json,
        show=lambda found: f"{found['id']}: no rule any more, was {found['level']}",
    )


@block.command("list")
@json_option
def block_list(as_json: bool) -> None:
    """Show every rule."""
    run(
        "block.list",
        {},
        as_json=as_json,
        show=lambda rows: table(
            rows, "id", "level", "handle", "reason", "comment", empty="There are no rules."
        ),
    )


@block.command("mode")
@click.argument("mode", required=False, type=click.Choice(["open", "allow-list"]))
@json_option
def mode(mode: str | None, as_json: bool) -> None:
    """Show with whom we speak, or change it: everybody (open), or only those on the allow-list."""
    run(
        "block.mode",
        {"mode": mode},
        as_json=as_json,
        show=lambda found: f"{found['mode']}{_ended(found)}",
    )


@block.command("import")
@click.argument("file")
@click.option("--dry-run", is_flag=True, help="Show what would come of it; change nothing.")
@json_option
def import_list(file: str, dry_run: bool, as_json: bool) -> None:
    """Take in a list of servers or accounts from Mastodon's CSV FILE; no rule gets laxer."""
    run(
        "block.import",
        {"csv": _read(file), "dry_run": dry_run},
        as_json=as_json,
        show=_imported,
    )


@block.command("export")
@click.argument("file", required=False, default="-")
@click.option("--actors", is_flag=True, help="Suspended actors instead of servers.")
@json_option
def export(file: str, actors: bool, as_json: bool) -> None:
    """Write the list of servers as Mastodon's CSV to FILE or standard output."""
    if file == "-":
        run("block.export", {"actors": actors}, as_json=as_json, show=_csv)
        return
    text = perform("block.export", {"actors": actors})["csv"]
    try:
        Path(file).write_bytes(text.encode())
    except OSError as wrong:
        raise Failed(f"{file}: cannot be written: {wrong.strerror}.") from wrong
    click.echo(f'{{"file": "{file}"}}' if as_json else f"Written to {file}")


def _csv(found: dict[str, Any]) -> str:
    return str(found["csv"]).replace("\r\n", "\n").rstrip("\n")


def _read(file: str) -> str:
    try:
        body = sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
    except OSError as wrong:
        raise Failed(f"{file}: cannot be read: {wrong.strerror}.") from wrong
    if len(body) > _LARGEST_LIST:
        raise Failed(f"{file}: is larger than {_LARGEST_LIST // 1024} kB.")
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError as wrong:
        raise Failed(f"{file}: is no text in UTF-8.") from wrong


def _imported(found: dict[str, Any]) -> str:
    would = "would be " if found["dry_run"] else ""
    lines = [f"{rule['id']}: {would}{rule['level']}" for rule in found["added"]]
    lines += [f"line {each['line']}, {each['entry']}: {each['why']}" for each in found["refused"]]
    counts = (len(found["added"]), len(found["kept"]), len(found["refused"]))
    lines.append("{} taken, {} left as they were, {} refused".format(*counts) + _ended(found))
    return "\n".join("".join(c if c.isprintable() else " " for c in line) for line in lines)


def _ended(found: dict[str, Any]) -> str:
    words = {
        "followers_ended": "followers ended",
        "follows_ended": "follows of ours ended",
        "deliveries_cancelled": "deliveries cancelled",
    }
    told = [f"{found[key]} {word}" for key, word in words.items() if found.get(key)]
    return f" ({', '.join(told)})" if told else ""


@click.group()
def report() -> None:
    """Reports from other servers, and to them."""


@report.command("list")
@click.option("--all", "everything", is_flag=True, help="Also those that are closed.")
@json_option
def report_list(everything: bool, as_json: bool) -> None:
    """Show the reports that nobody has closed yet."""
    run(
        "report.list",
        {"all": everything},
        as_json=as_json,
        show=lambda rows: table(
            rows, "id", "direction", "host", "state", "created", "content", empty="No reports."
        ),
    )


@report.command("show")
@click.argument("id")
@json_option
def show(id: str, as_json: bool) -> None:
    """Show one report."""
    run("report.show", {"id": id}, as_json=as_json, show=_report)


@report.command("close")
@click.argument("id")
@json_option
def close(id: str, as_json: bool) -> None:
    """Mark a report as done with."""
    run("report.close", {"id": id}, as_json=as_json, show=lambda found: f"{found['id']}: closed")


@report.command("send")
@click.argument("url")
@click.option("--comment", default="", help="What is wrong; the other server's people read it.")
@json_option
def send(url: str, comment: str, as_json: bool) -> None:
    """Report an actor, or something that it wrote, to its own server; in no person's name."""
    run(
        "report.send",
        {"url": url, "comment": comment},
        as_json=as_json,
        show=lambda found: f"{found['id']}: on its way to {found['host']}",
    )


def _report(found: dict[str, Any]) -> str:
    lines = [f"{key}: {found[key]}" for key in ("id", "direction", "host", "actor", "state")]
    lines += [f"about: {each}" for each in found["objects"]]
    text = "\n".join([*lines, "", found["content"]])
    return "".join(c if c.isprintable() or c == "\n" else " " for c in text)
