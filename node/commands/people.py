"""`josoor user …`, `josoor token …`, `josoor setup-link`"""

from __future__ import annotations

import click

from node.commands.running import json_option, run, table
from node.people.model import Role, Scope

_ROLES = click.Choice([role.value for role in Role])
_SCOPES = click.Choice([scope.value for scope in Scope])


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
        show=lambda rows: table(rows, "name", "role", "disabled", empty="Nobody yet."),
    )


@user.command("role")
@click.argument("name")
@click.argument("role", type=_ROLES)
@json_option
def set_role(name: str, role: str, as_json: bool) -> None:
    """Give NAME another ROLE."""
    run(
        "user.role",
        {"name": name, "role": role},
        as_json=as_json,
        show=lambda found: f"{found['name']} is {found['role']} here",
    )


@user.command("disable")
@click.argument("name")
@json_option
def disable(name: str, as_json: bool) -> None:
    """Close the account of NAME and end its tokens."""
    run(
        "user.disable",
        {"name": name},
        as_json=as_json,
        show=lambda found: f"{found['name']} can do nothing here any more",
    )


@click.group()
def token() -> None:
    """Tokens for the JSON API."""


@token.command("create")
@click.option("--user", required=True, help="Whose token it is.")
@click.option("--scope", type=_SCOPES, required=True)
@click.option("--label", help="What it is for.")
@json_option
def create_token(user: str, scope: str, label: str | None, as_json: bool) -> None:
    """Make a token and print it, this once."""
    run(
        "token.create",
        {"user": user, "scope": scope, "label": label},
        as_json=as_json,
        show=lambda found: str(found["token"]),
    )


@token.command("list")
@json_option
def tokens(as_json: bool) -> None:
    """Show all tokens, without their secrets."""
    run(
        "token.list",
        {},
        as_json=as_json,
        show=lambda rows: table(
            rows, "id", "user", "scope", "label", "revoked", empty="No tokens."
        ),
    )


@token.command("revoke")
@click.argument("id")
@json_option
def revoke(id: str, as_json: bool) -> None:
    """End a token."""
    run("token.revoke", {"id": id}, as_json=as_json, show=lambda found: f"{found['id']} is ended")


@click.command("setup-link")
@json_option
def setup_link(as_json: bool) -> None:
    """Print a new one-time setup link; earlier ones end."""
    run(
        "setup-link",
        {},
        as_json=as_json,
        show=lambda found: (
            f"{found['url']}\nIt can be used once, within {found['minutes']} minutes."
        ),
    )
