"""`josoor user …`: accounts, roles, ways in and back in."""

from __future__ import annotations

import click

from node.commands.running import json_option, run, table
from node.people.model import Role, SignUp
from node.web.qr import qr_text

_ROLES = click.Choice([role.value for role in Role])
_MODES = click.Choice([mode.value for mode in SignUp])


@click.group()
def user() -> None:
    """People with an account here."""


@user.command("create")
@click.argument("name")
@click.option("--role", type=_ROLES, default="member", show_default=True)
@json_option
def create(name: str, role: str, as_json: bool) -> None:
    """Make an account for NAME."""
    run(
        "user.create",
        {"name": name, "role": role},
        as_json=as_json,
        show=lambda found: f"{found['name']} is {found['role']} here",
    )


@user.command("list")
@json_option
def everybody(as_json: bool) -> None:
    """Show all accounts."""
    run(
        "user.list",
        {},
        as_json=as_json,
        show=lambda rows: table(rows, "name", "role", "disabled", "pending", empty="Nobody yet."),
    )


@user.command("role")
@click.argument("name")
@click.argument("role", type=_ROLES)
@click.option("--until", metavar="DAY", help="The last day of it, such as 2027-03-31.")
@json_option
def set_role(name: str, role: str, until: str | None, as_json: bool) -> None:
    """Give NAME another ROLE, for good or until a day."""
    run(
        "user.role",
        {"name": name, "role": role, "until": until},
        as_json=as_json,
        show=lambda found: f"{found['name']} is {found['role']} here",
    )


@user.command("hand-over")
@click.argument("name")
@click.argument("to")
@click.option("--then", type=_ROLES, default="member", show_default=True, help="What NAME is then.")
@json_option
def hand_over(name: str, to: str, then: str, as_json: bool) -> None:
    """Give the role of NAME to somebody else, for good; both are signed out."""
    run(
        "user.hand-over",
        {"name": name, "to": to, "then": then},
        as_json=as_json,
        show=lambda found: f"{found['name']} is {found['role']} here, and {name} is {then}",
    )


@user.command("disable")
@click.argument("name")
@json_option
def disable(name: str, as_json: bool) -> None:
    """Close the account of NAME and end its sessions and tokens."""
    run(
        "user.disable",
        {"name": name},
        as_json=as_json,
        show=lambda found: f"{found['name']} can do nothing here any more",
    )


@user.command("enable")
@click.argument("name")
@json_option
def enable(name: str, as_json: bool) -> None:
    """Open the account of NAME again."""
    run(
        "user.enable",
        {"name": name},
        as_json=as_json,
        show=lambda found: f"{found['name']} may come in again",
    )


@user.command("invite")
@click.option("--role", type=_ROLES, default="member", show_default=True)
@click.option("--days", type=click.IntRange(1, 90), default=7, show_default=True)
@click.option("--uses", type=click.IntRange(1, 100), default=1, show_default=True)
@json_option
def invite(role: str, days: int, uses: int, as_json: bool) -> None:
    """Print a link, and its picture for a phone, with which somebody makes an account."""
    run(
        "user.invite",
        {"role": role, "days": days, "uses": uses},
        as_json=as_json,
        show=lambda found: f"{qr_text(found['url'])}\n{found['url']}\nIt ends {found['ends']}.",
    )


@user.command("invitations")
@json_option
def invitations(as_json: bool) -> None:
    """Show the invitations that still let somebody in, without their links."""
    run(
        "user.invitations",
        {},
        as_json=as_json,
        show=lambda rows: table(rows, "id", "role", "ends", "uses", "most_uses", empty="None."),
    )


@user.command("reset-link")
@click.argument("name")
@json_option
def reset_link(name: str, as_json: bool) -> None:
    """Print a one-time link with which NAME sets a new password."""
    run(
        "user.reset-link",
        {"name": name},
        as_json=as_json,
        show=lambda found: (
            f"{qr_text(found['url'])}\n{found['url']}\n"
            f"It can be used once, within {found['minutes']} minutes."
        ),
    )


@user.command("answer")
@click.argument("name")
@click.argument("answer", type=click.Choice(["yes", "no"]))
@json_option
def answer(name: str, answer: str, as_json: bool) -> None:
    """Let NAME in, who asked to join, or turn NAME away."""
    run(
        "user.answer",
        {"name": name, "yes": answer == "yes"},
        as_json=as_json,
        show=lambda found: f"{found['name']} is {'in' if found['in'] else 'forgotten'}",
    )


@user.command("sign-up")
@click.argument("mode", type=_MODES, required=False)
@json_option
def sign_up(mode: str | None, as_json: bool) -> None:
    """Show how somebody comes in, or say how: closed, invitation, approval."""
    run("user.sign-up", {"mode": mode}, as_json=as_json, show=lambda found: str(found["mode"]))
