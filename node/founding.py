"""A new node: its folder, its settings, its master key, its database, its community, its keys."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import chain
from pathlib import Path

from keys.vault import Vault, make_master
from node.community import actions, store
from node.community.keyring import Pair, make_pair, seal_pair
from node.community.model import Community
from node.config import Config, write_config
from node.context import Context
from node.errors import Conflict
from node.master import write_secret
from node.services import SystemClock
from node.storage.database import Database, Transaction
from node.storage.migrate import SCHEMA, migrate
from node.storage.opening import open_database
from node.storage.outbox import StoredOutbox
from node.urls import Urls


def default_community(config: Config) -> Community:
    """The community of a node that was started without being asked anything."""
    return Community(
        handle="community",
        name={
            "en": "Our community",
            "de": "Unsere Gemeinschaft",
            "ar": "مجتمعنا",
        },
        description={},
        languages=["en", "de", "ar"],
        city=None,
        country=None,
        timezone=_local_timezone(),
        created=SystemClock().now(),
    )


def check_free(config: Config) -> None:
    """Nothing where no node is yet. Raises: Conflict if there is one in this folder."""
    if config.file.exists() or config.secret_file.exists() or _holds_database(config):
        raise Conflict(f"There is a node in {config.data} already; it stays as it is.")


async def found(config: Config, community: Community, settings: Mapping[str, object]) -> Urls:
    """The addresses of the new node. `settings` are written to its file.

    Raises: Conflict if there is one in this folder, Invalid for a wrong handle, language, zone.
    """
    check_free(config)
    actions.check(community)
    config.data.mkdir(parents=True, exist_ok=True, mode=0o700)
    database = await open_database(config.database)
    try:
        await migrate(database, SCHEMA, now=SystemClock().now())
        return await settle(database, config, community, settings)
    finally:
        await database.close()


async def settle(
    database: Database,
    config: Config,
    community: Community,
    settings: Mapping[str, object],
    *,
    pair: Callable[[], Pair] = make_pair,
) -> Urls:
    """The addresses of the node that lives in this database, which has the schema and no more.

    `pair` makes the keys of one actor.
    """
    urls, master = Urls(config.origin, community.handle), make_master()
    vault, since = Vault(master), community.created
    sealed = [seal_pair(actor, pair(), vault, since, number=1) for actor in urls.actors()]

    # the master key exists before anything that was sealed with it
    write_secret(config.secret_file, master)

    async def work(tx: Transaction) -> None:
        context = Context(tx=tx, now=since, urls=urls, outbox=StoredOutbox(tx))
        await actions.found(context, community)
        for key in chain.from_iterable(sealed):
            await store.add_key(tx, key)

    try:
        await database.write(work)
    except Exception:
        config.secret_file.unlink(missing_ok=True)
        raise
    write_config({"origin": config.origin, **_kept(config), **settings}, config.file)
    return urls


def _kept(config: Config) -> dict[str, object]:
    """What the environment said at the founding and the node needs again at each start."""
    kept: dict[str, object] = {}
    if (config.listen_host, config.listen_port) != ("127.0.0.1", 8080):
        kept["listen"] = f"{config.listen_host}:{config.listen_port}"
    if config.private_peers:
        kept["private_peers"] = [str(network) for network in config.private_peers]
    return kept


def _holds_database(config: Config) -> bool:
    return config.database.startswith("sqlite:") and (config.data / "josoor.db").exists()


def _local_timezone() -> str:
    """The machine's own time zone by name; UTC where it has none."""
    link = Path("/etc/localtime")
    try:
        target = str(link.readlink())
    except OSError:
        return "UTC"
    return target.partition("zoneinfo/")[2] or "UTC"
