"""`josoor conversation …`"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

import click

from activitypub.errors import DocumentError
from activitypub.parsing import parse
from node.commands.running import Failed, json_option, run, table

_LARGEST_TEXT = 64 * 1024
_LONGEST_LINE = 60


@click.group()
def conversation() -> None:
    """What others say to the community and about it, and what it answers."""


@conversation.command("list")
@click.option("--kind", type=click.Choice(["reply", "message", "mention"]))
@click.option("--state", type=click.Choice(["shown", "held", "hidden"]))
@click.option("--about", help="Only what stands under this event.")
@json_option
def all_replies(kind: str | None, state: str | None, about: str | None, as_json: bool) -> None:
    """Show what others said, newest first."""
    _list({"kind": kind, "state": state, "about": about}, as_json)


@conversation.command("held")
@json_option
def held(as_json: bool) -> None:
    """Show the replies that wait until somebody approves or hides them."""
    _list({"kind": "reply", "state": "held"}, as_json)


@conversation.command("messages")
@click.option("--all", "everything", is_flag=True, help="Also those that are dealt with.")
@json_option
def messages(everything: bool, as_json: bool) -> None:
    """Show what people wrote to the community alone."""
    _list({"kind": "message", "state": None if everything else "held"}, as_json)


@conversation.command("mentions")
@click.option("--all", "everything", is_flag=True, help="Also those that are dealt with.")
@json_option
def mentions(everything: bool, as_json: bool) -> None:
    """Show where strangers have named the community in public."""
    _list({"kind": "mention", "state": None if everything else "held"}, as_json)


@conversation.command("show")
@click.argument("id")
@json_option
def show(id: str, as_json: bool) -> None:
    """Show what somebody said, and what the community answered."""
    run("conversation.show", {"id": id}, as_json=as_json, show=_whole)


@conversation.command("approve")
@click.argument("id")
@json_option
def approve(id: str, as_json: bool) -> None:
    """Show a reply that waited; its author need not wait again."""
    run("conversation.approve", {"id": id}, as_json=as_json, show=_state)


@conversation.command("hide")
@click.argument("id")
@json_option
def hide(id: str, as_json: bool) -> None:
    """Hide a reply, put a message or mention aside, or revoke the stamp of a quote."""
    run("conversation.hide", {"id": id}, as_json=as_json, show=_state)


@conversation.command("hold")
@click.argument("id")
@json_option
def hold(id: str, as_json: bool) -> None:
    """Let a reply wait again."""
    run("conversation.hold", {"id": id}, as_json=as_json, show=_state)


@conversation.command("trust")
@click.argument("id")
@json_option
def trust(id: str, as_json: bool) -> None:
    """Show all replies of the author of one that waits; later ones are shown at once."""
    run(
        "conversation.trust",
        {"id": id},
        as_json=as_json,
        show=lambda found: f"{found['shown']} shown",
    )


@conversation.command("say")
@click.argument("id")
@click.argument("file")
@json_option
def say(id: str, file: str, as_json: bool) -> None:
    """Answer a reply, message or mention, or speak under an event.

    FILE (- for stdin) holds Markdown in the community's first language, or JSON:
    {"texts": {"de": "…", "ar": "…"}}.
    """
    arguments = {"id": id, "document": _words(file), "by": os.environ.get("USER")}
    run("conversation.say", arguments, as_json=as_json, show=_said)


@conversation.command("edit")
@click.argument("id")
@click.argument("file")
@json_option
def edit(id: str, file: str, as_json: bool) -> None:
    """Give a public answer the words of FILE, as for `say`."""
    arguments = {"id": id, "document": _words(file)}
    run("conversation.edit", arguments, as_json=as_json, show=_said)


@conversation.command("delete")
@click.argument("id")
@json_option
def delete(id: str, as_json: bool) -> None:
    """Delete an answer here and ask everybody who got it to do the same."""
    run("conversation.delete", {"id": id}, as_json=as_json, show=_state)


@conversation.command("quotes")
@json_option
def quotes(as_json: bool) -> None:
    """Show which posts quote the community with its stamp."""
    columns = ("id", "quoted_by", "thing", "created", "revoked")
    run(
        "conversation.quotes",
        {},
        as_json=as_json,
        show=lambda rows: table(rows, *columns, empty="Nobody has asked."),
    )


@conversation.command("rule")
@click.argument(
    "rule", required=False, type=click.Choice(["open", "first-held", "all-held", "closed"])
)
@json_option
def rule(rule: str | None, as_json: bool) -> None:
    """Show what becomes of public replies, or change it.

    open: shown at once. first-held: the first of each author waits. all-held: every one waits.
    closed: none is taken.
    """
    run(
        "conversation.rule",
        {"rule": rule},
        as_json=as_json,
        show=lambda found: f"{found['rule']} ({found['waiting']['reply']} wait)",
    )


def _list(arguments: dict[str, Any], as_json: bool) -> None:
    run(
        "conversation.list",
        arguments,
        as_json=as_json,
        show=lambda rows: table(
            [{**row, "text": row["text"][:_LONGEST_LINE]} for row in rows],
            *("short_id", "kind", "state", "handle", "text"),
            empty="Nothing.",
        ),
    )


def _words(file: str) -> Any:
    """The texts of a file: JSON if it is an object, else Markdown as it stands."""
    try:
        body = sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
    except OSError as wrong:
        raise Failed(f"{file}: cannot be read: {wrong.strerror}.") from wrong
    if len(body) > _LARGEST_TEXT:
        raise Failed(f"{file}: is larger than {_LARGEST_TEXT // 1024} kB.")
    try:
        text = body.decode("utf-8-sig")
        return parse(body) if text.lstrip().startswith("{") else text
    except (UnicodeDecodeError, DocumentError) as wrong:
        raise Failed(f"{file}: {wrong}") from wrong


def _state(found: dict[str, Any]) -> str:
    return f"{found['id']}: {found['state']}"


def _said(found: dict[str, Any]) -> str:
    return f"{found['id']}: to {found['to'] or 'everybody'}"


def _whole(found: dict[str, Any]) -> str:
    names = ("id", "kind", "state", "subject", "in_reply_to", "author_name", "handle", "published")
    lines = [f"{name}: {found[name]}" for name in names if found[name]]
    if found["warning"]:
        lines += ["", f"[{found['warning']}]"]
    lines += ["", found["text"], *(f"{one['kind']}: {one['url']}" for one in found["links"])]
    for answer in found["answers"]:
        lines += ["", f"answer {answer['id']}", *answer["texts"].values()]
    text = "\n".join(lines)
    return "".join(letter if letter.isprintable() or letter == "\n" else " " for letter in text)
