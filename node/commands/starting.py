"""`josoor init`, `josoor serve`, `josoor demo`"""

from __future__ import annotations

import asyncio
import gc
import json
import os
import sys
from dataclasses import replace
from typing import Any

import click

from node.commands.running import Failed, config, json_option
from node.community.model import Community
from node.config import Config, ConfigError
from node.errors import NodeError
from node.settings import is_loopback, read_origin
from node.storage.errors import StorageError
from node.thrift import no_authorities


@click.command("init")
@click.option("--handle", help="The community's name in addresses: small letters, such as wien.")
@click.option("--name", help="What people call the community.")
@click.option("--language", "languages", multiple=True, help="Its languages, its own first.")
@click.option("--city")
@click.option("--country", help="Two letters, such as AT.")
@click.option("--timezone", help="Such as Europe/Vienna.")
@click.option("--origin", help="Where everybody finds it, for ever: https://wien.example")
@json_option
def init(as_json: bool, **given: Any) -> None:
    """Make a new node: folder, settings, keys, database, community."""
    settings = config()
    if given["origin"]:
        settings = replace(settings, origin=_origin(given["origin"], settings))
    _check_origin(settings)
    _check_free(settings)
    asked = _ask(given, settings)
    try:
        urls = asyncio.run(_found(settings, asked))
    except (NodeError, StorageError) as wrong:
        raise Failed(str(wrong)) from wrong
    result = {"id": urls.community, "handle": f"@{urls.account}", "origin": urls.origin}
    if as_json:
        click.echo(json.dumps(result))
        return
    click.echo(f"{result['handle']} is ready in {settings.data}.")
    click.echo(f"Its address is {urls.origin}, for ever. Start it with: josoor serve")


@click.command("serve")
def serve() -> None:
    """Run the node until it is told to stop; makes a local one if there is none."""
    # What is imported lives for ever: collecting garbage meanwhile costs 70 ms of CPU for nothing.
    gc.disable()
    with no_authorities():
        import aiohttp  # noqa: F401, PLC0415  the web server costs start time

    from node.serving import serve as run_server  # noqa: PLC0415  it pulls the whole node in

    gc.freeze()
    gc.enable()

    settings = config()
    try:
        run_server(settings)
    except (NodeError, StorageError, ConfigError) as wrong:
        raise Failed(str(wrong)) from wrong
    except OSError as wrong:
        what = wrong.filename or settings.data
        raise Failed(f"{what} cannot be used: {os.strerror(wrong.errno or 0)}.") from wrong


@click.command("demo")
@click.option("--exit-after-check", is_flag=True, help="Run the whole story once and end.")
@json_option
def demo(exit_after_check: bool, as_json: bool) -> None:
    """Three communities and a coordinator on this machine, in a throw-away folder."""
    from node.demo import run_demo  # noqa: PLC0415  only this command needs it

    sys.exit(run_demo(exit_after_check=exit_after_check, as_json=as_json))


def _ask(given: dict[str, Any], settings: Config) -> Community:
    from node.founding import default_community  # noqa: PLC0415  pulls the whole node in

    usual = default_community(settings)
    languages = list(given["languages"]) or _prompt("Languages, its own first", "en").split()
    return replace(
        usual,
        handle=given["handle"] or _prompt("Handle (small letters, such as wien)", None),
        name={languages[0]: given["name"] or _prompt("Name of the community", None)},
        languages=languages,
        city=given["city"],
        country=given["country"],
        timezone=given["timezone"] or usual.timezone,
    )


def _prompt(question: str, default: str | None) -> str:
    if not sys.stdin.isatty():
        if default is not None:
            return default
        raise click.UsageError(f"missing, and nobody to ask: {question}")
    return str(click.prompt(question, default=default, err=True))


def _check_free(settings: Config) -> None:
    """Before anything is asked: nobody answers six questions to hear that there is a node."""
    from node.founding import check_free  # noqa: PLC0415  pulls the whole node in

    try:
        check_free(settings)
    except NodeError as wrong:
        raise Failed(str(wrong)) from wrong


def _origin(text: str, settings: Config) -> str:
    try:
        return read_origin(text, settings.data)
    except ValueError as wrong:
        raise Failed(f"origin {wrong}.") from wrong


def _check_origin(settings: Config) -> None:
    plain = settings.origin.startswith("http://")
    if plain and not is_loopback(settings.origin) and not settings.private_peers:
        raise Failed("origin must be https, but for localhost or with JOSOOR_PRIVATE_PEERS.")


async def _found(settings: Config, community: Community) -> Any:
    from node.founding import found  # noqa: PLC0415  pulls the whole node in

    return await found(settings, community, {})
